"""A series: enrolled in once, with answers and attendance for each session, and a record of who completed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    """One answer for every session that can still be answered to, the nearest first; also a no. `TooLate` if there is none.

    A later date that they have said they will miss stays missed, as long as they come to others.
    """
    sessions = [each for each in events.of_series(connection, series_id) if _counts(each, now)]
    if not sessions:
        last = events.of_series(connection, series_id)[-1:] or [row(connection, series_id)]
        raise checks.TooLate(getattr(last[0], "title", last[0].code), getattr(last[0], "starts_at", now))
    household = rsvps.household_of(connection, person_id)
    stands = {each.id: _partstat(connection, each.id, household) for each in sessions}
    missed = PartStat.DECLINED if PartStat.ACCEPTED in stands.values() else None
    answered = [each for each in sessions if each is sessions[0] or stands[each.id] is not missed or missed is None]
    return [rsvps.answer(connection, each.id, person_id, said, now, language=language) for each in answered]


def coming_to(connection: Connection, series_id: int, person_id: int, now: datetime) -> list[Any]:
    """The sessions to come that their household has said yes to."""
    household = rsvps.household_of(connection, person_id)
    to_come = [each for each in events.of_series(connection, series_id) if _counts(each, now)]
    return [each for each in to_come if _partstat(connection, each.id, household) is PartStat.ACCEPTED]


def session_now(connection: Connection, session: Any, now: datetime) -> Any:
    """What somebody means by any session of a series: the nearest that has not ended, else that one."""
    others = events.of_series(connection, session.series_id) if session.series_id is not None else []
    return next((each for each in others if each.stage in events.ALIVE and each.ends_at > now), session)


def nearest(rows: Iterable[Any]) -> list[Any]:
    """Of each series only its first row, in the order they come in."""
    seen: dict[Any, Any] = {}
    for each in rows:
        seen.setdefault(("series", each.series_id) if each.series_id is not None else each.id, each)
    return list(seen.values())


def _partstat(connection: Connection, event_id: int, household: str) -> PartStat | None:
    standing = rsvps.standing(connection, event_id, household)
    return standing.partstat if standing is not None else None


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
    return bool(session.stage == EventStage.OPEN and now < checks.answers_until(session))


def _sessions(connection: Connection, series_id: int) -> list[int]:
    mine = [col(Event.series_id) == series_id, col(Event.stage).in_(COUNTED)]
    return [row.id for row in connection.execute(select(col(Event.id)).where(*mine).order_by(col(Event.starts_at)))]
