"""The words of rows that keep none themselves: a recipient's text is its announcement's, in the row's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from ..outbox import Row
from ..prepared import Prepared
from .tables import Text

_TEXTS = Prepared(
    select(col(Text.announcement_id), col(Text.language), col(Text.body)).where(
        col(Text.announcement_id).in_(bindparam("numbers", expanding=True)),
        col(Text.language).in_(bindparam("languages", expanding=True)),
    )
)


def filled(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """The same rows with the words they stand for; where there are none the text stays empty."""
    return filling(connection, rows)()


def filling(connection: Connection, rows: Sequence[Row]) -> Callable[[], list[Row]]:
    """The same, asked `together` with something else."""
    lacking = [row for row in rows if row.announcement_id is not None and not row.text]
    if not lacking:
        return lambda: list(rows)
    numbers, languages = sorted({row.announcement_id or 0 for row in lacking}), sorted({row.language or "" for row in lacking})
    found = _TEXTS.ask(connection, numbers=numbers, languages=languages)
    return lambda: _with_words(rows, found())


def _with_words(rows: Sequence[Row], found: Sequence[Any]) -> list[Row]:
    words = {(each.announcement_id, each.language): each.body or "" for each in found}
    return [row if row.text else replace(row, text=words.get((row.announcement_id, row.language), "")) for row in rows]
