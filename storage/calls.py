"""Who waits for a person of the school to ring them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col

from .tables import Address, Call, Inbound, Person, School


def ask(
    connection: Connection,
    *,
    school_id: int,
    address_id: int,
    when: str,
    number: str,
    why: str,
    now: datetime,
    inbound_id: int | None = None,
    promised: Mapping[str, Any] | None = None,
) -> None:
    """Somebody wants to be rung. Asking twice for the same reason, while nobody has rung, changes the earlier wish.

    `inbound_id` is the message to be read by whoever rings; a new one is to be seen again.
    `promised` is the hour it shall be in, and by whom: begins_at, ends_at, person_id.
    """
    hour = {"begins_at": None, "ends_at": None, "person_id": None, "told_at": None, "missed_at": None, **(promised or {})}
    waits = select(col(Call.id), col(Call.why)).where(col(Call.address_id) == address_id, col(Call.done_at).is_(None))
    same = [call_id for call_id, reason in connection.execute(waits) if reason == why]  # sealed: the database cannot compare it
    if same:
        new = {"when": when, "number": number, "inbound_id": inbound_id, "seen_at": None, **hour}
        connection.execute(update(Call).where(col(Call.id).in_(same)).values(**new))
    else:
        row = {
            "school_id": school_id,
            "address_id": address_id,
            "when": when,
            "number": number,
            "why": why,
            "asked_at": now,
            "inbound_id": inbound_id,
            **hour,
        }
        connection.execute(insert(Call).values(row))


def waiting(connection: Connection, school_id: int | None = None) -> Sequence[Row[Any]]:
    """Everybody who waits, at one school or at all, longest first: id, school, channel, address, number, when, why, language, asked_at."""
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
            col(Call.seen_at),
            col(Call.inbound_id),
            col(School.timezone),
        )
        .join(Address, col(Address.id) == col(Call.address_id))
        .join(Person, col(Person.id) == col(Address.person_id))
        .join(School, col(School.id) == col(Call.school_id))
        .where(col(Call.done_at).is_(None), *([col(Call.school_id) == school_id] if school_id is not None else []))
        .order_by(col(Call.asked_at), col(Call.id))
    )
    return connection.execute(query).all()


def waits(connection: Connection, call_id: int) -> bool:
    mine = [col(Call.id) == call_id, col(Call.done_at).is_(None)]
    return connection.execute(select(col(Call.id)).where(*mine)).first() is not None


def see(connection: Connection, call_id: int, now: datetime) -> str | None:
    """The message behind a call that waits, shown once: who looks first is noted. None: no message, seen already, or erased."""
    mine = [col(Call.id) == call_id, col(Call.done_at).is_(None), col(Call.seen_at).is_(None), col(Call.inbound_id).is_not(None)]
    inbound_id = connection.execute(update(Call).where(*mine).values(seen_at=now).returning(col(Call.inbound_id))).scalar_one_or_none()
    return connection.execute(select(col(Inbound.text)).where(col(Inbound.id) == inbound_id)).scalar_one_or_none()


def done(connection: Connection, call_id: int, now: datetime) -> bool:
    """Somebody has rung; the number they left is forgotten. False if there is no such call waiting."""
    mine = update(Call).where(col(Call.id) == call_id, col(Call.done_at).is_(None))
    return connection.execute(mine.values(done_at=now, number="")).rowcount == 1
