"""HSDS as a folder of CSV files, of version 3 or 1.1. The standard's own file names are irregular, so many are understood."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import PurePosixPath

from ..feed import Issue
from .files import text
from .older import modernise
from .rows import TABLES, Row, Tables

_NAMES = {
    "addresses": "address",
    "physical_addresses": "address",
    "services_at_location": "service_at_location",
    "services_at_locations": "service_at_location",
    "regular_schedules": "schedule",
    "taxonomies": "taxonomy",
    "services_taxonomy": "attribute",
    "service_taxonomy": "attribute",
    "service_translations": "translation",
}


def table_of(file: str) -> str | None:
    """The table a file holds by its name, or None if we have no use for it."""
    stem = PurePosixPath(file).stem.lower()
    name = _NAMES.get(stem, stem.removesuffix("s"))
    return name if name in TABLES else None


def read(files: Mapping[str, bytes]) -> Tables | None:
    """The tables, if a file of services with ids or names is among them."""
    tables = Tables("HSDS 3 CSV")
    for name, data in files.items():
        table = table_of(name)
        if name.lower().endswith(".csv") and table:
            _take(tables, table, name, data)
    return modernise(tables) if any({"id", "name"} & row.values.keys() for row in tables["service"]) else None


def _take(tables: Tables, table: str, file: str, data: bytes) -> None:
    lines = csv.DictReader(io.StringIO(text(data), newline=None), restkey="", restval="")
    number = 1
    try:
        for number, values in enumerate(lines, 2):
            if "" in values and any(cell.strip() for cell in values[""]):
                tables.issues.append(Issue(file, number, "row", "", "has more cells than the header; those beyond it are ignored"))
            if any(isinstance(cell, str) and cell.strip() for cell in values.values()):
                tables[table].append(Row(file, number, {k.strip().lower(): v for k, v in values.items() if k}))
    except csv.Error as error:
        tables.issues.append(Issue(file, number + 1, "row", "", f"cannot be read ({error}); the rest of the file is left out"))
