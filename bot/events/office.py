"""What the command line does with events: make, list, show, change, close, call off, and bring in or give out as a calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import locales
from conversations.events.event import APPOINTMENT, Event
from conversations.events.making import times, weekly
from conversations.folding import fold
from conversations.gate import EXPORT
from storage.announcements import drafts
from storage.events import checks, events, lifecycle, slots, views
from storage.events.events import New
from storage.events.tables import EventStage

from .. import gate
from ..announcements.announce import NotAnnounced
from ..at_school import AtSchool
from ..members import Unfit
from . import appointments, changing, ics_import, ics_reading, keeping, series, when

KINDS = ("family night", "education", "workshop", "focus group", "town hall", "conference", "meeting", "appointment")
PILLARS = ("supports", "engagement", "leadership", "learning")
_AGES = re.compile(r"(\d{1,2})\s?-\s?(\d{1,2})")


@dataclass(frozen=True)
class Desk(AtSchool):
    """The events of one school, in one transaction."""

    def event(self, named: str) -> Any:
        """By its code, or by its number where several have had it."""
        row = events.by_id(self.connection, int(named)) if named.isdecimal() else events.named(self.connection, self.school.id, fold(named))
        if row is None or row.school_id != self.school.id:
            raise Unfit(f"{self.school.name} has no event {named}: `platica event list` shows those there are.")
        return row

    def view(self, row: Any) -> Event:
        return views.view(self.connection, row)

    @property
    def languages(self) -> list[str]:
        """Of the school, as far as we write them."""
        return [tag for tag in self.school.languages if tag in locales.LANGUAGES] or ["en"]

    @property
    def every(self) -> list[Any]:
        """All events of the school but drafts, the oldest first."""
        return events.of_school(self.connection, self.school.id)

    def add(self, title: str, given: Mapping[str, Any]) -> str:
        """Make one; `given` are options as they were typed. What was made, in words."""
        starts = self._moment(given["when"])
        ends = self._end(given.get("until") or "", starts)
        there = self._times(given, starts, ends)
        columns = self._columns(given, starts) | ({"kind": APPOINTMENT} if there else {})
        new = New(given.get("code") or "", " ".join(title.split()), starts, ends, more=columns)
        if not new.title:
            raise Unfit("An event needs a title that families read.")
        made = keeping.make(
            self.connection,
            self.school,
            new,
            self.now,
            description=given.get("description") or "",
            language=self._language(given.get("language") or ""),
            times=there,
            sessions=weekly(starts, ends, given.get("weeks") or 0),
            needed=given.get("needed") or 0,
        )
        row = events.by_id(self.connection, made.event)
        return f"Made: {in_words(row)}. Its invitation is draft {made.invitation}: a coordinator texts SEND {made.invitation} to send it."

    def _times(self, given: Mapping[str, Any], starts: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
        """Times of an appointment, where it is one."""
        every = given.get("every")
        if every is None and given.get("kind") == APPOINTMENT:
            raise Unfit("An appointment has times to pick: say with --every how many minutes each of them has.")
        if every is None:
            return []
        if not (found := times(starts, ends, every)):
            raise Unfit(f"No time of {every} minutes fits from {starts:%H:%M} to {ends:%H:%M}.")
        return found

    def times(self, named: str, given: Mapping[str, Any]) -> Iterator[str]:
        """More times for an appointment, where some are given; and all there are, with who has them."""
        row = self.event(named)
        if given.get("when"):
            starts = self._moment(given["when"])
            ends = self._end(given.get("until") or "", starts)
            more = slots.add(self.connection, row.id, self._times({"kind": APPOINTMENT, **given}, starts, ends), self.now)
            yield f"{more} times more."
        for at, who in appointments.booked(self.connection, row):
            yield f"{at:%a %Y-%m-%d %H:%M}  {' '.join(who) if who is not None else 'free'}"

    def change(self, named: str, given: Mapping[str, Any]) -> str:
        """Change what is given and tell whom it concerns; in words."""
        row = self.event(named)
        starts = self._moment(given["when"]) if given.get("when") else row.starts_at.astimezone(ZoneInfo(row.zone))
        columns = self._columns(given, starts)
        if given.get("when"):
            columns |= {"starts_at": starts, "ends_at": starts + (row.ends_at - row.starts_at)}
        if given.get("until"):
            columns["ends_at"] = self._end(given["until"], starts)
        if given.get("code"):
            columns["code"] = checks.code(given["code"])
        titles = _titles(given)
        if "" in titles:
            columns["title"] = titles[""]
        keeping.retitle(self.connection, row, titles, self.now)
        really = changing.change(self.connection, row.id, self.now, **columns)
        if not really and not titles:
            return f"Nothing is changed: {in_words(row)}."
        told = " Whoever it concerns is told." if really & changing.SAID.keys() and row.stage in changing.TOLD else ""
        return f"Changed: {in_words(events.by_id(self.connection, row.id))}.{told}"

    def completed(self, named: str) -> Iterator[series.Row]:
        """A line for each household of a series. It is an export of what is known of people: it is logged."""
        row = self.event(named)
        if row.series_id is None:
            raise Unfit(f"{row.code.upper()} is no series: make one with --weeks, or import a calendar's.")
        gate.by_operator(self.connection, EXPORT, self.now, {"event": row.id})
        return series.rows(self.connection, row)

    def move(self, named: str, to: EventStage) -> str:
        """Close it to answers, or open it again."""
        row = self.event(named)
        move = lifecycle.close if to is EventStage.CLOSED else lifecycle.reopen
        if not move(self.connection, row.id, self.now):
            raise Unfit(f'"{row.title}" is {row.stage}, so it cannot be {"closed" if to is EventStage.CLOSED else "opened again"}.')
        return f"{'Closed to answers' if to is EventStage.CLOSED else 'Open again'}: {in_words(row)}."

    def cancel(self, named: str) -> str:
        row = self.event(named)
        if not changing.cancel(self.connection, row.id, self.now):
            raise Unfit(f'"{row.title}" is {row.stage} already.')
        return f"Called off: {in_words(row)}. Whoever was invited is told."

    def listed(self) -> Iterator[str]:
        """Those to come, the nearest first."""
        for row in events.coming(self.connection, self.now, self.school.id):
            yield f"{row.id}  {in_words(row)}  {row.stage}"

    def shown(self, named: str) -> Iterator[str]:
        row = self.event(named)
        view = views.view(self.connection, row)
        yield in_words(row)
        yield f"stage: {row.stage}; kind: {row.kind}" + (f"; pillar: {row.pillar}" if row.pillar else "")
        for resource, left in view.left.items():
            yield f"{resource}: {'as many as come' if left is None else f'{left} places left'}"
        if row.announcement_id is not None:
            draft = drafts.draft(self.connection, row.announcement_id)
            assert draft is not None
            said = ", ".join(f"{text.language} {text.state.value}" for text in draft.texts)
            yield f"invitation: draft {draft.number}, {draft.stage} ({said})"

    def import_calendar(self, content: bytes, *, language: str, write: bool) -> ics_import.Report:
        feed = ics_reading.read(content, ZoneInfo(self.school.timezone), self.now)
        return ics_import.apply(self.connection, feed, self.school, self.now, language=self._language(language), write=write)

    def _moment(self, text: str) -> datetime:
        return when.moment(text, self.local, next(iter(self.school.languages), "en"))

    def _end(self, text: str, starts: datetime) -> datetime:
        return when.end(text, starts, self.local, next(iter(self.school.languages), "en"))

    def _language(self, tag: str) -> str:
        if tag and tag not in locales.LANGUAGES:
            raise Unfit(f"{tag} is not a language of ours yet. There are: {', '.join(locales.LANGUAGES)}.")
        return tag

    def _columns(self, given: Mapping[str, Any], starts: datetime) -> dict[str, Any]:
        """What was given, by column; what was not is not in it."""
        plain = ("place", "map_link", "capacity", "childcare", "rides", "meal", "pillar", "kind", "keeps_names", "accessible")
        columns = {name: given[name] for name in plain if given.get(name) is not None}
        if given.get("interpreters"):
            columns["interpreters"] = list(given["interpreters"])
        if given.get("ages"):
            columns["childcare_from"], columns["childcare_to"] = _ages(given["ages"])
        if given.get("answer_by"):
            columns["rsvp_until"] = self._moment(given["answer_by"])
        _one_of("kind", columns.get("kind"), KINDS)
        _one_of("pillar", columns.get("pillar") or None, PILLARS)
        for name in ("capacity", "childcare", "rides"):
            if columns.get(name, 0) < 0:
                raise Unfit(f"{name} cannot be {columns[name]}: give a number from 0 on.")
        return columns


def fitting(unit: Callable[[Connection], Any]) -> Callable[[Connection], Any]:
    """The same unit of work; what is wrong with an event, a time or a file is `Unfit`, in its own sentence."""

    def fits(connection: Connection) -> Any:
        try:
            return unit(connection)
        except (checks.EventProblem, NotAnnounced, when.Unreadable, ics_reading.BadCalendar) as problem:
            raise Unfit(str(problem)) from problem

    return fits


def in_words(row: Any) -> str:
    """Like "Pizza night (PIZZA), Fri 2026-12-04 18:00 to 20:00, cafeteria"."""
    zone = ZoneInfo(row.zone)
    starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%a %Y-%m-%d %H:%M}"
    return f"{row.title} ({row.code.upper()}), {starts:%a %Y-%m-%d %H:%M} to {until}" + (f", {row.place}" if row.place else "")


def _titles(given: Mapping[str, Any]) -> dict[str, str]:
    """The new title by language, "" for that of the invitation's source: from --title, and from each --title-in "es: Noche de cine"."""
    said = {"": given.get("title") or ""}
    for text in given.get("title_in") or ():
        tag, _colon, title = text.partition(":")
        if not title.strip():
            raise Unfit(f'"{text}" is no title in a language: write it like "es: Noche de cine".')
        said[tag.strip()] = title
    return {tag: " ".join(title.split()) for tag, title in said.items() if title.strip()}


def _ages(text: str) -> tuple[int, int]:
    found = _AGES.fullmatch(text.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise Unfit(f'"{text}" are no ages: write them like 0-12, the younger first.')
    return int(found[1]), int(found[2])


def _one_of(name: str, value: str | None, there: tuple[str, ...]) -> None:
    if value is not None and value not in there:
        raise Unfit(f'"{value}" is no {name} of an event: it is one of {", ".join(there)}.')
