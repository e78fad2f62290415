"""Enter the paper sheet afterwards. A sheet that is entered again takes the place of what was entered before: nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from conversations.folding import fold
from locales import audience
from storage import people
from storage.events import attendance
from storage.events.attendance import Line
from storage.roster import reading

from ..members import Unfit, parse_address

HEADINGS = {
    "adults": {"adults", "adultos"},
    "children": {"children", "kids", "ninos"},
    "language": {"language", "idioma"},
    "phone": {"phone", "telefono", "number", "address"},
    "name": {"name", "nombre"},
}
MOST_OF_A_LINE = 99


def read(connection: Connection, path: Path) -> list[Line]:
    """The lines of a CSV or .xlsx file with a heading; `Unfit` names the row that cannot be taken."""
    try:
        rows = list(reading.rows(path))
    except reading.BadRoster as bad:
        raise Unfit(str(bad)) from bad
    (_number, heading), *lines = rows or [(1, [])]
    where = {name: place for place, cell in enumerate(heading) for name, called in HEADINGS.items() if fold(cell) in called}
    if "adults" not in where and "children" not in where:
        raise Unfit(f"{path.name} needs a heading with adults and children; language, phone and name may stand beside them.")
    return list(_lines(connection, lines, where))


def _lines(connection: Connection, rows: Iterable[tuple[int, list[str]]], where: dict[str, int]) -> Iterator[Line]:
    for number, cells in rows:
        found = {name: cells[place].strip() if place < len(cells) else "" for name, place in where.items()}
        adults, children = _number(found, "adults", number), _number(found, "children", number)
        if adults + children == 0:
            raise Unfit(f"Row {number} counts nobody: give it adults or children, or delete it.")
        yield Line(adults, children, _language(found, number), _person(connection, found, number), found.get("name") or None)


def _number(found: dict[str, str], name: str, row: int) -> int:
    text = found.get(name, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST_OF_A_LINE:
        raise Unfit(f'Row {row}: "{text}" is no number of {name} from 0 to {MOST_OF_A_LINE}.')
    return int(text)


def _language(found: dict[str, str], row: int) -> str | None:
    text = found.get("language", "")
    if text and fold(text) not in audience.labels():
        raise Unfit(f'Row {row}: "{text}" is no language of ours: leave it empty, or name one of ours.')
    return audience.labels()[fold(text)] if text else None


def _person(connection: Connection, found: dict[str, str], row: int) -> int | None:
    """Whose line it is; nobody's where we do not know the number: the sheet makes nobody known to us."""
    if not found.get("phone"):
        return None
    try:
        channel, address = parse_address(found["phone"])
    except Unfit as unfit:
        raise Unfit(f"Row {row}: {unfit}") from unfit
    known = people.at(connection, channel, address)
    return known.person_id if known is not None else None


def enter(connection: Connection, event: Any, lines: list[Line], now: datetime) -> str:
    """Count the lines; in words. Who came in by the code is counted already."""
    before = attendance.strike_paper(connection, event.id)
    counted = attendance.on_paper(connection, event.id, lines, now)
    again = f" The {before} entered before are replaced." if before else ""
    doubled = len(lines) - counted
    known = f" {doubled} were counted already." if doubled else ""
    adults, children = sum(line.adults for line in lines), sum(line.children for line in lines)
    return f"{len(lines)} lines, {adults} adults and {children} children on paper: {counted} lines counted.{known}{again}"
