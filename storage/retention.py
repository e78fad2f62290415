"""What is forgotten, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, update
from sqlmodel import col

from .gate.codes import GOOD_FOR
from .tables import Inbound, Kind, Outbox, Person, State

BODIES = timedelta(days=30)


def erase(connection: Connection, now: datetime) -> dict[str, int]:
    """Forget the texts of messages older than 30 days, and of codes that open nothing any more; how many, by table.

    That somebody was in danger is forgotten too, once the days after it are over.
    """
    old = now - BODIES
    heard = update(Inbound).where(col(Inbound.received_at) < old, col(Inbound.text).is_not(None))
    code = and_(col(Outbox.kind) == Kind.CODE, col(Outbox.created_at) < now - GOOD_FOR, col(Outbox.state) != State.SENDING)
    said = update(Outbox).where(or_(col(Outbox.created_at) < old, code), col(Outbox.text).is_not(None))
    connection.execute(update(Person).where(col(Person.calm_until) < now).values(calm_until=None))
    return {
        "inbound": connection.execute(heard.values(text=None)).rowcount,
        "outbox": connection.execute(said.values(text=None, buttons=None)).rowcount,
    }
