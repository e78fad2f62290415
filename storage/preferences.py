"""What a family chose to hear about, and whether something that we start may reach them now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import col

from conversations.effects import Prefer
from conversations.topics import Topic, Wanted

from .database import upsert
from .tables import Preference

PAUSE = timedelta(weeks=2)

_KEEP = upsert(
    lambda insert: (made := insert(Preference)).on_conflict_do_update(
        index_elements=["person_id"],
        set_={"muted": made.excluded.muted, "paused_until": made.excluded.paused_until, "since": made.excluded.since},
    )
)


def prefer(connection: Connection, person_id: int, chosen: Prefer, now: datetime) -> None:
    """Note what they chose, on top of what they had chosen before."""
    row = _row(connection, person_id)
    muted = (set(row.muted if row else ()) | set(chosen.mute)) - set(chosen.hear)
    until = row.paused_until if row else None
    if chosen.pause is not None:
        until = now + PAUSE if chosen.pause else None
    kept = {"person_id": person_id, "muted": sorted(muted), "paused_until": until, "since": now}
    connection.execute(_KEEP[connection.dialect.name], kept)


def end_pause(connection: Connection, person_id: int) -> None:
    """They came back of their own accord."""
    connection.execute(update(Preference).where(col(Preference.person_id) == person_id).values(paused_until=None))


def wanted(connection: Connection, person_id: int, now: datetime) -> Wanted:
    row = _row(connection, person_id)
    return Wanted() if row is None else Wanted(frozenset(row.muted), row.paused_until is not None and row.paused_until > now)


def may_receive(connection: Connection, person_id: int, topic: Topic, now: datetime) -> str | None:
    """Why something on a topic that we start may not reach them now ("paused", "muted"); None if it may. STOP is not asked here."""
    if topic is Topic.URGENT:
        return None
    chosen = wanted(connection, person_id, now)
    return "paused" if chosen.paused else "muted" if topic in chosen.muted else None


def _row(connection: Connection, person_id: int) -> Any:
    query = select(col(Preference.muted), col(Preference.paused_until)).where(col(Preference.person_id) == person_id)
    return connection.execute(query).one_or_none()
