"""The phone page: what is said on it and what it shows, on both databases."""

import asyncio

import pytest
from phone_browser import browser, events, said, say, screen, served
from sqlalchemy import select
from sqlmodel import col

from bot import phone
from bot.channels.base import Received
from bot.channels.phone import Phone
from bot.house import House
from bot.phone import phones, screens
from bot.settings import Settings
from storage import migrating, people
from storage.database import open_database
from storage.tables import Inbound


@pytest.fixture
def house(house):
    """A house with the phone page."""
    house.channels["phone"] = Phone()
    return house


# Talking


async def test_a_message_is_answered_on_the_phone_that_wrote_it(house):
    """A family asks for food in Spanish and reads the answer on the same phone; the other phones stay silent."""
    async with browser(house) as page:
        shown = await say(house, page, "sms-es", text="comida 93307")
        other = await screen(page, "sms-en")

    question, answer = shown["messages"]
    assert ("me", "comida 93307") == (question["from"], question["text"])
    assert "Comida" in answer["text"]
    assert ("bot", "delivered", []) == (answer["from"], answer["state"], answer["buttons"])
    assert [] == other["messages"]


async def test_a_text_shows_what_it_would_cost(house):
    """Under a text of an SMS phone stands how many segments it is billed as, and the page knows an example price."""
    async with browser(house) as page:
        answer = (await say(house, page, "sms-en", text="help"))["messages"][-1]
        price = (await page.get("/phone/state")).json()["price"]

    billed = answer["segments"]
    assert "GSM-7" == billed["encoding"]
    assert len(answer["text"]) == billed["units"] <= billed["room"]
    assert billed["room"] == (160 if billed["count"] == 1 else 153 * billed["count"])
    assert 0 < price < 0.1


async def test_until_the_answer_has_left_the_phone_shows_that_somebody_writes(house):
    """What waits to be handed off is not on the screen yet."""
    async with browser(house) as page:
        waiting = (await page.post("/phone/say", json={"address": "sms-en", "text": "help"})).json()
        await house.settled()
        there = await screen(page, "sms-en")

    assert ([("me", "help")], True) == (said(waiting), waiting["writing"])
    assert (2, False) == (len(there["messages"]), there["writing"])


async def test_the_same_message_sent_twice_is_one_message(house):
    """When the connection broke and the page tries again, the school hears it once."""
    async with browser(house) as page:
        await say(house, page, "sms-en", text="help", id="0f0f0f0f-1")
        shown = await say(house, page, "sms-en", text="help", id="0f0f0f0f-1")

    assert ["me", "bot"] == [who for who, _text in said(shown)]


async def test_stop_shows_on_the_phone(house):
    """After STOP the phone says that it gets nothing that we start."""
    async with browser(house) as page:
        before = (await screen(page, "sms-en"))["stopped"]
        after = (await say(house, page, "sms-en", text="STOP"))["stopped"]

    assert (False, True) == (before, after)


async def test_a_text_that_was_erased_says_so(house):
    """After 30 days what was said is gone, and the screen does not pretend otherwise."""
    async with browser(house) as page:
        await say(house, page, "sms-en", text="help")
        await house.database.run(lambda connection: connection.exec_driver_sql("UPDATE inbound SET text = NULL"))
        await house.database.run(lambda connection: connection.exec_driver_sql("UPDATE outbox SET text = NULL"))

        assert [("me", screens.ERASED), ("bot", screens.ERASED)] == said(await screen(page, "sms-en"))


async def test_what_was_not_delivered_says_why(house):
    """A reminder to somebody who said STOP is held back; the phone shows it as such, not as a message that came."""
    async with browser(house) as page:
        await say(house, page, "sms-en", text="help")
        await house.database.run(lambda connection: connection.exec_driver_sql("UPDATE outbox SET state = 'skipped', reason = 'stopped'"))
        last = (await screen(page, "sms-en"))["messages"][-1]

    assert ("skipped", "stopped") == (last["state"], last["reason"])


# Telegram


async def test_a_telegram_phone_has_buttons_and_a_press_answers(house):
    """The languages stand on buttons; the one that was pressed stays marked, and the next sentence is in that language."""
    async with browser(house) as page:
        asked = (await say(house, page, "telegram-1", text="/start MESA"))["messages"][-1]
        spanish = next(data for label, data, _chosen in asked["buttons"] if label == "Español")
        shown = await say(house, page, "telegram-1", press=spanish)

    assert (True, [False] * len(asked["buttons"])) == (asked["live"], [chosen for _label, _data, chosen in asked["buttons"]])
    assert None is asked["segments"]
    question, answer = shown["messages"][-2:]
    assert ["Español"] == [label for label, _data, chosen in question["buttons"] if chosen]
    assert (False, "es") == (question["live"], shown["language"])
    assert "mensajes" in answer["text"] or "servicios" in answer["text"]


async def test_blocking_the_bot_is_stop_and_unblocking_takes_it_back(house):
    """A family blocks the bot on Telegram, and later unblocks it."""
    async with browser(house) as page:
        await say(house, page, "telegram-1", text="/start MESA")
        blocked = await say(house, page, "telegram-1", block=True)
        back = await say(house, page, "telegram-1", block=False)

    assert (True, True) == (blocked["blocked"], blocked["stopped"])
    assert (False, False) == (back["blocked"], back["stopped"])
    assert ["block", "unblock"] == [message["kind"] for message in back["messages"][-2:]]


async def test_a_shared_place_is_not_kept(house):
    """A phone shares where it is; the screen says that it did, and the coordinates are stored nowhere."""
    async with browser(house) as page:
        here = (await page.get("/phone/state")).json()["here"]
        shown = await say(house, page, "telegram-1", location=here)

    assert "location" == shown["messages"][0]["kind"]
    assert [("",)] == await house.database.run(lambda connection: connection.execute(select(col(Inbound.text))).all())


