"""Run a flow as far as the answers go.

A flow is an ordinary coroutine, but it is never kept alive between messages: each turn runs it
again from the top. A question that already has an answer returns it at once; the first one that
has none is where the person is. There is no other state, so a changed flow has nothing to migrate.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field, replace
from typing import Any

from .questions import Place, Question, Unclear
from .reply import Reply
from .state import Asked, Conversation, Prompt
from .talk import Ask, Do, Json, LookUp, Talk
from .who import Who
from .words import Words

Flow = Callable[[Talk], Coroutine[Any, Any, Any]]
LookUps = Generator[LookUp[Any], Any, "Run"]

MOST_QUESTIONS = 200
"""Questions in one run; a flow that asks more is a loop."""


class FlowError(Exception):
    """A flow broke a rule. Always a bug in the flow, never in the reply."""


@dataclass(frozen=True)
class Run:
    """How far a flow came: still asking (`conversation` and `prompt`), or at its end (`outcome`)."""

    said: tuple[Words, ...]
    effects: tuple[object, ...]
    conversation: Conversation | None = None
    prompt: Prompt | None = None
    unclear: Unclear | None = None
    """The reply did not answer the open question; what to say to that."""
    nudge: bool = False
    outcome: object = None


class _Waiting(Exception):
    """Stop here: only the person can take the conversation further."""

    def __init__(self, question: Question[Any], tries: int = 0, unclear: Unclear | None = None) -> None:
        super().__init__(question.name)
        self.question, self.tries, self.unclear = question, tries, unclear


def run(flow: Flow, before: Conversation, talk: Talk, reply: Reply | None = None) -> LookUps:
    """Take `before` one reply further, or ask the same thing again if there is none.

    Yields each `LookUp` the flow makes, is sent its result, returns the `Run`.
    """
    running = _Running(before, reply, talk)
    coroutine = flow(talk)
    value: Any = None
    try:
        while True:
            match coroutine.send(value):
                case LookUp() as query:
                    value = yield query
                case Do(name, effect):
                    running.do(name, effect)
                    value = None
                case Ask(question):
                    value = yield from running.answer(question)
                case other:
                    raise FlowError(f"{before.flow} may only await talk.*, not {other!r}")
    except StopIteration as end:
        return Run(tuple(talk.said), tuple(running.effects), outcome=end.value)
    except _Waiting as waiting:
        return running.stop(waiting)
    finally:
        coroutine.close()


def back(before: Conversation) -> Conversation:
    """Forget the last answer, so that its question is asked again."""
    return replace(before, answers=dict(list(before.answers.items())[:-1]), asked=None)


def conversation(flow: str, **about: Json) -> Conversation:
    return Conversation(flow, about)


def talk_of(before: Conversation, who: Who, *, aside: bool = False, paused: Words | None = None) -> Talk:
    return Talk(who, before.about, aside, paused)


@dataclass
class _Running:
    before: Conversation
    reply: Reply | None
    talk: Talk
    effects: list[object] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.answers = dict(self.before.answers)
        self.done = self.before.done

    def answer(self, question: Question[Any]) -> Generator[LookUp[Any], Any, Any]:
        """The answer to `question`: the one we have, or the one just received."""
        self._first_time(question.name)
        try:
            value = question.load(self.answers[question.name])
        except (KeyError, ValueError):  # never asked, or changed since it was
            stored = yield from self._read_reply(question)
            value = question.load(stored)
            self.answers.pop(question.name, None)
            self.answers[question.name] = stored
        self.talk.said.clear()  # already heard, before they answered
        return value

    def _read_reply(self, question: Question[Any]) -> Generator[LookUp[Any], Any, Json]:
        asked, reply, self.reply = self.before.asked, self.reply, None
        if reply is None or asked is None or asked.name != question.name:
            raise _Waiting(question)
        query = question.wants(reply)
        if query is not None:
            reply = replace(reply, found=(yield query))
        try:
            return question.read(reply, asked.options)
        except Unclear as unclear:
            raise _Waiting(question, asked.tries + 1, unclear) from None

    def do(self, name: str, effect: object) -> None:
        self._first_time(name)
        if name not in self.done:
            self.done = (*self.done, name)
            self.effects.append(effect)

    def stop(self, waiting: _Waiting) -> Run:
        """Remember where we are, and what is on the screen."""
        question = waiting.question
        options = question.options()
        asked = Asked(question.name, 0, tuple((key, "") for key in options), waiting.tries)
        after = replace(self.before, answers=self.answers, done=self.done, asked=asked)
        prompt = Prompt(question.words, options, question.layout, place=isinstance(question, Place))
        return Run(tuple(self.talk.said), tuple(self.effects), after, prompt, waiting.unclear, question.nudge)

    def _first_time(self, name: str) -> None:
        if name in self.names:
            raise FlowError(f"{self.before.flow} uses the name {name!r} twice")
        if len(self.names) >= MOST_QUESTIONS:
            raise FlowError(f"{self.before.flow} does not come to an end")
        self.names.add(name)
