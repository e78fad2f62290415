"""What a conversation needs to make an event: what one line tells of it, what is still missing, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..talk import LookUp
from ..words import Words, _

USUAL = timedelta(hours=2)
"""An event whose end nobody has said."""
OFFERS = ("meal", "childcare", "rides", "interpreters")
"""What there can be for those who come."""


@dataclass(frozen=True)
class Read:
    """What a line tells; what it does not is empty."""

    title: str = ""
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    every: int = 0
    """Minutes for each family: an appointment."""
    weeks: int = 0
    """So many times, a week apart: a series."""


@dataclass(frozen=True)
class ReadEvent(LookUp[Read]):
    """What a line of somebody's means, in their language."""

    text: str


@dataclass(frozen=True)
class Plan:
    """An event that is being made. Times are by the school's clock."""

    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    code: str = ""
    """None: a word of the title."""
    description: str = ""
    capacity: int | None = None
    childcare: int | None = None
    rides: int | None = None
    meal: bool = False
    interpreters: tuple[str, ...] = ()
    every: int = 0
    """Minutes for each family, who pick a time; 0: one time for all."""
    weeks: int = 0
    """Sessions of a series, a week apart; 0 or 1: it is none."""

    @property
    def times(self) -> list[tuple[datetime, datetime]]:
        return times(self.starts, self.ends, self.every)

    @property
    def sessions(self) -> list[tuple[datetime, datetime]]:
        """At the same hour by the school's clock, also when the clocks change. Empty where it is no series."""
        return weekly(self.starts, self.ends, self.weeks)


@dataclass(frozen=True)
class Checked:
    """Whether it can be made: the code that it would have, or what is in the way."""

    code: str = ""
    wrong: Words | None = None


@dataclass(frozen=True)
class CheckEvent(LookUp[Checked]):
    plan: Plan


@dataclass(frozen=True)
class KeepEvent(LookUp[int]):
    """Make it, and the number of its invitation's draft. Ask it once, in the breath that goes on with the number (`Next`)."""

    plan: Plan
    language: str


@dataclass(frozen=True)
class Here(LookUp[datetime]):
    """The moment, by the clock of the school where they make it."""


def until(starts: datetime, ends: time | None) -> datetime:
    """When it ends: at that hour, or two hours later. An hour that is not later is of no use, and stays for the check to refuse."""
    return starts + USUAL if ends is None else datetime.combine(starts.date(), ends, starts.tzinfo)


def times(starts: datetime, ends: datetime, every: int) -> list[tuple[datetime, datetime]]:
    """Begin and end of each time of so many minutes that fits between two moments."""
    step = timedelta(minutes=every)
    many = (ends - starts) // step if every > 0 and ends > starts else 0
    return [(starts + n * step, starts + (n + 1) * step) for n in range(many)]


def weekly(starts: datetime, ends: datetime, weeks: int) -> list[tuple[datetime, datetime]]:
    """Begin and end of each session; none where it takes place once. Both must be by the school's clock."""
    return [(starts + timedelta(weeks=n), ends + timedelta(weeks=n)) for n in range(weeks)] if weeks > 1 else []


def said(when: datetime) -> Words:
    return _("{when}", when=when)


# What is in the way; storage has the same sentences for the command line.


def no_title() -> Words:
    return _("An event needs a title that families read.")


def ends_before(starts: datetime, ends: datetime) -> Words:
    return _("It would end at {end}, before it begins at {start}. Send when it is once more, with a later end.", end=ends, start=starts)


def no_times(title: str) -> Words:
    return _("No such times fit into “{title}”: between its begin and its end there must be room for one, and at most 200.", title=title)


def has_times(title: str) -> Words:
    return _(
        "“{title}” has times that families pick, and they stay as they are. More of them: platica event times. Or call it off.", title=title
    )


def in_the_past(starts: datetime) -> Words:
    return _("{when} is in the past. Send a day and a time to come.", when=starts)


def bad_code(code: str) -> Words:
    return _("“{code}” cannot be what families text: one word of 2 to 20 letters, no word that phone companies use.", code=code.upper())


def taken(code: str, title: str, starts: datetime) -> Words:
    return _("“{code}” is the word of “{title}” on {when} already. Choose another.", code=code.upper(), title=title, when=starts)


def late_deadline(moment: datetime, starts: datetime) -> Words:
    return _("Answers would count until {moment}, after it begins at {when}.", moment=moment, when=starts)


def too_few(there: int, has: int) -> Words:
    return _("{has} places are taken or offered already, so {there} would be too few. Give {has} or more.", there=there, has=has)
