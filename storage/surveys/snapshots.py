"""What is told of a survey: worked out when somebody asks, kept, and held against all that was told before.

While it is open, the whole school's tables of what everybody was asked; nothing before there are ten answers more than the last time.
Once it is closed, in the last of them: by group, by language, what only some were asked, and the themes of open answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from conversations.folding import fold
from conversations.surveys import suppressing, tables
from conversations.surveys.results import ByBlock, Published, Themes
from conversations.surveys.suppressing import LEAST, Told
from conversations.surveys.tables import Asked, Table

from . import counts
from . import themes as kept_themes
from .counts import Counted
from .definitions import Kept
from .tables import Snapshot, Survey, SurveyStage

MOST_QUOTES = 3
LONGEST_QUOTE = 140
SHORTEST_QUOTE = 8


def told(connection: Connection, survey_id: int) -> list[Published]:
    """All that was told, the oldest first."""
    query = select(Snapshot).where(col(Snapshot.survey_id) == survey_id).order_by(col(Snapshot.id))
    return [Published.from_json(row.responses, row.batches, row.tables) for row in connection.execute(query)]


def publish(connection: Connection, survey: Kept, now: datetime, small: Collection[str] = ()) -> list[Published]:
    """All that is told, with what may be told by now. `small` are words that make no theme."""
    connection.execute(select(col(Survey.id)).where(col(Survey.id) == survey.id).with_for_update())
    before = told(connection, survey.id)
    new = _Publishing(connection, survey, before, small).new()
    if new is None:
        return before
    row = {"survey_id": survey.id, "responses": new.n, "batches": new.batches, "tables": new.to_json(), "at": now}
    connection.execute(insert(Snapshot).values(**row))
    return [*before, new]


class _Publishing:
    """One look at a survey."""

    def __init__(self, connection: Connection, survey: Kept, before: Sequence[Published], small: Collection[str]) -> None:
        self.connection, self.survey, self.before, self.small = connection, survey, before, small
        self.tables = tables.tables(survey.definition, survey.definition.language)

    def new(self) -> Published | None:
        """What there is to tell now, or None."""
        newest = counts.newest(self.connection, self.survey.id)
        closed = self.survey.stage is SurveyStage.CLOSED
        if newest is None or (self.before and self.before[-1].final):
            return None
        known, again = self.count(newest), self.whole(self.count(newest, again=True), again=True)
        whole = self.whole(known)
        if whole:
            told = Published(known.n, newest, whole, again=again)
        elif self.before and (again or closed):
            told = replace(self.before[-1], again=again)
        else:
            return Published(0, 0, again=again) if again else None
        return self.closing(told, known) if closed else told

    def count(self, batches: int, *, again: bool = False) -> Counted:
        questions = list({table.question.name for table in self.tables})
        return counts.counted(self.connection, self.survey.id, batches, questions, again=again)

    def whole(self, counted: Counted, *, again: bool = False) -> dict[str, Told]:
        """The tables of what everybody is asked; empty where fewer than ten have come since."""
        before = [each.again if again else each.known for each in self.before]
        there = [table for table in self.tables if tables.asked_of_all(table.question)]
        rows = {table.name: _row(table, counted.of(table.question.name), counted.n) for table in there}
        told = {name: suppressing.tell(row, [each[name] for each in before if name in each]) for name, row in rows.items()}
        return {name: each for name, each in told.items() if each}

    def closing(self, told: Published, counted: Counted) -> Published:
        """With what is told only once, of the answers that were told last."""
        last = counted if counted.batches == told.batches else self.count(told.batches)
        return self.final(told, last) if last.n == told.n and told.n else replace(told, final=True)

    def final(self, whole: Published, counted: Counted) -> Published:
        """The same and what is told only once."""
        known = dict(whole.known)
        for table in self.tables:
            if table.name not in known and (asked := self.asked(table.question, known, counted)) >= LEAST:
                known[table.name] = suppressing.tell(_row(table, counted.of(table.question.name), asked), ())
        by = {what: self.by(what, known, counted) for what in ("group", "language")}
        return replace(whole, known=known, final=True, by=by, themes=self.themes(known, counted))

    def asked(self, question: Any, known: Mapping[str, Told], counted: Counted) -> int:
        """How many were asked something, where that may be told; else 0."""
        if tables.asked_of_all(question):
            return counted.n
        after = tables.asked_after(question, self.tables)
        return 0 if after is None else _in_cells(after, known.get(after.table, {}))

    def by(self, what: str, known: Mapping[str, Told], counted: Counted) -> ByBlock:
        sizes = counted.by(what)
        blocks = suppressing.in_blocks(sizes)
        if len(blocks) < 2:  # noqa: PLR2004 - one block is the whole
            return ByBlock(tuple(blocks))
        found = {}
        for table in self.tables:
            if tables.asked_of_all(table.question):
                rows = {name: _row(table, counted.of(table.question.name, **{what: name}), size) for name, size in sizes.items()}
                if told := suppressing.by_block(rows, blocks, known[table.name]):
                    found[table.name] = told
        return ByBlock(tuple(blocks), found)

    def themes(self, known: Mapping[str, Told], counted: Counted) -> dict[str, Themes]:
        found = {}
        for question in tables.open_questions(self.survey.definition):
            asked = self.asked(question, known, counted)
            if asked >= LEAST:
                found[question.name] = self.themes_of(question.name, asked, counted.batches)
        return found

    def themes_of(self, question: str, asked: int, batches: int) -> Themes:
        """Themes with ten answers or more; whoever belongs to none of them are ten as well."""
        from conversations.surveys import themes  # noqa: PLC0415 - the method is called as this is

        there = kept_themes.propose(self.connection, self.survey.id, question, batches, self.small)
        listed, numbers = list(there.values()), list(there)
        sizes, quotes = dict.fromkeys(numbers, 0), {number: list[str]() for number in numbers}
        for _question, words in counts.open_answers(self.connection, self.survey.id, batches, (question,)):
            place = themes.place(words, listed, self.small)
            if place is not None:
                sizes[numbers[place]] += 1
                _quote(quotes[numbers[place]], " ".join(words.split()))
        shown = _tellable(sizes, asked)
        return Themes(asked, shown, {number: quotes[number] for number in shown})


def _quote(there: list[str], words: str) -> None:
    """The first few that are not alike."""
    if len(there) < MOST_QUOTES and SHORTEST_QUOTE <= len(words) <= LONGEST_QUOTE and fold(words) not in map(fold, there):
        there.append(words)


def _row(table: Table, values: Mapping[Any, int], asked: int) -> list[int]:
    """The counts of a table's cells; whoever is in none gave no answer."""
    row = tables.sizes(table, values)
    return [*row[:-1], asked - sum(row[:-1])]


def _in_cells(after: Asked, told: Told) -> int:
    """How many are in these cells, where the parts that are told make them up; else 0."""
    ranges = suppressing.finest(told)
    inside = [each for each in ranges if set(range(*each)) <= after.cells]
    covered = {cell for each in inside for cell in range(*each)}
    return sum(told[each] for each in inside) if covered == after.cells else 0


def _tellable(sizes: Mapping[int, int], asked: int) -> dict[int, int]:
    shown = {number: size for number, size in sizes.items() if size >= LEAST}
    while shown and 0 <= asked - sum(shown.values()) < LEAST:
        del shown[min(shown, key=lambda number: (shown[number], number))]
    return shown
