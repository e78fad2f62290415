"""What we have of the numbers of a list, five hundred at a time, and writing those that are new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlmodel import col

from .. import people, sealing
from ..gate import forgotten
from ..gate.tables import Forgotten
from ..tables import Address, Consent, Membership, Person
from .entries import Entry
from .tables import Introduction, Stage

CHANNEL = "sms"


@dataclass(frozen=True)
class Found:
    """Somebody we have already."""

    address_id: int
    person_id: int
    stopped: bool
    stage: Stage | None
    """None: they were never imported."""
    parts: frozenset[tuple[str, int]]
    """Role and school."""


def at(connection: Connection, numbers: Sequence[str]) -> dict[str, Found]:
    """Those of the numbers that we know, and what of them.

    Plain questions rather than one join: PostgreSQL plans with what it knew before the import, when the tables were small.
    """
    rows = connection.execute(_AT, {"lookups": [each for number in numbers for each in sealing.in_use().lookups(number)]}).all()
    if not rows:
        return {}
    persons, addresses = [row.person_id for row in rows], [row.id for row in rows]
    stopped = set(connection.execute(_STOPPED, {"persons": persons}).scalars())
    stages = {row.address_id: Stage(row.stage) for row in connection.execute(_STAGES, {"addresses": addresses})}
    parts: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for row in connection.execute(_PARTS, {"persons": persons}):
        parts[row.person_id].add((row.role, row.school_id))
    return {
        row.address: Found(row.id, row.person_id, row.person_id in stopped, stages.get(row.id), frozenset(parts[row.person_id]))
        for row in rows
    }


_AT: Any = select(col(Address.address), col(Address.id), col(Address.person_id)).where(
    col(Address.channel) == CHANNEL, col(Address.lookup).in_(bindparam("lookups", expanding=True))
)
_STOPPED: Any = select(col(Person.id)).where(col(Person.id).in_(bindparam("persons", expanding=True)), col(Person.stopped_at).is_not(None))
_PARTS: Any = select(col(Membership.person_id), col(Membership.role), col(Membership.school_id)).where(
    col(Membership.person_id).in_(bindparam("persons", expanding=True))
)
_STAGES: Any = select(col(Introduction.address_id), col(Introduction.stage)).where(
    col(Introduction.address_id).in_(bindparam("addresses", expanding=True))
)


def forgotten_stops(connection: Connection, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers that said STOP in a life of which nothing else is known."""
    if connection.execute(select(col(Forgotten.id)).limit(1)).first() is None:
        return frozenset()
    return frozenset(number for number in numbers if forgotten.stopped_before(connection, CHANNEL, number) is not None)


def make(connection: Connection, entries: Sequence[Entry], now: datetime) -> list[Found]:
    """A person and an address for each new number. Their language is the school's guess: what they say counts more."""
    if not entries:
        return []
    person_ids = _inserted(
        connection,
        Person,
        [{"language": e.language, "language_guessed": e.language is not None, "revision": 0, "created_at": now} for e in entries],
    )
    numbers = {each.id: each.number for each in people.schools(connection)}
    rows = [
        {
            "channel": CHANNEL,
            "address": entry.number,
            "lookup": sealing.in_use().lookup(entry.number),
            "person_id": person_id,
            "heard_at": now,
            "texted": numbers[entry.school_id],  # the introduction leaves from it
        }
        for entry, person_id in zip(entries, person_ids, strict=True)
    ]
    address_ids = _inserted(connection, Address, rows)
    return [
        Found(address_id, person_id, stopped=False, stage=None, parts=frozenset())
        for address_id, person_id in zip(address_ids, person_ids, strict=True)
    ]


def count_anew(connection: Connection) -> None:
    """Tell PostgreSQL that the tables have grown. Its checks of foreign keys were planned when they were small, and would read them whole."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE person, address")


def _inserted(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of new rows, in their order."""
    made = insert(table).returning(col(table.id), sort_by_parameter_order=True)
    return list(connection.execute(made, list(rows)).scalars())


def join(connection: Connection, taken: Sequence[tuple[Entry, Found]], now: datetime, basis: str) -> None:
    """Give each their part in their school, and note on what ground."""
    if not taken:
        return
    parts = [{"person_id": found.person_id, "school_id": e.school_id, "role": e.role, "since": now} for e, found in taken]
    connection.execute(insert(Membership), parts)
    consents = [{"address_id": found.address_id, "at": now, "what": "import", "how": basis, "wording": ""} for _entry, found in taken]
    connection.execute(insert(Consent), consents)


def await_introduction(connection: Connection, taken: Sequence[tuple[Entry, Found]], now: datetime, basis: str) -> None:
    if taken:
        rows = [
            {
                "address_id": found.address_id,
                "school_id": entry.school_id,
                "stage": Stage.WAITING,
                "imported_at": now,
                "basis": basis,
                "wants": entry.wants,
            }
            for entry, found in taken
        ]
        connection.execute(insert(Introduction), rows)
