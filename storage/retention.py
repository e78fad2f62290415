"""What is forgotten, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, update
from sqlmodel import col

from .tables import Inbound, Outbox

BODIES = timedelta(days=30)


def erase(connection: Connection, now: datetime) -> dict[str, int]:
    """Forget the texts of messages older than 30 days; how many were forgotten, by table."""
    old = now - BODIES
    heard = update(Inbound).where(col(Inbound.received_at) < old, col(Inbound.text).is_not(None))
    said = update(Outbox).where(col(Outbox.created_at) < old, col(Outbox.text).is_not(None))
    return {
        "inbound": connection.execute(heard.values(text=None)).rowcount,
        "outbox": connection.execute(said.values(text=None, buttons=None)).rowcount,
    }
