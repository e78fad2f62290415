"""Who waits for a person of the school to ring them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col

from .tables import Address, Call, Person, School


def ask(connection: Connection, *, school_id: int, address_id: int, when: str, number: str, why: str, now: datetime) -> None:
    """Somebody wants to be rung. Asking twice for the same reason, while nobody has rung, changes the earlier wish."""
    same = [col(Call.address_id) == address_id, col(Call.why) == why, col(Call.done_at).is_(None)]
    changed = connection.execute(update(Call).where(*same).values(when=when, number=number))
    if changed.rowcount == 0:
        row = {"school_id": school_id, "address_id": address_id, "when": when, "number": number, "why": why, "asked_at": now}
        connection.execute(insert(Call).values(row))


def waiting(connection: Connection) -> Sequence[Row[Any]]:
    """Everybody who waits, longest first: id, school, channel, address, number, when, why, language, asked_at."""
    query: Any = (
        select(
            col(Call.id),
            col(School.name).label("school"),
            col(Address.channel),
            col(Address.address),
            col(Call.number),
            col(Call.when),
            col(Call.why),
            col(Person.language),
            col(Call.asked_at),
            col(School.timezone),
        )
        .join(Address, col(Address.id) == col(Call.address_id))
        .join(Person, col(Person.id) == col(Address.person_id))
        .join(School, col(School.id) == col(Call.school_id))
        .where(col(Call.done_at).is_(None))
        .order_by(col(Call.asked_at), col(Call.id))
    )
    return connection.execute(query).all()


def done(connection: Connection, call_id: int, now: datetime) -> bool:
    """Somebody has rung; the number they left is forgotten. False if there is no such call waiting."""
    mine = update(Call).where(col(Call.id) == call_id, col(Call.done_at).is_(None))
    return connection.execute(mine.values(done_at=now, number="")).rowcount == 1
