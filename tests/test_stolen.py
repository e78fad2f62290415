"""A stolen file shows no family; what is over its time is gone from the file itself; keys can be changed while it runs."""

import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy
from conftest import KEY
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot import inbox, keys
from bot.channels.base import Received
from bot.clock import Clock
from bot.settings import Misconfigured, Settings
from storage import people, retention, sealing
from storage.database import _psycopg
from storage.sealing import in_use, new_key, ring

SAID = "ocupo comida para mis cinco gatos azules"
FAMILIES = [f"+1661555{n:04d}" for n in range(121, 141)]


@pytest.fixture
async def talked(house):
    """Twenty families have talked, one left a number and words of their own for a call, and everything was answered."""
    for number in FAMILIES:
        await house.hears(SAID, number)
    await house.hears("/start", "987654321", "telegram")
    for words in ("call", "661 555 0177", "3", "despues de las siete y cuarto"):
        await house.hears(words, "987654321", "telegram")
    return house


def stolen(database_url, tmp_path):
    """Every byte a thief of the database would have: file, journal and a backup; or what pg_dump writes."""
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sqlite3; sqlite3.connect({str(file)!r}).backup(sqlite3.connect({str(tmp_path / 'backup.db')!r}))",
            ],
            check=True,
        )
        return b"".join(
            path.read_bytes() for path in [*file.parent.glob(file.name + "*"), tmp_path / "backup.db"] if not path.name.endswith(".key")
        )
    return b""


def crowd(people):
    """So many numbers of nobody: 555-0100 to 555-0199 of as many areas as it takes."""
    return [f"+1{210 + n // 100}55501{n % 100:02}" for n in range(people)]


async def talks(house, numbers):
    """Everybody texts for food, with words of their own, many to a transaction; nothing of it has left yet."""

    def together(connection, some):
        for number in some:
            received = Received("sms", f"in-{len(said)}", number, f"ocupo comida para mis gatos azules {number[-7:]}, 93307")
            said.append(inbox.take(connection, received, house.now(), house.rules))

    said = []
    for start in range(0, len(numbers), 100):
        await house.database.run(partial(together, some=numbers[start : start + 100]))


def on_disk(database_url, request):
    """Every byte of the files: SQLite's, its journal and a backup; or PostgreSQL's tables, and its journal since the test began."""
    if database_url.startswith("sqlite"):
        return stolen(database_url, Path(request.getfixturevalue("tmp_path")))
    server, name = request.getfixturevalue("postgres"), make_url(database_url).database
    server.psql("CHECKPOINT;")
    began = Path(request.getfixturevalue("tmp_path")).stat().st_ctime_ns
    journal = [path for path in (Path(server.pgdata) / "pg_wal").iterdir() if path.is_file()]
    return tables_of(server, name) + b"".join(path.read_bytes() for path in journal if path.stat().st_mtime_ns >= began)


