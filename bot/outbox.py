"""deliver(): the only way out. Claim, mark *sending*, call the provider, settle; and ask about what was lost on the way."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from conversations.announcements.account import FILTERED
from conversations.effects import Leave
from storage import doubts, outbox, pacing, people
from storage.announcements import course, wording
from storage.outbox import Row
from storage.prepared import together
from storage.tables import Kind, State

from . import effects, metrics, still_you
from .announcements import telling
from .announcements.sifting import Go, Sieve, billed
from .channels import base
from .channels.base import Channel, Handoff, Message, Sent, StatusReport
from .channels.twilio_errors import TOO_FAST
from .events import files
from .house import House
from .turning import At

log = structlog.get_logger()

AT_ONCE = 64
"""Texts of one channel on their way at the same time."""
FOR_REPLIES = 16
"""Of these, how many what we begin leaves free."""
FEW = 8
"""Of what we begin, where the provider cannot be asked what became of it: so many may be in doubt if we are killed."""
LOOK_EVERY = 1.0
"""Seconds after which a deliverer looks by itself, should nobody have woken it."""
GIVE_UP = timedelta(hours=24)
"""A text that could not leave for a day is no longer the answer to anything."""
SLOWER = 1.0
"""Seconds that nothing we begin is tried after a provider said we are too fast, and not for how long."""
ASK_EVERY = timedelta(seconds=5)
ASKING = timedelta(seconds=60)
"""For so long nobody else asks about the same row; then they may, for we may be gone too."""
ALIKE = timedelta(minutes=10)
"""A provider's list is read from a little before a send: the same words that went out in that little while are another row's."""
STATES = {"sent": State.SENT, "delivered": State.DELIVERED, "failed": State.FAILED}


async def deliver(house: House, stop: asyncio.Event) -> None:
    """Hand off what waits, on every channel of this process, until `stop`; what is on its way is finished."""
    async with asyncio.TaskGroup() as group:
        for channel in house.channels.values():
            group.create_task(Deliverer(house, channel).run(stop))
        await stop.wait()


@dataclass(frozen=True)
class Claimed:
    """A row that is ours to hand off: until when it means something, and whose buttons are over with it."""

    row: Row
    go: Go
    retire: list[tuple[int, str]]
    file: base.File | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of handing it off; to be written down."""

    claimed: Claimed
    sent: Sent | None = None
    error: base.DeliveryError | None = None


