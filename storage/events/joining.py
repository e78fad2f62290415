"""The code that joins two phones to one household: one shows it, the other texts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, update
from sqlmodel import col

from conversations.linking import Tried

from .. import linking, people
from ..database import Stale
from ..gate import audit, codes
from ..people import Known
from ..tables import LinkCode, Person
from . import households

PURPOSE = b"household"
"""Of the code: one that links a chat to a phone joins no household, and the other way round."""
WRONG = "wrong household code"


def begin(connection: Connection, known: Known, now: datetime, *, chance: Callable[[], str] = codes.chance) -> str:
    """A code to show to whoever has the household's other phone, good for ten minutes."""
    return linking.begin(connection, known, now, chance=chance, purpose=PURPOSE)


def tried(connection: Connection, known: Known, code: str, now: datetime) -> Tried:
    """What a code comes to: FITS, WRONG, OLD, or TOO_OFTEN after five wrong ones in an hour. A wrong one is counted."""
    if audit.count(connection, known.person_id, WRONG, now - linking.HOUR) >= linking.WRONG_AN_HOUR:
        return Tried.TOO_OFTEN
    found = linking.shown_by(connection, code, PURPOSE)
    if found is None:
        audit.write(connection, now, person_id=known.person_id, action="household", outcome=WRONG)
        return Tried.WRONG
    return Tried.OLD if found.until <= now else Tried.FITS


def join(connection: Connection, known: Known, code: str, now: datetime) -> Known:
    """The two are one household from now on; the one who showed the code. `Stale` if it was used, or either wrote, meanwhile."""
    found = linking.shown_by(connection, code, PURPOSE)
    other = found and people.by_address_id(connection, found.address_id)
    if not other:
        raise Stale
    connection.execute(delete(LinkCode).where(col(LinkCode.address_id) == other.address_id))
    if other.person_id != known.person_id:
        _counted(connection, other)
        households.join_people(connection, known.person_id, other.person_id, now)
    return people.by_address_id(connection, other.address_id) or other


def _counted(connection: Connection, other: Known) -> None:
    """A message of theirs that is heard meanwhile is heard again, and finds them joined. (The turn of who texted counts itself.)"""
    mine = [col(Person.id) == other.person_id, col(Person.revision) == other.revision]
    if connection.execute(update(Person).where(*mine).values(revision=other.revision + 1)).rowcount != 1:
        raise Stale
