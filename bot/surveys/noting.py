"""Notes of what was said: who may write one, what is kept of it, and the list of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.surveys.notes import ForgetNote, Jotted, KeepNote, LastNote, NoteIn, TakesBack
from locales import noting
from storage import people
from storage.gate import locks
from storage.surveys import notes

from ..turning import Answers, At, Does


def _read(at: At, query: NoteIn) -> Jotted | None:
    roles = people.roles(at.connection, at.known.person_id, at.known.school_id)
    if set(people.STAFF).isdisjoint(roles) or at.known.doubted or locks.locked(at.connection, at.known.person_id):
        return None
    return noting.read(query.text)


def _keep(at: At, effect: KeepNote) -> None:
    today = at.now.astimezone(ZoneInfo(at.known.school_timezone)).date()
    notes.keep(at.connection, effect.note, school_id=at.known.school_id, by=at.known.person_id, now=at.now, today=today)


ANSWERS: Answers = {
    NoteIn: _read,
    TakesBack: lambda _at, query: noting.takes_back(query.text),
    LastNote: lambda at, _query: notes.last(at.connection, at.known.person_id, at.now),
}
DOES: Does = {KeepNote: _keep, ForgetNote: lambda at, effect: notes.forget(at.connection, effect.number, at.known.person_id)}


# For the command line

COLUMNS = ("number", "day", "method", "group", "people", "tags", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
drop = notes.drop


def rows(connection: Connection, school_id: int) -> Iterator[tuple[object, ...]]:
    for row in notes.listed(connection, school_id):
        yield row.id, row.day, row.method, row.group, row.people, " ".join(row.tags), row.text


def as_csv(found: Sequence[Sequence[object]]) -> bytes:
    """As Excel opens it. What begins like a formula has an apostrophe in front."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row] for row in found)
    return file.getvalue().encode("utf-8-sig")
