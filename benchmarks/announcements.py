"""An announcement to many: its rows planned, drained through the deliverer, and a reply in the middle of it."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median as median_of
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, insert, text

from bot.channels.base import Handoff, Received, Sent
from bot.house import House
from bot.outbox import Deliverer
from bot.settings import Settings
from conversations.announcements.audience import of_school
from storage.announcements import drafts, planning
from storage.announcements.tables import Stage
from storage.database import Database, open_database
from storage.tables import Address, Kind, Membership, Outbox, Person

from . import world
from .rounds import Compared, heading

FIRST = 10_001
"""Ids below are the sample school's people."""
BATCH = 5000
LAST_YEAR = datetime(2025, 11, 22, tzinfo=UTC)
NOON = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
"""A Wednesday, noon in Bakersfield: nothing is held."""
LANGUAGES = ("en", "es", "vi")
AT_ONCE = 16
MANY_A_SECOND = 1e6


def furnished(url: str, people: int) -> Database:
    """So many families of the sample school, a third in each language, each at one address."""
    world.furnish(url)
    database = open_database(url)
    for start in range(FIRST, FIRST + people, BATCH):
        database.run_now(partial(_fill, ids=range(start, min(start + BATCH, FIRST + people))))
    analyze(database)
    return database


def _fill(connection: Connection, ids: range) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {
        Person: [{"id": n, "language": LANGUAGES[n % 3], "created_at": LAST_YEAR} for n in ids],
        Address: [
            {"id": n, "channel": "sms", "address": f"+1{n}", "lookup": f"bench{n}", "person_id": n, "heard_at": LAST_YEAR} for n in ids
        ],
        Membership: [{"person_id": n, "school_id": 1, "role": "family", "since": LAST_YEAR} for n in ids],
    }
    for table, each in rows.items():
        connection.execute(insert(table), each)


def analyze(database: Database) -> None:
    """As autovacuum does; SQLite gets along without."""
    if not database.sqlite:
        database.run_now(lambda connection: connection.execute(text("ANALYZE")))


def announce(connection: Connection) -> int:
    """A new announcement in three languages, started; its number."""
    words = {tag: f"Mesa Verde: family night on Friday at 6 in the library. ({tag})" for tag in LANGUAGES}
    more = {"kind": Kind.CHANGE, "audience": of_school("mesa"), "language": "en", "stage": Stage.SCHEDULED}
    number = drafts.save(connection, school_id=1, author_id=None, texts=words, now=NOON, **more)  # type: ignore[arg-type]
    for tag in words:
        drafts.approve_text(connection, number, tag, by=None, now=NOON)
    draft = drafts.draft(connection, number)
    if draft is None or not planning.freeze(connection, draft, NOON, {}):
        raise RuntimeError("The announcement did not start.")
    return number


def plan(database: Database, number: int) -> int:
    """Write all its rows; how many batches it took."""
    batches = 1
    while database.run_now(partial(planning.plan, number=number, now=NOON)):
        batches += 1
    return batches


# Planning


def measure_planning(engine: str, *, rounds: int, people: int) -> Compared:
    """Audience, address, language and row of each, against the bare insert of rows that stand ready."""
    heading(f"{engine}: planning {people:,} recipients in three languages")
    with world.engine(engine) as make:
        database = furnished(make("planning"), people)
        timed = [_planned(database) for _ in range(rounds + 1)][1:]
        database.close()
    return Compared(f"rows planned ÷ rows inserted bare, {engine}", [a for a, _ in timed], [b for _, b in timed], "≥ 0.4")


