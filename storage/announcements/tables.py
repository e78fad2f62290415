"""The tables of announcements. The ledger itself is the outbox: one row for each intended recipient, whatever becomes of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import AutoString, Field, SQLModel

from ..sealing import Sealed
from ..tables import BigKey, Kind


class Stage(StrEnum):
    """How far an announcement is."""

    DRAFT = "draft"
    """Being written, translated, or waiting for its author's last word."""
    SCHEDULED = "scheduled"
    """It passed the gate; it starts at `send_at`, and can be cancelled until then."""
    RUNNING = "running"
    """Its audience is frozen. `cursor` says how far the rows are written."""
    PAUSED = "paused"
    """Held, in the middle; `why` says what somebody must mend."""
    DONE = "done"
    """Every row is written and none of them waits any more."""
    CANCELLED = "cancelled"
    """Nothing of it ever left."""
    STOPPED = "stopped"
    """Stopped in the middle; what had not left is skipped, and counted."""


class Announcement(SQLModel, table=True):
    """Something that goes to many. Its number is what people call it: "draft 27"."""

    __tablename__ = "announcement"
    __table_args__ = (
        Index(
            "announcement_alive",
            "send_at",
            sqlite_where=text("stage IN ('scheduled', 'running', 'paused')"),
            postgresql_where=text("stage IN ('scheduled', 'running', 'paused')"),
        ),
        Index("announcement_of_school", "school_id", "id"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    """Whose name it carries; its clock counts where a recipient's is unknown."""
    author_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """None: the command line, or another feature."""
    kind: Kind = Field(sa_type=AutoString)
    """NEWS, INVITATION, SURVEY, REMINDER, CHANGE or URGENT: its order and its rules at hand-off."""
    audience: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """As `conversations.announcements.audience.Audience.to_json`."""
    language: str
    """Of the source text."""
    about: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Facts that replies are answered from, and an urgent template's gaps: "date", "time", "place", "template"."""
    buttons: list[list[str]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """For channels that show them; other features set these."""
    stage: Stage = Field(default=Stage.DRAFT, sa_type=AutoString)
    send_at: datetime | None = None
    """When it starts; None while it is a draft: as soon as it has passed the gate."""
    until: datetime | None = None
    """What has not left by then is skipped as too late; None: 14 days after it starts."""
    why: str = ""
    """What paused it, or the reason of an urgent one."""
    digest: str = ""
    """Of what the gate was passed for: draft, audience and price."""
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cursor: int = Field(default=0, sa_type=BigInteger)
    """The last person whose row is written."""
    planned: bool = False
    """All rows are written."""


class Text(SQLModel, table=True):
    """An announcement in one language. Nobody gets it before a person has approved just these words of just this source."""

    __tablename__ = "announcement_text"
    __table_args__ = (UniqueConstraint("announcement_id", "language", name="text_once"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    announcement_id: int = Field(foreign_key="announcement.id", sa_type=BigInteger)
    language: str
    body: str | None = Field(default=None, sa_type=Sealed)
    source_hash: str = ""
    """Of the source text it says; another hash than the source's now: stale."""
    machine: str | None = Field(default=None, sa_type=Sealed)
    """A machine's draft, for the translator's eyes only."""
    asked_of: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    asked_at: datetime | None = None
    due_at: datetime | None = None
    """When the next thing happens if nobody answers: a nudge, then the next translator."""
    nudged: bool = False
    written_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    approved_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    approved_at: datetime | None = None
    """None: not approved, or not any more."""


class SchoolLanguage(SQLModel, table=True):
    """A language that notices of a school must be in (California Ed Code 48985: 15 per cent of its pupils)."""

    __tablename__ = "school_language"
    school_id: int = Field(foreign_key="school.id", primary_key=True)
    language: str = Field(primary_key=True)
    percent: float | None = None
    """Share of pupils with this home language, where the school has said it."""
    required: bool = True


class Translator(SQLModel, table=True):
    """Somebody who translates for a school, and in which order they are asked."""

    __tablename__ = "translator"
    __table_args__ = (UniqueConstraint("school_id", "language", "person_id", name="translator_once"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    language: str
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    place: int = 1


class Term(SQLModel, table=True):
    """A word of school life, as this school says it in another language."""

    __tablename__ = "glossary"
    __table_args__ = (UniqueConstraint("school_id", "language", "term", name="term_once"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    language: str
    """Of the translation."""
    term: str
    """In the source language, folded."""
    says: str


class TemplateApproval(SQLModel, table=True):
    """A person has approved an urgent template's words in a language, once and for all until the words change."""

    __tablename__ = "template_approval"
    school_id: int = Field(foreign_key="school.id", primary_key=True)
    template: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    hash: str
    """Of the words they saw."""
    approved_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """None: at the command line."""
    approved_at: datetime


class Approver(SQLModel, table=True):
    """One who was listed as second approver of an urgent announcement, in the order they are asked."""

    __tablename__ = "approver"
    announcement_id: int = Field(foreign_key="announcement.id", sa_type=BigInteger, primary_key=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)
    place: int
    asked_at: datetime | None = None
    until: datetime | None = None
    """Five minutes; then the next is asked. A late yes still counts while nobody else has said it."""
    answer: str = ""
    """"" while open, then "yes" or "no"."""


class Spending(SQLModel, table=True):
    """What a school has spent on texts that we began, by month; the budget stops at its setting."""

    __tablename__ = "spending"
    school_id: int = Field(foreign_key="school.id", primary_key=True)
    month: str = Field(primary_key=True)
    """"2026-11", by the school's clock."""
    microdollars: int = Field(default=0, sa_type=BigInteger)


class SenderDay(SQLModel, table=True):
    """Segments a sender has handed off on a day, of its daily cap."""

    __tablename__ = "sender_day"
    sender: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    segments: int = 0


class CallList(SQLModel, table=True):
    """Somebody asked for the numbers an announcement did not reach, by name, and until when they may open it."""

    __tablename__ = "call_list"
    __table_args__ = (Index("call_list_of", "announcement_id"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    announcement_id: int = Field(foreign_key="announcement.id", sa_type=BigInteger)
    name: str = Field(sa_type=Sealed)
    """Of who rings them."""
    made_at: datetime
    until: datetime
