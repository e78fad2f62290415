"""Surveys as they are kept: every version of each, who approved its words, and whether it is open.

A draft may be written over. Once a survey is open its definition and its mode stay as they are: a change is a new version, a new row.

Unready     it cannot be opened; says why
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from conversations.surveys import asking, validating
from conversations.surveys.definition import Definition

from ..announcements import drafts, translators
from .tables import Survey, SurveyStage


class Unready(Exception):
    """Nothing was changed. The sentence says what to mend."""


@dataclass(frozen=True)
class Kept:
    """One version of a survey."""

    id: int
    school_id: int
    slug: str
    version: int
    definition: Definition
    approvals: Mapping[str, Mapping[str, Any]]
    anonymous: bool
    stage: SurveyStage
    opened_at: datetime | None
    closes_at: datetime | None

    def approved(self, language: str) -> bool:
        """A person has approved just these words of just this source. The source is its author's own."""
        return language == self.definition.language or self.approvals.get(language, {}).get("hash") == words_hash(self.definition, language)


def words_hash(definition: Definition, language: str) -> str:
    """What an approval stands for: all words in a language, beside those of the source."""
    texts = [definition.title, *(text for each in definition.questions for text in (each.label, each.hint, each.constraint_message))]
    texts += [choice.label for question in definition.questions for choice in question.choices]
    said = [[text.get(definition.language, ""), text.get(language, "")] for text in texts]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def save(
    connection: Connection,
    *,
    school_id: int,
    slug: str,
    definition: Definition,
    author_id: int | None,
    now: datetime,
    anonymous: bool = True,
    **more: Any,
) -> Kept:
    """Keep it: over the draft of this slug, or as its next version. Approvals of words that have not changed stay. `slug` is folded.

    `more` are columns: assessment_id, event_id, announcement_id. Raises `Unready` where it could not be asked.
    """
    if wrong := validating.problems(definition):
        raise Unready(str(wrong[0]))
    row = {"definition": definition.to_json(), "anonymous": anonymous, "author_id": author_id, **more}
    last = newest(connection, school_id, slug)
    if last is not None and last.stage is SurveyStage.DRAFT:
        connection.execute(update(Survey).where(col(Survey.id) == last.id, col(Survey.stage) == SurveyStage.DRAFT).values(**row))
        return kept(connection, last.id) or last
    number = {"school_id": school_id, "slug": slug, "version": last.version + 1 if last else 1}
    approvals = dict(last.approvals) if last else {}
    first = insert(Survey).values(**number, **row, approvals=approvals, stage=SurveyStage.DRAFT, created_at=now).returning(col(Survey.id))
    made = kept(connection, int(connection.execute(first).scalar_one() or 0))
    assert made is not None
    return made


def kept(connection: Connection, survey_id: int) -> Kept | None:
    return _kept(connection.execute(select(Survey).where(col(Survey.id) == survey_id)).one_or_none())


def newest(connection: Connection, school_id: int, slug: str) -> Kept | None:
    """The last version of a survey, whatever its stage."""
    query = select(Survey).where(col(Survey.school_id) == school_id, col(Survey.slug) == slug)
    return _kept(connection.execute(query.order_by(col(Survey.version).desc()).limit(1)).one_or_none())


def opened(connection: Connection, school_id: int, slug: str) -> Kept | None:
    """The version that is open: the one whoever texts its name is asked."""
    query = select(Survey).where(col(Survey.school_id) == school_id, col(Survey.slug) == slug, col(Survey.stage) == SurveyStage.OPEN)
    return _kept(connection.execute(query.limit(1)).one_or_none())


def all_open(connection: Connection) -> list[Kept]:
    """Of every school."""
    query = select(Survey).where(col(Survey.stage) == SurveyStage.OPEN).order_by(col(Survey.id))
    return [each for row in connection.execute(query) if (each := _kept(row)) is not None]


def listed(connection: Connection, school_id: int) -> list[Kept]:
    """Every version of a school's surveys, by name."""
    query = select(Survey).where(col(Survey.school_id) == school_id).order_by(col(Survey.slug), col(Survey.version))
    return [each for row in connection.execute(query) if (each := _kept(row)) is not None]


