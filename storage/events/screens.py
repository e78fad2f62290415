"""Which event the last text on a screen was about, where we sent it unasked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from ..announcements.tables import Announcement
from ..prepared import Prepared
from ..tables import Outbox
from .tables import Event

ASKS = ("invitation", "change")
"""Kinds of texts that a household may answer."""

_LAST = Prepared(
    select(col(Outbox.announcement_id), col(Outbox.kind), col(Outbox.handed_off_at))
    .where(col(Outbox.address_id) == bindparam("address"), col(Outbox.handed_off_at).is_not(None))
    .order_by(col(Outbox.handed_off_at).desc(), col(Outbox.id).desc())
    .limit(1)
)


def last_event(connection: Connection, address_id: int) -> tuple[int, datetime] | None:
    """The event, and when its text was handed off; None if the last text was anything else."""
    row = _LAST.first(connection, address=address_id)
    if row is None or row.announcement_id is None or row.kind not in ASKS:
        return None
    event_id = _event_of(connection, row.announcement_id)
    return None if event_id is None else (event_id, row.handed_off_at)


def _event_of(connection: Connection, announcement_id: int) -> int | None:
    """Of its invitation; of another text by what that is about."""
    mine = select(col(Event.id)).where(col(Event.announcement_id) == announcement_id).order_by(col(Event.starts_at)).limit(1)
    found: Any = connection.execute(mine).scalar_one_or_none()
    if found is None:
        about = connection.execute(select(col(Announcement.about)).where(col(Announcement.id) == announcement_id)).scalar_one_or_none()
        found = (about or {}).get("event")
    return int(found) if found is not None else None
