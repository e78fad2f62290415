"""The calls that wait, for a member of staff who asks by text. Every look and every call that is closed is logged."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.desk import Waits
from storage import calls, people
from storage.gate import audit, locks
from storage.people import Known

ROLES = frozenset({"liaison", "coordinator", "principal"})
"""Who rings families."""


def waiting(connection: Connection, known: Known, now: datetime) -> tuple[Waits, ...] | None:
    """The calls of their school, those in danger first, then longest first; None to whoever does not ring families, or is locked, or may be somebody else."""
    from .lookups import as_said  # noqa: PLC0415 - it asks us

    if ROLES.isdisjoint(people.roles(connection, known.person_id, known.school_id)) or known.doubted:
        return None
    if locks.locked(connection, known.person_id):
        return None
    zone = ZoneInfo(known.school_timezone)
    audit.write(connection, now, person_id=known.person_id, action="inbox", outcome="shown")
    found = (
        Waits(
            call.id,
            call.asked_at.astimezone(zone).replace(tzinfo=None),
            call.number or (as_said(call.address) if call.channel == "sms" else f"{call.channel}:{call.address}"),
            call.when,
            call.language or "",
            call.why,
        )
        for call in calls.waiting(connection, known.school_id)
    )
    return tuple(sorted(found, key=lambda call: not call.danger))


def close(connection: Connection, known: Known, number: int, now: datetime) -> None:
    outcome = "done" if calls.done(connection, number, now) else "refused"
    audit.write(connection, now, person_id=known.person_id, action="call made", outcome=outcome, about={"call": number})
