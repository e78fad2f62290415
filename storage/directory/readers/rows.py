"""Rows as the source has them, under the table and column names of HSDS 3; text only, nothing repaired yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..feed import Issue

TABLES = (
    "organization",
    "location",
    "address",
    "service",
    "service_at_location",
    "phone",
    "schedule",
    "language",
    "required_document",
    "taxonomy",
    "taxonomy_term",
    "attribute",
    "translation",
)


@dataclass(frozen=True)
class Row:
    file: str
    number: int
    values: Mapping[str, str]

    def get(self, *names: str) -> str:
        """The first of these columns that says something; empty if none does."""
        return next((value for name in names if (value := self.values.get(name, "").replace("\0", "").strip())), "")

    def issue(self, field: str, remedy: str) -> Issue:
        return Issue(self.file, self.number, field, self.get(field), remedy)


@dataclass
class Tables:
    """All rows of a feed, by table, in the order they were read."""

    form: str
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    issues: list[Issue] = field(default_factory=list)

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def add(self, table: str, like: Row, values: Mapping[str, str]) -> None:
        """A row that stands inside another: the same place in the file, other values."""
        self.rows[table].append(Row(like.file, like.number, values))

    def replace(self, table: str, rows: Iterable[Row]) -> None:
        self.rows[table] = list(rows)


def as_text(value: object) -> str:
    """A JSON value as a spreadsheet would hold it; a list with commas, an object not at all."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(filter(None, map(as_text, value)))
    return str(value)
