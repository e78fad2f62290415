"""Who of a school's staff answers and rings: by language, in an order, and without those who are away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select
from sqlmodel import col

from ..announcements.tables import Translator
from ..database import upsert
from ..gate.tables import GateLock
from ..people import Known, by_address_id
from ..tables import Address, Membership, Person
from .tables import Absence

ANSWER = ("liaison", "coordinator", "principal", "manager")
"""Roles that answer families, in the order they are thought of."""

_locked = exists().where(col(GateLock.person_id) == col(Person.id), col(GateLock.lifted_at).is_(None))
_reached = exists().where(col(Address.person_id) == col(Person.id), col(Address.unreachable_at).is_(None))


def order(connection: Connection, school_id: int, language: str | None, now: datetime) -> list[int]:
    """Everybody who can answer a family now: translators of their language, then liaisons who speak it, liaisons, coordinators, the rest."""
    query = (
        select(col(Person.id), col(Membership.role), col(Person.language))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Membership.school_id) == school_id,
            col(Membership.role).in_(ANSWER),
            col(Person.stopped_at).is_(None),
            ~_locked,
            ~_away(now),
            _reached,
        )
    )
    translate = _translators(connection, school_id, language)
    ranked = [(_rank(row, translate, language), row.id) for row in connection.execute(query)]
    return list(dict.fromkeys(person_id for _rank, person_id in sorted(ranked)))


def _rank(row: Any, translate: list[int], language: str | None) -> tuple[int, int]:
    if row.id in translate:
        return (0, translate.index(row.id))
    if row.role == "liaison":
        return (1 if language is not None and row.language == language else 2, row.id)
    return (2 + ANSWER.index(row.role), row.id)


def _translators(connection: Connection, school_id: int, language: str | None) -> list[int]:
    listed = [col(Translator.school_id) == school_id, col(Translator.language) == (language or "")]
    query = select(col(Translator.person_id)).where(*listed).order_by(col(Translator.place), col(Translator.id))
    return list(connection.execute(query).scalars())


def first(connection: Connection, school_id: int, language: str | None, now: datetime, *, but: int | None = None) -> int | None:
    """The first of them, passing over `but` where there is anybody else."""
    everybody = order(connection, school_id, language, now)
    return next((person_id for person_id in everybody if person_id != but), everybody[0] if everybody else None)


def may_answer(connection: Connection, person_id: int, school_id: int) -> bool:
    """They have the role at that school, and nobody else has their phone."""
    mine = [col(Membership.person_id) == person_id, col(Membership.school_id) == school_id, col(Membership.role).in_(ANSWER)]
    locked = select(col(GateLock.id)).where(col(GateLock.person_id) == person_id, col(GateLock.lifted_at).is_(None))
    return connection.execute(select(col(Membership.id)).where(*mine)).first() is not None and connection.execute(locked).first() is None


def reach(connection: Connection, person_id: int) -> Known | None:
    """Somebody at the address they used last, of those that can be reached; None if they said STOP, or none can."""
    query = (
        select(col(Address.id))
        .where(col(Address.person_id) == person_id, col(Address.unreachable_at).is_(None))
        .order_by(col(Address.heard_at).desc(), col(Address.id).desc())
        .limit(1)
    )
    found = connection.execute(query).scalar_one_or_none()
    known = None if found is None else by_address_id(connection, found)
    return known if known is not None and known.stopped_at is None else None


# Away


def _away(now: datetime) -> Any:
    return exists().where(
        col(Absence.person_id) == col(Person.id), col(Absence.since) <= now, or_(col(Absence.until).is_(None), col(Absence.until) > now)
    )


def is_away(connection: Connection, person_id: int, now: datetime) -> bool:
    return connection.execute(select(col(Person.id)).where(col(Person.id) == person_id, _away(now))).first() is not None


_GO = upsert(
    lambda insert: (made := insert(Absence)).on_conflict_do_update(
        index_elements=["person_id"], set_={"since": made.excluded.since, "until": made.excluded.until}
    )
)


def go_away(connection: Connection, person_id: int, now: datetime, until: datetime | None) -> None:
    connection.execute(_GO[connection.dialect.name], {"person_id": person_id, "since": now, "until": until})


def come_back(connection: Connection, person_id: int) -> bool:
    """False if they were not away."""
    return connection.execute(delete(Absence).where(col(Absence.person_id) == person_id)).rowcount == 1
