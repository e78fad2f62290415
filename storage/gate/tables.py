"""The tables of the gate."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlmodel import AutoString, Field, SQLModel

from ..sealing import Sealed
from ..tables import BigKey


class CodeState(StrEnum):
    OPEN = "open"
    PROVED = "proved"
    SPENT = "spent"
    VOID = "void"


class GateCode(SQLModel, table=True):
    """One time that the gate asked somebody for a code, for one action with one content."""

    __tablename__ = "gate_code"
    __table_args__ = (
        Index("gate_code_of_person", "person_id", "asked_at"),
        Index("gate_code_open", "person_id", unique=True, sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    action: str
    digest: str
    hash: str | None = None
    """Of the code under a key that is not in the database; None: their authenticator makes it."""
    asked_at: datetime
    until: datetime
    tries: int = 0
    state: CodeState = Field(default=CodeState.OPEN, sa_type=AutoString)


class GateApp(SQLModel, table=True):
    """The authenticator app of a staff member."""

    __tablename__ = "gate_app"
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)
    secret: str = Field(sa_type=Sealed)
    since: datetime
    step: int = 0
    """The last half minute whose code was used: no code is good twice."""


class GateLock(SQLModel, table=True):
    """Nothing gated passes for this person until an operator lifts it."""

    __tablename__ = "gate_lock"
    __table_args__ = (
        Index(
            "gate_lock_standing",
            "person_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    why: str
    since: datetime
    lifted_at: datetime | None = None


class Audit(SQLModel, table=True):
    """What was asked of the gate and what came of it. Append-only: a trigger refuses to change or delete a row."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_of_person", "person_id", "at"), Index("audit_by_time", "at"))
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """None: the operator, at the command line."""
    action: str
    outcome: str
    about: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """A digest and counts; never a text, never a number."""


class Forgotten(SQLModel, table=True):
    """An address whose value was erased. Should it write again, its STOP is found by the lookup; who it was is not."""

    __tablename__ = "forgotten"
    __table_args__ = (Index("forgotten_by_lookup", "lookup"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    lookup: str
    """A keyed hash of the channel and the value; the key is not in the database."""
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    at: datetime
