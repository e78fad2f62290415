"""An event in counts, for a spreadsheet: one line a figure. It is a report for the school's own use: it hides no small count, and names nobody."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events.event import PartStat
from storage.events import reports
from storage.events.reports import Count, Report

HEADING = ("event", "code", "date", "figure", "of", "households", "adults", "children", "people")
ASKED = {"meal": "asked for a meal", "access": "asked for access"}
Row = tuple[Any, ...]


def rows(connection: Connection, events: list[Any]) -> Iterator[Row]:
    """The figures of events, one after the other, under `HEADING`. What is not known of a figure is empty."""
    for event in events:
        first = (event.title, event.code.upper(), event.starts_at.astimezone(ZoneInfo(event.zone)).date().isoformat())
        for figure in _figures(reports.report(connection, event.id)):
            yield (*first, *figure)


def _figures(report: Report) -> Iterator[Row]:
    yield ("invited", "", None, None, None, report.invited)
    if report.unanswered is not None:
        yield ("not answered", "", None, None, None, report.unanswered)
    for partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED):
        yield _counted("answered", partstat.value, report.answers.get(partstat, Count()))
    for tag, showing in report.showing.items():
        yield _counted("said yes", tag, showing.said_yes)
        yield _counted("said yes and came", tag, showing.came_of_them)
        yield _counted("came without saying so", tag, showing.came_besides)
    yield _counted("came", "", report.came)
    for figure, parts in (("came by language", report.came_by_language), ("came by", report.came_how)):
        for name, count in parts.items():
            yield _counted(figure, name, count)
    yield from _places(report)
    yield from _needs(report)


def _counted(figure: str, of: str, count: Count) -> Row:
    return (figure, of, count.households, count.adults, count.children, count.people)


def _places(report: Report) -> Iterator[Row]:
    for resource, places in report.places.items():
        if places.limit is not None:
            yield ("places", resource, None, None, None, places.limit)
        yield ("places given", resource, None, None, None, places.held)
        yield ("places wanted and not given", resource, places.households_waiting, None, None, places.waiting)


def _needs(report: Report) -> Iterator[Row]:
    """What was asked for, and of rides what was given. Interpreters, meals and access are counted by household."""
    for language, households in sorted(report.needs.get("interpreter", {}).items()):
        yield ("asked for an interpreter", language, households, None, None, None)
    for name, figure in ASKED.items():
        yield (figure, "", report.needs.get(name, 0), None, None, None)
    yield ("asked for a seat in a ride", "", None, None, None, report.needs.get("ride", 0))
    yield ("got a seat in a ride", "", None, None, None, report.needs.get("rides_given", 0))
    for age, children in report.needs.get("ages", {}).items():
        yield ("age of children", age, None, None, children, None)


def as_csv(found: list[Row], *, heading: tuple[str, ...] = HEADING) -> bytes:
    """With a mark in front, so that Excel reads its accents."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heading, *(tuple(safe(cell) for cell in row) for row in found)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(found: list[Row]) -> bytes:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - a quarter of a second to import

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("events")
    for row in [HEADING, *found]:
        page.append([safe(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(cell: Any) -> Any:
    """No title is a formula to a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
