"""Read an iCalendar file (RFC 5545): each event and each session of a recurring one, by the school's clock.

What cannot be read is a sentence that names the event; the others are read all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar.cal.component import Component
from icalendar.error import BrokenCalendarProperty

MOST_BYTES = 4 * 1024 * 1024
"""A year of a large district's calendar has a tenth of it."""
AHEAD = timedelta(days=400)
"""Sessions of a recurring event are made so far ahead: a school year and a summer. A later file brings more."""
MOST_SESSIONS = 200
"""Of one recurring event."""
USUAL = timedelta(hours=2)
"""An event whose end is not said."""


class BadCalendar(ValueError):
    """Nothing in the file can be used. Its text says why, and what to do."""


@dataclass(frozen=True)
class Told:
    """What a calendar says of one event, or of one session of a recurring event."""

    uid: str
    recurrence: str
    """RECURRENCE-ID as UTC basic format; "" of a single event."""
    sequence: int
    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    description: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Feed:
    """A file, read. `whole` are the UIDs of recurring events that it tells in full: their sessions that are not in it are off."""

    events: tuple[Told, ...]
    unfit: tuple[str, ...]
    whole: Mapping[str, int]
    gone: Mapping[str, int]
    """UIDs that are cancelled altogether, all sessions of them; each with its SEQUENCE, as in `whole`."""


def read(content: bytes, zone: ZoneInfo, now: datetime) -> Feed:
    """Everything in a file. Times without a zone are the school's. `BadCalendar` if it is no calendar at all."""
    if len(content) > MOST_BYTES:
        raise BadCalendar(
            f"The file has {len(content) // 1024} KB, and a calendar of events at most {MOST_BYTES // 1024}: export a shorter time."
        )
    try:
        calendars = [each for each in Calendar.from_ical(content, multiple=True) if isinstance(each, Calendar)]
    except (ValueError, LookupError, RecursionError):
        calendars = []
    if not calendars:
        raise BadCalendar("This is no iCalendar file: it has to begin with BEGIN:VCALENDAR. Export it from a calendar as .ics.")
    reading = _Reading(zone, now)
    for calendar in calendars:
        reading.take(calendar)
    return Feed(tuple(reading.events), tuple(reading.unfit), reading.whole, reading.gone)


