"""Announcements: drafts, their texts, who translates and approves, what was spent; and the outbox as their ledger."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
TIME = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.add_column("person", sa.Column("timezone", TEXT, nullable=True))
    op.add_column("outbox", sa.Column("announcement_id", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("language", TEXT, nullable=True))
    _index("outbox_held", "outbox", ["due_at"], "state = 'held'")
    _index("outbox_once_each", "outbox", ["announcement_id", "person_id"], "announcement_id IS NOT NULL", unique=True)
    _index("outbox_routine", "outbox", ["person_id", "handed_off_at"], "kind IN ('invitation', 'survey', 'news')")
    _announcement()
    _texts()
    _translating()
    _approving()
    _spending()


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _announcement() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("buttons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("send_at", TIME, nullable=True),
        sa.Column("until", TIME, nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("announcement_alive", "announcement", ["send_at"], "stage IN ('scheduled', 'running', 'paused')")
    op.create_index("announcement_of_school", "announcement", ["school_id", "id"])


def _texts() -> None:
    op.create_table(
        "announcement_text",
        sa.Column("id", BIG, nullable=False),
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("source_hash", TEXT, nullable=False),
        sa.Column("machine", sa.LargeBinary(), nullable=True),
        sa.Column("asked_of", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("nudged", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"]),
        sa.ForeignKeyConstraint(["asked_of"], ["person.id"]),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("announcement_id", "language", name="text_once"),
    )


def _translating() -> None:
    op.create_table(
        "school_language",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("percent", sa.Float(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("school_id", "language"),
    )
    op.create_table(
        "translator",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("school_id", "language", "person_id", name="translator_once"),
    )
    op.create_table(
        "glossary",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("term", TEXT, nullable=False),
        sa.Column("says", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("school_id", "language", "term", name="term_once"),
    )


def _approving() -> None:
    op.create_table(
        "template_approval",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("school_id", "template", "language"),
    )
    op.create_table(
        "approver",
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("until", TIME, nullable=True),
        sa.Column("answer", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("announcement_id", "person_id"),
    )
    op.create_table(
        "call_list",
        sa.Column("id", BIG, nullable=False),
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_list_of", "call_list", ["announcement_id"])


def _spending() -> None:
    op.create_table(
        "spending",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("microdollars", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("school_id", "month"),
    )
    op.create_table(
        "sender_day",
        sa.Column("sender", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "day"),
    )
