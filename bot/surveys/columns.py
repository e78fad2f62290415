"""The heading of a sheet of a form: which column is what, in which language, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.folding import fold
from conversations.surveys.validating import CHOICES, SETTINGS, SURVEY, Problem

from .sheets import Row

TEXTS = frozenset({"label", "hint", "constraint_message", "form_title"})
"""Columns that speak to people, and so have a language."""
KNOWN = {
    SURVEY: TEXTS - {"form_title"} | {"type", "name", "required", "relevant", "constraint", "choice_filter", "parameters", "disabled"},
    CHOICES: frozenset({"list_name", "name", "label"}),
    SETTINGS: frozenset({"form_title", "form_id", "version", "default_language"}),
}
LOOKED_AT = {
    SURVEY: KNOWN[SURVEY] | {"calculation", "calculate", "repeat_count", "trigger"},
    CHOICES: KNOWN[CHOICES],
    SETTINGS: KNOWN[SETTINGS],
}
NEEDED = {SURVEY: ("type", "name", "label"), CHOICES: ("list_name", "name", "label"), SETTINGS: ()}
MEDIA = frozenset({"image", "big-image", "audio", "video", "media"})
_ALIASES = {
    "relevance": "relevant",
    "caption": "label",
    "command": "type",
    "list name": "list_name",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "constraint message": "constraint_message",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "choice filter": "choice_filter",
    "value": "name",
    "tag": "name",
}
LANGUAGES = {"english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es"}
"""Names that are plain without a tag."""
_TAGGED = re.compile(r".*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\s*\)")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_TITLE = re.compile(r"form_title_(\w+)")
"""How we write a title in a second language: pyxform knows titles in one only, and leaves this column out."""
_BOUND = re.compile(r"(?i)bind\s*:")
"""The XForm below the form, written by hand: it changes what a question means."""
_FURTHER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)

Column = tuple[str, str]
"""Its name, and its language; "" where it names none."""


@dataclass(frozen=True)
class Record:
    """One row below the heading."""

    number: int
    cells: Mapping[Column, str]
    choice_columns: tuple[str, ...] = ()

    def __call__(self, column: str) -> str:
        return self.cells.get((column, ""), "")

    def texts(self, column: str, language: str) -> dict[str, str]:
        """By language. A column that names none is in the form's own."""
        named = {tag: text for (name, tag), text in self.cells.items() if name == column and tag and text}
        plain = self(column)
        return {language: plain, **named} if plain else named

    def further(self) -> dict[str, str]:
        return {name: text for name in self.choice_columns if (text := self(name))}


@dataclass(frozen=True)
class Table:
    """A sheet, understood."""

    sheet: str
    columns: Mapping[int, Column]
    rows: list[Record]
    left_out: list[Problem] = field(default_factory=list)


def table(sheet: str, rows: list[Row], problems: list[Problem]) -> Table:
    """A sheet by its heading, which is its first row; what is wrong with the heading goes to `problems`."""
    number, heading = rows[0]
    columns: dict[int, Column] = {}
    unused: dict[int, str] = {}
    for index, cell in enumerate(heading):
        column = _column(cell)
        if _BOUND.match(cell):
            problems.append(Problem(sheet, number, f"the column “{cell}” is not read: write relevant, constraint or required."))
        elif column is None:
            problems.append(Problem(sheet, number, f"the column “{cell}” needs the tag of its language, like label::Español (es)."))
        elif column in columns.values():
            problems.append(Problem(sheet, number, f"there are two columns “{cell}”."))
        elif column[0] in LOOKED_AT[sheet] or (sheet == CHOICES and _is_further(column)):
            columns[index] = column
        elif cell:
            unused[index] = cell
    named = {name for name, _tag in columns.values()}
    problems += [Problem(sheet, number, f"there is no column “{each}”.") for each in NEEDED[sheet] if each not in named]
    further = tuple(name for name, _tag in columns.values() if name not in KNOWN[sheet])
    records = [Record(n, {column: cells[i] for i, column in columns.items() if i < len(cells)}, further) for n, cells in rows[1:]]
    used = [name for i, name in unused.items() if any(i < len(cells) and cells[i] for _n, cells in rows[1:])]
    left_out = [Problem(sheet, number, f"the column “{name}” is left out.") for name in used]
    return Table(sheet, columns, records, left_out)


def language_of(name: str) -> str | None:
    """The tag of a language as a form names it: "Español (es)", "es", "Spanish"; None where it cannot be told."""
    if tagged := _TAGGED.fullmatch(name):
        return tagged[1].lower() if len(tagged[1]) <= 3 else tagged[1]  # noqa: PLR2004 - a bare language, without a region
    return LANGUAGES.get(fold(name)) or (name if _TAG.fullmatch(name) else None)


def _column(cell: str) -> Column | None:
    """What a heading's cell means; None where its language cannot be told."""
    whole = " ".join(cell.split())
    if whole.casefold() in _ALIASES:
        return _ALIASES[whole.casefold()], ""
    if title := _TITLE.fullmatch(whole):
        return "form_title", title[1].replace("_", "-")
    name, _colons, language = whole.partition("::") if "::" in whole else whole.partition(":")
    plain = _ALIASES.get(name.strip().casefold(), name.strip().casefold() if name.strip().casefold() in TEXTS else name.strip())
    if language and plain in TEXTS:
        tag = language_of(language.strip())
        return (plain, tag) if tag else None
    return (plain.casefold() if plain.casefold() in LOOKED_AT[SURVEY] | LOOKED_AT[SETTINGS] | LOOKED_AT[CHOICES] else whole), ""


def _is_further(column: Column) -> bool:
    """A column of the choices' own, which a choice filter may look at."""
    return bool(_FURTHER.fullmatch(column[0])) and column[0].casefold() not in MEDIA
