"""Remind those who have not taken part: at a coordinator's word, and once by itself, after a week. Nobody sees who they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.announcements.audience import Audience
from conversations.events import near
from conversations.surveys import asking
from storage.announcements import authors, drafts
from storage.announcements.audience import FEWEST
from storage.announcements.tables import Announcement, Stage
from storage.surveys import definitions, silent
from storage.surveys.definitions import Kept
from storage.surveys.tables import Survey, SurveyStage
from storage.surveys.views import REMINDS, SURVEY
from storage.tables import Kind

from ..announcements.announce import NotAnnounced, announce
from .secrets import Secrets

AFTER = timedelta(days=7)
"""The invitation, at the soonest: a family gets one routine text a week."""
BEFORE = timedelta(days=2)
"""The close, at the latest."""
LASTS = timedelta(hours=24)
"""So long a draft's audience is known; it is written down anew as the reminder leaves."""
_ALIVE = (Stage.DRAFT, Stage.SCHEDULED, Stage.RUNNING)


def draft(connection: Connection, survey: Kept, secret: bytes, author_id: int, now: datetime) -> int | None:
    """The draft of a reminder, its words approved as the survey's are; its number. None: they are too few to be told apart from nobody."""
    if not _enough(connection, survey, secret):
        return None
    number = drafts.save(connection, author_id=author_id, now=now, **{**_like(survey), "kind": Kind.SURVEY})
    for tag in _texts(survey):
        drafts.approve_text(connection, number, tag, by=author_id, now=now)
    return number


def remind(connection: Connection, secrets: Secrets, now: datetime) -> int:
    """Once, a week after the invitation, by day; how many surveys. The gate was passed for the survey, and told of this."""
    query = select(col(Survey.id), col(Survey.announcement_id)).where(
        col(Survey.stage) == SurveyStage.OPEN,
        col(Survey.announcement_id).is_not(None),
        col(Survey.opened_at) <= now - AFTER,
        col(Survey.closes_at) >= now + BEFORE,
    )
    return sum(_remind(connection, row.id, secrets, now) for row in connection.execute(query).all())


def _remind(connection: Connection, survey_id: int, secrets: Secrets, now: datetime) -> bool:
    survey, secret = definitions.kept(connection, survey_id), secrets.of(survey_id)
    if survey is None or secret is None or any(each.about.get(SURVEY) == survey_id for each in _reminders(connection, survey.school_id)):
        return False
    if not near.is_day(now.astimezone(ZoneInfo(authors.school_of(connection, survey.school_id).timezone))):
        return False
    if not _enough(connection, survey, secret):
        return False
    try:
        announce(connection, now=now, until=survey.closes_at, **_like(survey))
    except NotAnnounced:  # a language that is required since: the coordinator can still remind
        return False
    return True


def _enough(connection: Connection, survey: Kept, secret: bytes) -> bool:
    """Write down whom to remind, where they are ten or more: every account of fewer would point at people."""
    if silent.note(connection, survey, secret) >= FEWEST:
        return True
    silent.forget(connection, [survey.id])
    return False


def refresh(connection: Connection, secrets: Secrets, now: datetime) -> None:
    """Whoever has taken part since a reminder was drafted is not reminded."""
    due = select(col(Announcement.about)).where(col(Announcement.stage) == Stage.SCHEDULED, col(Announcement.send_at) <= now)
    for about in connection.execute(due).scalars().all():
        survey = definitions.kept(connection, int(about[SURVEY])) if about and about.get(REMINDS) else None
        secret = secrets.of(survey.id) if survey is not None else None
        if survey is not None and secret is not None:
            silent.note(connection, survey, secret)


def tidy(connection: Connection, now: datetime) -> None:
    """Nobody is written down any longer than a reminder needs it."""
    there = silent.noted(connection)
    if there:
        needed = {int(each.about[SURVEY]) for each in _reminders(connection, stages=_ALIVE) if _needs(each, now)}
        silent.forget(connection, there - needed)


def _needs(each: Any, now: datetime) -> bool:
    return not each.planned if each.stage is not Stage.DRAFT else each.created_at > now - LASTS


def _reminders(connection: Connection, school_id: int | None = None, stages: tuple[Stage, ...] = tuple(Stage)) -> Iterator[Any]:
    mine = [col(Announcement.kind) == Kind.SURVEY, col(Announcement.stage).in_(stages)]
    mine += [col(Announcement.school_id) == school_id] if school_id is not None else []
    return (each for each in connection.execute(select(Announcement).where(*mine)) if each.about and each.about.get(REMINDS))


def _like(survey: Kept) -> dict[str, Any]:
    audience: Audience = silent.of_survey(survey.id)
    about = {SURVEY: survey.id, REMINDS: True}
    return {
        "school_id": survey.school_id,
        "kind": Kind.SURVEY.value,
        "audience": audience,
        "language": survey.definition.language,
        "texts": _texts(survey),
        "about": about,
    }


def _texts(survey: Kept) -> dict[str, str]:
    return {tag: asking.whole(survey.definition, tag) for tag in definitions.asked_in(survey)}
