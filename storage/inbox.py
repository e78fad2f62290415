"""What was received, once each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update
from sqlmodel import col

from .database import upsert
from .prepared import Prepared
from .tables import Inbound

_ONCE = Prepared(
    upsert(lambda insert: insert(Inbound).on_conflict_do_nothing(index_elements=["channel", "provider_id"]).returning(col(Inbound.id)))
)


def record(
    connection: Connection, channel: str, provider_id: str, *, text: str | None, now: datetime, address_id: int | None
) -> int | None:
    """Keep a message under its provider's id; None if it was received before.

    Only that uniqueness is forgiven: any other constraint that fails is an error, never a dropped message.
    """
    made = _ONCE.first(connection, channel=channel, provider_id=provider_id, text=text, received_at=now, address_id=address_id)
    return None if made is None else int(made.id)


_BELONGS = update(Inbound).where(col(Inbound.id) == bindparam("message")).values(address_id=bindparam("of_address"))


def belongs_to(connection: Connection, inbound_id: int, address_id: int) -> None:
    connection.execute(_BELONGS, {"message": inbound_id, "of_address": address_id})


def newest(connection: Connection, address_id: int) -> int | None:
    """The message of an address that came last."""
    return connection.execute(select(func.max(col(Inbound.id))).where(col(Inbound.address_id) == address_id)).scalar_one_or_none()


def last_received(connection: Connection, channel: str) -> datetime | None:
    """When we last recorded a message of a channel."""
    return connection.execute(select(func.max(col(Inbound.received_at))).where(col(Inbound.channel) == channel)).scalar_one_or_none()


def recorded(connection: Connection, channel: str, provider_ids: list[str]) -> set[str]:
    """Those of the provider's ids that we have."""
    query = select(col(Inbound.provider_id)).where(col(Inbound.channel) == channel, col(Inbound.provider_id).in_(provider_ids))
    return set(connection.execute(query).scalars())


def text_of(connection: Connection, address_id: int, inbound_id: int) -> str | None:
    """The words of a message of just this address; None once they are erased."""
    mine = [col(Inbound.id) == inbound_id, col(Inbound.address_id) == address_id]
    return connection.execute(select(col(Inbound.text)).where(*mine)).scalar_one_or_none()
