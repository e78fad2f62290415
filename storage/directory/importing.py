"""Bring a feed into the directory. What it would change and what it changes come out of one comparison.

    read(path)                       the feed, whatever its form; raises `BadFeed`
    plan(connection, feed)           what would change; changes nothing
    apply(connection, feed, now)     change it; the second time everything is unchanged. `guarded`: raises `Shrinks` rather than
                                     hide more than half of what the source had, and changes nothing

Rows that a source no longer has are hidden, not deleted, and come back with it. What a person has hidden stays hidden.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import SQLModel, col

from . import tables
from .building import build
from .feed import AtLocation, BadFeed, Entry, Feed, Issue, Location, Organization, Service
from .readers import read_tables

__all__ = ["BadFeed", "Counts", "Report", "Shrinks", "apply", "id_of", "plan", "read", "source_of"]

VANISHED = "vanished"
MOST_GONE = 0.5
"""Of a source's services: more than that is rather a broken export, or another feed under the same name."""
BATCH = 500

_IDS = uuid.UUID("5b0c6a2e-6b55-4c11-9a5e-5a0f0d1c7a10")
_KINDS: dict[str, type[tables.Organization | tables.Location | tables.Service | tables.ServiceAtLocation]] = {
    "organizations": tables.Organization,
    "locations": tables.Location,
    "services": tables.Service,
    "services at locations": tables.ServiceAtLocation,
}

T = TypeVar("T")


class Shrinks(BadFeed):
    """More than half of what the source had would be gone."""


@dataclass(frozen=True)
class Counts:
    new: int
    changed: int
    unchanged: int
    vanished: int


@dataclass(frozen=True)
class Report:
    """What an import would change, or has changed."""

    source: str
    form: str
    counts: Mapping[str, Counts]
    """By what is counted: organizations, locations, services, services at locations."""
    issues: tuple[Issue, ...]
    had: int
    """Services of this source that were shown before."""
    others: tuple[str, ...]
    """Sources of the directory that stay as they are."""

    @property
    def shrinks(self) -> str:
        """A plain warning, where more than half of the source's services would be gone; else empty."""
        gone = self.counts["services"].vanished
        return (
            f"{gone} of the {self.had} services of {self.source!r} would be gone. Is the file whole, and is it the same feed? "
            "(Another feed needs a name of its own: --source NAME.)"
            if gone > self.had * MOST_GONE
            else ""
        )

    @property
    def changes(self) -> bool:
        return any(each.new or each.changed or each.vanished for each in self.counts.values())

    def lines(self) -> list[str]:
        """For the command line: the counts, then every row that needs an eye."""
        heading = f"{self.form}, kept under the name {self.source!r}: {self._replaces()}"
        counted = [
            f"{kind}: {each.new} new, {each.changed} changed, {each.unchanged} unchanged, {each.vanished} gone from the source (hidden)"
            for kind, each in self.counts.items()
        ]
        issues = [f"{len(self.issues)} to look at:", *(f"  {issue}" for issue in self.issues)] if self.issues else []
        others = [f"left as they are: {', '.join(self.others)}"] if self.others else []
        return [heading, *others, *counted, *issues]

    def _replaces(self) -> str:
        gone = self.counts["services"].vanished
        return f"it replaces the {self.had} services of that name, {gone} of them vanish" if self.had else "a new source"


def read(path: Path, source: str = "") -> Feed:
    """The feed in a folder, a zip or a JSON file. Its source is its name without digits, unless one is given."""
    rows = read_tables(path)
    feed = build(source or source_of(path), rows)
    if not feed.services:
        raise BadFeed(f"{path.name} names no service that could be used: {feed.issues[0] if feed.issues else 'it is empty'}.")
    return feed


def source_of(path: Path) -> str:
    """The name without the date: "kern-2026-03.zip" and "kern-2026-04" are the same source, "kern"."""
    stem = path.resolve().name if path.is_dir() else path.stem
    return re.sub(r"[\W_\d]+$", "", re.sub(r"[\s_]+", "-", stem)).casefold() or stem


def plan(connection: Connection, feed: Feed) -> Report:
    """What `apply` would do."""
    return _report(connection, feed, _compared(connection, feed))


def apply(connection: Connection, feed: Feed, now: datetime, *, guarded: bool = False) -> Report:
    """Make the directory say what the feed says, and keep a note of having done so."""
    compared = _compared(connection, feed)
    report = _report(connection, feed, compared)
    if guarded and report.shrinks:
        raise Shrinks(report.shrinks)
    run = _noted(connection, report, now)
    for kind, table in _KINDS.items():
        _write(connection, table, compared[kind], feed.source, run)
    _settle(connection, feed, compared)
    return report


