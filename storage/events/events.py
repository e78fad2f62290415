"""Events as they are made, changed and found. What a family is told of one is a view of it (`storage.events.views`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlmodel import col

from conversations.events.event import APPOINTMENT

from ..tables import School
from . import checks, places
from .tables import Event, EventStage, Rsvp, Series

ALIVE = (EventStage.DRAFT, EventStage.OPEN, EventStage.CLOSED)
"""Stages of an event that is still to come, or goes on."""


@dataclass(frozen=True)
class New:
    """What somebody wants to make. Times are aware; without a zone they are the school's."""

    code: str
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Any other column of `Event`: place, map_link, kind, pillar, rsvp_until, capacity, childcare, rides, meal, interpreters, …"""
    uid: str = ""
    recurrence: str = ""
    sequence: int = 0


class Kept(Enum):
    """What became of an event that came from a calendar."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OLD = "old"
    """An update with a lower SEQUENCE than what is here: left out."""


def make(connection: Connection, school_id: int, new: New, now: datetime, *, author_id: int | None = None) -> int:
    """A new event, as a draft; its id. An `EventProblem` says what is wrong."""
    school = _locked_school(connection, school_id)
    code = _free_code(connection, school, checks.code(new.code), now, series=new.more.get("series_id"))
    zone = checks.zone(new.zone or school.timezone).key
    checks.times(new.starts_at, new.ends_at, new.more.get("rsvp_until"), now=now)
    row = {"uid": new.uid or _new_uid(), "recurrence": new.recurrence, "sequence": new.sequence, "school_id": school_id, "code": code}
    said = {"title": new.title, "starts_at": new.starts_at, "ends_at": new.ends_at, "zone": zone, "author_id": author_id}
    kept = {**_DEFAULTS, **new.more, **row, **said, "created_at": now}
    return int(connection.execute(insert(Event).values(**kept).returning(col(Event.id))).scalar_one() or 0)


def check(connection: Connection, school_id: int, new: New, now: datetime) -> str:
    """The code that it would have if it were made now. An `EventProblem` says what is in the way."""
    school = _locked_school(connection, school_id)
    checks.zone(new.zone or school.timezone)
    checks.times(new.starts_at, new.ends_at, new.more.get("rsvp_until"), now=now)
    return _free_code(connection, school, checks.code(new.code), now, series=new.more.get("series_id"))


_DEFAULTS: Mapping[str, Any] = {
    "kind": "family night",
    "pillar": "",
    "place": "",
    "map_link": "",
    "childcare_from": 0,
    "childcare_to": 12,
    "meal": False,
    "interpreters": [],
    "accessible": True,
    "keeps_names": False,
    "stage": EventStage.DRAFT,
    "tally": {},
}


def _new_uid() -> str:
    """A random one. Calendars never see ours and another maker's be the same."""
    return f"{secrets.token_hex(16)}@platica"


def change(connection: Connection, event_id: int, now: datetime, *, sequence: int | None = None, **changes: Any) -> frozenset[str]:
    """Change columns of an event; which of them are really others now. Its SEQUENCE rises where any is.

    Places are raised or lowered here too. An `EventProblem` says what is wrong.
    """
    row = places.lock(connection, event_id)
    really = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not really:
        return frozenset()
    _check_changes(connection, row, really, now)
    for resource, column in places.LIMITS.items():
        if column in really:
            places.set_limit(connection, event_id, resource, really[column], now)
    connection.execute(update(Event).where(col(Event.id) == event_id).values(**really, sequence=max(row.sequence + 1, sequence or 0)))
    if "starts_at" in really:  # who comes is reminded of the new time
        connection.execute(update(Rsvp).where(col(Rsvp.event_id) == event_id).values(reminded=""))
    return frozenset(really)


def _check_changes(connection: Connection, row: Any, really: dict[str, Any], now: datetime) -> None:
    if APPOINTMENT in {row.kind, really.get("kind")} and really.keys() & {"starts_at", "ends_at", "capacity", "kind"}:
        raise checks.HasTimes(row.title)
    if "code" in really:
        school = _locked_school(connection, row.school_id)
        really["code"] = _free_code(connection, school, checks.code(really["code"]), now, but=row.id, series=row.series_id)
    if "zone" in really:
        checks.zone(really["zone"])
    if really.keys() & {"starts_at", "ends_at", "rsvp_until"}:
        at = {name: really.get(name, getattr(row, name)) for name in ("starts_at", "ends_at", "rsvp_until")}
        checks.times(at["starts_at"], at["ends_at"], at["rsvp_until"], now=now if "starts_at" in really else None)


def keep(connection: Connection, school_id: int, new: New, now: datetime, *, author_id: int | None = None) -> tuple[int, Kept]:
    """What a calendar says of an event, by its UID and RECURRENCE-ID: made, changed, or left out where it is an old update."""
    row = by_uid(connection, new.uid, new.recurrence)
    if row is None:
        return make(connection, school_id, new, now, author_id=author_id), Kept.NEW
    if new.sequence < row.sequence:
        return row.id, Kept.OLD
    said = {"title": new.title, "starts_at": new.starts_at, "ends_at": new.ends_at, **new.more}
    changed = change(connection, row.id, now, sequence=new.sequence, **said)
    return row.id, Kept.CHANGED if changed else Kept.SAME


