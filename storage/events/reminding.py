"""Who is to be reminded of an event, and that they were: each household once for each time, whatever is restarted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select, update
from sqlmodel import col

from conversations.events.event import PEOPLE, PartStat

from ..tables import Person, Preference
from .tables import Attendance, Claim, Event, EventStage, Rsvp

DAY, HOURS = "day", "hours"
"""The reminder of the day before, and the one two hours before."""
AT_ONCE = 100


def between(connection: Connection, begins: datetime, ends: datetime) -> list[Any]:
    """Events that families know of and that begin between two moments."""
    known = [col(Event.stage).in_([EventStage.OPEN, EventStage.CLOSED]), col(Event.starts_at) > begins, col(Event.starts_at) <= ends]
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
    paused = exists().where(col(Preference.person_id) == col(Person.id), col(Preference.paused_until) > now)
    rests = [or_(col(Person.calm_until).is_(None), col(Person.calm_until) <= now), ~paused]
    query = select(col(Rsvp.id), col(Rsvp.household), col(Rsvp.person_id)).join(Person, col(Person.id) == col(Rsvp.person_id))
    return list(connection.execute(query.where(*mine, *open_, *rests).order_by(col(Rsvp.id)).limit(AT_ONCE)).all())


def reminded(connection: Connection, rsvp_id: int, which: str) -> None:
    """Not again, until they answer anew or the event is at another time."""
    row = update(Rsvp).where(col(Rsvp.id) == rsvp_id)
    connection.execute(row.values(reminded=func.trim(col(Rsvp.reminded) + f" {which}")))
