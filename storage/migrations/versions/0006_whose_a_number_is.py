"""Whether a number is still theirs, where they want to be written to, and whether help was found."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
WORD = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    for name in ("doubted_at", "asked_at", "chosen_at"):
        op.add_column("address", sa.Column(name, MOMENT(), nullable=True))
    op.create_index(
        "address_silent",
        "address",
        ["heard_at"],
        sqlite_where=sa.text("doubted_at IS NULL"),
        postgresql_where=sa.text("doubted_at IS NULL"),
    )
    op.add_column("person", sa.Column("followed_up_at", MOMENT(), nullable=True))
    op.create_table(
        "follow_up",
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("need", WORD(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("looked_at", MOMENT(), nullable=False),
        sa.Column("asked_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"]),
        sa.PrimaryKeyConstraint("address_id"),
    )
    op.create_index("follow_up_by_time", "follow_up", ["looked_at"])
    op.create_table(
        "outcome_count",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("need", WORD(), nullable=False),
        sa.Column("service", WORD(), nullable=False),
        sa.Column("answer", WORD(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.PrimaryKeyConstraint("school_id", "day", "need", "service", "answer"),
    )
