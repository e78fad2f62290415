"""Clear writing: what a tired parent on a small phone would stumble over, said while a draft is written. Advice, but for a masked link."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..folding import fold
from ..talk import LookUp
from ..words import Words, _, as_is, ngettext

SHORTENERS = frozenset(
    {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "ow.ly", "buff.ly", "rebrand.ly", "cutt.ly", "shorturl.at", "rb.gy", "t.ly"}
)
"""They hide where a link leads: families are told not to press those, and carriers filter them."""
LONG_SENTENCE = 18
MOST_LINKS = 1
_LINK = re.compile(r"(?i)\b(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?")
_SHOUTED = re.compile(r"\b[^\W\d_]{2,}\b")
_MOST_SHOUTED = 3


@dataclass(frozen=True)
class Clear:
    """How hard a text is, as `locales.clarity` finds it: `level` is a school grade or an ease, None where no formula is known."""

    level: float | None = None
    hard: bool = False
    longest: int = 0


@dataclass(frozen=True)
class Advice:
    """What is said of a text. `refused` stands in the way of sending it."""

    lines: tuple[Words, ...] = ()
    refused: Words | None = None


@dataclass(frozen=True)
class AdviceOn(LookUp[Advice]):
    """What there is to say of a text of a draft in a language; by the name of the draft's school."""

    number: int
    text: str
    language: str
    named: bool = False
    """The school's name is put before it when it leaves."""


def advice(text: str, school: str, clear: Clear) -> Advice:
    """What to say to who wrote this. `school` is the name that families know."""
    return Advice(tuple(each for each in (_named(text, school), _hard(clear), _links(text), _shouted(text)) if each), _masked(text))


def masked_links(text: str) -> list[str]:
    """The hosts in a text that hide where they lead."""
    return [host for host in _hosts(text) if host in SHORTENERS]


def _masked(text: str) -> Words | None:
    hosts = masked_links(text)
    return (
        _("Links like {host} hide where they lead and look like a scam: write the whole address.", host=as_is(hosts[0])) if hosts else None
    )


def _hosts(text: str) -> list[str]:
    return [found[1].casefold().removeprefix("www.") for found in _LINK.finditer(text)]


def _named(text: str, school: str) -> Words | None:
    """The school's name, or its first word beside "school", stands at the beginning."""
    beginning, name = fold(text[: len(school) + 20]), fold(school).split()
    if not name or name[0] in beginning.split():
        return None
    return _("Begin with the school's name, so that families know who writes: “{name}: …”", name=as_is(school))


def _hard(clear: Clear) -> Words | None:
    if clear.longest > LONG_SENTENCE:
        return ngettext("One sentence has {n} word: cut it in two.", "One sentence has {n} words: cut it in two.", clear.longest)
    return _("This is hard to read. Shorter words, please: who, what, when, where, what to do.") if clear.hard else None


def _links(text: str) -> Words | None:
    return _("More than one link: keep the one that matters.") if len(_hosts(text)) > MOST_LINKS else None


def _shouted(text: str) -> Words | None:
    loud = [word for word in _SHOUTED.findall(text) if word.isupper()]
    return _("Many words in capitals read like shouting.") if len(loud) > _MOST_SHOUTED else None
