"""Who was asked to take a survey and has not: an audience that a reminder goes to, told as a total only, from ten on.

Only the holder of the survey's secret can tell it. It is written down when a reminder is drafted, anew as it leaves, and then erased.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select
from sqlmodel import col

from conversations.announcements.audience import Audience, Criterion

from ..announcements.audience import register
from ..tables import Outbox, Person
from .answers import who_hash
from .definitions import Kept
from .tables import Participation, Silent, Survey

SILENT = "survey silent"
AT_ONCE = 1000


def of_survey(survey_id: int) -> Audience:
    """Whoever has its invitation and has not taken part."""
    return Audience(((Criterion(SILENT, str(survey_id)),),))


def note(connection: Connection, survey: Kept, secret: bytes) -> int:
    """Write down who they are now; how many."""
    forget(connection, [survey.id])
    theirs = select(col(Survey.announcement_id)).where(col(Survey.id) == survey.id).scalar_subquery()
    asked = connection.execute(select(col(Outbox.person_id)).where(col(Outbox.announcement_id) == theirs).distinct()).scalars().all()
    took_part = set(connection.execute(select(col(Participation.hash)).where(col(Participation.survey_id) == survey.id)).scalars())
    silent = [person for person in asked if who_hash(secret, survey.id, f"p{person}") not in took_part]
    for start in range(0, len(silent), AT_ONCE):
        rows = [{"survey_id": survey.id, "person_id": person} for person in silent[start : start + AT_ONCE]]
        connection.execute(insert(Silent), rows)
    return len(silent)


def forget(connection: Connection, surveys: Collection[int]) -> None:
    connection.execute(delete(Silent).where(col(Silent.survey_id).in_(surveys)))


def noted(connection: Connection) -> set[int]:
    """The surveys of which it is written down."""
    return set(connection.execute(select(col(Silent.survey_id)).distinct()).scalars())


def _is_silent(value: str) -> ColumnElement[bool]:
    if not (value.isascii() and value.isdecimal()):
        raise ValueError(f'"{value}" is no number of a survey.')
    return exists().where(col(Silent.survey_id) == int(value), col(Silent.person_id) == col(Person.id))


register(SILENT, _is_silent, sensitive=True)
