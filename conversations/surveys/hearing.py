"""Where a survey is heard: its name, a link with it, an answer to the first question of its invitation, and what is no answer in its middle."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..engine import Run, conversation
from ..events import hearing as events
from ..folding import fold
from ..keywords import Keyword
from ..replies import hearing as replies
from ..state import Turn
from ..talk import Json, LookUp
from ..words import Words, _, as_is
from . import saying
from .taking import FLOW, LANGUAGE, Elsewhere, Form, FormOf, SurveyCalled

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Conversation
    from ..steps import Turns

Wish = Generator[LookUp[Any], Any, Turn | None]

LINK = "s_"
"""Before a survey's name in a link, with _ for a space."""
MOST_WORDS, LONGEST = 4, 60
"""Of a text that may be a survey's name."""
ALONE = 3
"""Words of a message that asks for a need; a longer one in the middle of a survey only speaks of it."""
_TO_IT = frozenset({Keyword.YES, Keyword.OK, Keyword.NO, Keyword.SKIP})
GIVES_WAY = frozenset({"find_help", "menu", "offer_call", "resume", "helped", "may_join", "upset"})
"""Conversations that an invitation which came after them takes the place of."""


@dataclass(frozen=True)
class OnScreen:
    """The survey that the last text to an address asked for."""

    survey: int
    plain: bool
    """It was there long enough to be read, and not too long ago: a bare "1" is meant for it."""


@dataclass(frozen=True)
class LastAsked(LookUp[OnScreen | None]):
    """What a bare answer to an address would be meant for."""


def named(hearing: Hearing) -> Wish:
    """The whole text is the name of a survey."""
    reply = hearing.reply
    said = fold(reply.text)
    if reply.keyword is not None or reply.need is not None or not 0 < len(said) <= LONGEST or len(said.split()) > MOST_WORDS:
        return None
    return (yield from _called(hearing, said))


def linked(hearing: Hearing) -> Wish:
    """A link with a survey's name, or an event's code: from a poster, or from a group."""
    payload = hearing.reply.start_with
    if not payload.startswith(LINK):
        return (yield from events.by_link(hearing, payload))
    return (yield from _called(hearing, fold(payload.removeprefix(LINK).replace("_", " "))))


def _called(hearing: Hearing, name: str) -> Wish:
    found = yield SurveyCalled(name)
    if isinstance(found, Elsewhere):
        return (yield from hearing.again(saying.elsewhere(found, hearing.who.school.name)))
    return (yield from starts(hearing, found)) if found is not None else None


def starts(hearing: Hearing, survey: int, **more: Json) -> Turns:
    """From its beginning; whoever is in the middle of it goes on."""
    about: dict[str, Json] = {"survey": survey, **more}
    before = hearing.memory.open
    if before is not None and before.flow == FLOW and not _same(before, about):
        hearing.memory = replace(hearing.pause(), open=None)
    waits = hearing.memory if before is not None and _same(before, about) else hearing.pause()
    there = next((each for each in (before, *waits.paused) if each is not None and _same(each, about)), None)
    if there is None:
        return (yield from hearing.start(FLOW, pause=True, **about))
    hearing.memory = replace(waits, open=None, paused=tuple(each for each in waits.paused if each is not there))
    return (yield from hearing.settle((yield from hearing.run(there))))


def _same(before: Conversation, about: Mapping[str, Json]) -> bool:
    """The same survey, taken the same way."""
    return before.flow == FLOW and all(before.about.get(key) == about.get(key) for key in ("survey", "way", "for"))


# To an invitation


def invited(hearing: Hearing, *, words: bool = False) -> Wish:
    """An answer to the question that an invitation ends with, or a yes to it, where that was the last text.

    `words`: nothing else was understood, so that they may be the answer to an open question.
    """
    before, reply = hearing.memory.open, hearing.reply
    if (before is not None and before.flow not in GIVES_WAY) or reply.pressed is not None or not fold(reply.text):
        return None
    if reply.keyword not in {None, *_TO_IT} or (words and "?" in reply.text):
        return None
    shown: OnScreen | None = yield LastAsked()
    form: Form | None = (yield FormOf(shown.survey)) if shown is not None else None
    if shown is None or form is None or not form.open:
        return None
    if reply.bare and not shown.plain:
        return (yield from hearing.again(_which(form, hearing.who.language)))
    if (turn := (yield from _answers(hearing, form, words=words))) is not None or not reply.bare:
        return turn
    if reply.keyword is Keyword.NO:
        return (yield from hearing.again(_("All right. If you change your mind, text {name}.", name=form.slug.upper())))
    return (yield from starts(hearing, form.id, asked=True))


def _answers(hearing: Hearing, form: Form, *, words: bool) -> Wish:
    """Their words as the answer to its first question; None where they are none."""
    first: Run = yield from hearing.run(conversation(FLOW, survey=form.id, asked=True))
    if first.conversation is None or first.prompt is None:
        return (yield from starts(hearing, form.id)) if hearing.reply.bare else None
    if not (words or first.prompt.options or hearing.reply.number is not None):
        return None
    ran: Run = yield from hearing.run(first.conversation, hearing.reply)
    if ran.unclear is not None:
        return None
    hearing.memory = replace(hearing.memory, open=None)
    return (yield from hearing.settle(ran))


def _which(form: Form, language: str | None) -> Words:
    return _("Do you mean “{title}”? Then text {name}.", title=as_is(form.title(language or "en")), name=form.slug.upper())


def over_it(hearing: Hearing) -> Wish:
    """A bare answer while a question is open that an invitation came after."""
    shown: OnScreen | None = yield LastAsked()
    form: Form | None = (yield FormOf(shown.survey)) if shown is not None else None
    if form is None or not form.open:
        return None
    first = _(
        "For “{title}” text {name}. For the other question, please answer once more:",
        title=as_is(form.title(hearing.who.language or "en")),
        name=form.slug.upper(),
    )
    return (yield from hearing.again(first))


# In its middle


def only_if_asked(hearing: Hearing) -> None:
    """In the middle of a survey a need counts in a few words, or with a place; a longer comment only speaks of it."""
    reply, before = hearing.reply, hearing.memory.open
    inside = before is not None and before.flow == FLOW
    if inside and reply.need is not None and reply.zip is None and len(fold(reply.text).split()) > ALONE:
        hearing.reply = replace(reply, need=None, also=(), place="", placed=False)


def to_ours(hearing: Hearing) -> Wish:
    """Words that may answer what we sent: a survey's open question, or a person. What is said in a survey goes to nobody."""
    before = hearing.memory.open
    if before is not None and before.flow == FLOW:
        return None
    return (yield from invited(hearing, words=True)) or (yield from replies.from_family(hearing))


def chose(before: Conversation, ran: Run) -> bool:
    """Whoever was handed the phone has said in which language they answer; whose it is keeps theirs."""
    asks = before.flow == FLOW and before.asked is not None and before.asked.name == LANGUAGE
    return asks and ran.unclear is None