class Deliverer:
    """The way out of one channel."""

    def __init__(self, house: House, channel: Channel) -> None:
        self.house, self.channel = house, channel
        self.on_the_way: set[asyncio.Task[Outcome | None]] = set()
        self.outcomes: list[Outcome] = []
        self.for_replies = FOR_REPLIES if getattr(channel, "tells", True) else AT_ONCE - FEW
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
        await self.write_each(self.outcomes)
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
        """Write down what came back, claim what may leave now and start it on its way; True when there is nothing more at the moment."""
        self.woken.clear()
        outcomes, self.outcomes = self.outcomes, []
        room = AT_ONCE - len(self.on_the_way)
        if not outcomes and not room:
            return True
        try:
            claimed, more = await self.house.database.run(partial(self.turn_over, outcomes=outcomes, room=room))
        except Exception:
            await self.write_each(outcomes)
            raise
        for each in claimed:
            task = asyncio.create_task(self.hand_off(each))
            self.on_the_way.add(task)
            task.add_done_callback(self._back)
        return not more

    def turn_over(self, connection: Connection, outcomes: list[Outcome], room: int) -> tuple[list[Claimed], bool]:
        """One transaction: what came back is settled before anything more of the same people is claimed."""
        self.write(connection, outcomes)
        return self.claim(connection, room)

    async def write_each(self, outcomes: list[Outcome]) -> None:
        """One by one, so that one that cannot be written down keeps none of the others from it: it is asked about when its lease is over."""
        for outcome in outcomes:
            try:
                await self.house.database.run(partial(self.write, outcomes=[outcome]))
            except Exception as error:  # noqa: BLE001 - whatever it is, the row stays *sending*
                self._broke(error)

    def _back(self, task: asyncio.Task[Outcome | None]) -> None:
        self.on_the_way.discard(task)
        self.woken.set()
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            self._broke(error)
        elif (outcome := task.result()) is not None:
            self.outcomes.append(outcome)

    def _broke(self, error: BaseException) -> None:
        log.error("handoff_broke", channel=self.channel.name, error=type(error).__name__)
        metrics.ALARMS.labels("handoff_broke").inc()

    async def settled(self) -> None:
        """Everything that is due has been handed off: for tests and the terminal."""
        while not await self.round() or self.on_the_way or self.outcomes:
            await asyncio.gather(*self.on_the_way)

    def claim(self, connection: Connection, room: int) -> tuple[list[Claimed], bool]:
        """Take rows within the sender's pace, and whether there may be more. What we begin is sifted here, at the last moment."""
        now, name = self.house.now(), self.channel.name
        if room <= 0:
            return [], False
        pace = pacing.pace(connection, name, now, per_second=self.channel.per_second)
        first, then = min(room, pace.asked), max(0, min(room - self.for_replies, pace.unasked))
        replies, begun = outbox.nominated(connection, name, now, asked=first, unasked=then)
        rows = [*replies, *begun[: room - len(replies)]]
        if not rows:
            return [], False
        sieve = Sieve(name, self.house.sieving, now)
        going = sieve.sift(connection, rows)
        for number in sieve.broke:
            telling.out_of_money(connection, number, now)
        for address_id in sieve.doubted:
            still_you.ask(connection, address_id, now, self.house.rules)
        spent = sum(billed(name, row.text) for row, go in going if go.valid is None)
        with together(connection):
            taken = outbox.take(connection, [row for row, _go in going], now, lease=self.lease)
            pacing.spend(connection, pace, asked=spent, unasked=sieve.segments - spent)
            sieve.write(connection)
        claimed = [
            Claimed(row, go, self.retired(connection, row), files.file_of(connection, row, now))
            for row, (_row, go) in zip(taken, going, strict=True)
        ]
        return claimed, len(replies) == first or len(begun) == then or len(going) < len(rows)

    def retired(self, connection: Connection, row: Row) -> list[tuple[int, str]]:
        """The earlier messages whose buttons are over with this one."""
        return outbox.live_buttons(connection, row.address_id) if _are_answers(row) or self.channel.taps else []

    async def hand_off(self, claimed: Claimed) -> Outcome | None:
        row, retire = claimed.row, claimed.retire
        message = Message(row.text, row.buttons, row.ask_location, retire=retire[-1][1] if retire else "", file=claimed.file)
        valid_for = None if claimed.go.valid is None else int(claimed.go.valid.total_seconds())
        try:
            sent = await self.channel.send(Handoff(row.id, row.address, message, row.sender or "", valid_for))
        except base.DeliveryError as error:
            metrics.SENDS.labels(self.channel.name, type(error).__name__).inc()
            return Outcome(claimed, error=error)
        except Exception as error:  # noqa: BLE001 - a client's own fault: the text may be out
            log.error("send_broke", channel=self.channel.name, row=row.id, error=type(error).__name__)  # noqa: TRY400 - an exception's words may hold a text
            metrics.SENDS.labels(self.channel.name, "Unknown").inc()
            return None  # the row stays *sending*, and is asked about when its lease is over
        metrics.SENDS.labels(self.channel.name, "sent").inc()
        if row.kind is Kind.REPLY:
            metrics.HANDOFF.labels(self.channel.name).observe((self.house.now() - row.created_at).total_seconds())
        return Outcome(claimed, sent)

    # Writing down

    def write(self, connection: Connection, outcomes: list[Outcome]) -> None:
        """What came of what was handed off."""
        plain = [each for each in outcomes if each.sent and self._is_plain(each)]
        outbox.all_sent(connection, [(each.claimed.row.id, each.sent.provider_id) for each in plain if each.sent])
        for each in outcomes:
            if each.error is not None:
                self.not_sent(connection, each.claimed.row, each.error)
            elif each.sent is not None and not self._is_plain(each):
                self.sent(connection, each.claimed.row, each.sent, each.claimed.retire)

    def _is_plain(self, outcome: Outcome) -> bool:
        """Nothing but the state of the row changes."""
        sent, buttons = outcome.sent, outcome.claimed.row.buttons
        return sent is not None and STATES.get(sent.status) is not State.DELIVERED and not (self.channel.taps or buttons)

    def sent(self, connection: Connection, row: Row, sent: Sent, retire: list[tuple[int, str]]) -> None:
        outbox.settle(connection, row.id, STATES.get(sent.status, State.SENT), provider_id=sent.provider_id)
        if self.channel.taps or row.buttons:
            outbox.set_buttons(connection, [old for old, _provider_id in retire], live=False)
            outbox.set_buttons(connection, [row.id] if _are_answers(row) else [], live=True)

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
                if error.code == FILTERED and row.announcement_id is not None:
                    telling.pause(connection, row.announcement_id, error.code, now)
            case base.OurFault():
                log.error("sender_misconfigured", channel=self.channel.name, code=error.code)
                metrics.ALARMS.labels("sender_misconfigured").inc()
                self.misconfigured(connection, row, error, now)
            case base.Unknown():
                pass  # it stays *sending* until its lease is over; then the provider is asked
            case _:
                if error.after is not None or error.code in TOO_FAST:
                    pacing.slow_down(connection, self.channel.name, now + timedelta(seconds=error.after or SLOWER))
                self.later(connection, row, error, now)

    def misconfigured(self, connection: Connection, row: Row, error: base.DeliveryError, now: datetime) -> None:
        """What goes to one waits a little and tries again; what goes to many waits for somebody, and tries nothing meanwhile."""
        if row.announcement_id is None:
            self.later(connection, row, error, now, at_least=60.0)
            return
        outbox.wait_again(connection, row.id, course.NOT_BY_ITSELF, "paused", attempts=row.attempts, held=True)
        telling.pause(connection, row.announcement_id, error.code or "refused", now)

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
            how = "blocked" if self.channel.taps else f"carrier {code}"
            effects.apply(Leave(how), At(connection, known, now, self.house.rules))

    # What was lost on the way

    async def ask_about_lost(self) -> None:
        """Rows whose outcome nobody knows are never blindly repeated: the provider is asked."""
        now = self.house.now()
        if self.asked_at is not None and now - self.asked_at < min(ASK_EVERY, self.lease / 3):
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
        rows = wording.filled(connection, outbox.lost(connection, now, self.channel.name, until=now + min(self.lease, ASKING)))
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


def _are_answers(row: Row) -> bool:
    """Its buttons can be over; one that opens a link never is."""
    return any(not data.startswith("https://") for _label, data in row.buttons)


def report(connection: Connection, channel: str, status: StatusReport, now: datetime, house: House) -> bool:
    """A provider's status callback: it only moves a row forward. False if we know no such row."""
    row_id = status.row if status.row is not None else outbox.row_of(connection, channel, status.provider_id)
    if row_id is None:
        return False
    moved = outbox.settle(connection, row_id, STATES[status.status], provider_id=status.provider_id, reason=status.code)
    if moved and status.pauses and (number := course.still_of(connection, row_id)) is not None:
        telling.pause(connection, number, status.code, now)
    if moved and status.left and (address_id := outbox.address_of(connection, row_id)) is not None:
        Deliverer(house, house.channels[channel]).left(connection, address_id, status.code, now)
    if moved and status.gone and (address_id := outbox.address_of(connection, row_id)) is not None:
        doubts.doubt(connection, address_id, now)
    return moved
