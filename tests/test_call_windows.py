"""Hours at which families can be rung: only those with room are offered, and what was promised is not forgotten."""

import asyncio
from datetime import UTC, datetime, time
from functools import partial

import pytest
from play_replies import forward_to, rings

from bot import members
from bot.clock import Clock
from bot.members import Unfit
from bot.replies import hours
from storage.replies import windows

ROSA, LUPE = "+16615550150", "+16615550151"
COORDINATOR, LIAISON, OTHER = "+16615550100", "+16615550110", "+16615550111"
WEDNESDAY, THURSDAY = 2, 3


async def window(house, *, who=LIAISON, weekday=WEDNESDAY, begins=14, ends=15, capacity=1):
    await house.database.run(partial(rings, house, ("sms", who), weekday, begins, ends, capacity))


async def asks(house, *addresses):
    """Each of them has the question on the screen."""
    said = []
    for address in addresses:
        await house.hears("español", address)
        said.append((await house.hears("llamar", address))[0])
    return said


async def promised(house):
    return [
        (row.begins_at is not None, row.missed_at is not None)
        for row in await house.run("SELECT begins_at, missed_at FROM call ORDER BY id")
    ]


async def test_without_hours_all_is_as_before(house):
    """A school that has set none offers the morning and the afternoon."""
    (said,) = await asks(house, ROSA)

    assert "de 8 a 12" in said


async def test_only_hours_with_room_are_offered(house):
    """A full hour is not offered, nor one that has begun; at most three are."""
    await window(house, begins=11, ends=17, capacity=1)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    (said,) = await asks(house, LUPE)

    assert ["1. hoy, 2pm-3pm", "2. hoy, 3pm-4pm", "3. hoy, 4pm-5pm", "4. A otra hora"] == said.split("\n")[1:]


async def test_the_last_place_is_given_once(house):
    """Two choose the last place in the same moment: one has it, the other hears that it is taken and may choose again."""
    await window(house)
    await asks(house, ROSA, LUPE)
    both = await asyncio.gather(house.hears("1", ROSA), house.hears("1", LUPE))
    await house.settled()
    said = [house.channels["sms"].texts_to(address)[-1] for address in (ROSA, LUPE)]

    assert 2 == len(both)
    assert 1 == sum("Listo" in text for text in said)
    assert [(True, False)] == await promised(house)


async def test_when_every_hour_is_full_they_write_their_own(house):
    """A family is never told that nobody has time: it says when, and a person reads that."""
    await window(house, capacity=1, weekday=WEDNESDAY)
    for n in range(2):
        await asks(house, f"+1661555016{n}")
        await house.hears("1", f"+1661555016{n}")
    (said,) = await asks(house, LUPE)
    await house.hears("1", LUPE)

    assert ["1. A otra hora"] == said.split("\n")[1:]
    assert "manana en la tarde" in (await house.hears("manana en la tarde", LUPE))[0].replace("ñ", "n")


async def test_hours_pass_on_while_somebody_is_away(house):
    """Her hours are the next one's until she is back, who is told when they begin."""
    await window(house)
    await house.hears("ausente", LIAISON)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    await forward_to(house, time(14, 0))

    assert "Calls to families, yours until 3pm: 1." in house.channels["sms"].texts_to(COORDINATOR)[-1]
    assert not any("Llamadas" in text for text in house.channels["sms"].texts_to(LIAISON))


async def test_who_goes_away_after_it_was_promised_passes_it_on(house):
    """The call stays promised; the next rings."""
    await window(house)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    await house.hears("ausente", LIAISON)
    await forward_to(house, time(14, 0))

    assert 1 == sum("yours until" in text for text in house.channels["sms"].texts_to(COORDINATOR))


async def test_a_missed_call_is_told_once(house):
    """Half an hour after its hour the family hears that we are sorry, and the coordinator that somebody waits: each once."""
    await window(house)
    await window(house, weekday=THURSDAY, begins=9, ends=10)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    counts = []
    for at in (time(15, 29), time(15, 30), time(15, 40)):
        await forward_to(house, at)
        counts.append(
            (len(house.channels["sms"].texts_to(ROSA)), sum("nobody made" in text for text in house.channels["sms"].texts_to(COORDINATOR)))
        )
    house.now.forward(minutes=2)
    again = await house.hears("1", ROSA)

    assert [(3, 0), (4, 1), (4, 1)] == counts
    assert "le llama mañana, 9am-10am" in again[0]
    assert [(True, False)] == await promised(house)


