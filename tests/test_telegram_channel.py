"""Telegram's real client against an emulator of its server."""

import asyncio
import json
import logging
import re
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from emulators.telegram_emulator import TOKEN, TelegramEmulator

from bot.channels.base import Channel, Handoff, Message, Moved, OurFault, PersonLeft, Refused, Sent, TryLater, Unknown
from bot.channels.telegram import Telegram
from bot.channels.telegram_parse import callback_id, parse
from conversations.reply import Pressed

MENUS = {"en": [("start", "Begin"), ("stop", "Stop all messages")], "es": [("start", "Empezar"), ("stop", "No recibir más")]}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """A proxy of the machine has no business between the client and loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def emulator():
    with TelegramEmulator(retry_every=0.05) as emulator:
        yield emulator


@pytest.fixture
def server(emulator):
    emulator.forget()
    emulator.log = None
    return emulator


@pytest.fixture
async def telegram(server):
    telegram = Telegram(TOKEN, api_url=server.url)
    yield telegram
    await telegram.close()


@pytest.fixture
async def hasty(server):
    """For tests in which nobody answers."""
    hasty = Telegram(TOKEN, api_url=server.url, patience=1.0)
    yield hasty
    await hasty.close()


def to(chat, text="Hello", **more):
    return Handoff(1, str(chat), Message(text, **more))


def test_telegram_is_a_channel():
    """It keeps what every channel promises: its name, its buttons, its limits."""
    channel: Channel = Telegram(TOKEN, per_second=10.0)
    assert (channel.name, channel.taps, channel.carries_at_most, channel.per_second) == ("telegram", True, 4096, 10.0)


async def test_a_text_goes_out_as_it_was_written(server, telegram):
    """No formatting is read into our words, and no preview is drawn under a link."""
    text = "*Food* today_ at <b>Mesa</b> & more: https://mesa.example 🍎 ñ"
    sent = await telegram.send(to(7, text))
    (call,) = server.calls()
    assert Sent(str(call["message_id"])) == sent
    assert (7, text, {"is_disabled": True}) == (call["chat_id"], call["text"], call["link_preview_options"])
    assert not {"parse_mode", "entities", "reply_markup"} & call.keys()


async def test_short_answers_stand_side_by_side_and_long_ones_below_each_other(server, telegram):
    """Four short buttons to a row; as soon as one is long, each has a row of its own."""
    await telegram.send(to(7, "Coming?", buttons=tuple((str(n), f"q:1:{n}") for n in range(6))))
    await telegram.send(to(7, "Which?", buttons=(("Food", "q:2:0"), ("Talk with a person", "q:2:1"))))
    rows = [[[button["text"] for button in row] for row in call["reply_markup"]["inline_keyboard"]] for call in server.calls()]
    assert rows == [[["0", "1", "2", "3"], ["4", "5"]], [["Food"], ["Talk with a person"]]]


async def test_a_place_can_be_shared_with_one_touch(server, telegram):
    """A question for a place offers a button that shares the location once."""
    await telegram.send(to(7, "Where?", ask_location="Share my location"))
    (call,) = server.calls()
    expected = {"keyboard": [[{"text": "Share my location", "request_location": True}]], "one_time_keyboard": True, "resize_keyboard": True}
    assert expected == call["reply_markup"]


async def test_answers_come_before_the_location(server, telegram):
    """Telegram takes one keyboard a message: where there are answers to touch, they are it."""
    await telegram.send(to(7, "Where?", buttons=(("Here", "q:1:0"),), ask_location="Share my location"))
    assert list(server.calls()[0]["reply_markup"]) == ["inline_keyboard"]


async def test_the_buttons_of_the_last_question_go_when_the_next_arrives(server, telegram):
    """Only the question that is open can be answered by touch."""
    first = await telegram.send(to(7, "Coming?", buttons=(("yes", "q:1:0"), ("no", "q:1:1"))))
    await telegram.send(to(7, "How many?", buttons=(("1", "q:2:0"),), retire=first.provider_id))
    await telegram.close()
    assert server.buttons(7) == [["1"]]


@pytest.mark.parametrize(
    "knob", [None, {"code": 429, "parameters": {"retry_after": 9}}, {"code": 500}, {"page": '{"ok": true, "result": {}}'}, {"hang": True}]
)
async def test_buttons_that_cannot_be_taken_away_never_fail_a_message(server, hasty, knob):
    """The new message counts; the old buttons are known as old anyway."""
    if knob is not None:
        server.turn(method="editMessageReplyMarkup", **knob)
    sent = await hasty.send(to(7, "Hello", retire="999"))
    await hasty.close()
    assert [sent.provider_id] == [str(call["message_id"]) for call in server.calls()]


REFUSALS = [
    ({"code": 429, "parameters": {"retry_after": 3}, "description": "Too Many Requests: retry after 3"}, TryLater, 3),
    ({"code": 429, "description": "Too Many Requests"}, TryLater, None),
    ({"code": 400, "parameters": {"retry_after": 3}}, TryLater, 3),
    ({"code": 403, "description": "Forbidden: bot was blocked by the user"}, PersonLeft, None),
    ({"code": 403, "description": "Forbidden: user is deactivated"}, PersonLeft, None),
    ({"code": 400, "description": "Bad Request: chat not found"}, Refused, None),
    ({"code": 401, "description": "Unauthorized"}, OurFault, None),
    ({"code": 404, "description": "Not Found"}, OurFault, None),
    ({"code": 409, "description": "Conflict"}, OurFault, None),
    ({"code": 403, "page": "<html>This site is blocked by the district</html>"}, OurFault, None),
    ({"code": 302, "page": "<html>Sign in to the wireless network</html>"}, OurFault, None),
    ({"code": 404, "page": '["no", "object"]'}, OurFault, None),
    ({"code": 500, "description": "Internal Server Error"}, Unknown, None),
    ({"code": 502, "page": "<html>Bad gateway</html>"}, Unknown, None),
    ({"code": 200, "page": "<html>Welcome</html>"}, Unknown, None),
    ({"code": 200, "page": '{"ok": true}'}, Unknown, None),
    ({"code": 200, "page": '{"ok": true, "result": {"text": 1}}'}, Unknown, None),
    ({"code": 200, "page": "[]"}, Unknown, None),
]


@pytest.mark.parametrize(("knob", "meaning", "after"), REFUSALS)
async def test_each_refusal_means_what_it_means(server, telegram, knob, meaning, after):
    """Only what is provably not sent is tried again, and only what Telegram itself says makes a person one who left."""
    server.turn(**knob)
    with pytest.raises(meaning) as failure:
        await telegram.send(to(7))
    assert (meaning, after) == (type(failure.value), failure.value.after)
    assert TOKEN not in str(failure.value)
    assert server.calls() == []


@pytest.mark.parametrize(
    "handoff", [to(7, ""), to(7, "x" * 4097), to(7, "?", buttons=(("a", "x" * 65),)), to("someone@mesa.example"), to("")]
)
async def test_a_message_telegram_does_not_carry_is_refused_for_good(telegram, handoff):
    """Nothing is tried for ever that can never be sent."""
    with pytest.raises(Refused):
        await telegram.send(handoff)


async def test_a_group_that_moved_tells_where_to(server, telegram):
    """A group that became a supergroup has another number: the message goes there."""
    server.turn(code=400, parameters={"migrate_to_chat_id": -1001234567890}, description="Bad Request: group chat was upgraded")
    with pytest.raises(Moved) as moved:
        await telegram.send(to(-4123456))
    assert moved.value.address == "-1001234567890"


@pytest.mark.parametrize("accept", [True, False])
async def test_no_answer_means_that_nobody_knows(server, hasty, accept):
    """Telegram may have taken the message before the line went quiet: it is not sent again, and Telegram cannot be asked."""
    server.turn(hang=True, accept=accept)
    with pytest.raises(Unknown):
        await hasty.send(to(7))
    assert int(accept) == len(server.calls())
    with pytest.raises(Unknown):
        await hasty.find(to(7), datetime(2026, 11, 16, tzinfo=UTC))


async def test_a_line_that_was_never_open_carried_nothing():
    """Nobody answered the door, so the message is still ours to send."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        telegram = Telegram(TOKEN, api_url=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(TryLater):
            await telegram.send(to(7))
        with pytest.raises(TryLater):
            await telegram.open(MENUS)
        with pytest.raises(TryLater):
            await telegram.updates(0, 0)
        await telegram.close()


