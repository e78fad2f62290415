"""Whatever changes the directory gives it a new edition, so that an answer looked up before is not given after."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("offer", "service", "service_at_location", "location", "phone", "schedule", "language", "service_translation")
"""What a look-up reads."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _a_trigger_for_each_row()
    else:
        _a_trigger_for_each_statement()


def _a_trigger_for_each_row() -> None:
    draw = "INSERT INTO fact (name, value) VALUES ('edition', hex(randomblob(16))) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    for table in TABLES:
        for change in ("INSERT", "UPDATE", "DELETE"):
            op.execute(f'CREATE TRIGGER {table}_edition_{change.lower()} AFTER {change} ON "{table}" BEGIN {draw}; END')


def _a_trigger_for_each_statement() -> None:
    draw = (
        "INSERT INTO fact (name, value) VALUES ('edition', gen_random_uuid()::text) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    op.execute(f"CREATE FUNCTION draw_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {draw}; RETURN NULL; END $$")
    for table in TABLES:
        changes = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
        op.execute(f'CREATE TRIGGER {table}_edition AFTER {changes} ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION draw_edition()')
