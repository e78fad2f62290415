"""Run it: web, delivery and clock together, or apart on PostgreSQL. Stops gracefully: what is on its way is finished."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import structlog
import uvicorn
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.applications import Starlette
from uvicorn.loops.auto import auto_loop_factory

import locales
from conversations import say
from storage import migrating, places
from storage.database import Database, open_database

from . import app, keys, logs, metrics, missed, outbox, waking
from .channels import base
from .channels.phone import Phone
from .channels.twilio import Twilio
from .clock import tick_on
from .house import House
from .settings import Misconfigured, Settings

log = structlog.get_logger()

POLL_SECONDS = 25
AGAIN_AFTER = 3.0
MAP_AFTER = 5.0
"""Seconds until the map of ZIP codes is read, which takes a processor's second: whoever waited for the start is answered first."""
WAITING_LINE = 2048
"""Connections that may wait to be accepted, while we start too."""

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
    if wrong := database.run_now(migrating.wrong):
        raise Misconfigured(wrong)


def run(job: Coroutine[Any, Any, None]) -> None:
    """As `asyncio.run`, on uvloop where there is one: a request takes half the time."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(job)
    gc.freeze()  # all is closed and on disk: to visit every object once more, on the way out, would take two seconds


Told = Callable[[], None]
"""Somebody at a terminal wants to know."""


async def serve(settings: Settings, *, deliver: bool = True, listening: Told = lambda: None, stopping: Told = lambda: None) -> None:
    """The web, and with `deliver` the deliverers and the clock too, until a signal stops it. `listening` is told that somebody may write."""
    async with running(settings) as house:
        jobs = _jobs(house) if deliver else _beside_the_web(house)
        config = uvicorn.Config(_application(house), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=10)
        server = _Server(config, _listen(settings))  # before anything is fetched, so that nobody falls in between
        listening()
        await _until_stopped([server.until_stopped, *jobs, *_pages(house)], stopping)


async def deliver(settings: Settings, *, stopping: Told = lambda: None) -> None:
    """Delivery, clock, fetching and Telegram polling without the web, until a signal stops it."""
    async with running(settings) as house:
        await _until_stopped(_jobs(house), stopping)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    locales.warm()
    asyncio.get_running_loop().set_exception_handler(logs.broke)
    keys.take(settings)
    house = house_of(settings)
    atlas = threading.Timer(MAP_AFTER, places.load)
    atlas.daemon = True  # whoever stops us need not wait for it
    try:
        check_schema(house.database)
        house.database.run_now(keys.fit)
        atlas.start()
        yield house
    finally:
        atlas.cancel()
        for channel in house.channels.values():
            await channel.close()
        house.database.close()


def _application(house: House) -> Starlette:
    if not house.settings.phone:
        return app.app(house)
    from . import phone  # noqa: PLC0415 - only where it is shown

    return app.app(house, more=phone.routes(house))


def _pages(house: House) -> list[Job]:
    if not house.settings.phone:
        return []
    from . import phone  # noqa: PLC0415

    return [partial(phone.attend, house)]


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


def _beside_the_web(house: House) -> list[Job]:
    """Where others deliver. The bot is opened here too, for its name says which words of a group are said to it; others poll."""
    opened: list[Job] = [partial(open_telegram, house)] if "telegram" in house.channels and house.settings.public_url else []
    return [*_apart(house), *opened]


async def _until_stopped(jobs: list[Job], stopping: Told = lambda: None) -> None:
    """Run all of them; a signal, or a failure of one, stops the rest. `stopping` is told of the first signal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def signalled() -> None:
        if not stop.is_set():
            stopping()
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, signalled)

    async def run(job: Job) -> None:
        try:
            await job(stop)
        except BaseException:
            stop.set()
            raise

    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(run(job))
    except BaseExceptionGroup as several:
        raise _first(several) from None


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of what went wrong, what somebody can mend; else whatever it was."""
    found: BaseException = several.subgroup(Misconfigured) or several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


def _listen(settings: Settings) -> socket.socket:
    """Where the web listens. Connections wait in line from now on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=WAITING_LINE)
    except (OSError, OverflowError):
        raise Misconfigured(
            f"Port {settings.port} of {settings.host} is taken, or not ours to have: set PORT or HOST to another."
        ) from None
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Server(uvicorn.Server):
    """uvicorn, stopped by an event rather than by its own signal handlers."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        super().__init__(config)
        self.listening = listening

    async def until_stopped(self, stop: asyncio.Event) -> None:
        serving = asyncio.create_task(self._serve([self.listening]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        self.should_exit = True
        stopping.cancel()
        await serving


async def telegram(house: House, stop: asyncio.Event) -> None:
    """Open the bot, and poll where no PUBLIC_URL lets Telegram reach us."""
    await open_telegram(house, stop)
    if not house.settings.public_url:
        await _poll(house, stop)


async def open_telegram(house: House, stop: asyncio.Event) -> None:
    """Learn the bot's name and say how updates reach us; again and again where Telegram does not answer."""
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
            if not await _taken(web, update):
                await _rest(stop, AGAIN_AFTER)
                break
            offset = update["update_id"] + 1


async def _taken(web: app.Web, update: dict[str, Any]) -> bool:
    """False while the database cannot take it. One that breaks us is passed over, or nobody after it would ever be heard."""
    try:
        await web.update(update)
    except (OperationalError, InterfaceError, OSError) as error:
        log.warning("cannot_receive", error=type(error).__name__)
        return False
    except Exception:  # whatever it is, those after it are heard
        log.exception("update_broke")
        metrics.ALARMS.labels("update_broke").inc()
    return True


def _menu() -> dict[str, list[tuple[str, str]]]:
    """The command menu of the bot, per language."""
    return {tag: [(name, locales.render(words, tag)) for name, words in say.COMMANDS.items()] for tag in locales.LANGUAGES}


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
