"""What is counted of a survey: for each question a row of cells, the choices in their order and those who gave no answer last.

Where several choices may be chosen, each is a table of its own: chosen or not. Whoever was not asked has no cell in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..words import Words, _, as_is, joined
from . import expressions
from .definition import OTHER, PLEASE_SAY, Choice, Definition, Kind, Question, Scale, chosen, steps
from .expressions import Given

NUMBERS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100)
"""Where a cell of an `integer` begins."""
MOST_STEPS = 11
"""Of a range, that are cells of their own."""
MOST_TRIED = 10
"""Choices of a question whose every combination is held against the condition of another."""


@dataclass(frozen=True)
class Cell:
    """One answer, or several numbers that count as one."""

    words: Words
    first: int = 0
    last: int | None = 0
    """Of numbers; None: and more."""


@dataclass(frozen=True)
class Table:
    """The cells of a question, or of one of its choices. The last cell is whoever gave no answer, or did not choose it."""

    name: str
    question: Question
    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    choice: Choice | None = None

    @property
    def row(self) -> int:
        """How many cells there are, no answer among them."""
        return len(self.cells) + 1

    def place(self, given: Given) -> int:
        """The cell an answer belongs to."""
        if self.choice is not None:
            return 0 if self.choice.name in chosen(given) else 1
        if self.question.kind is Kind.SELECT_ONE:
            return self.names.index(given) if isinstance(given, str) and given in self.names else len(self.cells)
        number = _number(given)
        fits = (n for n, cell in enumerate(self.cells) if number is not None and _in(number, cell))
        return next(fits, len(self.cells))


@dataclass(frozen=True)
class Asked:
    """Whoever is in one of these cells of another table was asked."""

    table: str
    cells: frozenset[int]


def tables(definition: Definition, language: str) -> tuple[Table, ...]:
    """Every table of a survey, in its order, with labels in a language. Open questions have none: they have themes."""
    return tuple(table for question in steps(definition) for table in _of(question, language, definition.language))


def open_questions(definition: Definition) -> tuple[Question, ...]:
    return tuple(question for question in steps(definition) if question.kind is Kind.TEXT)


def title(question: Question, language: str, instead: str) -> Words:
    """What was asked."""
    text = question.text(language, instead)
    return as_is(text) if text else PLEASE_SAY


def asked_of_all(question: Question) -> bool:
    """Its condition and its choices hang on no other answer."""
    return not question.relevant.strip() and not question.choice_filter.strip()


def asked_after(question: Question, there: Sequence[Table]) -> Asked | None:
    """On which cells of which one table it hangs that a question is asked; None where that cannot be said so simply."""
    spoken = expressions.questions(question.relevant)
    if question.choice_filter.strip() or len(spoken) != 1:
        return None
    mine = [table for table in there if table.question.name in spoken]
    if mine and mine[0].choice is not None:
        return _after_one_of_several(question.relevant, mine)
    if not mine or mine[0].question.kind is not Kind.SELECT_ONE:
        return None
    values: list[Given] = [*mine[0].names, None]
    cells = frozenset(n for n, value in enumerate(values) if expressions.holds(question.relevant, {mine[0].question.name: value}))
    return Asked(mine[0].name, cells)


def _after_one_of_several(relevant: str, those: Sequence[Table]) -> Asked | None:
    """The choice whose being chosen, and nothing else, has it asked."""
    name, names = those[0].question.name, [table.names[0] for table in those]
    if len(names) > MOST_TRIED:
        return None
    sets = [some for size in range(len(names) + 1) for some in combinations(names, size)]
    held = {some: expressions.holds(relevant, {name: some}) for some in sets}
    same = (n for n, each in enumerate(names) if all(was == (each in some) for some, was in held.items()))
    found = next(same, None)
    return None if found is None else Asked(those[found].name, frozenset({0}))


def _of(question: Question, language: str, instead: str) -> Iterator[Table]:
    match question.kind:
        case Kind.SELECT_ONE:
            cells = tuple(Cell(_label(choice, language, instead)) for choice in question.choices)
            yield Table(question.name, question, tuple(choice.name for choice in question.choices), cells)
        case Kind.SELECT_MULTIPLE:
            for choice in question.choices:
                cell = Cell(_label(choice, language, instead))
                yield Table(f"{question.name}/{choice.name}", question, (choice.name,), (cell,), choice)
        case Kind.RANGE:
            yield _numbered(question, list(_of_scale(question.scale or Scale())))
        case Kind.INTEGER:
            ends: Iterable[int | None] = [*(each - 1 for each in NUMBERS[1:]), None]
            yield _numbered(question, list(zip(NUMBERS, ends, strict=True)))


def _numbered(question: Question, spans: Sequence[tuple[int, int | None]]) -> Table:
    cells = tuple(Cell(numbers(first, last), first, last) for first, last in spans)
    return Table(question.name, question, tuple(str(first) for first, _last in spans), cells)


def numbers(first: int, last: int | None) -> Words:
    """Like "3", "3-5" or "100+"."""
    return as_is(f"{first}+" if last is None else str(first) if first == last else f"{first}-{last}")


def _of_scale(scale: Scale) -> Iterator[tuple[int, int]]:
    there = range(scale.start, scale.end + 1, scale.step)
    together = -(-len(there) // MOST_STEPS)
    for at in range(0, len(there), together):
        some = there[at : at + together]
        yield some[0], some[-1]


def _label(choice: Choice, language: str, instead: str) -> Words:
    text = choice.label.get(language) or choice.label.get(instead, "")
    return as_is(text) if text else OTHER


def _number(given: Given) -> int | None:
    if isinstance(given, str):
        return int(given) if given.lstrip("-").isdecimal() else None
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _in(number: int, cell: Cell) -> bool:
    return cell.first <= number and (cell.last is None or number <= cell.last)


def called(table: Table, start: int, end: int) -> Words:
    """A range of cells in words: "very much, somewhat", "3-5", "not at all, no answer". The whole row is everybody."""
    said = table.cells[start:end]
    numbered = table.question.kind in {Kind.RANGE, Kind.INTEGER}
    words = [numbers(said[0].first, said[-1].last)] if numbered and said else [cell.words for cell in said]
    if end == table.row:
        words.append(_("no answer") if table.choice is None else _("not chosen"))
    return joined(", ", *words)


def sizes(table: Table, values: Mapping[Given, int]) -> list[int]:
    """The row of counts, of answers as they were counted. No answer is left to whoever knows how many were asked."""
    row = [0] * table.row
    for given, count in values.items():
        row[table.place(given)] += count
    return row
