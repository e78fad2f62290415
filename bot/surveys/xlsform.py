"""A survey out of an XLSForm: read as far as it can be asked by text. What cannot is named with its sheet and row, and nothing is kept.

Read: `select_one`, `select_multiple` (with `or_other`), `integer`, `range`, `text`, `note`; groups, whose `relevant` goes over to their
questions; `label`, `hint` and `constraint_message` in every language (`label::Español (es)`); `required`, `relevant`, `constraint`,
`choice_filter`; the settings `form_title`, `form_id`, `version`, `default_language`. What a phone that texts has no use for (looks,
media, who holds the device) is left out, and said to be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conversations.folding import fold
from conversations.surveys import validating
from conversations.surveys.definition import SELECTS, Choice, Definition, Kind, Question, Scale
from conversations.surveys.validating import CHOICES, SETTINGS, SURVEY, Problem

from .columns import Table, language_of, table
from .sheets import PARTS, BadForm, Sheets, sheets

TYPES = "select_one LIST, select_multiple LIST, integer, range, text, note, begin_group and end_group"
ABOUT_THE_PHONE = frozenset(
    {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit", "start-geopoint"}
)
"""Types that ask nothing and say who answered, or when: an anonymous survey has no place for them."""
_ALIASES = {"int": "integer", "string": "text", "select1": "select_one", "add note prompt": "note"}
_SELECT = re.compile(
    r"(select[ _]one|select1|select[ _]multiple)(?: from)? +(\S+)(?: +(or_other|or other|or specify other))?", re.IGNORECASE
)
_GROUP = re.compile(r"(begin|end)[ _](group|repeat|loop)", re.IGNORECASE)
_YES = frozenset({"yes", "true", "true()", "1", "sí", "si"})
_NO = frozenset({"", "no", "false", "false()", "0"})
_UNLOOKED = frozenset({"calculation", "calculate", "repeat_count", "trigger"})
"""Columns that change what a question means, so that it cannot be asked without them."""


@dataclass(frozen=True)
class Report:
    """What was read, and what its author should know."""

    definition: Definition
    notes: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        read = self.definition
        yield f"“{read.title[read.language]}” ({read.slug}): {read.asked} questions, in {', '.join(read.languages)}."
        yield from self.notes


def read(path: Path) -> Report:
    """The form in a file or folder; raises `BadForm`, which names everything that stands in the way."""
    return understood(sheets(path), path.stem)


def understood(form: Sheets, name: str) -> Report:
    """The form in these sheets. `name` stands in where it has no `form_id`."""
    reading = _Reading(name)
    definition = reading.definition(form)
    more = validating.problems(definition) if definition else ()
    found = [*reading.problems, *(each for each in more if each.row or not reading.problems)]
    if found or definition is None:
        told = {str(each): None for each in sorted(found, key=lambda each: (PARTS.index(each.sheet), each.row))}
        raise BadForm(*told)
    return Report(definition, tuple(map(str, (*reading.notes, *validating.notes(definition)))))


@dataclass
class _Reading:
    name: str
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    groups: list[tuple[int, str]] = field(default_factory=list)
    """Row and `relevant` of those that are open."""

    def definition(self, form: Sheets) -> Definition | None:
        said = {part: table(part, form[part], self.problems) for part in PARTS if form.get(part)}
        if SURVEY not in said:
            self.problem(SURVEY, 0, "it is empty.")
            return None
        settings = said.get(SETTINGS, Table(SETTINGS, {}, []))
        for part in said.values():
            self.notes += part.left_out
        self.notes += [Problem(each, 0, "left out; a form is in survey, choices and settings.") for each in form if each not in PARTS]
        language = self.language(said[SURVEY], settings)
        lists = self.lists(said.get(CHOICES), language)
        questions = tuple(self.questions(said[SURVEY], lists, language))
        one = settings.rows[0] if settings.rows else None
        title, form_id, edition = (one.texts("form_title", language), one("form_id"), one("version")) if one else ({}, "", "")
        return Definition(title, language, questions, fold(form_id or self.name), edition)

    def language(self, survey: Table, settings: Table) -> str:
        """The source's: the settings' default, else the one whose labels stand without a name, else the first."""
        given = settings.rows[0]("default_language") if settings.rows else ""
        if given:
            tag = language_of(given)
            if tag is None:
                self.problem(SETTINGS, settings.rows[0].number, f"default_language “{given}” needs its tag, like Español (es).")
            return tag or "en"
        labels = [tag for (column, tag) in survey.columns.values() if column == "label"]
        return "en" if "" in labels or not labels else labels[0]

    def lists(self, choices: Table | None, language: str) -> Mapping[str, list[Choice]]:
        found = defaultdict[str, list[Choice]](list)
        for row in choices.rows if choices else ():
            if not row("list_name"):
                self.problem(CHOICES, row.number, "there is no list_name.")
                continue
            found[row("list_name")].append(Choice(row("name"), row.texts("label", language), row.further(), row.number))
        return found

    def questions(self, survey: Table, lists: Mapping[str, list[Choice]], language: str) -> Iterator[Question]:
        used = set[str]()
        for row in survey.rows:
            if row("disabled").casefold() in _YES:
                continue
            if group := _GROUP.fullmatch(row("type")):
                self.group(row.number, group[1].casefold(), group[2].casefold(), row("relevant"))
                if row.texts("label", language):
                    self.note(row.number, "the words of a group are left out: each text stands alone.")
                continue
            made = self.kind(row.number, row("type"), lists)
            if made is None:
                continue
            kind, listed, or_other = made
            used.add(listed)
            yield Question(
                kind,
                row("name"),
                row.texts("label", language),
                row.texts("hint", language),
                tuple(lists[listed]) if listed in lists else (),
                self.scale(row.number, row("parameters")) if kind is Kind.RANGE else None,
                self.required(row.number, row("required")),
                self.with_groups(row("relevant")),
                row("constraint"),
                row.texts("constraint_message", language),
                row("choice_filter"),
                or_other,
                row.number,
            )
            self.unlooked(row.number, {column: row(column) for column in _UNLOOKED})
        self.closed()
        self.notes += [Problem(CHOICES, lists[each][0].row, f"no question uses the list “{each}”.") for each in lists if each not in used]

    def kind(self, row: int, said: str, lists: Mapping[str, list[Choice]]) -> tuple[Kind, str, bool] | None:
        """Its kind, its list and whether "other" is offered; None where it is not asked."""
        if select := _SELECT.fullmatch(said):
            if select[2] not in lists:
                self.problem(SURVEY, row, f"there is no list “{select[2]}” in the sheet choices.")
                return None
            kind = Kind.SELECT_MULTIPLE if "multiple" in select[1].casefold() else Kind.SELECT_ONE
            return kind, select[2], bool(select[3])
        plain = _ALIASES.get(said.casefold(), said.casefold())
        if plain in {each.value for each in Kind if each not in SELECTS}:
            return Kind(plain), "", False
        if plain in ABOUT_THE_PHONE:
            self.note(row, f"“{said}” is left out: it says who answers, or when.")
        elif not said:
            self.problem(SURVEY, row, "there is no type.")
        elif plain in {"select_one", "select_multiple"}:
            self.problem(SURVEY, row, f"{said} needs the name of its list: {said} LIST.")
        else:
            self.problem(SURVEY, row, f"the type “{said}” cannot be asked by text. There are: {TYPES}.")
        return None

    def scale(self, row: int, parameters: str) -> Scale:
        """As `start=1 end=5 step=1`, which may be left out."""
        given = dict(
            each.split("=", 1) for each in re.split(r"[\s,;]+", re.sub(r" ?= ?", "=", " ".join(parameters.split()))) if "=" in each
        )
        numbers = {name.casefold(): given[name] for name in given if name.casefold() in {"start", "end", "step"}}
        try:
            return Scale(**{name: _whole(number) for name, number in numbers.items()})
        except ValueError:
            self.problem(SURVEY, row, f"the parameters “{parameters}” are no whole numbers: write start=1 end=5 step=1.")
            return Scale()

    def required(self, row: int, said: str) -> bool:
        if said.casefold() not in _YES | _NO:
            self.problem(SURVEY, row, f"required is yes or no, and not “{said}”.")
        return said.casefold() in _YES

    def unlooked(self, row: int, said: Mapping[str, str]) -> None:
        for column in sorted(column for column, cell in said.items() if cell):
            self.problem(SURVEY, row, f"the column {column} is not supported: nothing is worked out while somebody texts.")

    # Groups

    def group(self, row: int, begins: str, what: str, relevant: str) -> None:
        if what != "group":
            self.problem(SURVEY, row, f"{begins}_{what} is not supported: each question is asked once.")
        elif begins == "begin":
            self.groups.append((row, relevant))
        elif self.groups:
            self.groups.pop()
        else:
            self.problem(SURVEY, row, "end_group closes no group.")

    def with_groups(self, relevant: str) -> str:
        every = [each for each in (*(of for _row, of in self.groups), relevant) if each]
        return every[0] if len(every) == 1 else " and ".join(f"({each})" for each in every)

    def closed(self) -> None:
        for row, _relevant in self.groups:
            self.problem(SURVEY, row, "this group is never closed: end_group is missing.")

    def problem(self, sheet: str, row: int, says: str) -> None:
        self.problems.append(Problem(sheet, row, says))

    def note(self, row: int, says: str) -> None:
        self.notes.append(Problem(SURVEY, row, says))


def _whole(number: str) -> int:
    value = float(number)
    if not value.is_integer():
        raise ValueError(number)
    return int(value)
