"""One interface, two engines: what a unit of work promises on each."""

import asyncio

import pytest
from conftest import NOON
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from storage import migrating, people
from storage.database import Stale, open_database
from storage.prepared import Prepared
from storage.tables import Kind, Outbox, State
from storage.upkeep import Fact


def keep(name, value="x"):
    def unit(connection):
        connection.execute(text("INSERT INTO fact (name, value) VALUES (:n, :v)"), {"n": name, "v": value})
        return name

    return unit


async def names(database):
    return {row[0] for row in await database.run(lambda c: c.execute(text("SELECT name FROM fact WHERE name <> 'edition'")).all())}


async def test_what_has_returned_is_on_disk(database, database_url):
    """Another process sees it at once."""
    await database.run(keep("one"))
    other = open_database(database_url)

    assert {"one"} == other.run_now(lambda c: {row[0] for row in c.execute(text("SELECT name FROM fact WHERE name <> 'edition'"))})
    other.close()


async def test_a_unit_that_raises_has_done_nothing(database):
    """Half a turn is no turn."""

    def half(connection):
        keep("half")(connection)
        raise ValueError("the other half")

    with pytest.raises(ValueError, match="the other half"):
        await database.run(half)
    assert set() == await names(database)


async def test_one_that_fails_takes_no_other_with_it(database):
    """Units that share a commit stand and fall each by itself."""
    await database.run(keep("taken"))
    outcomes = await asyncio.gather(*(database.run(keep(n)) for n in ["a", "taken", "b", "taken", "c"]), return_exceptions=True)

    assert ["a", "b", "c"] == [each for each in outcomes if isinstance(each, str)]
    assert {"taken", "a", "b", "c"} == await names(database)


async def test_a_constraint_that_fails_is_an_error(database):
    """Only the duplicate of a message is forgiven, and only where it is asked for."""
    await database.run(keep("one"))
    with pytest.raises(DBAPIError):
        await database.run(keep("one"))


async def test_a_stale_unit_is_run_again(database):
    """Who comes second looks again."""
    tries = []

    def stale(connection):
        tries.append(1)
        keep(f"try {len(tries)}")(connection)
        if len(tries) < 3:
            raise Stale
        return "done"

    assert "done" == await database.run(stale)
    assert {"try 3"} == await names(database)


async def test_counting_in_parallel_loses_nothing(database):
    """A hundred read-modify-writes at once are a hundred."""
    await database.run(keep("n", "0"))

    def add(connection):
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
        n = int(connection.execute(text(f"SELECT value FROM fact WHERE name = 'n'{lock}")).scalar_one())
        connection.execute(text("UPDATE fact SET value = :v WHERE name = 'n'"), {"v": str(n + 1)})

    await asyncio.gather(*(database.run(add) for _ in range(100)))

    assert "100" == await database.run(lambda c: c.execute(text("SELECT value FROM fact WHERE name = 'n'")).scalar_one())


async def test_a_cancelled_wait_does_not_harm_the_others(database):
    """Whoever stops waiting may find it done; everybody else's work goes on."""
    waiting = [asyncio.ensure_future(database.run(keep(str(n)))) for n in range(40)]
    await asyncio.sleep(0)
    for each in waiting[::3]:
        each.cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)

    assert {each for each in done if isinstance(each, str)} <= await names(database)
    assert "still works" == await database.run(lambda _c: "still works")


@pytest.mark.parametrize("change", ["UPDATE consent SET how = 'forged'", "DELETE FROM consent"])
async def test_the_consent_log_cannot_be_changed(database, change):
    """Not even by us: the database itself refuses."""
    with pytest.raises(DBAPIError, match="append-only"):
        await database.run(lambda c: c.execute(text(change)))


def test_another_kind_of_database_is_refused():
    """In a sentence that says what to write."""
    with pytest.raises(ValueError, match="must begin with sqlite:/// or postgresql://"):
        open_database("mysql://x")


def test_the_newest_migration_is_found():
    """The one that a release needs is the one alembic ends at, and every one is known."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(migrating.HERE)

    assert script.get_current_head() == migrating.head()
    assert {each.revision: each.down_revision or "" for each in script.walk_revisions()} == migrating._known()


def test_the_tables_are_what_the_migrations_make(database):
    """The schema a migration leaves is the schema the code was written for."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Fact.metadata)

    assert [] == differences


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_connection_that_was_lost_is_made_again(database, database_url):
    """PostgreSQL was restarted over night: the first message in the morning is taken all the same."""
    await asyncio.gather(*(names(database) for _ in range(8)))
    other = open_database(database_url)
    end_all = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    other.run_now(lambda c: c.execute(end_all).all())
    other.close()

    assert ["a", "b", "c"] == await asyncio.gather(*(database.run(keep(n)) for n in ["a", "b", "c"]))


LISTED = Prepared(
    select(col(Fact.name), col(Fact.value)).where(col(Fact.name).in_(bindparam("names", expanding=True))).order_by(col(Fact.name))
)


async def test_a_prepared_statement_finds_each_of_a_list(database):
    """However many are asked for, the answer fits the question."""
    for each in "abc":
        await database.run(keep(each, each.upper()))

    def unit(connection):
        return [
            [(row.name, row.value) for row in LISTED.rows(connection, names=listed)] for listed in (["a"], ["c", "b"], ["a"], ["x", "b"])
        ]

    assert [[("a", "A")], [("b", "B"), ("c", "C")], [("a", "A")], [("b", "B")]] == await database.run(unit)


async def test_a_prepared_statement_keeps_types(database):
    """Moments come back as they went in, and so do lists, yes and no, and nothing at all."""
    columns = ("question", "buttons", "buttons_live", "handed_off_at", "created_at")
    write = Prepared(insert(Outbox))
    read = Prepared(select(*(getattr(Outbox, name) for name in columns)).where(col(Outbox.id) == bindparam("row")))

    def unit(connection):
        known = people.meet(connection, "sms", "+16615550150", NOON)
        row = {"id": 1, "person_id": known.person_id, "address_id": known.address_id, "channel": "sms", "kind": Kind.REPLY, "priority": 0}
        rest = {"text": "hola", "ask_location": "", "state": State.WAITING, "reason": "", "due_at": NOON, "attempts": 0}
        ours = dict(zip(columns, (7, [["Sí", "q:7:0"]], True, None, NOON), strict=True))
        write.changed(connection, **row, **rest, **ours)
        return read.first(connection, row=1)

    assert (7, [["Sí", "q:7:0"]], True, None, NOON) == await database.run(unit)


async def test_an_error_of_a_prepared_statement_names_no_values(database):
    """What somebody texted stands in no log, whatever fails."""
    write = Prepared(insert(Fact))

    def unit(connection):
        write.changed(connection, name="twice", value="me duele")

    await database.run(unit)
    with pytest.raises(IntegrityError) as refused:
        await database.run(unit)
    assert "me duele" not in str(refused.value)
    assert {"twice"} == await names(database)
