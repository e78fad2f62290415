"""Who is to be reminded of an event, and that they were: each household once for each time, whatever is restarted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select, update
from sqlmodel import col

from conversations.events.event import APPOINTMENT, PEOPLE, PartStat

from ..tables import Person, Preference
from .tables import Attendance, Claim, Event, EventStage, Rsvp, Slot

AT_ONCE = 100


def between(connection: Connection, begins: datetime, ends: datetime) -> list[Any]:
    """Events that families know of and that begin between two moments; and appointments that have begun and still have times."""
    to_come = or_(col(Event.starts_at) > begins, and_(col(Event.kind) == APPOINTMENT, col(Event.ends_at) > begins))
    known = [col(Event.stage).in_([EventStage.OPEN, EventStage.CLOSED]), to_come, col(Event.starts_at) <= ends]
    return list(connection.execute(select(Event).where(*known).order_by(col(Event.starts_at), col(Event.id))).all())


def ended(connection: Connection, since: datetime, until: datetime) -> list[Any]:
    """Events that took place and ended between two moments."""
    there = exists().where(col(Attendance.event_id) == col(Event.id))
    took_place = [
        col(Event.stage).in_([EventStage.OPEN, EventStage.CLOSED]),
        col(Event.ends_at) > since,
        col(Event.ends_at) <= until,
        there,
    ]
    return list(connection.execute(select(Event).where(*took_place).order_by(col(Event.id))).all())


def unreminded(connection: Connection, event_id: int, which: str, before: datetime, now: datetime) -> list[Any]:
    """Answers of those who come, said `before` the reminder's time and not reminded yet; id, household and person.

    Nobody who said STOP; whoever rests (a pause, the calm after words of danger) is looked at again at the next look.
    """
    held = exists().where(col(Claim.rsvp_id) == col(Rsvp.id), col(Claim.resource) == PEOPLE, col(Claim.held) > 0)
    mine = [col(Rsvp.event_id) == event_id, col(Rsvp.partstat) == PartStat.ACCEPTED, held, col(Rsvp.answered_at) < before]
    open_ = [col(Rsvp.reminded).not_like(f"%{which}%"), col(Person.stopped_at).is_(None)]
    query = select(col(Rsvp.id), col(Rsvp.household), col(Rsvp.person_id)).join(Person, col(Person.id) == col(Rsvp.person_id))
    return list(connection.execute(query.where(*mine, *open_, *_awake(now)).order_by(col(Rsvp.id)).limit(AT_ONCE)).all())


def unreminded_times(connection: Connection, event_id: int, now: datetime) -> list[Any]:
    """Times of an appointment that are picked and to come: the rows of `Slot`, of whoever may be written to now."""
    mine = [col(Slot.event_id) == event_id, col(Slot.starts_at) > now, col(Person.stopped_at).is_(None), *_awake(now)]
    query = select(Slot).join(Person, col(Person.id) == col(Slot.person_id)).where(*mine)
    return list(connection.execute(query.order_by(col(Slot.starts_at))).all())


def time_reminded(connection: Connection, slot_id: int, which: str) -> None:
    """Not again, until the time is somebody's anew."""
    row = update(Slot).where(col(Slot.id) == slot_id)
    connection.execute(row.values(reminded=func.trim(col(Slot.reminded) + f" {which}")))


def _awake(now: datetime) -> list[Any]:
    """Nobody who rests: they are looked at again at the next look."""
    paused = exists().where(col(Preference.person_id) == col(Person.id), col(Preference.paused_until) > now)
    return [or_(col(Person.calm_until).is_(None), col(Person.calm_until) <= now), ~paused]


def reminded(connection: Connection, rsvp_id: int, which: str) -> None:
    """Not again, until they answer anew or the event is at another time."""
    row = update(Rsvp).where(col(Rsvp.id) == rsvp_id)
    connection.execute(row.values(reminded=func.trim(col(Rsvp.reminded) + f" {which}")))
