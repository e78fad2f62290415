"""A series: enrolled in once, with answers and attendance for each session, and a record of who completed it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.events.event import Answer, PartStat

from . import checks, events, rsvps
from .rsvps import Answered
from .tables import Attendance, Event, EventStage, Rsvp, Series

COUNTED = (EventStage.OPEN, EventStage.CLOSED, EventStage.OVER)
"""Stages of a session that took place, or will."""


@dataclass(frozen=True)
class Completion:
    """How far a household is."""

    household: str
    person_id: int | None
    """None once the links are erased."""
    sessions: int
    """It was at."""
    complete: bool


def row(connection: Connection, series_id: int) -> Any:
    """The row of a series; `NoSuchEvent` if there is none."""
    found = connection.execute(select(Series).where(col(Series.id) == series_id)).one_or_none()
    if found is None:
        raise checks.NoSuchEvent(f"series {series_id}")
    return found


def enrol(
    connection: Connection, series_id: int, person_id: int, said: Answer, now: datetime, *, language: str | None = None
) -> list[Answered]:
    """One answer for every session that can still be answered to, the nearest first. `TooLate` if there is none."""
    sessions = [each for each in events.of_series(connection, series_id) if _counts(each, now)]
    if not sessions:
        last = events.of_series(connection, series_id)[-1:] or [row(connection, series_id)]
        raise checks.TooLate(getattr(last[0], "title", last[0].code), getattr(last[0], "starts_at", now))
    return [rsvps.answer(connection, each.id, person_id, said, now, language=language) for each in sessions]


def withdraw(connection: Connection, series_id: int, person_id: int, now: datetime) -> int:
    """They come to no session any more; of how many that is."""
    household = rsvps.household_of(connection, person_id)
    coming = [each for each in events.of_series(connection, series_id) if each.starts_at > now]
    theirs = [each for each in coming if (said := rsvps.standing(connection, each.id, household)) and said.partstat is PartStat.ACCEPTED]
    for each in theirs:
        rsvps.answer(connection, each.id, person_id, Answer(PartStat.DECLINED), now)
    return len(theirs)


def needed(connection: Connection, series_id: int) -> int:
    """Sessions that make it complete: as many as the series says, else all that were not cancelled."""
    return row(connection, series_id).sessions_to_complete or len(_sessions(connection, series_id))


def completion(connection: Connection, series_id: int) -> list[Completion]:
    """Of every household that enrolled or came, how many sessions it was at; the most first."""
    sessions = _sessions(connection, series_id)
    enrolled = select(col(Rsvp.household), col(Rsvp.person_id)).where(col(Rsvp.event_id).in_(sessions))
    yes = enrolled.where(col(Rsvp.partstat) == PartStat.ACCEPTED).order_by(col(Rsvp.id))
    came = select(col(Attendance.household), col(Attendance.person_id)).where(
        col(Attendance.event_id).in_(sessions), col(Attendance.household).is_not(None)
    )
    there = connection.execute(came.order_by(col(Attendance.id))).all()
    who = {household: person_id for household, person_id in [*connection.execute(yes).all(), *there] if household is not None}
    been = Counter(household for household, _person in there)
    enough = needed(connection, series_id)
    found = [Completion(household, person_id, been[household], been[household] >= enough > 0) for household, person_id in who.items()]
    return sorted(found, key=lambda each: (-each.sessions, each.household))


def _counts(session: Any, now: datetime) -> bool:
    return bool(session.stage == EventStage.OPEN and now < (session.rsvp_until or session.starts_at))


def _sessions(connection: Connection, series_id: int) -> list[int]:
    mine = [col(Event.series_id) == series_id, col(Event.stage).in_(COUNTED)]
    return [row.id for row in connection.execute(select(col(Event.id)).where(*mine).order_by(col(Event.starts_at)))]
