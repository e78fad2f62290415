"""What has to be known about people at the moment something that we begin would leave for them: one query for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from ..outbox import Row
from ..prepared import Prepared
from ..reaching import BROUGHT, WELCOME
from ..tables import Address, Kind, Membership, Outbox, Person, Preference, School, State
from .tables import Announcement, Stage

ROUTINE = (Kind.INVITATION, Kind.SURVEY, Kind.NEWS)
"""One of these a week."""


@dataclass(frozen=True)
class Circumstances:
    """Of one row's person, and of what it is part of."""

    calm_until: datetime | None
    paused_until: datetime | None
    muted: frozenset[str]
    zones: tuple[str, ...]
    """Theirs if it is known, then the school's: the first that is a zone counts."""
    last_routine: datetime | None
    """When the last routine text left for them."""
    welcomed: bool
    school_id: int | None = None
    stage: Stage | None = None
    """None: no announcement."""
    until: datetime | None = None


_Row, _Last, _Part, _First = aliased(Outbox), aliased(Outbox), aliased(Membership), aliased(School)
_last = (
    select(func.max(col(_Last.handed_off_at)))
    .where(
        col(_Last.person_id) == col(_Row.person_id),
        literal_column("kind").in_([literal_column(f"'{kind.value}'") for kind in ROUTINE]),
        col(_Last.handed_off_at).is_not(None),
        or_(*(col(_Last.state) == state for state in (State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED))),
    )
    .correlate(_Row)
    .scalar_subquery()
)
_at_home = (
    select(col(_First.timezone))
    .join(_Part, col(_Part.school_id) == col(_First.id))
    .where(col(_Part.person_id) == col(_Row.person_id))
    .order_by(col(_Part.id).desc())
    .limit(1)
    .correlate(_Row)
    .scalar_subquery()
)
_OF = Prepared(
    select(
        *(col(_Row.id), col(Person.calm_until), col(Person.timezone), col(Preference.muted), col(Preference.paused_until)),
        *(_last.label("last_routine"), WELCOME.label("welcomed"), func.coalesce(col(School.timezone), _at_home).label("school_zone")),
        *(col(Announcement.school_id), col(Announcement.stage), col(Announcement.until)),
    )
    .select_from(_Row)
    .join(Person, col(Person.id) == col(_Row.person_id))
    .join(Address, col(Address.id) == col(_Row.address_id))
    .join(BROUGHT, col(BROUGHT.address_id) == col(_Row.address_id), isouter=True)
    .join(Preference, col(Preference.person_id) == col(_Row.person_id), isouter=True)
    .join(Announcement, col(Announcement.id) == col(_Row.announcement_id), isouter=True)
    .join(School, col(School.id) == col(Announcement.school_id), isouter=True)
    .where(col(_Row.id).in_(bindparam("ids", expanding=True)))
)


def of(connection: Connection, row_ids: Sequence[int]) -> Mapping[int, Circumstances]:
    """The circumstances of each row."""
    return asking(connection, row_ids)()


def asking(connection: Connection, row_ids: Sequence[int]) -> Callable[[], Mapping[int, Circumstances]]:
    """The same, asked `together` with something else."""
    if not row_ids:
        return dict
    rows = _OF.ask(connection, ids=list(row_ids))
    return lambda: {found.id: _one(found) for found in rows()}


_LOCK = func.pg_try_advisory_xact_lock(col(Person.id), type_=Boolean)
_ALONE = Prepared(
    select(col(Person.id).label("person_id"), _LOCK.label("ours")).where(col(Person.id).in_(bindparam("people", expanding=True)))
)


def alone(connection: Connection, rows: Sequence[Row]) -> Callable[[], frozenset[int]]:
    """Of the people of routine rows, those to whom nobody on another channel gives one at this very moment; asked before `asking`.

    Until the end of the transaction they are ours. Two who deliver cannot see what the other has not committed: without this each could
    send the week's one text. With one writer (SQLite) nobody else is at it.
    """
    people = sorted({row.person_id for row in rows if row.kind in ROUTINE})
    if not people or connection.dialect.name == "sqlite":
        return lambda: frozenset(people)
    found = _ALONE.ask(connection, people=people)
    return lambda: frozenset(each.person_id for each in found() if each.ours)


def _one(found: Any) -> Circumstances:
    return Circumstances(
        calm_until=found.calm_until,
        paused_until=found.paused_until,
        muted=frozenset(found.muted or ()),
        zones=tuple(zone for zone in (found.timezone, found.school_zone) if zone),
        last_routine=found.last_routine,
        welcomed=bool(found.welcomed),
        school_id=found.school_id,
        stage=None if found.stage is None else Stage(found.stage),
        until=found.until,
    )