@dataclass(frozen=True)
class _Compared:
    """The entries of one kind, beside what the directory has of this source."""

    new: Sequence[Entry]
    changed: Sequence[Entry]
    unchanged: Sequence[Entry]
    vanished: Sequence[str]
    """Ids of rows."""
    shown: int
    """How many there were to be found, before."""


def id_of(source: str, kind: str, source_id: str) -> str:
    """The same for ever, so that importing again finds the row."""
    return str(uuid.uuid5(_IDS, f"{source}\n{kind}\n{source_id}"))


def _compared(connection: Connection, feed: Feed) -> dict[str, _Compared]:
    entries: dict[str, Sequence[Entry]] = {
        "organizations": feed.organizations,
        "locations": feed.locations,
        "services": feed.services,
        "services at locations": feed.at_locations,
    }
    return {kind: _beside(connection, _KINDS[kind], feed.source, entries[kind]) for kind in _KINDS}


def _beside(connection: Connection, table: Any, source: str, entries: Sequence[Entry]) -> _Compared:
    known = {
        row.source_id: row
        for row in connection.execute(
            select(table.id, table.source_id, table.digest, table.hidden_reason).where(col(table.source) == source)
        )
    }
    shown = sum(row.hidden_reason is None for row in known.values())
    new: list[Entry] = []
    changed: list[Entry] = []
    unchanged: list[Entry] = []
    for entry in entries:
        row = known.pop(entry.source_id, None)
        same = row is not None and row.digest == entry.digest and row.hidden_reason != VANISHED
        (new if row is None else unchanged if same else changed).append(entry)
    return _Compared(new, changed, unchanged, [row.id for row in known.values() if row.hidden_reason is None], shown)


def _report(connection: Connection, feed: Feed, compared: Mapping[str, _Compared]) -> Report:
    others = connection.scalars(select(col(tables.Service.source)).where(col(tables.Service.source) != feed.source).distinct())
    counts = {kind: Counts(len(each.new), len(each.changed), len(each.unchanged), len(each.vanished)) for kind, each in compared.items()}
    return Report(feed.source, feed.form, counts, feed.issues, compared["services"].shown, tuple(sorted(others)))


def _noted(connection: Connection, report: Report, now: datetime) -> int:
    totals = {name: sum(getattr(each, name) for each in report.counts.values()) for name in ("new", "changed", "unchanged", "vanished")}
    values = {"source": report.source, "at": now, "issues": len(report.issues), **totals}
    run = connection.execute(insert(tables.ImportRun).values(values)).inserted_primary_key
    assert run is not None
    return int(run[0])


def _write(connection: Connection, table: type[Any], compared: _Compared, source: str, run: int) -> None:
    fresh = [{**_row(source, entry), "last_seen": run, "hidden_reason": None} for entry in compared.new]
    for batch in _batches(fresh):
        connection.execute(insert(table), batch)
    altered = [{("key" if k == "id" else k): v for k, v in {**_row(source, entry), "last_seen": run}.items()} for entry in compared.changed]
    for batch in _batches(altered):
        columns: dict[str, Any] = {name: bindparam(name) for name in batch[0] if name not in {"key", "source", "source_id"}}
        connection.execute(update(table).where(col(table.id) == bindparam("key")).values(columns), batch)
    back = [_row(source, entry)["id"] for entry in compared.changed]
    for some in _batches(back):
        again = update(table).where(col(table.id).in_(some), col(table.hidden_reason) == VANISHED)
        connection.execute(again.values(hidden_reason=None))
    for some in _batches(compared.vanished):
        connection.execute(update(table).where(col(table.id).in_(some)).values(hidden_reason=VANISHED))


def _row(source: str, entry: Entry) -> dict[str, Any]:
    """The columns of an entry's own table."""
    common = {"source": source, "source_id": entry.source_id, "digest": entry.digest}
    match entry:
        case Organization():
            return {"id": id_of(source, "organization", entry.source_id), **common, "name": entry.name}
        case Location():
            own = {name: getattr(entry, name) for name in ("name", "address", "zip", "latitude", "longitude", "approximate")}
            return {"id": id_of(source, "location", entry.source_id), **common, **own}
        case Service():
            owner = None if entry.organization_id is None else id_of(source, "organization", entry.organization_id)
            own = {name: getattr(entry, name) for name in ("name", "description", "status", "alert", "note", "no_id", "assured_date")}
            return {"id": id_of(source, "service", entry.source_id), **common, "organization_id": owner, **own}
        case AtLocation():
            place = None if entry.location_id is None else id_of(source, "location", entry.location_id)
            links = {"service_id": id_of(source, "service", entry.service_id), "location_id": place}
            return {"id": id_of(source, "service_at_location", entry.source_id), **common, **links}
        case _:
            raise TypeError(entry)


