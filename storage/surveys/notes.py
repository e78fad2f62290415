"""Street data: notes without who. Only so that it can be taken back, a note knows for ten minutes who wrote it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select
from sqlmodel import col

from conversations.surveys.notes import Jotted

from .tables import Assessment, Note

UNDO = timedelta(minutes=10)


def keep(connection: Connection, jotted: Jotted, *, school_id: int, by: int, now: datetime, today: Any) -> None:
    """`by`: the person who wrote it down; `today` by the school's clock."""
    said = {"text": jotted.text, "tags": list(jotted.tags), "group": jotted.group, "method": jotted.method, "people": jotted.people}
    where = {"school_id": school_id, "assessment_id": _running(connection, school_id), "day": today}
    connection.execute(insert(Note).values(**said, **where, undo_by=by, undo_until=now + UNDO))


def last(connection: Connection, by: int, now: datetime) -> int | None:
    """The newest that somebody may take back."""
    mine = [col(Note.undo_by) == by, col(Note.undo_until) > now]
    return connection.execute(select(func.max(col(Note.id))).where(*mine)).scalar_one_or_none()


def forget(connection: Connection, number: int, by: int) -> None:
    connection.execute(delete(Note).where(col(Note.id) == number, col(Note.undo_by) == by))


def drop(connection: Connection, school_id: int, number: int) -> bool:
    """By the operator's hand; False where that school has none of this number."""
    return connection.execute(delete(Note).where(col(Note.id) == number, col(Note.school_id) == school_id)).rowcount == 1


def listed(connection: Connection, school_id: int) -> Sequence[Row[Any]]:
    """Oldest first."""
    columns: Any = select(col(Note.id), col(Note.day), col(Note.method), col(Note.group), col(Note.people), col(Note.tags), col(Note.text))
    return connection.execute(columns.where(col(Note.school_id) == school_id).order_by(col(Note.id))).all()


def _running(connection: Connection, school_id: int) -> int | None:
    """The assessment of a school that is under way."""
    mine = [col(Assessment.school_id) == school_id, col(Assessment.closed_at).is_(None)]
    return connection.execute(select(func.max(col(Assessment.id))).where(*mine)).scalar_one_or_none()
