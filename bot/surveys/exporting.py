"""A survey as an XLSForm, for whoever works on with it elsewhere: what we write, others read, and so do we."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from conversations.surveys.definition import SELECTS, Choice, Definition, Question, Texts
from conversations.surveys.validating import CHOICES, SETTINGS, SURVEY

from .columns import LANGUAGES

NAMES = {"en": "English", "es": "Español"}
"""How a column names a language; others go by their tag alone."""
assert set(NAMES) == set(LANGUAGES.values())

Line = Sequence[str]
Lists = Sequence[tuple[tuple[Choice, ...], str]]
"""Every list of choices once, and its name."""


def write(definition: Definition, path: Path) -> None:
    """Write it as .xlsx. Every cell is text: what begins with "=" is somebody's words, and no formula."""
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes a quarter of a second
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in form(definition).items():
        sheet = book.create_sheet(name)
        for row, line in enumerate(lines, 1):
            for column, text in enumerate(line, 1):
                if text:
                    cell = sheet.cell(row, column, ILLEGAL_CHARACTERS_RE.sub("", text))
                    cell.data_type = "s"
    book.save(path)


def form(definition: Definition) -> dict[str, list[Line]]:
    """The three sheets, each with its heading."""
    lists = _lists(definition.questions)
    return {
        SURVEY: _survey(definition, lists),
        CHOICES: _choices(definition, lists),
        SETTINGS: [
            [
                "form_title",
                *(f"form_title_{tag.replace('-', '_')}" for tag in definition.languages[1:]),
                "form_id",
                "version",
                "default_language",
            ],
            [
                *_in(definition.title, definition.languages),
                definition.slug.replace(" ", "_"),
                definition.edition,
                _named(definition.language),
            ],
        ],
    }


def _survey(definition: Definition, lists: Lists) -> list[Line]:
    languages = definition.languages
    heading = [
        "type",
        "name",
        *_headed("label", languages),
        *_headed("hint", languages),
        "required",
        "relevant",
        "constraint",
        *_headed("constraint_message", languages),
        "choice_filter",
        "parameters",
    ]
    return [heading, *(_question(question, languages, lists) for question in definition.questions)]


def _question(question: Question, languages: Sequence[str], lists: Lists) -> Line:
    listed = next((f" {name}" for choices, name in lists if choices == question.choices and question.kind in SELECTS), "")
    scale = question.scale
    return [
        f"{question.kind.value}{listed}{' or_other' if question.or_other else ''}",
        question.name,
        *_in(question.label, languages),
        *_in(question.hint, languages),
        "yes" if question.required else "",
        question.relevant,
        question.constraint,
        *_in(question.constraint_message, languages),
        question.choice_filter,
        f"start={scale.start} end={scale.end} step={scale.step}" if scale else "",
    ]


def _choices(definition: Definition, lists: Lists) -> list[Line]:
    further = sorted({column for choices, _name in lists for choice in choices for column in choice.columns})
    heading = ["list_name", "name", *_headed("label", definition.languages), *further]
    return [
        heading,
        *(
            [name, choice.name, *_in(choice.label, definition.languages), *(choice.columns.get(column, "") for column in further)]
            for choices, name in lists
            for choice in choices
        ),
    ]


def _lists(questions: Iterable[Question]) -> Lists:
    """Each by the name of the first question that has it."""
    found: list[tuple[tuple[Choice, ...], str]] = []
    for question in questions:
        if question.kind in SELECTS and question.choices not in [choices for choices, _name in found]:
            found.append((question.choices, question.name))
    return found


def _headed(column: str, languages: Iterable[str]) -> list[str]:
    return [f"{column}::{_named(tag)}" for tag in languages]


def _named(tag: str) -> str:
    return f"{NAMES.get(tag, tag)} ({tag})"


def _in(texts: Texts, languages: Iterable[str]) -> list[str]:
    return [texts.get(tag, "") for tag in languages]
