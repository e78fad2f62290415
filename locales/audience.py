"""What staff call those they write to, and the languages, in the words of every language at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conversations.announcements.audience import Criterion
from conversations.announcements.audience_words import ALL, AND, NAMED, NOT, SMALL, Vocabulary
from conversations.folding import fold

from .catalogs import LANGUAGES
from .lexicon import entries


def vocabulary(schools: Mapping[str, str], languages: Mapping[str, str] = LANGUAGES) -> Vocabulary:
    """The words for somebody who announces at these schools (keyword and name), in these languages (tag and name)."""
    return Vocabulary(_words(), labels(), languages, {fold(keyword): name for keyword, name in schools.items()})


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
