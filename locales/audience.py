"""What staff call those they write to, and the languages, in the words of every language at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from conversations.announcements.audience import Criterion
from conversations.announcements.audience_words import ALL, AND, COMING, EVENT, NAMED, NOT, SMALL, Vocabulary
from conversations.folding import fold

from .catalogs import LANGUAGES
from .lexicon import entries


def vocabulary(schools: Mapping[str, str], languages: Mapping[str, str] = LANGUAGES, events: Mapping[str, int] | None = None) -> Vocabulary:
    """The words for somebody who announces at these schools (keyword and name), in these languages (tag and name), with these events (code and id)."""
    named = {fold(keyword): name for keyword, name in schools.items()}
    return Vocabulary(_words(), labels(), languages, named, dict(_comers(events or {})))


def _comers(events: Mapping[str, int]) -> Iterator[tuple[str, Criterion]]:
    """What names who comes to an event: its code, alone or with a word for coming."""
    words = [fold(word) for tag in LANGUAGES for word in entries(tag, "audience", COMING)]
    for code, number in events.items():
        comers = Criterion(EVENT, f"{number}:{COMING}")
        yield code, comers
        yield from ((f"{code} {word}", comers) for word in words)


@cache
def labels() -> Mapping[str, str]:
    """Everything a language is called, folded: its tag, its own name, and what the others call it."""
    called = {tag: tag for tag in LANGUAGES} | {fold(name): tag for tag, name in LANGUAGES.items()}
    return called | {fold(word): tag for tag in LANGUAGES for other in LANGUAGES for word in entries(other, "language", tag)}


@cache
def _words() -> Mapping[str, Criterion | str]:
    """Every word of the audience, folded, with the criterion or the part of the sentence it stands for."""
    meant: dict[str, Criterion | str] = {value: Criterion(kind, value) for kind, value in NAMED}
    meant |= {each: each for each in (ALL, AND, NOT)}
    msgids = {**meant, SMALL: SMALL}
    return {
        fold(word): meaning for msgid, meaning in msgids.items() for tag in LANGUAGES for word in entries(tag, "audience", msgid)
    } | meant
