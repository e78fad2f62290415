"""The kinds of question a flow can ask, and how each one reads a reply."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from .folding import fold
from .keywords import Keyword
from .reply import Reply
from .talk import Json, LookUp
from .words import Words, _

T_co = TypeVar("T_co", covariant=True)

Shown = tuple[tuple[str, str], ...]
"""The options as the person saw them: key and label, in the order of the list."""


class Unclear(Exception):
    """The reply is not an answer. Carries what to say before asking again, and (`keeps`) what is stored instead the second time."""

    def __init__(self, hint: Words, keeps: Json | None = None) -> None:
        super().__init__(hint.singular)
        self.hint, self.keeps = hint, keeps


class Layout(Enum):
    """How the options of a question stand in a text."""

    LIST = "list"
    """Each on a line of its own, numbered."""
    INLINE = "inline"
    """Behind the question: "1 yes 2 no"."""
    LISTED = "listed"
    """What was said before the question numbers them already."""


@dataclass(frozen=True)
class Question(ABC, Generic[T_co]):
    """One question. Its name is its identity in the database: never reuse one for another question."""

    name: str
    words: Words
    nudge: bool = field(default=True, kw_only=True)
    """Whether silence deserves one reminder."""

    layout: ClassVar[Layout] = Layout.LIST

    def options(self) -> Mapping[str, Words]:
        """What to show as a list or as buttons, by key; empty for free text."""
        return {}

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        """The look-up that `read` needs first; its result comes as `reply.found`."""
        return None

    @abstractmethod
    def read(self, reply: Reply, shown: Shown) -> Json:
        """Turn a reply into an answer to store, or raise `Unclear`."""

    @abstractmethod
    def load(self, stored: Json) -> T_co:
        """Turn a stored answer into a value; `ValueError` if it no longer fits."""


@dataclass(frozen=True)
class Text(Question[str]):
    """Their own words, at most `at_most` characters of them."""

    at_most: int = 160
    not_a_need: bool = field(default=False, kw_only=True)
    """The one word "food" is no answer here, but a wish."""

    def read(self, reply: Reply, shown: Shown) -> str:
        text = " ".join(reply.kept.split())
        if not fold(text):
            raise Unclear(_("I found no words in your message."))
        if self.not_a_need and reply.need is not None and " " not in text:
            raise Unclear(_("I did not understand."))
        return text[: self.at_most]

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str):
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class YesNo(Question[bool]):
    layout = Layout.INLINE

    def options(self) -> Mapping[str, Words]:
        return {"yes": _("yes"), "no": _("no")}

    def read(self, reply: Reply, shown: Shown) -> bool:
        if reply.keyword in {Keyword.YES, Keyword.OK}:
            return True
        if reply.keyword is Keyword.NO:
            return False
        key = chosen(reply, shown)
        if key is None:
            raise Unclear(_("Please answer 1 for yes or 2 for no."))
        return key == "yes"

    def load(self, stored: Json) -> bool:
        if not isinstance(stored, bool):
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class Choice(Question[str]):
    """A numbered list. The answer is the option's key, never its number."""

    choices: Mapping[str, Words] = field(default_factory=dict)

    def options(self) -> Mapping[str, Words]:
        return self.choices

    def read(self, reply: Reply, shown: Shown) -> str:
        """Read a number against the list as it was shown, perhaps days ago."""
        key = chosen(reply, shown)
        if key is None:
            raise Unclear(_("Please answer with a number from the list."))
        if key not in self.choices:
            raise Unclear(_("That one is not available any more."))
        return key

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str) or stored not in self.choices:
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class LanguageChoice(Choice):
    """A list of languages; the name of one, typed anyhow, answers it too."""

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.language in self.choices:
            return str(reply.language)
        return super().read(reply, shown)


@dataclass(frozen=True)
class Number(Question[int]):
    """A whole number, in digits of any script or in words."""

    at_least: int = 0
    at_most: int = 99

    def read(self, reply: Reply, shown: Shown) -> int:
        if reply.number is None:
            raise Unclear(_("Please answer with a number."))
        if not self.at_least <= reply.number <= self.at_most:
            raise Unclear(_("Please answer with a number from {low} to {high}.", low=self.at_least, high=self.at_most))
        return reply.number

    def load(self, stored: Json) -> int:
        if isinstance(stored, bool) or not isinstance(stored, int) or not self.at_least <= stored <= self.at_most:
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class ZipOf(LookUp[str | None]):
    """The ZIP code of a city as a person types its name; None where there is none."""

    city: str
    exact: bool = False
    """No typo is forgiven: nothing says that it is a city."""


@dataclass(frozen=True)
class CityOf(LookUp[str | None]):
    """The name of the town of a ZIP code; None where nobody knows it."""

    zip: str


@dataclass(frozen=True)
class Place(Question[str]):
    """A ZIP code. A city, or a location shared on Telegram, is turned into one at once; nothing finer is kept."""

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return None if reply.zip or not fold(reply.text) else ZipOf(reply.place or fold(reply.text))

    def read(self, reply: Reply, shown: Shown) -> str:
        if zip_code := reply.zip or reply.found:
            return str(zip_code)
        raise Unclear(_("I do not know that place. Please send a ZIP code or a city."))

    def load(self, stored: Json) -> str:
        if not (isinstance(stored, str) and re.fullmatch(r"\d{5}", stored)):
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class DayIn(LookUp[date | None]):
    """The day a text means, from today on where the year is left out."""

    text: str


@dataclass(frozen=True)
class TimeIn(LookUp[time | None]):
    """The time of day a text means."""

    text: str


@dataclass(frozen=True)
class WhenIn(LookUp[str | None]):
    """Whether a text says when: "morning" or "afternoon" where it says no more than that, "" for anything else that does; None if it says no time."""

    text: str


@dataclass(frozen=True)
class CallTime(Choice):
    """A list of hours to call; any other hour is taken in their own words."""

    at_most: ClassVar[int] = 60

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return None if reply.number is not None or reply.pressed or not fold(reply.text) else WhenIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.need is not None or reply.found is None:
            return super().read(reply, shown)
        return str(reply.found) or " ".join(reply.kept.split())[: self.at_most]

    def load(self, stored: Json) -> str:
        """A key of the list, or what they wrote."""
        if not isinstance(stored, str):
            raise ValueError(stored)
        return stored


@dataclass(frozen=True)
class Day(Question[date]):
    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return DayIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if not isinstance(reply.found, date):
            raise Unclear(_("Please send a day, for example: Friday, or 12/5."))
        return reply.found.isoformat()

    def load(self, stored: Json) -> date:
        return date.fromisoformat(str(stored))


@dataclass(frozen=True)
class Time(Question[time]):
    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return TimeIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if not isinstance(reply.found, time):
            raise Unclear(_("Please send a time, for example: 5:30pm."))
        return reply.found.isoformat("minutes")

    def load(self, stored: Json) -> time:
        return time.fromisoformat(str(stored))


def chosen(reply: Reply, shown: Shown) -> str | None:
    """The key a reply picks from the list as shown: by button, by number, or by its label."""
    if reply.pressed is not None:
        index = reply.pressed.option
    elif reply.number is not None:
        index = reply.number - 1
    else:
        said = fold(reply.text)
        return next((key for key, label in shown if said and fold(label) == said), None)
    return shown[index][0] if 0 <= index < len(shown) else None
