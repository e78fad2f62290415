"""From a row to the people in it: each number with its school, part and language, or why it is not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conversations.folding import fold

from . import languages, phones
from .headers import Column, Heading, Part
from .phones import Unusable
from .reading import BadRoster, Row

Numbers = tuple[str | Unusable, ...]
FEWEST_STRANGE = 3
"""Cells that are nothing like a number: fewer are typing mistakes, more than half of a column are shifted columns."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of the list. Nothing else of its row is kept."""

    row: int
    column: str
    number: str
    school_id: int
    role: str
    language: str | None
    wants: str
    """The language they would rather have, if we do not speak it."""
    unsure: bool = False
    """Their role is none we know, and they are taken as family."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something in a row that somebody should look at. It shows no more of a number than its last two digits."""

    row: int
    column: str
    why: str
    ends: str = ""
    again: bool = False
    """Nothing is wrong with it but that it stands in the list already."""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.column, self.ends) if part)
        return f"row {self.row}{', ' if where else ''}{where}: {self.why}"


@dataclass
class _Cells:
    """What a phone column was like so far."""

    filled: int = 0
    strange: list[int] = field(default_factory=list)
    """Rows, the first few."""
    how_strange: int = 0

    def count(self, row: int, found: Numbers) -> None:
        self.filled += 1
        if any(isinstance(each, Unusable) and each.strange for each in found):
            self.how_strange += 1
            self.strange = [*self.strange, row][:FEWEST_STRANGE]


@dataclass
class Entries:
    """The entries of one list, read once through. `schools` by folded keyword and name; `spoken` are the languages we have."""

    heading: Heading
    schools: Mapping[str, int]
    school_id: int | None
    """Where the rows go that name no school."""
    spoken: frozenset[str]
    known: Mapping[str, Numbers] = field(default_factory=dict)
    """What cells hold, as far as they were read before."""
    rows: int = 0
    _seen: dict[int, int] = field(default_factory=dict)
    """The row of each number, so that the same number is taken once."""
    _cells: dict[int, _Cells] = field(default_factory=dict)
    _refusals: dict[int, int] = field(default_factory=dict)
    """The row in which a number says no: one no outweighs every yes."""

    def note_refusals(self, rows: Iterable[Row]) -> None:
        """Read the list once before `read`, for the numbers that any row of it refuses."""
        for row, cells in rows:
            for column in self.heading.of(Part.PHONE):
                if self._said_no(cells, column) is not None:
                    numbers = [each for each in self._numbers(cells, column) if isinstance(each, str)]
                    self._refusals.update({int(number): row for number in numbers})

    def read(self, rows: Iterable[Row]) -> Iterator[Entry | Issue]:
        for number, cells in rows:
            self.rows += 1
            yield from self._row(number, cells)

    def check(self, name: str) -> None:
        """`BadRoster` where the columns do not hold what their heading says."""
        if not self.rows:
            raise BadRoster(f"{name} has a heading and no rows below it.")
        for column in self.heading.of(Part.PHONE):
            cells = self._cells.get(column.index, _Cells())
            if cells.how_strange >= FEWEST_STRANGE and cells.how_strange * 2 > cells.filled:
                rows = ", ".join(str(row) for row in cells.strange)
                raise BadRoster(
                    f"{name}: most cells of the column {column.name} hold no phone number (rows {rows}): the columns are shifted. "
                    "Move them back under their headings."
                )

    def _row(self, row: int, cells: list[str]) -> Iterator[Entry | Issue]:
        found = [(column, self._numbers(cells, column)) for column in self.heading.of(Part.PHONE)]
        for column, numbers in found:
            if numbers:
                self._cells.setdefault(column.index, _Cells()).count(row, numbers)
        if not any(numbers for _column, numbers in found):
            yield Issue(row, "", "no phone number")
            return
        for column, numbers in found:
            for number in numbers:
                yield self._taken(row, cells, column, number)

    def _numbers(self, cells: list[str], column: Column) -> Numbers:
        cell = _cell(cells, column)
        found = self.known.get(cell)
        return tuple(phones.read(cell)) if found is None else found

    def _taken(self, row: int, cells: list[str], column: Column, number: str | Unusable) -> Entry | Issue:
        if isinstance(number, Unusable):
            return Issue(row, column.name, number.why, number.ends)
        ends = phones.last_two(number)
        if (why := self._refused(cells, column)) is not None:
            return Issue(row, column.name, why, ends)
        if (said_no := self._refusals.get(int(number))) is not None:
            return Issue(row, column.name, f"row {said_no} says no for the same number", ends)
        school_id = self._school(cells, column)
        if school_id is None:
            return Issue(row, column.name, "no school of ours is called what the row says", ends)
        if (first := self._seen.get(int(number))) is not None:
            return Issue(row, column.name, f"the same number as in row {first}", ends, again=True)
        self._seen[int(number)] = row
        spoken = languages.read(self._beside(cells, column, Part.LANGUAGE))
        ours = spoken is not None and spoken.tag in self.spoken
        return Entry(
            row,
            column.name,
            number,
            school_id,
            _ROLE_OF.get(self._part(cells, column), "family"),
            spoken.tag if spoken is not None and ours else None,
            spoken.name if spoken is not None and not ours else "",
            unsure=_part(self._beside(cells, column, Part.ROLE)) is None,
        )

    def _refused(self, cells: list[str], column: Column) -> str | None:
        """Why nobody may be texted at a number, whatever it is; None if they may."""
        return self._said_no(cells, column) or _REFUSED.get(self._part(cells, column))

    def _part(self, cells: list[str], column: Column) -> str:
        """Who somebody is by the columns that may say it; family where none does."""
        said = [_part(self._beside(cells, column, part)) for part in (Part.ROLE, Part.KIND)]
        return next((part for part in said if part not in {None, "family"}), None) or "family"

    def _said_no(self, cells: list[str], column: Column) -> str | None:
        """They do not want to be texted, or nobody noted that they do."""
        if fold(self._beside(cells, column, Part.REFUSAL)) not in _NO:
            return "asked not to be contacted"
        if (consent := self.heading.beside(column, Part.CONSENT)) is not None and not _agreed(_cell(cells, consent)):
            return f"no consent in the column {consent.name}"
        return None

    def _school(self, cells: list[str], column: Column) -> int | None:
        named = fold(self._beside(cells, column, Part.SCHOOL))
        return self.schools.get(named) if named else self.school_id

    def _beside(self, cells: list[str], phone: Column, part: Part) -> str:
        column = self.heading.beside(phone, part)
        return _cell(cells, column) if column is not None else ""


