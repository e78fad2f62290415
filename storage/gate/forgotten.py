"""What an erased address leaves behind: a keyed hash, by which its STOP is found should it ever write again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlmodel import col

from .. import sealing
from ..prepared import Prepared
from ..tables import Address, Person
from .tables import Forgotten


def keep(connection: Connection, channel: str, address: str, address_id: int, now: datetime) -> None:
    lookup = sealing.in_use().lookup(_value(channel, address))
    connection.execute(insert(Forgotten).values(lookup=lookup, address_id=address_id, at=now))


_STOPPED = Prepared(
    select(col(Person.stopped_at))
    .join(Address, col(Address.person_id) == col(Person.id))
    .join(Forgotten, col(Forgotten.address_id) == col(Address.id))
    .where(col(Forgotten.lookup).in_(bindparam("lookups", expanding=True)))
    .order_by(col(Forgotten.id).desc())
    .limit(1)
)


def stopped_before(connection: Connection, channel: str, address: str) -> datetime | None:
    """When an address that is new to us said STOP, in a life of which nothing else is known."""
    lookups = sealing.in_use().lookups(_value(channel, address))
    found = _STOPPED.first(connection, lookups=lookups)
    return None if found is None else found.stopped_at


def _value(channel: str, address: str) -> str:
    return f"forgotten {channel}:{address}"
