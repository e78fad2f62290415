"""The tables of people who were imported and have to hear first who we are."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import AutoString, Field, SQLModel

from storage.tables import BigKey


class Stage(StrEnum):
    """How far an introduction is."""

    WAITING = "waiting"
    SENT = "sent"
    """Written to the outbox; whether it arrived, the outbox knows."""
    ANSWERED = "answered"
    """They chose a language, or joined by themselves."""
    WRONG = "wrong"
    """The number belongs to somebody else: let go for good."""
    BROKEN = "broken"
    """It could not be begun: their screen is unreadable."""


class Introduction(SQLModel, table=True):
    """An address that came from a file. Nothing routine goes there before it was introduced."""

    __tablename__ = "introduction"
    __table_args__ = (
        UniqueConstraint("address_id", name="introduction_once"),
        Index("introduction_next", "school_id", "stage", "id"),
        Index("introduction_by_time", "school_id", "sent_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id")
    stage: Stage = Field(default=Stage.WAITING, sa_type=AutoString)
    imported_at: datetime
    basis: str
    """How the school came by the number, as the consent log has it."""
    wants: str = ""
    """The language they would rather have and we do not speak: a name of ours, never the file's."""
    sent_at: datetime | None = None


class Wave(SQLModel, table=True):
    """Whether a school's introductions go on. No row: they do."""

    __tablename__ = "wave"
    school_id: int = Field(primary_key=True, foreign_key="school.id")
    halted_at: datetime | None = None
    resumed_at: datetime | None = None
    """Somebody has looked: what was lost before counts no more."""
