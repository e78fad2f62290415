"""What one test's database has compiled and connected, the next one's need not: SQLAlchemy's statements, and PostgreSQL's connections.

A process of the program opens one database and keeps it; a test process opens thousands. Each would compile each statement again.
"""

from sqlalchemy import Engine, create_engine, event, text

from storage import database

_first = {}
"""Of each dialect the first engine that has connected: its dialect, and what was compiled for it, are everybody's."""
_kept = {}
"""By address, the engines whose connections stay."""
ALL = 5000
"""Statements: more than there are in the program and in all tests."""
OTHERS = """SELECT pid, state FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def create(url, **how):
    """As SQLAlchemy's own; what was compiled for an earlier one is known."""
    if url in _kept:
        return _kept[url].engine(url, how)
    engine = create_engine(url, **how, query_cache_size=ALL)
    if engine.name not in _first:
        event.listen(engine, "engine_connect", lambda _connection: _first.setdefault(engine.name, engine))
        return engine
    engine.dialect = engine.pool._dialect = _first[engine.name].dialect
    engine._compiled_cache = _first[engine.name]._compiled_cache
    return engine


class Kept:
    """The connections to one PostgreSQL database. Who closes an engine leaves them open for the next."""

    def __init__(self, url):
        self.pids, self._engine = {}, None
        _kept[database._psycopg(url)] = self

    def engine(self, url, how):
        if self._engine is None:
            self._engine = create_engine(url, **how, query_cache_size=ALL)
            self._engine.dispose = lambda: None
            event.listen(self._engine, "connect", lambda opened, record: self.pids.update({record: opened.info.backend_pid}))
            event.listen(self._engine, "close", lambda _closed, record: self.pids.pop(record, None))
        return self._engine

    def at_rest(self, connection):
        """Nobody is connected but those that are kept, and of them nobody is in the middle of anything."""
        found = dict(connection.execute(text(OTHERS)).all())
        return set(found) == set(self.pids.values()) and set(found.values()) <= {"idle"}

    def close(self):
        """Of those whom the pool has: who took one and did not give it back is to be hung up on."""
        if self._engine is not None:
            Engine.dispose(self._engine)
        self.pids.clear()


database.create_engine = create
