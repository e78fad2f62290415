"""`platica retention`: what was forgotten, by which rule and when, and whether anything should be gone that is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from storage import people, retention
from storage.retention import Standing


@dataclass(frozen=True)
class Report:
    lines: list[str]
    kept_to: bool
    """Nothing is older than its rule allows."""


def report(connection: Connection, *, now: datetime) -> Report:
    """A line for each rule; times are the school's."""
    school = people.first_school(connection)
    zone = ZoneInfo(school.timezone if school is not None else "UTC")
    standings = retention.standings(connection, now)
    kept_to = not any(each.overdue for each in standings)
    last = (
        "Nothing is older than its rule allows."
        if kept_to
        else "Something should be gone: is `platica serve` (or `platica deliver`) running? It looks every hour, and first when it starts."
    )
    return Report([*(_line(each, zone) for each in standings), last], kept_to)


def _line(standing: Standing, zone: ZoneInfo) -> str:
    rule = standing.rule
    kept = f"kept {_long(rule.kept)}" if rule.kept else "erased at once"
    run = f"{standing.last} in the last run ({_at(standing.run_at, zone)})" if standing.run_at else "never run yet"
    oldest = f"the oldest that is there: {_at(standing.oldest, zone)}" if standing.oldest else "none is there"
    over = f"; {standing.overdue} OLDER THAN ALLOWED" if standing.overdue else ""
    return f"{rule.says}: {kept}; {standing.erased} erased in all, {run}; {oldest}{over}"


def _long(much: timedelta) -> str:
    """30 days, 1 hour, 10 minutes."""
    seconds = int(much.total_seconds())
    number, unit = next((seconds // size, unit) for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")) if seconds >= size)
    return f"{number} {unit}{'s' if number > 1 else ''}"


def _at(when: datetime, zone: ZoneInfo) -> str:
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M")
