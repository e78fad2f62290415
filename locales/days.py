"""The day and the time of day a text means: "viernes", "12/5", "5 de diciembre", "tomorrow"; "6pm", "a las 6", "noon".

Names of months and weekdays are Babel's, the words around them the catalogs'. A library that reads any date at all reads too much
into a short answer, takes milliseconds for it, and brings pytz, with which Babel changes its own time zones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from functools import cache
from typing import Any

from babel.dates import get_day_names, get_month_names

from conversations.folding import fold

from .catalogs import LANGUAGES, locale, spoken
from .lexicon import entries, lexicon
from .phrases import Tokens
from .typos import Typos

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})(?:\s?[/.-]\s?(\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(?<![\d/])(\d{1,2})(?:\s?[:.h]\s?(\d{2})|(\d{2}))?(?!\d)(?:([ap])\b|\s*([ap])\.?\s?m\b)?", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|o|ro|er)?")
_DECEMBER, _LAST_DAY, _NOON = 12, 31, 12
_SCHOOL_DAY = 8
"""A bare hour before this one is in the afternoon: nobody meets a school at six in the morning."""
_LEAP = 9
"""Years within which a 29 February comes again."""


def month_names(language: str) -> frozenset[str]:
    """What a language, or another, calls months; folded."""
    return frozenset(_names(spoken(language)).months)


def read_day(text: str, today: date, language: str) -> date | None:
    """The day a text means, from today on where it leaves out the year or the month; None if it means none.

    A weekday is the next one, and never today. Numbers stand as here: month, then day.
    """
    said = _plain_digits(text)
    if found := _ISO.search(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.search(said):
        return _numeric(found, today)
    names = _names(spoken(language))
    words = _without(tuple(names.typos.correct(word) for word in fold(said).split()), "in the morning")
    return names.dated(words, today) or names.weekday(words, today) or _relative(words, today)


def read_time(text: str, language: str) -> time | None:
    """The time of day a text means, None if it means none. Without am or pm, 1 to 7 is after noon."""
    said = _plain_digits(text)
    words = _numbered(tuple(fold(said).split()), spoken(language))
    if _says(words, "midnight"):
        return time(0)
    if _says(words, "noon"):
        return time(_NOON)
    clocks = list(_CLOCK.finditer(said)) or list(_CLOCK.finditer(" ".join(words)))
    best = next((each for each in clocks if each[2] or each[4] or each[5]), clocks[0] if clocks else None)
    if best is None:
        return None
    minute = int(best[2] or best[3] or (30 if _says(words, "half past") else 0))
    half = (best[4] or best[5] or "").lower()
    hour = _hour(int(best[1]), morning=half == "a", later=half == "p", words=words)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004


def half_day(text: str) -> str | None:
    """Either "morning" or "afternoon" where a text says no more than that; "mañana" alone is tomorrow."""
    words = tuple(fold(text).split())
    return next((half for half in ("morning", "afternoon") if words in _phrases(f"the {half}")), None)


def tells_when(text: str, language: str) -> bool:
    """The text says when, however roughly: a day, an hour, a part of the day, or that any time is good."""
    words = tuple(fold(text).split())
    if any(_says(words, msgid) for msgid in ("in the morning", "after noon", "the morning", "the afternoon", "any time", "noon")):
        return True
    return read_day(text, date(2000, 1, 1), language) is not None or read_time(text, language) is not None


def _hour(hour: int, *, morning: bool, later: bool, words: Tokens) -> int:
    morning = morning or (not later and _says(words, "in the morning"))
    later = later or (not morning and _says(words, "after noon"))
    if hour > _NOON or hour == 0:
        return hour
    if morning or (not later and hour >= _SCHOOL_DAY):
        return 0 if morning and hour == _NOON else hour
    return hour % _NOON + _NOON


class _Names:
    """What one language calls months and weekdays; another language's names count where this one has no such word."""

    def __init__(self, language: str) -> None:
        tags = [*(tag for tag in LANGUAGES if tag != language), language]
        self.months = dict(pair for tag in tags for pair in _named(get_month_names, tag))
        self.weekdays = dict(pair for tag in tags for pair in _named(get_day_names, tag))
        long = {*self.months, *self.weekdays, *(word for tag in tags for word in fold(", ".join(entries(tag, "day", "tomorrow"))).split())}
        self.typos = Typos(long, lexicon().typos.known | long)

    def dated(self, words: Tokens, today: date) -> date | None:
        """A day and a month. Of two words that may be one, the month is the one that is no weekday: "mar 8 dic"."""
        months = sorted((word for word in words if word in self.months), key=lambda word: word in self.weekdays)
        numbers = _numbers(words)
        if not (months and numbers):
            return None
        year = next((int(word) for word in words if re.fullmatch(r"20\d\d", word)), None)
        return _next(today, self.months[months[0]], numbers[0], year)

    def weekday(self, words: Tokens, today: date) -> date | None:
        day = next((self.weekdays[word] for word in words if word in self.weekdays), None)
        return None if day is None else today + timedelta(days=(day - today.weekday() - 1) % 7 + 1)


