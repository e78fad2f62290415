"""Pending answers become responses: ten or more at a time, shuffled, in one transaction, so that nothing tells whose each is.

The hashes of who took part are laid anew with them, in another order: on PostgreSQL a row otherwise bears the number of the
transaction in which the person's last text arrived.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from . import answers, definitions, seals
from .answers import new_id
from .definitions import Kept
from .tables import Participation, Pending, Response, Survey

LEAST = 10
"""Of a batch; fewer only at the close."""
AT_ONCE = 1000


def move(connection: Connection, survey: Kept, secret: bytes, now: datetime, *, rest: bool = False) -> int:
    """All pending answers of an anonymous survey, where there are ten of them or the survey ends (`rest`); how many were moved.

    What no key of the secret opens stays where it is, and at the end goes: it came out of a backup older than its key.
    """
    connection.execute(select(col(Survey.id)).where(col(Survey.id) == survey.id).with_for_update())
    opened = _opened(connection, survey.id, secret)
    if len(opened) < (1 if rest else LEAST):
        return 0
    last = connection.execute(select(func.max(col(Response.batch))).where(col(Response.survey_id) == survey.id)).scalar_one()
    of_all = {"survey_id": survey.id, "batch": (last or 0) + 1, "day": answers.day(connection, survey, now)}
    rows = [{"id": new_id(), **of_all, **json.loads(said)} for said in opened.values()]
    SystemRandom().shuffle(rows)
    for some in _some(list(opened)):
        connection.execute(delete(Pending).where(col(Pending.id).in_(some)))
    for each in _some(rows):
        connection.execute(insert(Response), each)
    _lay_anew(connection, survey.id)
    return len(rows)


def close(connection: Connection, survey: Kept, secret: bytes | None, now: datetime) -> bool:
    """Close it and move the rest; False where it was not open. The secret is then to be destroyed.

    The hashes make room for random ones: how many took part stays, and no copy of the secret can be tried on them.
    """
    if not definitions.close(connection, survey.id, now=now):
        return False
    if secret is not None:
        move(connection, survey, secret, now, rest=True)
    connection.execute(delete(Pending).where(col(Pending.survey_id) == survey.id))
    _lay_anew(connection, survey.id, forget=True)
    return True


def waiting(connection: Connection) -> dict[int, int]:
    """How many answers wait, by survey."""
    query = select(col(Pending.survey_id), func.count()).group_by(col(Pending.survey_id))
    return {row[0]: row[1] for row in connection.execute(query)}


def sealed_with(connection: Connection, survey_id: int) -> set[bytes]:
    """The names of the keys that something pending is sealed with."""
    query = select(col(Pending.answers)).where(col(Pending.survey_id) == survey_id)
    return {seals.sealed_with(sealed) for sealed in connection.execute(query).scalars()}


def _opened(connection: Connection, survey_id: int, secret: bytes) -> dict[str, str]:
    query = select(col(Pending.id), col(Pending.answers)).where(col(Pending.survey_id) == survey_id)
    opened = {row.id: seals.open_(secret, row.answers) for row in connection.execute(query)}
    return {each: said for each, said in opened.items() if said is not None}


def _lay_anew(connection: Connection, survey_id: int, *, forget: bool = False) -> None:
    """The same rows, in another order, all of one transaction; with `forget` each under a name that stands for nobody."""
    mine = [col(Participation.survey_id) == survey_id, *([] if forget else [col(Participation.laid).is_(False)])]
    query = select(col(Participation.hash), col(Participation.survey_id), col(Participation.group)).where(*mine)
    rows = [{**row, "laid": True} for row in connection.execute(query).mappings()]
    SystemRandom().shuffle(rows)
    connection.execute(delete(Participation).where(*mine))
    for some in _some(rows):
        connection.execute(insert(Participation), [{**row, "hash": new_id()} for row in some] if forget else some)


def _some(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
