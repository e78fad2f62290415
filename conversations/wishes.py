"""What a person says of their own accord that is neither a keyword nor a need, and what is answered.

`first` comes before a need is served, `last` after it: a child or a fraud matters more than the food named in the same
sentence, and bad words or a language matter less.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from . import say
from .effects import AskForCall, ForgetChild
from .engine import conversation, run, talk_of
from .keywords import Keyword, Meaning
from .state import Memory, Turn
from .talk import Json, LookUp

if TYPE_CHECKING:
    from .dialogue import Hearing

Wish = Generator[LookUp[Any], Any, Turn | None]


@dataclass(frozen=True)
class Source:
    """How a number came to us: on which day, and by what they or the school did (`how` as in the consent log)."""

    day: date
    how: str


@dataclass(frozen=True)
class WhereFrom(LookUp[Source | None]):
    """How the number that writes came to us; None if they wrote first and never joined."""


def first(hearing: Hearing) -> Wish:
    """A yes to the call that was offered with 988, a child, a lost home, a suspicious text, or who we are."""
    if hearing.who.in_crisis and hearing.memory.open is None and (hearing.reply.number == 1 or hearing.reply.keyword is Keyword.YES):
        return (yield from hearing.call())  # a call was the last they were offered
    match hearing.reply.meaning:
        case Meaning.CHILD:
            return (yield from _child(hearing))
        case Meaning.EVICTED if hearing.memory.open is None or hearing.memory.open.flow != "housing":
            about: dict[str, Json] = {key: value for key, value in (("zip", hearing.reply.zip), ("private", hearing.reply.status)) if value}
            return (yield from hearing.start("housing", pause=True, **about))
        case Meaning.SCAM:
            return (yield from hearing.again(say.never_money(hearing.who)))
        case Meaning.REPORT:
            turn = yield from hearing.again(say.reported(hearing.who))
            return replace(turn, effects=(*turn.effects, AskForCall("any", why="report")))
        case Meaning.WHO:
            source = yield WhereFrom()
            turn = yield from hearing.again(say.who_we_are(hearing.who))
            return replace(turn, said=(turn.said[0], say.where_from(hearing.who, source), *turn.said[1:]))
        case _:
            return None


def last(hearing: Hearing) -> Wish:
    """Words that need no more than care: after a crisis, in another language, on papers, in anger."""
    reply, who = hearing.reply, hearing.who
    if reply.maybe_crisis:
        return (
            Turn(hearing.memory, (say.somebody_is_awake(who),)) if who.in_crisis else (yield from hearing.again(say.if_it_is_crisis(who)))
        )
    if reply.tongue is not None:
        about: dict[str, Json] = {"tongue": reply.tongue.name, **({"town": True} if reply.tongue.of_a_town else {})}
        return (yield from hearing.start("interpreter", pause=True, **about))
    if reply.meaning is Meaning.STATUS:
        return (yield from hearing.again(say.ask_away(who)))
    if reply.meaning is Meaning.ANGER and (hearing.memory.open is None or hearing.memory.open.flow != "upset"):
        return (yield from hearing.start("upset"))
    return None


def _child(hearing: Hearing) -> Wish:
    """Kind, adults only, and of a stranger nothing is kept. A hungry child still hears where food is."""
    reply, who = hearing.reply, hearing.who
    said, effects = say.to_a_child(who), tuple[object, ...]()
    if reply.need is not None:
        aside = conversation("find_help", need=reply.need, **({"zip": reply.zip} if reply.zip else {}))
        ran = yield from run(hearing.flows["find_help"].flow, aside, talk_of(aside, who, aside=True))
        said, effects = (*said, *ran.said), ran.effects
    if who.joined:
        return Turn(hearing.memory, said, effects=effects)
    return Turn(Memory(questions=hearing.memory.questions), said, effects=(*effects, ForgetChild()))
