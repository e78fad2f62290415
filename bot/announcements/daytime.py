"""Hours of the day by a school's clock: nobody is asked for work at night, and a deadline does not run then."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_FROM, DAY_TO = time(8), time(20)


def is_day(now: datetime, zone: str) -> bool:
    return DAY_FROM <= now.astimezone(ZoneInfo(zone)).time() < DAY_TO


def morning(now: datetime, zone: str) -> datetime:
    """When the next day begins."""
    local = now.astimezone(ZoneInfo(zone))
    return _at(local.date() + timedelta(days=0 if local.time() < DAY_FROM else 1), DAY_FROM, zone)


def after(now: datetime, hours: float, zone: str) -> datetime:
    """So many hours of daytime from now on."""
    left = timedelta(hours=hours)
    at = now if is_day(now, zone) else morning(now, zone)
    while (today := _at(at.astimezone(ZoneInfo(zone)).date(), DAY_TO, zone) - at) <= left:
        left -= today
        at = morning(at, zone)
    return at + left


def said(moment: datetime, now: datetime, zone: str) -> datetime | time:
    """As it is said at a school: today only by the hour."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.time().replace(second=0, microsecond=0) if local.date() == now.astimezone(ZoneInfo(zone)).date() else local


def _at(day: date, hour: time, zone: str) -> datetime:
    """In UTC, where differences are true on the days the clocks change."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