def set_stage(connection: Connection, event_id: int, stage: EventStage, *, of: tuple[EventStage, ...], **more: Any) -> bool:
    """Move an event on from one of the stages `of`; False if it was at another."""
    mine = [col(Event.id) == event_id, col(Event.stage).in_(of)]
    return connection.execute(update(Event).where(*mine).values(stage=stage, **more)).rowcount == 1


def invite_with(connection: Connection, event_id: int, announcement_id: int) -> None:
    """From now on an announcement is its invitation."""
    connection.execute(update(Event).where(col(Event.id) == event_id).values(announcement_id=announcement_id))


def new_series(connection: Connection, school_id: int, code: str, now: datetime, *, sessions_to_complete: int = 0) -> int:
    """A series whose sessions are then made with `more={"series_id": …}` and the same code. `EventProblem` if the code is taken."""
    school = _locked_school(connection, school_id)
    folded = _free_code(connection, school, checks.code(code), now)
    made = insert(Series).values(school_id=school_id, code=folded, sessions_to_complete=sessions_to_complete)
    return int(connection.execute(made.returning(col(Series.id))).scalar_one() or 0)


# Finding


def by_id(connection: Connection, event_id: int) -> Any:
    """The row of an event, or None."""
    return connection.execute(select(Event).where(col(Event.id) == event_id)).one_or_none()


def by_uid(connection: Connection, uid: str, recurrence: str = "") -> Any:
    return connection.execute(select(Event).where(col(Event.uid) == uid, col(Event.recurrence) == recurrence)).one_or_none()


def of_uid(connection: Connection, school_id: int, uid: str) -> list[Any]:
    """All sessions of a recurring event, whatever their stage, in order."""
    mine = [col(Event.school_id) == school_id, col(Event.uid) == uid]
    return list(connection.execute(select(Event).where(*mine).order_by(col(Event.starts_at), col(Event.id))).all())


def named(connection: Connection, school_id: int, code: str) -> Any:
    """What staff mean by a folded code: of those alive the nearest, a draft too; else the last that had it. None if none did."""
    mine = select(Event).where(col(Event.school_id) == school_id, col(Event.code) == code)
    alive = mine.where(col(Event.stage).in_(ALIVE)).order_by(col(Event.starts_at), col(Event.id)).limit(1)
    last = mine.order_by(col(Event.starts_at).desc(), col(Event.id).desc()).limit(1)
    return connection.execute(alive).one_or_none() or connection.execute(last).one_or_none()


def by_code(connection: Connection, school_id: int, code: str, now: datetime) -> Any:
    """The row a folded code stands for: of those still to come the nearest, else the last that had it; None if none did."""
    mine = select(Event).where(col(Event.school_id) == school_id, col(Event.code) == code)
    coming = mine.where(col(Event.stage).in_(ALIVE[1:]), col(Event.ends_at) > now).order_by(col(Event.starts_at), col(Event.id))
    past = mine.where(col(Event.stage) != EventStage.DRAFT).order_by(col(Event.starts_at).desc(), col(Event.id).desc())
    return connection.execute(coming.limit(1)).one_or_none() or connection.execute(past.limit(1)).one_or_none()


def of_school(connection: Connection, school_id: int) -> list[Any]:
    """Every event of a school that is no draft, the oldest first."""
    mine = [col(Event.school_id) == school_id, col(Event.stage) != EventStage.DRAFT]
    return list(connection.execute(select(Event).where(*mine).order_by(col(Event.starts_at), col(Event.id))).all())


def of_series(connection: Connection, series_id: int) -> list[Any]:
    """Its sessions in order, whatever their stage."""
    query = select(Event).where(col(Event.series_id) == series_id).order_by(col(Event.starts_at), col(Event.id))
    return list(connection.execute(query).all())


def coming(connection: Connection, now: datetime, *school_ids: int, stages: tuple[EventStage, ...] = ALIVE) -> list[Any]:
    """The events of schools that are not over yet, the nearest first."""
    mine = [col(Event.school_id).in_(school_ids), col(Event.stage).in_(stages), col(Event.ends_at) > now]
    return list(connection.execute(select(Event).where(*mine).order_by(col(Event.starts_at), col(Event.id))).all())


def _locked_school(connection: Connection, school_id: int) -> Any:
    """Two who choose the same code at once are one after the other."""
    return connection.execute(select(School).where(col(School.id) == school_id).with_for_update()).one()


def _free_code(connection: Connection, school: Any, code: str, now: datetime, *, but: int = 0, series: int | None = None) -> str:
    """The code, if no other event to come has it, and no school is joined by it."""
    if connection.execute(select(col(School.id)).where(col(School.keyword) == code)).first() is not None:
        raise checks.BadCode(code)
    others = [col(Event.school_id) == school.id, col(Event.code) == code, col(Event.id) != but]
    alive = [col(Event.stage).in_(ALIVE), col(Event.ends_at) > now]
    not_its = [or_(col(Event.series_id).is_(None), col(Event.series_id) != series)] if series is not None else []
    other = connection.execute(select(Event).where(*others, *alive, *not_its).limit(1)).one_or_none()
    if other is not None:
        raise checks.CodeTaken(code, other.title, other.starts_at.astimezone(checks.zone(other.zone)))
    return code
