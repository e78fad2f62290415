"""Counting responses, in the database: memory stays the same however many there are."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from conversations.surveys.expressions import Given

from .tables import Response

AT_ONCE = 500
"""Rows of open answers that are held at a time."""

Values = Mapping[Given, int]
"""How often each answer was given; None: it was skipped."""


@dataclass(frozen=True)
class Counted:
    """The responses of whole batches, counted once."""

    batches: int
    """The newest of them."""
    sizes: Mapping[tuple[str, str], int]
    """By group and language."""
    values: Mapping[str, Mapping[tuple[str, str], Values]] = field(default_factory=dict)
    """Question, then group and language, then answer."""

    @property
    def n(self) -> int:
        return sum(self.sizes.values())

    def of(self, question: str, *, group: str | None = None, language: str | None = None) -> Counter[Given]:
        """The answers to a question, of everybody, of a group or of those who answered in a language."""
        found: Counter[Given] = Counter()
        for (its_group, its_language), values in self.values.get(question, {}).items():
            if group in {None, its_group} and language in {None, its_language}:
                found.update(values)
        return found

    def by(self, what: str) -> dict[str, int]:
        """How many there are by "group" or by "language"."""
        place = ("group", "language").index(what)
        found: Counter[str] = Counter()
        for key, count in self.sizes.items():
            found[key[place]] += count
        return dict(found)


def newest(connection: Connection, survey_id: int) -> int | None:
    """The number of the newest batch; None before there is one."""
    found: int | None = connection.execute(select(func.max(col(Response.batch))).where(col(Response.survey_id) == survey_id)).scalar_one()
    return found


def counted(connection: Connection, survey_id: int, batches: int, questions: Sequence[str], *, again: bool = False) -> Counted:
    """Count the batches up to one. `questions` are those with choices or numbers: an open one has as many answers as people.

    `again`: those that may be somebody's second (paper without a code, a kiosk), and not the others.
    """
    mine = _mine(survey_id, batches, again=again)
    by_who = select(col(Response.group), col(Response.language), func.count()).where(*mine)
    who = connection.execute(by_who.group_by(col(Response.group), col(Response.language))).all()
    given = _given(connection)
    said = select(given.c.key, given.c.value, col(Response.group), col(Response.language), func.count())
    said = said.select_from(Response).join(given, given.c.key.in_(questions)).where(*mine)
    grouped = said.group_by(given.c.key, given.c.value, col(Response.group), col(Response.language))
    values: dict[str, dict[tuple[str, str], Counter[Given]]] = defaultdict(lambda: defaultdict(Counter))
    for name, value, group, language, count in connection.execute(grouped):
        values[name][group, language][_as_given(value)] += count
    return Counted(batches, {(row[0], row[1]): row[2] for row in who}, values)


def open_answers(connection: Connection, survey_id: int, batches: int, questions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Question and words of every open answer, a few at a time; in no order that says anything."""
    names = tuple(questions)
    query = select(col(Response.answers)).where(*_mine(survey_id, batches)).order_by(col(Response.id))
    for answers in connection.execute(query.execution_options(yield_per=AT_ONCE)).scalars():
        yield from ((name, words) for name in names if isinstance(words := answers.get(name), str) and words.strip())


def _mine(survey_id: int, batches: int, *, again: bool = False) -> tuple[Any, ...]:
    return col(Response.survey_id) == survey_id, col(Response.batch) <= batches, col(Response.perhaps_again).is_(again)


def _given(connection: Connection) -> Any:
    """The answers of a response as rows of their own."""
    each = func.json_each if connection.dialect.name == "sqlite" else func.json_each_text
    return each(col(Response.answers)).table_valued("key", "value", name="given")


def _as_given(value: Any) -> Given:
    """Several choices come as the JSON they were kept as, in their order."""
    if isinstance(value, str) and value.startswith("["):
        return tuple(json.loads(value))
    found: Given = value
    return found
