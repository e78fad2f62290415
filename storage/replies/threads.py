"""A family's thread: opened by what they write, told to a liaison, answered in her words, closed by STOP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlmodel import col

from ..announcements.tables import Announcement, Text
from ..database import Stale
from ..tables import Address, Inbound, Outbox, Person, School, State
from . import duty
from .tables import Thread

LATELY = timedelta(hours=72)
"""So long after an announcement, or after an answer of a person, what a family writes is about that."""
LEFT = (State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED)


@dataclass(frozen=True)
class Heard:
    """What somebody was sent last of our own accord, in the language they got it in."""

    number: int
    school_id: int
    language: str
    body: str
    about: dict[str, Any]
    at: datetime


def heard_lately(connection: Connection, person_id: int, now: datetime) -> Heard | None:
    """The announcement last handed off to a person, on whichever address; None if that is long ago."""
    theirs = select(col(Address.id)).where(col(Address.person_id) == person_id)
    query = (
        select(
            col(Outbox.announcement_id),
            col(Outbox.language),
            col(Outbox.handed_off_at),
            col(Announcement.school_id),
            col(Announcement.about),
            col(Text.body),
        )
        .join(Announcement, col(Announcement.id) == col(Outbox.announcement_id))
        .join(Text, (col(Text.announcement_id) == col(Outbox.announcement_id)) & (col(Text.language) == col(Outbox.language)))
        .where(
            col(Outbox.address_id).in_(theirs),
            col(Outbox.announcement_id).is_not(None),
            col(Outbox.state).in_(LEFT),
            col(Outbox.handed_off_at) >= now - LATELY,
        )
        .order_by(col(Outbox.handed_off_at).desc(), col(Outbox.id).desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Heard(row.announcement_id, row.school_id, row.language, row.body or "", dict(row.about or {}), row.handed_off_at)


def open_at(connection: Connection, address_id: int) -> Any:
    """The row of the thread that is open at an address, or None."""
    return connection.execute(select(Thread).where(col(Thread.address_id) == address_id, col(Thread.closed_at).is_(None))).one_or_none()


def goes_on(row: Any, now: datetime) -> bool:
    """A thread is still what a family's words belong to: nobody has answered yet, or that was lately."""
    return row is not None and (row.answered_at is None or max(row.answered_at, row.last_at) > now - LATELY)


def write(
    connection: Connection, address_id: int, *, school_id: int, announcement_id: int | None, message: int, urgent: bool, now: datetime
) -> int:
    """A family's words belong to their thread, which opens with them; its number."""
    row = open_at(connection, address_id)
    if row is None:
        new = {"school_id": school_id, "address_id": address_id, "announcement_id": announcement_id, "opened_at": now}
        made = insert(Thread).values(**new, last_at=now, urgent=urgent).returning(col(Thread.id))
        number = int(connection.execute(made).scalar_one() or 0)
    else:
        number = int(row.id)
        untold = row.told_at is None or row.told_at < row.last_at
        change = {"last_at": now, "urgent": urgent or (untold and row.urgent), "announcement_id": announcement_id or row.announcement_id}
        connection.execute(update(Thread).where(col(Thread.id) == number).values(**change))
    connection.execute(update(Inbound).where(col(Inbound.id) == message).values(thread_id=number))
    return number


def by_number(connection: Connection, number: int) -> Any:
    """One thread with what is known of its family: the row's columns, channel, language, stopped_at and timezone; or None."""
    return connection.execute(_DETAILED.where(col(Thread.id) == number)).one_or_none()


_DETAILED: Any = (
    select(
        *Thread.__table__.columns,  # type: ignore[attr-defined]
        col(Address.channel),
        col(Person.id).label("person_id"),
        col(Person.language),
        col(Person.stopped_at),
        col(School.timezone),
    )
    .join(Address, col(Address.id) == col(Thread.address_id))
    .join(Person, col(Person.id) == col(Address.person_id))
    .join(School, col(School.id) == col(Thread.school_id))
)


def is_open(row: Any) -> bool:
    """Something may go there by this number: they have not left since they wrote in it."""
    return row is not None and row.closed_at is None and (row.stopped_at is None or row.stopped_at <= row.last_at)


def unanswered(row: Any) -> bool:
    return row.answered_at is None or row.answered_at < row.last_at


_UNANSWERED = or_(col(Thread.answered_at).is_(None), col(Thread.answered_at) < col(Thread.last_at))


def waiting(connection: Connection, school_ids: Sequence[int]) -> list[Any]:
    """Every open thread of these schools that waits for an answer, longest first; rows as of `by_number`."""
    mine = [col(Thread.closed_at).is_(None), _UNANSWERED, col(Thread.school_id).in_(school_ids)]
    rows = connection.execute(_DETAILED.where(*mine).order_by(col(Thread.last_at), col(Thread.id)))
    return [row for row in rows if is_open(row)]


