"""When families are told of an event again: the day before, two hours before, and never at night. Pure arithmetic by the school's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

DAY_FROM, DAY_TO = time(8), time(20)
EVENING = time(19)
"""The last hour that something begins to leave, so that all of it has left by night."""
BEFORE = timedelta(hours=2)
DAY, HOURS = "day", "hours"
"""The reminder of the day before, and the one two hours before."""
NEXT_MORNING = time(9)
NUDGES = 2
NUDGE_AFTER = timedelta(days=7)
"""Between the invitation and a nudge, and between two: families get one text a week that they did not ask for, and a nudge is one."""
NUDGE_HOUR = time(10)
LEAST = timedelta(days=1)
"""Before the last moment to answer: later a nudge would only worry people."""


def day_before(starts: datetime) -> datetime:
    """At the same hour, or within the day."""
    hour = min(max(starts.time(), DAY_FROM), EVENING)
    return datetime.combine(starts.date() - timedelta(days=1), hour, starts.tzinfo)


def hours_before(starts: datetime) -> datetime:
    """Two hours before, by the clock that runs; the evening before, where that would be at night."""
    at = (starts.astimezone(UTC) - BEFORE).astimezone(starts.tzinfo)
    if at.date() == starts.date() and DAY_FROM <= at.time() < DAY_TO:
        return at
    if at.time() >= DAY_TO:  # it begins late in the evening, or at night
        return datetime.combine(at.date(), EVENING, starts.tzinfo)
    return datetime.combine(at.date() - timedelta(days=1), EVENING, starts.tzinfo)


def due(starts: datetime, local: datetime) -> tuple[str, datetime] | None:
    """Which reminder is due, and since when: of both, the later; None at night, and before either."""
    day, hours = day_before(starts), hours_before(starts)
    there = [each for each in ((hours, HOURS), (day, DAY)) if each[0] <= local]
    if not there or not is_day(local):
        return None
    at, which = max(there, key=lambda each: each[0])
    return which, at


def morning_after(ends: datetime) -> datetime:
    return datetime.combine(ends.date() + timedelta(days=1), NEXT_MORNING, ends.tzinfo)


def next_nudge(last: datetime, until: datetime) -> datetime | None:
    """When those who have not answered are asked again; None if it would be too late. `last` is when they were asked last."""
    day = (last + NUDGE_AFTER).date()
    at = datetime.combine(day, NUDGE_HOUR, until.tzinfo)
    at = at if at - last >= NUDGE_AFTER else datetime.combine(day + timedelta(days=1), NUDGE_HOUR, until.tzinfo)
    return at if at <= until - LEAST else None


def is_day(local: datetime) -> bool:
    return DAY_FROM <= local.time() < DAY_TO
