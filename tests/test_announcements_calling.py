"""A call list by text: behind a code, for a named person, not for long, and without anybody who said STOP."""

import re

import pytest
from test_announcements_delivery import saved, tick
from test_announcements_draft import COORDINATOR, code, desk, says  # noqa: F401 - a fixture

from storage import retention

LIAISON, FAMILY = "+16615550110", "+16615550120"
NUMBER = re.compile(r"661-555-01\d\d  ")


@pytest.fixture
async def missed(desk):  # noqa: F811
    """Nobody got it: their phones were off."""
    saved(desk)
    await tick(desk)
    await desk.run("UPDATE outbox SET state = 'failed', reason = '30003' WHERE announcement_id = 1 RETURNING id")
    return desk


def listed(house):
    return [text for text in house.channels["sms"].texts_to(COORDINATOR) if NUMBER.search(text)]


async def test_a_call_list_comes_after_the_code_and_leaves_out_who_said_stop(missed):
    """No number before the proof; then all but one; and it is written down for whom they are."""
    await missed.hears("STOP", FAMILY)
    asked = await says(missed, "CALL LIST 1 Dana")
    before = listed(missed)
    told = await says(missed, await code(missed))
    after = "\n".join(listed(missed))

    assert ("39 numbers that 1 did not reach, for Dana to ring" in asked, before) == (True, [])
    assert ("For Dana, until" in told, len(await missed.run("SELECT id FROM call_list"))) == (True, 1)
    assert (39, False) == (len(NUMBER.findall(after)), "661-555-0120" in after)


async def test_a_name_is_asked_for_and_a_no_shows_nothing(missed):
    """For nobody in particular there is no list."""
    first = await says(missed, "CALL LIST 1")
    last = await says(missed, "Dana", "NO")

    assert ("Who rings them?" in first, "nothing was done" in last) == (True, True)
    assert [] == listed(missed)


async def test_the_numbers_are_gone_from_here_within_minutes(missed):
    """As a code is: what is still to be rung is on one phone, and not in our outbox."""
    await says(missed, "CALL LIST 1 Dana")
    await says(missed, await code(missed))
    missed.now.forward(minutes=20)
    codes = next(rule for rule in retention.RULES if rule.name == "codes")
    await missed.database.run(lambda connection: codes.erase(connection, missed.now()))

    assert [] == await missed.run("SELECT id FROM outbox WHERE kind = 'code' AND text IS NOT NULL")


async def test_who_may_not_announce_gets_none(missed):
    """A liaison is told so, and no code is asked for."""
    await missed.hears("ENGLISH", LIAISON)
    told = await says(missed, "CALL LIST 1 Dana", address=LIAISON)

    assert ("may send" in told, "code" in told) == (True, False)
