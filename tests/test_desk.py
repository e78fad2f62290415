"""INBOX, TAKE and DONE by text: the school's own people see who waits and say who was rung. To anybody else they are ordinary words."""

import asyncio
from functools import partial

import pytest

from bot import gatekeeping, schools
from storage import people
from storage.gate import locks

COORDINATOR, LIAISON, FAMILY, OTHER = "+16615550100", "+16615550110", "+16615550180", "+16615550181"
UNHEARD = "not understand"


async def wants_a_call(house, address=FAMILY):
    await house.hears("CALL", address)
    await house.hears("2", address)


async def known(house, address=COORDINATOR):
    return await house.database.run(lambda connection: people.at(connection, "sms", address))


async def waiting(house):
    return [number for (number,) in await house.run("SELECT id FROM call WHERE done_at IS NULL ORDER BY id")]


async def log(house):
    """What the audit log says, without the hour."""
    lines = await house.database.run(lambda connection: list(gatekeeping.log_in_words(connection, days=1, now=house.now())))
    return [line.split("  ", 1)[1].partition("): ")[2] for line in lines]


async def test_staff_see_whom_to_ring_and_when(house):
    """The number, the hour that suits, in words and in the language of whoever rings."""
    await wants_a_call(house)
    (english,) = await house.hears("INBOX", COORDINATOR)
    await house.hears("español", LIAISON)
    (spanish,) = await house.hears("pendientes", LIAISON)

    assert "1 call waits." in english
    assert "661-555-0180, in the afternoon" in english
    assert "661-555-0180, en la tarde" in spanish


async def test_whoever_is_in_danger_comes_first(house):
    """However long others have waited; and the text says no more than our own word for it."""
    for n in range(5):
        await wants_a_call(house, f"+1661555019{n}")
    await house.hears("I want to kill myself tonight", FAMILY)
    (told,) = await house.hears("INBOX", COORDINATOR)
    head, first, *_others = told.split("\n")

    assert "6 calls wait." == head
    assert "661-555-0180, now, harm to oneself" in first.replace(", English", "")
    assert "tonight" not in told
    assert 3 == told.count("No. ")


async def test_one_call_is_looked_at_and_closed(house):
    """TAKE shows it once more, DONE closes it and forgets the number that was left; both are in the log, without a number."""
    await wants_a_call(house)
    (number,) = await waiting(house)
    (shown,) = await house.hears(f"TAKE {number}", COORDINATOR)
    (noted,) = await house.hears(f"done {number}", COORDINATOR)

    assert "661-555-0180" in shown
    assert "was made" in noted
    assert [] == await waiting(house)
    assert [
        "see by text who waits for a call: shown",
        "see by text who waits for a call: shown",
        f"note that a call was made: done [call {number}]",
    ] == await log(house)


@pytest.mark.parametrize("words", ["DONE", "DONE 999", "TAKE 9"])
async def test_a_number_that_waits_for_nothing_changes_nothing(house, words):
    """They hear how it is done."""
    await wants_a_call(house)
    (told,) = await house.hears(words, COORDINATOR)

    assert "No call with that number waits." in told
    assert 1 == len(await waiting(house))


@pytest.mark.parametrize("words", ["INBOX", "TAKE {n}", "DONE {n}", "PENDIENTES", "HECHO {n}"])
async def test_to_a_family_they_are_ordinary_words(house, words):
    """Nobody who is no staff learns that there is a list, nor closes a call of somebody else."""
    await wants_a_call(house)
    (number,) = await waiting(house)
    (told,) = await house.hears(words.format(n=number), OTHER)

    assert UNHEARD in told or "no le entiendo" in told
    assert [number] == await waiting(house)
    assert [] == await log(house)


async def test_who_is_locked_sees_nothing(house, clock):
    """After NOTME the number helps like a family's, no more."""
    await wants_a_call(house)
    (number,) = await waiting(house)
    person = (await known(house)).person_id
    await house.database.run(lambda connection: locks.lock(connection, person, "not me", clock()))

    for words in ("INBOX", f"TAKE {number}", f"DONE {number}"):
        (told,) = await house.hears(words, COORDINATOR)
        assert UNHEARD in told
    assert [number] == await waiting(house)


async def test_another_school_is_not_theirs(house):
    """A coordinator of one school neither sees nor closes the calls of another."""
    add = partial(schools.add, keyword="SUNNY", name="Sunny School", zip_code="93307", phone="661-555-0199", languages="en,es")
    await house.database.run(partial(add, number="+16615550198"))
    await house.hears("CALL", FAMILY, to="+16615550198")
    await house.hears("2", FAMILY, to="+16615550198")
    (number,) = await waiting(house)
    (nobody,) = await house.hears("INBOX", COORDINATOR)
    (refused,) = await house.hears(f"DONE {number}", COORDINATOR)

    assert "Nobody waits for a call." in nobody
    assert "No call with that number waits." in refused
    assert [number] == await waiting(house)


async def test_two_who_close_the_same_call_at_once_close_it_once(house):
    """The log tells who was first."""
    await wants_a_call(house)
    (number,) = await waiting(house)
    await asyncio.gather(*(house.hears(f"DONE {number}", address) for address in (COORDINATOR, LIAISON)))

    assert [] == await waiting(house)
    assert 1 == sum(line.startswith("note that a call was made: done") for line in await log(house))
