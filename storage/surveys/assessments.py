"""A needs and assets assessment as it is kept, and what is known of whom it has reached.

Every survey of the school that is opened while it runs belongs to it, and every note. Whether somebody took part in two of its surveys
nobody can know: each has a secret of its own. So at least as many people are reached as took part in one of them, and at most all
together.

Unready     it cannot begin, or there is none; says why
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlmodel import col

from conversations.surveys.assessment import Reached, Standing

from .tables import Assessment, Note, Participation, Response, Survey, SurveyStage


class Unready(Exception): ...


def begin(connection: Connection, school_id: int, name: str, sizes: Mapping[str, int], now: datetime) -> int:
    """Its number. Raises `Unready` for a group of nobody, or while another runs."""
    if not sizes:
        raise Unready("It needs at least one group and how many there are in it: --families 460 --staff 40.")
    for group, size in sizes.items():
        if size < 1:
            raise Unready(f"There are {size} {group}: of nobody there is no majority. Give how many there are, or leave the group out.")
    running = newest(connection, school_id)
    if running is not None and running.closed_at is None:
        raise Unready(f"“{running.name}” still runs: `platica assessment close` ends it.")
    row = {"school_id": school_id, "name": name, "sizes": dict(sizes), "wave": running.wave + 1 if running else 1, "began_at": now}
    return int(connection.execute(insert(Assessment).values(**row).returning(col(Assessment.id))).scalar_one() or 0)


def close(connection: Connection, school_id: int, now: datetime) -> str:
    """What it was called. Its figures stay. Raises `Unready` where none runs."""
    running = newest(connection, school_id)
    if running is None or running.closed_at is not None:
        raise Unready("No assessment runs at this school.")
    connection.execute(update(Assessment).where(col(Assessment.id) == running.id).values(closed_at=now))
    return str(running.name)


def newest(connection: Connection, school_id: int) -> Any:
    """The row of the last one, or None."""
    query = select(Assessment).where(col(Assessment.school_id) == school_id).order_by(col(Assessment.id).desc()).limit(1)
    return connection.execute(query).one_or_none()


def standing(connection: Connection, row: Any) -> Standing:
    """Where it stands: people by group, methods and languages."""
    surveys = _surveys(connection, row)
    notes = _notes(connection, row)
    taken = _taken(connection, surveys)
    hashed, answered = _counted(connection, surveys, Participation, laid=True), _counted(connection, surveys, Response)
    reached = []
    for group, size in row.sizes.items():
        each = [taken.get((survey, group), 0) for survey in surveys]
        unknown = sum(max(0, answered.get((survey, group), 0) - hashed.get((survey, group), 0)) for survey in surveys)
        heard = notes["groups"].get(group, 0)
        reached.append(Reached(group, size, max(each, default=0), sum(each) + unknown + heard, unknown + heard))
    methods = _of_responses(connection, surveys, col(Response.method)) + notes["methods"]
    languages = _of_responses(connection, surveys, col(Response.language))
    return Standing(row.name, row.wave, row.closed_at is not None, tuple(reached), dict(methods), dict(languages), len(surveys))


def _surveys(connection: Connection, row: Any) -> list[int]:
    began = and_(col(Survey.assessment_id).is_(None), col(Survey.opened_at) >= row.began_at)
    during = began if row.closed_at is None else and_(began, col(Survey.opened_at) <= row.closed_at)
    mine = (col(Survey.school_id) == row.school_id, col(Survey.stage) != SurveyStage.DRAFT)
    query = select(col(Survey.id)).where(*mine, or_(col(Survey.assessment_id) == row.id, during)).order_by(col(Survey.id))
    return [each for each in connection.execute(query).scalars() if each is not None]


def _taken(connection: Connection, surveys: Sequence[int]) -> dict[tuple[int, str], int]:
    """People who took part, by survey and group: each once."""
    return _counted(connection, surveys, Participation)


def _counted(connection: Connection, surveys: Sequence[int], table: Any, *, laid: bool = False) -> dict[tuple[int, str], int]:
    """Rows by survey and group. With `laid` only those whose answers have been moved, or were so at once."""
    where: list[ColumnElement[bool]] = [table.survey_id.in_(surveys)]
    if laid:
        named = select(col(Survey.id)).where(col(Survey.anonymous).is_(False))
        where.append(or_(col(Participation.laid).is_(True), col(Participation.survey_id).in_(named)))
    query = select(table.survey_id, table.group, func.count()).where(*where).group_by(table.survey_id, table.group)
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def _of_responses(connection: Connection, surveys: Sequence[int], column: Any) -> Counter[str]:
    query = select(column, func.count()).where(col(Response.survey_id).in_(surveys)).group_by(column)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def _notes(connection: Connection, row: Any) -> dict[str, Counter[str]]:
    """People who were listened to, by method and by group. Who they were is not known, nor whether they took part besides."""
    query = select(col(Note.method), col(Note.group), func.sum(col(Note.people))).where(col(Note.assessment_id) == row.id)
    found: dict[str, Counter[str]] = {"methods": Counter(), "groups": Counter()}
    for method, group, people in connection.execute(query.group_by(col(Note.method), col(Note.group))):
        found["methods"][method] += int(people)
        found["groups"][group] += int(people)
    return found
