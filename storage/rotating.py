"""Seal everything anew with the first key of the ring, so that the old one can be thrown away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import SQLModel

from . import sealing
from .sealing import Sealed, SealedJson
from .tables import Address

AT_ONCE = 1000


def rotate(connection: Connection) -> dict[str, int]:
    """Seal every sealed value with the first key; how many rows of each table were. Reads with any key of the ring."""
    return {table.name: _table(connection, table) for table in SQLModel.metadata.sorted_tables if _sealed(table)}


def _sealed(table: Any) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, Sealed | SealedJson)]


def _table(connection: Connection, table: Any) -> int:
    (key,) = table.primary_key.columns
    columns, last, rows = _sealed(table), None, 0
    while True:
        page = select(key, *columns).order_by(key).limit(AT_ONCE)
        found = connection.execute(page if last is None else page.where(key > last)).all()
        if not found:
            return rows
        changed = update(table).where(key == bindparam("of_row"))
        connection.execute(changed, [{"of_row": row[0], **_anew(table, columns, row[1:])} for row in found])
        last, rows = found[-1][0], rows + len(found)


def _anew(table: Any, columns: list[Any], values: Any) -> dict[str, Any]:
    new = {column.name: value for column, value in zip(columns, values, strict=True)}
    if table.name == Address.__tablename__:
        new["lookup"] = sealing.in_use().lookup(new["address"])
    return new
