"""What a survey's question asks about, and how people choose of several, read from the words in every language."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from conversations.folding import fold
from conversations.surveys.linting import Theme, Trait
from conversations.surveys.taking import Word

from .catalogs import LANGUAGES
from .lexicon import entries
from .phrases import Phrases

V = TypeVar("V", Theme, Trait)


def themes(text: str) -> tuple[Theme, ...]:
    """What a parent's consent is needed for, as far as words show it."""
    return _found(_themes(), text)


def traits(text: str) -> tuple[Trait, ...]:
    """What an answer would tell of somebody."""
    return _found(_traits(), text)


def word(text: str) -> Word | None:
    """All of them, or none: the whole text says so."""
    return _words().get(fold(text))


@cache
def _words() -> dict[str, Word]:
    return {fold(said): each for each in Word for tag in LANGUAGES for said in entries(tag, "survey", each.value)}


def _found(phrases: Phrases[V], text: str) -> tuple[V, ...]:
    return tuple(sorted({hit.value for hit in phrases.find(tuple(fold(text).split()))}))


@cache
def _themes() -> Phrases[Theme]:
    found = Phrases[Theme]()
    for theme in Theme:
        _fill(found, "asks about", theme)
    return found


@cache
def _traits() -> Phrases[Trait]:
    found = Phrases[Trait]()
    for trait in Trait:
        _fill(found, "tells who", trait)
    return found


def _fill(phrases: Phrases[V], context: str, value: V) -> None:
    for tag in LANGUAGES:
        for phrase in entries(tag, context, value.value):
            if words := tuple(fold(phrase).split()):
                phrases.add(words, value)
