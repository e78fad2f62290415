"""When a draft leaves: never before UNDO could hold it, never at night, by the clock of its school. Pure arithmetic."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from ..folding import fold
from ..questions import DayIn, TimeIn
from ..talk import Talk

UNDO = timedelta(minutes=2)
"""From the gate to the first text."""
DAY_FROM, DAY_TO = time(8), time(20)
MORNING = time(8, 5)
LATEST = timedelta(days=270)
"""A day without its year that has just gone by means next year's: nobody plans that far."""
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{2,4})?(?!\d)(?!\s*[ap]\.?m)")
_AROUND = frozenset({"a", "p", "m", "am", "pm", "at", "la", "las", "de"})
"""Words around an hour in the languages there are; another one makes us ask."""
_DIGITS = re.compile(r"\d+")


def is_night(moment: datetime) -> bool:
    return not DAY_FROM <= moment.time() < DAY_TO


def by_day(moment: datetime) -> datetime:
    """The moment itself, or the next morning if it is night."""
    if not is_night(moment):
        return moment
    day = moment.date() + timedelta(days=moment.time() >= DAY_TO)
    return datetime.combine(day, MORNING, moment.tzinfo)


def leaves(send_at: datetime | None, now: datetime) -> datetime:
    """When something leaves that passes the gate now, in whole minutes."""
    soonest = (now + UNDO + timedelta(seconds=59)).replace(second=0, microsecond=0)
    if send_at is not None and send_at.astimezone(now.tzinfo) > soonest:
        return send_at.astimezone(now.tzinfo)
    return by_day(soonest)


async def moment_in(talk: Talk, text: str, now: datetime) -> datetime | None:
    """The day and the hour a text means; None if it lacks the hour. Without a day: today, or tomorrow if that hour is over."""
    hour = await _hour(talk, text)
    if hour is None:
        return None
    day = await talk.look_up(DayIn(text))
    if day is None and not await _only_an_hour(talk, text):
        return None
    if day is None:
        today = datetime.combine(now.date(), hour, now.tzinfo)
        return today if today > now else datetime.combine(now.date() + timedelta(days=1), hour, now.tzinfo)
    return datetime.combine(day, hour, now.tzinfo)


async def _only_an_hour(talk: Talk, text: str) -> bool:
    """As in "5pm" or "a las seis": every word is of the hour. "Yesterday 5pm" has one that we do not know."""
    words = [word for word in fold(text).split() if word.isalpha() and word not in _AROUND]
    return not words or all([await talk.look_up(TimeIn(word)) is not None for word in words])


async def _hour(talk: Talk, text: str) -> time | None:
    """A single number may be the day's: "dec 5" tells no hour, "friday 5" does."""
    without: str = _DATE.sub(" ", text)
    hour = await talk.look_up(TimeIn(without))
    if hour is None or len(_DIGITS.findall(without)) != 1 or re.search(r"\d\s*[ap]\.?\s?m\b", without, re.IGNORECASE):
        return hour
    day: date | None = await talk.look_up(DayIn(text))
    bare: date | None = await talk.look_up(DayIn(_DIGITS.sub(" ", text)))
    return hour if without != text or day == bare else None
