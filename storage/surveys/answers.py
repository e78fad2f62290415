"""A finished form is put away: who took part as a keyed hash, what they said without them. Both, or neither.

Of an anonymous survey the answers wait in `survey_pending`, sealed twice: with the key of this deployment, and with one that lies
outside the database and its backups. Of a named survey they are a response at once, of a person, on a day.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from ..database import upsert
from ..tables import School
from . import seals
from .definitions import Kept
from .tables import Participation, Pending, Response, Survey, SurveyStage

NAMED = 0
"""The batch of responses with a name: they wait for nobody."""


def who_hash(secret: bytes, survey_id: int, who: str) -> str:
    """What stands for somebody in one survey, and in no other. `who`: "p" and the person's number, or "s" and the code of a slip."""
    return seals.hashed(secret, f"{survey_id} {who}")


def took_part(connection: Connection, survey: Kept, secret: bytes, who: str) -> bool:
    mine = col(Participation.hash) == who_hash(secret, survey.id, who)
    return connection.execute(select(col(Participation.survey_id)).where(mine)).one_or_none() is not None


def finish(
    connection: Connection,
    survey: Kept,
    secret: bytes,
    *,
    who: str | None,
    group: str,
    language: str,
    method: str,
    complete: bool,
    answers: Mapping[str, Any],
    now: datetime,
    person_id: int | None = None,
    perhaps_again: bool = False,
) -> bool:
    """Put a form away. False, and nothing is kept, where `who` took part already or the survey is over. Free text is redacted before.

    `who` None: of somebody nobody knows (a kiosk, paper without a code). `person_id` counts only where the survey is named.
    """
    if not _still_open(connection, survey.id) or (who is not None and not _takes_part(connection, survey, secret, who, group)):
        return False
    said = {"group": group, "language": language, "method": method, "complete": complete, "perhaps_again": perhaps_again}
    if survey.anonymous:
        sealed = seals.seal(secret, json.dumps({**said, "answers": dict(answers)}, ensure_ascii=False))
        connection.execute(insert(Pending).values(id=new_id(), survey_id=survey.id, answers=sealed))
        return True
    named = {"person_id": person_id, "day": day(connection, survey, now), "batch": NAMED}
    connection.execute(insert(Response).values(id=new_id(), survey_id=survey.id, answers=dict(answers), **said, **named))
    return True


def new_id() -> str:
    """Random, and so no clue to when."""
    return secrets.token_hex(16)


def day(connection: Connection, survey: Kept, now: datetime) -> date:
    """By the school's clock."""
    zone = connection.execute(select(col(School.timezone)).where(col(School.id) == survey.school_id)).scalar_one()
    return now.astimezone(ZoneInfo(zone)).date()


def _still_open(connection: Connection, survey_id: int) -> bool:
    """Nobody closes it until this is done."""
    query = select(col(Survey.stage)).where(col(Survey.id) == survey_id).with_for_update(read=True)
    return connection.execute(query).scalar_one_or_none() == SurveyStage.OPEN


_ONCE = upsert(lambda make: make(Participation).on_conflict_do_nothing(index_elements=["hash"]).returning(col(Participation.hash)))


def _takes_part(connection: Connection, survey: Kept, secret: bytes, who: str, group: str) -> bool:
    row = {"hash": who_hash(secret, survey.id, who), "survey_id": survey.id, "group": group, "laid": False}
    return connection.execute(_ONCE[connection.dialect.name], row).one_or_none() is not None
