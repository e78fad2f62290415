"""The tables of the directory, under HSDS names where HSDS has them (Open Referral, 3.x).

What a source says about an organization, a service or a place is settled when it is imported: phones, hours and
languages hang on `service_at_location`, one service at one place, so that a look-up reads them without asking further.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class ImportRun(SQLModel, table=True):
    """One import that changed the directory, or found nothing to change."""

    __tablename__ = "import_run"
    id: int | None = Field(default=None, primary_key=True)
    source: str
    """What the rows are told apart by: the name of the folder or file that was read."""
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    issues: int = 0


class _Sourced(SQLModel):
    """A row that came out of a feed. Its id is made of the source and the source's own id, so importing again finds it."""

    id: str = Field(primary_key=True, max_length=36)
    source: str
    source_id: str
    digest: str
    """Of everything the feed says about it: equal means unchanged."""
    last_seen: int = 0
    """The `import_run` that changed it, or found it again after it had vanished."""
    hidden_reason: str | None = None
    """Why it is not shown: "vanished" from its source, or what a person decided. None: it is shown."""


class Organization(_Sourced, table=True):
    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("source", "source_id", name="organization_once"),)
    name: str


class Service(_Sourced, table=True):
    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("source", "source_id", name="service_once"),
        ForeignKeyConstraint(["organization_id"], ["organization.id"], name="fk_service_organization"),
        Index("service_of_organization", "organization_id"),
    )
    organization_id: str | None = Field(default=None, max_length=36)
    name: str
    description: str = ""
    status: str = "active"
    """As in HSDS: active, inactive, defunct, temporarily closed. Only an active one is found."""
    alert: str = ""
    note: str = ""
    """Who may come, what it costs, what to bring: one line."""
    no_id: bool = False
    assured_date: date | None = None


class Location(_Sourced, table=True):
    __tablename__ = "location"
    __table_args__ = (UniqueConstraint("source", "source_id", name="location_once"),)
    name: str = ""
    address: str = ""
    """One line: "123 Oak St, Bakersfield"."""
    zip: str = ""
    latitude: float | None = None
    longitude: float | None = None
    approximate: bool = False
    """The point is the middle of its ZIP code, for want of a better one."""


class ServiceAtLocation(_Sourced, table=True):
    """One service at one place; without a place, it is had by phone or everywhere."""

    __tablename__ = "service_at_location"
    __table_args__ = (
        UniqueConstraint("source", "source_id", name="service_at_location_once"),
        ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_service_at_location_service"),
        ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_service_at_location_location"),
        Index("service_at_location_of_service", "service_id"),
        Index("service_at_location_of_location", "location_id"),
    )
    service_id: str = Field(max_length=36)
    location_id: str | None = Field(default=None, max_length=36)


class Phone(SQLModel, table=True):
    """A number to ring for a service at a place; position 0 is the one to show."""

    __tablename__ = "phone"
    __table_args__ = (ForeignKeyConstraint(["service_at_location_id"], ["service_at_location.id"], name="fk_phone_service_at_location"),)
    service_at_location_id: str = Field(primary_key=True, max_length=36)
    position: int = Field(primary_key=True)
    number: str
    """E.164 where it can be ("+16615550131"), else the digits of a short code ("211")."""
    extension: str = ""
    type: str = "voice"


class Schedule(SQLModel, table=True):
    """When a service at a place is open: a weekly or monthly rule, or the source's own words where they are not certain."""

    __tablename__ = "schedule"
    __table_args__ = (ForeignKeyConstraint(["service_at_location_id"], ["service_at_location.id"], name="fk_schedule_service_at_location"),)
    service_at_location_id: str = Field(primary_key=True, max_length=36)
    position: int = Field(primary_key=True)
    byday: str = ""
    """As in iCalendar: "MO,TU" every week, "3SA" the third Saturday of the month, "-1SA" the last; one n for all."""
    opens_at: str = ""
    """ "09:00", in the place's own time."""
    closes_at: str = ""
    description: str = ""


class Language(SQLModel, table=True):
    """A language spoken where a service is given."""

    __tablename__ = "language"
    __table_args__ = (ForeignKeyConstraint(["service_at_location_id"], ["service_at_location.id"], name="fk_language_service_at_location"),)
    service_at_location_id: str = Field(primary_key=True, max_length=36)
    position: int = Field(primary_key=True)
    code: str = ""
    """Its tag ("es") where we know it."""
    name: str = ""
    """As the source has it."""


class ServiceTranslation(SQLModel, table=True):
    """What a service is called and says of itself in another language; ours, not in HSDS."""

    __tablename__ = "service_translation"
    __table_args__ = (ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_service_translation_service"),)
    service_id: str = Field(primary_key=True, max_length=36)
    language: str = Field(primary_key=True)
    name: str = ""
    description: str = ""
    note: str = ""


class Offer(SQLModel, table=True):
    """What a look-up searches: a need met by a service at a place. Written by the import; it has only what may be shown."""

    __tablename__ = "offer"
    __table_args__ = (
        ForeignKeyConstraint(["service_at_location_id"], ["service_at_location.id"], name="fk_offer_service_at_location"),
        ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_offer_service"),
        Index("offers_near", "need", "latitude", "longitude"),
        Index("offer_of_service", "service_id"),
    )
    service_at_location_id: str = Field(primary_key=True, max_length=36)
    need: str = Field(primary_key=True)
    """A slug of `conversations.needs`."""
    service_id: str = Field(max_length=36)
    latitude: float | None = None
    """None: by phone, or everywhere."""
    longitude: float | None = None
    how: str = "source"
    """ "source": the feed says so; "guessed": from its words."""
