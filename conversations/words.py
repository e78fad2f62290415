"""What the bot says, before anyone has chosen a language for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True)
class Words:
    """A sentence in the language of the source code, with the gaps not yet filled.

    A flow never sees a translated string. The language is applied at the edge, when the message
    is written to the outbox, so a person who switches half-way hears the next sentence in the new one.
    A gap may hold text, a number, a `date`, `time` or `datetime`, `Miles`, a `LanguageName`, a tuple of `Hours`, or other `Words`.
    """

    singular: str
    plural: str | None = None
    n: int = 1
    context: str | None = None
    gaps: Mapping[str, object] = field(default_factory=dict)
    verbatim: bool = False
    parts: tuple[Words, ...] = ()
    """Joined by `singular` instead of being a sentence."""
    language: str | None = None
    """Said in this one, whatever language the rest is in: an answer in the language of a question."""


@dataclass(frozen=True)
class Miles:
    """A distance as the crow flies, in statute miles; said as "about"."""

    miles: float


@dataclass(frozen=True)
class LanguageName:
    """A language by its tag, named as the reader calls it: "es" is Spanish, or español."""

    tag: str


@dataclass(frozen=True)
class Hours:
    """When a place is open: weekdays (0 is Monday), from and to in the place's own time.

    `nth` counts the weekday in the month (1 to 4, -1 the last); 0 is every week. Without `closes` the end is not known.
    """

    days: tuple[int, ...]
    opens: time
    closes: time | None = None
    nth: int = 0


def _(text: str, /, **gaps: object) -> Words:
    return Words(text, gaps=gaps)


def ngettext(one: str, many: str, n: int, /, **gaps: object) -> Words:
    return Words(one, many, n, gaps={"n": n, **gaps})


def pgettext(context: str, text: str, /, **gaps: object) -> Words:
    """The same English word may need two translations; the context tells them apart."""
    return Words(text, context=context, gaps=gaps)


def as_is(text: str) -> Words:
    """Data that is nobody's to translate: a name, an address, a language's own name."""
    return Words(text, verbatim=True)


def joined(between: str, *parts: Words | None) -> Words:
    """Several pieces as one, leaving out what is not there."""
    return Words(between, parts=tuple(part for part in parts if part is not None))
