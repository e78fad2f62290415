"""The screen at the door: what hangs there now, for whoever has its address, and nothing about anybody."""

import re
from datetime import timedelta

import httpx
import pytest
from conftest import Carrier, Office
from town_of_events import Gathering

from bot.app import app
from bot.events import door, screen, screen_html
from bot.settings import Settings
from storage.events import attendance
from storage.events.attendance import Line
from storage.events.tables import EventStage

COORDINATOR, FAMILY = "+16615550100", "+16615550180"
HERE = "https://texts.example.org"


@pytest.fixture
def gathering(database, clock):
    """Pizza night, tonight: it has just begun, and eight are in."""
    gathering = Gathering(database, clock)
    clock.at = gathering.new.starts_at
    gathering.run(lambda c: attendance.on_paper(c, gathering.id, [Line(2, 3), Line(1, 2)], clock.at))
    return gathering


@pytest.fixture
def house(database, database_url, clock, gathering):
    settings = Settings(database_url=database_url, public_url=HERE, twilio_from="+16615550190")
    telegram = Carrier("telegram", taps=True)
    telegram.username = "mesa_bot"
    return Office(settings, database, {"sms": Carrier("sms"), "telegram": telegram}, now=clock)


async def shown(house, link):
    """What a browser gets: the response, and the words on the page."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app(house)), base_url=HERE) as browser:
        response = await browser.get(link)
    body = re.sub(r"<(style|script)>.*?</\1>", "", response.text, flags=re.DOTALL)
    return response, " ".join(re.sub(r"<[^>]+>", " ", body).split())


async def test_the_screen_shows_the_code_of_now_in_the_languages_of_the_school(house, gathering, clock):
    """What to text and where, a square for each channel, when the next code comes, and how many are in."""
    link = screen.link(HERE, gathering.id)
    response, words = await shown(house, link)
    code = door.changing(gathering.id, clock.at)

    assert f"Text HERE {code} to 661-555-0190 Envíe AQUI {code} al 661-555-0190" in words
    assert "Next code: 12:10pm" in words
    assert "8 people are here 8 personas están aquí" in words
    assert 2 == response.text.count("<svg")
    clock.forward(minutes=10)
    assert f"HERE {door.changing(gathering.id, clock.at)}" in (await shown(house, link))[1]


async def test_a_guessed_address_shows_nothing(house, gathering):
    """Not with the signature of another event, nor with none of ours."""
    good = screen.link(HERE, gathering.id)
    wrong = [screen.link(HERE, gathering.id + 1), good[:-1] + "?", f"{HERE}/door/{gathering.id + 1}/{good.rsplit('/', 1)[1]}"]

    assert 200 == (await shown(house, good))[0].status_code
    assert [404] * 3 == [(await shown(house, each))[0].status_code for each in wrong]
    assert [404] == [(await shown(house, f"{HERE}/door/{10**30}/x"))[0].status_code]


async def test_no_code_hangs_at_a_door_that_is_shut(house, gathering, clock):
    """Before it opens it says when; afterwards, and where it was called off, that too."""
    link, begins = screen.link(HERE, gathering.id), clock.at
    clock.at = begins - timedelta(hours=3)
    assert (await shown(house, link))[1].endswith("The door opens on Wed, Nov 25, 10am. La puerta abre el mié, 25 nov, 10am.")
    clock.at = begins + timedelta(hours=6)
    assert "The door is closed. Thank you for coming!" in (await shown(house, link))[1]
    await house.run("UPDATE event SET stage = :stage RETURNING id", stage=EventStage.CANCELLED)
    assert "This event does not take place." in (await shown(house, link))[1]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_page_may_run_its_own_script_and_ask_nobody_else(house, gathering):
    """The browser is told so, and keeps no copy."""
    response, _words = await shown(house, screen.link(HERE, gathering.id))
    policy = response.headers["content-security-policy"]

    assert all(
        f"<{tag}>{inline}</{tag}>" in response.text for tag, inline in (("style", screen_html.STYLE), ("script", screen_html.SCRIPT))
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r"https?://(?!www\.w3\.org|t\.me)", response.text)
    assert "no-store" == response.headers["cache-control"]


@pytest.mark.parametrize(("order", "says"), [("DOOR PIZZA", "families text HERE"), ("puerta pizza", "families text HERE")])
async def test_a_coordinator_gets_the_code_and_the_page_by_text(house, gathering, clock, order, says):
    """A family that texts the same does not."""
    (text,) = await house.hears(order, COORDINATOR)
    assert f"Pizza night: {says} {door.changing(gathering.id, clock.at)}. The next code comes at 12:10pm." in text
    assert screen.link(HERE, gathering.id) in text
    assert "/door/" not in " ".join(await house.hears(order, FAMILY))


async def test_a_coordinator_gets_the_page_before_the_door_opens(house, gathering, clock):
    """To try the projector in the morning; of an event that is over there is none."""
    clock.forward(hours=-6)
    (text,) = await house.hears("DOOR PIZZA", COORDINATOR)
    assert text.startswith("Pizza night: the door opens on Wed, Nov 25, 10am.")
    assert screen.link(HERE, gathering.id) in text
    clock.forward(hours=24)
    assert "has no door any more" in (await house.hears("door pizza", COORDINATOR))[0]


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("text", ["door", "the door is broken", "door prize for pizza"])
async def test_other_doors_are_ordinary_words(house, text):
    """Only an event's word behind it makes an order of it."""
    assert "HERE" not in " ".join(await house.hears(text, COORDINATOR))
