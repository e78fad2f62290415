"""A message as the conversation hears it: its text, and what the languages we know make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .announcements.orders import Order
from .keywords import Crisis, Keyword, Leaving, Meaning


@dataclass(frozen=True)
class Pressed:
    """A button: the number of the question it was shown with, and its place in the list, from 0."""

    question: int
    option: int
    event: int = 0
    """An event's own button rather than a question's: the option is one of `conversations.events.hearing.BUTTONS`."""


@dataclass(frozen=True)
class Tongue:
    """A language that we do not speak, by its own name."""

    name: str
    of_a_town: bool = False
    """It differs from town to town: whoever looks for an interpreter must know which."""


@dataclass(frozen=True)
class Reply:
    """One message of a person. Meanings are read before a flow sees it (`locales.read`).

    `keyword`, `number` and `language` speak of the whole message; `need`, `crisis`, `leaving`
    and `zip` may be found inside a sentence.
    """

    text: str
    keyword: Keyword | None = None
    language: str | None = None
    """The language it asks to switch to, as a tag of ours ("es")."""
    speaks: str | None = None
    """The language it is written in, when a word of it is known in just one."""
    number: int | None = None
    """The whole message is this number: "2", "2.", "two", "dos", "٢"."""
    zip: str | None = None
    """Five digits that stand as a ZIP code, or the ZIP of a shared location."""
    place: str = ""
    """Folded words that may name a town: those after "in" or "near", or left over beside a need."""
    placed: bool = False
    """A word before it said that a place follows."""
    need: str | None = None
    also: tuple[str, ...] = ()
    """Other needs in the same message, in its order."""
    crisis: Crisis | None = None
    maybe_crisis: bool = False
    """Words that may be a crisis and may not: answer the request, and add the 988 line."""
    leaving: Leaving | None = None
    meaning: Meaning | None = None
    tongue: Tongue | None = None
    """A language of theirs that we do not speak: named, or seen by its script."""
    status: bool = False
    """It tells of immigration status: answered, and never kept."""
    safe: str | None = None
    """The text as it may be kept, where that is not as it came; see `kept`."""
    pressed: Pressed | None = None
    polite: bool = False
    """A yes, a no or an ok that thanks as well: "no gracias"."""
    nowhere: bool = False
    """They shared a location that is in no ZIP code."""
    lone: str = ""
    """The one word that is left without those around it ("hi", "I want", "please"): perhaps a school's."""
    code: str = ""
    """The six digits after LINK, the four after HERE, the number of a call."""
    start_with: str = ""
    """What followed /start in a deep link: a school's keyword."""
    media: bool = False
    """A photo, a voice message, a file: never opened, never kept."""
    plain: bool = True
    """It is plain which question this answers (the screen rule; the edge knows what was handed off, and when)."""
    answered: bool = False
    """The carrier has answered this keyword already; saying it again would be a second answer."""
    order: Order | None = None
    """What a member of the staff wants done; None for everybody else."""
    found: Any = None
    """The result of the look-up a question asked for in order to read this."""

    @property
    def kept(self) -> str:
        """The text without what nobody should have told us: numbers of papers, immigration status."""
        return self.text if self.safe is None else self.safe

    @property
    def bare(self) -> bool:
        """An answer that means nothing without its question: "1", "yes", "ok"."""
        return self.pressed is None and (
            self.number is not None or self.keyword in {Keyword.YES, Keyword.NO, Keyword.OK, Keyword.MORE, Keyword.SKIP}
        )
