"""deliver(): the only way out. Claim, mark *sending*, call the provider, settle; and ask about what was lost on the way."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from conversations.effects import Leave
from conversations.topics import Topic
from storage import doubts, outbox, people, preferences
from storage.gate.codes import GOOD_FOR
from storage.outbox import Row
from storage.tables import Kind, State

from . import effects, metrics, still_you
from .channels import base
from .channels.base import Channel, Handoff, Message, Sent, StatusReport
from .house import House

log = structlog.get_logger()

AT_ONCE = 16
"""Texts of one channel on their way at the same time."""
LOOK_EVERY = 1.0
"""Seconds after which a deliverer looks by itself, should nobody have woken it."""
GIVE_UP = timedelta(hours=24)
"""A text that could not leave for a day is no longer the answer to anything."""
ASK_EVERY = timedelta(seconds=5)
ASKING = timedelta(seconds=60)
"""For so long nobody else asks about the same row; then they may, for we may be gone too."""
ALIKE = timedelta(minutes=10)
"""A provider's list is read from a little before a send: the same words that went out in that little while are another row's."""
ASKED_FOR = frozenset({Kind.REPLY, Kind.CODE})
"""What somebody asked for themselves, and gets after STOP too."""
FOR_ANYBODY = ASKED_FOR | {Kind.ALERT, Kind.URGENT, Kind.INTRODUCTION, Kind.STILL_YOU}
"""What goes to a number that may be somebody else's now. An alert names nobody, and one that did not arrive could cost a life."""
TOPICS: dict[Kind, Topic] = {Kind.FOLLOW_UP: Topic.SURVEYS}
"""What a kind of text is about, where a family can do without it. A nudge and an introduction are part of something they can end."""
STATES = {"sent": State.SENT, "delivered": State.DELIVERED, "failed": State.FAILED}


async def deliver(house: House, stop: asyncio.Event) -> None:
    """Hand off what waits, on every channel of this process, until `stop`; what is on its way is finished."""
    async with asyncio.TaskGroup() as group:
        for channel in house.channels.values():
            group.create_task(Deliverer(house, channel).run(stop))
        await stop.wait()


