"""What is remembered between two messages. Everything here is plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .questions import Layout, Shown
from .talk import Json
from .words import Words


class Unreadable(Exception):
    """A remembered state that this release cannot read. An alarm, never a fresh start."""


@dataclass(frozen=True)
class Asked:
    """The question on the person's screen, as they saw it."""

    name: str
    number: int
    """Counts the questions of this screen, so that an old button is known as old."""
    options: Shown = ()
    tries: int = 0


@dataclass(frozen=True)
class Conversation:
    """Where someone is: simply what they have told us, in order."""

    flow: str
    about: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    asked: Asked | None = None
    turns: int = 0


@dataclass(frozen=True)
class Memory:
    """One screen: the conversation on it, those that wait, and how often we did not understand."""

    open: Conversation | None = None
    paused: tuple[Conversation, ...] = ()
    questions: int = 0
    """How many questions this screen was ever shown."""
    unclear: int = 0
    """Messages in a row that meant nothing to us while nothing was asked."""
    nudges: int = 0
    lists: tuple[Conversation, ...] = ()
    """The lists of places shown last, the newest at the end, each as it stood on the screen."""

    @property
    def tells_where(self) -> bool:
        """Something on the screen says where somebody looked for help."""
        return bool(self.lists) or any(_names_a_place(each) for each in (self.open, *self.paused) if each is not None)

    def lapsed(self) -> Memory:
        """The screen after a long silence: nothing on it says any more where somebody looked for help."""
        still = self.open if self.open is None or not _names_a_place(self.open) else None
        return replace(self, open=still, paused=tuple(each for each in self.paused if not _names_a_place(each)), lists=())

    def to_json(self) -> dict[str, Any]:
        """Answers go as pairs: their order matters, and JSONB would lose it."""
        return {
            "version": 1,
            "open": self.open and _conversation_to_json(self.open),
            "paused": [_conversation_to_json(each) for each in self.paused],
            "questions": self.questions,
            "unclear": self.unclear,
            "nudges": self.nudges,
            "lists": [_conversation_to_json(each) for each in self.lists],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Memory:
        """Read what a release up to this one has written; raises `Unreadable`."""
        if kept is None:
            return cls()
        try:
            if kept["version"] != 1:
                raise Unreadable(f"state of version {kept['version']}: this release reads version 1")
            return cls(
                open=kept["open"] and _conversation_from_json(kept["open"]),
                paused=tuple(_conversation_from_json(each) for each in kept["paused"]),
                questions=int(kept["questions"]),
                unclear=int(kept["unclear"]),
                nudges=int(kept["nudges"]),
                lists=tuple(_conversation_from_json(each) for each in kept.get("lists", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as broken:
            raise Unreadable(f"{type(broken).__name__}: {broken}") from broken


def _names_a_place(kept: Conversation) -> bool:
    """It looks for help around a ZIP code, or holds one."""
    return kept.flow == "find_help" or "zip" in kept.about


def _conversation_to_json(kept: Conversation) -> dict[str, Any]:
    asked = kept.asked
    return {
        "flow": kept.flow,
        "about": dict(kept.about),
        "answers": [list(pair) for pair in kept.answers.items()],
        "done": list(kept.done),
        "asked": asked
        and {"name": asked.name, "number": asked.number, "options": [list(pair) for pair in asked.options], "tries": asked.tries},
        "turns": kept.turns,
    }


def _conversation_from_json(kept: Mapping[str, Any]) -> Conversation:
    asked = kept["asked"]
    if asked is not None:
        shown = tuple((str(key), str(label)) for key, label in asked["options"])
        asked = Asked(str(asked["name"]), int(asked["number"]), shown, int(asked["tries"]))
    return Conversation(
        flow=str(kept["flow"]),
        about=dict(kept["about"]),
        answers={str(name): answer for name, answer in kept["answers"]},
        done=tuple(str(name) for name in kept["done"]),
        asked=asked,
        turns=int(kept["turns"]),
    )


@dataclass(frozen=True)
class Prompt:
    """A question as it goes out: its words and its options, in the order of the list."""

    words: Words
    options: Mapping[str, Words] = field(default_factory=dict)
    layout: Layout = Layout.LIST
    number: int = 0
    place: bool = False
    """A channel that can share a location may offer it here."""


@dataclass(frozen=True)
class Turn:
    """The result of one turn: what to say, what to do, and what to remember. Nothing to say is a rightful silence."""

    memory: Memory
    said: tuple[Words, ...] = ()
    prompt: Prompt | None = None
    effects: tuple[object, ...] = ()
    nudge: bool = False
    """Ask once more if nobody answers."""

    @property
    def silent(self) -> bool:
        return not self.said and self.prompt is None


def shown_as(memory: Memory, labels: Mapping[str, str]) -> Memory:
    """The same memory, with the labels of the open question's options as the person reads them."""
    if memory.open is None or memory.open.asked is None:
        return memory
    options = tuple((key, labels.get(key, label)) for key, label in memory.open.asked.options)
    return replace(memory, open=replace(memory.open, asked=replace(memory.open.asked, options=options)))
