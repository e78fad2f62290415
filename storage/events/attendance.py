"""Who was there: a household is counted once, whether by the code, the QR code or the paper sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from conversations.events.event import PartStat

from . import checks, places, rsvps
from .tables import Attendance, EventStage

CODE, QR, PAPER = "code", "qr", "paper"


@dataclass(frozen=True)
class Arrived:
    """What was counted of a household."""

    first: bool
    """They were not counted before."""
    adults: int
    children: int


@dataclass(frozen=True)
class Line:
    """A line of the paper sheet. Nobody's we know, unless the liaison says whose."""

    adults: int
    children: int = 0
    language: str | None = None
    person_id: int | None = None
    name: str | None = None
    """As they signed, at an event that keeps names."""


def arrive(
    connection: Connection,
    event_id: int,
    person_id: int,
    now: datetime,
    *,
    how: str = CODE,
    sizes: tuple[int, int] | None = None,
    language: str | None = None,
    name: str | None = None,
) -> Arrived:
    """A household is there. `sizes` (adults, children) as they say them; else as they answered; else one adult.

    A second time changes nothing but sizes that are said. `NotOpen` if it is a draft, cancelled or over.
    """
    event = _takes_place(connection, event_id)
    household = rsvps.household_of(connection, person_id)
    mine = [col(Attendance.event_id) == event_id, col(Attendance.household) == household]
    before = connection.execute(select(Attendance).where(*mine)).one_or_none()
    if before is not None and sizes is None:
        return Arrived(False, before.adults, before.children)
    adults, children = sizes or _as_answered(connection, event_id, household)
    if before is not None:
        connection.execute(update(Attendance).where(*mine).values(adults=adults, children=children))
        return Arrived(False, adults, children)
    who = {"household": household, "person_id": person_id, "name": name if event.keeps_names else None, "language": language}
    connection.execute(insert(Attendance).values(event_id=event_id, **who, adults=adults, children=children, how=how, at=now))
    return Arrived(True, adults, children)


def on_paper(connection: Connection, event_id: int, lines: Iterable[Line], now: datetime) -> int:
    """Enter lines of the sheet; how many were counted, which is not who had been counted at the door."""
    event = _takes_place(connection, event_id)
    counted = 0
    for line in lines:
        if line.person_id is not None:
            known = {"how": PAPER, "sizes": (line.adults, line.children), "language": line.language, "name": line.name}
            if _is_counted(connection, event_id, line.person_id):
                continue
            arrive(connection, event_id, line.person_id, now, **known)  # type: ignore[arg-type]
        else:
            who = {"name": line.name if event.keeps_names else None, "language": line.language}
            row = {**who, "adults": line.adults, "children": line.children, "how": PAPER, "at": now}
            connection.execute(insert(Attendance).values(event_id=event_id, **row))
        counted += 1
    return counted


def strike(connection: Connection, event_id: int, attendance_id: int) -> bool:
    """A line was a mistake; False if there is none."""
    mine = [col(Attendance.event_id) == event_id, col(Attendance.id) == attendance_id]
    return connection.execute(delete(Attendance).where(*mine)).rowcount == 1


def strike_paper(connection: Connection, event_id: int) -> int:
    """The sheet is entered anew: what was entered of it goes. How many lines went. `NotOpen` as in `arrive`."""
    _takes_place(connection, event_id)
    mine = [col(Attendance.event_id) == event_id, col(Attendance.how) == PAPER]
    return connection.execute(delete(Attendance).where(*mine)).rowcount


def of_event(connection: Connection, event_id: int) -> list[Any]:
    """Every line, in the order they came."""
    return list(connection.execute(select(Attendance).where(col(Attendance.event_id) == event_id).order_by(col(Attendance.id))).all())


def _takes_place(connection: Connection, event_id: int) -> Any:
    """Its row, locked: one household at the door twice at once is one after the other."""
    event = places.lock(connection, event_id)
    if event.stage not in {EventStage.OPEN, EventStage.CLOSED}:
        raise checks.NotOpen(event.title, str(event.stage))
    return event


def _is_counted(connection: Connection, event_id: int, person_id: int) -> bool:
    household = rsvps.household_of(connection, person_id)
    mine = [col(Attendance.event_id) == event_id, col(Attendance.household) == household]
    return connection.execute(select(col(Attendance.id)).where(*mine)).first() is not None


def _as_answered(connection: Connection, event_id: int, household: str) -> tuple[int, int]:
    said = rsvps.standing(connection, event_id, household)
    if said is None or said.partstat is not PartStat.ACCEPTED or said.adults + said.children == 0:
        return 1, 0
    return said.adults, said.children
