"""Who translates for a school, in which languages and in which order; and the words of its glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from ..database import upsert
from ..gate.tables import GateLock
from ..people import STAFF, Known, by_address_id
from ..tables import Address, Membership, Person
from .tables import SchoolLanguage, Term, Translator

_REQUIRE = upsert(
    lambda insert: (made := insert(SchoolLanguage)).on_conflict_do_update(
        index_elements=["school_id", "language"], set_={"percent": made.excluded.percent, "required": made.excluded.required}
    )
)


def set_language(connection: Connection, school_id: int, language: str, *, percent: float | None, required: bool) -> None:
    row = {"school_id": school_id, "language": language, "percent": percent, "required": required}
    connection.execute(_REQUIRE[connection.dialect.name], row)


def languages(connection: Connection, school_id: int) -> list[Any]:
    """The rows of a school's languages: language, percent, required."""
    query = select(SchoolLanguage).where(col(SchoolLanguage.school_id) == school_id)
    return list(connection.execute(query.order_by(col(SchoolLanguage.language))).all())


def add(connection: Connection, school_id: int, language: str, person_id: int, place: int) -> bool:
    """Put somebody on the list, or at another place of it; False if they were on it."""
    mine = [col(Translator.school_id) == school_id, col(Translator.language) == language, col(Translator.person_id) == person_id]
    if connection.execute(update(Translator).where(*mine).values(place=place)).rowcount:
        return False
    connection.execute(insert(Translator).values(school_id=school_id, language=language, person_id=person_id, place=place))
    return True


def remove(connection: Connection, school_id: int, language: str, person_id: int) -> bool:
    mine = [col(Translator.school_id) == school_id, col(Translator.language) == language, col(Translator.person_id) == person_id]
    return connection.execute(delete(Translator).where(*mine)).rowcount > 0


def tags_of(connection: Connection, person_id: int, school_id: int) -> tuple[str, ...]:
    """The languages somebody may write and approve for a school: listed there, and still of its staff."""
    query = (
        select(col(Translator.language))
        .join(Membership, col(Membership.person_id) == col(Translator.person_id))
        .where(
            col(Translator.person_id) == person_id,
            col(Translator.school_id) == school_id,
            col(Membership.school_id) == school_id,
            col(Membership.role).in_(STAFF),
        )
    )
    return tuple(sorted(set(connection.execute(query).scalars())))


def schools_of(connection: Connection, person_id: int) -> list[int]:
    """The schools somebody is listed at."""
    query = select(col(Translator.school_id)).where(col(Translator.person_id) == person_id).distinct()
    return list(connection.execute(query).scalars())


def order(connection: Connection, school_id: int, language: str) -> list[int]:
    """Everybody on the list of a language, in the order they are asked, whether they can be asked now or not."""
    query = select(col(Translator.person_id)).where(col(Translator.school_id) == school_id, col(Translator.language) == language)
    return list(connection.execute(query.order_by(col(Translator.place), col(Translator.id))).scalars())


def next_after(connection: Connection, school_id: int, language: str, last: int | None, *, but: int | None = None) -> Known | None:
    """Who is asked after `last`, of those who can be: of the staff, reachable, not stopped, not locked. `but` is passed over."""
    everybody = order(connection, school_id, language)
    following = everybody[everybody.index(last) + 1 :] if last in everybody else everybody
    for person_id in following:
        if person_id != but and (found := reach(connection, person_id)) is not None and can_be_asked(connection, found, school_id):
            return found
    return None


def can_be_asked(connection: Connection, known: Known, school_id: int) -> bool:
    """They still have a part in the school's work, want texts, and nobody else has their phone."""
    if known.stopped_at is not None:
        return False
    locked = select(col(GateLock.id)).where(col(GateLock.person_id) == known.person_id, col(GateLock.lifted_at).is_(None))
    works = select(col(Membership.id)).where(
        col(Membership.person_id) == known.person_id, col(Membership.school_id) == school_id, col(Membership.role).in_(STAFF)
    )
    return connection.execute(works).first() is not None and connection.execute(locked).first() is None


def reach(connection: Connection, person_id: int) -> Known | None:
    """A person at the address they used last, of those that can be reached."""
    query = (
        select(col(Address.id))
        .join(Person, col(Person.id) == col(Address.person_id))
        .where(col(Address.person_id) == person_id, col(Address.unreachable_at).is_(None))
        .order_by(col(Address.heard_at).desc(), col(Address.id).desc())
        .limit(1)
    )
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else by_address_id(connection, found)


# The glossary


def terms(connection: Connection, school_id: int, language: str) -> dict[str, str]:
    """Folded term and what the school says for it."""
    query: Any = select(col(Term.term), col(Term.says)).where(col(Term.school_id) == school_id, col(Term.language) == language)
    return {row.term: row.says for row in connection.execute(query)}


_TERM = upsert(
    lambda insert: (made := insert(Term)).on_conflict_do_update(
        index_elements=["school_id", "language", "term"], set_={"says": made.excluded.says}
    )
)


def set_terms(connection: Connection, school_id: int, language: str, says: Mapping[str, str]) -> None:
    for term, word in says.items():
        row = {"school_id": school_id, "language": language, "term": term, "says": word}
        connection.execute(_TERM[connection.dialect.name], row)
