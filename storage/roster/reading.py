"""The rows of a contact list, whatever program wrote it: CSV of any kind, or .xlsx. One row at a time.

BadRoster     the file cannot be used at all; nothing was changed
"""

from __future__ import annotations

import codecs
import csv
import itertools
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

MOST_ROWS = 200_000
MOST_BYTES = 100_000_000
"""Of an .xlsx when it is unpacked, and of a CSV."""
MOST_EMPTY_ROWS = 2_000_000
"""Rows a spreadsheet may have formatted and left empty: nearly twice what Excel can hold."""
DELIMITERS = ",;\t|"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 20

_BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError)
"""What openpyxl runs into where a file is not what it says: it checks little beforehand."""

Row = tuple[int, list[str]]
"""Its number as the spreadsheet counts it, from 1, and its cells."""


class BadRoster(Exception):
    """The file cannot be used. Its one sentence is for whoever gave it to us."""


def rows(path: Path) -> Iterator[Row]:
    """Every row that is not empty; raises `BadRoster`."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        raise BadRoster(f"{path.name} cannot be read: is the path right?") from None
    if not start:
        raise BadRoster(f"{path.name} is empty.")
    if start.startswith(_OLE):
        raise BadRoster(f"{path.name} is an old .xls file, or has a password: save it in Excel as .xlsx, without a password.")
    if path.suffix.casefold() in {".xlsx", ".xlsm"} or start.startswith(_ZIP):
        return _counted(path, _xlsx(path))
    return _counted(path, _csv(path))


def _counted(path: Path, every: Iterable[list[str]]) -> Iterator[Row]:
    found = 0
    for number, cells in enumerate(every, 1):
        if number > MOST_EMPTY_ROWS:
            raise BadRoster(f"{path.name} has more than {MOST_EMPTY_ROWS:,} rows, most of them empty: delete those below the list.")
        if any(cells):
            found += 1
            if found > MOST_ROWS:
                raise BadRoster(f"{path.name} has more than {MOST_ROWS:,} rows: split it.")
            yield number, cells


# CSV


def _csv(path: Path) -> Iterator[list[str]]:
    if path.stat().st_size > MOST_BYTES:
        raise BadRoster(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB: split it.")
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = list(itertools.islice(file, 10))
        lines = itertools.chain(first, file)
        if first and first[0].casefold().startswith("sep="):  # Excel's own mark
            delimiter = first[0][4:5]
            next(lines)
            yield []
        else:
            delimiter = Counter({each: sum(line.count(each) for line in first) for each in DELIMITERS}).most_common(1)[0][0]
        try:
            for record in csv.reader(lines, delimiter=delimiter):
                yield [cell.strip() for cell in record]
        except csv.Error:
            raise BadRoster(f"{path.name} is broken off inside a quoted cell: export it again.") from None


def _encoding(path: Path) -> str:
    """UTF-8 where every byte of it is; else what Excel writes on Windows."""
    with path.open("rb") as file:
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = file.read(_CHUNK)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in chunk:
            raise BadRoster(f"{path.name} is neither a CSV nor an .xlsx file: export the list as one of them.")
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


# .xlsx


def _xlsx(path: Path) -> Iterator[list[str]]:
    """The first sheet that shows. openpyxl keeps a sheet's distinct texts in memory while the file is open, hence `MOST_BYTES`."""
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes a quarter of a second, and a CSV does not need it

    broken = f"{path.name} is not an .xlsx file, whatever its name says: save it again in Excel, or as CSV."
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MOST_BYTES:
            raise BadRoster(f"{path.name} unpacks to more than {MOST_BYTES // 1_000_000} MB: save only the list itself, as CSV.")
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions it does not know are nothing to us
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise BadRoster(f"{path.name} has no sheet with rows.")
            sheet.reset_dimensions()  # some programs write a wrong size, and rows would be missing
            for row in sheet.iter_rows(values_only=True):
                yield [_text(value) for value in row]
    except _BROKEN:
        raise BadRoster(broken) from None


def _text(value: object) -> str:
    """A cell as one reads it: 6615550120.0 is a number somebody typed, not a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
