"""The place somebody named serves their next wish too, and is forgotten with the screen it stood on."""

import pytest
from person import SCHOOL, Person

from bot.clock import Clock
from conversations.reply import Pressed
from conversations.state import Conversation, Memory
from conversations.who import Who
from storage import people

PARENT = "+16615550170"


async def kept(house):
    known = await house.database.run(lambda connection: people.at(connection, "sms", PARENT))
    return known.memory


async def test_the_place_named_for_food_serves_the_rent_too(house):
    """A parent who said Lamont once need not say it again, and hears which place is meant."""
    await house.hears("food in Lamont", PARENT, "sms")

    texts = await house.hears("rent", PARENT, "sms")

    assert "near Lamont (93241). Another area: send a ZIP code" in texts[0]


async def test_no_place_is_kept_beyond_three_days_of_silence(house):
    """We promise to store no location: what they named goes with the screen, and nothing is said about it."""
    await house.hears("food in Lamont", PARENT, "sms")
    before = await kept(house)

    house.now.forward(hours=72, minutes=1)
    await Clock(house).tick()
    await house.settled()

    after = await kept(house)
    assert ("93241" in str(before), "93241" in str(after)) == (True, False)
    texts = await house.hears("rent", PARENT, "sms")
    assert "near the school" in texts[0]


async def test_a_place_named_again_lives_three_days_from_then(house):
    """Who goes on looking is not interrupted."""
    await house.hears("food in Lamont", PARENT, "sms")
    house.now.forward(hours=48)
    await house.hears("2", PARENT, "sms")
    house.now.forward(hours=48)
    await Clock(house).tick()

    texts = await house.hears("rent", PARENT, "sms")

    assert "near Lamont (93241)" in texts[0]


async def test_stop_forgets_the_place_at_once(house):
    """Who wants no more texts leaves no trace of where they were."""
    await house.hears("food in Lamont", PARENT, "sms")

    await house.hears("STOP", PARENT, "sms")

    assert "93241" not in str(await kept(house))


def test_what_lapses_is_only_what_names_a_place():
    """An open question about something else stays."""
    survey = Conversation("join", {"school": "MESA"})
    memory = Memory(open=survey, paused=(Conversation("housing", {"zip": "93241"}),), lists=(Conversation("find_help", {"need": "food"}),))

    assert memory.lapsed() == Memory(open=survey)


def test_a_screen_of_an_earlier_release_is_still_read():
    """An update loses nobody's conversation."""
    written = Memory(open=Conversation("join")).to_json()
    del written["lists"]

    assert Memory.from_json(written) == Memory(open=Conversation("join"))


def test_a_button_of_the_fourth_list_back_is_old():
    """Three lists are kept; a button of an older one does nothing by mistake."""
    dana = Person()
    for said in ("food", "rent", "clothes", "dentist"):
        dana.hears(said)

    heard = dana.hears(pressed=Pressed(1, 1))

    assert heard.startswith("That button belongs to an earlier question.")


@pytest.mark.parametrize("greets", ["hola buenas", "buenas tardes", "hi there", "good morning"])
def test_a_greeting_over_a_list_is_greeted_back_and_the_list_stays_open(greets):
    """Whoever comes back to a list with a hello hears one, and what the list still answers to."""
    person = Person(Who(SCHOOL, language="en"))
    person.hears("food 93307")
    before = person.place
    person.hears(greets)

    assert before == person.place
    assert ("Hello!" in person.heard.text, "Reply 1-3" in person.heard.text) == (True, True)
