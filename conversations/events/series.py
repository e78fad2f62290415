"""A series: enrolled in once, missed on one date or left, and completed by coming. WHO COMPLETED GED shows staff who was there how often."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext
from .appointments import apart

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]
MOST_LINES = 24
"""Households that staff are shown in one text."""


@dataclass(frozen=True)
class MyDates(LookUp[tuple[tuple[int, datetime], ...]]):
    """The sessions to come of the series of an event that their household comes to: number and beginning. Nothing of an event by itself."""

    event: int


@dataclass(frozen=True)
class Record:
    """Who was at how many sessions of a series, the most first: a number to call, "" where nobody knows it any more."""

    title: str
    code: str
    sessions: int
    """That were held until now."""
    of: int
    """That there are in all."""
    needed: int
    been: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class RecordOf(LookUp[Record | None]):
    """Of the series of a folded code; None if there is none, or it is not theirs to see. Each look is logged."""

    code: str


def who_completed(hearing: Hearing, order: Order) -> Obeyed:
    code, rest = apart(order.text)
    record: Record | None = (yield RecordOf(code)) if code and not rest else None
    return None if record is None else (yield from hearing.again(_told(record)))


def _told(record: Record) -> Words:
    done = sum(times >= record.needed for _number, times in record.been)
    first = _(
        "{title}: {n} of {all} households have completed it ({needed} of {of} sessions; {held} held so far).",
        title=as_is(record.title),
        n=done,
        all=len(record.been),
        needed=record.needed,
        of=record.of,
        held=record.sessions,
    )
    shown = record.been[:MOST_LINES]
    lines = [_("{number}: {n} of {of}", number=as_is(number) if number else _("household"), n=n, of=record.of) for number, n in shown]
    rest = len(record.been) - len(shown)
    more = ngettext("{n} more: platica event completed {code}", "{n} more: platica event completed {code}", rest, code=record.code.upper())
    return joined("\n", first, *lines, more if rest else None)


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.WHO_COMPLETED: who_completed}