def tidied(database_url, request):
    """The bytes that are left when the database has tidied up: on PostgreSQL that takes VACUUM FULL, and its journal is another matter."""
    if database_url.startswith("sqlite"):
        return stolen(database_url, Path(request.getfixturevalue("tmp_path")))
    server, name = request.getfixturevalue("postgres"), make_url(database_url).database
    engine = sqlalchemy.create_engine(_psycopg(database_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM FULL inbound, outbox"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
    return tables_of(server, name)


def tables_of(server, name):
    """The files of one database of a server."""
    number = re.search(r"\d+", server.psql(f"SELECT oid FROM pg_database WHERE datname = '{name}'"))[0]
    return b"".join(path.read_bytes() for path in (Path(server.pgdata) / "base" / number).iterdir())


def journal(database_url):
    """How long SQLite's is, in bytes."""
    return Path(database_url.removeprefix("sqlite:///") + "-wal").stat().st_size


def nonces(held):
    """The random beginning of everything sealed in these bytes, wherever it stands."""
    name = in_use().keys[0].name
    return {held[at.end() : at.end() + 12] for at in re.finditer(re.escape(name), held)}


async def everything(house):
    """Every value of every table, as the database itself holds it."""

    def read(connection):
        tables = [table.name for table in people.Person.metadata.sorted_tables]
        return b"\n".join(
            str(bytes(cell) if isinstance(cell, memoryview) else cell).encode()
            for name in tables
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            for cell in row
        )

    return await house.database.run(read)


async def test_a_stolen_database_shows_no_number_and_no_text(talked, database_url, tmp_path):
    """Not in a table, not in the file, its journal or a backup of it."""
    held = await everything(talked) + stolen(database_url, tmp_path)

    assert [] == [number for number in FAMILIES if number[2:].encode() in held]
    assert [] == [
        words for words in (SAID, "gatos", "987654321", "555 0177", "siete y cuarto", "Despensa Mesa Verde, 661") if words.encode() in held
    ]


@pytest.mark.parametrize("people", [200, pytest.param(20_000, marks=pytest.mark.soak)])
async def test_of_many_families_nothing_is_in_any_file(house, database_url, request, clock, people):
    """Of all their numbers and texts nothing is legible in any file, journal or backup. After the retention run not even what was sealed is left."""
    numbers = crowd(people)
    await talks(house, numbers)
    sealed = {
        bytes(blob)[4:16]
        for (blob,) in await house.run("SELECT text FROM inbound UNION ALL SELECT text FROM outbox")
        if blob is not None and bytes(blob)[:4] == in_use().keys[0].name
    }
    live = on_disk(database_url, request) + await everything(house)
    clock.forward(days=31)
    await Clock(house).tick()
    left = on_disk(database_url, request) + await everything(house)

    assert len(sealed) >= 2 * people
    assert sealed <= nonces(live)
    for held in (live, left):
        assert set() == {number[2:].encode() for number in numbers} & set(re.findall(rb"(?<!\d)\d{10}(?!\d)|(?<=1)\d{10}(?!\d)", held))
        assert [] == [words for words in (b"gatos azules", b"ocupo", b"Comida cerca") if words in held]
    assert set() == sealed & nonces(tidied(database_url, request))


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_journal_is_cut_to_nothing_after_the_retention_run(talked, database_url, clock):
    """It holds what the pages were before, and would keep what was erased until it is full."""
    before = journal(database_url)
    clock.forward(days=31)
    await Clock(talked).tick()

    assert (True, 0) == (before > 0, journal(database_url))


async def test_what_is_over_its_time_is_gone(talked, clock):
    """After thirty days no text is left, sealed or not, and the report says how many were forgotten."""
    clock.forward(days=31)
    forgotten = await talked.database.run(partial(retention.erase, now=clock()))
    left = await talked.run(
        "SELECT (SELECT count(*) FROM inbound WHERE text IS NOT NULL), (SELECT count(*) FROM outbox WHERE text IS NOT NULL OR buttons IS NOT NULL)"
    )

    assert [(0, 0)] == [tuple(row) for row in left]
    assert forgotten["inbound"] >= 21
    assert forgotten["outbox"] >= 21
    assert timedelta(days=30) == retention.BODIES


async def test_a_key_is_changed_and_nobody_is_lost(talked):
    """With the new key in front both work; afterwards the old one can go."""
    new = new_key()
    await talked.database.run(keys.fit)
    try:
        sealing.use(ring(f"{new},{KEY}"))
        await talked.database.run(keys.fit)
        await talked.hears("mas", FAMILIES[0])
        sealed = await talked.database.run(keys.rotate)
        sealing.use(ring(new))
        await talked.database.run(keys.fit)
        known = await talked.database.run(lambda c: people.at(c, "sms", FAMILIES[3]))
        answers = await talked.hears("mas", FAMILIES[3])
    finally:
        sealing.use(ring(KEY))

    assert sealed["address"] >= 21
    assert FAMILIES[3] == known.address
    assert 1 == len(answers)


async def test_a_key_that_does_not_fit_is_refused(talked):
    """In a sentence, before anything is read or written with it."""
    await talked.database.run(keys.fit)
    try:
        sealing.use(ring(new_key()))
        with pytest.raises(Misconfigured, match="is not the key this database was written with"):
            await talked.database.run(keys.fit)
    finally:
        sealing.use(ring(KEY))


def test_without_a_key_one_is_made_that_only_its_owner_reads(tmp_path):
    """And the next start uses the same."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/school.db")
    try:
        keys.take(settings)
        first = sealing.in_use().lookup("x")
        keys.take(settings)
        second = sealing.in_use().lookup("x")
    finally:
        sealing.use(ring(KEY))

    assert first == second
    assert 0o600 == keys.file_of(settings).stat().st_mode & 0o777


def test_a_key_that_is_none_is_said(tmp_path):
    """Whether in the settings or in the file."""
    (tmp_path / "school.db.key").write_text("not a key")
    for settings in (Settings(key="short"), Settings(database_url=f"sqlite:///{tmp_path}/school.db")):
        with pytest.raises(Misconfigured, match="holds no key"):
            keys.take(settings)
