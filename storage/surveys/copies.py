"""What passes between somebody and us while they answer a survey: marked, so that no copy of it stays, here or at the provider.

Theirs is never written down. Ours is kept while it is the last on their screen: it asks what earlier
answers led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from ..prepared import Prepared
from ..tables import Inbound, Outbox, State

ARRIVED = (State.DELIVERED, State.FAILED, State.SKIPPED)
SETTLES = timedelta(hours=1)
"""After so long what was sent counts as arrived, whether the provider has said so or not."""
AT_ONCE = 50
GIVEN_UP = timedelta(days=7)

_Newer = aliased(Outbox)
_TEXT = Prepared(update(Inbound).where(col(Inbound.id) == bindparam("message")).values(text=bindparam("text")))
_MARK = Prepared(update(Inbound).where(col(Inbound.id) == bindparam("message")).values(text=None, private=True))


@dataclass(frozen=True)
class Copy:
    """One message, by its provider's id; empty where it never got there."""

    table: type[Inbound | Outbox]
    id: int
    channel: str
    provider_id: str
    since: datetime


def keep(connection: Connection, inbound_id: int, text: str) -> None:
    """It was no answer: its text is kept like any other."""
    _TEXT.do(connection, message=inbound_id, text=text)


def mark(connection: Connection, inbound_id: int) -> None:
    """It was an answer."""
    _MARK.do(connection, message=inbound_id)


def forget_ours(connection: Connection, now: datetime) -> int:
    """Erase our own copy of what has arrived, once something newer stands below it on their screen; how many."""
    mine = [col(Outbox.private).is_(True), col(Outbox.text).is_not(None)]
    newer = exists().where(col(_Newer.address_id) == col(Outbox.address_id), col(_Newer.id) > col(Outbox.id))
    old = col(Outbox.created_at) < now - SETTLES
    there = (col(Outbox.state).in_(ARRIVED) & (newer | old)) | (col(Outbox.state).in_([State.SENT, State.UNKNOWN]) & old)
    return connection.execute(update(Outbox).where(*mine, there).values(text=None, buttons=None)).rowcount


def left(connection: Connection, now: datetime) -> list[Copy]:
    """Copies that a provider may still have, oldest first: of what was heard, and of what we have erased."""
    heard: Any = select(col(Inbound.id), col(Inbound.channel), col(Inbound.provider_id), col(Inbound.received_at).label("since"))
    heard = heard.where(col(Inbound.private).is_(True), col(Inbound.received_at) < now).order_by(col(Inbound.id)).limit(AT_ONCE)
    said: Any = select(col(Outbox.id), col(Outbox.channel), col(Outbox.provider_id), col(Outbox.created_at).label("since"))
    said = said.where(col(Outbox.private).is_(True), col(Outbox.text).is_(None)).order_by(col(Outbox.id)).limit(AT_ONCE)
    found = [(Inbound, row) for row in connection.execute(heard)] + [(Outbox, row) for row in connection.execute(said)]
    return [Copy(table, row.id, row.channel, row.provider_id or "", row.since) for table, row in found]


def gone(connection: Connection, copies: Sequence[Copy]) -> None:
    """Nothing says any more that these had to do with a survey."""
    for table in (Inbound, Outbox):
        ids = [each.id for each in copies if each.table is table]
        if ids:
            connection.execute(update(table).where(col(table.id).in_(ids)).values(private=None))
