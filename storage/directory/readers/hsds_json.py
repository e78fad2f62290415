"""HSDS 3 as JSON: single objects, arrays, pages of an API, or one object of tables. Objects stand inside each other; here they part.

Ours beside the standard: a service may carry `"translations": {"es": {"name", "description", "note"}}` and `"no_id": true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ..feed import BadFeed, Issue
from .hsds_csv import table_of
from .older import modernise
from .rows import Row, Tables, as_text

_CHILDREN = {
    "phones": "phone",
    "schedules": "schedule",
    "languages": "language",
    "addresses": "address",
    "required_documents": "required_document",
}
_ORGANIZATION = {"services", "locations", "website", "legal_status", "tax_status", "year_incorporated", "organization_identifiers"}
_SERVICE = {"service_at_locations", "organization", "organization_id", "status", "eligibility_description", "application_process"}
_TERM = {"taxonomy", "taxonomy_detail", "term_uri"}

Json = dict[str, Any]


def read(files: Mapping[str, bytes]) -> Tables | None:
    """The tables, if there is an HSDS object in any of the JSON files; raises `BadFeed` for broken JSON."""
    loaded = {name: _load(name, data) for name, data in files.items() if name.lower().endswith((".json", ".jsonl")) and data.strip()}
    parts = _Parts()
    for name, document in loaded.items():
        for number, each in enumerate(_objects(document), 1):
            parts.take(name, number, each)
    if not parts.entities["service"]:
        tabular = next(((name, document) for name, document in loaded.items() if _is_tabular(document)), None)
        return _from_tabular(*tabular) if tabular else None
    return parts.tables()


def _load(name: str, data: bytes) -> object:
    try:
        if name.lower().endswith(".jsonl"):
            return [orjson.loads(line) for line in data.splitlines() if line.strip()]
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadFeed(f"{name} is broken JSON at line {error.lineno}: please export it again.") from error


def _objects(document: object) -> Iterator[object]:
    """The objects of a page, of an array, or the one there is."""
    if isinstance(document, list):
        yield from document
    elif isinstance(document, dict) and isinstance(document.get("contents"), list):
        yield from document["contents"]
    elif isinstance(document, dict) and not _is_tabular(document):
        yield document


def _is_tabular(document: object) -> bool:
    return isinstance(document, dict) and any(table_of(name) == "service" and name.endswith(".csv") for name in document)


def _from_tabular(file: str, document: object) -> Tables:
    tables = Tables("HSDS JSON tables")
    assert isinstance(document, dict)
    for name, rows in document.items():
        table = table_of(name)
        if table and isinstance(rows, list):
            kept = (row for row in rows if isinstance(row, dict))
            tables[table].extend(Row(f"{file} ({name})", n, _values(row)) for n, row in enumerate(kept, 1))
    return modernise(tables)


class _Parts:
    """Collects the rows; the same object often stands in several places, once in full and elsewhere in brief."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Row]] = {"organization": {}, "service": {}, "location": {}, "service_at_location": {}}
        self.children: dict[tuple[str, ...], tuple[str, Row]] = {}
        self.issues: list[Issue] = []

    def tables(self) -> Tables:
        tables = Tables("HSDS 3 JSON")
        for name, rows in self.entities.items():
            tables[name].extend(rows.values())
        for table, row in self.children.values():
            tables[table].append(row)
        tables.issues.extend(self.issues)
        return tables

    def take(self, file: str, number: int, found: object) -> None:
        """One object at the top of a file, whatever it is."""
        here = Row(file, number, {})
        if not isinstance(found, dict):
            self.issues.append(Issue(file, number, "object", as_text(found), "is not an object; left out"))
        elif _TERM & found.keys():
            return
        elif isinstance(found.get("location"), dict) or isinstance(found.get("service"), dict):
            self.at_location(here, found, "")
        elif _SERVICE & found.keys():
            self.service(here, found, "")
        elif _ORGANIZATION & found.keys():
            self.organization(here, found)

    def organization(self, here: Row, found: Json) -> str:
        key = self._entity("organization", here, found, {})
        for service in _dicts(found.get("services")):
            self.service(here, service, key)
        for location in _dicts(found.get("locations")):
            self.location(here, location)
        return key

    def service(self, here: Row, found: Json, organization: str) -> str:
        inside = found.get("organization")
        owner = self.organization(here, inside) if isinstance(inside, dict) else as_text(found.get("organization_id")) or organization
        key = self._entity("service", here, found, {"organization_id": owner})
        for attribute in _dicts(found.get("attributes")):
            self._child("attribute", here, {"link_id": key, "link_entity": "service", **_term(attribute)})
        for language, words in _items(found.get("translations")):
            self._child("translation", here, {"service_id": key, "language": language, **_values(words)})
        for place in _dicts(found.get("service_at_locations")):
            self.at_location(here, place, key)
        return key

    def at_location(self, here: Row, found: Json, service: str) -> None:
        inside, at = found.get("service"), found.get("location")
        about = self.service(here, inside, "") if isinstance(inside, dict) else as_text(found.get("service_id")) or service
        where = self.location(here, at) if isinstance(at, dict) else as_text(found.get("location_id"))
        self._entity("service_at_location", here, found, {"service_id": about, "location_id": where})

    def location(self, here: Row, found: Json) -> str:
        return self._entity("location", here, found, {})

    def _entity(self, table: str, here: Row, found: Json, links: Mapping[str, str]) -> str:
        """Add what is new about it, and what hangs on it; its id, empty where it has none."""
        values = {**_values(found), **links}
        key = values.get("id") or (f"{links['service_id']} {links['location_id']}" if table == "service_at_location" else "")
        if not key:
            self.issues.append(Issue(here.file, here.number, f"{table} id", values.get("name", ""), "is missing; left out"))
            return ""
        known = self.entities[table].get(key)
        merged = {**values, "id": key} if known is None else {**values, **{k: v for k, v in known.values.items() if v}}
        self.entities[table][key] = Row(here.file, here.number, merged) if known is None else Row(known.file, known.number, merged)
        for name, child in _CHILDREN.items():
            for each in _dicts(found.get(name)):
                self._child(child, here, {**_values(each), f"{table}_id": key})
        return key

    def _child(self, table: str, here: Row, values: Mapping[str, str]) -> None:
        self.children.setdefault((table, *sorted(f"{k}={v}" for k, v in values.items() if v)), (table, Row(here.file, here.number, values)))


def _values(found: Json) -> dict[str, str]:
    return {str(name): as_text(value) for name, value in found.items()}


def _dicts(found: object) -> list[Json]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _items(found: object) -> list[tuple[str, Json]]:
    return [(str(k), v) for k, v in found.items() if isinstance(v, dict)] if isinstance(found, dict) else []


def _term(attribute: Json) -> dict[str, str]:
    """What an attribute says: the code and name of its term, and the name of the taxonomy."""
    term = attribute.get("taxonomy_term")
    inside: Json = term if isinstance(term, dict) else {}
    detail = inside.get("taxonomy_detail")
    named = as_text(detail.get("name")) if isinstance(detail, dict) else ""
    return {"code": as_text(inside.get("code")), "name": as_text(inside.get("name")), "taxonomy": named or as_text(inside.get("taxonomy"))}
