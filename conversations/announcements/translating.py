"""People translating for people: what is asked of a liaison, what she sees beside the source, and what she approves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from difflib import SequenceMatcher
from enum import Enum

from ..folding import fold
from ..talk import LookUp
from ..words import LanguageName, Words, _, as_is, joined

QUOTED = 300
"""Characters of a source that an alert quotes; TR shows all of it."""


class NoTask(Enum):
    """Why there is nothing for somebody to translate."""

    NOTHING = "nothing waits"
    NO_SUCH = "no such draft"
    NOT_LISTED = "not listed for what it needs"
    OVER = "dropped, or past translating"
    DONE = "approved already"


@dataclass(frozen=True)
class Task:
    """The words of one language that somebody may write, beside what they stand for."""

    number: int
    language: str
    source_language: str
    source: str
    digest: str
    """Of the source: an approval is of just these words of just this source."""
    before: str = ""
    """What stood here for an older source."""
    terms: tuple[tuple[str, str], ...] = ()
    """Words of school life that occur, and how this school says them."""
    machine: str = ""
    """A machine's draft of this source, for the translator's eyes."""
    own: bool = False
    """The draft is their own."""
    others: bool = False
    """Somebody else could be asked."""


@dataclass(frozen=True)
class TaskOf(LookUp["Task | NoTask"]):
    """What the person may translate: of a draft, or (0) the one that has waited longest."""

    number: int = 0
    language: str = ""


@dataclass(frozen=True)
class Pending:
    """A required language that stands in the way of a draft."""

    language: str
    asked: bool = False
    """Somebody has it before them, or will in the morning."""
    nobody: bool = False
    """Nobody is listed who could be asked."""
    until: datetime | time | None = None
    """By the school's clock: when it is due, or would be if it were asked for now. A bare time is today's."""


@dataclass(frozen=True)
class PendingOf(LookUp[tuple[Pending, ...] | None]):
    """What a draft lacks; None if there is no such draft of theirs to send."""

    number: int


@dataclass(frozen=True)
class AskForTranslation:
    """An effect: the first who translates into each of these languages is asked for the words of a draft."""

    number: int
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Translated:
    """An effect: the person has written these words of just this source, has seen them as they will go out, and approves them."""

    number: int
    language: str
    body: str
    digest: str


def language(tag: str) -> Words:
    """A language as the reader calls it."""
    return _("{language}", language=LanguageName(tag))


def named(tags: Sequence[str]) -> Words:
    """Several languages with commas between."""
    return joined(", ", *map(language, tags))


def wanted(number: int, tag: str, source: str, until: datetime | time) -> Words:
    """The first alert to a translator."""
    gaps = {"number": number, "language": LanguageName(tag), "until": until, "source": as_is(_short(source))}
    return _("Draft {number} needs {language} by {until}: “{source}” Reply TR {number} to write it.", **gaps)


def still_wanted(number: int, tag: str, until: datetime | time) -> Words:
    return _(
        "Draft {number} still needs {language} by {until}. Reply TR {number}. If you cannot, the next person is asked then.",
        number=number,
        language=LanguageName(tag),
        until=until,
    )


def changed(number: int, tag: str, before: str, after: str, until: datetime | time) -> Words:
    """To whoever wrote it for the former source: what is different now, sentence by sentence."""
    each = (_change(old, new) for old, new in changes(before, after))
    gaps = {"number": number, "language": LanguageName(tag), "until": until, "changes": joined(" ", *each)}
    return _("Draft {number} has changed. {changes} It needs {language} again by {until}: reply TR {number}.", **gaps)


def approved(number: int, tag: str, lacking: Sequence[str]) -> Words:
    """To the author, or to whoever has just approved it herself."""
    gaps = {"number": number, "language": LanguageName(tag)}
    if not lacking:
        return _("Draft {number}: {language} is approved, nothing is missing now. To send it: SEND {number}.", **gaps)
    return _("Draft {number}: {language} is approved. Still missing: {missing}.", **gaps, missing=named(lacking))


def nobody_left(number: int, tag: str) -> Words:
    """To the author, when everybody on the list was asked."""
    gaps = {"number": number, "language": LanguageName(tag)}
    return _(
        "Draft {number}: everybody who translates into {language} was asked, and nobody has answered yet. It is not sent. "
        "Please call one of them; to ask again: TR {number}.",
        **gaps,
    )


def nobody_listed(number: int, tag: str) -> Words:
    return _(
        "Draft {number}: nobody is listed who translates into {language}, so it cannot be sent yet. "
        "Please ask who runs this to add somebody. A machine’s words are never sent.",
        number=number,
        language=LanguageName(tag),
    )


def changes(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """What an edit has changed, as old and new sentences; one of them is empty where something came or went."""
    old, new = sentences(before), sentences(after)
    matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple((" ".join(old[i:j]), " ".join(new[k:m])) for tag, i, j, k, m in matched if tag != "equal")


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [each for each in re.split(r"(?<=[.!?…])\s+|\n+", text.strip()) if each]


def occurring(terms: Mapping[str, str], source: str) -> tuple[tuple[str, str], ...]:
    """The terms of a glossary that stand in a source, one or many of them ("report cards"), in its order."""
    said = f" {fold(source)} "
    places = {term: min((at for form in (term, f"{term}s") if (at := said.find(f" {form} ")) >= 0), default=-1) for term in terms}
    found = sorted((at, term) for term, at in places.items() if at >= 0)
    return tuple((term, terms[term]) for _at, term in found)


def _change(old: str, new: str) -> Words:
    if not old:
        return _("New: “{new}”", new=as_is(_short(new)))
    if not new:
        return _("Gone: “{old}”", old=as_is(_short(old)))
    return _("Was: “{old}” Now: “{new}”", old=as_is(_short(old)), new=as_is(_short(new)))


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1].rstrip()}…"
