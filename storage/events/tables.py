"""The tables of events. What is said of one in each language stands in its invitation (`storage.announcements`): title, then description."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import AutoString, Field, SQLModel

from conversations.events.event import PartStat

from ..sealing import Sealed, SealedJson
from ..tables import BigKey


class EventStage(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    """Households answer."""
    CLOSED = "closed"
    """No more answers; it takes place."""
    OVER = "over"
    """Links to people are erased, counts stay."""
    CANCELLED = "cancelled"


class Series(SQLModel, table=True):
    """Sessions that are enrolled in once: a class of six evenings."""

    __tablename__ = "event_series"
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    school_id: int = Field(foreign_key="school.id")
    code: str
    """Folded: "ged"; every session of it answers to it."""
    sessions_to_complete: int = 0
    """Sessions somebody must have been at for the completion record; 0: all of them."""


class Event(SQLModel, table=True):
    """One gathering, or one session of a series. Times are the school's, kept in UTC; `zone` is where they were meant."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("uid", "recurrence", name="event_once"),
        Index("event_of_school", "school_id", "starts_at"),
        Index("event_of_code", "school_id", "code"),
        Index("event_of_series", "series_id"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    uid: str
    """iCalendar's UID; ours is made of a random one and the school's host."""
    recurrence: str = ""
    """iCalendar's RECURRENCE-ID of one session of a recurring event, as UTC basic format; "" of a single event."""
    sequence: int = 0
    """iCalendar's SEQUENCE: an update with a lower one is old, and is left out."""
    school_id: int = Field(foreign_key="school.id")
    series_id: int | None = Field(default=None, foreign_key="event_series.id", sa_type=BigInteger)
    announcement_id: int | None = Field(default=None, foreign_key="announcement.id", sa_type=BigInteger)
    """The invitation, with title (first line) and description in each language."""
    author_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    code: str
    """What a family texts, folded: "pizza". One open event of a school has it at a time."""
    title: str
    """In the source language, for staff."""
    kind: str = "family night"
    """"family night", "education", "workshop", "focus group", "town hall", "conference", "meeting", "appointment"."""
    pillar: str = ""
    """Of the four of the CCSPP: "supports", "engagement", "leadership", "learning"; "" if none was named."""
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str = ""
    map_link: str = ""
    rsvp_until: datetime | None = None
    """None: until it begins."""
    capacity: int | None = None
    """People; None: as many as come."""
    childcare: int | None = None
    """Children at once; None: not offered, as with rides."""
    childcare_from: int = 0
    childcare_to: int = 12
    """Ages in years, both included."""
    rides: int | None = None
    """Seats."""
    meal: bool = False
    interpreters: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Language tags, or names of languages we do not write."""
    accessible: bool = True
    keeps_names: bool = False
    """A committee's meeting keeps who was there; a family night keeps counts."""
    stage: EventStage = Field(default=EventStage.DRAFT, sa_type=AutoString)
    created_at: datetime
    closed_at: datetime | None = None
    tally: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What was needed, in counts, once it is over; see `storage.events.lifecycle.needs_of`."""


class Rsvp(SQLModel, table=True):
    """A household's answer to one event. Ages and needs are erased 30 days after it, the link to the person when it is over."""

    __tablename__ = "rsvp"
    __table_args__ = (UniqueConstraint("event_id", "household", name="rsvp_once"), Index("rsvp_of_person", "person_id"))
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    household: str | None = None
    """"h12" of linked people, else "p34"; a random name once it is over."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Who answered last."""
    language: str | None = None
    partstat: PartStat = Field(default=PartStat.NEEDS_ACTION, sa_type=AutoString)
    adults: int = 0
    children: int = 0
    needs: dict[str, Any] | None = Field(default=None, sa_type=SealedJson)
    """"ages": [3, 6], "interpreter": "es", "meal": "no pork", "access": "wheelchair", "ride": 5; asked only where it is offered."""
    answered_at: datetime | None = None
    nudges: int = 0
    reminded: str = ""
    """Which reminders have left: "day", "hours"."""


class Claim(SQLModel, table=True):
    """What a household wants of one kind of place: held, waiting in line, or offered with a deadline. Never split unasked."""

    __tablename__ = "event_claim"
    __table_args__ = (
        UniqueConstraint("rsvp_id", "resource", name="claim_once"),
        Index("claim_in_line", "event_id", "resource", "state", "id"),
        Index("claim_offered", "offered_until", sqlite_where=text("state = 'offered'"), postgresql_where=text("state = 'offered'")),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    rsvp_id: int = Field(foreign_key="rsvp.id", sa_type=BigInteger)
    resource: str
    """"people", "childcare" or "ride"."""
    amount: int
    """Wanted in all."""
    held: int = 0
    """Theirs for sure; less than `amount` while they wait for more."""
    offered: int = 0
    """Kept for them until `offered_until`; less than they lack where a household is asked whether it would come in part."""
    passed: int = 0
    """Of the places that are free now, so many were offered to them and passed on: they are asked again when more are free."""
    whole: bool = False
    """They said that they wait for all of it: a part is not offered."""
    state: str
    """"held" (all of it), "waiting" or "offered"."""
    since: datetime
    """When they asked for it; their place in line is the id, given under the lock of the event."""
    offered_until: datetime | None = None
    """None of an offer that they have not been told of: the clock does that, and sets it."""


class Household(SQLModel, table=True):
    """People whose phones belong to one household: they answer once for all of them."""

    __tablename__ = "household"
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, primary_key=True)
    number: int = Field(sa_type=BigInteger)
    """The same for all of them: the lowest person id among them when they were joined."""


class Attendance(SQLModel, table=True):
    """Somebody was there: a household at the door, or a line of the paper sheet."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("event_id", "household", name="attendance_once"),
        Index("attendance_of_event", "event_id"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    household: str | None = None
    """As `Rsvp.household`; None on a line of paper that is nobody's we know. Random once it is over."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    name: str | None = Field(default=None, sa_type=Sealed)
    """Of a committee's meeting only: as they signed."""
    language: str | None = None
    adults: int = 0
    children: int = 0
    how: str
    """"code", "qr" or "paper"."""
    at: datetime


class Slot(SQLModel, table=True):
    """A time somebody may pick: a conference, a home visit by choice. No home address is ever asked."""

    __tablename__ = "event_slot"
    __table_args__ = (Index("slot_of_event", "event_id", "starts_at"),)
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    starts_at: datetime
    ends_at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    taken_at: datetime | None = None
    reminded: str = ""


class EventGroup(SQLModel, table=True):
    """A group on Telegram that belongs to a school: it gets a post of each event. Its address is that of the whole group."""

    __tablename__ = "event_group"
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger, primary_key=True)
    school_id: int = Field(foreign_key="school.id")
    since: datetime


class EventPost(SQLModel, table=True):
    """The one post that a group has of an event."""

    __tablename__ = "event_post"
    __table_args__ = (UniqueConstraint("event_id", "address_id", name="post_once"), Index("post_to_edit", "next_at"))
    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    address_id: int = Field(foreign_key="address.id", sa_type=BigInteger)
    outbox_id: int = Field(sa_type=BigInteger)
    """The row that posted it; with the provider's id it can be edited."""
    said: str
    """A digest of what stands there."""
    next_at: datetime
    """Not edited before."""
    gone: bool = False
    """Somebody deleted it."""