def _planned(database: Database) -> tuple[float, float]:
    """Rows a second, planned and then inserted bare: the same rows, in batches of the same size, each with its commit."""
    begun = perf_counter()
    number = database.run_now(announce)
    batches = plan(database, number)
    planned = perf_counter() - begun
    rows = database.run_now(_rows)
    database.run_now(_emptied)
    size = -(-len(rows) // batches)
    begun = perf_counter()
    for start in range(0, len(rows), size):
        database.run_now(partial(_insert, rows=rows[start : start + size]))
    bare = perf_counter() - begun
    database.run_now(_emptied)
    return len(rows) / planned, len(rows) / bare


COLUMNS = [column.name for column in Outbox.__table__.columns]  # type: ignore[attr-defined]
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)


def _rows(connection: Connection) -> Sequence[Any]:
    return connection.exec_driver_sql(f"SELECT {NAMES} FROM outbox ORDER BY id").all()


def _emptied(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM outbox")


def _insert(connection: Connection, rows: Sequence[Any]) -> None:
    """By the driver itself: executemany on SQLite, COPY on PostgreSQL."""
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.executemany(f"INSERT INTO outbox ({NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})", [tuple(row) for row in rows])
        return
    with cursor.copy(f"COPY outbox ({NAMES}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


# Memory


def measure_memory(engine: str, *, few: int, many: int) -> None:
    """The most memory that a process takes which plans so many, in MB."""
    heading(f"{engine}: peak memory of planning")
    with world.engine(engine) as make:
        peaks = []
        for size in (few, many):
            url = make(f"people{size}")
            furnished(url, size).close()
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                peaks.append(pool.apply(peak_of_planning, (url,)))
            print(f"  {size:,} recipients: {peaks[-1]:.0f} MB")
    print(f"  peak memory at {many:,} ÷ at {few:,}, {engine}: {peaks[1] / peaks[0]:.2f}, aim ≤ 1.2")


def peak_of_planning(url: str) -> float:
    database = open_database(url)
    plan(database, database.run_now(announce))
    database.close()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# Draining


class Nowhere:
    """A channel that takes everything and does nothing, or takes `seconds` over it."""

    name, taps, carries_at_most = "sms", False, 1600

    def __init__(self, per_second: float = MANY_A_SECOND) -> None:
        self.per_second = per_second
        self.left: dict[str, float] = {}

    async def send(self, handoff: Handoff) -> Sent:
        self.left[handoff.address] = perf_counter()
        return Sent(f"SM{handoff.row}")

    async def find(self, _handoff: Handoff, _since: datetime, *, known: object = ()) -> Sent | None:
        del known
        return None

    def split(self, words: str) -> Sequence[str]:
        return [words]

    async def close(self) -> None: ...


def measure_draining(engine: str, *, rounds: int, people: int) -> Compared:
    """Through the deliverer, with all that is asked at hand-off, against a loop that claims and settles and asks nothing."""
    deliverers = 1 if engine == "sqlite" else 2
    heading(f"{engine}: draining {people:,} rows with {deliverers} deliverer(s)")
    with world.engine(engine) as make:
        url = make("draining")
        database = furnished(url, people)
        timed = [(_drained(database, url, drain, deliverers), _drained(database, url, raw, deliverers)) for _ in range(rounds + 1)][1:]
        database.close()
    aim = "≥ 1,000 a second" if engine == "sqlite" else "≥ 2,000 a second"
    return Compared(f"rows drained ÷ claimed and settled bare, {engine}", [a for a, _ in timed], [b for _, b in timed], aim)


def _drained(database: Database, url: str, how: Any, deliverers: int) -> float:
    """Rows a second, from when all the processes are ready to when nothing waits."""
    database.run_now(_emptied)
    plan(database, database.run_now(announce))
    analyze(database)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(deliverers + 1)
    processes = [context.Process(target=how, args=(url, ready)) for _ in range(deliverers)]
    for process in processes:
        process.start()
    ready.wait()
    begun = perf_counter()
    for process in processes:
        process.join()
    seconds = perf_counter() - begun
    states = database.run_now(lambda connection: connection.exec_driver_sql("SELECT state, count(*) FROM outbox GROUP BY state").all())
    if [state for state, _n in states] != ["sent"]:
        raise RuntimeError(f"Not everything left: {states}")
    return int(states[0][1]) / seconds


def drain(url: str, ready: Any) -> None:
    """A deliverer as it runs, until nothing waits."""

    async def until_empty() -> None:
        house = House(Settings(database_url=url), open_database(url), now=lambda: NOON)
        deliverer = Deliverer(house, Nowhere())
        ready.wait()
        await deliverer.settled()
        house.database.close()

    asyncio.run(until_empty())


def raw(url: str, ready: Any) -> None:
    """Claim sixteen, commit, settle them, commit."""
    database = open_database(url)
    ready.wait()
    while ids := database.run_now(_claim):
        database.run_now(partial(_settle, ids=ids))
    database.close()


def _claim(connection: Connection) -> list[int]:
    skip = "" if connection.dialect.name == "sqlite" else "FOR UPDATE SKIP LOCKED"
    first = f"SELECT id FROM outbox WHERE channel = 'sms' AND state = 'waiting' ORDER BY priority, id LIMIT {AT_ONCE} {skip}"
    query = f"UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id IN ({first}) RETURNING id"
    return [row[0] for row in connection.exec_driver_sql(query)]


def _settle(connection: Connection, ids: list[int]) -> None:
    connection.execute(text("UPDATE outbox SET state = 'sent', provider_id = :p WHERE id = :i"), [{"i": n, "p": f"SM{n}"} for n in ids])


# A reply in the middle


def measure_replies(engine: str, *, replies: int, waiting: int) -> None:
    """From a family's text to the hand-off of its answer, with an announcement behind a sender of one a second, and without; by turns."""
    heading(f"{engine}: {replies} replies with {waiting:,} rows waiting behind a sender paced at 1/s, and without")
    with world.engine(engine) as make:
        took = asyncio.run(_replies([(make("quiet"), 0), (make("busy"), waiting)], replies))
    (median, without), (median_among, among) = ((median_of(each) * 1000, quantiles(each, n=20)[-1] * 1000) for each in took)
    print(f"  median of a reply: {median_among:.0f} ms against {median:.0f} ms: {median_among / median:.2f}")
    print(f"  p95 of a reply: {among:.0f} ms against {without:.0f} ms: {among / without:.2f}, aim ≤ 1.5")


async def _replies(places: Sequence[tuple[str, int]], replies: int) -> list[list[float]]:
    """Both deliverers run all the time; every two seconds somebody writes to one of them, then to the other."""
    houses = [_house(url, waiting) for url, waiting in places]
    stop = asyncio.Event()
    running = [asyncio.create_task(Deliverer(house, channel).run(stop)) for house, channel in houses]
    took = [[await _reply(house, channel, n) for house, channel in houses] for n in range(replies + 1)][1:]  # the first loads the places
    stop.set()
    for (house, _channel), each in zip(houses, running, strict=True):
        house.wake()
        await each
        house.database.close()
    return [list(each) for each in zip(*took, strict=True)]


def _house(url: str, waiting: int) -> tuple[House, Nowhere]:
    database = furnished(url, waiting)
    if waiting:
        plan(database, database.run_now(announce))
        analyze(database)
    channel, begun = Nowhere(per_second=1.0), perf_counter()
    return House(
        Settings(database_url=url), database, {"sms": channel}, now=lambda: NOON + timedelta(seconds=perf_counter() - begun)
    ), channel


async def _reply(house: House, channel: Nowhere, n: int) -> float:
    """To each house somebody writes every four seconds: an answer has up to three segments, and the sender one a second."""
    await asyncio.sleep(2)
    who, asked = f"+166155501{20 + n % 40}", perf_counter()
    channel.left.pop(who, None)
    await house.receive(Received("sms", f"new-{n}", who, "food"))
    while who not in channel.left:  # noqa: ASYNC110 - an event for each would be more work than what is measured
        await asyncio.sleep(0.001)
    return channel.left[who] - asked
