"""People, their addresses, their part in a school, and what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from . import sealing
from .database import Stale, upsert
from .gate import forgotten
from .prepared import Prepared
from .tables import Address, Consent, Due, Membership, Person, School

STAFF = ("staff", "liaison", "coordinator", "principal", "manager")
RESTING = "resting"
"""The due row whose time is the end of a rest."""
ROLES = ("family", "partner", "community", *STAFF)


@dataclass(frozen=True)
class Known:
    """One address, its person and their school, as one query finds them."""

    address_id: int
    channel: str
    address: str
    texted: str | None
    """The number of ours that they texted last."""
    person_id: int
    revision: int
    memory: Mapping[str, Any] | None
    language: str | None
    language_guessed: bool
    stopped_at: datetime | None
    calm_until: datetime | None
    unreachable_at: datetime | None
    heard_at: datetime
    resting_until: datetime | None
    """They wrote more than we answer: until then they have a rest."""
    doubted_at: datetime | None
    followed_up_at: datetime | None
    role: str | None
    """None: they never joined."""
    roles: frozenset[str]
    """Every part they have, at any school."""
    school_id: int
    school_keyword: str
    school_name: str
    school_zip: str
    school_timezone: str
    school_phone: str
    school_languages: tuple[str, ...]

    @property
    def doubted(self) -> bool:
        """Nobody knows whether the address is still theirs. Of a stranger there is nothing that another could see."""
        return self.doubted_at is not None and self.role is not None


_Part = aliased(Membership)
_ROLES = select(func.aggregate_strings(col(_Part.role), ",")).where(col(_Part.person_id) == col(Person.id)).scalar_subquery()
_FIRST_SCHOOL = select(func.min(col(School.id))).scalar_subquery()
_ITS_NUMBER = aliased(School)
_SCHOOL_TEXTED = select(col(_ITS_NUMBER.id)).where(col(_ITS_NUMBER.number) == col(Address.texted)).scalar_subquery()
"""A stranger belongs to the school whose number they texted, else to the first."""
_RESTING = (
    select(col(Due.due_at)).where(col(Due.address_id) == col(Address.id), col(Due.kind) == RESTING).correlate(Address).scalar_subquery()
)
_KNOWN = (
    select(
        col(Address.id).label("address_id"),
        col(Address.channel),
        col(Address.address),
        col(Address.texted),
        col(Person.id).label("person_id"),
        col(Person.revision),
        col(Address.memory),
        col(Person.language),
        col(Person.language_guessed),
        col(Person.stopped_at),
        col(Person.calm_until),
        col(Address.unreachable_at),
        col(Address.heard_at),
        _RESTING.label("resting_until"),
        col(Address.doubted_at),
        col(Person.followed_up_at),
        col(Membership.role),
        _ROLES.label("roles"),
        col(School.id).label("school_id"),
        col(School.keyword).label("school_keyword"),
        col(School.name).label("school_name"),
        col(School.zip).label("school_zip"),
        col(School.timezone).label("school_timezone"),
        col(School.phone).label("school_phone"),
        col(School.languages).label("school_languages"),
    )
    .join(Person, col(Person.id) == col(Address.person_id))
    .join(Membership, col(Membership.person_id) == col(Person.id), isouter=True)
    .join(School, col(School.id) == func.coalesce(col(Membership.school_id), _SCHOOL_TEXTED, _FIRST_SCHOOL))
    .order_by(col(Membership.id).desc())
    .limit(1)
)
_AT = Prepared(_KNOWN.where(col(Address.channel) == bindparam("channel"), col(Address.lookup).in_(bindparam("lookups", expanding=True))))
_BY_ID = Prepared(_KNOWN.where(col(Address.id) == bindparam("address_id")))


def at(connection: Connection, channel: str, address: str) -> Known | None:
    """Who is at an address; None if nobody has written from it yet."""
    return _one(connection, _AT, channel=channel, lookups=sealing.in_use().lookups(address))


def by_address_id(connection: Connection, address_id: int) -> Known | None:
    return _one(connection, _BY_ID, address_id=address_id)


def _one(connection: Connection, query: Prepared, **where: Any) -> Known | None:
    row = query.first(connection, **where)
    if row is None:
        return None
    parts = frozenset(row.roles.split(",")) if row.roles else frozenset()
    return Known(**{**row._asdict(), "roles": parts, "school_languages": tuple(row.school_languages)})


_NEW_ADDRESS = upsert(
    lambda insert: insert(Address).on_conflict_do_nothing(index_elements=["channel", "lookup"]).returning(col(Address.id))
)


def meet(connection: Connection, channel: str, address: str, now: datetime, *, language: str | None = None) -> Known:
    """The person at an address, made if there is none. `LookupError` where no school is set up yet."""
    known = at(connection, channel, address)
    if known is not None:
        return known
    stopped_at = forgotten.stopped_before(connection, channel, address)
    made = insert(Person).values(
        language=language, language_guessed=language is not None, stopped_at=stopped_at, revision=0, created_at=now
    )
    person_id = connection.execute(made.returning(col(Person.id))).scalar_one()
    row = {"channel": channel, "address": address, "lookup": sealing.in_use().lookup(address), "person_id": person_id, "heard_at": now}
    if connection.execute(_NEW_ADDRESS[connection.dialect.name], row).first() is None:
        raise Stale  # another message of theirs came first
    known = at(connection, channel, address)
    if known is None:
        raise LookupError("There is no school yet: run `platica demo`, or add one with `platica people add … --school KEYWORD`.")
    return known


_COUNTED = (
    update(Person)
    .where(col(Person.id) == bindparam("of_person"), col(Person.revision) == bindparam("was"))
    .values(revision=bindparam("now_at"))
)
_HEARD_AT = func.coalesce(bindparam("at", type_=UTCDateTime()), col(Address.heard_at))
_SHOWN = update(Address).where(col(Address.id) == bindparam("of_address")).values(memory=bindparam("kept"), heard_at=_HEARD_AT)
_TURN, _REMEMBER = Prepared(_COUNTED), Prepared(_SHOWN)
_counted = _COUNTED.returning(col(Person.id)).cte("counted")
_TURN_AND_REMEMBER = Prepared(_SHOWN.where(col(Address.person_id) == _counted.c.id))
"""Both in one journey, where a journey costs something (PostgreSQL)."""


def heard(connection: Connection, address_id: int, now: datetime) -> None:
    """Its owner has it in hand, though nothing was written from it."""
    connection.execute(update(Address).where(col(Address.id) == address_id).values(heard_at=now))


def end_turn(connection: Connection, known: Known, memory: Mapping[str, Any], heard_at: datetime | None) -> int:
    """Keep what is on the screen, and count the turn; `heard_at` is None where we began, and they did not write.

    `Stale` if another message of this person came first.
    """
    turn = {"of_person": known.person_id, "was": known.revision, "now_at": known.revision + 1}
    screen = {"of_address": known.address_id, "kept": memory, "at": heard_at}
    if connection.dialect.name == "postgresql":
        turned = _TURN_AND_REMEMBER.changed(connection, **turn, **screen)
    else:
        turned = _TURN.changed(connection, **turn) and _REMEMBER.changed(connection, **screen)
    if turned != 1:
        raise Stale
    return known.revision + 1


def texted(connection: Connection, known: Known, number: str) -> Known:
    """They wrote to this number of ours: it says whose stranger they are, and answers leave from it."""
    if not number or number == known.texted or known.channel != "sms":
        return known
    connection.execute(update(Address).where(col(Address.id) == known.address_id).values(texted=number))
    return by_address_id(connection, known.address_id) or known


def our_number(connection: Connection, known: Known, usual: str) -> str:
    """The number of ours that somebody can text: their school's own, the usual one, or (of a messaging service) the last that was texted."""
    own = connection.execute(select(col(School.number)).where(col(School.id) == known.school_id)).scalar_one_or_none()
    if own or usual:
        return own or usual
    last = select(col(Address.texted)).where(col(Address.texted).is_not(None)).order_by(col(Address.id).desc()).limit(1)
    return connection.execute(last).scalar_one_or_none() or ""


