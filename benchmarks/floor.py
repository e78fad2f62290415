"""The floor: a webhook that checks the signature and makes one message durable, with nothing in between. Run as a server of its own.

The same server as ours (uvicorn, uvloop, httptools, Starlette), the same signature check, the same shape underneath: on SQLite one
writer thread whose units share a commit, each in its savepoint (WAL, `synchronous=FULL`, `BEGIN IMMEDIATE`); on PostgreSQL eight
threads with a connection each. A turn is one insert that refuses a duplicate, one row of state read and changed, and the commit;
plain SQL, no ORM, no conversation, no reply.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels import twilio

from .texts import PATH, PUBLIC_URL, TOKEN

Turn = Callable[[str, str, str], Awaitable[bool]]

TABLES = (
    "CREATE TABLE inbound (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE state (sender TEXT PRIMARY KEY, revision INTEGER NOT NULL, memory TEXT NOT NULL)",
)
AT_ONCE = 64


def main(url: str, port: int) -> None:
    turn = _sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else _postgresql(url)

    async def message(request: Request) -> Response:
        body = await request.body()
        pairs = twilio.read_form(body)
        signed = twilio.signed_url(PUBLIC_URL, request.scope["raw_path"], request.scope["query_string"])
        if not twilio.signature_ok(TOKEN, signed, pairs, body, request.headers):
            return PlainTextResponse("Forbidden", 403)
        form = dict(pairs)
        await turn(form["MessageSid"], form["From"], form["Body"])
        return Response(twilio.EMPTY_TWIML, media_type="text/xml")

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    web = Starlette(routes=[Route(PATH, message, methods=["POST"]), Route("/healthz", healthz)])
    config = uvicorn.Config(web, "127.0.0.1", port, log_config=None, access_log=False, lifespan="off", http="httptools")
    uvloop.run(uvicorn.Server(config).serve())


def make_tables(url: str) -> None:
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(url)
    for table in TABLES:
        connection.execute(table.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY") if not url.startswith("sqlite") else table)
    connection.commit()
    connection.close()


# SQLite


def _sqlite(path: str) -> Turn:
    waiting: queue.SimpleQueue[tuple[asyncio.Future[bool], tuple[str, str, str]]] = queue.SimpleQueue()
    threading.Thread(target=_write, args=(path, waiting), daemon=True).start()

    async def turn(sid: str, sender: str, body: str) -> bool:
        future = asyncio.get_running_loop().create_future()
        waiting.put((future, (sid, sender, body)))
        return bool(await future)

    return turn


def _write(path: str, waiting: queue.SimpleQueue[Any]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    while True:
        jobs = [waiting.get()]
        while len(jobs) < AT_ONCE and not waiting.empty():
            jobs.append(waiting.get())
        connection.execute("BEGIN IMMEDIATE")
        done = [(future, _in_savepoint(connection, *message)) for future, message in jobs]
        connection.execute("COMMIT")
        done[0][0].get_loop().call_soon_threadsafe(_tell, done)


def _in_savepoint(connection: sqlite3.Connection, sid: str, sender: str, body: str) -> bool:
    connection.execute("SAVEPOINT unit")
    try:
        new = connection.execute("INSERT INTO inbound (sid, sender, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (sid, sender, body))
        if new.rowcount:
            _step(connection, sender, "?")
    except sqlite3.Error:
        connection.execute("ROLLBACK TO unit")
        raise
    finally:
        connection.execute("RELEASE unit")
    return bool(new.rowcount)


def _tell(done: list[tuple[asyncio.Future[bool], bool]]) -> None:
    for future, new in done:
        if not future.cancelled():
            future.set_result(new)


def _step(connection: Any, sender: str, mark: str) -> None:
    """One row of state read and changed."""
    row = connection.execute(f"SELECT revision, memory FROM state WHERE sender = {mark}", (sender,)).fetchone()
    if row is None:
        connection.execute(f"INSERT INTO state (sender, revision, memory) VALUES ({mark}, 1, '{{}}')", (sender,))
    else:
        update = f"UPDATE state SET revision = {mark}, memory = {mark} WHERE sender = {mark} AND revision = {mark}"
        connection.execute(update, (row[0] + 1, row[1], sender, row[0]))


# PostgreSQL


def _postgresql(url: str) -> Turn:
    threads = ThreadPoolExecutor(8, thread_name_prefix="unit")
    own = threading.local()

    def unit(sid: str, sender: str, body: str) -> bool:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url)
        with own.connection.transaction():
            insert = "INSERT INTO inbound (sid, sender, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
            new = own.connection.execute(insert, (sid, sender, body)).rowcount
            if new:
                _step(own.connection, sender, "%s")
        return bool(new)

    async def turn(sid: str, sender: str, body: str) -> bool:
        return await asyncio.get_running_loop().run_in_executor(threads, unit, sid, sender, body)

    return turn


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
