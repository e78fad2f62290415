"""The jobs of a running process, one by one: polling, waking the others, and outliving a database that was away."""

import asyncio
from contextlib import suppress

import pytest
from conftest import Carrier, Office
from emulators import telegram_updates
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot import serving, waking
from bot.channels.base import Received
from bot.settings import Misconfigured, Settings
from storage.database import open_database


class Bot(Carrier):
    """What Telegram holds for us: it gives what is not acknowledged yet, and stops the polling when all is."""

    username = "mesa_school_bot"

    def __init__(self, updates, stop):
        super().__init__("telegram", taps=True)
        self.waiting, self.stop = updates, stop

    async def updates(self, offset, _timeout):
        self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        if not self.waiting:
            self.stop.set()
            await asyncio.Event().wait()
        return self.waiting


async def test_an_update_is_acknowledged_when_it_is_on_disk(house, monkeypatch):
    """The database is away twice: nothing is passed over. An update that breaks us is: those after it are heard."""
    stop, broken = asyncio.Event(), [OperationalError("", {}, OSError()), OSError(), None, RuntimeError("a fault of ours"), None]
    updates = [{"update_id": n, **telegram_updates.private_text(7, "comida")} for n in (3, 4, 5)]
    house.channels["telegram"] = Bot(updates, stop)
    receive = house.receive

    async def sometimes(received):
        if (error := broken.pop(0)) is not None:
            raise error
        return await receive(received)

    monkeypatch.setattr(house, "receive", sometimes)
    monkeypatch.setattr(serving, "AGAIN_AFTER", 0.0)
    async with asyncio.timeout(60):
        await serving._poll(house, stop)

    assert [("3",), ("5",)] == [tuple(row) for row in await house.run("SELECT provider_id FROM inbound ORDER BY id")]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_processes_wake_one_another_and_again_after_the_database_was_away(database_url, monkeypatch):
    """A row that one web writes is handed off by a deliverer elsewhere at once, not when it looks next."""
    monkeypatch.setattr(waking, "AGAIN_AFTER", 0.0)
    stop, woken = asyncio.Event(), asyncio.Event()
    opened = [open_database(database_url), open_database(database_url)]
    web, worker = (Office(Settings(database_url=database_url), each) for each in opened)
    worker.wakers.add(woken)

    async def is_heard():
        """Sooner or later: somebody who is not listening yet hears the next one."""
        async with asyncio.timeout(60):
            while not woken.is_set():
                web.wake()
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), 0.05)
        woken.clear()
        return True

    async with asyncio.TaskGroup() as group:
        for house in (web, worker):
            group.create_task(waking.listen_and_tell(house, stop))
        heard = await is_heard()
        await _hang_up_on_everybody(web)
        heard_again = await is_heard()
        stop.set()
    for each in opened:
        each.close()

    assert (True, True) == (heard, heard_again)


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_database_that_was_away_is_found_again(house):
    """It hangs up on everybody, as at a restart: what is on its way may fail, and what comes after it does not."""
    await house.hears("comida")
    await _hang_up_on_everybody(house)
    for n in range(12):
        try:
            await house.receive(Received("sms", f"SM{n}", "+16615550180", "comida"))
        except OperationalError:
            assert n < 3

    assert 9 <= len(await house.run("SELECT 1 FROM inbound WHERE provider_id LIKE 'SM%'"))


async def _hang_up_on_everybody(house):
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await house.database.run(lambda connection: connection.execute(text(others)).all())


async def test_of_all_that_breaks_what_somebody_can_mend_is_said():
    """A job fails inside a group inside a group, and takes the others along: what comes out is the sentence."""

    async def asked_to_end(stop):
        await stop.wait()

    async def misconfigured(_stop):
        async with asyncio.TaskGroup() as group:
            group.create_task(_raise(Misconfigured("Set PORT to another one.")))

    with pytest.raises(Misconfigured, match="Set PORT"):
        await serving._until_stopped([misconfigured, asked_to_end])


async def _raise(error):
    raise error
