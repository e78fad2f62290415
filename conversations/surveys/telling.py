"""What staff text to hear what a survey has found, "RESULTS climate", and the words in which it is told. Totals, and nobody's answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..folding import fold
from ..talk import LookUp
from ..words import Words, _, as_is, joined
from .assessment import Standing, StandingHere, told

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]


@dataclass(frozen=True)
class Answered:
    """A survey as it may be told now."""

    lines: tuple[Words, ...]
    """The whole school's tables, no more than three texts of them."""


@dataclass(frozen=True)
class ResultsOf(LookUp[Answered | None]):
    """The newest version of a survey of theirs, by its folded name, that was opened; None if there is none, or they may not ask."""

    name: str


@dataclass(frozen=True)
class Surveys(LookUp[tuple[str, ...]]):
    """The names of the surveys they may ask about."""


@dataclass(frozen=True)
class KeepHeard(LookUp[int | None]):
    """The number of a new draft that tells families what a survey found, and what the school did; None where they may not announce."""

    survey: int
    did: str = ""


@dataclass(frozen=True)
class Told(LookUp[int | None]):
    """The survey of a folded name, where something of it is told that they may announce."""

    name: str


def results(hearing: Hearing, order: Order) -> Obeyed:
    """RESULTS climate; alone, which there are."""
    if not order.text:
        names: Sequence[str] = yield Surveys()
        if not names or hearing.drafting:
            return None
        return (yield from hearing.again(_("Of which survey? Text RESULTS and its name: {names}.", names=as_is(", ".join(names)))))
    found: Answered | None = yield ResultsOf(fold(order.text))
    return None if found is None else (yield from hearing.again(joined("\n", *found.lines)))


def heard(hearing: Hearing, order: Order) -> Obeyed:
    """HEARD climate, or HEARD climate: The light at the gate works. A draft, which goes the way of every draft."""
    name, _colon, did = order.text.partition(":")
    survey: int | None = yield Told(fold(name))
    if survey is None:
        return None
    number: int | None = yield KeepHeard(survey, " ".join(did.split()))
    return None if number is None else (yield from hearing.start("draft", pause=True, draft=number, new=True))


def standing(hearing: Hearing, order: Order) -> Obeyed:
    """ASSESSMENT, or “how is the assessment?”."""
    if hearing.drafting:
        return None
    found: Standing | None = yield StandingHere()
    none = _("No assessment has begun here. Whoever runs Platica begins one: platica assessment begin")
    return (yield from hearing.again(none if found is None else told(found)))


def answers(n: int) -> Words:
    """How many are told."""
    return _("{n} answers.", n=n) if n else _("Nothing to tell yet: there must be ten answers.")


def question(title: str, lines: Sequence[tuple[str, int]]) -> Words:
    """Like "How safe does your child feel? very much 52%; somewhat 30%"."""
    said = "; ".join(f"{label} {percent}%" for label, percent in lines)
    return joined(" ", as_is(title), as_is(said) if lines else nothing_apart())


def nothing_apart() -> Words:
    return _("(too few to tell apart)")


def perhaps_again() -> Words:
    """Answers that nobody can tell whose they are: they may be somebody's second, and are told by themselves."""
    return _("at a kiosk or on paper without a code, perhaps for a second time")


def there_is_more(n: int) -> Words:
    return _("And {n} more: ask who runs this for the page.", n=n)


def we_heard(title: str, n: int) -> Words:
    """How families are told: "What we heard: How school feels. 120 answered."."""
    return _("What we heard: {title}. {n} answered.", title=as_is(title), n=n)


def you_said(title: str, n: int) -> Words:
    return _("You said: {title}. {n} answered.", title=as_is(title), n=n)


def we_did(what: str) -> Words:
    return _("We did: {what}", what=as_is(what))


def most_said(title: str, label: str, percent: int) -> Words:
    """The answer that most gave."""
    return joined(" ", as_is(title), joined("", as_is(f"{label}, {percent}%.")))


def said_often(title: str, themes: Sequence[str]) -> Words:
    return joined(" ", as_is(title), as_is(", ".join(themes) + "."))


def thanks() -> Words:
    return _("Thank you to all who answered.")


def how_to_read() -> Words:
    """Below every figure."""
    return _(
        "Shares are of everybody who was asked. Fewer than ten are never told apart: such answers stand together or are left out."
        " Who answered chose to; this is no sample drawn by lot, so no margin of error is given."
    )


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.RESULTS: results, Verb.HEARD: heard, Verb.ASSESSMENT: standing}
