"""Write events as iCalendar (RFC 5545): one of them, or all that a school has to come. Nothing in it is about who comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import icalendar

from conversations.events.event import Event

PRODID = "-//Platica//Events//EN"
_MIDNIGHT = time()


def ics(events: Iterable[Event], *, language: str = "", name: str = "", stamp: datetime) -> bytes:
    """A calendar of events, each in `language` where its words are approved in it. `stamp` is when the oldest of it was true: now.

    One event that was called off is taken out of whatever calendar has it (METHOD:CANCEL).
    UID and SEQUENCE are those that the event has for ever, so that a calendar that reads it again changes what it has.
    """
    events = list(events)
    alone = events[0] if len(events) == 1 and not name else None
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "CANCEL" if alone and alone.stage == "cancelled" else "PUBLISH")
    if name:
        calendar.add("X-WR-CALNAME", name)
    days = []
    for event in events:
        calendar.add_component(_event(event, language, stamp))
        days += [event.starts.date(), event.ends.date()]
    if days:
        calendar.add_missing_timezones(_new_year(min(days)), _new_year(max(days), 2))
    return bytes(calendar.to_ical())


def _new_year(day: date, ahead: int = -1) -> date:
    """A year around what happens: the changes of the clock on both sides of it are told."""
    return date(day.year + ahead, 1, 1)


def _event(event: Event, language: str, stamp: datetime) -> icalendar.Event:
    written = icalendar.Event()
    written.add("UID", event.uid)
    written.add("SEQUENCE", event.sequence)
    written.add("DTSTAMP", stamp.astimezone(UTC))
    _times(written, event)
    if event.recurrence:
        written.add("RECURRENCE-ID", _planned(event))
    written.add("SUMMARY", event.title(language))
    if description := event.description(language):
        written.add("DESCRIPTION", description)
    if event.place:
        written.add("LOCATION", event.place)
    if event.map_link:
        written.add("URL", event.map_link)
    written.add("STATUS", "CANCELLED" if event.stage == "cancelled" else "CONFIRMED")
    written.add("CATEGORIES", [event.kind])
    return written


def _times(written: icalendar.Event, event: Event) -> None:
    if all_day(event):
        written.add("DTSTART", event.starts.date())
        written.add("DTEND", event.ends.date())
    else:
        written.add("DTSTART", event.starts)
        written.add("DTEND", event.ends)


def _planned(event: Event) -> date:
    """When a session of a recurring event was planned for at first, in the form of its start."""
    planned = datetime.strptime(event.recurrence, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(event.starts.tzinfo)
    return planned.date() if all_day(event) else planned


def all_day(event: Event) -> bool:
    """It takes whole days: from midnight to midnight, by the school's clock."""
    return event.starts.time() == event.ends.time() == _MIDNIGHT and event.ends - event.starts >= timedelta(hours=23)
