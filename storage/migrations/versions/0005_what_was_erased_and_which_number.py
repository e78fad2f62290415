"""What was erased by which rule and when, and which number of ours belongs to whom."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day"),
    )
    op.add_column("school", sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index("school_number_once", "school", ["number"], unique=True)
    op.add_column("address", sa.Column("texted", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
