"""Hearing an address of which we do not know whether it is still theirs.

What they ask for themselves is answered as a stranger's would be; then comes the one question, until it is answered. Nothing of
the person we knew is shown, and no part of theirs in a school works.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import say
from .effects import SetLanguage
from .engine import conversation, run, talk_of
from .keywords import Keyword, Leaving, Meaning
from .reply import Reply
from .state import Conversation, Memory, Turn
from .talk import Json, LookUp, SchoolCalled
from .words import Words, _

if TYPE_CHECKING:
    from .dialogue import Hearing
    from .steps import Turns

FLOW = "still_you"
OFFER_AT = 3
"""Messages that are no answer, after which they also hear whom to ring."""
MOST = 8
"""Messages in a row that are no answer; past that we are silent."""

_THEN: Mapping[Keyword, str] = {
    Keyword.CALL: "call_me",
    Keyword.MENU: "menu",
    Keyword.START: "join",
    Keyword.LANGUAGE: "language",
    Keyword.TOPICS: "topics",
    Keyword.MY_DATA: "my_data",
    Keyword.FORGET: "forget",
    Keyword.UNLINK: "unlink",
}
"""What is gone on with after the answer."""


def heard(hearing: Hearing) -> Turns:
    """STOP and danger as ever; then the answer, if it is one; else what they ask for, and the question."""
    reply, before = hearing.reply, hearing.memory.open
    before = before if before is not None and before.flow == FLOW else None
    misses = hearing.memory.unclear + 1 if before is not None else 0
    hearing.memory = Memory(open=before, questions=hearing.memory.questions)
    if reply.keyword is Keyword.STOP:
        return hearing.leave("keyword")
    if reply.crisis is not None:
        return hearing.crisis()
    if before is not None and _may_answer(before, reply):
        ran = yield from hearing.run(before, reply)
        if ran.unclear is None:
            return (yield from hearing.settle(ran))
    if reply.leaving is Leaving.SURE:
        return hearing.leave("free text")
    if misses > MOST or (before is not None and reply.keyword is Keyword.THANKS):
        return Turn(replace(hearing.memory, unclear=misses))
    said, effects = yield from _answered(hearing)
    if misses >= OFFER_AT and not said:
        said = (_("A person: {phone}. / Una persona: {phone}.", phone=hearing.who.school.phone),)
    then = _then(reply) or (yield from _school(reply))
    asking = conversation(FLOW, **then) if before is None or then else before
    turn = yield from hearing.settle((yield from hearing.run(asking)), said, effects)
    return replace(turn, memory=replace(turn.memory, unclear=misses))


def _may_answer(before: Conversation, reply: Reply) -> bool:
    """The screen rule: a bare answer counts only if it is plain what it answers, a button only with its own question."""
    if reply.pressed is not None:
        return before.asked is not None and reply.pressed.question == before.asked.number
    return reply.plain or not reply.bare


def _then(reply: Reply) -> dict[str, Json]:
    if reply.keyword is not None and reply.keyword in _THEN:
        return {"then": _THEN[reply.keyword]}
    if reply.tongue is not None:
        return {"then": "interpreter", "tongue": reply.tongue.name, **({"town": True} if reply.tongue.of_a_town else {})}
    return {"then": "menu", "zip": reply.zip} if reply.zip and reply.need is None else {}


def _school(reply: Reply) -> Generator[LookUp[Any], Any, dict[str, Json]]:
    """The keyword of a school: whoever has the phone now would join it."""
    school = (yield SchoolCalled(reply.lone)) if reply.lone else None
    return {} if school is None else {"then": "join", "how": "keyword", "school": school.keyword}


Answered = Generator[LookUp[Any], Any, tuple[tuple[Words, ...], tuple[object, ...]]]


def _answered(hearing: Hearing) -> Answered:
    """What a stranger would hear to this, before the question."""
    reply, who = hearing.reply, hearing.who
    effects: tuple[object, ...] = ()
    if reply.language is not None:
        hearing.who = who = replace(who, language=reply.language)
        effects = (SetLanguage(reply.language, guessed=True),)
    if need := reply.need or ("housing" if reply.meaning is Meaning.EVICTED else None):
        about = {key: value for key, value in (("need", need), ("zip", reply.zip), ("private", reply.status)) if value}
        aside = conversation("find_help", bare=True, **about)
        ran = yield from run(hearing.flows[aside.flow].flow, aside, talk_of(aside, who, aside=True))
        return ran.said, (*effects, *ran.effects)
    if reply.keyword is Keyword.HELP:
        return () if reply.answered else (say.help_text(who),), effects
    match reply.meaning:
        case Meaning.SCAM | Meaning.REPORT:
            return (say.never_money(who),), effects
        case Meaning.WHO:
            return (say.who_we_are(who),), effects
        case Meaning.CHILD:
            return say.to_a_child(who), effects
        case _:
            return (), effects
