"""What the author of a flow holds: `ask`, `say`, `look_up` and `do`."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from .who import School, Who
from .words import Words

if TYPE_CHECKING:
    from .questions import Question

T = TypeVar("T")

Json = str | int | bool


class Request(Generic[T]):
    """Something the flow waits for. Awaiting it hands it to the engine."""

    def __await__(self) -> Generator[Request[T], T, T]:
        return (yield self)


class LookUp(Request[T]):
    """A question only data can answer. Subclass it as a frozen dataclass, one per query; equal ones are asked once a turn."""


@dataclass(frozen=True)
class SchoolCalled(LookUp[School | None]):
    """The school of a keyword, as folded text; None where there is none."""

    keyword: str


@dataclass(frozen=True)
class Ask(Request[T]):
    question: Question[T]


@dataclass(frozen=True)
class Do(Request[None]):
    name: str
    effect: object


@dataclass
class Talk:
    """One run of a flow. `about` is what it was started with; `aside` means it answers in passing and may not ask."""

    who: Who
    about: Mapping[str, Json] = field(default_factory=dict)
    aside: bool = False
    paused: Words | None = None
    """The title of the conversation that waits meanwhile, if one does."""
    said: list[Words] = field(default_factory=list)

    def say(self, words: Words) -> None:
        self.said.append(words)

    def ask(self, question: Question[T]) -> Ask[T]:
        """Wait for the person's answer, for days if need be."""
        return Ask(question)

    def look_up(self, query: LookUp[T]) -> LookUp[T]:
        """Wait for the data's answer."""
        return query

    def do(self, name: str, effect: object) -> Do:
        """Change something now, once, however often the flow is run again."""
        return Do(name, effect)
