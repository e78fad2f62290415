"""What every command stands on: the console, a unit of work on the database, and the sentence where it cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from storage import migrating
from storage.database import open_database

from . import keys
from . import settings as settings_module
from .settings import Misconfigured
from .terminal import Terminal, words

T = TypeVar("T")

console = Terminal(highlight=False, soft_wrap=True)
AnAddress = Annotated[str, typer.Argument(metavar="ADDRESS", help="+16615550100 or telegram:123456")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, only show what would change.")]


def do(unit: Callable[[Connection], T]) -> T:
    """Run a unit of work on the database of the settings, with its key. Refuses another release's schema."""

    def fitting(connection: Connection) -> T:
        if wrong := migrating.wrong(connection):
            raise Misconfigured(wrong)
        keys.fit(connection)
        return unit(connection)

    return _run(fitting)


def migrate() -> None:
    """Bring the schema of the database of the settings to this release's."""

    def upgraded(connection: Connection) -> None:
        if migrating.newer(connection):
            raise Misconfigured(migrating.wrong(connection))
        if migrating.current(connection) == migrating.head():
            keys.fit(connection)
        migrating.upgrade(connection)

    _run(upgraded)


def fit(unit: Callable[[Connection], T]) -> T:
    """Run a unit of work; where what was given does not fit, say why and leave."""
    from .members import Unfit  # noqa: PLC0415 - the command line starts fast

    try:
        return do(unit)
    except Unfit as unfit:
        fail(str(unfit))


def fail(sentence: str) -> NoReturn:
    print(words(sentence), file=sys.stderr)  # noqa: T201
    raise SystemExit(1)


def _run(unit: Callable[[Connection], T]) -> T:
    settings = settings_module.load()
    keys.take(settings)
    database = open_database(settings.database_url)
    try:
        return database.run_now(unit)
    finally:
        database.close()
