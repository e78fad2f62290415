"""A draft as a conversation sees it, what can be looked up about it, and what can be done to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ..gate import Action
from ..talk import LookUp
from .audience import Audience

KINDS = ("news", "invitation", "survey", "reminder", "change", "urgent")
"""As `storage.tables.Kind` writes them, in the words of the tables and the command line."""


AGAIN_OF, BLOCKED_WORDS = "again_of", "blocked_words"
"""Of a draft's `about`: the announcement that a carrier blocked, and the hash of the words that must be others now."""


class TextState(Enum):
    """How far the words of one language are."""

    MISSING = "missing"
    ASKED = "asked"
    """A liaison has it before them."""
    WRITTEN = "written"
    """Somebody has written it, and nobody has approved it yet."""
    APPROVED = "approved"
    STALE = "stale"
    """It was approved, and the source has changed since."""


@dataclass(frozen=True)
class TextIn:
    """The words of one language."""

    language: str
    state: TextState
    body: str = ""
    required: bool = False
    """Nothing leaves before it is approved and fresh (the school's list; Ed Code 48985)."""


@dataclass(frozen=True)
class Draft:
    """An announcement at any stage. `texts` has the source first, then every language the school needs or somebody wrote."""

    number: int
    kind: str
    stage: str
    language: str
    """Of the source."""
    audience: Audience
    texts: tuple[TextIn, ...]
    send_at: datetime | None = None
    """By the school's clock; None: as soon as it has passed the gate."""
    about: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def body(self) -> str:
        return self.texts[0].body

    @property
    def still_blocked(self) -> bool:
        """Its words are those that a carrier blocked."""
        return self.about.get(BLOCKED_WORDS) == hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def lacking(self) -> tuple[TextIn, ...]:
        """The required languages that stand in the way."""
        return tuple(text for text in self.texts if text.required and text.state is not TextState.APPROVED)


@dataclass(frozen=True)
class DraftOf(LookUp[Draft | None]):
    """The draft of a number, if it is one of the person's own schools and they may announce there; else None."""

    number: int
    turn: int = 0
    """Another one asks again, in a breath that has changed something."""


@dataclass(frozen=True)
class Counted:
    """How many an audience is now: one person once, at the address they would be written to."""

    people: int = 0
    languages: tuple[tuple[str, int], ...] = ()
    """Tag and people, the most first; "" where the language is not known."""
    channels: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    """Why somebody of the audience would get nothing, and how many: "stopped", "unreachable", "muted"."""
    shown: bool = True
    """False: fewer than ten of an audience that must not be told apart, so no number is said."""


@dataclass(frozen=True)
class Count(LookUp[Counted]):
    audience: Audience
    kind: str = "news"


@dataclass(frozen=True)
class Saved(LookUp[int]):
    """Keep a new draft of the person's, and its number. Ask it once, in the breath that goes on with the number (`Next`)."""

    kind: str
    audience: Audience
    language: str
    texts: tuple[tuple[str, str], ...]
    """Language and body; the source first."""
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Resend(LookUp[int]):
    """A draft for whom a carrier blocked an announcement, and its number; the one there is, where it was asked for before. Ask it once."""

    number: int


@dataclass(frozen=True)
class ChangeText:
    """An effect: the words of one language are these now. Of the source: all translations are stale. Approval falls away."""

    number: int
    language: str
    body: str


@dataclass(frozen=True)
class ApproveText:
    """An effect: the person has approved just these words of just this source."""

    number: int
    language: str
    body: str


@dataclass(frozen=True)
class ChangeDraft:
    """An effect: another audience, time, kind or last moment. What is None stays."""

    number: int
    audience: Audience | None = None
    kind: str | None = None
    send_at: datetime | None = None
    at_once: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class Discard:
    """An effect: a draft is dropped, or what is scheduled is cancelled. Nothing of it has left."""

    number: int


@dataclass(frozen=True)
class Hold:
    """An effect: what is scheduled is a draft again. Nothing of it has left."""

    number: int


@dataclass(frozen=True)
class Halt:
    """An effect: what is running stops; what has not left stays unsent, and is counted."""

    number: int


@dataclass(frozen=True)
class GoOn:
    """An effect: what was paused goes on."""

    number: int


@dataclass(frozen=True)
class Send:
    """An effect: the gate was passed for just this. It leaves at its time, and no sooner than UNDO can hold it."""

    number: int
    action: Action


@dataclass(frozen=True)
class Preview:
    """An effect: every language of it goes to the person's own phone."""

    number: int


Change = ChangeText | ApproveText | ChangeDraft | Discard | Hold | Halt | GoOn


@dataclass(frozen=True)
class Changed(LookUp[Draft | None]):
    """Do it now, and how the draft stands then; None as `DraftOf`. What the stage does not allow is left alone.

    Ask it once, in the breath that goes on with what it answers (`Next`).
    """

    change: Change
    turn: int = 0


@dataclass(frozen=True)
class Clock(LookUp[datetime]):
    """The moment, by the clock of a draft's school; of the person's own where no draft is named."""

    number: int = 0


@dataclass(frozen=True)
class Brief:
    """A draft in a list of them."""

    number: int
    stage: str
    beginning: str
    send_at: datetime | None = None


@dataclass(frozen=True)
class Drafts(LookUp[tuple[Brief, ...]]):
    """What is being written, waits or runs at the person's schools, the newest first: one more than a list shows, where there are more."""

    below: int = 0
    """Older than this number; 0: from the newest on."""


@dataclass(frozen=True)
class LastScheduled(LookUp[int | None]):
    """The newest of the person's own that passed the gate and has not started."""


@dataclass(frozen=True)
class MayApprove(LookUp[bool]):
    """Whether the person may approve a translation that stands in their own draft: they are listed for the language, or nobody is."""

    number: int
    language: str
