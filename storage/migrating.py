"""The schema: bring a database to this release's, and tell whether it is. Additive first: a release runs on the schema of the next."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

HERE = Path(__file__).parent / "migrations"
NAMES = re.compile(r'^revision = "(\w+)"\ndown_revision = (?:None|"(\w+)")$', re.MULTILINE)
"""How a migration says which it is, and which it follows."""


def upgrade(connection: Connection) -> None:
    """Bring the schema to this release's, in the connection's own transaction."""
    from alembic import command  # noqa: PLC0415 - a tenth of a second, for what is done once a release
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def current(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newer(connection: Connection) -> bool:
    """Its schema is of a release that this one knows nothing of."""
    at = current(connection)
    return at is not None and at not in _known()


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
    (last,) = _known().keys() - _known().values()
    return last


@cache
def _known() -> dict[str, str]:
    """Each revision, and the one it follows."""
    found = (NAMES.search(path.read_text(encoding="utf-8")) for path in (HERE / "versions").glob("[0-9]*.py"))
    return {names[1]: names[2] or "" for names in found if names}