async def test_a_waiting_poll_does_not_hold_up_a_message(server, telegram):
    """Asking for news and sending have lines of their own."""
    asking = asyncio.create_task(telegram.updates(0, 30))
    await telegram.send(to(7))
    assert [len(server.calls()), asking.done()] == [1, False]
    server.say(chat=7, text="hola")
    assert [parse(each, telegram.username).text for each in await asking] == ["hola"]


async def test_what_people_do_comes_back_by_asking(server, telegram):
    """A text, a press and a block arrive in order, and again until we ask for what comes after them."""
    await telegram.open(MENUS)
    server.say(chat=7, text="/start MESA", language="es")
    await telegram.send(to(7, "Coming?", buttons=(("yes", "q:4:0"), ("no", "q:4:1"))))
    server.press(7, 1)
    server.say("member", chat=7)
    got = await telegram.updates(0, 1)
    heard = [parse(each, telegram.username) for each in got]
    assert ["MESA", Pressed(4, 1), True] == [heard[0].start_with, heard[1].pressed, heard[2].left]
    assert got == await telegram.updates(int(heard[0].provider_id), 0)
    assert await telegram.updates(int(heard[2].provider_id) + 1, 0) == []
    with pytest.raises(PersonLeft):
        await telegram.send(to(7))


async def test_a_press_is_answered_once_and_late_answers_hurt_nobody(server, telegram):
    """The hourglass goes; a press too old to answer, or no line, is no failure."""
    await telegram.send(to(7, "Coming?", buttons=(("yes", "q:4:0"),)))
    press = server.press(7)
    await telegram.answer_callback(callback_id(press))
    await telegram.answer_callback(callback_id(press))
    server.turn(method="answerCallbackQuery", code=502, page="<html>")
    await telegram.answer_callback("1")
    assert len(server.calls("answerCallbackQuery")) == 1