def _settle(connection: Connection, feed: Feed, compared: Mapping[str, _Compared]) -> None:
    """Rewrite what hangs on whatever changed: translations, phones, hours, languages, and what a look-up searches."""
    services, places, at = compared["services"], compared["locations"], compared["services at locations"]
    written = [*services.new, *services.changed]
    _rewrite(connection, tables.ServiceTranslation, "service_id", _ids(feed, "service", written), _translations(feed, written))
    touched = [*at.new, *at.changed]
    for table, rows in _details(feed, touched).items():
        _rewrite(connection, table, "service_at_location_id", _ids(feed, "service_at_location", touched), rows)
    about = {each.source_id for each in written}
    where = {each.source_id for each in (*places.new, *places.changed)}
    moved = [each for each in feed.at_locations if each.service_id in about or each.location_id in where]
    again = list({each.source_id: each for each in (*touched, *moved) if isinstance(each, AtLocation)}.values())
    hidden = _hidden(connection, feed.source)
    _rewrite(connection, tables.Offer, "service_at_location_id", _ids(feed, "service_at_location", again), _offers(feed, again, hidden))
    for gone in (("service_at_location_id", at.vanished), ("service_id", services.vanished)):
        _remove(connection, tables.Offer, *gone)


def _ids(feed: Feed, kind: str, entries: Iterable[Entry]) -> list[str]:
    return [id_of(feed.source, kind, each.source_id) for each in entries]


def _rewrite(connection: Connection, table: type[SQLModel], column: str, ids: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    _remove(connection, table, column, ids)
    for batch in _batches(rows):
        connection.execute(insert(table), batch)


def _remove(connection: Connection, table: type[SQLModel], column: str, ids: Sequence[str]) -> None:
    for some in _batches(ids):
        connection.execute(delete(table).where(col(getattr(table, column)).in_(some)))


def _translations(feed: Feed, services: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    for service in services:
        assert isinstance(service, Service)
        key = id_of(feed.source, "service", service.source_id)
        for each in {each.language: each for each in service.translations}.values():
            yield {"service_id": key, **vars(each)}


def _details(feed: Feed, entries: Sequence[Entry]) -> dict[type[SQLModel], list[dict[str, Any]]]:
    rows: dict[type[SQLModel], list[dict[str, Any]]] = {tables.Phone: [], tables.Schedule: [], tables.Language: []}
    for entry in entries:
        assert isinstance(entry, AtLocation)
        key = id_of(feed.source, "service_at_location", entry.source_id)
        for table, details in ((tables.Phone, entry.phones), (tables.Schedule, entry.schedules), (tables.Language, entry.languages)):
            rows[table].extend({"service_at_location_id": key, "position": n, **vars(each)} for n, each in enumerate(details))
    return rows


def _offers(feed: Feed, entries: Iterable[AtLocation], hidden: frozenset[str]) -> Iterator[dict[str, Any]]:
    """One row for each need of what may be shown: an active service that can be reached somehow."""
    services = {each.source_id: each for each in feed.services}
    places = {each.source_id: each for each in feed.locations}
    for entry in entries:
        service, place = services[entry.service_id], places.get(entry.location_id or "")
        ids = {
            "service_at_location_id": id_of(feed.source, "service_at_location", entry.source_id),
            "service_id": id_of(feed.source, "service", entry.service_id),
        }
        if service.status != "active" or hidden & set(ids.values()) or not (entry.phones or (place and place.address)):
            continue
        point = {"latitude": place.latitude if place else None, "longitude": place.longitude if place else None}
        for need, how in service.needs:
            yield {**ids, "need": need, "how": how, **point}


def _hidden(connection: Connection, source: str) -> frozenset[str]:
    """What a person has hidden."""
    found: set[str] = set()
    for table in (tables.Service, tables.ServiceAtLocation):
        reason = col(table.hidden_reason)
        found.update(connection.scalars(select(col(table.id)).where(col(table.source) == source, reason.is_not(None), reason != VANISHED)))
    return frozenset(found)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
