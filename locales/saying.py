"""Turn `Words` into a sentence of one language, its gaps filled the way people there write dates, hours and distances."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from itertools import groupby

from babel.dates import format_skeleton, get_day_names

from conversations.words import Hours, LanguageName, Miles, Words, _, ngettext, pgettext

from .catalogs import LANGUAGES, catalog, known, locale, spoken
from .lexicon import lexicon

_PLAIN_SPACES = str.maketrans(dict.fromkeys("\u202f\u2009\u00a0", " "))
"""Babel's spaces: a single one would double the price of an SMS."""
_WEEK = 7
_FAR = 10
"""Miles from which decimals say nothing."""

_NTH = {
    1: pgettext("weekday of the month", "1st {day}"),
    2: pgettext("weekday of the month", "2nd {day}"),
    3: pgettext("weekday of the month", "3rd {day}"),
    4: pgettext("weekday of the month", "4th {day}"),
    -1: pgettext("weekday of the month", "last {day}"),
}


def render(words: Words, language: str) -> str:
    """The sentence in this language, in English where it is not translated; never with a space that an SMS cannot carry."""
    said = _sentence(words, spoken(language))
    return said if said.isascii() else said.translate(_PLAIN_SPACES)


def warm() -> None:
    """Load every catalog, its calendar and the lexicon before the first message asks for them: that takes some 150 ms."""
    lexicon()
    for language in LANGUAGES:
        render(_("{day}", day=datetime(2026, 1, 1)), language)  # noqa: DTZ001


def _sentence(words: Words, language: str) -> str:
    if words.language is not None:
        language = spoken(words.language)
    if words.verbatim:
        return words.singular
    if words.parts:
        return words.singular.join(_sentence(part, language) for part in words.parts)
    said = _translated(words, language)
    return said.format(**{name: _filled(gap, language) for name, gap in words.gaps.items()}) if words.gaps else said


def _translated(words: Words, language: str) -> str:
    here = catalog(language)
    if words.plural is None:
        return here.gettext(words.singular) if words.context is None else here.pgettext(words.context, words.singular)
    if words.context is None:
        return here.ngettext(words.singular, words.plural, words.n)
    return here.npgettext(words.context, words.singular, words.plural, words.n)


def _filled(gap: object, language: str) -> str:
    match gap:
        case str() | int():
            return str(gap)
        case Words():
            return _sentence(gap, language)
        case datetime():
            return _sentence(_("{day}, {time}", day=gap.date(), time=gap.time()), language)
        case date():
            return format_skeleton("MMMEd", gap, locale=locale(language))
        case time():
            return _time(gap)
        case Miles():
            return _sentence(_distance(gap.miles), language)
        case LanguageName():
            return language_name(gap.tag, language)
        case tuple():
            return _opening(gap, language)
    raise TypeError(f"a gap holds text, a number, a date, a time, Miles, a LanguageName, Hours or Words, not {type(gap).__name__}")


def language_name(tag: str, language: str) -> str:
    """What a language is called in another one; its tag where nobody has told us."""
    named = locale(tag).get_display_name(locale(language)) if known(tag) else None
    return named or tag


def _time(moment: time) -> str:
    """5:30pm, 9am: as families here write it in both languages, and as short as it gets."""
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"  # noqa: PLR2004


def _distance(miles: float) -> Words:
    near = round(max(miles, 0.1), 1)
    figure = f"{near:.0f}" if near >= _FAR or near == int(near) else f"{near:.1f}"
    return ngettext("about {miles} mi", "about {miles} mi", 1 if figure == "1" else 2, miles=figure)


def _same_days(hours: Hours) -> tuple[tuple[int, ...], int]:
    return hours.days, hours.nth


@lru_cache(maxsize=4096)
def _opening(hours: tuple[Hours, ...], language: str) -> str:
    return "; ".join(_hours(days, nth, list(each), language) for (days, nth), each in groupby(hours, _same_days))


def _hours(days: tuple[int, ...], nth: int, spans: list[Hours], language: str) -> str:
    """Mon-Fri 9am-12pm, 1pm-5pm."""
    when = _days(days, language)
    if nth in _NTH:
        when = _translated(_NTH[nth], language).format(day=when)
    return f"{when} {', '.join(_sentence(_span(each), language) for each in spans)}"


def _span(hours: Hours) -> Words:
    if hours.closes is None:
        return _("from {time}", time=hours.opens)
    if hours.opens == time(0) and hours.closes in {time(0), time(23, 59), time(23, 59, 59)}:
        return _("24 hours")
    return _("{opens}-{closes}", opens=hours.opens, closes=hours.closes)


def _days(days: tuple[int, ...], language: str) -> str:
    """Three days in a row and more are a span: Mon-Wed, Fri."""
    if len(set(days)) == _WEEK:
        return _translated(_("every day"), language)
    names = get_day_names("abbreviated", locale=locale(language))
    runs = [[day for _place, day in run] for _key, run in groupby(enumerate(sorted(set(days))), lambda each: each[1] - each[0])]
    return ", ".join(f"{names[run[0]]}-{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run) for run in runs)  # noqa: PLR2004
