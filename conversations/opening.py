"""Whether a place is open at a moment, by the hours it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from .talk import LookUp
from .words import Hours

NIGHT_FROM, NIGHT_TO = time(21), time(6)
_WEEK = 7


@dataclass(frozen=True)
class NowHere(LookUp[datetime]):
    """The moment, by the school's clock."""


def at_night(when: datetime) -> bool:
    return when.time() >= NIGHT_FROM or when.time() < NIGHT_TO


def open_at(hours: tuple[Hours, ...], when: datetime) -> bool:
    """Whether one of these spans holds the moment, given by the place's own clock. A span may run past midnight; without an end it is not known."""
    return any(_holds(each, when) for each in hours)


def _holds(hours: Hours, when: datetime) -> bool:
    if hours.closes is None:
        return False
    if hours.closes > hours.opens:
        return _on(hours, when) and hours.opens <= when.time() < hours.closes
    if hours.closes == hours.opens == time(0):
        return _on(hours, when)
    return (_on(hours, when) and when.time() >= hours.opens) or (_on(hours, when - timedelta(days=1)) and when.time() < hours.closes)


def _on(hours: Hours, when: datetime) -> bool:
    """On such a weekday; of a span that counts weekdays in the month, on that one."""
    if when.weekday() not in hours.days:
        return False
    if hours.nth == -1:
        return (when + timedelta(days=_WEEK)).month != when.month
    return hours.nth in {0, (when.day - 1) // _WEEK + 1}
