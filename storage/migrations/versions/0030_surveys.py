"""Surveys: definitions, answers that nobody can join to a person, and who took part."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
TIME = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    _assessment()
    _survey()
    _survey_pending()
    _survey_response()
    _survey_participation()
    _survey_silent()
    _street_note()
    _survey_theme()
    _survey_snapshot()
    _private()


def _private() -> None:
    for table in ("inbound", "outbox"):
        op.add_column(table, sa.Column("private", sa.Boolean(), nullable=True))
        op.create_index(f"{table}_private", table, ["id"], sqlite_where=sa.text("private"), postgresql_where=sa.text("private"))


def _assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.BigInteger(), nullable=True),
        sa.Column("announcement_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("approvals", sa.JSON(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("closes_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"]),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("school_id", "slug", "version", name="survey_once"),
    )


def _survey_pending() -> None:
    op.create_table(
        "survey_pending",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("pending_of_survey", "survey_pending", ["survey_id"])


def _survey_response() -> None:
    op.create_table(
        "survey_response",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("group", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("perhaps_again", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("response_of_survey", "survey_response", ["survey_id", "batch"])


def _survey_participation() -> None:
    op.create_table(
        "survey_participation",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("group", TEXT, nullable=False),
        sa.Column("laid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.PrimaryKeyConstraint("hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("participation_of_survey", "survey_participation", ["survey_id", "laid"])


def _survey_silent() -> None:
    op.create_table(
        "survey_silent",
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("survey_id", "person_id"),
    )


def _street_note() -> None:
    op.create_table(
        "street_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.BigInteger(), nullable=True),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("group", TEXT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("undo_by", sa.BigInteger(), nullable=True),
        sa.Column("undo_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("note_of_assessment", "street_note", ["assessment_id"])


def _survey_theme() -> None:
    op.create_table(
        "survey_theme",
        sa.Column("id", BIG, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("theme_of_survey", "survey_theme", ["survey_id", "question"])


def _survey_snapshot() -> None:
    op.create_table(
        "survey_snapshot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("snapshot_of_survey", "survey_snapshot", ["survey_id", "id"])