async def test_opening_learns_our_name_and_sets_the_menus(server, telegram):
    """The menu speaks each person's language; whoever has another sees the first."""
    await telegram.open(MENUS)
    assert telegram.username == "mesa_school_bot"
    menus = server.calls("setMyCommands")
    assert [each.get("language_code") for each in menus] == [None, "en", "es"]
    assert [each["commands"][0]["description"] for each in menus] == ["Begin", "Begin", "Empezar"]
    assert {"all_private_chats"} == {each["scope"]["type"] for each in menus}
    assert server.calls("deleteWebhook") == [{"method": "deleteWebhook"}]


async def test_opening_twice_is_the_same_as_once(server, telegram):
    """Whoever could not reach Telegram may simply try again."""
    server.turn(method="setMyCommands", code=429, parameters={"retry_after": 2})
    with pytest.raises(TryLater):
        await telegram.open(MENUS)
    await telegram.open(MENUS)
    assert len(server.calls("setMyCommands")) == 3


@pytest.mark.parametrize("knob", [{"code": 502, "page": "<html>"}, {"page": "[]"}, {"page": '{"ok": true}'}, {"hang": True}])
async def test_opening_may_be_repeated_whatever_became_of_it(server, hasty, knob):
    """An opening without an answer did no harm: try again."""
    server.turn(method="setMyCommands", **knob)
    with pytest.raises(TryLater):
        await hasty.open(MENUS)


async def test_a_wrong_token_is_named_but_not_shown(server):
    """The one who set it up reads what to do, and the token stays out of the sentence."""
    telegram = Telegram("7000000001:wrong", api_url=server.url)
    with pytest.raises(OurFault, match=r"TELEGRAM_TOKEN.*BotFather") as failure:
        await telegram.open(MENUS)
    assert "wrong" not in f"{failure.value}{failure.value.__cause__}"
    await telegram.close()


async def test_settings_that_telegram_refuses_are_named(server, telegram):
    """A public address that is not https, or a menu it does not take, is said in words."""
    unsafe = Telegram(TOKEN, api_url=server.url, public_url="http://mesa.example", secret="s3cret")
    with pytest.raises(OurFault, match=r"PUBLIC_URL.*https"):
        await unsafe.open(MENUS)
    await unsafe.close()
    server.turn(method="setMyCommands", code=400, description="Bad Request: BOT_COMMAND_INVALID")
    with pytest.raises(OurFault, match="command menu"):
        await telegram.open(MENUS)


