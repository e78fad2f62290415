"""Nothing that we begin arrives at night: when the night is over, and how much of a day is left, by a place's own clock.

A day with a daylight-saving change has 23 hours or 25; eight in the morning is what the clocks there show.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FROM, TO = time(20), time(8)
"""The night, by the clock of whoever would read it."""
HOME = "America/Los_Angeles"
"""Where nobody knows better."""


@lru_cache(maxsize=256)
def zone(*names: str) -> ZoneInfo:
    """The first of these that is a time zone."""
    for name in names:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo(HOME)


def is_night(now: datetime, place: ZoneInfo) -> bool:
    return not TO <= now.astimezone(place).time() < FROM


def next_morning(now: datetime, place: ZoneInfo) -> datetime:
    """The next time the clocks there show eight; in UTC."""
    local = now.astimezone(place)
    day = local.date() + timedelta(days=0 if local.time() < TO else 1)
    return datetime.combine(day, TO, place).astimezone(UTC)


def left_of_day(now: datetime, place: ZoneInfo) -> timedelta:
    """Until the clocks there show twenty, if it is day."""
    evening = datetime.combine(now.astimezone(place).date(), FROM, place).astimezone(UTC)
    return evening - now.astimezone(UTC)


def quiet_until(now: datetime, name: str) -> datetime | None:
    """When the night is over, if it is night at a school; None by day."""
    place = zone(name)
    return next_morning(now, place) if is_night(now, place) else None
