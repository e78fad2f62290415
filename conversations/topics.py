"""What a family chose to hear about, and the words that change it from anywhere. What they ask for is answered whatever they chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from .effects import Prefer
from .keywords import Keyword
from .state import Turn
from .talk import LookUp
from .words import Words, _, pgettext

if TYPE_CHECKING:
    from .dialogue import Hearing
    from .steps import Turns


class Topic(StrEnum):
    """What something that we start is about."""

    EVENTS = "events"
    SURVEYS = "surveys"
    NEWS = "news"
    URGENT = "urgent"
    """Reaches whoever has not said STOP."""


MUTABLE: Mapping[Topic, Words] = {
    Topic.EVENTS: pgettext("topic", "events"),
    Topic.SURVEYS: pgettext("topic", "surveys"),
    Topic.NEWS: pgettext("topic", "news"),
}
"""The topics that a family can do without, in the order of the list."""


@dataclass(frozen=True)
class Wanted:
    """What somebody chose: what they do not hear of, and whether everything rests."""

    muted: frozenset[str] = frozenset()
    paused: bool = False

    @property
    def everything(self) -> bool:
        return not self.muted and not self.paused


@dataclass(frozen=True)
class WantedHere(LookUp[Wanted]):
    """What the person who writes chose."""


EVERYTHING = Prefer(hear=tuple(MUTABLE), pause=False)
ONLY_URGENT = Prefer(mute=tuple(MUTABLE))
PAUSE = Prefer(pause=True)


def without(topic: Topic) -> Prefer:
    return Prefer(mute=(topic,))


def again(topic: Topic) -> Prefer:
    return Prefer(hear=(topic,))


def said(chosen: Prefer) -> Words:
    """What was understood, and the way back."""
    match chosen:
        case Prefer(pause=True):
            return _(
                "All right: nothing routine from us for two weeks. Urgent news still comes, and we answer when you ask. Sooner: START."
            )
        case Prefer(pause=False):
            return _("All right, you will hear from us about everything: events, surveys, news. TOPICS to choose.")
        case Prefer(mute=(topic,)):
            return _("All right, no more {topic}. Urgent news still comes. TOPICS to choose again.", topic=MUTABLE[Topic(topic)])
        case Prefer(hear=(topic,)):
            return _("All right, you will get {topic} again. TOPICS to choose.", topic=MUTABLE[Topic(topic)])
        case _:
            return _("All right, only urgent news from now on. We still answer when you ask. TOPICS to choose again.")


def _told(chosen: Prefer) -> Callable[[Hearing], Turns]:
    """A word that says it all: done at once, and the open question comes again, unless it was the list of topics."""

    def tell(hearing: Hearing) -> Turns:
        if hearing.memory.open is not None and hearing.memory.open.flow == "topics":
            hearing.memory = replace(hearing.memory, open=None)
        turn = yield from hearing.again(said(chosen))
        return replace(turn, effects=(*turn.effects, chosen))

    return tell


def everything(hearing: Hearing) -> Turns:
    """START from somebody who did without something, or rested; said by the carrier already, it is only done."""
    if hearing.reply.answered:
        return Turn(hearing.memory, effects=(EVERYTHING,))
    return (yield from _told(EVERYTHING)(hearing))


def choose(hearing: Hearing) -> Turns:
    return (yield from hearing.start("topics"))


COMMANDS: Mapping[Keyword, Callable[[Hearing], Turns]] = {
    Keyword.TOPICS: choose,
    Keyword.PAUSE: _told(PAUSE),
    Keyword.ONLY_URGENT: _told(ONLY_URGENT),
    Keyword.EVERYTHING: everything,
    Keyword.NO_EVENTS: _told(without(Topic.EVENTS)),
    Keyword.NO_SURVEYS: _told(without(Topic.SURVEYS)),
    Keyword.NO_NEWS: _told(without(Topic.NEWS)),
}
