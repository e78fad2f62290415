"""What the clock tells those who answer families: who wrote, three times a day, and at once what cannot wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import locales
from conversations.replies import words
from conversations.replies.threads import Standing, Thread
from storage import outbox
from storage.people import Known
from storage.replies import duty, threads
from storage.tables import Kind

from .. import rendering

if TYPE_CHECKING:
    from ..house import House

AWAKE_FROM, AWAKE_TO = time(6), time(22)
"""Between these, by the school's clock, somebody at work may be texted at once: is there school today?"""
LONG = timedelta(hours=12)
"""What waits since yesterday is named again with the first digest of a day."""


def hours(listed: str) -> tuple[time, ...]:
    """The hours of "8:30,12:30,16:30"; `ValueError` if it names none, or something else."""
    named = [each.strip().partition(":") for each in listed.split(",")]
    return tuple(sorted(time(int(hour), int(minute or 0)) for hour, _colon, minute in named))


@dataclass(frozen=True)
class Due:
    """When threads are told of at one school, at one moment."""

    now: datetime
    at: tuple[time, ...]

    def __call__(self, row: Any) -> bool:
        zone = ZoneInfo(row.timezone)
        local = self.now.astimezone(zone)
        if not AWAKE_FROM <= local.time() < AWAKE_TO:
            return False
        today = [datetime.combine(local.date(), each, zone) for each in self.at]
        if row.told_at is not None and row.told_at >= row.last_at:
            return bool(row.told_at < today[0] - LONG and self.now >= today[0])
        yesterday = datetime.combine(local.date() - timedelta(days=1), self.at[-1], zone)
        latest = max((each for each in (yesterday, *today) if each <= self.now), default=yesterday)
        return bool(row.urgent or row.last_at <= latest)


def tell(connection: Connection, at: tuple[time, ...], now: datetime) -> int:
    """Tell each who answers of what is due; how many were told."""
    due = Due(now, at)
    shares: dict[int, list[Any]] = defaultdict(list)
    for row in threads.to_tell(connection, now - LONG):
        if due(row) and (person_id := threads.assign(connection, row, now)) is not None:
            shares[person_id].append(row)
    for person_id, rows in shares.items():
        to = duty.reach(connection, person_id)
        if to is not None:
            _digest(connection, to, rows, now)
    return len(shares)


def _digest(connection: Connection, to: Known, rows: Sequence[Any], now: datetime) -> None:
    new = [row for row in rows if row.told_at is None or row.told_at < row.last_at]
    still = [row.id for row in rows if row not in new]
    told = [(Thread(row.id, Standing.OPEN, row.language or ""), threads.new_words(connection, row)) for row in new]
    text = words.digest(told, still, urgent=bool(new) and all(row.urgent for row in new))
    said = rendering.Rendered(locales.render(text, to.language or "en"))
    outbox.write(connection, rendering.rows(to, Kind.ALERT, said, now))
    threads.told(connection, [row.id for row in rows], now)


async def go_on(house: House, now: datetime) -> None:
    if await house.database.run(partial(tell, at=hours(house.settings.digests), now=now)):
        house.wake()
