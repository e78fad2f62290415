"""Times somebody may pick: a conference, a home visit. One a household; under the lock of the event, so that none is given twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from . import checks, places, rsvps
from .tables import EventStage, Slot


class SlotTaken(checks.EventProblem):
    """Somebody else was first, or it has begun."""

    def __init__(self) -> None:
        super().__init__("That time is taken: pick another one.")


def add(connection: Connection, event_id: int, times: Iterable[tuple[datetime, datetime]]) -> int:
    """Times to pick from, as begin and end; how many there are more. A time that is there already is not there twice."""
    places.lock(connection, event_id)
    there = {(slot.starts_at, slot.ends_at) for slot in of_event(connection, event_id)}
    new = sorted({pair for pair in times if pair not in there})
    for starts, ends in new:
        checks.times(starts, ends, now=None)
        connection.execute(insert(Slot).values(event_id=event_id, starts_at=starts, ends_at=ends, reminded=""))
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
    who = rsvps.people_of(connection, rsvps.household_of(connection, person_id))
    taken = [col(Slot.event_id) == event_id, col(Slot.person_id).in_(who)]
    return connection.execute(select(Slot).where(*taken).order_by(col(Slot.id)).limit(1)).one_or_none()


def pick(connection: Connection, event_id: int, slot_id: int, person_id: int, now: datetime) -> Any:
    """A time is the household's now, and the one it had is free; the slot's row. `SlotTaken` leaves it what it had."""
    event = places.lock(connection, event_id)
    if event.stage != EventStage.OPEN:
        raise checks.NotOpen(event.title, str(event.stage))
    had = mine(connection, event_id, person_id)
    if had is not None and had.id == slot_id:
        return had
    wanted = [col(Slot.id) == slot_id, col(Slot.event_id) == event_id, col(Slot.taken_at).is_(None), col(Slot.starts_at) > now]
    if connection.execute(update(Slot).where(*wanted).values(person_id=person_id, taken_at=now, reminded="")).rowcount != 1:
        raise SlotTaken
    if had is not None:
        _free(connection, had.id)
    return connection.execute(select(Slot).where(col(Slot.id) == slot_id)).one()


def release(connection: Connection, event_id: int, person_id: int) -> bool:
    """They cannot come; False if they had none."""
    places.lock(connection, event_id)
    had = mine(connection, event_id, person_id)
    if had is None:
        return False
    _free(connection, had.id)
    return True


def _free(connection: Connection, slot_id: int) -> None:
    connection.execute(update(Slot).where(col(Slot.id) == slot_id).values(person_id=None, taken_at=None, reminded=""))
