"""One PostgreSQL database for test after test, made as it was after each: a tenth of the time of making one for each."""

import engines
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

USES = 200
"""Of one database, until it is made anew: rows that were deleted leave their places behind."""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
CATALOGS = {"pg_class": "oid", "pg_attribute": "attrelid", "pg_constraint": "oid", "pg_trigger": "oid", "pg_proc": "oid"}
"""Where a change of the schema leaves a row, each with what names the thing it is of."""
OF_OURS = 16384
"""PostgreSQL numbers what comes with it below."""
HANG_UP = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def keep(connection):
    """Copy all that is there to where `Again` finds it; done once, in the template."""
    connection.execute(text("CREATE SCHEMA pristine"))
    for table in connection.execute(text(TABLES)).scalars().all():
        connection.execute(text(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"'))
    connection.execute(text("CREATE TABLE pristine._sequence (name text, value bigint, called boolean)"))
    for name in connection.execute(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")).scalars().all():
        stands = f"""SELECT 'public."{name}"', last_value, is_called FROM public."{name}" """
        connection.execute(text(f"INSERT INTO pristine._sequence {stands}"))


class Again:
    """A database made from a template. `url` is where; `restore` makes it as it was."""

    def __init__(self, server, template, name):
        self.server, self.template, self.name = server, template, name
        self.url = server.get_uri(name)
        self.kept = engines.Kept(self.url)
        self.engine = sqlalchemy.create_engine(_psycopg(self.url), pool_size=1)
        self.seen = None

    def fresh(self):
        """As the template is, whatever was there."""
        self.close()
        admin = sqlalchemy.create_engine(_psycopg(self.server.get_uri()), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {self.name} TEMPLATE {self.template}"))
        with self.engine.begin() as connection:
            self.tables = connection.execute(text(TABLES)).scalars().all()
            self.seen, self.uses = self.look(connection), 0

    def close(self):
        """Nobody of this process is connected any more."""
        self.kept.close()
        self.engine.dispose()

    def look(self, connection):
        """How many rows each table has, and the transaction that wrote the newest: both are the same only where nothing was changed."""
        newest = "count(*), coalesce(max(xmin::text::bigint), 0) FROM"
        rows = [f"""SELECT '{table}', {newest} public."{table}" """ for table in self.tables]
        schema = [f"SELECT '{name}', {newest} {name} WHERE {of} >= {OF_OURS}" for name, of in CATALOGS.items()]
        return {name: tuple(found) for name, *found in connection.execute(text(" UNION ALL ".join(rows + schema)))}

    def restore(self):
        """Nobody is in the middle of anything, and every row and sequence is as in the template. Another schema: all of it anew."""
        self.uses += 1
        try:
            restored = self.uses < USES and self._restored()
        except DBAPIError:
            restored = False
        if not restored:
            self.fresh()

    def _restored(self):
        with self.engine.begin() as connection:
            if not self.kept.at_rest(connection):
                self._hang_up(connection)
            seen = self.look(connection)
            changed = [name for name in seen if seen[name] != self.seen[name]]
            if CATALOGS.keys() & changed:
                return False
            self._put_back(connection, changed)
            self.seen = self.look(connection) if changed else seen
        return True

    def _hang_up(self, connection):
        """On everybody else."""
        self.kept.close()
        while connection.execute(text(HANG_UP)).scalar():
            connection.execute(text("SELECT pg_stat_clear_snapshot()"))

    def _put_back(self, connection, changed):
        """Without triggers and foreign keys: what was there together fits together."""
        again = [f'DELETE FROM public."{table}"; INSERT INTO public."{table}" SELECT * FROM pristine."{table}"' for table in changed]
        numbers = "SELECT setval(name::regclass, value, called) FROM pristine._sequence"
        steps = ["SET LOCAL session_replication_role = replica", *again, numbers]
        connection.connection.driver_connection.execute("; ".join(steps), prepare=False)


def _psycopg(uri):
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)