def approve(connection: Connection, survey_id: int, language: str, *, by: int | None, now: datetime) -> None:
    """A person has approved the words in this language as they are now; raises `Unready` where some are missing."""
    found = kept(connection, survey_id)
    if found is None or lacks_words(found.definition, language):
        raise Unready(f"It is not all said in {language} yet: there is nothing to approve.")
    approval = {"hash": words_hash(found.definition, language), "by": by, "at": now.isoformat()}
    connection.execute(update(Survey).where(col(Survey.id) == survey_id).values(approvals={**found.approvals, language: approval}))


def translate(connection: Connection, survey_id: int, language: str, body: str, *, by: int, now: datetime) -> Kept:
    """Somebody who is listed for a language has written the survey in it (`asking.to_translate`), and approves just these words.

    As with announcements, only who is listed for it may. Raises `Unready`, and `asking.Unreadable` where the shape is another.
    """
    survey = kept(connection, survey_id)
    if survey is None or survey.stage is not SurveyStage.DRAFT:
        raise Unready("It is open already, or over: its words stay as they are.")
    if language not in translators.tags_of(connection, by, survey.school_id):
        raise Unready(f"Only who is listed for {language} may approve words in it.")
    found = asking.translated_whole(survey.definition, body, language)
    connection.execute(update(Survey).where(col(Survey.id) == survey_id).values(definition=found.to_json()))
    approve(connection, survey_id, language, by=by, now=now)
    return kept(connection, survey_id) or survey


def lacks_words(definition: Definition, language: str) -> bool:
    """Something a family would read is not said in this language. Hints and such may be."""
    labels = [definition.title, *(question.label for question in definition.questions)]
    labels += [choice.label for question in definition.questions for choice in question.choices]
    return any(not label.get(language, "").strip() for label in labels)


def lacking(connection: Connection, survey: Kept) -> list[str]:
    """The languages that the school's notices must be in, and this survey is not, or not approved."""
    definition = survey.definition
    needed = drafts.required(connection, survey.school_id)
    return [tag for tag in needed if lacks_words(definition, tag) or not survey.approved(tag)]


def asked_in(survey: Kept) -> tuple[str, ...]:
    """The languages it may be asked in: all said, and approved."""
    return tuple(tag for tag in survey.definition.languages if not lacks_words(survey.definition, tag) and survey.approved(tag))


def open_now(connection: Connection, survey_id: int, *, now: datetime, closes_at: datetime) -> Kept:
    """Open it: from here on neither its questions nor its mode change. Raises `Unready`."""
    survey = kept(connection, survey_id)
    if survey is None or survey.stage is not SurveyStage.DRAFT:
        raise Unready("It is open already, or over: to ask again, save it anew as its next version.")
    if closes_at <= now:
        raise Unready("Its last day is over: choose a later one.")
    if missing := lacking(connection, survey):
        raise Unready(f"The school's notices must be in {', '.join(missing)} too: translate it, and have somebody approve the words.")
    if (other := opened(connection, survey.school_id, survey.slug)) is not None:
        raise Unready(f"Version {other.version} of it is still open: close that first.")
    mine = update(Survey).where(col(Survey.id) == survey_id, col(Survey.stage) == SurveyStage.DRAFT)
    changed = connection.execute(mine.values(stage=SurveyStage.OPEN, opened_at=now, closes_at=closes_at)).rowcount
    if not changed:
        raise Unready("Somebody else opened it just now.")
    return kept(connection, survey_id) or survey


def close(connection: Connection, survey_id: int, *, now: datetime) -> bool:
    """No answer counts any more; False where it was not open. Its last answers and its secret are the business of `batches`."""
    mine = update(Survey).where(col(Survey.id) == survey_id, col(Survey.stage) == SurveyStage.OPEN)
    return connection.execute(mine.values(stage=SurveyStage.CLOSED, closed_at=now)).rowcount == 1


def _kept(row: Any) -> Kept | None:
    if row is None:
        return None
    return Kept(
        row.id,
        row.school_id,
        row.slug,
        row.version,
        Definition.from_json(row.definition),
        row.approvals,
        row.anonymous,
        SurveyStage(row.stage),
        row.opened_at,
        row.closes_at,
    )