async def test_asking_while_updates_go_elsewhere_is_our_fault(server, telegram):
    """Two ways of receiving at once lose messages: say so, do not go on asking."""
    posted = Telegram(TOKEN, api_url=server.url, public_url="https://mesa.example/", secret="s3cret")
    await posted.open(MENUS)
    with pytest.raises(OurFault, match="webhook is active"):
        await telegram.updates(0, 0)
    await posted.close()


@pytest.mark.parametrize("page", ["<html>", '{"ok": true}', '{"ok": true, "result": [1]}', '{"ok": true, "result": 1}'])
async def test_a_list_of_updates_that_cannot_be_read_is_asked_for_again(server, telegram, page):
    """A broken answer loses nothing: what we have not confirmed comes again."""
    server.turn(method="getUpdates", page=page)
    server.say(chat=7, text="hola")
    with pytest.raises(TryLater):
        await telegram.updates(0, 0)
    assert len(await telegram.updates(0, 0)) == 1


class Door(HTTPServer):
    """A webhook that fails once, then takes what comes."""

    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Knock)
        self.answers, self.came, self.enough = [503, 200, 200], [], threading.Event()


class Knock(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.came.append((self.path, self.headers["X-Telegram-Bot-Api-Secret-Token"], body["update_id"]))
        self.send_response(self.server.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not self.server.answers:
            self.server.enough.set()

    def log_message(self, *_anything):
        """A test prints nothing."""


async def test_the_webhook_is_set_with_its_secret_and_posted_to_until_it_takes_the_update(server):
    """What Telegram could not deliver comes again, under the same number and with our secret."""
    with Door() as door:
        serving = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        telegram = Telegram(TOKEN, api_url=server.url, public_url=f"http://127.0.0.1:{door.server_port}", secret="s3cret")
        await telegram.open(MENUS)
        first, second = server.say(chat=7, text="hola"), server.say(chat=7, text="comida")
        assert await asyncio.to_thread(door.enough.wait, 30)
        await telegram.close()
        door.shutdown()
        serving.join()
    (hook,) = server.calls("setWebhook")
    assert (hook["allowed_updates"], hook["max_connections"]) == (["message", "callback_query", "my_chat_member"], 40)
    numbers = [first["update_id"], first["update_id"], second["update_id"]]
    assert [("/telegram", "s3cret", number) for number in numbers] == door.came


async def test_neither_words_nor_numbers_nor_the_token_reach_the_log(server, telegram, caplog):
    """Whatever the level of the log and whatever goes wrong, nobody can read in it what a family was told."""
    caplog.set_level(logging.DEBUG)
    again = Telegram(TOKEN, api_url=server.url)
    server.turn(page='{"ok": true, "result": "rent for 7')
    with pytest.raises(Unknown):
        await telegram.send(to(7, "rent"))
    await telegram.send(to(7, "rent"))
    await telegram.updates(0, 0)
    await again.close()
    assert not re.search(f"rent|{TOKEN}", caplog.text)


def test_a_long_text_is_split_for_telegram():
    """What is longer than one message is carried by two, whole."""
    parts = Telegram(TOKEN).split("word " * 1000)
    assert [len(part) <= 4096 for part in parts] == [True, True]
    assert list(Telegram(TOKEN).split("Hello")) == ["Hello"]


async def test_the_emulator_is_told_over_http_too(server, telegram, tmp_path):
    """A test that kills processes drives the emulator from outside, and reads what it accepted from a file."""
    server.log = tmp_path / "accepted.jsonl"
    async with httpx.AsyncClient(base_url=server.url) as outside:
        await outside.post("/_say", json={"chat": 7, "text": "hola", "language": "es"})
        await outside.post("/_knobs", json={"code": 429, "parameters": {"retry_after": 1}, "chat": 8})
        with pytest.raises(TryLater):
            await telegram.send(to(8))
        await telegram.send(to(7, "Coming?", buttons=(("yes", "q:4:0"),)))
        await outside.post("/_press", json={"chat": 7})
        assert (await outside.get("/_log")).json() == [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [parse(each, "").text for each in await telegram.updates(0, 0)] == ["hola", ""]
