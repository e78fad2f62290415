"""One small interface, two engines. A unit of work is a synchronous function of a connection; it is durable when `run` returns.

SQLite: one writer thread runs the units. Those that wait share one `BEGIN IMMEDIATE … COMMIT`, each in its savepoint, so
that `synchronous=FULL` costs one fsync for many. PostgreSQL: a few threads run them in parallel (psycopg 3).

A unit may be run more than once (`Stale`, a deadlock), so it must change nothing but the database.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from .prepared import execute

T = TypeVar("T")
Unit = Callable[[Connection], T]

AT_ONCE = 64
"""Units of work that may share one commit."""
TRIES = 20
_LIKE: dict[str, Any] = {
    "hide_parameters": True,  # an error may be logged, and its values are texts and numbers
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}
"""What both engines have in common."""


class Stale(Exception):
    """Somebody else has changed what this unit read. It is run again."""


class Database(ABC):
    """Where everything is kept."""

    url: str
    engine: Engine

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @abstractmethod
    async def run(self, unit: Unit[T]) -> T:
        """Run a unit of work; when this returns, what it did is on disk. If it raises, it did nothing."""

    @abstractmethod
    def run_now(self, unit: Unit[T]) -> T:
        """The same for the command line, on the caller's own thread."""

    async def sweep(self) -> None:
        """What was erased goes from the journal too, where that is ours to say."""
        return

    @abstractmethod
    def close(self) -> None: ...


def open_database(url: str, *, threads: int = 8) -> Database:
    """`sqlite:///file.db` or `postgresql://…`; anything else is refused with a `ValueError`."""
    if url.startswith("sqlite:///"):
        return SQLite(url)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgreSQL(url, threads)
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


class SQLite(Database):
    """One writer thread; see the module."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, **_LIKE)
        event.listen(self.engine, "connect", _pragmas)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, unit: Unit[T]) -> T:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Job(unit, loop, future))
        result: T = await asyncio.shield(future)
        return result

    def run_now(self, unit: Unit[T]) -> T:
        job = _Job(unit)
        with self.engine.connect() as connection:
            _commit_together(connection, [job])
        if job.error is not None:
            raise job.error
        result: T = job.value
        return result

    async def sweep(self) -> None:
        """The journal is copied into the file and cut to nothing: it held what the pages were before."""
        await asyncio.to_thread(self._sweep)

    def _sweep(self) -> None:
        with self.engine.connect() as connection:
            execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        self.engine.dispose()

    def _work(self) -> None:
        """Do what comes, until `close`. While the file cannot be opened, whoever wants something is told so."""
        while (first := self._queue.get()) is not None:
            try:
                with self.engine.connect() as connection:
                    self._work_on(connection, first)
            except DBAPIError as error:
                first.error = error
                _tell([first])
            else:
                return

    def _work_on(self, connection: Connection, first: _Job | None) -> None:
        while first is not None:
            jobs, over = self._waiting_too(first)
            _commit_together(connection, jobs)
            _tell(jobs)
            first = None if over else self._queue.get()

    def _waiting_too(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < AT_ONCE:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


@dataclass(eq=False)
class _Job:
    """A unit of work in the queue, and where its outcome is awaited."""

    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[Any] | None = None
    value: Any = None
    error: Exception | None = None

    def do(self, connection: Connection) -> None:
        """Run the unit in a savepoint, again where it was stale; an error undoes it alone."""
        for _try in range(TRIES):
            execute(connection, "SAVEPOINT unit")
            try:
                self.value, self.error = self.unit(connection), None
            except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever asked for this unit
                execute(connection, "ROLLBACK TO unit")
                self.error = error
            execute(connection, "RELEASE unit")
            if not isinstance(self.error, Stale):
                return

    def tell(self) -> None:
        if self.future is None or self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)


def _commit_together(connection: Connection, jobs: list[_Job]) -> None:
    """One transaction for all of them. If it cannot be committed, none of them has happened."""
    try:
        if not connection.in_transaction():
            connection.begin()  # what SQLAlchemy and alembic run in here is part of ours
        execute(connection, "BEGIN IMMEDIATE")
        for job in jobs:
            job.do(connection)
        execute(connection, "COMMIT")
    except Exception as error:  # noqa: BLE001 - told to everybody who waits
        _undo(connection)
        for job in jobs:
            job.error = error


def _undo(connection: Connection) -> None:
    with suppress(DBAPIError):  # nothing was begun, or SQLite has rolled it back already
        execute(connection, "ROLLBACK")


def _tell(jobs: list[_Job]) -> None:
    """Wake each loop once, however many of its units are done."""
    for loop in {job.loop for job in jobs if job.loop is not None}:
        mine = [job for job in jobs if job.loop is loop]
        with suppress(RuntimeError):  # the loop was closed; nobody waits any more
            loop.call_soon_threadsafe(lambda mine=mine: [job.tell() for job in mine])  # type: ignore[misc]


_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON", "cache_size=-16000", "secure_delete=ON")


def _pragmas(connection: Any, _record: object) -> None:
    """Pragmas hold for one connection only.

    FULL: a webhook answered 200 is not sent again, not even after a power cut. secure_delete: what is erased is overwritten.
    """
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


class PostgreSQL(Database):
    """A pool of threads, one transaction each."""

    def __init__(self, url: str, threads: int) -> None:
        self.url = url
        self.engine = create_engine(_psycopg(url), pool_size=threads, max_overflow=4, **_LIKE)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="unit")

    async def run(self, unit: Unit[T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, self.run_now, unit))

    def run_now(self, unit: Unit[T]) -> T:
        for _try in range(TRIES - 1):
            try:
                return self._once(unit)
            except Stale:
                continue
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in {"40001", "40P01"}:  # serialization failure, deadlock
                    raise
        return self._once(unit)

    def _once(self, unit: Unit[T]) -> T:
        with self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                value = unit(connection)
            except DBAPIError as error:
                if error.connection_invalidated:  # the server went away before the commit: nothing has happened
                    raise Stale from error
                raise
            transaction.commit()
            return value

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()


def _psycopg(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def upsert(build: Callable[[Any], Any]) -> Mapping[str, Any]:
    """A statement with ON CONFLICT for each dialect: `build` is given that dialect's `insert`."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}
