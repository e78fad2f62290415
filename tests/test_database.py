"""One interface, two engines: what a unit of work promises on each."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Stale, open_database
from storage.tables import Fact


def keep(name, value="x"):
    def unit(connection):
        connection.execute(text("INSERT INTO fact (name, value) VALUES (:n, :v)"), {"n": name, "v": value})
        return name

    return unit


async def names(database):
    return {row[0] for row in await database.run(lambda c: c.execute(text("SELECT name FROM fact")).all())}


async def test_what_has_returned_is_on_disk(database, database_url):
    """Another process sees it at once."""
    await database.run(keep("one"))
    other = open_database(database_url)

    assert {"one"} == other.run_now(lambda c: {row[0] for row in c.execute(text("SELECT name FROM fact"))})
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


def test_the_tables_are_what_the_migrations_make(database):
    """The schema a migration leaves is the schema the code was written for."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Fact.metadata)

    assert [] == differences
