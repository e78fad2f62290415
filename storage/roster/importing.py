"""Bring a school's contact list in. What it would change and what it changes come out of one comparison.

    read(path)                              the list and what its columns are; raises `BadRoster`
    plan(connection, roster, into)          what would change; changes nothing
    apply(connection, roster, into, now)    change it, in the caller's one transaction; the second time nothing is new

Who is imported is not yet welcomed: an introduction comes first (`storage.roster.waves`). Who said STOP stays stopped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from conversations.folding import fold

from ..database import Stale
from ..people import STAFF
from ..tables import School
from . import headers, known, phones, reading
from .entries import Entries, Entry, Issue, Numbers
from .headers import Heading, Part
from .known import Found
from .reading import BadRoster, Row
from .tables import Stage

__all__ = ["BadRoster", "Into", "Outcome", "Report", "Roster", "apply", "plan", "read"]

BATCH = 500
BASIS = "given to the school"
LONGEST_BASIS = 120
_MOST_RANGES = 12

T = TypeVar("T")


class Outcome(StrEnum):
    """What becomes of one number of the list."""

    NEW = "new"
    WROTE = "wrote to us before, will be introduced"
    KNOWN = "already known"
    JOINED = "joined already"
    ALSO = "already known, now of this school too"
    STOPPED = "said STOP before: stays stopped"
    WRONG = "wrong number, by their own word"
    STAFF = "belongs to staff"
    TWICE = "twice in the list, taken once"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Roster:
    """A list whose heading is understood. Its rows are read anew each time, one at a time; their numbers have been read before any transaction."""

    path: Path
    heading: Heading
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    """What each cell of a phone column holds: to know what a number is takes longer than to find it in a table."""

    def rows(self) -> Iterator[Row]:
        return (row for row in reading.rows(self.path) if row[0] > self.heading.row)


@dataclass(frozen=True)
class Into:
    """Where a list goes: the school of rows that name none, the ground on which, the languages we speak."""

    school: str = ""
    """Its keyword; may be empty where there is just one school, or the list names it."""
    basis: str = BASIS
    languages: frozenset[str] = frozenset({"en", "es"})


@dataclass(frozen=True)
class Report:
    """What an import would change, or has changed."""

    name: str
    heading: Heading
    rows: Mapping[Outcome, Sequence[int]]
    """The row of each number, by what becomes of it."""
    issues: tuple[Issue, ...]
    wants: Mapping[str, int]
    """How many would rather have a language that we do not speak."""
    unsure: Sequence[int] = ()
    """The rows whose role is none we know; they are taken as family."""

    def count(self, outcome: Outcome) -> int:
        return len(self.rows.get(outcome, ()))

    @property
    def changes(self) -> bool:
        return any(self.count(each) for each in (Outcome.NEW, Outcome.WROTE, Outcome.ALSO))

    def lines(self) -> list[str]:
        """For the command line: the columns, the counts with their rows, then every row that needs an eye."""
        columns = [f"  {part}: {', '.join(each.name for each in self.heading.of(part))}" for part in Part if self.heading.of(part)]
        left_out = [f"  left out, neither kept nor shown: {', '.join(self.heading.left_out)}"] if self.heading.left_out else []
        counted = [f"{len(rows)} {outcome} ({_ranges(rows)})" for outcome in Outcome if (rows := self.rows.get(outcome))]
        wants = (
            [f"Languages we do not speak yet: {', '.join(f'{name} {n}' for name, n in sorted(self.wants.items()))}"] if self.wants else []
        )
        unsure = [f"{len(self.unsure)} with a role we do not know, taken as family ({_ranges(self.unsure)})"] if self.unsure else []
        issues = [f"{len(self.issues)} to look at:", *(f"  {issue}" for issue in self.issues)] if self.issues else []
        return [f"{self.name}, heading in row {self.heading.row}:", *columns, *left_out, *counted, *unsure, *wants, *issues]


def read(path: Path) -> Roster:
    """Understand the heading of a list; raises `BadRoster` where it cannot be used."""
    first = list(islice(reading.rows(path), headers.LOOKED_AT))
    if not first:
        raise BadRoster(f"{path.name} is empty.")
    roster = Roster(path, headers.heading(path.name, first))
    columns = [column.index for column in roster.heading.of(Part.PHONE)]
    cells = (cells[n] for _row, cells in roster.rows() for n in columns if n < len(cells))
    return replace(roster, numbers={cell: tuple(phones.read(cell)) for cell in cells})


def plan(connection: Connection, roster: Roster, into: Into) -> Report:
    """What `apply` would do."""
    return _imported(connection, roster, into, None)


def apply(connection: Connection, roster: Roster, into: Into, now: datetime) -> Report:
    """Take everybody in who can be. Raises `BadRoster`, and then the caller's transaction must not be committed."""
    try:
        return _imported(connection, roster, into, now)
    except IntegrityError as conflict:  # somebody of the list wrote to us meanwhile
        raise Stale from conflict


