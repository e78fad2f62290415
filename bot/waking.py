"""Wake the deliverers of other processes (PostgreSQL only).

NOTIFY is sent after the commit, on a connection of its own and at most every 20 ms: inside the turn's transaction it
would take a lock at each commit. One that gets lost costs a second, for then a deliverer looks by itself.
"""

from __future__ import annotations

import asyncio

import psycopg
import structlog
from sqlalchemy.engine import make_url

from .house import House

log = structlog.get_logger()

CHANNEL = "platica_outbox"
AT_MOST_EVERY = 0.02
AGAIN_AFTER = 2.0


async def listen_and_tell(house: House, stop: asyncio.Event) -> None:
    """Keep one connection that hears the others and tells them, until `stop`."""
    url = make_url(house.settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    something = asyncio.Event()
    house.told = something.set
    while not stop.is_set():
        try:
            async with (
                await psycopg.AsyncConnection.connect(url, autocommit=True) as hears,
                await psycopg.AsyncConnection.connect(url, autocommit=True) as tells,
                asyncio.TaskGroup() as group,
            ):
                tasks = [group.create_task(_hear(house, hears)), group.create_task(_tell(tells, something))]
                await stop.wait()
                for task in tasks:
                    task.cancel()
        except* (psycopg.Error, OSError):
            log.warning("listening_again")
            await asyncio.sleep(AGAIN_AFTER)


async def _hear(house: House, connection: psycopg.AsyncConnection[object]) -> None:
    await connection.execute(f"LISTEN {CHANNEL}")
    async for _note in connection.notifies():
        for waker in house.wakers:
            waker.set()


async def _tell(connection: psycopg.AsyncConnection[object], something: asyncio.Event) -> None:
    while True:
        await something.wait()
        something.clear()
        await connection.execute(f"NOTIFY {CHANNEL}")
        await asyncio.sleep(AT_MOST_EVERY)
