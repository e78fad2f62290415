"""What staff text about an event: "how many for pizza?", "who needs Spanish?", CLOSE PIZZA, CAPACITY PIZZA 80, PAPER PIZZA 23 adults 14 kids.

Counts, never names. What names no event of theirs is heard as ordinary words.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..folding import fold
from ..talk import LookUp
from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .answering import who
from .event import APPOINTMENT
from .making import has_times

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]
MOST_ROOM = 100_000


@dataclass(frozen=True)
class Counts:
    """Where an event of theirs stands."""

    event: int
    code: str
    title: str
    starts: datetime
    stage: str
    coming: tuple[int, int, int]
    """Households that said yes, their adults and their children."""
    perhaps: int
    declined: int
    silent: int | None
    """Invited people who have not answered; None where that is not told."""
    held: int
    capacity: int | None
    waiting: int
    """Places that are wanted and not had."""
    came: tuple[int, int, int]
    interpreters: Mapping[str, int] = field(default_factory=dict)
    """Households by language."""
    kind: str = ""


@dataclass(frozen=True)
class CountsOf(LookUp[Counts | None]):
    """The event of a folded code at the schools where they may ask; None if there is none, or they may not."""

    code: str


@dataclass(frozen=True)
class CountsComing(LookUp[tuple[Counts, ...]]):
    """The events to come at their schools, the nearest first; none where they may not ask."""


@dataclass(frozen=True)
class LanguageIn(LookUp[str | None]):
    """The tag of a language that is named, or None."""

    text: str


@dataclass(frozen=True)
class MayHold(LookUp[int | None]):
    """How many places are taken already, where a capacity would be too small; None where it fits."""

    event: int
    capacity: int


@dataclass(frozen=True)
class Answering:
    """Close an event to answers, or open it again."""

    event: int
    open: bool


@dataclass(frozen=True)
class Room:
    """Another capacity."""

    event: int
    capacity: int


@dataclass(frozen=True)
class OnPaper:
    """What the sheet adds up to; it takes the place of what was entered before."""

    event: int
    adults: int
    children: int


def how_many(hearing: Hearing, order: Order) -> Obeyed:
    """Who comes, and who came."""
    found, rest = yield from _named(order)
    return None if found is None or rest else (yield from hearing.again(told(found)))


def who_needs(hearing: Hearing, order: Order) -> Obeyed:
    """Households that asked for an interpreter, at each event to come."""
    language = yield LanguageIn(fold(order.text))
    if language is None:
        return None
    coming: tuple[Counts, ...] = yield CountsComing()
    if not coming:
        return None
    asked = [(each, each.interpreters.get(language, 0)) for each in coming]
    lines = [ngettext("{code}: {n} household", "{code}: {n} households", count, code=each.code.upper()) for each, count in asked if count]
    name = LanguageName(language)
    if not lines:
        return (yield from hearing.again(_("Nobody who comes has asked for {language}.", language=name)))
    return (yield from hearing.again(joined("\n", _("{language} interpreter:", language=name), *lines)))


def close(hearing: Hearing, order: Order) -> Obeyed:
    return (yield from _moved(hearing, order, opens=False))


def reopen(hearing: Hearing, order: Order) -> Obeyed:
    return (yield from _moved(hearing, order, opens=True))


def _moved(hearing: Hearing, order: Order, *, opens: bool) -> Obeyed:
    found, rest = yield from _named(order)
    if found is None or rest:
        return None
    if found.stage != ("closed" if opens else "open"):
        return (yield from hearing.again(_no_change(found, opens=opens)))
    words = (
        _("{title} is open to answers again.", title=as_is(found.title))
        if opens
        else _("{title} takes no more answers. REOPEN {code} opens it again.", title=as_is(found.title), code=found.code.upper())
    )
    turn = yield from hearing.again(words)
    return replace(turn, effects=(*turn.effects, Answering(found.event, opens)))


def _no_change(found: Counts, *, opens: bool) -> Words:
    if found.stage == ("open" if opens else "closed"):
        return _("{title} was that already.", title=as_is(found.title))
    return _("{title} is a draft, over or called off: that cannot be changed.", title=as_is(found.title))


def capacity(hearing: Hearing, order: Order) -> Obeyed:
    """CAPACITY PIZZA 80. Whoever waits is offered what is new."""
    found, rest = yield from _named(order)
    if found is None:
        return None
    if found.kind == APPOINTMENT:
        return (yield from hearing.again(has_times(found.title)))
    if not (rest.isascii() and rest.isdecimal() and 0 < int(rest) <= MOST_ROOM):
        return (yield from hearing.again(_("For how many? For example: CAPACITY {code} 80.", code=found.code.upper())))
    taken: int | None = yield MayHold(found.event, int(rest))
    if taken is not None:
        return (
            yield from hearing.again(
                _("{n} places are taken or offered already. Give {n} or more; nothing was changed.", n=taken),
            )
        )
    turn = yield from hearing.again(
        _("There is room for {n} at {title} now. Who waits is offered a place.", n=int(rest), title=as_is(found.title))
    )
    return replace(turn, effects=(*turn.effects, Room(found.event, int(rest))))


def paper(hearing: Hearing, order: Order) -> Obeyed:
    """PAPER PIZZA 23 adults 14 kids: what the sheet adds up to."""
    found, rest = yield from _named(order)
    if found is None:
        return None
    said: tuple[int, int] | None = yield PaperIn(rest)
    if said is None or found.stage not in {"open", "closed"}:
        return (yield from hearing.again(_how_on_paper(found, said)))
    turn = yield from hearing.again(
        _(
            "Entered for {title}, on paper: {who}. Wrong? Send it once more: it is counted once.",
            title=as_is(found.title),
            who=who(*said, {}),
        )
    )
    return replace(turn, effects=(*turn.effects, OnPaper(found.event, *said)))


@dataclass(frozen=True)
class PaperIn(LookUp[tuple[int, int] | None]):
    """Adults and children in a text, however many: "23 adults 14 kids", "23 adultos"."""

    text: str


def _how_on_paper(found: Counts, said: tuple[int, int] | None) -> Words:
    if said is not None:
        return _("{title} is a draft, over or called off: that cannot be changed.", title=as_is(found.title))
    return _("How many signed on paper? For example: PAPER {code} 23 adults 14 kids.", code=found.code.upper())


def _named(order: Order) -> Generator[LookUp[Any], Any, tuple[Counts | None, str]]:
    """The event its first word names, and what follows."""
    first, *rest = [word for word in fold(order.text).split() if word not in _AROUND] or [""]
    found = (yield CountsOf(first)) if first.isalnum() and not first.isdecimal() else None
    return found, " ".join(rest)


_AROUND = frozenset({"to", "for", "at", "the", "a", "al", "para", "la", "el"})
"""Words around a code, in the languages there are: "how many come to pizza", "raise pizza to 80"."""


def told(counts: Counts) -> Words:
    """Like "Pizza night: 12 households come: 20 adults, 31 kids. Perhaps: 2. Can't: 3. Not answered: 14. Places: 51 of 80."."""
    households, adults, children = counts.coming
    come = ngettext("{n} household comes", "{n} households come", households)
    people = who(adults, children, {}) if households and counts.kind != APPOINTMENT else None
    whole = joined(": ", as_is(counts.title), joined(": ", come, people))
    return joined(" ", joined("", whole, as_is(".")), *_others(counts), _places(counts), *_came(counts))


def _others(counts: Counts) -> list[Words]:
    parts = [
        _("Perhaps: {n}.", n=counts.perhaps) if counts.perhaps else None,
        _("Can't: {n}.", n=counts.declined) if counts.declined else None,
        _("Not answered: {n}.", n=counts.silent) if counts.silent is not None else None,
        _("Waiting: {n}.", n=counts.waiting) if counts.waiting else None,
    ]
    return [words for words in parts if words is not None]


def _places(counts: Counts) -> Words | None:
    return _("Places: {n} of {all}.", n=counts.held, all=counts.capacity) if counts.capacity is not None else None


def _came(counts: Counts) -> list[Words]:
    households, adults, children = counts.came
    return [_("Came: {who}.", who=who(adults, children, {}))] if households else []


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {
    Verb.HOW_MANY: how_many,
    Verb.WHO_NEEDS: who_needs,
    Verb.CLOSE: close,
    Verb.REOPEN: reopen,
    Verb.CAPACITY: capacity,
    Verb.PAPER: paper,
}
