"""What a conversation looks up about what families write back, and what it does with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from ..talk import LookUp
from ..words import Words

ANSWERING = frozenset({"liaison", "coordinator", "principal", "manager"})
"""Roles that answer families; `storage.replies.duty` knows at which school."""


class Inbox(Enum):
    """What becomes of words that mean nothing to us."""

    NOT_OURS = "not ours"
    """They have heard of nothing lately: it is no reply to anything."""
    OPEN = "open"
    """A person answers them."""
    NOTED = "noted"
    """The same, and they heard so a moment ago: people write in pieces."""
    NOBODY = "nobody"
    """There is nobody who could answer."""


@dataclass(frozen=True)
class Lately:
    """What a message may be a reply to."""

    answer: tuple[Words, ...] = ()
    """It asks for a fact of what they were told, and this is it."""
    inbox: Inbox = Inbox.NOT_OURS
    newest: bool = True
    """It reached the screen after the question that is open there."""


@dataclass(frozen=True)
class RepliesTo(LookUp[Lately]):
    """What this text replies to, of what the person was told lately; `question` is the number of the open one, 0 for none."""

    text: str
    question: int = 0


@dataclass(frozen=True)
class ThisMessage(LookUp[int]):
    """The number under which the message that is being heard is kept. Its words are kept nowhere else."""


@dataclass(frozen=True)
class WrittenIn(LookUp[str | None]):
    """The words of a message of the person's own, without the number of the thread before them; None once they are erased."""

    message: int


@dataclass(frozen=True)
class ToLiaison:
    """An effect: a message of a family waits for a person, in the family's thread."""

    message: int


class Standing(Enum):
    OPEN = "open"
    NONE = "none"
    """There is no such thread at a school of theirs."""
    CLOSED = "closed"
    """The family has said STOP since, or the number changed hands."""


@dataclass(frozen=True)
class Said:
    """One message of a thread."""

    theirs: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Thread:
    """A family's thread as a liaison sees it. Nothing says who they are."""

    number: int
    standing: Standing
    language: str = ""
    asked_at: datetime | None = None
    """By the school's clock."""
    today: bool = True
    """It was asked today."""
    about: str = ""
    """How the announcement begins that they had before them."""
    said: tuple[Said, ...] = ()
    mine: bool = False
    waits: bool = False
    """Nobody has answered since they wrote."""
    foreign: str = ""
    """The language of the given text, where it is plainly not the family's."""


@dataclass(frozen=True)
class ThreadOf(LookUp[Thread]):
    """The thread of a number. `text` is what shall go there, if there is something."""

    number: int
    text: str = ""


@dataclass(frozen=True)
class Waiting(LookUp[tuple[Thread, ...]]):
    """What waits for an answer at the schools of a member of the staff, longest first; `mine` only what she was told of lately."""

    mine: bool = False


@dataclass(frozen=True)
class Answer:
    """An effect: these words of a person go to the family of a thread."""

    number: int
    text: str


@dataclass(frozen=True)
class ThreadShown:
    """An effect: somebody was shown what a family wrote. It is logged."""

    number: int


@dataclass(frozen=True)
class BackOn(LookUp[date | None]):
    """The day somebody means who says until when they are away; None if it is none."""

    text: str


@dataclass(frozen=True)
class GoAway:
    """An effect: what would come to this person goes to the next, from now on until the beginning of a day."""

    until: date | None = None


@dataclass(frozen=True)
class ComeBack:
    """An effect: they are at work again."""
