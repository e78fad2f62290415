"""The books of an announcement in words: how far it is, and who did not get it, and why. Nobody is named, and a hold is a hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext


@dataclass(frozen=True)
class Account:
    """intended = delivered + sent + waiting (why) + failed (why) + skipped (why) + unknown."""

    number: int
    stage: str
    intended: int
    delivered: int = 0
    sent: int = 0
    unknown: int = 0
    waits: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    skips: Mapping[str, int] = field(default_factory=dict)

    @property
    def blocked(self) -> int:
        """How many did not get it because of its words."""
        return self.failures.get(FILTERED, 0)


@dataclass(frozen=True)
class AccountOf(LookUp[Account | None]):
    """The books of an announcement at one of the person's schools; None as `DraftOf`."""

    number: int


FILTERED = "30007"
"""Twilio's code where a carrier took it for unwanted. It will take the next with the same words for it too."""
REASONS: Mapping[str, Words] = {
    "": _("their turn comes"),
    "on its way": _("on its way"),
    "stopped": _("said STOP"),
    "unreachable": _("cannot be reached"),
    "muted": _("chose not to hear of this"),
    FILTERED: _("a carrier blocked its words"),
    "no channel": _("by an app that is not set up here"),
    "held": _("held, it comes later"),
    "night": _("night there, it comes in the morning"),
    "daily cap": _("the day’s limit, it comes tomorrow"),
    "budget": _("the month’s budget is spent"),
    "paused": _("paused"),
    "too late": _("it was too late"),
    "halted": _("stopped by the school"),
    "not welcomed": _("not introduced to us yet"),
    "no text": _("no text for them"),
}
"""Why somebody has not got it. What is not here is a carrier's code."""


def status(books: Account) -> Words:
    """The account in one breath: it adds up."""
    figures = (
        _("delivered {n}", n=books.delivered),
        _("sent {n}", n=books.sent),
        _("waiting {n}", n=sum(books.waits.values())),
        _("failed {n}", n=sum(books.failures.values())),
        _("left out {n}", n=sum(books.skips.values())),
        _("unknown {n}", n=books.unknown),
    )
    said = joined(", ", *(each for each in figures if each.gaps["n"]))
    if not books.intended:
        return _nobody_yet(books)
    return _("{n}: {figures}. In all {all}. WHO {n}: who did not get it, and why.", n=books.number, figures=said, all=books.intended)


def who_missed(books: Account) -> Words:
    """Who did not get it, by why; the most first."""
    if not books.intended:
        return _nobody_yet(books)
    reasons = [*books.skips.items(), *books.failures.items(), *books.waits.items()]
    lines = [_("{n} {why}", n=n, why=reason(why)) for why, n in sorted(reasons, key=lambda each: -each[1])]
    if books.unknown:
        lines.append(ngettext("{n} unknown: the carrier did not say", "{n} unknown: the carrier did not say", books.unknown))
    if not lines:
        return _("{n}: nobody is left out.", n=books.number)
    missed = sum(n for _why, n in reasons) + books.unknown
    return joined("\n", _("{n} did not reach {missed} of {all}:", n=books.number, missed=missed, all=books.intended), *lines)


def _nobody_yet(books: Account) -> Words:
    return _("{n}: nobody has a text of it yet.", n=books.number)


def reason(why: str) -> Words:
    return REASONS.get(why) or _("the carrier refused it ({code})", code=as_is(why))