def school_of(connection: Connection, number: str) -> Any:
    """The row of the school whose number it is, else of the first one; None where there is none yet."""
    return connection.execute(select(School).where(col(School.number) == number)).one_or_none() or first_school(connection)


def numbers(connection: Connection) -> list[str]:
    """The numbers that schools have of their own."""
    return [each.number for each in schools(connection) if each.number]


def set_language(connection: Connection, known: Known, language: str, *, guessed: bool) -> None:
    """A guess never changes a language that was chosen."""
    if guessed and known.language is not None and not known.language_guessed:
        return
    if (language, guessed) == (known.language, known.language_guessed):
        return
    connection.execute(update(Person).where(col(Person.id) == known.person_id).values(language=language, language_guessed=guessed))


def log_consent(connection: Connection, address_id: int, now: datetime, *, what: str, how: str, wording: str = "") -> None:
    connection.execute(insert(Consent).values(address_id=address_id, at=now, what=what, how=how, wording=wording))


def last_consent(connection: Connection, address_id: int) -> tuple[str, str] | None:
    """What an address said last about hearing from us, and how."""
    query = select(col(Consent.what), col(Consent.how)).where(col(Consent.address_id) == address_id).order_by(col(Consent.id).desc())
    found = connection.execute(query.limit(1)).one_or_none()
    return None if found is None else (found.what, found.how)


