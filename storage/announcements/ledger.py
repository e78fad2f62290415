"""The books of an announcement: what became of every intended recipient. The rows of the outbox are the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlmodel import col

from conversations.announcements.audience import Audience

from ..tables import Address, Outbox, Person, State
from . import audience, drafts
from .tables import Stage

WAITS = (State.WAITING, State.HELD, State.SENDING)
ON_ITS_WAY = "on its way"


@dataclass(frozen=True)
class Account:
    """intended = delivered + sent + waiting (why) + failed (why) + skipped (why) + unknown."""

    number: int
    stage: Stage
    planned: bool
    """Every row is written; before that, `intended` is of those that are."""
    intended: int
    delivered: int = 0
    sent: int = 0
    unknown: int = 0
    waits: Mapping[str, int] = field(default_factory=dict)
    """Why, and how many; "" where it is simply their turn later."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """A provider's code or a word of ours."""
    skips: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    """Of the texts; "en-x-vi" is English with a line in Vietnamese."""
    channels: Mapping[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return self.delivered + self.sent

    @property
    def waiting(self) -> int:
        return sum(self.waits.values())

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def skipped(self) -> int:
        return sum(self.skips.values())

    @property
    def adds_up(self) -> bool:
        return self.intended == self.reached + self.unknown + self.waiting + self.failed + self.skipped


def account(connection: Connection, number: int) -> Account:
    """How it stands now. `LookupError` if there is no such announcement."""
    found = drafts.row_of(connection, number)
    if found is None:
        raise LookupError(f"There is no announcement {number}.")
    mine = col(Outbox.announcement_id) == number
    grouped = select(*(each := (col(Outbox.state), col(Outbox.reason), col(Outbox.language), col(Outbox.channel))), func.count().label("n"))
    rows = connection.execute(grouped.where(mine).group_by(*each)).all()
    intended = connection.execute(select(func.count()).select_from(Outbox).where(mine)).scalar_one()
    state = _summed(rows, lambda row: row.state)
    return Account(
        number,
        Stage(found.stage),
        found.planned,
        intended,
        delivered=state.get(State.DELIVERED, 0),
        sent=state.get(State.SENT, 0),
        unknown=state.get(State.UNKNOWN, 0),
        waits=_summed(rows, lambda row: ON_ITS_WAY if row.state == State.SENDING else row.reason, WAITS),
        failures=_summed(rows, lambda row: row.reason, (State.FAILED,)),
        skips=_summed(rows, lambda row: row.reason, (State.SKIPPED,)),
        languages=_summed(rows, lambda row: row.language or ""),
        channels=_summed(rows, lambda row: row.channel),
    )


def _summed(rows: Any, by: Any, states: tuple[State, ...] = tuple(State)) -> dict[str, int]:
    """The most first."""
    sums: dict[str, int] = {}
    for row in rows:
        if row.state in states:
            sums[by(row)] = sums.get(by(row), 0) + row.n
    return dict(sorted(sums.items(), key=lambda each: (-each[1], each[0])))


@dataclass(frozen=True)
class Missed:
    """Somebody whom an announcement did not reach, so far or at all."""

    person_id: int
    channel: str
    address: str
    language: str
    state: State
    why: str
    """"" where it is simply their turn later."""


def missed(connection: Connection, number: int, *, to_call: bool = False, after: int = 0, most: int | None = None) -> list[Missed]:
    """Who did not get it, and why, by person id, from the one `after` on. A hold says no more than that it is one.

    `to_call`: only whom nothing will reach any more, and nobody who said STOP. Of an audience that would tell who is silent: nobody.
    """
    if is_private(connection, number):
        return []
    query = _missed(number, to_call=to_call).where(col(Outbox.person_id) > after).order_by(col(Outbox.person_id)).limit(most)
    return [_one(found) for found in connection.execute(query)]


def is_private(connection: Connection, number: int) -> bool:
    """Whether its list of recipients would tell who is silent or in trouble: of it there are totals only."""
    found = drafts.row_of(connection, number)
    return found is not None and audience.is_sensitive(Audience.from_json(found.audience))


def _missed(number: int, *, to_call: bool) -> Select[Any]:
    query: Any = select(
        *(col(Outbox.person_id), col(Outbox.channel), col(Address.address)),
        *(col(Outbox.language), col(Outbox.state), col(Outbox.reason)),
    )
    query = query.join(Address, col(Address.id) == col(Outbox.address_id)).join(Person, col(Person.id) == col(Outbox.person_id))
    query = query.where(col(Outbox.announcement_id) == number)
    if not to_call:
        return query.where(col(Outbox.state).not_in([State.SENT, State.DELIVERED]))  # type: ignore[no-any-return]
    over = or_(
        col(Outbox.state).in_([State.FAILED, State.UNKNOWN]), and_(col(Outbox.state) == State.SKIPPED, col(Outbox.reason) != "stopped")
    )
    return query.where(over, col(Person.stopped_at).is_(None))  # type: ignore[no-any-return]


def _one(found: Any) -> Missed:
    why = ON_ITS_WAY if found.state == State.SENDING else found.reason
    return Missed(found.person_id, found.channel, found.address, found.language or "", State(found.state), why)
