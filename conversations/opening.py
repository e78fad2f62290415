"""Whether a place is open at a moment, by the hours it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .keywords import Meaning
from .talk import LookUp
from .words import Hours

NIGHT_FROM, NIGHT_TO = time(21), time(6)
_WEEK = 7


@dataclass(frozen=True)
class NowHere(LookUp[datetime]):
    """The moment, by the school's clock."""


DAYS_AHEAD = {Meaning.TODAY: 0, Meaning.TOMORROW: 1}
"""Which day they ask about, counted from now."""


def day_meant(meaning: Meaning | None, now: datetime) -> date | None:
    """The day whose openings they ask for; None: they do not."""
    return None if meaning is None or meaning not in DAYS_AHEAD else now.date() + timedelta(days=DAYS_AHEAD[meaning])


def at_night(when: datetime) -> bool:
    return when.time() >= NIGHT_FROM or when.time() < NIGHT_TO


def open_at(hours: tuple[Hours, ...], when: datetime) -> bool:
    """Whether one of these spans holds the moment, given by the place's own clock. A span may run past midnight; without an end it is not known."""
    return any(_holds(each, when) for each in hours)


def opens_on(hours: tuple[Hours, ...], day: date, now: datetime) -> bool:
    """Whether one of these spans falls on the day, and is not over by now. Hours that are not known are no yes."""
    return any(_falls_on(each, day) and (day != now.date() or not _over(each, now.time())) for each in hours)


def _over(hours: Hours, now: time) -> bool:
    """It has closed, on the day itself; what has no end, or ends after midnight, has not."""
    return hours.closes is not None and hours.opens < hours.closes <= now


def _holds(hours: Hours, when: datetime) -> bool:
    if hours.closes is None:
        return False
    if hours.closes > hours.opens:
        return _on(hours, when) and hours.opens <= when.time() < hours.closes
    if hours.closes == hours.opens == time(0):
        return _on(hours, when)
    return (_on(hours, when) and when.time() >= hours.opens) or (_on(hours, when - timedelta(days=1)) and when.time() < hours.closes)


def _on(hours: Hours, when: datetime) -> bool:
    return _falls_on(hours, when.date())


def _falls_on(hours: Hours, when: date) -> bool:
    """On such a weekday; of a span that counts weekdays in the month, on that one."""
    if when.weekday() not in hours.days:
        return False
    if hours.nth == -1:
        return (when + timedelta(days=_WEEK)).month != when.month
    return hours.nth in {0, (when.day - 1) // _WEEK + 1}