def joined(connection: Connection, address_id: int) -> Any:
    """When an address last agreed to hear from us, and how; None if it never did."""
    query = select(col(Consent.at), col(Consent.how)).where(col(Consent.address_id) == address_id, col(Consent.what) == "join")
    return connection.execute(query.order_by(col(Consent.id).desc()).limit(1)).one_or_none()


def stop(connection: Connection, person_id: int, now: datetime) -> None:
    connection.execute(update(Person).where(col(Person.id) == person_id).values(stopped_at=now))


def calm(connection: Connection, person_id: int, until: datetime) -> None:
    """Nothing that we start leaves for this person until a moment; what they ask for is answered."""
    connection.execute(update(Person).where(col(Person.id) == person_id).values(calm_until=until))


def start(connection: Connection, person_id: int) -> None:
    connection.execute(update(Person).where(col(Person.id) == person_id).values(stopped_at=None))


def set_reachable(connection: Connection, address_id: int, *, since: datetime | None) -> None:
    """Note that a channel cannot reach an address since a moment, or (None) can again."""
    connection.execute(update(Address).where(col(Address.id) == address_id).values(unreachable_at=since))


def move(connection: Connection, address_id: int, address: str) -> None:
    """The channel has given an address another name (a Telegram group upgraded)."""
    named = {"address": address, "lookup": sealing.in_use().lookup(address)}
    connection.execute(update(Address).where(col(Address.id) == address_id).values(**named))


def add_member(connection: Connection, person_id: int, school_id: int, role: str, now: datetime) -> bool:
    """Give a person a part in a school; False if they had it."""
    had = select(col(Membership.id)).where(
        col(Membership.person_id) == person_id, col(Membership.school_id) == school_id, col(Membership.role) == role
    )
    if connection.execute(had).first() is not None:
        return False
    connection.execute(insert(Membership).values(person_id=person_id, school_id=school_id, role=role, since=now))
    return True


def school_called(connection: Connection, keyword: str) -> Any:
    """The row of the school with this folded keyword, or None."""
    return connection.execute(select(School).where(col(School.keyword) == keyword)).one_or_none()


def zone_of(connection: Connection, school_id: int) -> str:
    """Whose clock hangs in a school."""
    return connection.execute(select(col(School.timezone)).where(col(School.id) == school_id)).scalar_one()


def first_school(connection: Connection) -> Any:
    """The row of the school a stranger writes to, or None where there is none yet."""
    return connection.execute(select(School).order_by(col(School.id)).limit(1)).one_or_none()


def schools(connection: Connection) -> list[Any]:
    """The row of every school, in the order they were set up."""
    return list(connection.execute(select(School).order_by(col(School.id))).all())


def staff_addresses(connection: Connection, school_id: int, roles: tuple[str, ...]) -> list[Known]:
    """The address each of them used last, of the people with these roles at a school."""
    query = (
        select(col(Address.id), col(Address.person_id))
        .join(Membership, col(Membership.person_id) == col(Address.person_id))
        .where(col(Membership.school_id) == school_id, col(Membership.role).in_(roles), col(Address.unreachable_at).is_(None))
        .order_by(col(Address.doubted_at).is_(None), col(Address.heard_at), col(Address.id))
    )
    last: dict[int, Any] = {person_id: address_id for address_id, person_id in connection.execute(query)}
    found = (by_address_id(connection, address_id) for address_id in last.values())
    return [known for known in found if known is not None]


def roles(connection: Connection, person_id: int, school_id: int | None = None) -> tuple[str, ...]:
    """The parts a person has, at one school or at all of them."""
    mine = [col(Membership.person_id) == person_id, *([col(Membership.school_id) == school_id] if school_id is not None else [])]
    return tuple(sorted(set(connection.execute(select(col(Membership.role)).where(*mine)).scalars())))


def schools_of(connection: Connection, person_id: int, parts: tuple[str, ...]) -> list[int]:
    """The schools at which a person has one of these parts."""
    mine = select(col(Membership.school_id)).where(col(Membership.person_id) == person_id, col(Membership.role).in_(parts))
    return sorted(set(connection.execute(mine).scalars()))


def is_staff(connection: Connection, person_id: int) -> bool:
    return not set(STAFF).isdisjoint(roles(connection, person_id))


def on_file(connection: Connection, person_id: int) -> Known | None:
    """The first address we had of a person, of those that are surely theirs and can be reached: what it hears no newcomer asked for."""
    mine = [col(Address.person_id) == person_id, col(Address.unreachable_at).is_(None), col(Address.doubted_at).is_(None)]
    first = connection.execute(select(func.min(col(Address.id))).where(*mine)).scalar_one_or_none()
    return None if first is None else by_address_id(connection, first)


def address_count(connection: Connection, person_id: int) -> int:
    return connection.execute(select(func.count()).select_from(Address).where(col(Address.person_id) == person_id)).scalar_one()
