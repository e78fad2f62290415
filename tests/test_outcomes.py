"""Did it help? Asked once, by day, only where nobody is put in danger by it; the answer is counted without the person."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot import following
from bot.cli import cli
from bot.clock import Clock
from conversations.flows.helped import NEVER_ASKED
from conversations.needs import NEEDS
from storage import outcomes, people, retention
from storage.tables import Kind

PHONE, CHAT = "+16615550180", "700150"
ASKED = "help?"


async def joins(house, text="1"):
    for said in ("MESA", text, "food 93307", "1"):
        await house.hears(said, PHONE)


async def tick(house):
    """The clock comes by; what the phone hears."""
    before = len(house.channels["sms"].texts_to(PHONE))
    await Clock(house).tick()
    await house.settled()
    return house.channels["sms"].texts_to(PHONE)[before:]


async def counts(house):
    rows = await house.run("SELECT need, service, answer, times FROM outcome_count ORDER BY need, answer")
    return [tuple(row) for row in rows]


async def links(house):
    return len(await house.run("SELECT address_id FROM follow_up"))


@pytest.mark.parametrize(
    ("said", "answer"),
    [("1", "yes"), ("yes", "yes"), ("2", "not yet"), ("no", "not yet"), ("2 it was closed", "not yet"), ("3", "no reach")],
)
async def test_the_answer_is_counted_without_the_person(house, clock, said, answer):
    """The service they had looked at is named; the link is gone with the answer."""
    await joins(house)
    clock.forward(hours=48)
    (asked,) = await tick(house)
    clock.forward(minutes=5)
    await house.hears(said, PHONE)
    (found,) = await counts(house)

    assert "did Mesa Verde School Pantry help?" in asked
    assert ("food", answer, 1) == (found[0], *found[2:])
    assert 0 == await links(house)
    assert ["answer", "day", "need", "school_id", "service", "times"] == sorted(await columns(house, "outcome_count"))


async def columns(house, table):
    return (await house.database.run(lambda c: c.exec_driver_sql(f"SELECT * FROM {table}"))).keys()


async def test_it_is_asked_in_their_language(house, clock):
    """And says what to answer."""
    await joins(house, "2")
    clock.forward(hours=48)

    assert "¿le sirvió" in (await tick(house))[0].replace("sirvio", "sirvió")


async def test_who_was_not_helped_is_offered_more(house, clock):
    """Other places, or a person."""
    await joins(house)
    clock.forward(hours=48)
    await tick(house)
    clock.forward(minutes=5)
    (sorry,) = await house.hears("2", PHONE)
    (places,) = await house.hears("1", PHONE)

    assert "1. Other places" in sorry
    assert "Food near" in places


async def test_who_looked_at_none_is_asked_by_the_need(house, clock):
    """No service is named that they had not looked at, and none is counted."""
    for said in ("MESA", "1", "food 93307"):
        await house.hears(said, PHONE)
    clock.forward(hours=48)
    (asked,) = await tick(house)
    clock.forward(minutes=5)
    await house.hears("1", PHONE)

    assert "(Food)" in asked
    assert [("food", "", "yes", 1)] == await counts(house)


@pytest.mark.parametrize("need", sorted(NEVER_ASKED))
async def test_some_needs_are_never_asked_about(house, clock, need):
    """Somebody else may hold the phone: no link is kept at all."""
    await joins(house)
    await house.run("DELETE FROM follow_up RETURNING address_id")
    known = await house.database.run(lambda c: people.at(c, "sms", PHONE))
    await house.database.run(lambda c: outcomes.note(c, known, need, (), house.now()))

    assert need in NEEDS
    assert 0 == await links(house)


async def test_who_fears_for_their_papers_is_not_asked(house):
    """Nothing says that they looked for anything."""
    for said in ("MESA", "1", "no tengo papeles, ocupo comida"):
        await house.hears(said, PHONE)

    assert 0 == await links(house)


@pytest.mark.parametrize("said", ["STOP", "pause", "no surveys", "only urgent", "i want to die"])
async def test_who_rests_or_left_or_is_in_danger_is_not_asked(house, clock, said):
    """Whatever they had looked for before; and the link goes."""
    await joins(house)
    await house.hears(said, PHONE)
    clock.forward(hours=48)

    assert [] == await tick(house)
    assert 0 == await links(house)


async def test_a_stranger_is_not_asked(house, clock):
    """Who did not join hears nothing that we begin."""
    await house.hears("food 93307", PHONE)

    assert 0 == await links(house)


async def test_at_night_it_waits_for_the_morning(house, clock):
    """48 hours after nine in the evening is eight in the morning."""
    clock.forward(hours=9)
    await joins(house)
    clock.forward(hours=48)
    night = await tick(house)
    clock.forward(hours=11)
    morning = await tick(house)

    assert [] == night
    assert ASKED in morning[0]


async def test_in_the_middle_of_a_talk_it_waits(house, clock):
    """Fifteen minutes of quiet come first."""
    await joins(house)
    clock.forward(hours=47, minutes=50)
    await house.hears("hello", PHONE)
    clock.forward(minutes=10)
    talking = await tick(house)
    clock.forward(minutes=6)
    after = await tick(house)

    assert [] == talking
    assert ASKED in after[0]


async def test_it_is_asked_once_a_week_at_most(house, clock):
    """However often they look for something."""
    await joins(house)
    clock.forward(hours=48)
    first = await tick(house)
    clock.forward(hours=1)
    await house.hears("1", PHONE)
    await house.hears("rent 93307", PHONE)
    second = await links(house)
    clock.forward(days=7)
    await tick(house)
    await house.hears("rent 93307", PHONE)

    assert 1 == len(first)
    assert 0 == second
    assert 1 == await links(house)


async def test_the_link_is_gone_within_72_hours_answered_or_not(house, clock):
    """And the screen remembers nothing of it either; an answer that comes later is nobody's."""
    await joins(house)
    clock.forward(hours=48)
    await tick(house)
    clock.forward(hours=23)
    await tick(house)
    left = await links(house)
    (late,) = await house.hears("1", PHONE)
    known = await house.database.run(lambda c: people.at(c, "sms", PHONE))

    assert known.memory["open"] is None
    assert 0 == left
    assert [] == await counts(house)
    assert "Text what you need" in late


