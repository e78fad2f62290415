"""The only way out: what waits, what is on its way, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, String, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from .prepared import Prepared, together
from .tables import Address, Kind, Outbox, Person, School, State

PRIORITY = {
    Kind.REPLY: 0,
    Kind.CODE: 0,
    Kind.ALERT: 1,
    Kind.URGENT: 2,
    Kind.CHANGE: 2,
    Kind.REMINDER: 3,
    Kind.INTRODUCTION: 4,
    Kind.STILL_YOU: 4,
    Kind.NUDGE: 5,
    Kind.FOLLOW_UP: 5,
    Kind.INVITATION: 6,
    Kind.GROUP_POST: 6,
    Kind.SURVEY: 7,
    Kind.NEWS: 8,
}
UNPROMPTED = frozenset(Kind) - {Kind.REPLY, Kind.CODE, Kind.ALERT}
"""What nobody asked for, and `bot.announcements.sifting` has the last word about."""
_BEGUN = min(priority for kind, priority in PRIORITY.items() if kind in UNPROMPTED)
"""From this priority on, what we begin."""
RANK = {
    State.WAITING: 0,
    State.HELD: 0,
    State.SENDING: 1,
    State.UNKNOWN: 2,
    State.SENT: 3,
    State.DELIVERED: 4,
    State.FAILED: 4,
    State.SKIPPED: 4,
}
"""A status only moves a row to a higher rank; at 4 it never changes."""


@dataclass(frozen=True)
class Row:
    """A row as it is claimed, with what the hand-off needs."""

    id: int
    person_id: int
    address_id: int
    channel: str
    address: str
    sender: str | None
    """The number of ours that it leaves from; None: the usual one."""
    kind: Kind
    text: str
    buttons: tuple[tuple[str, str], ...]
    ask_location: str
    calendar: str | None
    """The calendar file that goes with it: "12-es"."""
    announcement_id: int | None
    language: str | None
    attempts: int
    created_at: datetime
    handed_off_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    doubted_at: datetime | None


_WRITE = Prepared(insert(Outbox))


def write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that wait. Each needs person_id, address_id, channel, kind, text, created_at; the rest has defaults."""
    for row in rows:
        _WRITE.changed(connection, **_complete(row))


def _complete(row: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        "inbound_id": None,
        "announcement_id": None,
        "language": None,
        "thread_id": None,
        "buttons": None,
        "ask_location": "",
        "calendar": None,
        "question": 0,
        "state": State.WAITING,
        "reason": "",
        "due_at": row["created_at"],
        "attempts": 0,
        "buttons_live": False,
        "private": None,
    }
    return {**defaults, "priority": PRIORITY[row["kind"]], **row}


# Claiming

_Earlier = aliased(Outbox)
_IN_ORDER = ~exists().where(
    col(_Earlier.person_id) == col(Outbox.person_id),
    col(_Earlier.id) < col(Outbox.id),
    col(_Earlier.priority) <= col(Outbox.priority),
    col(_Earlier.state).in_([State.WAITING, State.SENDING]),
)
_SENDER = select(col(School.number)).where(col(School.number) == col(Address.texted)).scalar_subquery()
"""The number they texted leaves our answers, as long as it is a school's: from one that was given up nothing would leave."""
_NEXT = (
    select(
        col(Outbox.id),
        col(Outbox.person_id),
        col(Outbox.address_id),
        col(Outbox.channel),
        col(Address.address),
        _SENDER.label("sender"),
        col(Outbox.kind),
        col(Outbox.text),
        col(Outbox.buttons),
        col(Outbox.ask_location),
        col(Outbox.calendar),
        col(Outbox.announcement_id),
        col(Outbox.language),
        col(Outbox.attempts),
        col(Outbox.created_at),
        col(Outbox.handed_off_at),
        col(Person.stopped_at),
        col(Address.unreachable_at),
        col(Address.doubted_at),
    )
    .join(Address, col(Address.id) == col(Outbox.address_id))
    .join(Person, col(Person.id) == col(Outbox.person_id))
)
_NOMINATED = Prepared(
    _NEXT.where(
        col(Outbox.channel) == bindparam("channel"),
        col(Outbox.state) == State.WAITING,
        col(Outbox.priority).between(bindparam("first"), bindparam("last")),
        col(Outbox.due_at) <= bindparam("now"),
        _IN_ORDER,
    )
    .order_by(col(Outbox.priority), col(Outbox.id))
    .limit(bindparam("most"))
    .with_for_update(of=Outbox, skip_locked=True)
)
_TAKE = Prepared(
    update(Outbox)
    .where(col(Outbox.id).in_(bindparam("ids", expanding=True)))
    .values(state=State.SENDING, attempts=col(Outbox.attempts) + 1, lease_until=bindparam("until"), handed_off_at=bindparam("at"))
)