def to_tell(connection: Connection, before: datetime) -> list[Any]:
    """Those nobody was told of since the family wrote, and those that somebody was told of `before`."""
    untold = or_(col(Thread.told_at).is_(None), col(Thread.told_at) < col(Thread.last_at), col(Thread.told_at) < before)
    rows = connection.execute(_DETAILED.where(col(Thread.closed_at).is_(None), _UNANSWERED, untold).order_by(col(Thread.id)))
    return [row for row in rows if is_open(row)]


def assign(connection: Connection, row: Any, now: datetime) -> int | None:
    """Who answers it now: whoever it belongs to, while they are on duty; else the next."""
    on_duty = duty.order(connection, row.school_id, row.language, now)
    if row.assigned_to in on_duty:
        return int(row.assigned_to)
    chosen = on_duty[0] if on_duty else None
    connection.execute(update(Thread).where(col(Thread.id) == row.id).values(assigned_to=chosen))
    return chosen


def told(connection: Connection, numbers: Sequence[int], now: datetime) -> None:
    connection.execute(update(Thread).where(col(Thread.id).in_(numbers)).values(told_at=now))


def said(connection: Connection, number: int, most: int = 6) -> list[tuple[bool, datetime, str]]:
    """The last words of a thread, oldest first: whether they are the family's, when, and what."""
    heard = select(col(Inbound.received_at), col(Inbound.text)).where(col(Inbound.thread_id) == number, col(Inbound.text).is_not(None))
    ours = select(col(Outbox.created_at), col(Outbox.text)).where(col(Outbox.thread_id) == number, col(Outbox.text).is_not(None))
    theirs = connection.execute(heard.order_by(col(Inbound.id).desc()).limit(most))
    answers = connection.execute(ours.order_by(col(Outbox.id).desc()).limit(most))
    words = [*((True, at, text or "") for at, text in theirs), *((False, at, text or "") for at, text in answers)]
    return sorted(words, key=lambda each: each[1])[-most:]


def new_words(connection: Connection, row: Any) -> str:
    """What a family has written since it was last answered or told."""
    since = max(
        (each for each in (row.answered_at, row.told_at if row.told_at and row.told_at < row.last_at else None) if each), default=None
    )
    mine = [col(Inbound.thread_id) == row.id, col(Inbound.text).is_not(None), *([col(Inbound.received_at) > since] if since else [])]
    found = connection.execute(select(col(Inbound.text)).where(*mine).order_by(col(Inbound.id))).scalars()
    return " / ".join(text for text in found if text)


def answer(connection: Connection, row: Any, by: int, now: datetime) -> None:
    """Somebody answers it, and it is theirs from now on. `Stale` if it was closed in the same moment: what they saw does not hold any more."""
    still = [col(Thread.id) == row.id, col(Thread.closed_at).is_(None)]
    if connection.execute(update(Thread).where(*still).values(answered_at=now, assigned_to=by)).rowcount != 1:
        raise Stale


def close(connection: Connection, person_id: int, now: datetime) -> None:
    """STOP: their threads are over, and what a liaison wrote and has not left does not leave."""
    theirs = select(col(Address.id)).where(col(Address.person_id) == person_id)
    connection.execute(
        update(Thread).where(col(Thread.address_id).in_(theirs), col(Thread.closed_at).is_(None)).values(closed_at=now, urgent=False)
    )
    waits = [col(Outbox.person_id) == person_id, col(Outbox.state) == State.WAITING, col(Outbox.thread_id).is_not(None)]
    connection.execute(update(Outbox).where(*waits).values(state=State.SKIPPED, reason="stopped"))


def pass_on(connection: Connection, person_id: int, now: datetime) -> int:
    """Somebody is away: what waits for them goes to the next, who hears of it with the next digest; how many that were."""
    mine = connection.execute(_DETAILED.where(col(Thread.assigned_to) == person_id, col(Thread.closed_at).is_(None), _UNANSWERED)).all()
    for row in mine:
        to = assign(connection, row, now)
        if to is not None and to != person_id:
            connection.execute(update(Thread).where(col(Thread.id) == row.id).values(told_at=None))
    return len(mine)


def at_hand(connection: Connection, person_id: int, *, told: datetime, answered: datetime) -> list[Any]:
    """What somebody may write to next without a number: what they were told of since a moment, and what they have just answered."""
    waits = _UNANSWERED & (col(Thread.told_at) >= told)
    mine = [col(Thread.assigned_to) == person_id, col(Thread.closed_at).is_(None), or_(waits, col(Thread.answered_at) >= answered)]
    rows = connection.execute(_DETAILED.where(*mine).order_by(col(Thread.told_at), col(Thread.id)))
    return [row for row in rows if is_open(row)]


def text_before(connection: Connection, announcement_id: int | None, language: str | None) -> str:
    """An announcement's words: in this language if they are there, else in its own."""
    query: Any = select(col(Text.language), col(Text.body), col(Announcement.language).label("source")).join(
        Announcement, col(Announcement.id) == col(Text.announcement_id)
    )
    found = {row.language: row for row in connection.execute(query.where(col(Text.announcement_id) == announcement_id))}
    row = found.get(language or "") or next((each for each in found.values() if each.language == each.source), None)
    return "" if row is None else row.body or ""
