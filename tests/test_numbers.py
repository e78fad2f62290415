"""Several schools, each with a number of its own: whoever texts one belongs there, and is answered from it."""

import pytest
from test_cli import run

from storage.roster import importing
from storage.roster.importing import Into

FAMILY, OTHER = "+16615550180", "+16615550181"
MESAS, SUNNYS = "+16615550190", "+16615550191"


@pytest.fixture
def two(house, database_url):
    """The sample school with the usual number, and Sunny with one of its own."""
    sunny = ["--name", "Sunny School", "--zip", "93203", "--phone", "661-555-0101"]
    assert 0 == run("school", "add", "SUNNY", *sunny, "--number", "(661) 555-0191", url=database_url).returncode
    return house


async def test_a_stranger_belongs_to_the_school_whose_number_they_text(two):
    """Its name, its place and its number, from the first word; at another number, or an unknown one, the first school's."""
    [sunny] = await two.hears("food", FAMILY, to=SUNNYS)
    [mesa] = await two.hears("food", OTHER, to=MESAS)

    assert ("93203" in sunny, "93307" in mesa) == (True, True)
    assert [SUNNYS, ""] == [handoff.sender for handoff in two.channels["sms"].accepted]


async def test_who_joined_stays_where_they_joined(two):
    """A family of Mesa that texts Sunny's number is Mesa's still, and hears from the number it wrote to."""
    await two.hears("MESA", FAMILY, to=MESAS)
    await two.hears("food", FAMILY, to=SUNNYS)
    parts = await two.run(
        "SELECT s.keyword FROM membership m JOIN school s ON s.id = m.school_id JOIN address a ON a.person_id = m.person_id WHERE a.address = :a",
        a=FAMILY,
    )

    assert [("mesa",)] == [tuple(row) for row in parts]
    assert SUNNYS == two.channels["sms"].accepted[-1].sender


async def test_a_number_that_was_given_up_answers_nobody(two):
    """The school has another number now: answers leave from the usual one rather than not at all."""
    await two.hears("food", FAMILY, to=SUNNYS)
    await two.run("UPDATE school SET number = '+16615550192' WHERE keyword = 'sunny' RETURNING id")
    await two.hears("more", FAMILY, to="")

    assert [SUNNYS, ""] == [handoff.sender for handoff in two.channels["sms"].accepted]


async def test_a_chat_is_told_the_number_of_its_school(two):
    """LINK names a number that can be texted: the school's own; with a messaging service alone, the one that people text."""
    nothing = await two.hears("LINK", "77", channel="telegram", start_with="")
    await two.hears("food", FAMILY, to=MESAS)
    of_a_service = await two.hears("LINK", "77", channel="telegram")
    await two.run("UPDATE school SET number = '+16615550193' WHERE keyword = 'mesa' RETURNING id")
    own = await two.hears("LINK", "77", channel="telegram")

    assert "not set up" in nothing[0]
    assert "661-555-0190" in of_a_service[0]
    assert "661-555-0193" in own[0]


def test_the_introduction_leaves_from_the_number_of_the_school(two, database, tmp_path):
    """Whoever is imported for Sunny hears from Sunny first."""
    file = tmp_path / "list.csv"
    file.write_text("Cell,School\n6615550170,SUNNY\n6615550171,MESA\n")
    database.run_now(lambda c: importing.apply(c, importing.read(file), Into(), two.now()))
    found = database.run_now(lambda c: c.exec_driver_sql("SELECT texted FROM address ORDER BY id DESC LIMIT 2").all())

    assert [(None,), (SUNNYS,)] == [tuple(row) for row in found]


def test_a_number_belongs_to_one_school(two, database_url):
    """Two schools with one number would be a guess: refused in a sentence."""
    luna = ["--name", "Luna School", "--zip", "93203", "--phone", "661-555-0102"]
    same, wrong = [run("school", "add", "LUNA", *luna, "--number", number, url=database_url) for number in (SUNNYS, "12")]

    assert (1, 1) == (same.returncode, wrong.returncode)
    assert "is the number of Sunny School already" in same.stderr
