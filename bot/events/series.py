"""What conversations and the command line look up about a series: the dates of a household, and who completed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events.series import MyDates, Record, RecordOf
from storage.events import events, series
from storage.gate import audit
from storage.people import Known

from ..turning import Answers
from .appointments import number_of
from .coordinating import Coordinating

HEADING = ("number", "language", "sessions", "of", "completed")
Row = tuple[str, str, int, int, str]


@dataclass(frozen=True)
class Desk:
    """In one transaction, for one person."""

    connection: Connection
    known: Known
    now: datetime

    def dates(self, query: MyDates) -> tuple[tuple[int, datetime], ...]:
        row = events.by_id(self.connection, query.event)
        if row is None or row.series_id is None:
            return ()
        theirs = series.coming_to(self.connection, row.series_id, self.known.person_id, self.now)
        return tuple((each.id, each.starts_at.astimezone(ZoneInfo(each.zone))) for each in theirs)

    def record(self, query: RecordOf) -> Record | None:
        row = Coordinating(self.connection, self.known, self.now).called(query.code)
        if row is None or row.series_id is None:
            return None
        audit.write(self.connection, self.now, person_id=self.known.person_id, action="event", outcome="shown", about={"event": row.id})
        sessions = [each for each in events.of_series(self.connection, row.series_id) if each.stage in series.COUNTED]
        been = tuple((number, times) for number, _language, times, _of, _done in rows(self.connection, row))
        needed = series.needed(self.connection, row.series_id)
        return Record(row.title, row.code, sum(each.starts_at <= self.now for each in sessions), len(sessions), needed, been)


def rows(connection: Connection, row: Any) -> Iterator[Row]:
    """Of the series of an event, a line for each household, under `HEADING`."""
    of = sum(each.stage in series.COUNTED for each in events.of_series(connection, row.series_id))
    for each in series.completion(connection, row.series_id):
        yield (*number_of(connection, each.person_id), each.sessions, of, "yes" if each.complete else "no")


ANSWERS: Answers = {
    MyDates: lambda at, query: Desk(at.connection, at.known, at.now).dates(query),
    RecordOf: lambda at, query: Desk(at.connection, at.known, at.now).record(query),
}
