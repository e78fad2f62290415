"""Open what is being asked: a survey takes answers from the moment that its invitation leaves, in the words that were approved."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, and_, or_, select
from sqlmodel import col

from storage.announcements import authors
from storage.announcements.tables import Announcement, Stage
from storage.surveys import definitions
from storage.surveys.definitions import Unready
from storage.surveys.tables import Survey, SurveyStage

from .secrets import Secrets
from .wording import settle

log = structlog.get_logger()

OPEN_FOR = timedelta(days=14)
"""Where nobody says until when."""
CLOSES = time(20)
"""By the school's clock."""
LEAVES = (Stage.RUNNING, Stage.PAUSED, Stage.DONE)


def open_asked(connection: Connection, secrets: Secrets, now: datetime) -> int:
    """How many were opened. One that cannot be stays a draft: whoever answers hears that it takes no answers now."""
    leaves = or_(col(Announcement.stage).in_(LEAVES), and_(col(Announcement.stage) == Stage.SCHEDULED, col(Announcement.send_at) <= now))
    sent = select(col(Announcement.id)).where(leaves)
    query = select(col(Survey.id)).where(col(Survey.stage) == SurveyStage.DRAFT, col(Survey.announcement_id).in_(sent))
    return sum(
        _open(connection, survey_id, secrets, now) for survey_id in connection.execute(query).scalars().all() if survey_id is not None
    )


def _open(connection: Connection, survey_id: int, secrets: Secrets, now: datetime) -> bool:
    survey = definitions.kept(connection, survey_id)
    if survey is None:
        return False
    closes = survey.closes_at if survey.closes_at is not None and survey.closes_at > now else usual(connection, survey.school_id, now)
    secrets.make(survey_id)
    trial = connection.begin_nested()
    try:
        definitions.open_now(connection, settle(connection, survey).id, now=now, closes_at=closes)
    except Unready as unready:
        trial.rollback()
        log.error("survey_not_opened", survey_id=survey_id, why=str(unready))  # noqa: TRY400 - the reason is the message
        return False
    trial.commit()
    return True


def usual(connection: Connection, school_id: int, now: datetime) -> datetime:
    """When one closes where nobody says until when."""
    local = now.astimezone(ZoneInfo(authors.school_of(connection, school_id).timezone))
    return datetime.combine((local + OPEN_FOR).date(), CLOSES, local.tzinfo)
