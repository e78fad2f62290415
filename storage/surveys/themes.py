"""The themes of open answers, as people have left them. Once they are told, words stay as they are: another count would tell too much.

Untouchable  nothing was changed; says why
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from conversations.surveys import themes
from conversations.surveys.themes import Theme

from . import counts
from .tables import Snapshot
from .tables import Theme as Row


class Untouchable(Exception): ...


def kept(connection: Connection, survey_id: int, question: str) -> dict[int, Theme]:
    """By number, in their order."""
    query = select(Row).where(col(Row.survey_id) == survey_id, col(Row.question) == question).order_by(col(Row.id))
    return {row.id: Theme(row.name, tuple(row.words)) for row in connection.execute(query)}


def propose(connection: Connection, survey_id: int, question: str, batches: int, small: Collection[str]) -> dict[int, Theme]:
    """Themes out of the answers, kept; those there are, where there are any."""
    if there := kept(connection, survey_id, question):
        return there
    said = (words for _name, words in counts.open_answers(connection, survey_id, batches, (question,)))
    save(connection, survey_id, question, themes.propose(said, small))
    return kept(connection, survey_id, question)


def save(connection: Connection, survey_id: int, question: str, those: Sequence[Theme]) -> None:
    """These, instead of what was there."""
    connection.execute(delete(Row).where(col(Row.survey_id) == survey_id, col(Row.question) == question))
    for theme in those:
        row = {"survey_id": survey_id, "question": question, "name": theme.name, "words": list(theme.words)}
        connection.execute(insert(Row).values(**row))


def rename(connection: Connection, number: int, name: str) -> None:
    connection.execute(update(Row).where(col(Row.id) == number).values(name=" ".join(name.split())))


def change_words(connection: Connection, survey_id: int, number: int, words: Sequence[str]) -> None:
    """Other words for a theme; raises `Untouchable` once it is told."""
    if _told(connection, survey_id) is not None:
        raise Untouchable("Its figures are told: a theme can be renamed and put into another, and its words stay as they are.")
    connection.execute(update(Row).where(col(Row.id) == number).values(words=list(words)))


def merge(connection: Connection, survey_id: int, into: int, other: int) -> None:
    """Two as one. Where they are told, so are their counts: each answer belonged to one of them."""
    rows = {row.id: row for row in connection.execute(select(Row).where(col(Row.id).in_((into, other))))}
    words = list(dict.fromkeys((*rows[into].words, *rows[other].words)))
    connection.execute(update(Row).where(col(Row.id) == into).values(words=words))
    connection.execute(delete(Row).where(col(Row.id) == other))
    told = _told(connection, survey_id)
    if told is not None:
        one = told.tables["themes"].get(rows[into].question, {})
        tables = {**told.tables, "themes": {**told.tables["themes"], rows[into].question: _as_one(one, str(into), str(other))}}
        connection.execute(update(Snapshot).where(col(Snapshot.id) == told.id).values(tables=tables))


def _as_one(told: dict[str, Any], into: str, other: str) -> dict[str, Any]:
    """A theme that is not told itself tells nothing when another goes into it."""
    counts, quotes = dict(told["counts"]), dict(told["quotes"])
    gone, said = counts.pop(other, None), quotes.pop(other, [])
    if gone is not None and into in counts:
        counts[into] += gone
        quotes[into] = [*quotes.get(into, []), *said]
    return {**told, "counts": counts, "quotes": quotes}


def _told(connection: Connection, survey_id: int) -> Any:
    """The last snapshot, where themes are in it."""
    query = select(Snapshot).where(col(Snapshot.survey_id) == survey_id).order_by(col(Snapshot.id).desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return row if row is not None and row.tables["final"] else None
