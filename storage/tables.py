"""The tables of people, messages and what is due. (The directory's are in `storage.directory.tables`.)

Times are aware UTC. An index that a hot query stands on is named after it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, UniqueConstraint, text
from sqlmodel import AutoString, Field, SQLModel

from .screens import Screen
from .sealing import Sealed

BigKey = BigInteger().with_variant(Integer, "sqlite")


class School(SQLModel, table=True):
    """One site. Its keyword is what a family texts to join."""

    __tablename__ = "school"
    __table_args__ = (Index("school_number_once", "number", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    keyword: str = Field(unique=True)
    """Folded: "mesa"."""
    name: str
    zip: str
    timezone: str
    phone: str
    """The line a family may ring, E.164."""
    languages: list[str] = Field(sa_column=Column(JSON, nullable=False))
    number: str | None = None
    """The number families text, where a school has one of its own: whoever writes to it belongs there. E.164."""


class Person(SQLModel, table=True):
    """Someone we talk with, whatever the channel. No name."""

    __tablename__ = "person"
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    language: str | None = None
    language_guessed: bool = False
    stopped_at: datetime | None = None
    """From this moment nothing that we start leaves for them, on any channel."""
    calm_until: datetime | None = None
    """They told of danger: until then nothing that we start leaves for them."""
    followed_up_at: datetime | None = None
    """When we last asked whether help was found; forgotten after a week. Of what was looked for it says nothing."""
    revision: int = 0
    """Counts turns. Two messages at once: the second to commit finds it changed, and is heard again."""
    timezone: str | None = None
    """Theirs, where it is known; else the school's counts."""
    created_at: datetime