async def test_a_call_that_was_made_is_not_missed(house):
    """DONE is enough."""
    await window(house)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    await forward_to(house, time(14, 0))
    await house.hears("hecho 1", LIAISON)
    await forward_to(house, time(15, 30))

    assert not any("perd" in text for text in house.channels["sms"].texts_to(ROSA))


async def test_after_stop_nobody_is_told_that_we_missed_them(house):
    """The coordinator still hears of it; STOP wins."""
    await window(house)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    await house.hears("STOP", ROSA)
    before = len(house.channels["sms"].texts_to(ROSA))
    await forward_to(house, time(15, 30))

    assert before == len(house.channels["sms"].texts_to(ROSA))
    assert any("nobody made" in text for text in house.channels["sms"].texts_to(COORDINATOR))


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2027, 3, 13, 20, 0, tzinfo=UTC), datetime(2027, 3, 14, 16, 0, tzinfo=UTC)),
        (datetime(2026, 10, 31, 20, 0, tzinfo=UTC), datetime(2026, 11, 1, 17, 0, tzinfo=UTC)),
    ],
)
async def test_nine_is_nine_when_the_clocks_change(house, now, begins):
    """Nine in the morning of the day the clocks change is nine by the school's clock."""
    house.now.at = now
    await window(house, weekday=6, begins=9, ends=10)
    (slot, *_more) = await house.database.run(lambda connection: windows.offered(connection, 1, "America/Los_Angeles", now))

    assert begins == slot.begins_at


# The command line


@pytest.mark.parametrize(
    ("address", "day", "span", "sentence"),
    [
        (LIAISON, "someday", "9:00-12:00", "no day of the week"),
        (LIAISON, "mon", "12:00-9:00", "no time of an hour or more"),
        (LIAISON, "mon", "9-9:30", "no time of an hour or more"),
        (LIAISON, "mon", "morning", "no time of an hour or more"),
        (LIAISON, "mon", "9:00-25:00", "no time of an hour or more"),
        (LIAISON, "mon", "9:75-12:00", "no time of an hour or more"),
        (ROSA, "mon", "9:00-12:00", "answers no families"),
    ],
)
async def test_what_is_no_window_is_said(house, address, day, span, sentence):
    """Each mistake has its own sentence, and nothing is set."""
    with pytest.raises(Unfit, match=sentence):
        await house.database.run(partial(hours.window, address=address, day=day, span=span, capacity=3))

    assert [] == await house.database.run(windows.listed)


async def test_windows_are_listed_and_taken_away(house):
    """What was set can be seen, changed and taken away."""
    set_ = partial(hours.window, address=LIAISON, day="Monday", span="9:00-12:00")
    said = [await house.database.run(partial(set_, capacity=capacity)) for capacity in (3, 2)]
    listed = await house.database.run(lambda connection: list(hours.listed(connection, now=house.now())))
    await house.database.run(partial(set_, capacity=0))

    assert f"{LIAISON} rings families mon 9:00-12:00, 2 calls an hour." == said[1]
    assert ["MESA  mon 9:00-12:00  2 an hour  661-555-0110"] == listed
    assert [] == await house.database.run(windows.listed)


async def test_away_by_the_command_line(house):
    """Until a day, or until they are back; a day that is over is refused."""
    await house.database.run(partial(members.add, address=OTHER, role="liaison", keyword="MESA", language="en"))
    away = partial(hours.away, address=OTHER, now=house.now())
    with pytest.raises(Unfit, match="not after today"):
        await house.database.run(partial(away, until="2026-11-18"))
    with pytest.raises(Unfit, match="is no day"):
        await house.database.run(partial(away, until="Monday"))

    assert "until 2026-12-01" in await house.database.run(partial(away, until="2026-12-01"))
    assert f"{OTHER} is back." == await house.database.run(partial(hours.back, address=OTHER))
    assert f"{OTHER} was not away." == await house.database.run(partial(hours.back, address=OTHER))


async def test_the_clock_looks_at_nothing_twice(house):
    """A hundred looks tell no more than one."""
    await window(house)
    await asks(house, ROSA)
    await house.hears("1", ROSA)
    await forward_to(house, time(14, 0))
    clock = Clock(house)
    for _again in range(5):
        house.now.forward(seconds=1)
        await clock.tick()
    await house.settled()

    assert 1 == sum("Llamadas" in text for text in house.channels["sms"].texts_to(LIAISON))
