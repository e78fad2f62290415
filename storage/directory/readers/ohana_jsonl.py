"""Ohana JSON lines (organizations, locations, services), as communities exported them from the Ohana API.

A service seldom has a name: its location carries name, hours and phones. Coordinates are longitude first. Fax numbers and mailing
addresses are no help to a family and stay out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import orjson

from ..feed import Issue
from .older import modernise
from .rows import Row, Tables, as_text

Json = dict[str, Any]

_FILES = ("organizations", "locations", "services")


def read(files: Mapping[str, bytes]) -> Tables | None:
    """The tables, if the three files are there."""
    mine = {PurePosixPath(name).stem: (name, data) for name, data in files.items() if name.endswith(".jsonl")}
    if not all(name in mine for name in _FILES):
        return None
    tables = Tables("Ohana JSON lines")
    for row, found in _lines(*mine["organizations"], tables):
        tables.add("organization", row, {"id": as_text(found.get("id")), "name": as_text(found.get("name"))})
    for row, found in _lines(*mine["locations"], tables):
        _location(tables, row, found)
    for row, found in _lines(*mine["services"], tables):
        _service(tables, row, found)
    return modernise(tables)


def _lines(file: str, data: bytes, tables: Tables) -> Iterator[tuple[Row, Json]]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            found = orjson.loads(line) if line.strip() else {}
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            tables.issues.append(Issue(file, number, "line", "", "is not a JSON object; left out"))
        elif found:
            yield Row(file, number, {}), found


def _location(tables: Tables, row: Row, found: Json) -> None:
    key = as_text(found.get("id"))
    point = found.get("coordinates")
    longitude, latitude = map(as_text, point) if isinstance(point, list) and len(point) == 2 else ("", "")  # noqa: PLR2004
    plain = {name: as_text(found.get(name)) for name in ("organization_id", "name", "description", "short_desc", "kind", "languages")}
    tables.add("location", row, {"id": key, "latitude": latitude, "longitude": longitude, **plain})
    address = found.get("address_attributes")
    if isinstance(address, dict):
        tables.add("address", row, {"location_id": key, **_address(address)})
    for phone in found.get("phones_attributes") or []:
        if isinstance(phone, dict):
            tables.add("phone", row, {"location_id": key, **{name: as_text(value) for name, value in phone.items()}})
    if found.get("hours"):
        tables.add("schedule", row, {"location_id": key, "description": as_text(found["hours"])})


def _address(found: Json) -> dict[str, str]:
    columns = {"street": "address_1", "city": "city", "state": "state_province", "zip": "postal_code"}
    return {to: as_text(found.get(name)) for name, to in columns.items()}


def _service(tables: Tables, row: Row, found: Json) -> None:
    values = {name: as_text(value) for name, value in found.items()}
    tables.add("service", row, values)
    if found.get("hours"):
        tables.add("schedule", row, {"service_id": values["id"], "description": values["hours"]})
