"""The tables of surveys.

Of an anonymous survey: while somebody answers, what they said is on their own screen (`address.memory`, sealed). When they finish
it goes, without them, to `pending`; a job moves pending answers in shuffled batches of ten or more to `response`, whose rows carry
no person, no time finer than a day, no order and, within a batch, one transaction. `participation` knows only a keyed hash, whose
key lies outside the database and is destroyed at the close.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlmodel import AutoString, Field, SQLModel

from ..sealing import Sealed
from ..tables import BigKey

UNORDERED = {"sqlite_with_rowid": False}
"""On SQLite a row otherwise has a number that counts up, and so tells who came when."""


class SurveyStage(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    """Secrets are destroyed, totals stay."""


class Assessment(SQLModel, table=True):
    """A needs and assets assessment: several surveys and other methods, groups with their sizes, and a majority to reach."""

    __tablename__ = "assessment"
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    name: str
    sizes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """How many there are: {"families": 460, "staff": 40, "partners": 12}."""
    wave: int = 1
    began_at: datetime
    closed_at: datetime | None = None


class Survey(SQLModel, table=True):
    """One questionnaire. Once it is open, its definition and its mode never change: a change is a new version, a new row."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("school_id", "slug", "version", name="survey_once"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    assessment_id: int | None = Field(default=None, foreign_key="assessment.id", sa_type=BigInteger)
    announcement_id: int | None = Field(default=None, foreign_key="announcement.id", sa_type=BigInteger)
    """What asked people to take part."""
    event_id: int | None = Field(default=None, foreign_key="event.id", sa_type=BigInteger)
    """The event it follows, or is asked at."""
    author_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    slug: str
    """Folded; what people text to take it: "climate"."""
    version: int = 1
    definition: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """As `conversations.surveys.definition.Definition.to_json`; texts by language."""
    approvals: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Language to the hash of its texts that a person approved, by whom and when."""
    anonymous: bool = True
    stage: SurveyStage = Field(default=SurveyStage.DRAFT, sa_type=AutoString)
    created_at: datetime
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None


class Pending(SQLModel, table=True):
    """An anonymous response that waits for nine others. Its key is random, and so is no clue to when it came."""

    __tablename__ = "survey_pending"
    __table_args__ = (Index("pending_of_survey", "survey_id"), UNORDERED)
    id: str = Field(primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger)
    answers: str = Field(sa_type=Sealed)
    """JSON: the group, language, method, whether complete, and the answers by question; sealed with the survey's secret, and again."""


class Response(SQLModel, table=True):
    """One response. Of an anonymous survey nothing here, nor beside it, says whose."""

    __tablename__ = "survey_response"
    __table_args__ = (Index("response_of_survey", "survey_id", "batch"), UNORDERED)
    id: str = Field(primary_key=True)
    """Random."""
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger)
    batch: int
    """Responses of one batch came into being together; results are published whole batches at a time. 0: of a named survey."""
    group: str
    """The interest-holder group: "families", "staff", …"""
    language: str
    method: str
    """"text", "liaison", "phone", "paper", "kiosk", …"""
    complete: bool
    perhaps_again: bool = False
    """Paper without a code: it may be somebody's second."""
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """By question; free text is redacted before it comes here."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Of a named survey only."""
    day: date | None = None
    """The day of its batch, of a named survey its own."""


class Participation(SQLModel, table=True):
    """Somebody took part, once. Who, only the holder of the survey's secret can test, and after the close nobody."""

    __tablename__ = "survey_participation"
    __table_args__ = (Index("participation_of_survey", "survey_id", "laid"), UNORDERED)
    hash: str = Field(primary_key=True)
    """HMAC-SHA256 of survey and person (or paper slip) under the survey's secret; after the close random."""
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger)
    group: str
    laid: bool = False
    """Laid anew, in another order, with the batch after it."""


class Silent(SQLModel, table=True):
    """Somebody was asked and has not taken part; here only while a reminder to them is made."""

    __tablename__ = "survey_silent"
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger, primary_key=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)


class Note(SQLModel, table=True):
    """Street data: what a family said to a liaison, in a sentence or two without who; or the notes of a focus group."""

    __tablename__ = "street_note"
    __table_args__ = (Index("note_of_assessment", "assessment_id"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    assessment_id: int | None = Field(default=None, foreign_key="assessment.id", sa_type=BigInteger)
    method: str = "note"
    """"note", "focus group", "phone", …"""
    group: str = "families"
    people: int = 1
    text: str = Field(sa_type=Sealed)
    """Redacted."""
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Pillars, key conditions, commitments."""
    day: date
    undo_by: int | None = Field(default=None, sa_type=BigInteger)
    """Who wrote it down, as long as they may take it back; then nobody."""
    undo_until: datetime | None = None


class Theme(SQLModel, table=True):
    """What open answers have in common: found by shared words, merged and named by people."""

    __tablename__ = "survey_theme"
    __table_args__ = (Index("theme_of_survey", "survey_id", "question"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger)
    question: str
    name: str
    words: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """An answer that has one of them belongs to it."""


class Snapshot(SQLModel, table=True):
    """What was published, so that the next publication can be held against it."""

    __tablename__ = "survey_snapshot"
    __table_args__ = (Index("snapshot_of_survey", "survey_id", "id"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    survey_id: int = Field(foreign_key="survey.id", sa_type=BigInteger)
    responses: int
    batches: int
    tables: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime
