"""What a conversation is shown of events: each look-up of `conversations.events.event`, answered for one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, select
from sqlmodel import col

from conversations.announcements.drafts import TextState
from conversations.events.event import RESOURCES, Elsewhere, EventCalled, EventOf, EventsOpenTo, MyRsvp, Offered, Standing
from conversations.events.event import Event as View

from ..announcements import drafts
from ..people import Known
from ..tables import Membership, Outbox, School
from . import checks, events, places, rsvps, series
from .tables import Event, EventStage

Asked = EventCalled | EventOf | EventsOpenTo | MyRsvp


def answer(query: Asked, connection: Connection, known: Known, now: datetime) -> Any:
    match query:
        case EventCalled(code):
            return called(connection, known, code, now)
        case EventOf(event_id):
            row = events.by_id(connection, event_id)
            return row and view(connection, row)
        case EventsOpenTo(invited):
            return open_to(connection, known, now, invited=invited)
        case MyRsvp(event_id):
            return mine(connection, event_id, known.person_id)


def view(connection: Connection, row: Any) -> View:
    """An event's row as conversations see it."""
    zone = ZoneInfo(row.zone)
    school = connection.execute(select(col(School.keyword), col(School.name)).where(col(School.id) == row.school_id)).one()
    ages = (row.childcare_from, row.childcare_to)
    return View(
        id=row.id,
        code=row.code,
        texts=texts(connection, row),
        starts=row.starts_at.astimezone(zone),
        ends=row.ends_at.astimezone(zone),
        zone=row.zone,
        place=row.place,
        map_link=row.map_link,
        offered=Offered(row.childcare, ages, row.rides, row.meal, tuple(row.interpreters), row.accessible),
        until=checks.answers_until(row).astimezone(zone),
        stage=str(row.stage),
        left=left(connection, row),
        capacity=row.capacity,
        kind=row.kind,
        pillar=row.pillar,
        keeps_names=row.keeps_names,
        series=row.series_id,
        dates=tuple(each.starts_at.astimezone(zone) for each in later(connection, row)),
        announcement=row.announcement_id,
        school=school.keyword,
        school_name=school.name,
        uid=row.uid,
        recurrence=row.recurrence,
        sequence=row.sequence,
    )


def later(connection: Connection, row: Any) -> list[Any]:
    """A session of a series and those after it; nothing of an event by itself."""
    sessions = events.of_series(connection, row.series_id) if row.series_id is not None else []
    return [each for each in sessions if each.starts_at >= row.starts_at and each.stage in events.ALIVE]


def texts(connection: Connection, row: Any) -> dict[str, str]:
    """What its invitation says, in the source's language first and then in those that are approved and fresh."""
    draft = drafts.draft(connection, row.announcement_id) if row.announcement_id is not None else None
    if draft is None:
        return {"": row.title}
    source, *others = draft.texts
    return {source.language: source.body, **{each.language: each.body for each in others if each.state is TextState.APPROVED}}


def left(connection: Connection, row: Any) -> dict[str, int | None]:
    """Places that nobody has and nobody is offered."""
    return {resource: _left(connection, row, resource) for resource in RESOURCES if places.is_offered(row, resource)}


def _left(connection: Connection, row: Any, resource: str) -> int | None:
    there = places.limit(row, resource)
    return None if there == places.ENOUGH else max(0, there - places.taken(connection, row.id, resource))


def called(connection: Connection, known: Known, code: str, now: datetime) -> View | Elsewhere | None:
    """What a folded code stands for at their schools; where it is at another school only, which."""
    found = [events.by_code(connection, each, code, now) for each in schools_of(connection, known)]
    there = [row for row in found if row is not None]
    if there:
        return view(connection, min(there, key=lambda row: (row.ends_at <= now, row.starts_at)))
    others = select(col(School.name)).join(Event, col(Event.school_id) == col(School.id))
    alive = [col(Event.code) == code, col(Event.stage) == EventStage.OPEN, col(Event.ends_at) > now]
    name = connection.execute(others.where(*alive).order_by(col(Event.starts_at)).limit(1)).scalar_one_or_none()
    return Elsewhere(name) if name is not None else None


def open_to(connection: Connection, known: Known, now: datetime, *, invited: bool = False) -> tuple[View, ...]:
    """The open events that have not begun, the nearest first; of a series its next session."""
    rows = events.coming(connection, now, *schools_of(connection, known), stages=(EventStage.OPEN,))
    there = [row for row in rows if checks.begun(row) > now and (not invited or was_invited(connection, row, known.person_id))]
    return tuple(view(connection, row) for row in series.nearest(there))


def was_invited(connection: Connection, row: Any, person_id: int) -> bool:
    """The ledger of its invitation has a row of theirs."""
    if row.announcement_id is None:
        return False
    there = exists().where(col(Outbox.announcement_id) == row.announcement_id, col(Outbox.person_id) == person_id)
    return bool(connection.execute(select(there)).scalar_one())


def mine(connection: Connection, event_id: int, person_id: int) -> Standing | None:
    return rsvps.standing(connection, event_id, rsvps.household_of(connection, person_id))


def schools_of(connection: Connection, known: Known) -> list[int]:
    """Where they have a part, and the one they are talking with."""
    parts = connection.execute(select(col(Membership.school_id)).where(col(Membership.person_id) == known.person_id).distinct())
    return sorted({known.school_id, *parts.scalars()})
