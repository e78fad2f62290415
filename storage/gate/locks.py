"""Who is locked out of everything gated, and since when. They are still helped like any family."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import col

from .tables import GateLock


def lock(connection: Connection, person_id: int, why: str, now: datetime) -> bool:
    """False if they were locked already."""
    if locked(connection, person_id):
        return False
    connection.execute(insert(GateLock).values(person_id=person_id, why=why, since=now))
    return True


def unlock(connection: Connection, person_id: int, now: datetime) -> bool:
    """False if they were not locked."""
    standing = [col(GateLock.person_id) == person_id, col(GateLock.lifted_at).is_(None)]
    return connection.execute(update(GateLock).where(*standing).values(lifted_at=now)).rowcount == 1


def locked(connection: Connection, person_id: int) -> bool:
    query = select(col(GateLock.id)).where(col(GateLock.person_id) == person_id, col(GateLock.lifted_at).is_(None))
    return connection.execute(query).first() is not None


def last_lifted(connection: Connection, person_id: int) -> datetime | None:
    """When an operator last let them in again."""
    return connection.execute(select(func.max(col(GateLock.lifted_at))).where(col(GateLock.person_id) == person_id)).scalar_one_or_none()
