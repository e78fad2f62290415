"""What a person says of their own accord that is neither a keyword nor a need, and what is answered.

`first` comes before a need is served, `last` after it: a child or a fraud matters more than the food named in the same
sentence, and bad words or a language matter less.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from . import lists, say
from .effects import AskForCall, ForgetChild
from .engine import conversation, run, talk_of
from .events import hearing as events
from .folding import fold
from .keywords import Keyword, Meaning
from .opening import DAYS_AHEAD, NowHere, day_meant
from .questions import ZipOf
from .state import Memory, Turn
from .surveys import hearing as surveys
from .talk import Json, LookUp, SchoolCalled

if TYPE_CHECKING:
    from .dialogue import Hearing

SERVED = frozenset({"find_help", "menu", "offer_call", "resume", "introduce", "interpreter", "upset", "may_join"})
"""Conversations that a need takes the place of; any other goes on after it."""

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


def heard(hearing: Hearing) -> Wish:
    """What they ask for of their own accord: a need, a place, a school by its keyword, thanks; None if nothing is understood."""
    reply, before = hearing.reply, hearing.memory.open
    if (turn := (yield from first(hearing))) is not None:
        return turn
    if (turn := (yield from surveys.named(hearing)) or (yield from events.heard(hearing))) is not None:
        return turn
    if (turn := (yield from _needed(hearing))) is not None:
        return turn
    if reply.nowhere:
        return (yield from hearing.again(say.off_the_map(hearing.who)))
    if reply.media:
        return (yield from hearing.again(say.no_media(hearing.who)))
    if (turn := (yield from joins(hearing))) is not None:
        return turn
    listed = before is None or before.flow == "find_help"
    if reply.keyword is Keyword.THANKS or (listed and (reply.keyword is Keyword.OK or reply.polite)):
        return Turn(hearing.memory)
    if reply.keyword is Keyword.HELLO:
        return (yield from hearing.again(say.hello(hearing.who)))
    if before is None and not hearing.who.joined and fold(hearing.who.school.keyword) in fold(reply.text).split():
        return (yield from hearing.start("may_join"))
    return (yield from last(hearing))


def joins(hearing: Hearing) -> Wish:
    """The keyword of a school, alone."""
    if hearing.reply.lone and (school := (yield SchoolCalled(hearing.reply.lone))) is not None:
        return (yield from hearing.start("join", how="keyword", school=school.keyword))
    return None


def _needed(hearing: Hearing) -> Wish:
    """A need, or a place alone. The place is the one they name, else the one of the list they saw last."""
    reply, before = hearing.reply, hearing.memory.open
    menu = before is None or before.flow == "menu"
    named = reply.zip
    if named is None and reply.place and (reply.need is not None or (reply.placed and menu)):
        named = yield ZipOf(reply.place, exact=not reply.placed)
    if reply.need is None:
        return (yield from _place_alone(hearing, named, menu=menu)) if named else None
    about: dict[str, Json] = {"need": reply.need, **_where(hearing, named)}
    if reply.meaning in DAYS_AHEAD:
        about["day"] = str(day_meant(reply.meaning, (yield NowHere())))
    if reply.also:
        about["also"] = " ".join(reply.also)
    if reply.status or (before is not None and before.flow == "menu" and "private" in before.about):
        about["private"] = True
    if before is None or before.flow in SERVED:
        return (yield from hearing.start("find_help", pause=False, **about))
    return (yield from hearing.in_passing(before, conversation("find_help", **about)))


def _where(hearing: Hearing, named: str | None) -> dict[str, Json]:
    """What a search is to know of the place: named now, named before, unknown to us, or nothing."""
    before = hearing.memory.open
    if named:
        return {"zip": named}
    if hearing.reply.placed:
        return {"unknown": True}
    if before is not None and before.flow == "menu" and "zip" in before.about:
        return {"zip": before.about["zip"]}
    kept = lists.place(hearing.memory)
    return {"zip": kept, "kept": True} if kept else {}


def _place_alone(hearing: Hearing, zip_code: str, *, menu: bool) -> Wish:
    """A place without a need: the menu there; or the list that was shown in passing, there."""
    before, shown = hearing.memory.open, hearing.memory.lists
    if before is not None and shown and before.flow not in SERVED:
        return (yield from hearing.in_passing(before, conversation("find_help", need=shown[-1].about["need"], zip=zip_code)))
    if not menu:
        return None
    private: dict[str, Json] = {"private": True} if hearing.reply.status or (before is not None and "private" in before.about) else {}
    return (yield from hearing.start("menu", pause=False, zip=zip_code, **private))


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
    if reply.meaning is Meaning.GRATITUDE and "?" not in reply.text:
        return Turn(hearing.memory)
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
        aside = conversation("find_help", need=reply.need, bare=True, **({"zip": reply.zip} if reply.zip else {}))
        ran = yield from run(hearing.flows["find_help"].flow, aside, talk_of(aside, who, aside=True))
        said, effects = (*said, *ran.said), ran.effects
    if who.joined:
        return Turn(hearing.memory, said, effects=effects)
    return Turn(Memory(questions=hearing.memory.questions), said, effects=(*effects, ForgetChild()))
