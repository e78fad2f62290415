"""A carrier blocks some texts of an announcement: those, and only those, get it once more, in other words."""

from functools import partial

import pytest
from test_announcements_delivery import books, saved, tick
from test_announcements_draft import code, desk, says  # noqa: F401 - a fixture

from bot import outbox
from bot.channels.base import StatusReport
from bot.clock import Clock

BLOCKED, OTHERS = 2, "Family Night is on Friday."


@pytest.fixture
async def blocked(desk):  # noqa: F811
    """Forty texts have left, and a carrier says of two that it took them for spam; the coordinator lets it go on."""
    number = saved(desk)
    await tick(desk)
    for n in range(1, BLOCKED + 1):
        status = StatusReport(f"sms-{n}", "failed", code="30007", pauses=True)
        await desk.database.run(partial(outbox.report, channel="sms", status=status, now=desk.now(), house=desk))
    missed = {handoff.address for handoff in desk.channels["sms"].accepted[:BLOCKED]}
    return desk, number, missed


async def test_going_on_tells_how_many_were_blocked(blocked):
    """They are not sent the same again; and AGAIN is named."""
    house, number, _missed = blocked

    told = await says(house, f"GO ON {number}")

    assert "2 texts of it were blocked" in told
    assert f"AGAIN {number}" in told
    assert {"30007": 2} == books(house, number).failures


async def test_the_same_words_are_not_sent_to_them_again(blocked):
    """The carrier would block them again: no code is asked for."""
    house, number, _missed = blocked

    told = await says(house, f"AGAIN {number}", "SEND")

    assert "words that the carrier blocked" in told
    assert "code" not in told


async def test_other_words_reach_whom_it_missed_and_nobody_twice(blocked):
    """Two phones, once; the second AGAIN is no second text."""
    house, number, missed = blocked
    before = len(house.channels["sms"].accepted)
    first = await says(house, f"GO ON {number}", f"AGAIN {number}")
    await says(house, f"EN: Mesa Verde Elementary: {OTHERS}\nES: Mesa Verde Elementary: la noche familiar es el viernes.", "SEND", "1")
    sent = await says(house, await code(house))
    house.now.forward(minutes=3)
    clock = Clock(house)
    await tick(house, clock)
    await tick(house, clock)
    got = [
        each.address for each in house.channels["sms"].accepted[before:] if OTHERS in each.message.text or "viernes" in each.message.text
    ]
    again = await says(house, f"AGAIN {number}")

    assert "To 2 phones" in first
    assert "Sending draft 2" in sent
    assert sorted(missed) == sorted(address for address in got if address in missed)
    assert 0 == sum(address not in missed for address in got if address != "+16615550100")
    assert "2 is being sent" in again or "2 is sent" in again


async def test_where_nothing_was_blocked_there_is_nothing_to_say_again(desk):  # noqa: F811
    """Whoever was halted, stopped or late is no reason."""
    number = saved(desk)
    await tick(desk)

    assert "No carrier has blocked" in await says(desk, f"AGAIN {number}")
