"""Whatever falls due: silences, retention, fetching what was missed. One process at a time, by lease. Time is passed in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from conversations.dialogue import silence
from conversations.flows import FLOWS
from conversations.state import Memory, Unreadable
from storage import doubts, due, holding, outbox, outcomes, people, retention
from storage.due import DueRow
from storage.events import lifecycle
from storage.people import Known
from storage.roster import waves
from storage.tables import Kind

from . import following, introductions, metrics
from .announcements import loops as announcing
from .announcements.running import Running
from .events.loops import Events
from .house import House
from .inbox import FORGOTTEN, LAPSES, LET_GO, drive, finish, who_is
from .nights import quiet_until
from .replies import digests, ringing
from .surveys import reminding, resting
from .surveys.loops import Surveys
from .surveys.opening import open_asked
from .turning import At

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks at the clock."""
LEASE = timedelta(seconds=20)
RETENTION_EVERY = timedelta(hours=1)
MISSED_EVERY = timedelta(minutes=3)

Fetch = Callable[[], Awaitable[object]]


async def tick_on(house: House, stop: asyncio.Event, fetch: Fetch | None = None) -> None:
    """Look at the clock every second until `stop`."""
    clock = Clock(house, fetch)
    while not stop.is_set():
        try:
            await clock.tick()
        except Exception:  # the other loop that must outlive anything
            log.exception("clock_stumbled")
            metrics.ALARMS.labels("clock_stumbled").inc()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)


class Clock:
    """What is done when. `fetch` gets what a provider received for us while we could not."""

    def __init__(self, house: House, fetch: Fetch | None = None) -> None:
        self.house, self.fetch = house, fetch
        self.next_retention: datetime | None = None
        self.next_fetch: datetime | None = None
        self.next_introductions: datetime | None = None
        self.running = Running()
        self.events = Events()
        self.surveys = Surveys()

    async def tick(self) -> None:
        now = self.house.now()
        holds = await self.house.database.run(partial(due.hold, name="clock", holder=self.house.name, now=now, until=now + LEASE))
        if self.fetch is not None and (self.next_fetch is None or (holds and now >= self.next_fetch)):  # at a start, whoever has the lease
            self.next_fetch = now + MISSED_EVERY
            await self.fetch()
        if not holds:
            return
        for row in await self.house.database.run(partial(due.due_now, now=now)):
            if await self.house.database.run(partial(self.fall_due, row=row, now=now)):
                self.house.wake()
        await self.house.database.run(partial(open_asked, secrets=self.house.secrets, now=now))
        await self.house.database.run(partial(reminding.refresh, secrets=self.house.secrets, now=now))
        await self.running.go_on(self.house, now)
        if self.next_introductions is None or now >= self.next_introductions:
            self.next_introductions = now + introductions.EVERY
            await introductions.go_on(self.house, now)
        await announcing.go_on(self.house, now)
        await digests.go_on(self.house, now)
        await ringing.go_on(self.house, now)
        await self.events.go_on(self.house, now)
        await self.surveys.go_on(self.house, now)
        if self.next_retention is None or now >= self.next_retention:
            self.next_retention = now + RETENTION_EVERY
            ended = await self.house.database.run(partial(lifecycle.due, now=now))  # first: it counts the needs that are then erased
            erased = await self.house.database.run(partial(retention.erase, now=now))
            doubted = await self.house.database.run(partial(doubts.arise, now=now))
            await self.house.database.sweep()
            log.info("retention", **erased, doubted=doubted, events_over=len(ended))

    def fall_due(self, connection: Connection, row: DueRow, now: datetime) -> int:
        """One due row, in one transaction; how many texts it wrote."""
        known = people.by_address_id(connection, row.address_id)
        if known is not None and row.kind == FORGOTTEN and known.revision == row.revision:
            return self.let_go(connection, known, now)
        if known is not None and row.kind == outcomes.DUE:
            return following.fall_due(connection, known, row, now, morning=quiet_until(now, known.school_timezone), rules=self.house.rules)
        if known is not None and row.kind == resting.RESTS:
            return resting.fall_due(connection, known, row, now, self.house.secrets)
        if known is not None and row.kind == LAPSES:  # every turn that names a place sets it anew
            return self.lapse(connection, known, row)
        if (
            known is None
            or known.revision != row.revision
            or known.stopped_at is not None
            or known.doubted
            or waves.awaits(connection, known.address_id)
        ):
            due.is_done(connection, row.id)  # a reply came first, or they do not know yet who we are
            return 0
        if (morning := quiet_until(now, known.school_timezone)) is not None:
            due.set_due(connection, row.kind, row.address_id, row.revision, morning)
            return 0
        if not due.is_done(connection, row.id):
            return 0
        try:
            memory = Memory.from_json(known.memory)
        except Unreadable as unreadable:
            log.error("memory_unreadable", address_id=known.address_id, why=str(unreadable))  # noqa: TRY400 - the reason is the message
            metrics.ALARMS.labels("memory_unreadable").inc()
            return 0
        turn = drive(silence(FLOWS, memory, who_is(known)), At(connection, known, now, self.house.rules))
        return finish(connection, known, turn, Kind.NUDGE, now=now, rules=self.house.rules)

    def lapse(self, connection: Connection, known: Known, row: DueRow) -> int:
        """Whoever was silent for three days starts anew: the place they named goes from their screen. Nothing is said."""
        if due.is_done(connection, row.id):
            with suppress(Unreadable):  # their next message sounds the alarm
                people.end_turn(connection, known, Memory.from_json(known.memory).lapsed().to_json(), None)
        return 0

    def let_go(self, connection: Connection, known: Known, now: datetime) -> int:
        """Whoever was erased and has not written since: their number goes too, once the last text has left."""
        if outbox.in_flight(connection, known.address_id):
            due.set_due(connection, FORGOTTEN, known.address_id, known.revision, now + LET_GO)
        else:
            holding.forget(connection, known, now, how="let go")
        return 0
