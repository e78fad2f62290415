"""A coordinator asks and orders by text: counts and never names, and only who may."""

from datetime import date, time

import pytest
from conftest import Carrier, Office
from town_of_events import Gathering

from bot.settings import Settings
from conversations.events.making import Read
from locales.gathering import moved
from storage.events import attendance, reports
from storage.events.reports import Count
from storage.events.tables import EventStage

COORDINATOR, LIAISON, FAMILY = "+16615550100", "+16615550110", "+16615550180"


@pytest.fixture
def gathering(database, clock):
    gathering = Gathering(database, clock, capacity=20)
    gathering.says(4, 0, interpreter="es")
    gathering.says(3, 1)
    gathering.says(0, 2)
    return gathering


@pytest.fixture
def house(database, database_url, clock, gathering):
    return Office(Settings(database_url=database_url, lease_seconds=30.0), database, {"sms": Carrier("sms")}, now=clock)


async def test_how_many_come_is_told_in_counts(house, gathering):
    """Households and people, who cannot, and the places; in either language."""
    (text,) = await house.hears("how many for pizza?", COORDINATOR)
    assert "Pizza night: 2 households come: 7 adults. Can't: 1. Not answered: 0. Places: 7 of 20." == text
    (text,) = await house.hears("cuántos para pizza", LIAISON)
    assert "7" in text


async def test_who_needs_an_interpreter_is_told_without_names(house):
    """By event, in households."""
    (text,) = await house.hears("Who needs Spanish?", COORDINATOR)
    assert text.endswith("PIZZA: 1 household")
    (text,) = await house.hears("who needs English", COORDINATOR)
    assert text.startswith("Nobody who comes has asked for")


async def test_an_event_is_closed_reopened_and_made_larger(house, gathering):
    """Each is said again, and a capacity below who comes changes nothing."""
    assert "takes no more answers" in (await house.hears("CLOSE PIZZA", COORDINATOR))[0]
    assert EventStage.CLOSED == gathering.row().stage
    assert "was that already" in (await house.hears("CERRAR PIZZA", COORDINATOR))[0]
    assert "open to answers again" in (await house.hears("REOPEN PIZZA", COORDINATOR))[0]
    assert "7 places are taken" in (await house.hears("CAPACITY PIZZA 5", COORDINATOR))[0]
    assert "For how many?" in (await house.hears("CAPACITY PIZZA", COORDINATOR))[0]
    assert "room for 80" in (await house.hears("CAPACITY PIZZA 80", COORDINATOR))[0]
    assert (EventStage.OPEN, 80) == (gathering.row().stage, gathering.row().capacity)


async def test_what_a_sheet_adds_up_to_is_entered_by_text_and_counted_once(house, gathering):
    """Sent again, it takes the place of what was sent before; who came by phone stays counted."""
    person = gathering.person(0)
    gathering.run(lambda c: attendance.arrive(c, gathering.id, person, gathering.clock.at))
    await house.hears("PAPER PIZZA 32 adults 14 kids", LIAISON)
    (text,) = await house.hears("PAPER PIZZA 23 adults 14 kids", LIAISON)
    assert "23" in text
    assert Count(2, 27, 14) == gathering.run(lambda c: reports.report(c, gathering.id).came)
    assert "PIZZA 23" in (await house.hears("PAPER PIZZA lots", LIAISON))[0]


@pytest.mark.parametrize(
    "text",
    [
        "CLOSE PIZZA",
        "CAPACITY PIZZA 80",
        "PAPER PIZZA 23 adults",
        "how many for pizza",
        "who needs Spanish",
        "cancel pizza",
        "pizza is now in the gym",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_family_orders_nothing(house, gathering, text):
    """The same words from a family change nothing, and tell nothing."""
    said = " ".join(await house.hears(text, FAMILY))
    assert (EventStage.OPEN, 20) == (gathering.row().stage, gathering.row().capacity)
    assert Count() == gathering.run(lambda c: reports.report(c, gathering.id).came)
    assert "household" not in said


@pytest.mark.parametrize(
    "text",
    [
        "close the door please",
        "paper for school",
        "how many for dinner",
        "who needs help",
        "room for rent",
        "cancel my doctor",
        "food is now free",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_words_that_name_no_event_are_ordinary(house, gathering, text):
    """A member of staff texts as anybody does."""
    said = " ".join(await house.hears(text, COORDINATOR))
    assert "Pizza" not in said
    assert EventStage.OPEN == gathering.row().stage


@pytest.mark.parametrize("to", ["pizza coming", "PIZZA", "pizza que vienen"])
async def test_who_comes_is_an_audience_of_its_own(house, gathering, to):
    """A text to them is a draft as any other: counted, shown, and nothing has left."""
    said = "\n".join(await house.hears(f"SEND {to}: Please bring a plate.", COORDINATOR))
    assert "PIZZA" in said
    ((kept,),) = await house.run("SELECT audience FROM announcement")
    assert f'"{gathering.id}:coming"' in str(kept).replace("'", '"')


async def test_what_nobody_need_hear_of_is_asked_once_and_done(house, gathering):
    """All have said no: there is nothing to send, so there is no code; yes or no is enough."""
    for number in (0, 1):
        gathering.says(0, number)
    (asked,) = await house.hears("PIZZA is now in the gym", COORDINATOR)
    house.now.forward(minutes=2)
    (done,) = await house.hears("1", COORDINATOR)

    assert "Nobody need be told. Change Pizza night? 1 yes 2 no" == asked
    assert ("Pizza night is changed.", "gym") == (done, gathering.row().place)
    assert (await house.hears("move pizza to 2020-01-03", COORDINATOR))[0].endswith("Nothing was changed.")


@pytest.mark.parametrize(
    ("text", "day", "starts", "ends", "place"),
    [
        ("to fri 7pm", date(2026, 11, 20), time(19), None, ""),
        ("in the library", None, None, None, "library"),
        ("to dec 4, 6-8pm, in room 12", date(2026, 12, 4), time(18), time(20), "room 12"),
        ("7pm", None, time(19), None, ""),
        ("al viernes a las 7pm en el gimnasio", date(2026, 11, 20), time(19), None, "gimnasio"),
    ],
)
def test_when_or_where_is_read_behind_the_word(text, day, starts, ends, place):
    """Each alone, or both in one line, in either language."""
    assert Read("", day, starts, ends, place) == moved(text, date(2026, 11, 18), "es" if "viernes" in text else "en")
