"""The codes of a door: one that changes every ten minutes, and a printed one that is good for the whole event.

Both are made of the key and the event, so nothing is kept and every process shows the same one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.events.door import AtDoor, Refused, TryDoor
from storage import sealing
from storage.events import attendance, events, views
from storage.events.tables import Event, EventStage
from storage.gate import audit
from storage.people import Known

DIGITS = 4
WINDOW = timedelta(minutes=10)
"""So long a code is shown; it counts for as long again, for who stands in line."""
BEFORE, AFTER = timedelta(hours=2), timedelta(hours=3)
"""The door is open from so long before the beginning until so long after the end."""
OPEN = (EventStage.OPEN, EventStage.CLOSED)
"""Stages of an event that takes place."""
WRONG_AN_HOUR = 8
WRONG = "wrong door code"
_PURPOSE = b"door"
_PRINTED = "printed"


def changing(event_id: int, now: datetime) -> str:
    """What the door shows now."""
    return _code(event_id, _window(now), _keys()[0])


def printed(event_id: int) -> str:
    """What stands on the poster, and in its QR code."""
    return _code(event_id, _PRINTED, _keys()[0])


def until(now: datetime) -> datetime:
    """When the next code is shown."""
    seconds = WINDOW.total_seconds()
    return now + timedelta(seconds=seconds - now.timestamp() % seconds)


def how(event_id: int, code: str, now: datetime) -> str | None:
    """How somebody with this code came in, as `storage.events.attendance` has it; None if it is not of this event."""
    for key in _keys():
        if hmac.compare_digest(code.encode(), _code(event_id, _PRINTED, key).encode()):
            return attendance.QR
        shown = (_code(event_id, _window(at), key) for at in (now, now - WINDOW))
        if any(hmac.compare_digest(code.encode(), each.encode()) for each in shown):
            return attendance.CODE
    return None


def sms_link(number: str, code: str) -> str:
    """What a QR code holds, for a phone that texts. The body is the word and the code."""
    return f"sms:{number}?body={quote(f'HERE {code}')}"


def telegram_link(username: str, code: str) -> str:
    return f"https://t.me/{username}?start=here-{code}"


def answer(query: TryDoor, connection: Connection, known: Known, now: datetime) -> AtDoor | Refused:
    """Whom a code would count, and where. A wrong one is noted: after a few of them in an hour none counts."""
    if audit.count(connection, known.person_id, WRONG, now - timedelta(hours=1)) >= WRONG_AN_HOUR:
        return Refused.TOO_OFTEN
    here = set(views.schools_of(connection, known))
    open_ = list(_open(connection, now))
    found = _fitting((row for row in open_ if row.school_id in here), query.code, now)
    if found is None:
        found = _fitting((row for row in open_ if row.school_id not in here), query.code, now)
    if found is not None:
        return _would_be(connection, known, *found, now=now)
    if not any(row.school_id in here for row in open_):
        return Refused.NOTHING_ON
    audit.write(connection, now, person_id=known.person_id, action="door", outcome=WRONG)
    return Refused.WRONG


def _would_be(connection: Connection, known: Known, row: Any, came: str, *, now: datetime) -> AtDoor:
    """Tried and taken back; the event stays locked until the turn is over, so it stays true."""
    trial = connection.begin_nested()
    try:
        there = attendance.arrive(connection, row.id, known.person_id, now, how=came)
    finally:
        trial.rollback()
    return AtDoor(views.view(connection, row), came, there.first, there.adults, there.children)


def arrive(connection: Connection, person_id: int, event_id: int, now: datetime, **said: Any) -> None:
    """Count the household, unless the event was called off a moment ago. `said` as `storage.events.attendance.arrive` has it."""
    row = events.by_id(connection, event_id)
    if row is not None and row.stage in OPEN:
        attendance.arrive(connection, event_id, person_id, now, **said)


def _open(connection: Connection, now: datetime) -> Iterator[Any]:
    """The events whose door is open, the nearest first."""
    on = [col(Event.stage).in_(OPEN), col(Event.starts_at) <= now + BEFORE, col(Event.ends_at) >= now - AFTER]
    yield from connection.execute(select(Event).where(*on).order_by(col(Event.starts_at), col(Event.id))).all()


def _fitting(rows: Iterable[Any], code: str, now: datetime) -> tuple[Any, str] | None:
    """The first event that a code is of, and how."""
    return next(((row, came) for row in rows if (came := how(row.id, code, now)) is not None), None)


def _window(now: datetime) -> str:
    return str(int(now.timestamp() // WINDOW.total_seconds()))


def _keys() -> list[bytes]:
    """The first is ours; the others are on their way out."""
    return [key.derived(_PURPOSE) for key in sealing.in_use().keys]


def _code(event_id: int, window: str, key: bytes) -> str:
    digest = hmac.digest(key, f"{event_id} {window}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"
