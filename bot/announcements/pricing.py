"""What texts cost: the dated price table of the settings, segments as they are billed, and how long a sender needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from conversations.announcements.price import FOLLOWS, MICRO, Part, Price

from ..channels import segments
from ..channels.segments import Segments

DAY_FROM, DAY_TO = time(8), time(20)
FOR_REPLIES = 0.25
"""Of a sender's daily cap: kept for who writes to us."""


@dataclass(frozen=True)
class Tariff:
    """What a segment costs from a day on, in microdollars, with what carriers add. Twilio's price page and the carriers' fees change."""

    since: date
    out: int
    inbound: int


def tariffs(table: str) -> tuple[Tariff, ...]:
    """The table of PLATICA_PRICES, the oldest first: "2026-01-01 0.0123 0.0083; …": since, out and in, in dollars a segment.

    `ValueError` names the line that cannot be read.
    """
    return tuple(sorted((_tariff(line) for line in table.split(";") if line.strip()), key=lambda tariff: tariff.since))


def _tariff(line: str) -> Tariff:
    try:
        since, out, inbound = line.split()
        return Tariff(date.fromisoformat(since), _micro(out), _micro(inbound))
    except (ValueError, InvalidOperation):
        raise ValueError(
            f"PLATICA_PRICES: “{line.strip()}” is no line of it: write a date and two prices, like 2026-01-01 0.0123 0.0083."
        ) from None


def _micro(amount: str) -> int:
    price = Decimal(amount)
    if not 0 <= price < 1:
        raise ValueError(amount)
    return int(price * MICRO)


def on(table: Sequence[Tariff], day: date) -> Tariff | None:
    """The tariff of a day; None before the first line."""
    return next((tariff for tariff in reversed(table) if tariff.since <= day), None)


def cost(table: Sequence[Tariff], channel: str, text_segments: int, day: date) -> int:
    """Microdollars of handing off a text of so many segments. Only SMS costs something."""
    tariff = on(table, day) if channel == "sms" else None
    return text_segments * tariff.out if tariff else 0


def billed(text: str) -> Segments:
    """As an SMS is billed, after the folding that every SMS goes through."""
    return segments.segments(segments.fold(text))


def part(language: str, text: str, sms: int, telegram: int) -> Part:
    """One language, and the character that makes its SMS dearer, if one does."""
    count = billed(text).count
    costly = costly_character(text)
    without = billed("".join(c for c in text if not segments.dear(c))).count if costly else count
    return Part(language, sms, telegram, count, costly, without)


def costly_character(text: str) -> str:
    """The first character that no SMS alphabet of 160 has and that folding leaves; empty if there is none."""
    folded = segments.fold(text)
    return "" if segments.segments(folded).encoding == "GSM-7" else next(c for c in folded if segments.dear(c))


@dataclass(frozen=True)
class Sending:
    """How a sender may send: its rate in segments a second, its cap a day (0: none), and where it is night."""

    per_second: float
    per_day: int
    zone: str


def price(
    parts: Sequence[Part],
    *,
    kind: str,
    table: Sequence[Tariff],
    begins: datetime,
    sending: Sending,
    left: int | None = None,
    held: int = 0,
    left_out: Mapping[str, int] | None = None,
) -> Price:
    """The whole campaign of these parts from a moment on."""
    day = begins.astimezone(ZoneInfo(sending.zone)).date()
    tariff, follows = on(table, day), FOLLOWS[kind]
    first = sum(cost(table, "sms", part.sms * part.segments, day) for part in parts)
    texts = sum(part.sms for part in parts)
    more = int(follows.texts * first + follows.answers * texts * (tariff.inbound if tariff else 0))
    urgent = kind == "urgent"
    return Price(
        tuple(parts),
        first,
        first + more,
        left=left,
        exempt=urgent,
        held=held,
        begins=begins,
        ends=ends(begins, sum(part.sms * part.segments for part in parts), sending, at_night=urgent),
        unpriced=tariff is None and texts > 0,
        left_out=dict(left_out or {}),
    )


def ends(begins: datetime, count: int, sending: Sending, *, at_night: bool = False) -> datetime:
    """When the last of so many segments has left: by day, within what the daily cap leaves beside replies."""
    zone, now = ZoneInfo(sending.zone), begins
    a_day = int(sending.per_day * (1 - FOR_REPLIES)) or count
    while count > 0:
        if not at_night:
            now = _by_day(now, zone)
        closes = now + timedelta(days=1) if at_night else datetime.combine(now.astimezone(zone).date(), DAY_TO, zone)
        room = min(count, a_day, max(1, int((closes - now).total_seconds() * sending.per_second)))
        count -= room
        now += timedelta(seconds=room / sending.per_second)
        if count > 0:
            now = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), DAY_FROM, zone)
    return now.astimezone(zone)


def _by_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the next morning if it is night."""
    local = now.astimezone(zone)
    if DAY_FROM <= local.time() < DAY_TO:
        return local
    return datetime.combine(local.date() + timedelta(days=local.time() >= DAY_TO), DAY_FROM, zone)
