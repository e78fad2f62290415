"""The phone page: phones to try the assistant on, for this machine only."""

import asyncio
import json
import re
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from bot import app, phone
from bot.channels.base import Handoff, Message, Received
from bot.channels.phone import Phone
from bot.house import House
from bot.phone import phones, saying, screens
from bot.settings import Settings
from storage import migrating
from storage.database import open_database

HERE = "http://127.0.0.1:8000"
PAGE = Path(phone.__file__).parent
GETS = ["/phone", "/phone/page.css", "/phone/page.js", "/phone/state", "/phone/events"]
SMS, TELEGRAM = phones.FIRST[0], phones.FIRST[2]


@pytest.fixture
def house(house):
    """A house with the phone page, on both databases."""
    house.channels["phone"] = Phone()
    return house


@asynccontextmanager
async def browser(house, client="127.0.0.1", base=HERE, **headers):
    """A browser on this machine, or elsewhere."""
    transport = httpx2.ASGITransport(app=app.app(house, more=phone.routes(house)), client=(client, 50000))
    async with httpx2.AsyncClient(transport=transport, base_url=base, headers=headers) as page:
        yield page


async def say(house, page, address, **what):
    """A phone does something; what its screen shows when the answer has come."""
    house.now.forward(seconds=5)
    response = await page.post("/phone/say", json={"address": address, **what})
    assert response.status_code == 200, response.text
    await house.settled()
    return await screen(page, address)


async def screen(page, address):
    state = (await page.get("/phone/state")).json()
    return next(each for each in state["phones"] if each["address"] == address)


def said(shown):
    return [(message["from"], message["text"]) for message in shown["messages"]]


# For this machine only, and for the page only


async def test_the_page_opens_on_this_machine(house):
    """Whoever runs it sees the page, with its look and its script, and a browser told to load nothing from elsewhere."""
    async with browser(house) as page:
        answers = [await page.get(path) for path in GETS[:4]]

    assert [200] * 4 == [answer.status_code for answer in answers]
    assert ["text/html", "text/css", "text/javascript", "application/json"] == [
        answer.headers["content-type"].partition(";")[0] for answer in answers
    ]
    assert all("default-src 'none'" in answer.headers["content-security-policy"] for answer in answers)
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"client": "203.0.113.9"},
        {"base": "http://school.example"},
        {"base": "http://school.example:8000"},
        {"x-forwarded-for": "203.0.113.9"},
    ],
    ids=["another machine", "another name", "another name and port", "through a proxy"],
)
async def test_nobody_else_gets_in(house, elsewhere):
    """From another machine, through a proxy, or under another name that was pointed here, there is nothing to see and nothing to do."""
    async with browser(house, **elsewhere) as page:
        seen = [(await page.get(path)).status_code for path in GETS]
        done = [
            (await page.post(path, json={"address": "sms-es", "text": "hola", "look": "sms"})).status_code
            for path in ("/phone/say", "/phone/new")
        ]

    assert {403} == {*seen, *done}
    assert [(0,)] == await house.run("SELECT count(*) FROM inbound")


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (415, {"content": b'{"address": "sms-es", "text": "hola"}'}),
        (415, {"data": {"address": "sms-es", "text": "hola"}}),
        (415, {"content": b'{"address": "sms-es", "text": "hola"}', "headers": {"content-type": "text/plain"}}),
        (403, {"json": {"address": "sms-es", "text": "hola"}, "headers": {"origin": "https://elsewhere.example"}}),
        (403, {"json": {"address": "sms-es", "text": "hola"}, "headers": {"origin": "http://127.0.0.1:9999"}}),
        (403, {"json": {"address": "sms-es", "text": "hola"}, "headers": {"origin": "null"}}),
        (400, {"content": b"{", "headers": {"content-type": "application/json"}}),
        (400, {"json": ["hola"]}),
        (413, {"json": {"address": "sms-es", "text": "x" * 70_000}}),
    ],
)
async def test_another_web_page_cannot_drive_it(house, status, request_):
    """A form or a script of another site, open in the same browser, is refused in a sentence, and nobody was texted."""
    async with browser(house) as page:
        answer = await page.post("/phone/say", **request_)

    assert status == answer.status_code
    assert answer.json()["error"].endswith((".", "fit."))
    assert [(0,)] == await house.run("SELECT count(*) FROM inbound")


async def test_the_page_itself_may_post(house):
    """Its own scripts name the page as their origin."""
    async with browser(house, origin=HERE) as page:
        assert ("me", "hola") in said(await say(house, page, "sms-es", text="hola"))


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


@pytest.mark.parametrize("press", ["q:1:99", "q:7:0", "q:1", "q:-1:0", "q:01:0", "1", "", None, 3])
async def test_only_a_button_that_was_shown_can_be_pressed(house, press):
    """A made-up button is refused in a sentence, and nothing happens."""
    async with browser(house) as page:
        await say(house, page, "telegram-1", text="/start MESA")
        answer = await page.post("/phone/say", json={"address": "telegram-1", "press": press})

    assert (400, True) == (answer.status_code, "button" in answer.json()["error"])
    assert [(1,)] == await house.run("SELECT count(*) FROM inbound")


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
    assert [("",)] == await house.run("SELECT text FROM inbound")


