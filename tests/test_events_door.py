"""At the door: a code that changes, one that is printed, and a household that is counted once."""

from datetime import timedelta

import pytest
from conftest import Carrier, Office
from town_of_events import Gathering

from bot.events import door
from bot.settings import Settings
from conversations.keywords import Keyword
from locales.reading import read
from storage.events import attendance, lifecycle, reports
from storage.events.reports import Count

FAMILY, OTHER = "+16615550180", "+16615550181"
CHAT = "700150"


@pytest.fixture
def gathering(database, clock):
    """Pizza night, tonight: it has just begun."""
    gathering = Gathering(database, clock, capacity=200)
    clock.at = gathering.new.starts_at
    return gathering


@pytest.fixture
def house(database, database_url, clock, gathering):
    channels = {"sms": Carrier("sms"), "telegram": Carrier("telegram", taps=True)}
    return Office(Settings(database_url=database_url, lease_seconds=30.0), database, channels, now=clock)


def shown(gathering):
    return door.changing(gathering.id, gathering.clock.at)


def came(gathering):
    return gathering.run(lambda c: reports.report(c, gathering.id).came)


def lines(gathering):
    return gathering.run(lambda c: [(row.how, row.adults, row.children, row.language) for row in attendance.of_event(c, gathering.id)])


def a_wrong_one(gathering):
    """A code that is not of this event now."""
    right = {shown(gathering), door.changing(gathering.id, gathering.clock.at - door.WINDOW), door.printed(gathering.id)}
    return next(code for n in range(4) if (code := f"{4821 + n}") not in right)


async def test_who_answered_is_counted_as_they_answered(house, gathering, clock):
    """ "HERE 4821" is all they text, an hour before it begins."""
    clock.forward(hours=-1)
    await house.hears("PIZZA 2 adults 3 kids", FAMILY)
    (text,) = await house.hears(f"HERE {shown(gathering)}", FAMILY)
    assert "Welcome to Pizza night! Counted: 2 adults, 3 kids. Different? Send the numbers." == text
    assert Count(1, 2, 3) == came(gathering)


async def test_who_is_more_or_fewer_says_so(house, gathering):
    """At once behind the code, or to the answer; and it is one household for all that."""
    await house.hears(f"AQUI {shown(gathering)} 2 adultos 3 niños", FAMILY)
    assert [("code", 2, 3, "es")] == lines(gathering)
    house.now.forward(minutes=2)
    (text,) = await house.hears("1 adulto 4 niños", FAMILY)
    assert "Gracias. Contamos: 1 adulto, 4 niños." == text
    assert [("code", 1, 4, "es")] == lines(gathering)


async def test_a_second_time_changes_nothing(house, gathering):
    """By the poster after the door's code; they hear what is counted already."""
    await house.hears(f"here {shown(gathering)} 4", FAMILY)
    await house.hears("ok", FAMILY)
    (text,) = await house.hears(f"HERE {door.printed(gathering.id)}", FAMILY)
    assert text.startswith("You are counted at Pizza night: 4 adults.")
    assert Count(1, 4, 0) == came(gathering)


async def test_the_code_of_the_window_before_still_counts_and_an_older_one_does_not(house, gathering, clock):
    """Who stood in line is not sent back."""
    code = shown(gathering)
    clock.forward(minutes=10)
    assert "Welcome" in (await house.hears(f"HERE {code}", FAMILY))[0]
    clock.forward(minutes=10)
    assert code not in {shown(gathering), door.printed(gathering.id)}
    assert (await house.hears(f"HERE {code}", OTHER))[0].startswith("That is not the code at the door.")


async def test_the_poster_is_good_as_long_as_the_door_is_open(house, gathering, clock):
    """Two hours before, until three hours after; then there is nothing on."""
    code = door.printed(gathering.id)
    clock.at = gathering.new.ends_at + timedelta(hours=3)
    assert "Welcome" in (await house.hears(f"HERE {code}", FAMILY))[0]
    clock.forward(minutes=1)
    assert (await house.hears(f"HERE {code}", OTHER))[0].startswith("No event is on right now")
    assert [("qr", 1, 0, "en")] == lines(gathering)


async def test_a_link_counts_as_the_poster_does(house, gathering):
    """The QR code for Telegram opens the chat with the code in it."""
    link = door.telegram_link("platica_bot", door.printed(gathering.id))
    (text,) = await house.hears(f"/start {link.partition('start=')[2]}", CHAT, "telegram")
    assert text.startswith("Welcome to Pizza night!")
    assert Count(1, 1, 0) == came(gathering)


def test_the_qr_code_for_texts_says_the_word_and_the_code(gathering):
    """A phone opens a text that only has to be sent."""
    assert f"sms:+16615550190?body=HERE%20{door.printed(gathering.id)}" == door.sms_link("+16615550190", door.printed(gathering.id))


async def test_after_many_wrong_codes_none_counts(house, gathering):
    """Nobody tries them all; who is at the door is counted there."""
    wrong = a_wrong_one(gathering)
    for _ in range(door.WRONG_AN_HOUR):
        await house.hears(f"HERE {wrong}", FAMILY)
    (text,) = await house.hears(f"HERE {shown(gathering)}", FAMILY)
    assert "Those were many codes" in text
    assert Count() == came(gathering)


async def test_an_event_that_is_over_or_called_off_counts_nobody(house, gathering, clock):
    """Its code is nobody's any more."""
    gathering.run(lambda c: lifecycle.cancel(c, gathering.id, clock.at))
    (text,) = await house.hears(f"HERE {shown(gathering)}", FAMILY)
    assert text.startswith("No event is on right now")


def test_no_two_windows_and_no_two_events_show_the_same_by_rule(gathering):
    """Codes are spread over all that four digits can be."""
    codes = {door.changing(event, gathering.clock.at + n * door.WINDOW) for event in range(10) for n in range(50)}
    assert len(codes) > 450
    assert all(len(code) == 4 and code.isdecimal() for code in codes)


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("HERE 4821", "4821", "en"),
        ("here4821", "4821", "en"),
        ("Here: 48 21", "4821", "en"),
        ("IN 4821", "4821", "en"),
        ("we're here 4821!", "4821", "en"),
        ("aquí 4821", "4821", "es"),
        ("AQUI4821", "4821", "es"),
        ("ya llegamos 4821", "4821", "es"),
        ("HERE ٤٨٢١", "4821", "en"),
        ("HERE 4821 2 adults 3 kids", "4821", "en"),
        ("aqui 4821 somos 5", "4821", "es"),
        ("present 0042", "0042", "en"),
    ],
)
def test_being_there_is_heard(text, code, language):
    """Typed any way, in any language."""
    heard = read(text)
    assert (Keyword.HERE, code, language) == (heard.keyword, heard.code, heard.speaks)


@pytest.mark.parametrize(
    "text",
    [
        "here",
        "aqui",
        "in",
        "4821",
        "HERE 48211",
        "HERE 482",
        "food in 93307",
        "here is my number 4821",
        "in 2024 my husband lost his job",
        "I live here 4821 Oak Street",
        "comida aqui 93307",
        "llegamos en 2019",
        "HERE 4821 he wants to kill me",
        "room 4821",
    ],
)
def test_other_words_with_numbers_are_not_the_door(text):
    """A year, an address, a ZIP code, danger: they are heard as what they are."""
    assert read(text).keyword is not Keyword.HERE
