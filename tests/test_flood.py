"""A number that writes without end: one polite sentence, then silence, and nobody else waits. What must be heard is heard."""

import asyncio
from dataclasses import replace

import pytest

import locales
from bot import metrics
from bot.channels.base import Received
from bot.channels.segments import fold
from bot.clock import Clock
from bot.flood import MOST_RESTING, REST
from conversations import say

MOST = 6
"""Answers a minute in these tests; as it comes, ten times as many."""
ROBOT, ROSA = "+16615550180", "+16615550181"
ENOUGH = "more than I can answer"


@pytest.fixture
def house(house):
    house.settings = replace(house.settings, answers_per_minute=MOST)
    return house


async def floods(house, messages, text="food 93307", address=ROBOT, channel="sms", **more):
    """So many messages within a second or two; what was answered."""
    return [answer for _each in range(messages) for answer in await house.hears(text, address, channel, **more)]


def counted(seen, channel="sms"):
    return metrics.INBOUND.labels(channel, seen)._value.get()


async def test_who_floods_hears_one_polite_sentence_and_then_nothing(house):
    """As many answers as anybody can read, one more that says when to write again, and silence; each message is counted."""
    before = counted("flood")
    answers = await floods(house, 10 * MOST)

    assert [MOST] == [n for n, text in enumerate(answers) if ENOUGH in text]
    assert MOST + 1 == len(answers)
    assert 9 * MOST == counted("flood") - before


async def test_others_are_answered_as_if_nothing_happened(house):
    """A flood has its own measure: whoever else writes has their answer at once."""
    await floods(house, 3 * MOST)

    assert "Comida" in (await house.hears("comida", ROSA))[0]


async def test_after_ten_minutes_they_are_answered_again(house, clock):
    """The rest ends by itself, whether or not the clock has looked."""
    await floods(house, 2 * MOST)
    clock.forward(minutes=9)
    resting = await floods(house, 1)
    clock.forward(minutes=2)

    assert (0, 1) == (len(resting), len(await floods(house, 1)))


async def test_the_end_of_a_rest_is_no_reason_to_write(house, clock):
    """When the time is over nothing leaves by itself."""
    await floods(house, 2 * MOST)
    clock.forward(seconds=REST.total_seconds() + 1)
    await Clock(house).tick()
    before = len(house.channels["sms"].accepted)
    await house.settled()

    assert before == len(house.channels["sms"].accepted)
    assert [] == await house.run("SELECT id FROM due WHERE kind = 'resting'")


async def test_stop_start_and_danger_are_heard_in_a_flood(house):
    """Confirmed and answered as ever: whoever types in fear types a lot."""
    await floods(house, 2 * MOST)
    stopped, started, danger = (
        await house.hears("STOP", ROBOT),
        await house.hears("START", ROBOT),
        await house.hears("i want to die", ROBOT),
    )

    assert (1, 1, 1) == (len(stopped), len(started), len(danger))
    assert "988" in danger[0]
    assert 1 == len(house.channels["sms"].texts_to("+16615550100"))


async def test_danger_is_answered_once_a_minute(house, clock):
    """The same words a hundred times are one alert to the staff, and an hour of them is no silence."""
    await floods(house, 2 * MOST)
    answers = await floods(house, 100, "i want to die")
    clock.forward(minutes=2)
    again = await house.hears("i want to die", ROBOT)

    assert (1, 1) == (len(answers), len(again))
    assert 2 == len(house.channels["sms"].texts_to("+16615550100"))


async def test_stop_is_heard_even_where_nothing_is_answered_any_more(house, clock):
    """STOP and START by turns are a flood too: at last only the effect is left."""
    await floods(house, 2 * MOST)
    clock.forward(seconds=1)
    answers = [answer for n in range(50) for answer in await house.hears(("START", "STOP")[n % 2], ROBOT)]

    assert MOST_RESTING == len(answers)
    assert [(1,)] == await house.run("SELECT count(*) FROM person WHERE stopped_at IS NOT NULL")


async def test_a_slow_flood_is_one_too(house, clock):
    """A machine that writes a little slower than that for long is answered four minutes' worth an hour, or a few more."""
    answers = []
    for _each in range(60):
        clock.forward(seconds=20)
        answers += await house.hears("food", ROBOT)

    assert 4 * MOST < len(answers) <= 4 * MOST + 10
    assert 1 <= sum(ENOUGH in text for text in answers) <= 2


async def test_a_family_that_writes_a_lot_is_no_flood(house, clock):
    """A text every twelve seconds, five of them in a row and then a pause, as people do: all are answered."""
    answers = 0
    for n in range(20):
        clock.forward(seconds=180 if n % 5 == 0 else 12)
        answers += len(await house.hears("food", ROSA))

    assert 20 == answers


async def test_a_group_has_its_measure_too(house):
    """Whoever calls us in a group without end hears us as often as in private."""
    answers = await floods(house, 2 * MOST, "@bot food", "-100200", "telegram", group=True)

    assert MOST + 1 == len(answers)


async def test_two_at_once_say_it_once(house):
    """On PostgreSQL two of their messages may be heard at the same moment."""
    await floods(house, MOST)
    await asyncio.gather(*(house.receive(Received("sms", f"at-once-{n}", ROBOT, "food")) for n in range(8)))
    await house.settled()

    assert 1 == sum(ENOUGH in text for text in house.channels["sms"].texts_to(ROBOT))


@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_sentence_is_in_their_language(house, language):
    """And says what to do in danger."""
    await house.hears("ENGLISH" if language == "en" else "ESPAÑOL", ROBOT)
    answers = await floods(house, MOST)

    assert fold(locales.render(say.enough(None), language)) == answers[-1]
    assert "911" in answers[-1]


async def test_the_measure_can_be_taken_away(house):
    """PLATICA_ANSWERS_PER_MINUTE=0, for a load test."""
    house.settings = replace(house.settings, answers_per_minute=0)

    assert 2 * MOST == len(await floods(house, 2 * MOST))
