"""Alembic's entry: run the migrations on the connection it was given."""

from alembic import context
from sqlmodel import SQLModel

from storage import tables, upkeep
from storage.announcements import tables as announcement_tables
from storage.directory import tables as directory_tables
from storage.events import tables as event_tables
from storage.gate import tables as gate_tables
from storage.replies import tables as reply_tables
from storage.roster import tables as roster_tables
from storage.sealing import Sealed, SealedJson
from storage.surveys import tables as survey_tables

for module in (
    tables,
    upkeep,
    announcement_tables,
    directory_tables,
    event_tables,
    gate_tables,
    roster_tables,
    reply_tables,
    survey_tables,
):
    assert module.SQLModel.metadata is SQLModel.metadata


def _plainly(kind: str, item: object, _context: object) -> str | bool:
    """A migration names the plain type: it must not change when our own types do."""
    return "sa.LargeBinary()" if kind == "type" and isinstance(item, Sealed | SealedJson) else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True, render_item=_plainly)
with context.begin_transaction():
    context.run_migrations()
