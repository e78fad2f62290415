"""The phone page: who may use it, what it refuses, and what its files promise."""

import asyncio
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone_browser import HERE, browser, said, say

from bot import phone
from bot.channels.base import Handoff, Message, Received
from bot.channels.phone import Phone
from bot.phone import phones, saying

PAGE = Path(phone.__file__).parent
GETS = ["/phone", "/phone/page.css", "/phone/page.js", "/phone/state", "/phone/events"]
SMS, TELEGRAM = phones.FIRST[0], phones.FIRST[2]


@pytest.fixture(params=["sqlite"])
def engine_name(request):
    """The doors do not know which database is behind them."""
    return request.param


@pytest.fixture
def house(house):
    """A house with the phone page."""
    house.channels["phone"] = Phone()
    return house


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
        (400, {"content": b"[" * 60_000, "headers": {"content-type": "application/json"}}),
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


@pytest.mark.parametrize("press", ["q:1:99", "q:7:0", "q:1", "q:-1:0", "q:01:0", "1", "", None, 3])
async def test_only_a_button_that_was_shown_can_be_pressed(house, press):
    """A made-up button is refused in a sentence, and nothing happens."""
    async with browser(house) as page:
        await say(house, page, "telegram-1", text="/start MESA")
        answer = await page.post("/phone/say", json={"address": "telegram-1", "press": press})

    assert (400, True) == (answer.status_code, "button" in answer.json()["error"])
    assert [(1,)] == await house.run("SELECT count(*) FROM inbound")


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
