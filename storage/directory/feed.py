"""What a directory feed says, whatever form it came in: repaired, joined, and with what could not be used named row by row.

BadFeed     it cannot be used at all; nothing was changed
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property


class BadFeed(Exception):
    """The file or folder cannot be used. Its one sentence is for whoever gave it to us."""


@dataclass(frozen=True)
class Issue:
    """One thing in a feed that its keeper should look at, and what we have made of it."""

    file: str
    row: int
    """As a spreadsheet counts them, or the n-th object or line of a JSON file; 0: the whole file."""
    field: str
    value: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        value = f" {self.value[:60]!r}" if self.value else ""
        return f"{where}: {self.field}{value}: {self.remedy}"


@dataclass(frozen=True)
class Entry:
    """Something with an id of its own in the source."""

    source_id: str

    @cached_property
    def digest(self) -> str:
        """Changes when anything that is said of it changes."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Organization(Entry):
    name: str


@dataclass(frozen=True)
class Location(Entry):
    name: str
    address: str
    zip: str
    latitude: float | None
    longitude: float | None
    approximate: bool


@dataclass(frozen=True)
class Translation:
    language: str
    name: str
    description: str
    note: str


@dataclass(frozen=True)
class Service(Entry):
    organization_id: str | None
    name: str
    description: str
    status: str
    alert: str
    note: str
    no_id: bool
    assured_date: date | None
    needs: tuple[tuple[str, str], ...]
    """Slug, and "source" or "guessed"."""
    translations: tuple[Translation, ...]


@dataclass(frozen=True)
class Phone:
    number: str
    extension: str = ""
    type: str = "voice"


@dataclass(frozen=True)
class Schedule:
    """A rule, or words; see `storage.directory.tables.Schedule`."""

    byday: str = ""
    opens_at: str = ""
    closes_at: str = ""
    description: str = ""


@dataclass(frozen=True)
class Language:
    code: str
    name: str


@dataclass(frozen=True)
class AtLocation(Entry):
    """One service at one place, with what to show there already settled."""

    service_id: str
    location_id: str | None
    phones: tuple[Phone, ...]
    schedules: tuple[Schedule, ...]
    languages: tuple[Language, ...]


@dataclass(frozen=True)
class Feed:
    source: str
    """Tells this feed's rows from another's; the name of its file or folder without dates, so that next month's is the same."""
    form: str
    organizations: tuple[Organization, ...]
    locations: tuple[Location, ...]
    services: tuple[Service, ...]
    at_locations: tuple[AtLocation, ...]
    issues: tuple[Issue, ...] = ()
