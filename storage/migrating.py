"""The schema: bring a database to this release's, and tell whether it is. Additive first: a release runs on the schema of the next."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HERE = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Bring the schema to this release's, in the connection's own transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def current(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newer(connection: Connection) -> bool:
    """Its schema is of a release that this one knows nothing of."""
    at = current(connection)
    return at is not None and at not in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def wrong(connection: Connection) -> str:
    """Why this release cannot use a database, and what to do; empty where it can."""
    if current(connection) == head():
        return ""
    if newer(connection):
        return f"The database is at schema {current(connection)}, of a newer release than this one: install that release."
    return "The database is not at this release's schema: run `platica migrate` first."


@cache
def head() -> str:
    """The revision this release needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
