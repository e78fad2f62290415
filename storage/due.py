"""What is due for an address, and which process looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update
from sqlmodel import col

from .database import upsert
from .prepared import Prepared
from .tables import Due
from .upkeep import Fact, Lease


@dataclass(frozen=True)
class DueRow:
    id: int | None
    kind: str
    address_id: int
    revision: int


_SET = Prepared(
    upsert(
        lambda insert: (made := insert(Due)).on_conflict_do_update(
            index_elements=["kind", "address_id"], set_={"revision": made.excluded.revision, "due_at": made.excluded.due_at}
        )
    )
)


def set_due(connection: Connection, kind: str, address_id: int, revision: int, due_at: datetime) -> None:
    """Something falls due for an address; an earlier one of the same kind is replaced."""
    _SET.changed(connection, kind=kind, address_id=address_id, revision=revision, due_at=due_at)


_NOW = (
    select(col(Due.id), col(Due.kind), col(Due.address_id), col(Due.revision))
    .where(col(Due.due_at) <= bindparam("now"))
    .order_by(col(Due.due_at), col(Due.id))
)


def due_now(connection: Connection, now: datetime, most: int = 100) -> list[DueRow]:
    return [DueRow(*row) for row in connection.execute(_NOW.limit(most), {"now": now})]


def is_done(connection: Connection, due_id: int | None) -> bool:
    """Take a due row away; False if somebody else has."""
    return connection.execute(delete(Due).where(col(Due.id) == due_id)).rowcount == 1


_HOLD = upsert(
    lambda insert: (
        (made := insert(Lease))
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": made.excluded.holder, "until": made.excluded.until},
            where=or_(col(Lease.holder) == made.excluded.holder, col(Lease.until) < bindparam("now")),
        )
        .returning(col(Lease.holder))
    )
)


def hold(connection: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take or keep a lease: True for the one process that has it until then."""
    row = {"name": name, "holder": holder, "until": until, "now": now}
    return connection.execute(_HOLD[connection.dialect.name], row).first() is not None


_FACT = upsert(lambda insert: insert(Fact).on_conflict_do_nothing(index_elements=["name"]))


def first_fact(connection: Connection, name: str, value: str) -> str:
    """What was remembered under a name, or else this value from now on."""
    connection.execute(_FACT[connection.dialect.name], {"name": name, "value": value})
    return connection.execute(select(col(Fact.value)).where(col(Fact.name) == name)).scalar_one()


def fact(connection: Connection, name: str) -> str | None:
    """What is remembered under a name; None if nothing is."""
    return connection.execute(select(col(Fact.value)).where(col(Fact.name) == name)).scalar_one_or_none()


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Remember this value under a name that is known already."""
    connection.execute(update(Fact).where(col(Fact.name) == name).values(value=value))
