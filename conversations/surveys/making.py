"""What a conversation needs to ask families something: a survey that is ready, whether a name is free, and how it is kept with its invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..announcements.audience import Audience
from ..talk import LookUp
from ..words import Words, _


@dataclass(frozen=True)
class Ready:
    """A survey that somebody brought in, or of the bank."""

    definition: str
    """JSON."""
    anonymous: bool = True


@dataclass(frozen=True)
class ReadySurvey(LookUp[Ready | None]):
    """The draft of a name at the person's schools, else the survey of the bank that is called so. `name` is folded."""

    name: str


@dataclass(frozen=True)
class NameFits(LookUp[Words | None]):
    """What stands in the way of calling a survey so; None: nothing does."""

    name: str


@dataclass(frozen=True)
class Drafted:
    """A survey and the draft of the text that asks people to take it."""

    number: int
    until: datetime
    """By the school's clock."""


@dataclass(frozen=True)
class KeepSurvey(LookUp[Drafted]):
    """Keep it, and the draft of its invitation. Ask it once, in the breath that goes on with the number (`Next`)."""

    audience: Audience
    name: str
    definition: str
    anonymous: bool = True


@dataclass(frozen=True)
class RemindOf(LookUp[int | Words | None]):
    """The draft of a reminder to those who have not taken part in the survey of a folded name, or why there is none; None: no such survey.

    Ask it once, in the breath that goes on with the number.
    """

    name: str


def not_open(name: str) -> Words:
    return _("“{name}” is not open, so nobody can be reminded of it.", name=name.upper())


def too_few(name: str) -> Words:
    return _(
        "Fewer than 10 of those who were asked have not taken part in “{name}”: nobody is reminded, so that nobody is known.",
        name=name.upper(),
    )


def no_name(name: str) -> Words:
    return _(
        "“{name}” cannot be what families text: 1 to 3 words, up to 20 letters, and no word that means something here already.", name=name
    )


def is_open(name: str, until: datetime) -> Words:
    return _("“{name}” is open already, until {when}. REMIND {name} reminds those who have not taken part.", name=name.upper(), when=until)
