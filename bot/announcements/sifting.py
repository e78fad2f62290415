"""The last word before something that we begin leaves: it goes, is held until a moment, or is skipped, and why.

Everything is asked again here, however lately it was asked: STOP, what they chose, calm, the night where they are, the week's one text,
what a sender may send in a day and a school may spend in a month. Replies and codes are not sifted: they were asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from storage import outbox
from storage.announcements import circumstances, spending, wording
from storage.announcements.audience import TOPICS
from storage.announcements.circumstances import ROUTINE, Circumstances
from storage.announcements.course import NOT_BY_ITSELF
from storage.announcements.tables import Stage
from storage.gate.codes import GOOD_FOR
from storage.outbox import UNPROMPTED, Row
from storage.prepared import together
from storage.tables import Kind, State

from .. import nights
from ..events import files
from . import bodies, pricing
from .pricing import Tariff

MOST_VALID = timedelta(seconds=36_000)
"""What a carrier keeps a text for at most: https://www.twilio.com/docs/messaging/api/message-resource (ValidityPeriod)."""
URGENT_VALID = timedelta(hours=4)
AT_ANY_HOUR = frozenset({Kind.URGENT})
DURING_CALM = frozenset({Kind.URGENT, Kind.CHANGE})
"""What they accepted has changed: that they hear, whatever else rests."""
FOR_ANYBODY = frozenset({Kind.URGENT, Kind.INTRODUCTION, Kind.STILL_YOU})
"""What goes to a number that may be somebody else's now."""
STILL_YOU = "still you?"
OF_OURS = frozenset({Kind.NUDGE, Kind.INTRODUCTION, Kind.STILL_YOU})
"""Part of a conversation that they can end: neither a pause nor a welcome is asked for."""


@dataclass(frozen=True)
class Go:
    """It leaves, and means nothing any more after `valid`; None: whenever it arrives."""

    valid: timedelta | None


@dataclass(frozen=True)
class Hold:
    until: datetime
    why: str


@dataclass(frozen=True)
class Skip:
    why: str


Verdict = Go | Hold | Skip


@dataclass(frozen=True)
class Rules:
    """What a deployment decides. `per_day` are segments by sender, `budget` microdollars of a school's month; 0: no limit."""

    routine: timedelta = timedelta(days=7)
    per_day: Mapping[str, int] = field(default_factory=dict)
    budget: int = 0
    prices: tuple[Tariff, ...] = ()


def verdict(row: Row, it: Circumstances, now: datetime, rules: Rules) -> Verdict:
    """What is right for one row by itself. A hold is a hold: nothing tells danger from a rest, nor either from the week's one text."""
    place = nights.zone(*it.zones)
    if why := _never(row, it, now):
        return Skip(why)
    if it.stage is Stage.PAUSED:
        return Hold(NOT_BY_ITSELF, "paused")
    if row.kind in AT_ANY_HOUR:
        return Go(_valid(it, now, URGENT_VALID))
    morning = nights.next_morning(now, place)
    if _doubted(row):
        return Hold(morning, STILL_YOU)
    if _rests(row, it, now, rules):
        return Hold(morning, "held")
    if it.stage is not None and not it.welcomed:
        return Hold(morning, "not welcomed")
    if nights.is_night(now, place):
        return Hold(morning, "night")
    return Go(_valid(it, now, nights.left_of_day(now, place)))


