"""A database that was put back from a backup knows nothing of what left since: what it would do again is laid to rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from . import due
from .announcements import course
from .gate import audit
from .roster import waves
from .tables import Due, FollowUp, Outbox, State
from .upkeep import Lease

REASON = "restored"


class Running(Exception):
    """A process works on this database, or did until a few seconds ago: what waits is what it is about to send."""


@dataclass(frozen=True)
class Laid:
    """How much was laid to rest."""

    skipped: int
    unknown: int
    questions: int
    schools: int

    def __str__(self) -> str:
        settled = f"{self.skipped} texts that waited do not leave, {self.unknown} that were on their way are unknown"
        asked = f"{self.questions} open questions are not asked once more"
        return f"{settled}, {asked}, introductions are halted in {self.schools} schools. Nothing older than now is fetched."


def settle(connection: Connection, now: datetime) -> Laid:
    """Nothing that the backup held leaves a second time, and no message from before now is fetched. It is written into the audit log.

    Raises `Running`. The second time it finds nothing to do but the moment.
    """
    if connection.execute(select(col(Lease.name)).where(col(Lease.name) == "clock", col(Lease.until) > now)).first() is not None:
        raise Running("Platica runs on this database, or did a moment ago: stop it, wait 20 seconds, and try again.")
    due.first_fact(connection, "first start", now.isoformat())
    due.set_fact(connection, "first start", now.isoformat())
    schools = waves.schools_waiting(connection)
    for school in schools:
        waves.halt(connection, school.id, now)
    connection.execute(delete(FollowUp))  # whether it helped was asked since, perhaps
    course.lay_to_rest(connection, now)
    laid = Laid(
        skipped=_all(connection, State.WAITING, State.SKIPPED) + _all(connection, State.HELD, State.SKIPPED),
        unknown=_all(connection, State.SENDING, State.UNKNOWN),
        questions=connection.execute(delete(Due).where(col(Due.kind) == "silence")).rowcount,
        schools=len(schools),
    )
    about = {"skipped": laid.skipped, "unknown": laid.unknown, "questions": laid.questions, "schools": laid.schools}
    audit.write(connection, now, person_id=None, action=REASON, outcome="done", about=about)
    return laid


def _all(connection: Connection, was: State, becomes: State) -> int:
    rest = {"state": becomes, "reason": REASON, "lease_until": None}
    return connection.execute(update(Outbox).where(col(Outbox.state) == was).values(**rest)).rowcount
