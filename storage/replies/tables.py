"""The tables of replies: a family's thread with the school, who is away, and when somebody can ring."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from ..tables import BigKey


class Thread(SQLModel, table=True):
    """What a family wrote that a person must answer. Its number is what liaisons call it, R12, and is never given twice.

    It holds no words: those are the inbound and outbox rows that name it.
    """

    __tablename__ = "thread"
    __table_args__ = (
        Index(
            "thread_open",
            "address_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("thread_waiting", "last_at", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("thread_of_address", "address_id"),
        {"sqlite_autoincrement": True},  # or the number of an erased thread would be the next family's
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    announcement_id: int | None = Field(default=None, sa_type=BigInteger)
    """What they had been sent last when they wrote."""
    assigned_to: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    opened_at: datetime
    last_at: datetime
    """When the family wrote last."""
    urgent: bool = False
    """It cannot wait for the next digest."""
    told_at: datetime | None = None
    """When whoever it is assigned to last heard of it."""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    """They said STOP, or their number is somebody else's: nothing more goes there by this number."""


class Absence(SQLModel, table=True):
    """Somebody of the staff is away: what would come to them goes to the next."""

    __tablename__ = "absence"
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)
    since: datetime
    until: datetime | None = None
    """None: until they say that they are back."""


class CallWindow(SQLModel, table=True):
    """Hours of a weekday at which somebody rings families, by the school's clock."""

    __tablename__ = "call_window"
    __table_args__ = (Index("call_window_of_school", "school_id", "weekday"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    weekday: int
    """0 is Monday."""
    begins: int
    """Minutes after midnight."""
    ends: int
    capacity: int
    """Calls an hour."""
