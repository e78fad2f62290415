"""What is wrong with an event or an answer, each with a sentence for whoever can mend it.

EventProblem
├── NoStart, EndsBeforeStart, StartsInThePast, BadCode, CodeTaken, UnknownZone, TooFewPlaces, HasTimes, NoTimes   of whoever makes or changes an event
└── NoSuchEvent, TooLate, NotOpen   of whoever answers
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conversations.events.event import APPOINTMENT
from conversations.folding import fold

CARRIER = frozenset(
    ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "start", "yes", "unstop", "help", "info"]
)
"""Words that carriers hear before us: no event can be called by them."""
_CODE = re.compile(r"(?=.*[^\d_])\w{2,20}")


class EventProblem(ValueError):
    """Nothing was changed. Its text is a sentence for staff; its fields are for sentences in other languages."""


class NoStart(EventProblem):
    def __init__(self) -> None:
        super().__init__("An event needs a day and a time to begin.")


class EndsBeforeStart(EventProblem):
    def __init__(self, starts: datetime, ends: datetime) -> None:
        self.starts, self.ends = starts, ends
        super().__init__(f"It would end at {_said(ends)}, before it begins at {_said(starts)}: give a later end.")


class StartsInThePast(EventProblem):
    def __init__(self, starts: datetime) -> None:
        self.starts = starts
        super().__init__(f"{_said(starts)} is in the past: give a day and a time to come.")


class DeadlineAfterStart(EventProblem):
    def __init__(self, until: datetime, starts: datetime) -> None:
        self.until, self.starts = until, starts
        super().__init__(f"Answers would count until {_said(until)}, after it begins at {_said(starts)}: give an earlier deadline.")


class BadCode(EventProblem):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            f'"{code}" cannot be what families text: a code is one word of 2 to 20 letters, no word that carriers use, and no school\'s keyword.'
        )


class CodeTaken(EventProblem):
    def __init__(self, code: str, title: str, starts: datetime) -> None:
        self.code, self.title, self.starts = code, title, starts
        super().__init__(f'"{code.upper()}" is the code of "{title}" on {_said(starts)} already: choose another word.')


class UnknownZone(EventProblem):
    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f'"{zone}" is no time zone: write it like America/Los_Angeles.')


class TooFewPlaces(EventProblem):
    def __init__(self, resource: str, limit: int, taken: int) -> None:
        self.resource, self.limit, self.taken = resource, limit, taken
        super().__init__(f"{taken} places ({resource}) are taken or offered already: {limit} would be too few. Give {taken} or more.")


class HasTimes(EventProblem):
    """An appointment is as long, and has as many places, as its times."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f'"{title}" has times that families pick: add more with `platica event times`, or call it off.')


class NoTimes(EventProblem):
    """Times are for a draft, or an appointment; and there is at least one, and not too many."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(
            f'"{title}" cannot have such times: at least one fits from its begin to its end, at most 200, of a draft or an appointment.'
        )


class NoSuchEvent(EventProblem):
    def __init__(self, what: object) -> None:
        super().__init__(f"There is no event {what}.")


class NotOpen(EventProblem):
    """A draft, closed, over or cancelled."""

    def __init__(self, title: str, stage: str) -> None:
        self.title, self.stage = title, stage
        super().__init__(f'"{title}" is {stage}: answers do not count.')


class TooLate(EventProblem):
    def __init__(self, title: str, until: datetime) -> None:
        self.title, self.until = title, until
        super().__init__(f'Answers to "{title}" counted until {_said(until)}.')


def begun(row: Any) -> datetime:
    """From when on nobody new can come to an event: once it begins; of an appointment, once it ends."""
    moment: datetime = row.ends_at if row.kind == APPOINTMENT else row.starts_at
    return moment


def answers_until(row: Any) -> datetime:
    """The last moment an answer counts."""
    moment: datetime = row.rsvp_until or begun(row)
    return moment


def code(text: str) -> str:
    """Folded, as it is kept. `BadCode` if it cannot be one."""
    folded = fold(text)
    if not _CODE.fullmatch(folded) or folded in CARRIER:
        raise BadCode(text)
    return folded


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(name) from None


def times(starts: datetime | None, ends: datetime | None, until: datetime | None = None, *, now: datetime | None) -> None:
    """That it begins in the future, ends after that, and is answered before; `now` None where the start was there before."""
    if starts is None or ends is None:
        raise NoStart
    if ends <= starts:
        raise EndsBeforeStart(starts, ends)
    if now is not None and starts <= now:
        raise StartsInThePast(starts)
    if until is not None and until > starts:
        raise DeadlineAfterStart(until, starts)


def _said(moment: datetime) -> str:
    """For staff, by the clock it was given in."""
    return moment.isoformat(" ", "minutes")[:16]