class Address(SQLModel, table=True):
    """Where a person is reached: a number, a chat, a phone of the page. The screen belongs to it."""

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("channel", "lookup", name="address_once"),
        Index("address_of_person", "person_id"),
        Index("address_silent", "heard_at", sqlite_where=text("doubted_at IS NULL"), postgresql_where=text("doubted_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    channel: str
    address: str = Field(sa_type=Sealed)
    lookup: str
    """Of the address, under the key (`storage.sealing`): what it is found by."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    memory: dict[str, Any] | None = Field(default=None, sa_type=Screen)
    """What is on the screen, as `conversations.state.Memory` writes it."""
    unreachable_at: datetime | None = None
    """The channel cannot reach it: blocked, no such number."""
    heard_at: datetime
    """When they last wrote."""
    texted: str | None = None
    """The number of ours that they texted last, or that their school has: what we write leaves from it."""
    doubted_at: datetime | None = None
    """Since then nobody knows whether it is still theirs; see `storage.doubts`."""
    asked_at: datetime | None = None
    """When we asked whether it is, of our own accord: once."""
    chosen_at: datetime | None = None
    """When they chose it for what we begin. At most one address of a person has it."""


class Membership(SQLModel, table=True):
    """A person's part in a school."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "school_id", "role", name="membership_once"),
        Index("membership_of_school", "school_id", "role"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id")
    role: str
    since: datetime


class Preference(SQLModel, table=True):
    """What a person chose to hear about. Who chose nothing has no row, and hears about everything."""

    __tablename__ = "preference"
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)
    muted: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Topics of `conversations.topics` that they do not want."""
    paused_until: datetime | None = None
    """Nothing routine until then."""
    since: datetime


class LinkCode(SQLModel, table=True):
    """The code a chat shows, for a phone to text. It is gone once it was used."""

    __tablename__ = "link_code"
    __table_args__ = (UniqueConstraint("hash", name="link_code_once"),)
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger, primary_key=True)
    hash: str
    """Of the code, under a key that is not in the database."""
    until: datetime


class Consent(SQLModel, table=True):
    """The proof of who agreed to what and who left. Append-only: a trigger refuses to change or delete a row."""

    __tablename__ = "consent"
    __table_args__ = (Index("consent_of_address", "address_id"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    at: datetime
    what: str
    """"join", "stop", "start", "blocked" or "unblocked"."""
    how: str
    wording: str = ""
    """The version of the words they agreed to."""


class Inbound(SQLModel, table=True):
    """A message received. The provider's id makes a second delivery of it harmless."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", name="inbound_once"),
        Index("inbound_of_address", "address_id"),
        Index("inbound_by_time", "received_at"),
        Index(
            "inbound_of_thread",
            "thread_id",
            sqlite_where=text("thread_id IS NOT NULL"),
            postgresql_where=text("thread_id IS NOT NULL"),
        ),
        Index("inbound_private", "id", sqlite_where=text("private"), postgresql_where=text("private")),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    channel: str
    provider_id: str
    address_id: int | None = Field(default=None, foreign_key="address.id", sa_type=BigInteger)
    text: str | None = Field(default=None, sa_type=Sealed)
    """Erased after 30 days."""
    received_at: datetime
    thread_id: int | None = Field(default=None, sa_type=BigInteger)
    """What it is a part of, where a person of the school shall answer it (`storage.replies`)."""
    private: bool | None = None
    """It answered a survey, so that its text was never kept; the provider's copy is still to be erased."""


class State(StrEnum):
    """Where an outbox row is. It only moves forward; see `storage.outbox.RANK`."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    HELD = "held"
    """It may not leave before `due_at`: the night, a week's one text, a rest. To whom it looks like waiting, it is waiting."""


class Kind(StrEnum):
    """Why a row exists. A reply was asked for; everything else is something that we start."""

    REPLY = "reply"
    ALERT = "alert"
    NUDGE = "nudge"
    INTRODUCTION = "introduction"
    """The first text to somebody a school has brought with it."""
    CODE = "code"
    """What was asked of the gate, to the address on file: a one-time code, a call list. It leaves soon or never, and its words are erased then."""
    URGENT = "urgent"
    """School closed, shelter: at any hour, to whoever has not said STOP."""
    CHANGE = "change"
    """Of something they accepted: another time or place, or it is off."""
    REMINDER = "reminder"
    INVITATION = "invitation"
    GROUP_POST = "group post"
    """Of an event, in a group on Telegram."""
    SURVEY = "survey"
    NEWS = "news"
    STILL_YOU = "still you"
    """Is this still you? Asked once, of a number that was silent for long."""
    FOLLOW_UP = "follow-up"
    """Did what you looked for help?"""


class Outbox(SQLModel, table=True):
    """One message to hand off: one row for each text really sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_to_claim",
            "channel",
            "priority",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "outbox_in_order",
            "person_id",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("outbox_in_flight", "lease_until", sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'")),
        Index("outbox_of_provider", "provider_id"),
        Index("outbox_of_address", "address_id", "id"),
        Index("outbox_held", "due_at", sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'")),
        Index(
            "outbox_once_each",
            "announcement_id",
            "person_id",
            unique=True,
            sqlite_where=text("announcement_id IS NOT NULL"),
            postgresql_where=text("announcement_id IS NOT NULL"),
        ),
        Index(
            "outbox_routine",
            "person_id",
            "handed_off_at",
            sqlite_where=text("kind IN ('invitation', 'survey', 'news')"),
            postgresql_where=text("kind IN ('invitation', 'survey', 'news')"),
        ),
        Index(
            "outbox_of_thread",
            "thread_id",
            sqlite_where=text("thread_id IS NOT NULL"),
            postgresql_where=text("thread_id IS NOT NULL"),
        ),
        Index("outbox_private", "id", sqlite_where=text("private"), postgresql_where=text("private")),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    inbound_id: int | None = Field(default=None, sa_type=BigInteger)
    """The message this answers."""
    announcement_id: int | None = Field(default=None, sa_type=BigInteger)
    """What it is a recipient's row of: its text is there, in `language`, and not here."""
    language: str | None = None
    thread_id: int | None = Field(default=None, sa_type=BigInteger)
    """What it answers in a person's own words."""
    channel: str
    kind: Kind = Field(sa_type=AutoString)
    priority: int
    """The lower goes first; see `storage.outbox.PRIORITY`."""
    text: str | None = Field(sa_type=Sealed)
    """Erased after 30 days."""
    buttons: list[list[str]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    ask_location: str = ""
    calendar: str | None = None
    """The calendar file that goes with it, where a channel carries files: an event and a language, "12-es", as in its link."""
    question: int = 0
    """The number of the question it puts on the screen; 0 for none."""
    state: State = Field(default=State.WAITING, sa_type=AutoString)
    reason: str = ""
    """Why it waits, failed or was skipped: a provider's code or a word of ours."""
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    """While sending: until then its deliverer may still be at it."""
    handed_off_at: datetime | None = None
    provider_id: str | None = None
    buttons_live: bool = False
    private: bool | None = None
    """It asks what somebody's answers led to: it is erased as soon as it has arrived, here and at the provider."""


class Due(SQLModel, table=True):
    """Something to do later for an address. A reply that comes first changes the person's revision, and makes it stale."""

    __tablename__ = "due"
    __table_args__ = (UniqueConstraint("kind", "address_id", name="due_once"), Index("due_by_time", "due_at"))
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    kind: str
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    revision: int
    due_at: datetime


class Call(SQLModel, table=True):
    """Somebody waits for a person of the school to ring them."""

    __tablename__ = "call"
    __table_args__ = (
        Index("call_waiting", "school_id", "asked_at"),
        Index(
            "call_promised",
            "begins_at",
            sqlite_where=text("done_at IS NULL AND begins_at IS NOT NULL"),
            postgresql_where=text("done_at IS NULL AND begins_at IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    number: str = Field(default="", sa_type=Sealed)
    """Where to ring, if not at the address."""
    when: str = Field(sa_type=Sealed)
    why: str = Field(default="", sa_type=Sealed)
    inbound_id: int | None = Field(default=None, sa_type=BigInteger)
    """The message that told of danger, for whoever looks after it."""
    asked_at: datetime
    seen_at: datetime | None = None
    """When a person of ours first looked: `platica inbox --read`."""
    done_at: datetime | None = None
    begins_at: datetime | None = None
    """Of the hour that was promised, where the school has set its hours."""
    ends_at: datetime | None = None
    person_id: int | None = Field(default=None, sa_type=BigInteger)
    """Who rings in that hour."""
    told_at: datetime | None = None
    missed_at: datetime | None = None
    """Nobody rang in the hour, and the family was told."""


class LookUpCount(SQLModel, table=True):
    """Somebody looked for something that day. Nothing says who."""

    __tablename__ = "look_up_count"
    __table_args__ = (Index("look_up_by_day", "day", "need"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    day: date
    need: str
    zip: str
    language: str
    channel: str
    results: int
    nearest_miles: float | None = None


class FollowUp(SQLModel, table=True):
    """Who looked for what, to ask once whether it helped. Erased at the answer, or within 72 hours: see `storage.outcomes`."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("follow_up_by_time", "looked_at"),)
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger, primary_key=True)
    need: str
    services: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """The listings on the screen, the one they looked at closely first."""
    looked_at: datetime
    asked_at: datetime | None = None


class OutcomeCount(SQLModel, table=True):
    """So many said that day whether a service helped. Nothing says who."""

    __tablename__ = "outcome_count"
    school_id: int = Field(foreign_key="school.id", primary_key=True)
    day: date = Field(primary_key=True)
    need: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    """A listing's id; empty where none was looked at closely."""
    answer: str = Field(primary_key=True)
    times: int
