"""Phones of one household: a code that joins two of them, and what becomes of the answers both had given."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from conversations.events.answering import Joining

from .. import people, sealing
from ..database import Stale, upsert
from ..gate import audit, codes
from ..linking import GOOD_FOR, HOUR, WRONG_AN_HOUR
from ..people import Known
from ..tables import LinkCode
from . import rsvps
from .tables import Attendance, Household, Rsvp

WRONG = "wrong household code"

_KEEP = upsert(
    lambda insert: (made := insert(LinkCode)).on_conflict_do_update(
        index_elements=["address_id"], set_={"hash": made.excluded.hash, "until": made.excluded.until}
    )
)


def begin(connection: Connection, known: Known, now: datetime, *, chance: Callable[[], str] = codes.chance) -> str:
    """A code for a phone, in place of the one before."""
    connection.execute(delete(LinkCode).where(col(LinkCode.until) < now - HOUR))
    code = chance()
    while _shown_by(connection, code) is not None:
        code = chance()
    connection.execute(_KEEP[connection.dialect.name], {"address_id": known.address_id, "hash": _hashed(code), "until": now + GOOD_FOR})
    return code


def tried(connection: Connection, known: Known, code: str, now: datetime) -> Joining:
    """What a code comes to. A wrong one is counted, and after five in an hour none is looked at."""
    if audit.count(connection, known.person_id, WRONG, now - HOUR) >= WRONG_AN_HOUR:
        return Joining.TOO_OFTEN
    found = _shown_by(connection, code)
    other = found and people.by_address_id(connection, found.address_id)
    if not other or found.until <= now:
        audit.write(connection, now, person_id=known.person_id, action="household", outcome=WRONG)
        return Joining.WRONG
    return Joining.OWN if other.person_id == known.person_id else Joining.FITS


def join(connection: Connection, known: Known, code: str, now: datetime) -> Known:
    """Make two households one; whose code it was. `Stale` if another message used the code first."""
    found = _shown_by(connection, code)
    other = found and people.by_address_id(connection, found.address_id)
    if not other:
        raise Stale
    connection.execute(delete(LinkCode).where(col(LinkCode.address_id) == other.address_id))
    before = {rsvps.household_of(connection, each.person_id) for each in (known, other)}
    members = sorted({each for name in before for each in rsvps.people_of(connection, name)})
    connection.execute(delete(Household).where(col(Household.person_id).in_(members)))
    connection.execute(insert(Household), [{"person_id": each, "number": members[0]} for each in members])
    _one_answer(connection, before, f"h{members[0]}", now)
    audit.write(connection, now, person_id=known.person_id, action="household", outcome="joined")
    return other


def _one_answer(connection: Connection, before: set[str], name: str, now: datetime) -> None:
    """Of two answers to one event the later stands, and the places of the other are free."""
    theirs = select(Rsvp).where(col(Rsvp.household).in_(before)).order_by(col(Rsvp.event_id), col(Rsvp.answered_at), col(Rsvp.id))
    for _event, rows in groupby(connection.execute(theirs).all(), lambda row: row.event_id):
        *others, last = rows
        for each in others:
            rsvps.remove(connection, each.event_id, each.id, now)
        connection.execute(update(Rsvp).where(col(Rsvp.id) == last.id).values(household=name))
    there = select(Attendance).where(col(Attendance.household).in_(before)).order_by(col(Attendance.event_id), col(Attendance.id))
    for _event, rows in groupby(connection.execute(there).all(), lambda row: row.event_id):
        first, *doubled = rows
        connection.execute(delete(Attendance).where(col(Attendance.id).in_([each.id for each in doubled])))
        connection.execute(update(Attendance).where(col(Attendance.id) == first.id).values(household=name))


def _shown_by(connection: Connection, code: str) -> Any:
    query = select(col(LinkCode.address_id), col(LinkCode.until)).where(col(LinkCode.hash) == _hashed(code))
    return connection.execute(query).one_or_none()


def _hashed(code: str) -> str:
    """Under another key than the code that links a phone and a chat: neither can be used as the other."""
    return hmac.new(sealing.in_use().keys[0].derived(b"household"), code.encode(), hashlib.sha256).hexdigest()
