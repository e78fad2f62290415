"""A survey whose words are still being written: those of its invitation's draft, which people translate and approve, are its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import col

from conversations.announcements.drafts import TextState
from conversations.surveys import asking
from conversations.surveys.asking import Unreadable
from conversations.surveys.definition import Definition
from conversations.words import Words
from storage.announcements import drafts
from storage.surveys import definitions
from storage.surveys.definitions import Kept
from storage.surveys.tables import Survey, SurveyStage
from storage.surveys.views import REMINDS, SURVEY


def worded(connection: Connection, survey: Kept, language: str, body: str) -> Definition:
    """With the words of a draft in one language; raises `Unreadable` where they have another shape. Once it is open it stays as it is."""
    if survey.stage is not SurveyStage.DRAFT:
        return survey.definition
    found = _source(connection, survey) if language != survey.definition.language else survey.definition
    return asking.worded(found, body, language)


def unfit(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> Words | None:
    """What keeps a text from being the survey in this language."""
    survey = definitions.kept(connection, int(about[SURVEY]))
    try:
        if survey is not None and not about.get(REMINDS):
            worded(connection, survey, language, body)
    except Unreadable as unreadable:
        return unreadable.words
    return None


def settle(connection: Connection, survey: Kept) -> Kept:
    """Give it the words of its draft, each language with the approval it has there."""
    draft = drafts.draft(connection, _announcement(connection, survey.id) or 0)
    if draft is None:
        return survey
    found, approvals = _source(connection, survey), dict(survey.approvals)
    for text in draft.texts[1:]:
        if text.state is TextState.APPROVED:
            with suppress(Unreadable):
                found = asking.worded(found, text.body, text.language)
                approvals[text.language] = {"hash": definitions.words_hash(found, text.language), "by": None, "draft": draft.number}
    connection.execute(update(Survey).where(col(Survey.id) == survey.id).values(definition=found.to_json(), approvals=approvals))
    return definitions.kept(connection, survey.id) or survey


def _source(connection: Connection, survey: Kept) -> Definition:
    """As its author has it now."""
    number = _announcement(connection, survey.id)
    source = drafts.source_of(connection, number) if number is not None else None
    if source is not None:
        with suppress(Unreadable):
            return asking.worded(survey.definition, source[1], source[0])
    return survey.definition


def _announcement(connection: Connection, survey_id: int) -> int | None:
    return connection.execute(select(col(Survey.announcement_id)).where(col(Survey.id) == survey_id)).scalar_one_or_none()
