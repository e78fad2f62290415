"""The log of the gate: written, counted and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlmodel import col

from .tables import Audit


def write(
    connection: Connection, now: datetime, *, person_id: int | None, action: str, outcome: str, about: Mapping[str, str | int] | None = None
) -> None:
    """One line. Without a person it was the operator."""
    row = {"at": now, "person_id": person_id, "action": action, "outcome": outcome, "about": dict(about or {})}
    connection.execute(insert(Audit).values(row))


def count(connection: Connection, person_id: int, outcome: str, since: datetime) -> int:
    """How often a person came to this outcome after a moment."""
    mine = [col(Audit.person_id) == person_id, col(Audit.at) > since, col(Audit.outcome) == outcome]
    return connection.execute(select(func.count()).select_from(Audit).where(*mine)).scalar_one()


def since(connection: Connection, moment: datetime) -> Sequence[Row[Any]]:
    """The lines from a moment on, oldest first: at, person_id, action, outcome, about."""
    query: Any = select(col(Audit.at), col(Audit.person_id), col(Audit.action), col(Audit.outcome), col(Audit.about))
    return connection.execute(query.where(col(Audit.at) >= moment).order_by(col(Audit.id))).all()