class _Reading:
    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone, self.now = zone, now
        self.events: list[Told] = []
        self.unfit: list[str] = []
        self.whole: dict[str, int] = {}
        self.gone: dict[str, int] = {}

    def take(self, calendar: Calendar) -> None:
        cancels = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        together: dict[str, list[Component]] = defaultdict(list)
        for each in calendar.walk("VEVENT"):
            if "DTSTART" not in each and "RECURRENCE-ID" in each and (cancels or _cancelled(each)):
                each["DTSTART"] = each["RECURRENCE-ID"]  # a session that is cancelled needs no time of its own
            if wrong := self._wrong(each, cancels=cancels):
                self.unfit.append(f"{_named(each)}{wrong}")
            else:
                together[_text(each, "UID")].append(each)
        for uid, several in together.items():
            master = next((each for each in several if "RECURRENCE-ID" not in each), None)
            if master is not None and (cancels or _cancelled(master)):
                self.gone[uid] = _sequence(master)
            elif master is not None and ("RRULE" in master or "RDATE" in master):
                self._recurring(calendar, master, several)
            else:
                self.events.extend(
                    self._told(each, cancelled=cancels or _cancelled(each)) for each in _newest(several) if "DTSTART" in each
                )

    def _wrong(self, event: Component, *, cancels: bool) -> str:
        """What somebody must mend in the file; empty if it can be read. A cancellation needs no time."""
        if not _text(event, "UID"):
            return " has no UID, so that no later file could change it: export it from a calendar program."
        if cancels or _cancelled(event):
            return "" if "RECURRENCE-ID" not in event or _moment(event, "RECURRENCE-ID") else " has a RECURRENCE-ID that is no time."
        if not _text(event, "SUMMARY"):
            return " has no SUMMARY: it needs a title that families read."
        starts = _moment(event, "DTSTART")
        if starts is None:
            return " has no DTSTART that is a time: it needs a day and a time to begin."
        ends = _moment(event, "DTEND")
        if ends is not None and self._aware(ends) < self._aware(starts):
            return f" would end at {_said(self._aware(ends))}, before it begins at {_said(self._aware(starts))}: give a later end."
        return ""

    def _recurring(self, calendar: Calendar, master: Component, several: list[Component]) -> None:
        """Every session that is not over yet, each under the time it was planned for at first."""
        group = Calendar()
        for name in ("VERSION", "PRODID", "X-WR-TIMEZONE"):
            if name in calendar:
                group.add(name, calendar[name])
        for each in _newest(several):
            group.add_component(each)
        try:
            sessions = recurring_ical_events.of(group).between(self.now - timedelta(days=1), self.now + AHEAD)[: MOST_SESSIONS + 1]
        except (ValueError, TypeError, LookupError, OverflowError):
            self.unfit.append(f"{_named(master)} recurs by a rule that cannot be read (RRULE, RDATE or EXDATE): nothing of it was taken.")
            return
        if len(sessions) > MOST_SESSIONS:
            self.unfit.append(
                f"{_named(master)} has more than {MOST_SESSIONS} sessions within {AHEAD.days} days: end it earlier (UNTIL, COUNT)."
            )
            return
        self.whole[_text(master, "UID")] = max(_sequence(each) for each in several)
        told = [self._told(each, recurs=True, cancelled=_cancelled(each)) for each in sessions]
        self.events.extend(sorted((each for each in told if each.starts > self.now), key=lambda each: each.starts))

    def _told(self, event: Component, *, cancelled: bool, recurs: bool = False) -> Told:
        starts = self._aware(_moment(event, "DTSTART"))
        planned = _moment(event, "RECURRENCE-ID")
        ends = self._ends(event, starts)
        return Told(
            uid=_text(event, "UID"),
            recurrence=f"{self._aware(planned).astimezone(UTC):%Y%m%dT%H%M%SZ}" if planned is not None or recurs else "",
            sequence=_sequence(event),
            title=_one_line(_text(event, "SUMMARY")),
            starts=starts,
            ends=ends if ends > starts else starts + USUAL,
            place=_one_line(_text(event, "LOCATION")),
            description=_text(event, "DESCRIPTION").strip(),
            cancelled=cancelled,
        )

    def _ends(self, event: Component, starts: datetime) -> datetime:
        ends = _moment(event, "DTEND")
        if ends is not None:
            return self._aware(ends)
        if (duration := _duration(event)) is not None:
            return (starts.astimezone(UTC) + duration).astimezone(self.zone)
        if not isinstance(_moment(event, "DTSTART"), datetime):  # a day
            return datetime.combine(starts.date() + timedelta(days=1), time(), self.zone)
        return starts

    def _aware(self, moment: date | None) -> datetime:
        """By the school's clock: a day from its midnight on, a time without a zone as it stands there."""
        assert moment is not None
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time(), self.zone)
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment.astimezone(self.zone)


def _newest(several: list[Component]) -> Iterator[Component]:
    """Of one session that a file tells twice, what it told last."""
    last: dict[str, Component] = {}
    for each in sorted(several, key=_sequence):
        last[str(_moment(each, "RECURRENCE-ID"))] = each
    yield from last.values()


def _moment(event: Component, name: str) -> date | None:
    """A day or a time, as it stands; None where there is none."""
    try:
        found = getattr(event.get(name), "dt", None)
    except BrokenCalendarProperty:  # it is there, and is no time
        return None
    return found if isinstance(found, date) else None


def _duration(event: Component) -> timedelta | None:
    try:
        found = getattr(event.get("DURATION"), "dt", None)
    except BrokenCalendarProperty:
        return None
    return found if isinstance(found, timedelta) else None


def _text(event: Component, name: str) -> str:
    found = event.get(name, "")
    return str(found[0] if isinstance(found, list) else found).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sequence(event: Component) -> int:
    try:
        return max(0, int(event.get("SEQUENCE", 0)))
    except (TypeError, ValueError):
        return 0


def _cancelled(event: Component) -> bool:
    return _text(event, "STATUS").upper() == "CANCELLED"


def _named(event: Component) -> str:
    """As whoever wrote the calendar knows it."""
    title, uid = _one_line(_text(event, "SUMMARY")), _text(event, "UID")
    return f'"{title}"' if title else f"The event with UID {uid}" if uid else "An event without a title"


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
