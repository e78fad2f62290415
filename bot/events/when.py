"""When an event begins and ends, as staff write it: "fri dec 4 6pm", "2026-12-04 18:00", "8pm"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from locales import days

USUAL = timedelta(hours=2)
"""An event whose end nobody has said."""
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{2,4})?(?!\d)(?!\s*[ap]\.?m)")


class Unreadable(ValueError):
    """The text tells no moment. Its text says what is missing."""


def moment(text: str, now: datetime, language: str = "en") -> datetime:
    """The moment a text means, by the clock of `now`."""
    try:
        exact = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        if " " in text.strip() or "T" in text:
            return exact if exact.tzinfo is not None else exact.replace(tzinfo=now.tzinfo)
    day = days.read_day(text, now.date(), language)
    hour = days.read_time(_DATE.sub(" ", text), language)
    if day is None:
        raise Unreadable(f'"{text}" names no day: write it like fri dec 4 6pm.')
    if hour is None:
        raise Unreadable(f'"{text}" names no hour: write it like fri dec 4 6pm.')
    return datetime.combine(day, hour, now.tzinfo)


def end(text: str, starts: datetime, now: datetime, language: str = "en") -> datetime:
    """An hour alone is of the same day; nothing at all: two hours later."""
    if not text.strip():
        return starts + USUAL
    try:
        return moment(text, now, language)
    except Unreadable:
        hour = days.read_time(_DATE.sub(" ", text), language)
        if hour is None:
            raise
        return datetime.combine(starts.date(), hour, starts.tzinfo)