def _cell(cells: list[str], column: Column) -> str:
    return cells[column.index] if column.index < len(cells) else ""


_NO = frozenset({"", "no", "n", "false", "0", "f", "na", "n a", "none"})
_YES = frozenset(
    {"yes", "y", "si", "s", "true", "1", "x", "ok", "t", "acepto", "acepta", "autorizo", "granted", "signed", "firmado", "opted in"}
)


def _agreed(cell: str) -> bool:
    """A yes, a mark, or the day it was signed."""
    said = fold(cell)
    return said in _YES or said.split(" ")[0] in {"yes", "si"} or (said not in _NO and any(character.isdecimal() for character in said))


_PARTS = {
    "staff": "staff teacher maestro maestra maestros personal principal director directora coordinator coordinador coordinadora liaison enlace manager"
    " counselor consejera consejero secretary secretaria administrator empleado empleada employee",
    "pupil": "student pupil alumno alumna estudiante",
    "partner": "partner socio socia aliado aliada organization organizacion agency",
    "community": "community comunidad vecino vecina neighbor volunteer voluntario voluntaria",
}
_FAMILY = (
    "family familia familiar parent parents padre padres madre mother father mom mum dad mama papa guardian guardians tutor tutora tutores"
    " grandparent grandmother grandfather abuela abuelo abuelos aunt uncle tia tio stepmother stepfather stepparent madrastra padrastro foster"
    " caregiver cuidador cuidadora sister brother sibling hermana hermano godparent madrina padrino cousin prima primo spouse esposa esposo"
    " wife husband relative pariente relation adult adulto adulta contact contacto emergency emergencia self other otro otra"
)
_PARTS["family"] = _FAMILY
_PART_OF = {word: part for part, words in _PARTS.items() for word in words.split()}
_ROLE_OF = {"partner": "partner", "community": "community"}
_REFUSED = {
    "staff": "is staff in this list: staff are added one by one, with platica people add",
    "pupil": "is a pupil's own number: we text adults only",
}


def _part(cell: str) -> str | None:
    """What somebody is by the words in a role column; whoever is family and something else is something else. None: no word we know."""
    found = [_PART_OF[word] for word in fold(cell).split() if word in _PART_OF]
    return next((part for part in found if part != "family"), "family" if found or not fold(cell) else None)