def _never(row: Row, it: Circumstances, now: datetime) -> str:
    """Why it will never leave, if so."""
    topic = TOPICS.get(row.kind)
    reasons = {
        "stopped": row.stopped_at is not None,
        "unreachable": row.unreachable_at is not None,
        "halted": it.stage in {Stage.STOPPED, Stage.CANCELLED},
        "too late": it.until is not None and it.until <= now,
        "no text": it.stage is not None and not row.text,
        "muted": topic is not None and topic in it.muted,
        "paused": row.kind is Kind.FOLLOW_UP and it.paused_until is not None and it.paused_until > now,  # it would ask too late
        STILL_YOU: _doubted(row) and it.stage is None,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _doubted(row: Row) -> bool:
    """It may be somebody else's number now: that is asked first."""
    return row.doubted_at is not None and row.kind not in FOR_ANYBODY


def _rests(row: Row, it: Circumstances, now: datetime, rules: Rules) -> bool:
    calm = it.calm_until is not None and it.calm_until > now and row.kind not in DURING_CALM
    paused = it.paused_until is not None and it.paused_until > now and row.kind not in DURING_CALM | OF_OURS
    had_one = row.kind in ROUTINE and it.last_routine is not None and it.last_routine > now - rules.routine
    return calm or paused or had_one


def _valid(it: Circumstances, now: datetime, at_most: timedelta) -> timedelta:
    rest = it.until - now if it.until is not None else at_most
    return max(timedelta(seconds=1), min(at_most, rest, MOST_VALID))


@dataclass
class Sieve:
    """Sifts the rows that a sender is about to take, in their order, within its day and the schools' money."""

    sender: str
    rules: Rules
    now: datetime
    went: set[int] = field(default_factory=set)
    """People for whom a routine text is among these rows."""
    broke: set[int] = field(default_factory=set)
    """Announcements that wait for money."""
    doubted: list[int] = field(default_factory=list)
    """Addresses to ask whether it is still them."""
    segments: int = 0
    """That leave now."""
    _today: int = 0
    _spent: dict[tuple[int, str], int] = field(default_factory=dict)
    _spends: Counter[tuple[int, str]] = field(default_factory=Counter)

    def sift(self, connection: Connection, rows: Sequence[Row]) -> list[tuple[Row, Go]]:
        """Those that leave, with their words; the others are held or skipped, and the books say why."""
        if self.cap:
            self._today = spending.segments(connection, self.sender, self.day)
        with together(connection):
            alone = circumstances.alone(connection, rows)
            circles = circumstances.asking(connection, [row.id for row in rows if row.kind in UNPROMPTED])
            words = wording.filling(connection, rows)
        ours, around = alone(), circles()
        completed, made = bodies.completed(connection, rows, words())
        full = files.given(connection, completed)
        mine = [row for row in full if row.kind not in ROUTINE or row.person_id in ours]
        judged = [(row, self._judge(connection, row, around.get(row.id))) for row in mine]
        outbox.hold(connection, [(row.id, it.until, it.why) for row, it in judged if isinstance(it, Hold)])
        for row, it in judged:
            if isinstance(it, Skip):
                outbox.settle(connection, row.id, State.SKIPPED, reason=it.why)
        bodies.keep(connection, [row for row, it in judged if isinstance(it, Go) and row.id in made])
        return [(row, it) for row, it in judged if isinstance(it, Go)]

    @property
    def cap(self) -> int:
        """Of a day; 0: none."""
        return self.rules.per_day.get(self.sender, 0)

    @property
    def day(self) -> date:
        """Of the sender; carriers here begin theirs at midnight on the west coast."""
        return self.now.astimezone(nights.zone()).date()

    def _judge(self, connection: Connection, row: Row, it: Circumstances | None) -> Verdict:
        if it is None:
            found = asked_for(row, self.now)
        else:
            found = verdict(row, it, self.now, self.rules)
            if isinstance(found, Hold | Skip) and found.why == STILL_YOU:
                self.doubted.append(row.address_id)
            if isinstance(found, Go) and row.kind in ROUTINE and row.person_id in self.went:
                found = Hold(nights.next_morning(self.now, nights.zone(*it.zones)), "held")
        return self._afford(connection, row, it, found) if isinstance(found, Go) else found

    def _afford(self, connection: Connection, row: Row, it: Circumstances | None, go: Go) -> Verdict:
        """What we begin leaves a quarter of the sender's day to replies, and spends no more than the school has; but for what is urgent."""
        segments = billed(self.sender, row.text)
        purse = self._purse(connection, it)
        price = pricing.cost(self.rules.prices, self.sender, segments, self.day)
        if it is not None and row.kind not in AT_ANY_HOUR:
            morning = nights.next_morning(self.now, nights.zone(*it.zones))
            if self.cap and self._today + self.segments + segments > self.cap * (1 - pricing.FOR_REPLIES):
                return Hold(morning, "daily cap")
            if purse and self.rules.budget and self._spent[purse] + self._spends[purse] + price > self.rules.budget:
                self.broke.add(row.announcement_id or 0)
                return Hold(morning, "budget")
        self.segments += segments
        if purse:
            self._spends[purse] += price
        if row.kind in ROUTINE:
            self.went.add(row.person_id)
        return go

    def _purse(self, connection: Connection, it: Circumstances | None) -> tuple[int, str] | None:
        """School and month; None for what belongs to no announcement."""
        if it is None or it.school_id is None:
            return None
        purse = it.school_id, f"{self.now.astimezone(nights.zone(*it.zones[-1:])):%Y-%m}"
        if self.rules.budget and purse not in self._spent:
            self._spent[purse] = spending.money(connection, *purse)
        return purse

    def write(self, connection: Connection) -> None:
        """What leaves is counted, of the sender's day and of the schools' months."""
        if self.cap and self.segments:
            spending.count_segments(connection, self.sender, self.day, self.segments)
        for (school_id, month), micro in self._spends.items():
            if micro:
                spending.count_money(connection, school_id, month, micro)


def asked_for(row: Row, now: datetime) -> Verdict:
    """Who asked gets it after STOP too; a code only while it opens something. An alert is for somebody who is there."""
    if row.kind is Kind.CODE and now >= row.created_at + GOOD_FOR:
        return Skip("void")
    if row.kind is Kind.ALERT and row.stopped_at is not None:
        return Skip("stopped")
    if row.kind is Kind.ALERT and row.unreachable_at is not None:
        return Skip("unreachable")
    return Go(None)


def billed(sender: str, text: str) -> int:
    """Segments of an SMS; elsewhere a text is a text."""
    return _segments(text) if sender == "sms" else 1


@lru_cache(maxsize=64)
def _segments(text: str) -> int:
    """The same words go to many."""
    return pricing.billed(text).count
