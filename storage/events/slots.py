"""Times to pick: a conference, a home visit. One a household; under the lock of the event, so that none is given twice.

An event with times is an appointment: it has as many places as times, so that its line and its offers are those of any event. Who has
a place has a time, or may still pick one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from conversations.events.event import APPOINTMENT, PEOPLE, Answer, PartStat

from . import checks, places, rsvps
from .tables import Event, EventStage, Slot

ONE = Answer(PartStat.ACCEPTED, adults=1)
"""What an appointment asks of the places: one for a household, however many of it come."""


MOST = 200
"""Times of one appointment."""


class SlotTaken(checks.EventProblem):
    """Somebody else was first, or it has begun."""

    def __init__(self) -> None:
        super().__init__("That time is taken: pick another one.")


def add(connection: Connection, event_id: int, times: Iterable[tuple[datetime, datetime]], now: datetime) -> int:
    """Times to pick from, as begin and end; how many there are more. A time that is there already is not there twice.

    The event lasts from the first to the last, and whoever waits is offered what is new.
    """
    row = places.lock(connection, event_id)
    there = {(slot.starts_at, slot.ends_at) for slot in of_event(connection, event_id)}
    new = sorted({pair for pair in times if pair not in there})
    for starts, ends in new:
        checks.times(starts, ends, now=now)
        connection.execute(insert(Slot).values(event_id=event_id, starts_at=starts, ends_at=ends, reminded=""))
    every = of_event(connection, event_id)
    if not every or len(every) > MOST or (row.kind != APPOINTMENT and row.stage != EventStage.DRAFT):
        raise checks.NoTimes(row.title)
    if new:
        lasts = {"starts_at": every[0].starts_at, "ends_at": max(slot.ends_at for slot in every)}
        values = {**lasts, "kind": APPOINTMENT, "sequence": row.sequence + 1}
        connection.execute(update(Event).where(col(Event.id) == event_id).values(**values))
        places.set_limit(connection, event_id, PEOPLE, len(every), now)
    return len(new)


def free(connection: Connection, event_id: int, now: datetime) -> list[Any]:
    """Those that nobody has and that have not begun, the earliest first."""
    mine = [col(Slot.event_id) == event_id, col(Slot.person_id).is_(None), col(Slot.taken_at).is_(None), col(Slot.starts_at) > now]
    return list(connection.execute(select(Slot).where(*mine).order_by(col(Slot.starts_at), col(Slot.id))).all())


def of_event(connection: Connection, event_id: int) -> list[Any]:
    """All of them, the earliest first."""
    return list(connection.execute(select(Slot).where(col(Slot.event_id) == event_id).order_by(col(Slot.starts_at), col(Slot.id))).all())


def mine(connection: Connection, event_id: int, person_id: int) -> Any:
    """The slot of a person's household, or None."""
    return next(iter(_theirs(connection, event_id, person_id)), None)


def take(
    connection: Connection, event_id: int, slot_id: int, person_id: int, now: datetime, *, language: str | None = None
) -> rsvps.Answered:
    """The household comes, at that time. `SlotTaken` if it, or every place, is somebody else's."""
    before = rsvps.standing(connection, event_id, rsvps.household_of(connection, person_id))
    said = Answer(ONE.partstat, ONE.adults, needs=before.needs if before is not None else {})
    made = rsvps.answer(connection, event_id, person_id, said, now, language=language)
    people = made.standing.of(PEOPLE)
    if people is None or not people.held:
        raise SlotTaken
    pick(connection, event_id, slot_id, person_id, now)
    return made


def pick(connection: Connection, event_id: int, slot_id: int, person_id: int, now: datetime) -> Any:
    """A time is the household's now, and the one it had is free; the slot's row. `SlotTaken` leaves it what it had."""
    event = places.lock(connection, event_id)
    if event.stage != EventStage.OPEN:
        raise checks.NotOpen(event.title, str(event.stage))
    had = _theirs(connection, event_id, person_id)
    if same := next((slot for slot in had if slot.id == slot_id), None):
        return same
    wanted = [col(Slot.id) == slot_id, col(Slot.event_id) == event_id, col(Slot.taken_at).is_(None), col(Slot.starts_at) > now]
    if connection.execute(update(Slot).where(*wanted).values(person_id=person_id, taken_at=now, reminded="")).rowcount != 1:
        raise SlotTaken
    _free(connection, had)
    return connection.execute(select(Slot).where(col(Slot.id) == slot_id)).one()


def release(connection: Connection, event_id: int, person_id: int) -> bool:
    """They cannot come; False if they had none."""
    places.lock(connection, event_id)
    had = _theirs(connection, event_id, person_id)
    _free(connection, had)
    return bool(had)


def _theirs(connection: Connection, event_id: int, person_id: int) -> list[Any]:
    """One; two where two households that had one each were joined since."""
    who = rsvps.people_of(connection, rsvps.household_of(connection, person_id))
    taken = [col(Slot.event_id) == event_id, col(Slot.person_id).in_(who)]
    return list(connection.execute(select(Slot).where(*taken).order_by(col(Slot.id))).all())


def _free(connection: Connection, slots: list[Any]) -> None:
    these = update(Slot).where(col(Slot.id).in_([slot.id for slot in slots]))
    connection.execute(these.values(person_id=None, taken_at=None, reminded=""))
