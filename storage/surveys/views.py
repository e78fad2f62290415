"""What a conversation is shown of surveys: the form of an id, the survey that a name stands for, the one that a text of ours asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from conversations.announcements.audience import COMMUNITY, FAMILIES, GROUPS
from conversations.surveys.taking import Elsewhere, Form

from .. import people
from ..announcements.tables import Announcement
from ..events.views import schools_of
from ..people import Known
from ..prepared import Prepared
from ..tables import Outbox, School
from . import definitions
from .definitions import Kept
from .tables import Survey, SurveyStage

SURVEY = "survey"
"""Of an announcement's `about`: the survey that it asks people to take. Its text is put together when it leaves."""
REMINDS = "reminds"
"""Of such a one's `about`: it goes to those who have not taken part."""

_LAST = Prepared(
    select(col(Outbox.announcement_id), col(Outbox.handed_off_at))
    .where(col(Outbox.address_id) == bindparam("address"), col(Outbox.handed_off_at).is_not(None))
    .order_by(col(Outbox.handed_off_at).desc(), col(Outbox.id).desc())
    .limit(1)
)


def form(connection: Connection, survey: Kept, *, taken: bool = False) -> Form:
    """A survey as somebody is asked it."""
    school = connection.execute(select(col(School.name), col(School.timezone)).where(col(School.id) == survey.school_id)).one()
    return Form(
        id=survey.id,
        slug=survey.slug,
        school=school.name,
        definition=survey.definition,
        languages=definitions.asked_in(survey),
        anonymous=survey.anonymous,
        open=survey.stage is SurveyStage.OPEN,
        until=survey.closes_at.astimezone(ZoneInfo(school.timezone)) if survey.closes_at else None,
        taken=taken,
    )


def called(connection: Connection, known: Known, name: str) -> int | Elsewhere | None:
    """The survey of a folded name at their schools, the open one before one that is over; where it is open at another school only, which.

    Somebody who belongs to no school takes what is open anywhere: they stand at its door.
    """
    mine = schools_of(connection, known)
    columns = [col(Survey.id), col(Survey.school_id), col(Survey.stage), col(School.name)]
    query = select(*columns).join(School, col(School.id) == col(Survey.school_id)).where(col(Survey.slug) == name)
    rows = list(connection.execute(query.where(col(Survey.stage) != SurveyStage.DRAFT).order_by(col(Survey.version).desc())))
    theirs = sorted((row for row in rows if row.school_id in mine), key=lambda row: row.stage != SurveyStage.OPEN)
    if theirs:
        return int(theirs[0].id)
    opened = next((row for row in rows if row.stage == SurveyStage.OPEN), None)
    if opened is None:
        return None
    return int(opened.id) if known.role is None else Elsewhere(opened.name)


def last_asked(connection: Connection, address_id: int) -> tuple[int, datetime] | None:
    """The survey that the last text to an address asked for, and when it was handed off; None if that was anything else."""
    row = _LAST.first(connection, address=address_id)
    if row is None or row.announcement_id is None:
        return None
    about: Any = connection.execute(select(col(Announcement.about)).where(col(Announcement.id) == row.announcement_id)).scalar_one_or_none()
    return (int(about[SURVEY]), row.handed_off_at) if about and SURVEY in about else None


def group_of(connection: Connection, person_id: int, school_id: int) -> str:
    """The interest-holder group somebody answers for: a parent who works at the school answers as a parent; who has no part, as community."""
    roles = set(people.roles(connection, person_id, school_id))
    return next((group for group in (FAMILIES, *GROUPS) if roles & set(GROUPS[group])), COMMUNITY)
