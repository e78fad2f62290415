"""When somebody can ring: hours of the week, how many calls each holds, and who rings in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from ..database import Stale
from ..tables import Call, School
from . import duty
from .tables import CallWindow

HOUR = 60
AHEAD = 14
"""Days that are looked at."""
OFFERED = 3


@dataclass(frozen=True)
class Slot:
    """An hour with room, and who rings in it."""

    begins_at: datetime
    ends_at: datetime
    person_id: int


def add(  # noqa: PLR0917 - a window is these
    connection: Connection, school_id: int, person_id: int, weekday: int, begins: int, ends: int, capacity: int
) -> bool:
    """Set a window; the same one again changes how much it holds, and 0 takes it away. False if nothing is changed."""
    where = {"school_id": school_id, "person_id": person_id, "weekday": weekday, "begins": begins, "ends": ends}
    mine = [getattr(CallWindow, name) == value for name, value in where.items()]
    gone = connection.execute(delete(CallWindow).where(*mine)).rowcount
    if capacity:
        connection.execute(insert(CallWindow).values(**where, capacity=capacity))
    return bool(gone or capacity)


def listed(connection: Connection, school_id: int | None = None) -> Sequence[Any]:
    """Every window with its school: keyword, person_id, weekday, begins, ends, capacity."""
    query: Any = select(
        col(School.keyword),
        col(CallWindow.person_id),
        col(CallWindow.weekday),
        col(CallWindow.begins),
        col(CallWindow.ends),
        col(CallWindow.capacity),
    ).join(School, col(School.id) == col(CallWindow.school_id))
    if school_id is not None:
        query = query.where(col(CallWindow.school_id) == school_id)
    return connection.execute(query.order_by(col(School.keyword), col(CallWindow.weekday), col(CallWindow.begins))).all()


def offered(connection: Connection, school_id: int, zone: str, now: datetime, *, most: int = OFFERED) -> list[Slot] | None:
    """The next hours with room; None where the school has set no hours at all."""
    windows = listed(connection, school_id)
    if not windows:
        return None
    taken = _taken(connection, school_id, now)
    found: list[Slot] = []
    for begins_at, rows in _hours(windows, zone, now):
        slot = _free(connection, school_id, begins_at, rows, taken)
        if slot is not None:
            found.append(slot)
        if len(found) == most:
            break
    return found


def _hours(windows: Sequence[Any], zone: str, now: datetime) -> Iterator[tuple[datetime, list[Any]]]:
    """Every hour from now on that some window holds, in order, with those windows."""
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today + timedelta(days=n) for n in range(AHEAD)):
        hours: dict[datetime, list[Any]] = defaultdict(list)
        for window in windows:
            if window.weekday == day.weekday():
                for minute in range(window.begins, window.ends - HOUR + 1, HOUR):
                    hours[_moment(day, minute, zone)].append(window)
        yield from ((at, hours[at]) for at in sorted(hours) if at > now)


def _moment(day: date, minute: int, zone: str) -> datetime:
    """In UTC, where differences are true on the days the clocks change."""
    return datetime.combine(day, time(minute // HOUR, minute % HOUR), ZoneInfo(zone)).astimezone(UTC)


def _taken(connection: Connection, school_id: int, now: datetime) -> Counter[tuple[datetime, int]]:
    """How many calls are promised, by hour and person."""
    query = select(col(Call.begins_at), col(Call.person_id)).where(
        col(Call.school_id) == school_id, col(Call.begins_at) > now, col(Call.missed_at).is_(None)
    )
    return Counter((row.begins_at, row.person_id) for row in connection.execute(query))


def _free(
    connection: Connection, school_id: int, begins_at: datetime, rows: list[Any], taken: Counter[tuple[datetime, int]]
) -> Slot | None:
    """Of those who ring in an hour the one with the most room."""
    room: Counter[int] = Counter()
    for row in rows:
        who = rings(connection, school_id, row.person_id, begins_at)
        if who is not None:
            room[who] += row.capacity
    left = [(room[who] - taken[begins_at, who], -who) for who in room]
    most, who = max(left, default=(0, 0))
    return Slot(begins_at, begins_at + timedelta(minutes=HOUR), -who) if most > 0 else None


def rings(connection: Connection, school_id: int, person_id: int, at: datetime) -> int | None:
    """Who rings at a moment instead of somebody: they themselves, or the next where they are away. None: nobody."""
    on_duty = duty.order(connection, school_id, None, at)
    return person_id if person_id in on_duty else next(iter(on_duty), None)


def take(connection: Connection, school_id: int, zone: str, key: str, now: datetime) -> Slot:
    """The hour somebody chose. `Stale` if its last place went to another in the same moment: what they chose from is read again."""
    connection.execute(select(col(CallWindow.id)).where(col(CallWindow.school_id) == school_id).with_for_update())
    everything = offered(connection, school_id, zone, now, most=AHEAD * 24) or []
    slot = next((slot for slot in everything if slot.begins_at.isoformat() == key), None)
    if slot is None:
        raise Stale
    return slot


# What the clock looks at


def beginning(connection: Connection, now: datetime) -> Sequence[Any]:
    """Calls whose hour has come, and nobody was told yet."""
    mine = [col(Call.begins_at) <= now, col(Call.ends_at) > now, col(Call.told_at).is_(None), col(Call.done_at).is_(None)]
    query = select(col(Call.id), col(Call.school_id), col(Call.person_id), col(Call.ends_at), col(School.timezone))
    return connection.execute(query.join(School, col(School.id) == col(Call.school_id)).where(*mine).order_by(col(Call.id))).all()


def told(connection: Connection, call_id: int, person_id: int, now: datetime) -> None:
    connection.execute(update(Call).where(col(Call.id) == call_id).values(told_at=now, person_id=person_id))


def overdue(connection: Connection, before: datetime) -> Sequence[Any]:
    """Calls whose hour was over by then, and nobody has said that they rang: id, school_id, address_id, begins_at."""
    mine = [col(Call.ends_at) <= before, col(Call.begins_at).is_not(None), col(Call.done_at).is_(None), col(Call.missed_at).is_(None)]
    query = select(col(Call.id), col(Call.school_id), col(Call.address_id), col(Call.begins_at))
    return connection.execute(query.where(*mine).order_by(col(Call.id))).all()


def missed(connection: Connection, call_id: int, now: datetime) -> bool:
    """Note it; False if somebody has rung, or it is noted."""
    mine = [col(Call.id) == call_id, col(Call.done_at).is_(None), col(Call.missed_at).is_(None)]
    return connection.execute(update(Call).where(*mine).values(missed_at=now)).rowcount == 1
