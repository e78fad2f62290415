"""An appointment: times, each for one household. What is looked up and done about them, what families hear, and what staff text.

TIMES CONF shows staff who comes when; OFFER CONF 661-555-0120 writes to one family. No home address is ever asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..folding import fold
from ..talk import LookUp
from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .event import Event
from .invitation import sentence, signed

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]
MOST_LINES = 24
"""Times that staff are shown in one text."""


@dataclass(frozen=True)
class FreeTimes(LookUp[tuple[tuple[int, datetime], ...]]):
    """Numbers and beginnings of the times that nobody has, by the school's clock. They stay so until the turn is over."""

    event: int


@dataclass(frozen=True)
class PickTime:
    """The household comes at this time, and gives back the one it had. The others of it hear."""

    event: int
    time: int


# What families hear


def at(event: Event, title: str | None, when: datetime) -> Words:
    """Like "Parent conferences, Tue, Dec 1, 4pm, room 12"."""
    return joined(", ", as_is(title or event.title()), _("{when}", when=when), as_is(event.place) if event.place else None)


def all_set(event: Event, title: str, when: datetime) -> Words:
    """Of a visit without a place we ask for none: whoever comes agrees on it by phone."""
    said = _("You're set: {event}. Another time: CHANGE. Can't come: CANT.", event=at(event, title, when))
    return said if event.place else joined(" ", said, no_address())


def no_address() -> Words:
    return _("Please send no address: we call you first.")


def reminder(event: Event, title: str, when: datetime, *, soon: bool) -> Words:
    gaps = {"event": at(event, title, when)}
    first = _("Today: {event}", **gaps) if soon else _("See you soon: {event}", **gaps)
    return joined(" ", sentence(signed(event, title, first)), _("Another time: CHANGE. Can't come: CANT."))


def picked(event: Event, title: str, when: datetime) -> Words:
    """To another phone of the household."""
    return _("Your household has picked a time: {event}. Another time: CHANGE. Can't come: CANT.", event=at(event, title, when))


def given_back(event: Event, title: str) -> Words:
    return _("Saved: your time for {title} is free for others. To pick another: {code}.", title=as_is(title), code=event.code.upper())


# What staff text


@dataclass(frozen=True)
class Taken:
    """The times of an appointment, with who has each: a number to call and a language; None: nobody."""

    title: str
    code: str
    times: tuple[tuple[datetime, tuple[str, str] | None], ...]
    waiting: int


@dataclass(frozen=True)
class TimesTaken(LookUp[Taken | None]):
    """Of the appointment of a folded code; None if there is none, or it is not theirs to see. Each look is logged."""

    code: str


@dataclass(frozen=True)
class Offer:
    """A family that can be offered the times of an event."""

    event: int
    person: int
    title: str
    problem: Words | None = None


@dataclass(frozen=True)
class OfferTo(LookUp[Offer | None]):
    """None where the code is of no appointment of theirs."""

    code: str
    number: str


@dataclass(frozen=True)
class SendOffer:
    """Write to one family that it can pick a time."""

    event: int
    person: int


def times(hearing: Hearing, order: Order) -> Obeyed:
    code, rest = apart(order.text)
    taken: Taken | None = (yield TimesTaken(code)) if code and not rest else None
    return None if taken is None else (yield from hearing.again(_told(taken)))


def offer(hearing: Hearing, order: Order) -> Obeyed:
    code, number = apart(order.text)
    found: Offer | None = (yield OfferTo(code, number)) if code else None
    if found is None or (hearing.drafting and not any(map(str.isdigit, number))):
        return None
    if found.problem is not None:
        return (yield from hearing.again(found.problem))
    turn = yield from hearing.again(_("{title} is offered to {number}: they pick a time by text.", title=as_is(found.title), number=number))
    return replace(turn, effects=(*turn.effects, SendOffer(found.event, found.person)))


def apart(text: str) -> tuple[str, str]:
    """The code, folded, and what follows it."""
    first, _space, rest = text.strip().rstrip("?").partition(" ")
    folded = fold(first)
    return (folded, rest.strip()) if folded.isalnum() and not folded.isdecimal() else ("", "")


def _told(taken: Taken) -> Words:
    """Each day with its times; what does not fit is counted."""
    had = sum(who is not None for _at, who in taken.times)
    first = _("{title}: {n} of {all} times are taken.", title=as_is(taken.title), n=had, all=len(taken.times))
    waiting = ngettext("{n} family waits.", "{n} families wait.", taken.waiting) if taken.waiting else None
    shown = taken.times[:MOST_LINES]
    days = [_day(day, list(some)) for day, some in groupby(shown, key=lambda each: each[0].date())]
    rest = len(taken.times) - len(shown)
    more = ngettext("{n} more: platica event times {code}", "{n} more: platica event times {code}", rest, code=taken.code.upper())
    return joined("\n", joined(" ", first, waiting), *days, more if rest else None)


def _day(day: Any, some: list[tuple[datetime, tuple[str, str] | None]]) -> Words:
    return joined("\n", joined("", _("{day}", day=day), as_is(":")), *(_line(at_, who) for at_, who in some))


def _line(at_: datetime, who: tuple[str, str] | None) -> Words:
    if who is None:
        return _("{time} free", time=at_.time())
    number, tag = who
    language = _("{language}", language=LanguageName(tag)) if tag else None
    return joined(" ", _("{time}", time=at_.time()), joined(", ", as_is(number), language))


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.TIMES: times, Verb.OFFER: offer}