async def test_retention_proves_it(house, clock):
    """Nothing older than 72 hours is overdue once the clock has come by."""
    await joins(house)
    clock.forward(hours=72)
    before = await house.database.run(lambda c: standing(c, house.now()))
    await house.database.run(lambda c: retention.erase(c, house.now()))
    after = await house.database.run(lambda c: standing(c, house.now()))

    assert (1, 0) == (before, after)
    assert retention.LATE + outcomes.LINKED <= timedelta(hours=72)


def standing(connection, now):
    rule = next(each for each in retention.RULES if each.name == "follow_up")
    return rule.overdue(connection, now + timedelta(seconds=1))


async def test_forgetting_somebody_forgets_what_they_looked_for(house):
    """At once."""
    await joins(house)
    await house.hears("DELETE", PHONE)
    await house.hears("1", PHONE)

    assert 0 == await links(house)


# What the school sees


async def ask_for(house, need, times, results=3):
    row = f"INSERT INTO look_up_count (school_id, day, need, zip, language, channel, results) VALUES (1, '2026-11-18', '{need}', '', 'en', 'sms', {results})"
    for _ in range(times):
        await house.run(f"{row} RETURNING id")


async def answered(house, need, service="", **answers):
    for answer, times in answers.items():
        row = f"INSERT INTO outcome_count VALUES (1, '2026-11-18', '{need}', '{service}', '{answer.replace('_', ' ')}', {times})"
        await house.run(f"{row} RETURNING times")


async def lines(house, days=30):
    return await house.database.run(lambda c: following.in_words(c, days=days, now=house.now()))


async def test_the_school_sees_what_was_missing(house):
    """Asked for, found and not found, helped and not."""
    await ask_for(house, "food", 30)
    await ask_for(house, "food", 12, results=0)
    await answered(house, "food", yes=11, not_yet=10, no_reach=0)

    assert ["Food: asked 42, found 30, not found 12; helped 11, not yet 10, could not reach them 0"] == await lines(house)


async def test_groups_under_ten_are_not_shown(house):
    """Nor what could be found by subtraction."""
    await ask_for(house, "dental", 9)
    await ask_for(house, "rent", 20)
    await ask_for(house, "rent", 3, results=0)
    await answered(house, "rent", yes=20, not_yet=9)

    assert ["Help with rent: asked 23; too few answers to show"] == await lines(house)


async def test_services_are_listed_by_how_little_they_helped(house):
    """Those of which enough people said something."""
    await ask_for(house, "food", 50)
    await answered(house, "food", "one", yes=20, no_reach=10)
    await answered(house, "food", "two", yes=10, not_yet=20)
    await answered(house, "food", "three", yes=4)

    assert ["two: helped 10, not yet 20, could not reach them 0", "one: helped 20, not yet 0, could not reach them 10"] == (
        await lines(house)
    )[-2:]


async def test_nothing_yet_says_so(house):
    """An empty report is a sentence."""
    assert "smaller groups are not shown" in (await lines(house))[0]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_command_shows_it(house, database_url, monkeypatch):
    """`platica outcomes`"""
    await ask_for(house, "food", 10)
    house.database.close()
    monkeypatch.setenv("DATABASE_URL", database_url)
    shown = CliRunner().invoke(cli, ["outcomes"])

    assert 0 == shown.exit_code


async def test_a_follow_up_is_nothing_that_was_asked_for(house, clock):
    """STOP between the question's row and its hand-off wins."""
    await joins(house)
    clock.forward(hours=48)
    await Clock(house).tick()
    await house.hears("STOP", PHONE)
    rows = await house.run("SELECT state FROM outbox WHERE kind = :k", k=Kind.FOLLOW_UP)

    assert [("skipped",)] == [tuple(row) for row in rows]
