"""The price before the button: what a campaign costs, how long it takes, who will wait, and what made it dearer. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext
from .account import REASONS

MICRO = 1_000_000
"""Microdollars of a dollar."""


@dataclass(frozen=True)
class Follow:
    """What follows the first text, in shares of its recipients: an assumption, told as one ("about")."""

    texts: float = 0.0
    """Nudges, reminders and answers of ours, for each recipient."""
    answers: float = 0.0
    """Texts of theirs, which are billed too."""


FOLLOWS: Mapping[str, Follow] = {
    "news": Follow(0.05, 0.1),
    "urgent": Follow(0.1, 0.2),
    "change": Follow(0.05, 0.1),
    "reminder": Follow(0.05, 0.1),
    "invitation": Follow(2.4, 1.5),
    "survey": Follow(1.9, 1.5),
}
"""By kind. An invitation: two nudges to six of ten, two reminders to four of ten, a confirmation and one question more to some.
A survey: one nudge to seven of ten, three questions to four of ten."""


@dataclass(frozen=True)
class Part:
    """One language of it: as it is billed by SMS. `costly` is a character that makes it dearer, `without` the segments without such."""

    language: str
    sms: int
    telegram: int
    segments: int
    costly: str = ""
    without: int = 0

    @property
    def people(self) -> int:
        return self.sms + self.telegram


@dataclass(frozen=True)
class Price:
    """What sending a draft now would mean. Money in microdollars; times by the school's clock."""

    parts: tuple[Part, ...]
    first: int
    """The announcement itself."""
    campaign: int
    """With what follows: nudges, reminders, expected answers."""
    left: int | None = None
    """Of this month's budget, before it; None: no budget is set."""
    exempt: bool = False
    """The budget does not stop it."""
    held: int = 0
    """How many had their text of the week, or rest: they get it later."""
    begins: datetime | None = None
    ends: datetime | None = None
    """When the last of it has left, at the sender's rate, within its daily cap and by day; of those who need not wait."""
    unpriced: bool = False
    """No price is known for that day."""
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(part.people for part in self.parts)

    @property
    def blocked(self) -> Words | None:
        """Why it cannot be sent as it is."""
        if self.people == 0:
            return _("Nobody would get it: that audience is empty, or all of it has stopped.")
        if self.left is not None and not self.exempt and self.first > self.left:
            return _(
                "It costs {price}, and {left} are left of this month's budget. Make it shorter or smaller, or ask the manager for more.",
                price=dollars(self.first),
                left=dollars(max(0, self.left)),
            )
        return None

    @property
    def content(self) -> dict[str, Any]:
        """What a second factor is bound to: a code for another number of people or another price opens nothing."""
        return {"parts": [[part.language, part.sms, part.telegram, part.segments] for part in self.parts], "price": self.first}

    @property
    def lines(self) -> tuple[Words, ...]:
        """What to say before the button."""
        return tuple(
            line
            for line in (self._who(), *map(_costly, self.parts), self._money(), self._time(), self._waiting(), self._left_out())
            if line
        )

    def _who(self) -> Words | None:
        if not self.people:
            return None
        each = joined(", ", *(_part(part) for part in self.parts if part.people))
        return ngettext("To {n} phone: {each}.", "To {n} phones: {each}.", self.people, each=each)

    def _money(self) -> Words | None:
        if self.unpriced:
            return _("No price is set for that day (PLATICA_PRICES), so none is said.")
        if self.first == 0:
            return _("It costs nothing to send.")
        if self.campaign > self.first:
            return _("About {price}; with what follows about {all}.", price=dollars(self.first), all=dollars(self.campaign))
        return _("About {price}.", price=dollars(self.first))

    def _time(self) -> Words | None:
        if self.begins is None or self.ends is None or (self.ends - self.begins).total_seconds() < _NOT_LONG:
            return None
        return _("It takes until {when}.", when=self.ends)

    def _waiting(self) -> Words | None:
        return (
            ngettext("{n} gets it later: a rest, or one text a week.", "{n} get it later: a rest, or one text a week.", self.held)
            if self.held
            else None
        )

    def _left_out(self) -> Words | None:
        why = joined(", ", *(_("{reason} {n}", reason=REASONS.get(why, as_is(why)), n=n) for why, n in sorted(self.left_out.items()) if n))
        return _("Left out: {why}.", why=why) if why.parts else None


_NOT_LONG = 15 * 60
"""Seconds of sending that nobody needs to hear of."""


@dataclass(frozen=True)
class PriceOf(LookUp[Price]):
    """What sending the draft of this number would mean now."""

    number: int
    turn: int = 0
    """Another one asks again, in a breath that has changed something."""


def dollars(micro: int) -> Words:
    """Like "$4.12"; "$0.01" is the least there is."""
    cents = max(1, round(micro / (MICRO / 100))) if micro > 0 else 0
    return as_is(f"${cents // 100}.{cents % 100:02}")


def _part(part: Part) -> Words:
    name = as_is(part.language or "?")
    if part.sms == 0:
        return _("{language} {n}", language=name, n=part.people)
    return ngettext(
        "{language} {people} ({n} text each)", "{language} {people} ({n} texts each)", part.segments, language=name, people=part.people
    )


def _costly(part: Part) -> Words | None:
    if not part.costly or part.without >= part.segments:
        return None
    return _(
        "“{character}” makes the {language} text dearer: {n} texts each, without it {cheaper}.",
        character=as_is(part.costly),
        language=as_is(part.language),
        n=part.segments,
        cheaper=part.without,
    )