_names = cache(_Names)


def _named(names: Callable[..., Mapping[int, Any]], tag: str) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            for number, name in names(width, context, locale(tag)).items():
                yield fold(name), number


@cache
def _phrases(msgid: str) -> tuple[Tokens, ...]:
    return tuple(tuple(fold(phrase).split()) for tag in LANGUAGES for phrase in entries(tag, "day", msgid))


def _relative(words: Tokens, today: date) -> date | None:
    """Today, tomorrow, the 5th."""
    for ahead, msgid in ((2, "the day after tomorrow"), (1, "tomorrow"), (0, "today")):
        if _says(words, msgid):
            return today + timedelta(days=ahead)
    numbers = _numbers(words)
    return _of_month(today, numbers[0]) if numbers and _only_small(words) else None


def _numbers(words: Tokens) -> list[int]:
    return [int(found[1]) for word in words if (found := _ORDINAL.fullmatch(word))]


def _without(words: Tokens, msgid: str) -> Tokens:
    """The words without such a phrase of two and more: "mañana" alone is tomorrow, "en la mañana" is not."""
    for phrase in _phrases(msgid):
        for start in range(len(words) - len(phrase) + 1 if len(phrase) > 1 else 0):
            if words[start : start + len(phrase)] == phrase:
                return words[:start] + words[start + len(phrase) :]
    return words


def _says(words: Tokens, msgid: str) -> bool:
    return any(phrase == words[start : start + len(phrase)] for phrase in _phrases(msgid) for start in range(len(words)))


def _only_small(words: Tokens) -> bool:
    """Nothing but a number and words that say nothing: "the 5th", "el 5"."""
    small = {word for phrase in _phrases("around a day") for word in phrase}
    return all(word in small or _ORDINAL.fullmatch(word) for word in words)


def _numbered(words: Tokens, language: str) -> Tokens:
    """Numbers in words as digits: "a las seis"."""
    numbers = lexicon().numbers
    return tuple(str(found.get(language, next(iter(found.values())))) if (found := numbers.get((word,))) else word for word in words)


def _plain_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)


def _numeric(found: re.Match[str], today: date) -> date | None:
    month, day = int(found[1]), int(found[2])
    if month > _DECEMBER:
        month, day = day, month
    year = int(found[3]) if found[3] else None
    return _next(today, month, day, year + 2000 if year is not None and year < 100 else year)  # noqa: PLR2004


def _next(today: date, month: int, day: int, year: int | None) -> date | None:
    if year is not None:
        return _day(year, month, day)
    days = (_day(today.year + n, month, day) for n in range(_LEAP))
    return next((each for each in days if each is not None and each >= today), None)


def _of_month(today: date, day: int) -> date | None:
    """The next day of a month with this number, in one of the next twelve months that has it."""
    if not 1 <= day <= _LAST_DAY:
        return None
    ahead = (divmod(today.month - 1 + n, 12) for n in range(13))
    days = (_day(today.year + years, month + 1, day) for years, month in ahead)
    return next((each for each in days if each is not None and each >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
