"""What was told of a survey as a workbook or as CSV, with a codebook that says what each name stands for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from conversations.surveys.definition import Choice, Definition, Question, steps

from ..events.exporting import safe
from .reporting import Chart, Report

RESULTS = ("survey", "version", "part", "question", "asked", "answers", "in words", "count", "of", "percent")
THEMES = ("survey", "version", "question", "asked", "theme", "count", "of", "percent")
Row = tuple[Any, ...]


def rows(report: Report) -> Iterator[Row]:
    """A line a bar, under `RESULTS`. Choices that are told together share a line."""
    for chart in (*report.charts, *report.parts):
        for line in chart.lines:
            figures = (line.bar.count, line.bar.of, round(100 * line.bar.share, 1))
            yield (*_named(report), chart.part or "everybody", chart.question.name, chart.title, line.name, line.label, *figures)


def themes(report: Report) -> Iterator[Row]:
    for spoken in report.spoken:
        for name, count, _quotes in spoken.lines:
            yield (*_named(report), spoken.question.name, spoken.title, name, count, spoken.of, round(100 * count / spoken.of, 1))


def codebook(definition: Definition) -> Iterator[Row]:
    """Every question and choice, in every language, and when it is asked."""
    yield ("question", "type", "answer", *definition.languages, "asked when")
    for question in steps(definition):
        yield (question.name, question.kind.value, "", *_said(definition, question), question.relevant)
        for choice in question.choices:
            yield (question.name, "", choice.name, *_said(definition, choice), "")


def about(report: Report) -> Iterator[Row]:
    """What a reader of the figures must know."""
    yield ("survey", report.title)
    yield ("answers that are told", report.n)
    yield ("shares", "of everybody who was asked, whether they gave an answer or not")
    yield ("fewer than ten", "are never told apart: answers stand together in one line, or are left out")
    yield ("groups, languages, themes", "are told once, after the close" if not report.final else "each has ten or more")
    yield ("uncertainty", "none is given: who answered chose to, and is no sample drawn by lot")


def write_xlsx(report: Report, path: Path) -> None:
    lines = codebook(report.survey.definition)
    write_sheets(
        {"results": [RESULTS, *rows(report)], "themes": [THEMES, *themes(report)], "codebook": lines, "about": about(report)}, path
    )


def write_sheets(sheets: Mapping[str, Iterable[Row]], path: Path) -> None:
    """A workbook of these sheets. No cell of it is a formula."""
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - a quarter of a second to import

    book = openpyxl.Workbook(write_only=True)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([safe(cell) for cell in line])
    book.save(path)


def write_csv(report: Report, path: Path) -> Path:
    """The results, and beside them the codebook; where that is."""
    beside = path.with_name(f"{path.stem}-codebook.csv")
    path.write_bytes(_csv([RESULTS, *rows(report)]))
    beside.write_bytes(_csv(codebook(report.survey.definition)))
    return beside


def _csv(lines: Iterator[Row] | list[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(tuple(safe(cell) for cell in line) for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _named(report: Report) -> Row:
    return report.survey.slug, report.survey.version


def _said(definition: Definition, what: Question | Choice) -> Row:
    return tuple(what.label.get(tag, "") for tag in definition.languages)


def picture_name(report: Report, chart: Chart, n: int) -> str:
    """Of a file: in their order, and named after the question."""
    return f"{report.survey.slug.replace(' ', '-')}-{n:02}-{chart.question.name}.png"
