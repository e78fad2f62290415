"""Urgent texts: sentences that stand ready in every language, approved beforehand by a person. Only a day, a time and a place vary.

Free text is never urgent: it is what nobody has translated, at night, in a hurry, perhaps by whoever found the phone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from ..folding import fold
from ..gate import ANNOUNCE, Action, action
from ..questions import Question, Shown, Text, Unclear
from ..reply import Reply
from ..talk import Json, LookUp
from ..words import LanguageName, Words, _, as_is, joined
from .hints import refuse_code

DAY, TIME, PLACE = "day", "time", "place"
LONGEST_PLACE = 40
MINUTES = 5
"""Each second approver has so long before the next is asked."""
_LINK = re.compile(r"(?i)https?:|www\.|[a-z0-9-]\.[a-z]{2,}|@|/")


@dataclass(frozen=True)
class Template:
    """One urgent text: what staff call it, its sentence, and what varies in it. The slug stands in the database: it is for ever."""

    title: Words
    words: Words
    gaps: tuple[str, ...]

    def filled(self, school: str, given: Mapping[str, object]) -> Words:
        return Words(self.words.singular, gaps={"school": as_is(school), **{gap: given[gap] for gap in self.gaps}})

    @property
    def blank(self) -> Words:
        """With its gaps left open: what a person approves."""
        return Words(self.words.singular, gaps={gap: as_is(f"{{{gap}}}") for gap in ("school", *self.gaps)})


TEMPLATES: Mapping[str, Template] = {
    "closure": Template(
        _("school is closed"),
        _("{school}: NO SCHOOL on {day}. The school is closed. We will text you again when we know more."),
        (DAY,),
    ),
    "early-release": Template(
        _("school ends early"),
        _("{school}: school ends EARLY on {day}, at {time}. Please pick up your child at {place}."),
        (DAY, TIME, PLACE),
    ),
    "pick-up": Template(
        _("children are picked up elsewhere"),
        _("{school}: we have left the building. From {time} on, please pick up your child at {place}. Please do not come to the school."),
        (TIME, PLACE),
    ),
    "shelter": Template(
        _("everybody stays inside"),
        _(
            "{school}: since {time} everybody stays inside with the doors closed. Please do not come or call now. We will text you what comes next."
        ),
        (TIME,),
    ),
    "all-clear": Template(
        _("the alert is over"),
        _("{school}: the alert is over since {time}. The school day goes on as usual. You do not need to come."),
        (TIME,),
    ),
    "bus-late": Template(
        _("the bus is late"),
        _("{school}: the school bus is late. It will be at {place} at about {time}."),
        (PLACE, TIME),
    ),
}


def called(text: str) -> str:
    """The template of a slug, as staff type it; empty if it is none. What else they call it is known where the languages are."""
    said = fold(text)
    return next((slug for slug in TEMPLATES if fold(slug) == said or fold(slug).replace(" ", "") == said), "")


@dataclass(frozen=True)
class TemplateCalled(LookUp[str]):
    """The slug of the template that somebody calls so, in any language; empty if there is none."""

    text: str


@dataclass(frozen=True)
class Ready:
    """Whether somebody may begin an urgent announcement at their school, and with what."""

    may: bool = False
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By slug, the required languages in which nobody has approved its words."""
    second: int = 0
    """How many others could agree to it."""


@dataclass(frozen=True)
class UrgentSchools(LookUp[tuple[tuple[str, str], ...]]):
    """Keyword and name of each school where the person may begin something urgent."""


@dataclass(frozen=True)
class UrgentReady(LookUp[Ready]):
    """How the person stands before urgent announcements of a school."""

    school: str
    """Its keyword."""


@dataclass(frozen=True)
class UrgentSaved(LookUp[int]):
    """Keep it as a draft, and its number. Ask it once, in the breath that goes on with the number (`Next`)."""

    school: str
    slug: str
    day: date | None = None
    time: time | None = None
    place: str = ""


@dataclass(frozen=True)
class Urgent:
    """An urgent announcement as its author, or who may agree to it, sees it."""

    number: int
    slug: str
    school: str
    texts: tuple[tuple[str, str], ...]
    """Language and words, as they will leave."""
    people: int
    stage: str
    reason: str = ""
    mine: bool = False
    listed: bool = False
    """The person was asked for the second yes, or will be."""
    open: bool = False
    """It waits for the second yes, and its author still may."""
    fresh: bool = True
    """Every required language is approved in just these words."""

    @property
    def action(self) -> Action:
        """What both prove. The price is no part of it: urgent texts are exempt, and one family more must not void a code."""
        summary = _("URGENT {number} for {school}, {people} people.", number=self.number, school=as_is(self.school), people=self.people)
        content = {"urgent": self.number, "template": self.slug, "texts": [list(text) for text in self.texts], "reason": self.reason}
        return action(ANNOUNCE, summary, content)


@dataclass(frozen=True)
class UrgentOf(LookUp[Urgent | None]):
    """An urgent announcement of the person's own, or one to which they may agree; else None. `reason` is what its author has just given."""

    number: int
    reason: str = ""


@dataclass(frozen=True)
class AskSecond:
    """An effect: its author has proved that it is they; the first who may agree is asked."""

    number: int
    reason: str
    action: Action


@dataclass(frozen=True)
class Agree:
    """An effect: a second person has proved that it is they, and it starts at once."""

    number: int
    action: Action


@dataclass(frozen=True)
class Decline:
    """An effect: a second person has said no. It is over, and its author hears it."""

    number: int


@dataclass(frozen=True)
class PlaceName(Question[str]):
    """Where: a few plain words, since nobody translates them and nobody else looks at them."""

    def read(self, reply: Reply, shown: Shown) -> str:
        text = " ".join(reply.text.split())
        refuse_code(text)
        if not fold(text):
            raise Unclear(_("I found no words in your message."))
        if len(text) > LONGEST_PLACE:
            raise Unclear(_("Only the name of a place, please: at most {most} characters.", most=LONGEST_PLACE))
        if _LINK.search(text):
            raise Unclear(_("No links or addresses of the internet here, please: only the name of a place."))
        return text

    def load(self, stored: Json) -> str:
        return str(stored)


@dataclass(frozen=True)
class Reason(Text):
    """Why, in a line that a second person reads and the records keep."""

    def read(self, reply: Reply, shown: Shown) -> str:
        refuse_code(reply.text)
        return super().read(reply, shown)


def shown(texts: tuple[tuple[str, str], ...]) -> Words:
    """Every language, as it will leave."""
    return joined("\n", *(_("{language}: {text}", language=LanguageName(tag), text=as_is(text)) for tag, text in texts))


def please_agree(found: Urgent, text: str) -> Words:
    """To the next who may agree."""
    gaps: dict[str, Any] = {"number": found.number, "text": as_is(text), "people": found.people, "reason": as_is(found.reason)}
    return _(
        "URGENT {number}, to {people} people: “{text}” Reason: {reason}. It needs a second person. To agree: APPROVE {number}, within {minutes} minutes.",
        **gaps,
        minutes=MINUTES,
    )


def nobody_agreed(number: int) -> Words:
    return _(
        "URGENT {number} was NOT sent: nobody who may agree has answered. Please ring them; then begin again with URGENT.", number=number
    )


def declined(number: int) -> Words:
    return _("URGENT {number} was NOT sent: the second person said no. Please ring them.", number=number)


def starts(number: int) -> Words:
    return _("URGENT {number}: a second person agreed, it is leaving now. STATUS {number} shows how it goes.", number=number)


def asked_next(number: int) -> Words:
    return _("URGENT {number}: no answer yet, the next person is asked now.", number=number)
