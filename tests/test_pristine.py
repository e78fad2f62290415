"""What one test leaves in PostgreSQL, no other test finds."""

import pytest
from pristine import TABLES

from storage.database import open_database

EVERYTHING = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {schema}.\"{table}\" t"
LEFT_BEHIND = {
    "nothing": [],
    "rows": ["UPDATE person SET language = 'tlh'", "DELETE FROM membership", "INSERT INTO fact (name, value) VALUES ('a', 'b')"],
    "a directory": ["DELETE FROM phone", "UPDATE service SET name = 'x'"],
    "the same rows, written again": ["CREATE TEMP TABLE t AS TABLE fact", "DELETE FROM fact", "INSERT INTO fact SELECT * FROM t"],
    "numbers that were drawn": ["SELECT nextval(pg_get_serial_sequence('person', 'id')) FROM person"],
    "emptied": ["TRUNCATE phone"],
    "a schema": ["ALTER TABLE person ADD COLUMN odd integer", "CREATE TABLE odd (n integer)"],
    "no table": ["DROP TABLE lease"],
    "no trigger": ["ALTER TABLE phone DISABLE TRIGGER ALL", "DELETE FROM phone"],
}


@pytest.mark.parametrize("left", LEFT_BEHIND)
def test_the_next_test_finds_everything_as_it_was(postgres_again, left):
    """Rows, numbers, tables: whatever was done to them, and though somebody is in the middle of doing more."""
    ours = open_database(postgres_again.url)
    ours.run_now(lambda connection: [connection.exec_driver_sql(each) for each in LEFT_BEHIND[left]])
    forgotten = ours.engine.connect()
    forgotten.exec_driver_sql("UPDATE school SET name = 'never committed'")

    postgres_again.restore()

    next_one = open_database(postgres_again.url)
    sql = lambda query: next_one.run_now(lambda connection: connection.exec_driver_sql(query).scalars().all())  # noqa: E731 - one line, many uses
    tables = sql(TABLES)
    assert [sql(EVERYTHING.format(schema="pristine", table=table)) for table in tables] == [
        sql(EVERYTHING.format(schema="public", table=table)) for table in tables
    ]
    assert len(tables) == len(sql("SELECT relname FROM pg_class WHERE relnamespace = 'pristine'::regnamespace AND relkind = 'r'")) - 1
    assert [] == sql("SELECT 1 FROM information_schema.columns WHERE column_name = 'odd'")
    assert [] == sql("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'")
    last = "SELECT last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename = 'person_id_seq'"
    assert sql("SELECT max(id) FROM person") == sql(last)
    forgotten.invalidate()
    ours.close()
    next_one.close()