class Deliverer:
    """The way out of one channel."""

    def __init__(self, house: House, channel: Channel) -> None:
        self.house, self.channel = house, channel
        self.on_the_way: set[asyncio.Task[None]] = set()
        self.lease = timedelta(seconds=house.settings.lease_seconds)
        self.woken = asyncio.Event()
        self.asked_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        self.house.wakers.add(self.woken)
        while not stop.is_set():
            try:
                await self.ask_about_lost()
                rested = await self.round()
            except Exception:  # one of the two loops that must outlive anything; the rows stay as they are
                log.exception("delivery_stumbled", channel=self.channel.name)
                metrics.ALARMS.labels("delivery_stumbled").inc()
                rested = True
            if rested:
                await self.rest(stop)
        await asyncio.gather(*self.on_the_way, return_exceptions=True)
        self.house.wakers.discard(self.woken)

    async def rest(self, stop: asyncio.Event) -> None:
        """Until there is something to do: a new row, one that came back, or a second later."""
        waits = [asyncio.ensure_future(self.woken.wait()), asyncio.ensure_future(stop.wait()), *self.on_the_way]
        try:
            await asyncio.wait(waits, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits[:2]:
                wait.cancel()

    async def round(self) -> bool:
        """Claim what may leave now and start it on its way; True when there is nothing more at the moment."""
        self.woken.clear()
        room = AT_ONCE - len(self.on_the_way)
        rows = await self.house.database.run(partial(self.claim, most=room)) if room else []
        for row, retire in rows:
            task = asyncio.create_task(self.hand_off(row, retire))
            self.on_the_way.add(task)
            task.add_done_callback(self._back)
        return len(rows) < room or not room

    def _back(self, task: asyncio.Task[None]) -> None:
        self.on_the_way.discard(task)
        self.woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:  # not written down: it is asked about when its lease is over
            log.error("handoff_broke", channel=self.channel.name, error=type(error).__name__)
            metrics.ALARMS.labels("handoff_broke").inc()

    async def settled(self) -> None:
        """Everything that is due has been handed off: for tests and the terminal."""
        while not await self.round() or self.on_the_way:
            await asyncio.gather(*self.on_the_way)

    def claim(self, connection: Connection, most: int) -> list[tuple[Row, list[tuple[int, str]]]]:
        """Take rows within the sender's pace. Consent is looked at again, here, at the last moment."""
        now, pace = self.house.now(), self.channel.per_second
        allowed = outbox.allowance(connection, self.channel.name, now, per_second=pace, most=most)
        rows = outbox.claim(connection, self.channel.name, now, most=allowed, lease=self.lease)
        leaving = [row for row in rows if not self.held_back(connection, row)]
        if leaving:
            outbox.spend(connection, self.channel.name, now, len(leaving), per_second=pace)
        return [(row, outbox.live_buttons(connection, row.address_id) if row.buttons or self.channel.taps else []) for row in leaving]

    def held_back(self, connection: Connection, row: Row) -> bool:
        """Nothing that we start leaves for somebody who said STOP, nor for an address that cannot be reached; nor a code that is void."""
        if row.kind is Kind.CODE and self.house.now() >= row.created_at + GOOD_FOR:
            return outbox.settle(connection, row.id, State.SKIPPED, reason="void")
        if row.kind in ASKED_FOR:
            return False
        why = "stopped" if row.stopped_at is not None else "unreachable" if row.unreachable_at is not None else ""
        if not why and (topic := TOPICS.get(row.kind)) is not None:
            why = preferences.may_receive(connection, row.person_id, topic, self.house.now()) or ""
        if not why and row.doubted_at is not None and row.kind not in FOR_ANYBODY:
            why = "still you?"
            still_you.ask(connection, row.address_id, self.house.now(), self.house.rules)
        return bool(why) and outbox.settle(connection, row.id, State.SKIPPED, reason=why)

    async def hand_off(self, row: Row, retire: list[tuple[int, str]]) -> None:
        message = Message(row.text, row.buttons, row.ask_location, retire=retire[-1][1] if retire else "")
        try:
            sent = await self.channel.send(Handoff(row.id, row.address, message, row.sender or ""))
        except base.DeliveryError as error:
            await self.house.database.run(partial(self.not_sent, row=row, error=error))
            metrics.SENDS.labels(self.channel.name, type(error).__name__).inc()
            return
        except Exception as error:  # noqa: BLE001 - a client's own fault: the text may be out
            log.error("send_broke", channel=self.channel.name, row=row.id, error=type(error).__name__)  # noqa: TRY400 - an exception's words may hold a text
            metrics.SENDS.labels(self.channel.name, "Unknown").inc()
            return  # the row stays *sending*, and is asked about when its lease is over
        await self.house.database.run(partial(self.sent, row=row, sent=sent, retire=retire))
        metrics.SENDS.labels(self.channel.name, "sent").inc()
        if row.kind is Kind.REPLY:
            metrics.HANDOFF.labels(self.channel.name).observe((self.house.now() - row.created_at).total_seconds())

    def sent(self, connection: Connection, row: Row, sent: Sent, retire: list[tuple[int, str]]) -> None:
        outbox.settle(connection, row.id, STATES.get(sent.status, State.SENT), provider_id=sent.provider_id)
        if self.channel.taps or row.buttons:
            outbox.set_buttons(connection, [old for old, _provider_id in retire], live=False)
            outbox.set_buttons(connection, [row.id] if row.buttons else [], live=True)

    def not_sent(self, connection: Connection, row: Row, error: base.DeliveryError) -> None:
        """What to do next, by the kind of failure; never by what the provider calls it."""
        now = self.house.now()
        match error:
            case base.Moved(address=address):
                people.move(connection, row.address_id, address)
                outbox.wait_again(connection, row.id, now, "moved", attempts=row.attempts)
            case base.PersonLeft():
                self.left(connection, row.address_id, error.code or "left", now)
                outbox.settle(connection, row.id, State.FAILED, reason=error.code or "left")
            case base.Refused():
                if error.gone:
                    doubts.doubt(connection, row.address_id, now)
                outbox.settle(connection, row.id, State.FAILED, reason=error.code or "refused")
            case base.OurFault():
                log.error("sender_misconfigured", channel=self.channel.name, code=error.code)
                metrics.ALARMS.labels("sender_misconfigured").inc()
                self.later(connection, row, error, now, at_least=60.0)
            case base.Unknown():
                pass  # it stays *sending* until its lease is over; then the provider is asked
            case _:
                self.later(connection, row, error, now)

    def later(self, connection: Connection, row: Row, error: base.DeliveryError, now: datetime, at_least: float = 0.0) -> None:
        if now - row.created_at >= GIVE_UP:
            outbox.settle(connection, row.id, State.FAILED, reason=error.code or "gave up")
            return
        backoff = min(600.0, 2.0 ** min(row.attempts, 10)) * random.uniform(0.75, 1.25)  # noqa: S311 - to spread, not to hide
        wait = error.after if error.after is not None else max(at_least, backoff)
        outbox.wait_again(connection, row.id, now + timedelta(seconds=wait), error.code or "later", attempts=row.attempts)

    def left(self, connection: Connection, address_id: int, code: str, now: datetime) -> None:
        """They told the carrier STOP, or blocked the bot: the same as telling us."""
        known = people.by_address_id(connection, address_id)
        if known is None:
            return
        people.set_reachable(connection, address_id, since=now)
        if known.stopped_at is None:
            effects.apply(
                Leave("blocked" if self.channel.taps else f"carrier {code}"),
                connection,
                known,
                now=now,
                rules=self.house.rules,
            )

    # What was lost on the way

    async def ask_about_lost(self) -> None:
        """Rows whose outcome nobody knows are never blindly repeated: the provider is asked."""
        now = self.house.now()
        if self.asked_at is not None and now - self.asked_at < ASK_EVERY:
            return
        self.asked_at = now
        for row, known in await self.house.database.run(self.lost):
            handoff = Handoff(row.id, row.address, Message(row.text, row.buttons), row.sender or "")
            try:
                found = await self.channel.find(handoff, row.handed_off_at or row.created_at, known=known)
            except base.Unknown:
                await self.house.database.run(partial(self.stays_unknown, row=row))
            except base.DeliveryError as error:
                log.warning("cannot_ask", channel=self.channel.name, code=error.code)  # asked again when the lease is over
            else:
                await self.house.database.run(partial(self.cleared_up, row=row, found=found))

    def lost(self, connection: Connection) -> list[tuple[Row, list[str]]]:
        now = self.house.now()
        rows = outbox.lost(connection, now, self.channel.name, until=now + min(self.lease, ASKING))
        return [(row, outbox.provider_ids(connection, row.address_id, (row.handed_off_at or row.created_at) - ALIKE)) for row in rows]

    def cleared_up(self, connection: Connection, row: Row, found: Sent | None) -> None:
        if found is None:
            outbox.wait_again(connection, row.id, self.house.now(), "provably not sent", attempts=row.attempts)
            self.woken.set()
        else:
            self.sent(connection, row, found, [])
        log.info("cleared_up", channel=self.channel.name, row=row.id, sent=found is not None)

    def stays_unknown(self, connection: Connection, row: Row) -> None:
        """A provider that cannot be asked: listed and counted apart, not sent again."""
        outbox.settle(connection, row.id, State.UNKNOWN, reason="lost on the way")
        metrics.SENDS.labels(self.channel.name, "unknown").inc()


def report(connection: Connection, channel: str, status: StatusReport, now: datetime, house: House) -> bool:
    """A provider's status callback: it only moves a row forward. False if we know no such row."""
    row_id = status.row if status.row is not None else outbox.row_of(connection, channel, status.provider_id)
    if row_id is None:
        return False
    moved = outbox.settle(connection, row_id, STATES[status.status], provider_id=status.provider_id, reason=status.code)
    if moved and status.left and (address_id := outbox.address_of(connection, row_id)) is not None:
        Deliverer(house, house.channels[channel]).left(connection, address_id, status.code, now)
    if moved and status.gone and (address_id := outbox.address_of(connection, row_id)) is not None:
        doubts.doubt(connection, address_id, now)
    return moved