# Phones


async def test_four_phones_are_there_from_the_start(house):
    """Two families, a parent and the coordinator, before anybody wrote anything."""
    async with browser(house) as page:
        state = (await page.get("/phone/state")).json()

    assert ["sms-es", "sms-en", "telegram-1", "sms-coordinator"] == [each["address"] for each in state["phones"]]
    assert ["sms", "sms", "telegram", "sms"] == [each["look"] for each in state["phones"]]
    assert {"name": "Mesa Verde Elementary", "keyword": "MESA"} == state["school"]
    assert all(each["hints"] and each["title"] for each in state["phones"])


async def test_a_phone_that_was_added_stays(house):
    """Phones can be added, and are still there when the page or the program starts again."""
    async with browser(house) as page:
        added = [(await page.post("/phone/new", json={"look": look})).json() for look in ("sms", "telegram", "sms")]
    async with browser(House(house.settings, house.database, {"phone": Phone()}, now=house.now)) as again:
        state = (await again.get("/phone/state")).json()

    assert [("sms-4", "Phone 4"), ("telegram-2", "Telegram 2"), ("sms-5", "Phone 5")] == [
        (each["address"], each["title"]) for each in added
    ]
    assert ["sms-4", "telegram-2", "sms-5"] == [each["address"] for each in state["phones"]][4:]


async def test_a_page_has_room_for_a_certain_number_of_phones(house):
    """When it is full, it says so, and what to do."""
    async with browser(house) as page:
        for _each in range(phones.MOST - 4):
            assert 200 == (await page.post("/phone/new", json={"look": "sms"})).status_code
        full = await page.post("/phone/new", json={"look": "sms"})

    assert (409, True) == (full.status_code, "Use one of them" in full.json()["error"])


@pytest.mark.parametrize("look", ["fax", None, ["sms"]])
async def test_there_are_two_kinds_of_phones(house, look):
    """Anything else is refused in a sentence."""
    async with browser(house) as page:
        assert 400 == (await page.post("/phone/new", json={"look": look})).status_code


async def test_the_coordinators_phone_is_told_when_somebody_is_in_danger(house):
    """The sample school's coordinator has a phone on the page, once, however often the sample is loaded."""
    for _time in range(3):
        await house.database.run(lambda connection: phones.seed(connection, house.now()))
    async with browser(house) as page:
        await say(house, page, "sms-en", text="i want to die")
        told = await screen(page, phones.COORDINATOR)

    assert ["bot"] == [who for who, _text in said(told)]
    assert "die" not in told["messages"][0]["text"]
    known = await house.database.run(lambda connection: people.at(connection, "phone", phones.COORDINATOR))
    assert [("coordinator",)] == await house.run("SELECT role FROM membership WHERE person_id = :person", person=known.person_id)


async def test_without_a_school_the_page_says_what_to_do(tmp_path, clock):
    """On an empty database nobody could answer: the page names the command that loads a school."""
    database = open_database(f"sqlite:///{tmp_path}/empty.db")
    database.run_now(migrating.upgrade)
    async with browser(House(Settings(), database, now=clock)) as page:
        state = (await page.get("/phone/state")).json()
        answers = [
            await page.post("/phone/say", json={"address": "sms-es", "text": "hola"}),
            await page.post("/phone/new", json={"look": "sms"}),
        ]
    database.close()

    assert (None, 4) == (state["school"], len(state["phones"]))
    assert [409, 409] == [answer.status_code for answer in answers]
    assert all("platica demo" in answer.json()["error"] for answer in answers)


# Live, over a real socket


async def test_an_open_page_shows_an_answer_without_reloading(house):
    """First everything, then what changed: the message as it is heard, and the answer as it is delivered."""
    async with asyncio.timeout(20), served(house) as (page, _server, _serving), page.stream("GET", "/phone/events") as stream:
        heard = events(stream)
        name, state = await anext(heard)
        await page.post("/phone/say", json={"address": "sms-en", "text": "help"})
        first = await anext(heard)
        await house.settled()
        changes = [first]
        while len(changes[-1][1]["messages"]) < 2:
            changes.append(await anext(heard))

    assert ("state", 4, "text/event-stream") == (name, len(state["phones"]), stream.headers["content-type"].partition(";")[0])
    assert {("phone", "sms-en")} == {(name, each["address"]) for name, each in changes}
    assert ["me", "bot"] == [who for who, _text in said(changes[-1][1])]


async def test_an_open_page_sees_what_another_process_delivers(house):
    """Nobody wakes the page when another process delivers; it looks by itself."""
    elsewhere = House(house.settings, house.database, {"phone": Phone()}, now=house.now)
    async with asyncio.timeout(20), served(house) as (page, _server, _serving), page.stream("GET", "/phone/events") as stream:
        heard = events(stream)
        await anext(heard)
        await elsewhere.receive(Received("phone", "elsewhere-1", "sms-en", "help"))
        _name, change = await anext(heard)

    assert [("me", "help")] == said(change)


async def test_an_open_page_does_not_hold_up_a_stop(house):
    """When the program is asked to stop, an open page is let go at once."""
    stop = asyncio.Event()
    hanging_up = asyncio.create_task(phone.attend(house, stop))
    async with asyncio.timeout(20), served(house) as (page, server, serving), page.stream("GET", "/phone/events") as stream:
        heard = events(stream)
        await anext(heard)
        stop.set()
        server.should_exit = True
        rest = [event async for event in heard]
        await serving
    await hanging_up

    assert [] == rest
    assert set() == house.channels["phone"].listeners
