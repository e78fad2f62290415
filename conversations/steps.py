"""The steps a dialogue is made of: open a flow, pause it, ask again, and remember where it came to."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import lists, say
from .engine import Flow, Run, conversation, run, talk_of
from .reply import Reply
from .state import Conversation, Memory, Turn
from .talk import Json, LookUp
from .who import Who
from .words import Words

Turns = Generator[LookUp[Any], Any, Turn]

MOST_TURNS = 100
"""Messages in one conversation; past that it rests."""
MOST_PAUSED = 3


@dataclass(frozen=True)
class Entry:
    """A flow in the register: its function, and how it is named when it is offered again."""

    flow: Flow
    title: Words
    pauses: bool = True
    """Worth going on with after something else came between."""
    drafting: bool = False
    """What is written here is to be sent, not said: only STOP, an order or a command by itself is heard in it."""
    rests: bool = False
    """Silence does not end it: the clock of its area does."""


Flows = Mapping[str, Entry]


@dataclass(frozen=True)
class Next:
    """An outcome: go on with another flow in the same breath. (`False` as an outcome lets go of what was paused.)"""

    flow: str
    about: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Resume:
    """An outcome: go on with what was paused."""


@dataclass
class Steps:
    """A message being heard, and the steps that every way of answering it is made of."""

    flows: Flows
    memory: Memory
    reply: Reply
    who: Who

    def __post_init__(self) -> None:
        """A flow that this release no longer has: its conversation is over."""
        before = self.memory.open if self.memory.open and self.memory.open.flow in self.flows else None
        self.memory = replace(self.memory, open=before, paused=tuple(each for each in self.memory.paused if each.flow in self.flows))

    def settle(self, ran: Run, said: tuple[Words, ...] = (), effects: tuple[object, ...] = ()) -> Turns:
        """Remember where a run came to; at its end go on with what follows from it."""
        said, effects = (*said, *ran.said), (*effects, *ran.effects)
        memory = replace(self.memory, unclear=0)
        if ran.conversation is not None and ran.prompt is not None and ran.conversation.asked is not None:
            if ran.conversation.turns >= MOST_TURNS:
                return Turn(replace(memory, open=None), (*said, say.rest(self.who)), effects=effects)
            number = memory.questions + 1
            asked = replace(ran.conversation.asked, number=number)
            opened = replace(ran.conversation, asked=asked, turns=ran.conversation.turns + 1)
            memory = lists.kept(replace(memory, open=opened, questions=number), opened)
            return Turn(memory, said, replace(ran.prompt, number=number), effects, ran.nudge)
        self.memory = replace(memory, open=None)
        match ran.outcome:
            case Next(flow, about):
                following = conversation(flow, **about)
            case Resume() if memory.paused:
                following, self.memory = memory.paused[-1], replace(self.memory, paused=memory.paused[:-1])
            case False:
                self.memory = replace(self.memory, paused=())
                return Turn(self.memory, said, effects=effects)
            case _over if memory.paused and not self.who.in_crisis:
                following = conversation("resume")
            case _over:
                return Turn(self.memory, said, effects=effects)
        return (yield from self.settle((yield from self.run(following)), said, effects))

    # In passing

    def in_passing(self, before: Conversation, aside: Conversation) -> Turns:
        """Answer something else, then go on where we were."""
        ran = yield from run(self.flows[aside.flow].flow, aside, talk_of(aside, self.who, aside=True))
        return (yield from self.beside(before, ran))

    def beside(self, before: Conversation, ran: Run) -> Turns:
        """What was said in passing, then the open question again."""
        turn = yield from self.settle((yield from self.run(before)))
        memory = lists.in_passing(turn.memory, ran)
        return replace(turn, said=ran.said, effects=(*ran.effects, *turn.effects), memory=memory)

    def start(self, flow: str, *, pause: bool = True, **about: Json) -> Turns:
        """Open a flow. What was open waits, and is offered again."""
        before = self.memory.open
        if before is not None and before.flow == flow:
            pause = False
        self.memory = replace(self.pause() if pause else self.memory, open=None)
        return (yield from self.settle((yield from self.run(conversation(flow, **about)))))

    def pause(self) -> Memory:
        before = self.memory.open
        if before is None or not self.flows[before.flow].pauses:
            return self.memory
        others = tuple(each for each in self.memory.paused if _about(each) != _about(before))
        return replace(self.memory, paused=(*others, before)[-MOST_PAUSED:])

    def again(self, first: Words, memory: Memory | None = None) -> Turns:
        """Say something, then ask the open question again, if there is one."""
        self.memory = memory or self.memory
        if self.memory.open is None:
            return Turn(self.memory, (first,))
        ran = yield from self.run(self.memory.open)
        turn = yield from self.settle(replace(ran, said=()))
        return replace(turn, said=(first, *turn.said), memory=replace(turn.memory, nudges=self.memory.nudges))

    def run(self, before: Conversation, reply: Reply | None = None) -> Generator[LookUp[Any], Any, Run]:
        title = self.flows[self.memory.paused[-1].flow].title if self.memory.paused else None
        return (yield from run(self.flows[before.flow].flow, before, talk_of(before, self.who, paused=title), reply))

    @property
    def misses(self) -> int:
        """Messages in a row, with this one, that meant nothing to us."""
        return self.memory.unclear + 1


def _about(each: Conversation) -> tuple[str, Json]:
    """Of one flow one waits, but two surveys can."""
    return each.flow, each.about.get("survey", 0)
