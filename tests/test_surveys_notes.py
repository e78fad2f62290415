"""Street data: what staff note of families is kept without who, and without the message it came in."""

import csv

import pytest
from sqlalchemy import select
from test_cli import run

from bot.clock import Clock
from conversations.surveys.notes import Jotted
from locales import noting
from storage.surveys.tables import Note

LIAISON, FAMILY = "+16615550110", "+16615550120"


async def notes(house):
    def read(connection):
        return [(row.group, row.method, row.people, row.tags, row.text) for row in connection.execute(select(Note).order_by(Note.id))]

    return await house.database.run(read)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the gate is dark #ambiente #SAFETY", Jotted("the gate is dark", ("environment",))),
        ("#focus 12 rides, rides, rides", Jotted("rides, rides, rides", method="focus group", people=12)),
        ("#teachers 3 rooms leak", Jotted("3 rooms leak", group="staff")),
        ("call her: (661) 555-0147, ana@example.org, @ana_of_mesa", Jotted("call her: [redacted], [redacted], [redacted]")),
        ("her A123456789 expired", Jotted("her [redacted] expired")),
        ("they fear la migra", Jotted("")),
        ("#supports", Jotted("", ("supports",))),
        ("the #bus at 5", Jotted("the bus at 5", strange=("bus",))),
        ("open at 1530 Cottonwood, 93307", Jotted("open at 1530 Cottonwood, 93307")),
    ],
)
def test_what_is_kept_of_a_note(text, kept):
    """Its words without tags, and nothing to reach anybody by."""
    assert kept == noting.read(text)


async def test_a_note_keeps_neither_its_author_nor_its_message(house, clock):
    """Ten minutes long the author is known, to take it back; the text itself stands nowhere but in the note."""
    await house.hears("NOTE no bus after five #supports", LIAISON)
    assert [("families", "note", 1, ["supports"], "no bus after five")] == await notes(house)
    assert [(None, True)] == await house.run("SELECT text, private FROM inbound")
    assert [(1,)] == await house.run("SELECT count(*) FROM street_note WHERE undo_by IS NOT NULL")

    clock.forward(hours=2)
    await Clock(house).tick()
    assert [(None, None)] == await house.run("SELECT undo_by, undo_until FROM street_note")
    assert [(None, None)] == await house.run("SELECT text, private FROM outbox")


async def test_only_staff_note_and_each_takes_back_their_own(house, clock):
    """A family's NOTE is a message; the coordinator does not take back what the liaison wrote, nor anybody an hour later."""
    await house.hears("NOTE the bus was late", FAMILY)
    await house.hears("NOTE no bus after five", LIAISON)
    await house.hears("NOTE UNDO", "+16615550100")
    assert ["no bus after five"] == [row[-1] for row in await notes(house)]
    clock.forward(minutes=11)
    await house.hears("NOTE UNDO", LIAISON)
    assert 1 == len(await notes(house))
    await house.hears("NOTE again", LIAISON)
    await house.hears("NOTA DESHACER", LIAISON)

    assert ["no bus after five"] == [row[-1] for row in await notes(house)]


async def test_a_word_of_an_announcement_is_no_note(house, clock):
    """Whoever is writing to families and begins a line with NOTE is still writing to families."""
    await house.hears("SEND families:", "+16615550100")
    clock.forward(minutes=2)
    await house.hears("NOTE: bring water on Friday", "+16615550100")

    assert [] == await notes(house)


async def test_notes_are_listed_and_written_out(house, database_url, tmp_path):
    """With their numbers, so that one can be taken out; nothing in them becomes a formula."""
    await house.hears("NOTE =2+3 rides #apoyos", LIAISON)
    await house.hears("NOTE Ana from room 3 said so", LIAISON)
    mesa = ("survey", "notes", "--school", "mesa")

    assert "2  2026-11-18  note  families  1  Ana from room 3 said so" in run(*mesa, url=database_url).stdout
    assert "Note 2 is gone." in run(*mesa, "--drop", "2", url=database_url).stdout
    assert 1 == run(*mesa, "--drop", "2", url=database_url).returncode
    run(*mesa, "--csv", str(tmp_path / "notes.csv"), url=database_url)
    with (tmp_path / "notes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [
            ["number", "day", "method", "group", "people", "tags", "text"],
            ["1", "2026-11-18", "note", "families", "1", "supports", "'=2+3 rides"],
        ] == list(csv.reader(file))