def nominated(connection: Connection, channel: str, now: datetime, *, asked: int, unasked: int) -> tuple[list[Row], list[Row]]:
    """The next rows of a channel, of each person only the oldest that is not settled: so many that were asked for, and that we begin.

    They are the caller's until the end of the transaction: to `take`, hold, skip or leave.
    """
    ranges = ((0, _BEGUN - 1, asked), (_BEGUN, max(PRIORITY.values()), unasked))
    with together(connection):
        found = [
            _NOMINATED.ask(connection, channel=channel, now=now, most=most, first=first, last=last) if most > 0 else list
            for first, last, most in ranges
        ]
    replies, begun = ([_row(each) for each in rows()] for rows in found)
    return replies, begun


def take(connection: Connection, rows: Sequence[Row], now: datetime, *, lease: timedelta) -> list[Row]:
    """Mark rows as on their way."""
    if rows:
        _TAKE.do(connection, ids=[row.id for row in rows], until=now + lease, at=now)
    return [replace(row, attempts=row.attempts + 1) for row in rows]


_PUT_OFF = Prepared(
    update(Outbox)
    .where(col(Outbox.id) == bindparam("row"), col(Outbox.state) == State.WAITING)
    .values(state=State.HELD, due_at=bindparam("until"), reason=bindparam("why"))
)


def hold(connection: Connection, rows: Sequence[tuple[int, datetime, str]]) -> None:
    """Rows that may not leave before a moment, and why. Until somebody wakes them nobody claims them."""
    _PUT_OFF.many(connection, [{"row": row, "until": until, "why": why} for row, until, why in rows])


def _row(found: Any) -> Row:
    kept = found._asdict()
    buttons = tuple((str(label), str(data)) for label, data in kept["buttons"] or ())
    return Row(**{**kept, "kind": Kind(kept["kind"]), "text": kept["text"] or "", "buttons": buttons})


_LOST = Prepared(
    _NEXT.where(
        col(Outbox.channel) == bindparam("channel"),
        col(Outbox.state) == State.SENDING,
        or_(col(Outbox.lease_until).is_(None), col(Outbox.lease_until) < bindparam("now")),
    )
    .order_by(col(Outbox.id))
    .limit(bindparam("most"))
    .with_for_update(of=Outbox, skip_locked=True)
)


def lost(connection: Connection, now: datetime, channel: str, *, until: datetime, most: int = 50) -> list[Row]:
    """Rows whose deliverer has gone: handed off perhaps, and perhaps not. They are the caller's to ask about, `until` then."""
    rows = [_row(found) for found in _LOST.rows(connection, channel=channel, now=now, most=most)]
    if rows:
        connection.execute(update(Outbox).where(col(Outbox.id).in_([row.id for row in rows])).values(lease_until=until))
    return rows


# Settling

_SETTLE = Prepared(
    update(Outbox)
    .where(col(Outbox.id) == bindparam("row"), col(Outbox.state).in_(bindparam("from_states", expanding=True)))
    .values(
        state=bindparam("to"),
        provider_id=func.coalesce(bindparam("provider"), col(Outbox.provider_id)),
        reason=bindparam("why"),
        lease_until=None,
    )
)


def settle(connection: Connection, row_id: int, state: State, *, provider_id: str | None = None, reason: str = "") -> bool:
    """Move a row forward; False if it was there already, or further."""
    lower = [each for each, rank in RANK.items() if rank < RANK[state]]
    return _SETTLE.changed(connection, row=row_id, from_states=lower, to=state, provider=provider_id, why=reason) == 1


_SENT = {"state": State.SENT, "reason": "", "lease_until": None}
_NOT_FURTHER = or_(*(col(Outbox.state) == each for each, rank in RANK.items() if rank < RANK[State.SENT]))
_EACH_SENT = Prepared(
    update(Outbox).where(col(Outbox.id) == bindparam("row"), _NOT_FURTHER).values(**_SENT, provider_id=bindparam("provider"))
)
_taken = (
    func.unnest(bindparam("rows", type_=ARRAY(BigInteger)), bindparam("providers", type_=ARRAY(String)))
    .table_valued("of", "provider", name="taken")
    .render_derived()
)
_ALL_SENT = Prepared(update(Outbox).where(col(Outbox.id) == _taken.c.of, _NOT_FURTHER).values(**_SENT, provider_id=_taken.c.provider))
"""PostgreSQL's: one statement for all of them costs half of one for each."""


def all_sent(connection: Connection, sent: Sequence[tuple[int, str]]) -> None:
    """Many rows at once that the provider took, with its ids; what is further already stays."""
    if connection.dialect.name == "sqlite":
        _EACH_SENT.many(connection, [{"row": row, "provider": provider_id} for row, provider_id in sent])
    elif sent:
        _ALL_SENT.do(connection, rows=[row for row, _ in sent], providers=[provider_id for _, provider_id in sent])


