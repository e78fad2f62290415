"""Run it: web, delivery and clock together, or apart on PostgreSQL. Stops gracefully: what is on its way is finished."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog
import uvicorn
from starlette.applications import Starlette

import locales
from conversations import say
from storage import migrating
from storage.database import Database, open_database

from . import app, missed, outbox, waking
from .channels import base
from .channels.phone import Phone
from .channels.twilio import Twilio
from .clock import tick_on
from .house import House
from .settings import Misconfigured, Settings

log = structlog.get_logger()

POLL_SECONDS = 25
AGAIN_AFTER = 3.0

Job = Callable[[asyncio.Event], Awaitable[None]]


def house_of(settings: Settings, database: Database | None = None) -> House:
    """A house with the channels its settings name. Must be called in a running loop."""
    house = House(settings, database or open_database(settings.database_url))
    if settings.sms:
        house.channels["sms"] = Twilio(
            settings.twilio_account_sid,
            str(settings.twilio_auth_token),
            settings.twilio_from,
            service=settings.twilio_messaging_service_sid,
            api_url=settings.twilio_api_url,
            public_url=settings.public_url.rstrip("/"),
            per_second=settings.sms_per_second,
            opt_out=settings.opt_out,
        )
    if settings.telegram:
        from .channels.telegram import Telegram  # noqa: PLC0415 - a second to import, and not everybody has it

        house.channels["telegram"] = Telegram(
            str(settings.telegram_token),
            api_url=settings.telegram_api_url,
            public_url=settings.public_url.rstrip("/"),
            secret=str(settings.telegram_secret),
            per_second=settings.telegram_per_second,
        )
    if settings.phone:
        house.channels["phone"] = Phone()
    return house


def check_schema(database: Database) -> None:
    """Refuse to run on another release's schema."""
    if database.run_now(migrating.current) != migrating.head():
        raise Misconfigured("The database is not at this release's schema: run `platica migrate` first.")


async def serve(settings: Settings, *, deliver: bool = True) -> None:
    """The web, and with `deliver` the deliverers and the clock too, until a signal stops it."""
    async with running(settings) as house:
        jobs = _jobs(house) if deliver else _apart(house)
        web = _application(house)
        config = uvicorn.Config(
            web, settings.host, settings.port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=10
        )
        server = _Server(config)
        await _until_stopped([server.until_stopped, *jobs])


async def deliver(settings: Settings) -> None:
    """Delivery, clock, fetching and Telegram polling without the web, until a signal stops it."""
    async with running(settings) as house:
        await _until_stopped(_jobs(house))


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    locales.warm()
    house = house_of(settings)
    try:
        check_schema(house.database)
        yield house
    finally:
        for channel in house.channels.values():
            await channel.close()
        house.database.close()


def _application(house: House) -> Starlette:
    if not house.settings.phone:
        return app.app(house)
    from . import phone  # noqa: PLC0415 - only where it is shown

    return app.app(house, more=phone.routes(house))


def _jobs(house: House) -> list[Job]:
    """What runs beside the web: delivery, the clock, what wakes them, Telegram where it cannot reach us."""
    twilio = house.channels.get("sms")
    fetch = partial(missed.fetch, house, twilio) if isinstance(twilio, Twilio) else None
    jobs: list[Job] = [partial(outbox.deliver, house), lambda stop: tick_on(house, stop, fetch), *_apart(house)]
    if "telegram" in house.channels:
        jobs.append(partial(telegram, house))
    return jobs


def _apart(house: House) -> list[Job]:
    return [] if house.database.sqlite else [partial(waking.listen_and_tell, house)]


async def _until_stopped(jobs: list[Job]) -> None:
    """Run all of them; a signal, or the end of one, stops the rest."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)

    async def run(job: Job) -> None:
        try:
            await job(stop)
        finally:
            stop.set()

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(run(job))


class _Server(uvicorn.Server):
    """uvicorn, stopped by an event rather than by its own signal handlers."""

    async def until_stopped(self, stop: asyncio.Event) -> None:
        serving = asyncio.create_task(self._serve())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        self.should_exit = True
        stopping.cancel()
        try:
            await serving
        except SystemExit:  # uvicorn's way to say that the port is taken; it has said so
            raise Misconfigured("The port is taken: set PORT to another one.") from None


async def telegram(house: House, stop: asyncio.Event) -> None:
    """Open the bot, and poll where no PUBLIC_URL lets Telegram reach us."""
    channel = house.channels["telegram"]
    assert hasattr(channel, "open")
    while not stop.is_set():
        try:
            await channel.open(_menu())
            break
        except base.OurFault as fault:
            raise Misconfigured(fault.code) from None
        except base.DeliveryError:
            log.warning("telegram_unreachable")
            await _rest(stop, AGAIN_AFTER)
    if not house.settings.public_url:
        await _poll(house, stop)
    else:
        await stop.wait()


async def _poll(house: House, stop: asyncio.Event) -> None:
    """Fetch updates; an update is acknowledged only when it is on disk."""
    web, offset = app.Web(house), 0
    channel = house.channels["telegram"]
    while not stop.is_set():
        polling = asyncio.ensure_future(channel.updates(offset, POLL_SECONDS))  # type: ignore[attr-defined]
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait([polling, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not polling.done():
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling
            return
        try:
            updates = polling.result()
        except base.DeliveryError as error:
            log.warning("telegram_unreachable", why=type(error).__name__)
            await _rest(stop, error.after or AGAIN_AFTER)
            continue
        for update in updates:
            await web.update(update)
            offset = update["update_id"] + 1


def _menu() -> dict[str, list[tuple[str, str]]]:
    """The command menu of the bot, per language."""
    return {tag: [(name, locales.render(words, tag)) for name, words in say.COMMANDS.items()] for tag in locales.LANGUAGES}


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
