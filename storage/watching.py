"""Numbers about the running: how much waits, how long, and what was looked for. Never about whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, case, func, select
from sqlmodel import col

from .directory.tables import Offer
from .tables import LookUpCount, Outbox, State


def outbox_rows(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows there are, by channel and state: the books."""
    query = select(col(Outbox.channel), col(Outbox.state), func.count()).group_by(col(Outbox.channel), col(Outbox.state))
    return {(channel, str(state)): n for channel, state, n in connection.execute(query)}


def oldest_due_seconds(connection: Connection, now: datetime, channels: Collection[str]) -> float:
    """How long the oldest row that may leave has waited, of the channels that are set."""
    due = [col(Outbox.state) == State.WAITING, col(Outbox.due_at) <= now, col(Outbox.channel).in_(channels)]
    query = select(func.min(Outbox.due_at)).where(*due)
    oldest = connection.execute(query).scalar_one_or_none()
    return 0.0 if oldest is None else (now - oldest).total_seconds()


def look_ups(connection: Connection, day: date) -> dict[bool, int]:
    """Look-ups of a day, by whether anything was found."""
    found = case((col(LookUpCount.results) > 0, 1), else_=0)
    query = select(found, func.count()).where(col(LookUpCount.day) == day).group_by(found)
    return {bool(yes): n for yes, n in connection.execute(query)}


def services(connection: Connection) -> int:
    """How many services the directory can answer with."""
    return connection.execute(select(func.count(col(Offer.service_id).distinct()))).scalar_one()
