"""Lists of places that were shown, and what can still be done with them.

Their buttons and letters work when something else is on the screen, and the place that was named for one is kept for the next
wish. All of it lapses with the screen: see `Memory.lapsed`.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .engine import Run, run, talk_of
from .keywords import Keyword
from .reply import Pressed, Reply
from .state import Conversation, Memory, Turn
from .talk import LookUp

if TYPE_CHECKING:
    from .dialogue import Hearing

Answer = Generator[LookUp[Any], Any, Turn | None]

FLOW = "find_help"
MORE = "more"
AT = "at:"
OPEN = "open:"
"""What is picked is what is open on a day."""
ELSEWHERE = "elsewhere"
"""A button where there are buttons; a text message just sends the ZIP code."""
MOST_LISTS = 3
IN_PASSING = 0
"""The number of a list that no question was asked with: it has letters, and no buttons."""
LETTERS = "abc"

_ZIP = re.compile(rf"(?:{AT})?(\d{{5}})")


def kept(memory: Memory, shown: Conversation | None) -> Memory:
    """The memory with a list that was just shown; what is no list changes nothing."""
    if shown is None or shown.flow != FLOW or shown.asked is None or not shown.asked.name.startswith("pick"):
        return memory
    others = tuple(each for each in memory.lists if _number(each) not in {_number(shown), IN_PASSING})
    return replace(memory, lists=(*others, shown)[-MOST_LISTS:])


def in_passing(memory: Memory, ran: Run) -> Memory:
    """The memory with a list that was shown while something else stays open."""
    shown = ran.conversation
    return memory if shown is None or shown.asked is None else kept(memory, replace(shown, asked=replace(shown.asked, number=IN_PASSING)))


def place(memory: Memory) -> str | None:
    """The ZIP code they named for the list they saw last."""
    if not memory.lists:
        return None
    shown = memory.lists[-1]
    named = [zip_code for answer in shown.answers.values() if (zip_code := _ZIP.fullmatch(str(answer)))]
    return named[-1][1] if named else str(shown.about["zip"]) if "zip" in shown.about else None


def pressed(hearing: Hearing) -> Answer:
    """A button of a list that is no longer the last question: it says by itself what it answers."""
    button = hearing.reply.pressed
    shown = next((each for each in hearing.memory.lists if button and _number(each) == button.question != IN_PASSING), None)
    return None if shown is None else (yield from _picked(hearing, shown, hearing.reply))


def lettered(hearing: Hearing) -> Answer:
    """A letter of the list shown in passing, or MORE of it, while another question is open."""
    reply, shown = hearing.reply, hearing.memory.lists[-1] if hearing.memory.lists else None
    if shown is None or shown.asked is None or shown.asked.number != IN_PASSING:
        return None
    keys = [key for key, _label in shown.asked.options]
    places = [key for key in keys if key not in {MORE, ELSEWHERE}]
    letter = reply.text.strip(" .)!").casefold()
    if len(letter) == 1 and letter in LETTERS[: len(places)]:
        option = LETTERS.index(letter)
    elif reply.keyword is Keyword.MORE and MORE in keys:
        option = keys.index(MORE)
    else:
        return None
    return (yield from _picked(hearing, shown, Reply("", pressed=Pressed(IN_PASSING, option))))


def _picked(hearing: Hearing, shown: Conversation, reply: Reply) -> Answer:
    """Go on with that list; or, where another question is open, say what was picked and ask that question again."""
    before = hearing.memory.open
    if before is None or before.flow == FLOW:
        ran = yield from hearing.run(shown, reply)
        return None if ran.unclear is not None else (yield from hearing.settle(ran))
    options = shown.asked.options if shown.asked else ()
    option = reply.pressed.option if reply.pressed else -1
    if not 0 <= option < len(options) or options[option][0] == ELSEWHERE:
        return None
    ran = yield from run(hearing.flows[FLOW].flow, shown, talk_of(shown, hearing.who, aside=True), reply)
    return (yield from hearing.beside(before, ran))


def _number(shown: Conversation) -> int:
    return shown.asked.number if shown.asked else IN_PASSING
