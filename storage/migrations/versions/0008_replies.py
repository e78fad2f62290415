"""What families write back: threads, who is away, when somebody can ring, and the hour that a call was promised for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    _thread()
    _on_duty()
    for table in ("inbound", "outbox"):
        op.add_column(table, sa.Column("thread_id", sa.BigInteger(), nullable=True))
        _index(f"{table}_of_thread", table, ["thread_id"], "thread_id IS NOT NULL")
    for column in ("begins_at", "ends_at", "told_at", "missed_at"):
        op.add_column("call", sa.Column(column, TIME, nullable=True))
    op.add_column("call", sa.Column("person_id", sa.BigInteger(), nullable=True))
    _index("call_promised", "call", ["begins_at"], "done_at IS NULL AND begins_at IS NOT NULL")


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _thread() -> None:
    op.create_table(
        "thread",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("announcement_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_to", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"]),
        sa.ForeignKeyConstraint(["assigned_to"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    _index("thread_open", "thread", ["address_id"], "closed_at IS NULL", unique=True)
    _index("thread_waiting", "thread", ["last_at"], "closed_at IS NULL")
    op.create_index("thread_of_address", "thread", ["address_id"])


def _on_duty() -> None:
    op.create_table(
        "absence",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "call_window",
        sa.Column("id", BIG, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_window_of_school", "call_window", ["school_id", "weekday"])
