"""An event and a household's part in it as a conversation sees them, and what can be looked up about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..talk import LookUp

_SENTENCE = re.compile(r"(.+?[.!?:])\s+(?=\S)")

APPOINTMENT = "appointment"
"""The kind of an event with times to pick, each for one household."""
PEOPLE, CHILDCARE, RIDE = "people", "childcare", "ride"
RESOURCES = (PEOPLE, CHILDCARE, RIDE)
"""The kinds of places an event has; each has its own line."""


class PartStat(StrEnum):
    """A household's answer, as iCalendar names it (RFC 5545, PARTSTAT)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True)
class Offered:
    """What an event has for those who come. Counts are of places in all."""

    childcare: int | None = None
    """Children at once; None: not offered, as with rides."""
    ages: tuple[int, int] = (0, 12)
    """Of the children who can be looked after, both included."""
    rides: int | None = None
    meal: bool = False
    interpreters: tuple[str, ...] = ()
    accessible: bool = True


@dataclass(frozen=True)
class Event:
    """One gathering. Times are by the school's clock."""

    id: int
    code: str
    """Folded: "pizza"."""
    texts: Mapping[str, str]
    """Title (first line) and description in each language that may be shown; the source first."""
    starts: datetime
    ends: datetime
    zone: str
    place: str
    map_link: str
    offered: Offered
    until: datetime
    """The last moment an answer counts: the deadline, else when it begins."""
    stage: str
    """As `storage.events.tables.EventStage`: "draft", "open", "closed", "over", "cancelled"."""
    left: Mapping[str, int | None]
    """Places nobody has, by kind; None: as many as come. A kind that is not offered is not in it."""
    capacity: int | None = None
    kind: str = "family night"
    pillar: str = ""
    keeps_names: bool = False
    series: int | None = None
    dates: tuple[datetime, ...] = ()
    """When this session of a series and those after it begin; empty of an event by itself."""
    announcement: int | None = None
    school: str = ""
    """The keyword of the school whose event it is, folded."""
    school_name: str = ""
    uid: str = ""
    recurrence: str = ""
    sequence: int = 0

    @property
    def picks(self) -> bool:
        """There are times to pick, instead of one for all."""
        return self.kind == APPOINTMENT

    @property
    def language(self) -> str:
        """Of the source."""
        return next(iter(self.texts), "")

    def title(self, language: str | None = None) -> str:
        """In a language, where it may be shown in it; else in the source's."""
        return parts(self._text(language))[0]

    def description(self, language: str | None = None) -> str:
        return parts(self._text(language))[1]

    def _text(self, language: str | None) -> str:
        return self.texts.get(language or "") or self.texts.get(self.language, "")


def parts(text: str) -> tuple[str, str]:
    """Title and description: the first line is the title, or the first sentence where all is one line."""
    title, _line, rest = text.strip().partition("\n")
    if not rest and (end := _SENTENCE.match(title)) is not None:
        title, rest = end[1], title[end.end() :]
    return title.strip().rstrip(".:"), rest.strip()


@dataclass(frozen=True)
class Places:
    """What a household has of one kind of place."""

    resource: str
    wanted: int
    held: int
    """Theirs for sure."""
    offered: int = 0
    """Kept for them until `until`, on top of what they hold."""
    until: datetime | None = None
    """By the school's clock. None of an offer that nobody has told them of yet."""
    position: int = 0
    """In line, from 1; 0: not waiting."""

    @property
    def waiting(self) -> bool:
        """In line, with nothing kept for them."""
        return self.position > 0

    @property
    def could_split(self) -> bool:
        """Some places are kept for them, fewer than they want: wait for all, or take these."""
        return self.offered > 0 and self.held + self.offered < self.wanted


@dataclass(frozen=True)
class Standing:
    """Where a household stands with an event."""

    event: int
    partstat: PartStat
    adults: int = 0
    children: int = 0
    needs: Mapping[str, Any] = field(default_factory=dict)
    """As `storage.events.tables.Rsvp.needs`: "ages", "childcare", "interpreter", "meal", "access", "ride"."""
    places: tuple[Places, ...] = ()
    household: str = ""
    time: datetime | None = None
    """The time of an appointment that they have picked, by the school's clock."""

    def of(self, resource: str) -> Places | None:
        """Its places of one kind; None if it wants none."""
        return next((each for each in self.places if each.resource == resource), None)

    @property
    def comes(self) -> bool:
        """They said yes, and there is room."""
        people = self.of(PEOPLE)
        return self.partstat is PartStat.ACCEPTED and people is not None and people.held > 0


@dataclass(frozen=True)
class Answer:
    """What a household says: who comes, and what they need for it."""

    partstat: PartStat
    adults: int = 0
    children: int = 0
    needs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Elsewhere:
    """The code is of an event at a school that they do not belong to."""

    school: str
    """Its name."""


@dataclass(frozen=True)
class EventCalled(LookUp[Event | Elsewhere | None]):
    """The event a code stands for, as folded text: the one that is open, else the last that had it. Of a series, its next session."""

    code: str


@dataclass(frozen=True)
class EventOf(LookUp[Event | None]):
    """The event of an id."""

    id: int


@dataclass(frozen=True)
class EventsOpenTo(LookUp[tuple[Event, ...]]):
    """The open events that have not begun at the person's schools, the nearest first; or only those they were invited to."""

    invited: bool = False


@dataclass(frozen=True)
class CalendarLink(LookUp[str]):
    """Where the event's calendar file is, in the person's language; empty where the file itself goes, or this deployment has no address."""

    event: int


@dataclass(frozen=True)
class GiveCalendar:
    """An effect: the event's calendar file goes with the answer, where the channel carries files."""

    event: int


@dataclass(frozen=True)
class MyRsvp(LookUp[Standing | None]):
    """Where the person's household stands with an event; None if it has not answered."""

    event: int
