"""A stolen file shows no family; what is over its time is gone from the file itself; keys can be changed while it runs."""

import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from conftest import KEY
from sqlalchemy import text

from bot import keys
from bot.settings import Misconfigured, Settings
from storage import people, retention, sealing
from storage.sealing import new_key, ring

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
