"""One line that makes an event: "pizza night fri 6pm cafeteria" has a title, a day, a time and a place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

from conversations.events.making import Read
from conversations.folding import fold

from . import days
from .catalogs import LANGUAGES
from .days import read_day, read_time

_CLOCK = re.compile(r"\d{1,2}(?:[:.h]\d{2})?(?:\s?[ap]\.?m\.?)?|noon|mediodia", re.IGNORECASE)
_SURE = re.compile(r"\d{1,2}(?::\d{2}(?:\s?[ap]\.?m\.?)?|\s?[ap]\.?m\.?)|noon|mediodia", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?!\d|\s?[ap]\.?m)")
_RANGE = re.compile(
    r"(?<![\d/])(\d{1,2}(?::\d{2})?)\s?([ap])?\.?m?\.?\s?(?:-|–|to|a|hasta|until|till)\s?(?:las\s|la\s)?(\d{1,2}(?::\d{2})?)\s?([ap])\.?m\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"20\d{2}")
_EVERY = re.compile(r",?\s*\b(?:every|cada)\s+(\d{1,3})\s*min(?:ute|uto)?s?\b\.?", re.IGNORECASE)
_WEEKS = re.compile(
    r",?\s*\b(?:(?:every week|weekly|cada semana|for|por)\s+)*(\d{1,2})\s*(?:times|weeks|sessions|veces|semanas|sesiones)\b"
    r"(?:\s+(?:every week|weekly|cada semana))?",
    re.IGNORECASE,
)
_AROUND = frozenset(
    [
        "at",
        "on",
        "from",
        "to",
        "a",
        "de",
        "la",
        "las",
        "el",
        "the",
        "of",
        "and",
        "y",
        "hasta",
        "until",
        "-",
        "@",
        "am",
        "pm",
        "this",
        "este",
    ]
)
"""Words between a day and an hour in the languages there are."""
_BEFORE_PLACE = frozenset(["at", "in", "to", "en", "a", "al", "@", "the", "el", "la", "los", "las"])
_PLACE = re.compile(r"\s+(?:at|@|en (?=el|la|los|las))\s*(.+)$", re.IGNORECASE)


def read(text: str, today: date, language: str) -> Read:
    """What a line tells of an event; what it does not tell is empty."""
    if every := _EVERY.search(text):
        return replace(read(f"{text[: every.start()]} {text[every.end() :]}", today, language), every=int(every[1]))
    if weeks := _WEEKS.search(text):
        return replace(read(f"{text[: weeks.start()]} {text[weeks.end() :]}", today, language), weeks=int(weeks[1]))
    words = text.replace(",", " , ").split()
    span = _span(words, today, language)
    if span is None:
        title, place = _apart(text)
        return Read(_capital(title), place=place)
    when = " ".join(word for word in words[span[0] : span[1]] if word != ",")
    before, after = _plain(_without_last(words[: span[0]])), words[span[1] :]
    if not before:
        title, place = _apart(_plain(after))
    else:
        title, place = _apart(before)
        place = _plain(_without_small(after)) or place
    starts, ends = hours(when, language)
    return Read(_capital(title), read_day(_no_clock(when), today, language), starts, ends, place)


def moved(text: str, today: date, language: str) -> Read:
    """What stands behind "move pizza" or "pizza is now": when, where, or both."""
    words = text.replace(",", " , ").split()
    span = _span(words, today, language)
    if span is None:
        return Read(place=_plain(_without_small(words)))
    when = " ".join(word for word in words[span[0] : span[1]] if word != ",")
    place = _plain(_without_small(words[span[1] :])) or _plain(_without_small(_without_last(words[: span[0]])))
    starts, ends = hours(when, language)
    return Read(day=read_day(_no_clock(when), today, language), starts=starts, ends=ends, place=place)


def hours(text: str, language: str) -> tuple[time | None, time | None]:
    """Beginning and end: "6-8pm" has both, "6pm" only the first."""
    said = _DATE.sub(" ", text)
    if found := _RANGE.search(said):
        first, half, last, later = found.groups()
        ends = read_time(f"{last}{later}m", language)
        starts = read_time(f"{first}{half or later}m", language)
        if half is None and starts is not None and ends is not None and starts >= ends:
            starts = read_time(f"{first}am", language)
        return starts, ends
    return (read_time(said, language), None) if any(map(str.isdigit, said)) or _SURE.search(fold(said)) else (None, None)


def _span(words: list[str], today: date, language: str) -> tuple[int, int] | None:
    """From the first to behind the last word of when: of several such places the one that tells most, the last of these."""
    kinds = [_kind(words, n, today, language) for n in range(len(words))]
    spans: list[tuple[int, int, int]] = []
    n = 0
    while n < len(words):
        if not kinds[n]:
            n += 1
            continue
        end, n = n + 1, n + 1
        start = n - 1
        while n < len(words) and (kinds[n] or fold(words[n]) in _AROUND or words[n] in {",", "-", "@"}):
            n += 1
            end = n if kinds[n - 1] else end
        spans.append((len({kinds[i] for i in range(start, end)} - {""}), start, end))
    return max(spans)[1:] if spans else None


def _kind(words: list[str], n: int, today: date, language: str) -> str:
    """Of a word that tells when: "day" or "hour"; else empty."""
    word, around = fold(words[n]), [fold(each) for each in words[max(0, n - 2) : n + 3]]
    if _DATE.fullmatch(words[n]) or (n and _YEAR.fullmatch(words[n]) and _kind(words, n - 1, today, language) == "day"):
        return "day"
    if _SURE.fullmatch(words[n]) or _SURE.fullmatch(word) or _RANGE.fullmatch(words[n]):
        return "hour"
    if _CLOCK.fullmatch(words[n]):
        before, behind = (fold(words[n - 1]) if n else ""), (fold(words[n + 1]) if n + 1 < len(words) else "")
        if (
            before in {"at", "las", "la", "from"}
            or behind in {"am", "pm", "a", "to", "hasta", "until"}
            or (before in {"to", "a", "-"} and n > 1)
        ):
            return "hour"
        return "day" if any(each in _months() for each in around) else ""
    if word in {"am", "pm"}:
        return "hour"
    if word in _months():
        return (
            "day"
            if any(re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", each) for each in around + [fold(each) for each in words[n + 1 : n + 3]])
            else ""
        )
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", word):
        return "day"
    return "day" if word.isalpha() and read_day(word, today, language) is not None else ""


def _months() -> frozenset[str]:
    return frozenset(name for tag in LANGUAGES for name in days.month_names(tag))


def _no_clock(when: str) -> str:
    """Without its hours, so that "fri 6" is no day of the month."""
    return _SURE.sub(" ", _RANGE.sub(" ", when))


def _capital(title: str) -> str:
    """As a title begins; the rest stays as it was typed."""
    return title[:1].upper() + title[1:]


def _apart(text: str) -> tuple[str, str]:
    """A title and the place it ends with: "movie night at the gym"."""
    found = _PLACE.search(text)
    if found is None:
        return _plain(text.split()), ""
    return _plain(text[: found.start()].split()), _plain(_without_small(found[1].split()))


def _without_small(words: list[str]) -> list[str]:
    while words and (fold(words[0]) in _BEFORE_PLACE or words[0] in {",", "-", "@"}):
        words = words[1:]
    return words


def _without_last(words: list[str]) -> list[str]:
    while words and (fold(words[-1]) in _AROUND or words[-1] in {",", "-", "@"}):
        words = words[:-1]
    return words


def _plain(words: list[str] | str) -> str:
    said = words if isinstance(words, str) else " ".join(words)
    return said.replace(" ,", ",").strip(" ,;:-")