def wait_again(connection: Connection, row_id: int, due_at: datetime, reason: str, *, attempts: int, held: bool = False) -> bool:
    """Provably not sent: it waits, until `due_at`. False if it is in other hands: the attempt this is about is not the last."""
    back = {"state": State.HELD if held else State.WAITING, "due_at": due_at, "reason": reason, "lease_until": None, "handed_off_at": None}
    mine = [col(Outbox.id) == row_id, col(Outbox.state) == State.SENDING, col(Outbox.attempts) == attempts]
    return connection.execute(update(Outbox).where(*mine).values(**back)).rowcount == 1


def row_of(connection: Connection, channel: str, provider_id: str) -> int | None:
    query = select(col(Outbox.id)).where(col(Outbox.provider_id) == provider_id, col(Outbox.channel) == channel)
    return connection.execute(query).scalars().first()


def provider_ids(connection: Connection, address_id: int, since: datetime) -> list[str]:
    """The provider's ids of what we know went to an address since a moment."""
    mine = select(col(Outbox.provider_id)).where(col(Outbox.address_id) == address_id, col(Outbox.handed_off_at) >= since)
    return [found for found in connection.execute(mine).scalars() if found]


def address_of(connection: Connection, row_id: int) -> int | None:
    return connection.execute(select(col(Outbox.address_id)).where(col(Outbox.id) == row_id)).scalar_one_or_none()


def in_flight(connection: Connection, address_id: int) -> bool:
    """Something for an address waits, or is on its way."""
    mine = [col(Outbox.address_id) == address_id, col(Outbox.state).in_([State.WAITING, State.SENDING])]
    return connection.execute(select(col(Outbox.id)).where(*mine).limit(1)).first() is not None


def skip_unasked(connection: Connection, person_id: int, reason: str) -> None:
    """Nothing that we start, and that has not left yet, leaves for this person any more."""
    mine: list[ColumnElement[bool]] = [
        col(Outbox.person_id) == person_id,
        col(Outbox.state).in_([State.WAITING, State.HELD]),
        col(Outbox.kind) != Kind.REPLY,
    ]
    connection.execute(update(Outbox).where(*mine).values(state=State.SKIPPED, reason=reason))


# Buttons, and the screen

_LIVE = Prepared(
    select(col(Outbox.id), col(Outbox.provider_id)).where(
        col(Outbox.address_id) == bindparam("address"), col(Outbox.buttons_live).is_(True)
    )
)
_SET_BUTTONS = Prepared(update(Outbox).where(col(Outbox.id).in_(bindparam("rows", expanding=True))).values(buttons_live=bindparam("live")))


def live_buttons(connection: Connection, address_id: int) -> list[tuple[int, str]]:
    """The earlier messages to an address whose buttons can still be pressed: row and provider id."""
    return [(int(row_id), provider_id) for row_id, provider_id in _LIVE.rows(connection, address=address_id) if provider_id]


def set_buttons(connection: Connection, row_ids: Sequence[int], *, live: bool) -> None:
    if row_ids:
        _SET_BUTTONS.do(connection, rows=list(row_ids), live=live)


_ASKED = (
    select(Outbox)
    .where(col(Outbox.address_id) == bindparam("address"), col(Outbox.question) == bindparam("number"))
    .order_by(col(Outbox.id).desc())
    .limit(1)
    .subquery()
)
_OVER_IT = exists().where(
    col(Outbox.address_id) == bindparam("address"),
    col(Outbox.handed_off_at) > _ASKED.c.handed_off_at,
    col(Outbox.id) != _ASKED.c.id,
    col(Outbox.question) != bindparam("number"),
)
_SHOWN = Prepared(select(_ASKED.c.handed_off_at, _ASKED.c.kind, _OVER_IT.label("overtaken")))


@dataclass(frozen=True)
class Shown:
    """When a question reached the screen, whether we sent it unasked, and whether something else came after it."""

    at: datetime | None
    unasked: bool
    overtaken: bool


def shown(connection: Connection, address_id: int, question: int) -> Shown | None:
    """What is known of a question on a screen; None if no row carries it."""
    found = _SHOWN.first(connection, address=address_id, number=question)
    return found and Shown(found.handed_off_at, found.kind != Kind.REPLY, overtaken=found.overtaken)


_NTH = Prepared(
    select(col(Outbox.created_at))
    .where(col(Outbox.address_id) == bindparam("address"))
    .order_by(col(Outbox.id).desc())
    .limit(1)
    .offset(bindparam("before"))
)


def nth_newest(connection: Connection, address_id: int, n: int) -> datetime | None:
    """When the n-th last text to an address was written; None if there were fewer."""
    found = _NTH.first(connection, address=address_id, before=n - 1)
    return None if found is None else found.created_at


def newest(connection: Connection, address_id: int, most: int = 20) -> Sequence[Any]:
    """The last rows to an address: created_at, kind, state, reason."""
    mine = select(col(Outbox.created_at), col(Outbox.kind), col(Outbox.state), col(Outbox.reason))
    return connection.execute(mine.where(col(Outbox.address_id) == address_id).order_by(col(Outbox.id).desc()).limit(most)).all()
