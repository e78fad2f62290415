"""Events, the households that come, their places in line, and who was there."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
TIME = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    _event_series()
    _event()
    _rsvp()
    _event_claim()
    _household()
    _attendance()
    _event_slot()
    _event_group()
    _event_post()
    op.add_column("outbox", sa.Column("calendar", TEXT, nullable=True))


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _event_series() -> None:
    op.create_table(
        "event_series",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("sessions_to_complete", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("recurrence", TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=True),
        sa.Column("announcement_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("pillar", TEXT, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("map_link", TEXT, nullable=False),
        sa.Column("rsvp_until", TIME, nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("childcare", sa.Integer(), nullable=True),
        sa.Column("childcare_from", sa.Integer(), nullable=False),
        sa.Column("childcare_to", sa.Integer(), nullable=False),
        sa.Column("rides", sa.Integer(), nullable=True),
        sa.Column("meal", sa.Boolean(), nullable=False),
        sa.Column("interpreters", sa.JSON(), nullable=False),
        sa.Column("accessible", sa.Boolean(), nullable=False),
        sa.Column("keeps_names", sa.Boolean(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["series_id"], ["event_series.id"]),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid", "recurrence", name="event_once"),
    )
    op.create_index("event_of_school", "event", ["school_id", "starts_at"])
    op.create_index("event_of_code", "event", ["school_id", "code"])
    op.create_index("event_of_series", "event", ["series_id"])


def _rsvp() -> None:
    op.create_table(
        "rsvp",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("household", TEXT, nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("partstat", TEXT, nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("needs", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("reminded", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "household", name="rsvp_once"),
    )
    op.create_index("rsvp_of_person", "rsvp", ["person_id"])


def _event_claim() -> None:
    op.create_table(
        "event_claim",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("rsvp_id", sa.BigInteger(), nullable=False),
        sa.Column("resource", TEXT, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("offered_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["rsvp_id"], ["rsvp.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rsvp_id", "resource", name="claim_once"),
    )
    op.create_index("claim_in_line", "event_claim", ["event_id", "resource", "state", "id"])
    _index("claim_offered", "event_claim", ["offered_until"], "state = 'offered'")


def _household() -> None:
    op.create_table(
        "household",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("household", TEXT, nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "household", name="attendance_once"),
    )
    op.create_index("attendance_of_event", "attendance", ["event_id"])


def _event_group() -> None:
    op.create_table(
        "event_group",
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"]),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("address_id"),
    )


def _event_post() -> None:
    op.create_table(
        "event_post",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "address_id", name="post_once"),
    )
    op.create_index("post_to_edit", "event_post", ["next_at"])


def _event_slot() -> None:
    op.create_table(
        "event_slot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("reminded", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("slot_of_event", "event_slot", ["event_id", "starts_at"])
