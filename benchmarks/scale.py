"""Against itself at other sizes: a thousand people and a million, eighty services and twenty thousand."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, insert, select, text

from bot.channels.base import Received
from bot.house import House
from bot.settings import Settings
from conversations.flows.find_help import Nearest
from storage import sealing
from storage.database import Database, open_database
from storage.directory import tables
from storage.directory.nearest import look_up
from storage.outbox import PRIORITY
from storage.tables import Address, Inbound, Kind, Outbox, Person, State

from . import texts, world
from .rounds import Compared, heading

FIRST = 10_001
"""Ids below are the sample school's people."""
ACTIVE = 1000
"""Who writes while it is measured, drawn from all."""
BATCH = 5000
LAST_YEAR = datetime(2025, 11, 22, tzinfo=UTC)
NEEDS = ("food", "housing", "health", "legal", "tutoring", "rent")
TABLES = (
    *(tables.Organization, tables.Service, tables.Location, tables.ServiceAtLocation),
    *(tables.Phone, tables.Schedule, tables.Language, tables.Offer),
)
_ids = itertools.count(1)


async def measure_people(engine: str, *, rounds: int, people: int) -> Compared:
    """The cost of a turn, with as many messages received and sent before as there are people."""
    heading(f"{engine}: {' / '.join(texts.SCRIPT)}, {ACTIVE:,} people write, {texts.CONCURRENCY} at once")
    with world.engine(engine) as make:
        few, many = (_peopled(make(name), size) for name, size in (("few", ACTIVE), ("many", people)))
        timed = [(await _everybody(*few), await _everybody(*many)) for _ in range(rounds + 1)]
        for house, _who in (few, many):
            house.database.close()
    large, small = [each[1] for each in timed[1:]], [each[0] for each in timed[1:]]
    return Compared(f"turns with {people:,} people ÷ with {ACTIVE:,}, {engine}", large, small, "≥ 0.83")


def _peopled(url: str, size: int) -> tuple[House, list[int]]:
    world.furnish(url)
    database = open_database(url)
    begun = perf_counter()
    for start in range(FIRST, FIRST + size, BATCH):
        database.run_now(partial(_fill, ids=range(start, min(start + BATCH, FIRST + size))))
    if not database.sqlite:
        database.run_now(lambda connection: connection.execute(text("ANALYZE")))
    print(f"  {size:,} people, as many messages each way: filled in {perf_counter() - begun:.0f} s")
    drawn = random.Random(7).sample(range(FIRST, FIRST + size), ACTIVE)
    return House(Settings(database_url=url), database), drawn


def _fill(connection: Connection, ids: range) -> None:
    to = {"channel": "telegram", "kind": Kind.REPLY, "priority": PRIORITY[Kind.REPLY], "state": State.DELIVERED, "text": "Hola"}
    sealed = sealing.in_use()
    when = {"created_at": LAST_YEAR, "due_at": LAST_YEAR, "handed_off_at": LAST_YEAR}
    rows: dict[Any, Iterator[dict[str, Any]]] = {
        Person: ({"id": n, "language": "es", "created_at": LAST_YEAR} for n in ids),
        Address: (
            {"id": n, "channel": "telegram", "address": str(n), "lookup": sealed.lookup(str(n)), "person_id": n, "heard_at": LAST_YEAR}
            for n in ids
        ),
        Inbound: (
            {"channel": "telegram", "provider_id": f"old-{n}", "address_id": n, "text": "hola", "received_at": LAST_YEAR} for n in ids
        ),
        Outbox: ({"person_id": n, "address_id": n, "provider_id": f"sent-{n}", **to, **when} for n in ids),
    }
    for table, each in rows.items():
        connection.execute(insert(table), list(each))


async def _everybody(house: House, who: list[int]) -> float:
    """Turns a second of one whole conversation of everybody who writes."""
    seconds = 0.0
    for says in texts.SCRIPT:
        jobs = [partial(house.receive, Received("telegram", f"new-{next(_ids)}", str(n), says)) for n in who]
        seconds += len(who) / await world.at_once(texts.dealt(jobs))
        world.hand_off_all(house.database)
    return len(who) * len(texts.SCRIPT) / seconds


# The directory


def measure_directory(engine: str, *, rounds: int, copies: int) -> Compared:
    """A look-up that nobody has asked before, with the sample's services and with many times as many."""
    with world.engine(engine) as make:
        small, large = (_directory(make(name), n) for name, n in (("small", 0), ("large", copies)))
        services = large.run_now(lambda connection: connection.execute(text("SELECT count(*) FROM service")).scalar_one())
        heading(f"Directory on {engine}: look-ups near 93307, 80 services and {services:,} within 200 miles")
        timed = [(_look_ups(small), _look_ups(large)) for _ in range(rounds + 1)][1:]
        small.close()
        large.close()
    return Compared(f"look-ups with {services:,} services ÷ with 80, {engine}", [b for _, b in timed], [a for a, _ in timed])


def _look_ups(database: Database, times: int = 30) -> float:
    def unit(connection: Connection) -> None:
        for need in NEEDS * times:
            look_up(connection, Nearest(need, "93307", "es"))

    begun = perf_counter()
    database.run_now(unit)
    return len(NEEDS) * times / (perf_counter() - begun)


def _directory(url: str, copies: int) -> Database:
    """The sample's directory, and so many copies of it, each somewhere within 200 miles."""
    world.furnish(url)
    database = open_database(url)
    originals = {table: database.run_now(partial(_rows, table=table)) for table in TABLES}
    for n in range(1, copies + 1):
        database.run_now(partial(_copy, originals=originals, n=n))
    if not database.sqlite:
        database.run_now(lambda connection: connection.execute(text("ANALYZE")))
    return database


def _rows(connection: Connection, table: Any) -> list[dict[str, Any]]:
    return [row._asdict() for row in connection.execute(select(table))]


def _copy(connection: Connection, originals: dict[Any, list[dict[str, Any]]], n: int) -> None:
    chance = random.Random(n)
    moved = {"latitude": chance.uniform(-3, 3), "longitude": chance.uniform(-3, 3)}
    for table, rows in originals.items():
        connection.execute(insert(table), [{name: _other(name, value, n, moved) for name, value in row.items()} for row in rows])


def _other(name: str, value: Any, n: int, moved: dict[str, float]) -> Any:
    """The value of a column in the n-th copy: another id, another place."""
    if name in moved and value is not None:
        return value + moved[name]
    if name == "source":
        return f"copy {n}"
    is_key = name == "id" or (name.endswith("_id") and name != "source_id")
    return f"{n:05}{value[5:]}" if is_key and isinstance(value, str) else value
