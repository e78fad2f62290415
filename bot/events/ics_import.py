"""Bring a calendar's events into a school: new ones with the drafts of their invitations, changes told to whom they concern."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.events import checks, events
from storage.events.events import Kept, New
from storage.events.tables import EventStage

from . import changing, keeping
from .ics_reading import Feed, Told


@dataclass
class Report:
    """A line for each event that is new, changed, off, or cannot be taken; the rest is counted."""

    lines: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unfit: int = 0

    def add(self, what: str, told: Told, more: str = "") -> None:
        self.counts[what] += 1
        self.lines.append(f"{what}: {told.title}, {_said(told)}{more}")

    def cannot(self, sentence: str) -> None:
        self.unfit += 1
        self.lines.append(f"LEFT OUT: {sentence}")

    @property
    def total(self) -> str:
        kinds = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        return f"{kinds or 'Nothing'}; {self.unfit} left out." if self.unfit else f"{kinds or 'Nothing to do'}."


def apply(connection: Connection, feed: Feed, school: Any, now: datetime, *, language: str = "", write: bool = True) -> Report:
    """Do all that a file says, or with `write` False only report it. Each event by itself: one that does not fit leaves the others alone."""
    with connection.begin_nested() as trial:
        importing = _Importing(connection, school, now, language)
        report = importing.run(feed)
        if not write:
            trial.rollback()
    return report


@dataclass
class _Importing:
    connection: Connection
    school: Any
    now: datetime
    language: str
    report: Report = field(default_factory=Report)
    series: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    """By UID: the series, its code, the invitation that all its sessions share."""

    def run(self, feed: Feed) -> Report:
        for sentence in feed.unfit:
            self.report.cannot(sentence)
        for told in feed.events:
            try:
                with self.connection.begin_nested():
                    self._take(told, recurs=told.uid in feed.whole)
            except checks.EventProblem as problem:
                self.report.cannot(f'"{told.title}", {_said(told)}: {problem}')
        there = {(told.uid, told.recurrence) for told in feed.events}
        for uid, sequence in feed.whole.items():
            for row in self._alive(uid):
                if (uid, row.recurrence) not in there:
                    self._off(row, sequence)
        for uid, sequence in feed.gone.items():
            for row in self._alive(uid):
                self._off(row, sequence)
        return self.report

    def _alive(self, uid: str) -> list[Any]:
        """What is here of a UID and still to come."""
        return [
            row for row in events.of_uid(self.connection, self.school.id, uid) if row.stage in events.ALIVE and row.starts_at > self.now
        ]

    def _take(self, told: Told, *, recurs: bool) -> None:
        row = events.by_uid(self.connection, told.uid, told.recurrence)
        if row is not None and row.school_id != self.school.id:
            self.report.cannot(f'"{told.title}", {_said(told)}: this event is at another school already (UID {told.uid}).')
        elif told.cancelled:
            self._called_off(row, told)
        elif row is None:
            self._new(told, recurs=recurs)
        else:
            self._again(row, told)

    def _called_off(self, row: Any, told: Told) -> None:
        if row is None or row.stage not in events.ALIVE:
            self.report.counts["off already"] += 1
        else:
            self._off(row, told.sequence)

    def _off(self, row: Any, sequence: int) -> None:
        if sequence < row.sequence:
            self.report.cannot(_old(row, sequence))
            return
        changing.cancel(self.connection, row.id, self.now)
        self.report.counts["off"] += 1
        self.report.lines.append(f"off: {row.title}, {_local(row.starts_at, row.zone)} ({row.code.upper()})")

    def _new(self, told: Told, *, recurs: bool) -> None:
        new = New(
            "",
            told.title,
            told.starts,
            told.ends,
            more={"place": told.place},
            uid=told.uid,
            recurrence=told.recurrence,
            sequence=told.sequence,
        )
        if recurs:
            made = keeping.session(self.connection, self.school, new, self.now, description=told.description, language=self.language)
        else:
            made = keeping.make(self.connection, self.school, new, self.now, description=told.description, language=self.language)
        self.report.add("new", told, f" ({made.code.upper()})")

    def _again(self, row: Any, told: Told) -> None:
        if row.stage not in events.ALIVE:
            self.report.cannot(f'"{told.title}", {_said(told)}: here it is {_stage(row)}: make it anew, under another UID.')
            return
        new = New(
            row.code,
            told.title,
            told.starts,
            told.ends,
            more={"place": told.place},
            uid=told.uid,
            recurrence=told.recurrence,
            sequence=told.sequence,
        )
        _event, kept = events.keep(self.connection, self.school.id, new, self.now)
        if kept is Kept.OLD:
            self.report.cannot(_old(row, told.sequence))
            return
        reworded = keeping.reword(self.connection, row, told.title, told.description, self.now)
        after = events.by_id(self.connection, row.id)
        really = [name for name in ("title", "starts_at", "ends_at", "place") if getattr(row, name) != getattr(after, name)]
        if not really and not reworded:
            self.report.counts["as it was"] += 1
            return
        changing.tell(self.connection, row.id, really, self.now)
        what = [_COLUMNS[name] for name in really] + (["words"] if reworded else [])
        self.report.add("changed", told, f": {', '.join(dict.fromkeys(what))}")


_COLUMNS = {"title": "title", "starts_at": "time", "ends_at": "time", "place": "place"}


def _old(row: Any, sequence: int) -> str:
    return (
        f'"{row.title}", {_local(row.starts_at, row.zone)}: the file is older than what is here (SEQUENCE {sequence}, here {row.sequence}). '
        "Change it in the calendar once more and export it again, or here with `platica event change`."
    )


def _stage(row: Any) -> str:
    return "cancelled" if row.stage == EventStage.CANCELLED else "over"


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(checks.zone(zone)):%a %Y-%m-%d %H:%M}"


def _said(told: Told) -> str:
    return f"{told.starts:%a %Y-%m-%d %H:%M} to {told.ends:%H:%M}"
