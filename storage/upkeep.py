"""The tables that a deployment keeps of itself: who does what, how fast it sends, what was erased."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class Lease(SQLModel, table=True):
    """One process at a time does this: the clock, fetching what was missed."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    holder: str
    until: datetime


class Sender(SQLModel, table=True):
    """How far ahead a sender has spent its pace; any number of deliverers together respect it."""

    __tablename__ = "sender"
    name: str = Field(primary_key=True)
    free_at: datetime


class Erasure(SQLModel, table=True):
    """What was erased by a rule on a day (UTC), and when the rule was last looked after: a row even where there was nothing to erase."""

    __tablename__ = "erasure"
    rule: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    at: datetime
    rows: int
    """Of the whole day."""
    last: int
    """Of its last run."""


class Fact(SQLModel, table=True):
    """A thing the deployment remembers about itself: when it first started."""

    __tablename__ = "fact"
    name: str = Field(primary_key=True)
    value: str
