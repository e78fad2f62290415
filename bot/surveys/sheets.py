"""The sheets of a form as rows, whatever holds them: an .xlsx, a folder of three CSV files, or one CSV that names its sheets.

One CSV holds a form as pyxform writes it: the first column has the name of a sheet, alone in its row; the rows of that sheet follow
with their first cell empty. Three files are called survey.csv, choices.csv and settings.csv; name any of them, or their folder.

BadForm     nothing of the file can be used, or something in it stands in the way; nothing was kept
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import ParseError

from conversations.surveys.validating import CHOICES, SETTINGS, SURVEY
from storage.roster.reading import BadRoster
from storage.roster.reading import rows as csv_rows

MOST_BYTES = 20_000_000
"""Of an .xlsx when it is unpacked: a form is a few pages."""
MOST_ROWS = 2_000
"""With words in them, of a sheet."""
MOST_EMPTY_ROWS = 100_000
MOST_COLUMNS = 200
MOST_SHEETS = 20
PARTS = (SURVEY, CHOICES, SETTINGS)

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError)
"""What openpyxl runs into where a file is not what it says."""

Row = tuple[int, list[str]]
"""Its number as the spreadsheet counts it, from 1, and its cells."""
Sheets = Mapping[str, list[Row]]
"""By name in small letters; rows that are empty are left out."""


class BadForm(Exception):
    """It cannot be used. Each line is for whoever gave it to us, and names sheet and row where it can."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def sheets(path: Path) -> Sheets:
    """Every sheet with its rows; raises `BadForm`."""
    try:
        if path.is_dir() or (path.suffix.casefold() == ".csv" and path.stem.casefold() in PARTS):
            return _three(path if path.is_dir() else path.parent, path.name)
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        raise BadForm(f"{path.name} cannot be read: is the path right?") from None
    if not start:
        raise BadForm(f"{path.name} is empty.")
    if start.startswith(_OLE):
        raise BadForm(f"{path.name} is an old .xls file, or has a password: save it in Excel as .xlsx, without a password.")
    if start.startswith(_ZIP) or path.suffix.casefold() in {".xlsx", ".xlsm"}:
        return _book(path)
    return _one(_of_csv(path), path.name)


# CSV


def _of_csv(path: Path) -> list[Row]:
    try:
        return list(_bounded(csv_rows(path), path.stem))
    except BadRoster as bad:
        raise BadForm(str(bad)) from None


def _three(folder: Path, name: str) -> Sheets:
    there = {each.stem.casefold(): each for each in sorted(folder.iterdir()) if each.suffix.casefold() == ".csv"}
    if SURVEY not in there:
        raise BadForm(f"{name}: there is no survey.csv beside it.")
    return {part: _of_csv(there[part]) for part in PARTS if part in there}


def _one(rows: Iterable[Row], name: str) -> Sheets:
    found: dict[str, list[Row]] = {}
    sheet: list[Row] | None = None
    for number, cells in rows:
        if cells[0]:
            sheet = found.setdefault(cells[0].casefold(), [])
        if sheet is None:
            break
        if any(cells[1:]):
            sheet.append((number, cells[1:]))
    if SURVEY not in found:
        raise BadForm(
            f"{name} names no sheet “survey”: its first column says where each sheet begins."
            " Or give three files: survey.csv, choices.csv, settings.csv."
        )
    return found


# .xlsx


def _book(path: Path) -> Sheets:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes a quarter of a second

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MOST_BYTES:
            raise BadForm(f"{path.name} unpacks to more than {MOST_BYTES // 1_000_000} MB, and a form has a few pages: save only the form.")
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions it does not know are nothing to us
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            found = {sheet.title.strip().casefold(): list(_bounded(_rows(sheet), sheet.title)) for sheet in book.worksheets[:MOST_SHEETS]}
    except _BROKEN:
        raise BadForm(f"{path.name} is not an .xlsx file, whatever its name says: save it again in Excel.") from None
    if SURVEY not in found:
        raise BadForm(f"{path.name} has no sheet “survey”. Its sheets are: {', '.join(found) or 'none'}.")
    return found


def _rows(sheet: object) -> Iterator[Row]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # some programs write a wrong size, and rows would be missing
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):  # type: ignore[attr-defined]
        yield number, [_text(cell) for cell in row]


def _bounded(rows: Iterable[Row], sheet: str) -> Iterator[Row]:
    found = 0
    for number, cells in rows:
        if any(cells):
            found += 1
            yield number, cells
        if found > MOST_ROWS or number > MOST_EMPTY_ROWS:
            raise BadForm(f"Sheet {sheet} has more than {MOST_ROWS:,} rows, or very many empty ones: delete those below the form.")


def _text(cell: object) -> str:
    """A cell as one reads it: 5.0 is a number somebody typed, TRUE a word."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").strip()
