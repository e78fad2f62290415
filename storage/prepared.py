"""The statements of a turn, compiled once and then run on the driver itself.

What SQLAlchemy does for each execution of a statement (cache key, context, result object) takes 100 µs and more, ten times what
SQLite needs to answer. Written as Core like all others, these skip it; their values are converted as their columns' types say.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


class Prepared:
    """A statement with named values (`bindparam`; an insert takes its columns' names); a mapping holds one for each dialect.

    A list goes where the statement has an expanding `bindparam`; each length of it is compiled once.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[object, ...], _Compiled] = {}

    def rows(self, connection: Connection, /, **values: Any) -> list[Any]:
        """What is found, as named tuples."""
        return self.ask(connection, **values)()

    def ask(self, connection: Connection, /, **values: Any) -> Callable[[], list[Any]]:
        """The same, to be called when all that is asked `together` is on its way."""
        compiled = self._for(connection.dialect, values)
        cursor = execute(connection, compiled.sql, compiled.bound(values))
        if connection.dialect.name != "sqlite":
            return lambda: compiled.rows(cursor)
        found = compiled.rows(cursor)  # now: a cursor that is still being read sees what is written later
        return lambda: found

    def do(self, connection: Connection, /, **values: Any) -> None:
        """Nobody asks what came of it."""
        compiled = self._for(connection.dialect, values)
        execute(connection, compiled.sql, compiled.bound(values))

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of them, in one breath."""
        if rows:
            compiled = self._for(connection.dialect, rows[0])
            execute(connection, compiled.sql, [compiled.bound(each) for each in rows], many=True)

    def first(self, connection: Connection, /, **values: Any) -> Any:
        """The first row, or None."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def changed(self, connection: Connection, /, **values: Any) -> int:
        """How many rows were inserted or changed."""
        compiled = self._for(connection.dialect, values)
        count: int = execute(connection, compiled.sql, compiled.bound(values)).rowcount
        return count

    def _for(self, dialect: Dialect, values: Mapping[str, Any]) -> _Compiled:
        lengths = [len(value) for value in values.values() if type(value) in {list, tuple}]
        key = (dialect.name, *values, *lengths)
        if key not in self._compiled:
            statement = self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement
            self._compiled[key] = _Compiled(statement, dialect, values)
        return self._compiled[key]


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Prepared statements in here go to PostgreSQL in one breath, each after the one before: one wait in place of many.

    Nothing but `ask`, `do` and `many` works in here, and what was asked is read when it is over.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _ours(connection, driver, "several"), driver.pipeline():
        yield


def execute(connection: Connection, sql: str, bound: Any = (), *, many: bool = False) -> Any:
    """Run SQL on the driver's own connection; its errors become SQLAlchemy's, which name no values."""
    driver: Any = connection.connection.driver_connection
    with _ours(connection, driver, sql):
        if not many:
            return driver.execute(sql, bound)
        cursor = driver.cursor()
        cursor.executemany(sql, bound)
        return cursor


@contextmanager
def _ours(connection: Connection, driver: Any, sql: str) -> Iterator[None]:
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        errors = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(sql, None, error, errors, hide_parameters=True, connection_invalidated=lost) from error


class _Compiled:
    """A statement in the SQL of one dialect."""

    def __init__(self, statement: Any, dialect: Dialect, values: Mapping[str, Any]) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(values))
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("A prepared statement must be given every column that has a default.")
        whole = compiled.construct_expanded_state(dict(values))
        self.sql, self.dialect = whole.statement, dialect
        self.lists = {name: each for name, each in whole.parameter_expansion.items() if name in values}
        self.positional = whole.positiontup is not None
        self.names = list(whole.positiontup if whole.positiontup is not None else whole.parameters)
        converts = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()} | dict(
            whole.processors
        )
        self.literals = {
            name: convert(value) if (convert := converts.get(name)) else value
            for name, value in whole.parameters.items()
            if name not in values
        }
        self.binds = [(name, convert) for name in values if name not in self.lists and (convert := converts.get(name)) is not None]
        self.columns = list(statement.exported_columns)
        self.row = namedtuple("Row", [str(each.key) for each in self.columns], rename=True)._make  # type: ignore[attr-defined]  # noqa: PYI024
        self.results: list[tuple[int, Convert]] | None = None
        """Which columns have to be converted; the driver says with the first result what it makes of each."""

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        given = {**self.literals, **values}
        for name, each in self.lists.items():
            given.update(zip(each, values[name], strict=True))
        for name, convert in self.binds:
            given[name] = convert(given[name])
        return [given[name] for name in self.names] if self.positional else {name: given[name] for name in self.names}

    def rows(self, cursor: Any) -> list[Any]:
        found = cursor.fetchall()
        if self.results is None:
            self.results = self._conversions(cursor.description)
        return [self.row(self._converted(each)) for each in found] if self.results else [self.row(each) for each in found]

    def _conversions(self, description: Sequence[Sequence[Any]]) -> list[tuple[int, Convert]]:
        types = (each.type.dialect_impl(self.dialect) for each in self.columns)
        converts = (each.result_processor(self.dialect, told[1]) for each, told in zip(types, description, strict=True))
        return [(place, convert) for place, convert in enumerate(converts) if convert is not None]

    def _converted(self, found: Sequence[Any]) -> list[Any]:
        row = list(found)
        for place, convert in self.results or ():
            row[place] = convert(row[place])
        return row