# What does not fit


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("sms-es", {}),
        ("sms-es", {"text": ""}),
        ("sms-es", {"text": " \n\x00"}),
        ("sms-es", {"text": 7}),
        ("sms-es", {"text": "x" * 5001}),
        ("sms-es", {"text": "hola", "press": "q:1:0"}),
        ("sms-es", {"text": "hola", "id": "short"}),
        ("sms-es", {"text": "hola", "id": "with space 1"}),
        ("sms-es", {"block": True}),
        ("sms-es", {"location": [35.3, -118.9]}),
        ("telegram-1", {"block": "yes"}),
        ("telegram-1", {"location": [95, 0]}),
        ("telegram-1", {"location": [35.3]}),
        ("telegram-1", {"location": [True, False]}),
        ("telegram-1", {"location": "here"}),
    ],
)
async def test_what_does_not_fit_is_refused_in_a_sentence(house, address, what):
    """Whoever posts something else than a message, a press, a place or a block hears what would fit."""
    async with browser(house) as page:
        answer = await page.post("/phone/say", json={"address": address, **what})

    assert (400, ".") == (answer.status_code, answer.json()["error"][-1])
    assert [(0,)] == await house.run("SELECT count(*) FROM inbound")


async def test_a_message_of_five_thousand_characters_fits(house):
    """A whole letter can be sent at once."""
    async with browser(house) as page:
        assert ("me", "a" * 5000) in said(await say(house, page, "sms-en", text="a" * 5000))


@pytest.mark.parametrize("address", ["sms-99", "+16615550100", "", None, 3, ["sms-es"]])
async def test_only_a_phone_of_the_page_can_write(house, address):
    """A family's real number is no phone of the page."""
    async with browser(house) as page:
        assert 404 == (await page.post("/phone/say", json={"address": address, "text": "hola"})).status_code


anything = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(st.sampled_from([*saying.WAYS, "id"]), anything, max_size=2), st.sampled_from([SMS, TELEGRAM]))
def test_whatever_is_posted_is_a_message_or_is_refused(body, handset):
    """No body, however odd, does anything third."""
    try:
        received = saying.read(body, handset)
    except saying.Unfit:
        return
    assert isinstance(received, Received)
    assert ("phone", handset.address) == (received.channel, received.address)


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
    mine = "JOIN address a ON a.person_id = m.person_id WHERE a.address = 'sms-coordinator'"
    assert [("coordinator",)] == await house.run(f"SELECT role FROM membership m {mine}")


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


@asynccontextmanager
async def served(house):
    """The page on a port of this machine, with a browser; the browser has gone by the time the server is asked to stop."""
    listening = socket.create_server(("127.0.0.1", 0))
    web = app.app(house, more=phone.routes(house))
    server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=30))
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as page:
            yield page, server, serving
    finally:
        server.should_exit = True
        await serving


async def events(stream):
    """The events of a stream, as name and data."""
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


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
    hanging_up = asyncio.create_task(phone.hang_up(house, stop))
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


# The channel


async def test_a_text_for_the_page_is_delivered_without_leaving():
    """Handing off wakes the page; a text whose fate is unknown may be handed off again, for it shows once."""
    channel, page = Phone(), asyncio.Event()
    channel.listeners.add(page)
    handoff = Handoff(12, "sms-es", Message("Hola"))
    sent = await channel.send(handoff)

    assert ("phone-12", "delivered", True) == (sent.provider_id, sent.status, page.is_set())
    assert None is await channel.find(replace(handoff, row=13), None)


# The files of the page


class Seen(HTMLParser):
    """What a page has: its elements with their attributes and text."""

    def __init__(self):
        super().__init__()
        self.elements, self.open = [], []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        self.open.append(element)

    def handle_data(self, data):
        if self.open:
            self.open[-1]["text"] += data.strip()

    def handle_endtag(self, tag):
        while self.open and self.open.pop()["tag"] != tag:
            pass


@pytest.fixture(scope="module")
def seen():
    parser = Seen()
    parser.feed((PAGE / "page.html").read_text(encoding="utf-8"))
    return parser.elements


@pytest.mark.parametrize("name", ["page.html", "page.css", "page.js"])
def test_the_page_loads_nothing_from_elsewhere(name):
    """No address of another machine stands in the page: it works without the internet, and tells nobody."""
    text = (PAGE / name).read_text(encoding="utf-8")

    assert [] == re.findall(r"(?:https?:)?//[a-z0-9]\S*\.\S+", text)
    assert [] == re.findall(r"@import|url\(", text)


def test_what_families_write_is_never_taken_for_code():
    """Text goes into the page as text: "<b>" shows as "<b>"."""
    script = (PAGE / "page.js").read_text(encoding="utf-8")

    assert [] == re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


def test_the_page_keeps_its_own_rules(seen):
    """The page forbids scripts and styles inside it, and has none."""
    assert [] == [each for each in seen if each["tag"] == "style" or "style" in each or any(name.startswith("on") for name in each)]
    assert ["/phone/page.js"] == [each.get("src") for each in seen if each["tag"] == "script"]


def test_everything_that_can_be_used_says_what_it_is(seen):
    """Somebody who listens to the page instead of looking at it knows each button and field."""
    unnamed = [each for each in seen if each["tag"] == "button" and not (each["text"] or each.get("aria-label"))]
    fields = [each for each in seen if each["tag"] in {"textarea", "input", "select"}]
    labels = [each for each in seen if each["tag"] == "label"]

    assert ([], len(fields)) == (unnamed, len(labels))
    assert {"log", "tablist", "alert"} <= {each.get("role") for each in seen}
