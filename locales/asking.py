"""A family's question about something it was told of, and the sentences that answer it."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache

from conversations.folding import fold
from conversations.replies.asking import Asks

from . import days
from .catalogs import LANGUAGES
from .lexicon import entries, lexicon
from .phrases import Phrases, Tokens

MOST_WORDS = 16
"""Words of a message that is such a question and nothing else."""
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\ba\.)(?<!\bp\.)(?<!\bm\.)(?<!\bSt\.)(?<!\bAve\.)\s+|\n+")
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}(?::\d{2})?\s?[ap]\.?\s?m\b|(?<![\d:])\d{1,2}:\d{2}(?!\d)", re.IGNORECASE)
_AT = re.compile(r"\ba las? \d{1,2}\b", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}(?::\d{2})?)\s?(?:[ap]\.?\s?m\.?)?\s?(?:-|–|to|a)\s?\d{1,2}(?::\d{2})?\s?[ap]\.?\s?m\b", re.IGNORECASE)


def asked(text: str, about: str) -> Asks | None:
    """What a message asks of something whose text is `about`; None if it asks for anything else too.

    Words that are neither around the question nor in that text make it another question: "when can I bring the form".
    """
    words = tuple(fold(text).split())
    if not 0 < len(words) <= MOST_WORDS:
        return None
    hits = sorted(_questions().find(words), key=lambda hit: hit.start - hit.end)
    if not hits:
        return None
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    known = _around() | lexicon().courtesy | frozenset(fold(about).split())
    left = [word for place, word in enumerate(words) if place not in inside and word not in known]
    return None if left else _gravest([hit.value for hit in hits])


def _gravest(found: list[Asks]) -> Asks:
    """Of several the one that says most: "at what time does it end" asks for the end."""
    return next(each for each in (Asks.END, Asks.PLACE, Asks.HOUR, Asks.WHEN) if each in found)


def urgent(text: str) -> bool:
    return any(True for _hit in _phrases("urgent").find(tuple(fold(text).split())))


def sentences(text: str, asks: Asks, language: str) -> tuple[str, ...]:
    """The sentences of a text that answer a question, as they stand."""
    said = [each.strip() for each in _SENTENCE.split(text) if each.strip()]
    return tuple(each for each in said if _answers(each, asks, language))


def _answers(sentence: str, asks: Asks, language: str) -> bool:
    match asks:
        case Asks.PLACE:
            return any(True for _hit in _phrases("names a place").find(tuple(fold(sentence).split())))
        case Asks.END:
            ends = any(True for _hit in _phrases("until").find(tuple(fold(sentence).split())))
            return _SPAN.search(sentence) is not None or (ends and _has_hour(sentence))
        case Asks.HOUR:
            return _has_hour(sentence)
        case Asks.WHEN:
            return _has_hour(sentence) or days.read_day(sentence, date(2000, 1, 1), language) is not None


def _has_hour(sentence: str) -> bool:
    return _CLOCK.search(sentence) is not None or _AT.search(sentence) is not None


def begins(text: str, today: date, language: str) -> tuple[date | None, time | None]:
    """The day and the hour a text names first."""
    hour = _CLOCK.search(text) or _AT.search(text)
    return days.read_day(text, today, language), days.read_time(hour[0], language) if hour else None


@cache
def _questions() -> Phrases[Asks]:
    found = Phrases[Asks]()
    for asks in Asks:
        for words in _listed(asks.value):
            found.add(words, asks)
    return found


@cache
def _phrases(msgid: str) -> Phrases[None]:
    found = Phrases[None]()
    for words in _listed(msgid):
        found.add(words, None)
    return found


@cache
def _around() -> frozenset[str]:
    return frozenset(word for words in _listed("around a question") for word in words)


def _listed(msgid: str) -> list[Tokens]:
    return [tuple(fold(phrase).split()) for tag in LANGUAGES for phrase in entries(tag, "asks", msgid)]
