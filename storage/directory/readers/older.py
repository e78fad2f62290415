"""Tell HSDS 1.1 in the words of HSDS 3: weekdays as rules, lists in a cell as rows, a service's place as a row of its own."""

from __future__ import annotations

from collections.abc import Mapping

from .rows import Row, Tables

_COLUMNS = {
    "service": {"eligibility": "eligibility_description", "fees": "fees_description"},
    "phone": {"number_type": "type"},
    "attribute": {"service_id": "link_id", "taxonomy_id": "taxonomy_term_id"},
    "schedule": {"weekday": "byday"},
}


def modernise(tables: Tables) -> Tables:
    """The same rows, changed in place where they are old; those of version 3 stay as they are."""
    if any("weekday" in row.values for row in tables["schedule"]) or any("taxonomy_ids" in row.values for row in tables["service"]):
        tables.form = "HSDS 1.1 CSV" if tables.form == "HSDS 3 CSV" else tables.form
    tables.replace("taxonomy_term", [_term(row) for row in tables["taxonomy_term"] + _old_terms(tables)])
    _weekdays(tables)
    for table, columns in _COLUMNS.items():
        tables.replace(table, [_renamed(row, columns) for row in tables[table]])
    _lists(tables)
    _own_place(tables)
    return tables


def _renamed(row: Row, columns: Mapping[str, str]) -> Row:
    new = {to: row.get(to) or row.get(old) for old, to in columns.items() if row.get(old)}
    return Row(row.file, row.number, {**row.values, **new}) if new else row


def _old_terms(tables: Tables) -> list[Row]:
    """Before version 3 the table of terms was called taxonomy."""
    return [row for row in tables["taxonomy"] if "parent_name" in row.values or "parent_id" in row.values]


def _term(row: Row) -> Row:
    key = row.get("id", "taxonomy_id")
    return Row(row.file, row.number, {**row.values, "id": key, "code": row.get("code") or key})


def _weekdays(tables: Tables) -> None:
    """A row for each weekday of version 1.1 counts as weekly."""
    weekly = [
        Row(row.file, row.number, {**row.values, "byday": row.get("weekday"), "freq": "WEEKLY"}) if row.get("weekday") else row
        for row in tables["schedule"]
    ]
    tables.replace("schedule", weekly)


def _lists(tables: Tables) -> None:
    for row in tables["service"]:
        key = row.get("id")
        for code in _split(row.get("taxonomy_ids", "category_ids")):
            tables.add("attribute", row, {"link_id": key, "code": code})
        if row.get("required_documents"):
            tables.add("required_document", row, {"service_id": key, "document": row.get("required_documents")})
    for table in ("service", "location"):
        for row in tables[table]:
            for name in _split(row.get("languages")):
                tables.add("language", row, {f"{table}_id": row.get("id"), "name": name})


def _own_place(tables: Tables) -> None:
    """In version 1.1 a service stands at one location and belongs to whom that belongs to."""
    owners = {row.get("id"): row.get("organization_id") for row in tables["location"]}
    services = []
    for row in tables["service"]:
        place = row.get("location_id")
        if place:
            tables.add("service_at_location", row, {"id": f"{row.get('id')} {place}", "service_id": row.get("id"), "location_id": place})
        owner = row.get("organization_id") or owners.get(place, "")
        services.append(Row(row.file, row.number, {**row.values, "organization_id": owner}))
    tables.replace("service", services)


def _split(cell: str) -> list[str]:
    return [part for each in cell.split(",") if (part := each.strip())]