def _imported(connection: Connection, roster: Roster, into: Into, now: datetime | None) -> Report:
    entries = _entries(connection, roster, into)
    entries.note_refusals(roster.rows())
    rows: dict[Outcome, list[int]] = defaultdict(list)
    issues: list[Issue] = []
    unsure: list[int] = []
    wants: Counter[str] = Counter()
    for batch in _batched(entries.read(roster.rows()), BATCH):
        decided = _decided(connection, [each for each in batch if isinstance(each, Entry)])
        for each in batch:
            if isinstance(each, Issue):
                rows[Outcome.TWICE if each.again else Outcome.REJECTED].append(each.row)
                issues.append(each)
        for entry, outcome, _found in decided:
            rows[outcome].append(entry.row)
            wants.update([entry.wants] if entry.wants else [])
            unsure += [entry.row] if entry.unsure and outcome in _TAKEN else []
            if outcome in _SAID:
                issues.append(Issue(entry.row, entry.column, _SAID[outcome], phones.last_two(entry.number)))
        if now is not None:
            _write(connection, decided, into.basis, now)
            if 0 < len(rows.get(Outcome.NEW, ())) <= BATCH:
                known.count_anew(connection)
    entries.check(roster.path.name)
    return Report(roster.path.name, roster.heading, rows, tuple(sorted(issues, key=lambda each: each.row)), wants, tuple(unsure))


_TAKEN = frozenset({Outcome.NEW, Outcome.WROTE, Outcome.ALSO})
_SAID = {
    Outcome.STOPPED: "said STOP before, and stays stopped until they come back themselves",
    Outcome.WRONG: "told us before that this is a wrong number",
    Outcome.STAFF: "belongs to a member of staff: staff are added one by one, with platica people add",
}


def _entries(connection: Connection, roster: Roster, into: Into) -> Entries:
    if not into.basis.strip() or len(into.basis) > LONGEST_BASIS:
        raise BadRoster(f'Say on what ground in 1 to {LONGEST_BASIS} characters, for example --basis "enrollment form, Aug 2026".')
    every = connection.execute(select(col(School.id), col(School.keyword), col(School.name))).all()
    schools = {fold(name): each.id for each in every for name in (each.keyword, each.name)}
    school_id = schools.get(fold(into.school)) if into.school else every[0].id if len(every) == 1 else None
    if into.school and school_id is None:
        raise BadRoster(f"No school has the keyword {into.school}.")
    if school_id is None and not roster.heading.of(Part.SCHOOL):
        raise BadRoster(f"Which school is {roster.path.name} of? Say it with --school KEYWORD.")
    return Entries(roster.heading, schools, school_id, into.languages, roster.numbers)


_Decided = tuple[Entry, Outcome, Found | None]


def _decided(connection: Connection, entries: Sequence[Entry]) -> list[_Decided]:
    found = known.at(connection, [entry.number for entry in entries])
    stops = known.forgotten_stops(connection, [entry.number for entry in entries if entry.number not in found])
    return [(entry, _outcome(entry, found.get(entry.number), stops), found.get(entry.number)) for entry in entries]


def _outcome(entry: Entry, found: Found | None, stops: frozenset[str]) -> Outcome:
    if found is None:
        return Outcome.STOPPED if entry.number in stops else Outcome.NEW
    if any(role in STAFF for role, _school in found.parts):
        return Outcome.STAFF
    if found.stage is Stage.WRONG:
        return Outcome.WRONG
    if found.stopped:
        return Outcome.STOPPED
    if found.stage is None and not found.parts:
        return Outcome.WROTE
    if all(school_id != entry.school_id for _role, school_id in found.parts):
        return Outcome.ALSO
    return Outcome.JOINED if found.stage is None else Outcome.KNOWN


def _write(connection: Connection, decided: Iterable[_Decided], basis: str, now: datetime) -> None:
    """New ones get an address; they, and those who wrote before, an introduction; a second school, a part in it."""
    by = {outcome: [(entry, found) for entry, each, found in decided if each is outcome] for outcome in Outcome}
    new = [entry for entry, _none in by[Outcome.NEW]]
    strangers = [*zip(new, known.make(connection, new, now), strict=True), *_had(by[Outcome.WROTE])]
    known.join(connection, [*strangers, *_had(by[Outcome.ALSO])], now, basis)
    known.await_introduction(connection, strangers, now, basis)


def _had(pairs: Iterable[tuple[Entry, Found | None]]) -> list[tuple[Entry, Found]]:
    return [(entry, found) for entry, found in pairs if found is not None]


def _batched(every: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(every)
    while batch := list(islice(iterator, size)):
        yield batch


def _ranges(rows: Sequence[int]) -> str:
    """Rows as one says them: rows 2-14, 17."""
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1][1:] = [row]
        else:
            runs.append([row])
    shown = ", ".join("-".join(map(str, run)) for run in runs[:_MOST_RANGES])
    more = f" and {len(runs) - _MOST_RANGES} more places" if len(runs) > _MOST_RANGES else ""
    return f"row{'s' if len(set(rows)) > 1 else ''} {shown}{more}"
