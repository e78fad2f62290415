"""Whether an address is still the one person's whom we know at it.

Numbers change hands after 45 days and more. After 90 days of silence, or when the carrier has no such number any more, an address is
*doubted*: nothing routine goes there, no part in a school works from it, and one question decides (`conversations.doubt`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select, update
from sqlmodel import col

from . import holding, people
from .people import Known
from .tables import Address, Membership

SILENT = timedelta(days=90)


def arise(connection: Connection, now: datetime, most: int = 5000) -> int:
    """Doubt whoever has a part in a school and was silent for 90 days; how many, at most `most` at a time."""
    takes_part = exists().where(col(Membership.person_id) == col(Address.person_id))
    silent = select(col(Address.id)).where(col(Address.heard_at) <= now - SILENT, col(Address.doubted_at).is_(None), takes_part)
    these = list(connection.execute(silent.order_by(col(Address.heard_at)).limit(most)).scalars())
    connection.execute(update(Address).where(col(Address.id).in_(these), col(Address.doubted_at).is_(None)).values(doubted_at=now))
    return len(these)


def doubt(connection: Connection, address_id: int, now: datetime) -> None:
    """The carrier has no such number any more, or they write after so long."""
    mine = [col(Address.id) == address_id, col(Address.doubted_at).is_(None)]
    connection.execute(update(Address).where(*mine).values(doubted_at=now))


def ask_once(connection: Connection, address_id: int, now: datetime) -> bool:
    """Note that we ask whether it is still theirs; False if we did already."""
    mine = [col(Address.id) == address_id, col(Address.doubted_at).is_not(None), col(Address.asked_at).is_(None)]
    return connection.execute(update(Address).where(*mine).values(asked_at=now)).rowcount == 1


def over(connection: Connection, address_id: int) -> None:
    """It is still theirs."""
    connection.execute(update(Address).where(col(Address.id) == address_id).values(doubted_at=None, asked_at=None))


def let_go(connection: Connection, known: Known, now: datetime) -> None:
    """It is somebody else's. Of who had it only the proofs stay; the number counts as stopped, so that no list brings it back.

    `Stale` if another message came first.
    """
    people.log_consent(connection, known.address_id, now, what="stop", how="not me")
    known = replace(known, stopped_at=known.stopped_at or now)
    if people.address_count(connection, known.person_id) == 1:
        people.stop(connection, known.person_id, now)
    holding.forget(connection, known, now, how="not me")
