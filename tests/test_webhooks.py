"""What knocks at the door of the web: only what a provider has signed comes in, and nothing breaks it."""

import asyncio
import json
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import fromstring

import httpx2
import pytest
import structlog
from conftest import Carrier, Office
from emulators import telegram_updates
from emulators.twilio_requests import ACCOUNT, OURS, TOKEN, call, inbound, signed_form, status
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from twilio.request_validator import RequestValidator

from bot.app import MOST_BYTES, app
from bot.settings import Settings
from storage.database import open_database
from storage.tables import Inbound

PUBLIC = "https://texts.example.org"
SECRET = "a-secret-of-the-test"
ROSA = "+16615550180"
SID = "SM" + "0f" * 16
HEADER = "X-Telegram-Bot-Api-Secret-Token"
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])  # what never gets as far as the database needs only one


class Bot(Carrier):
    """A carrier with the two things that the web asks of a bot."""

    username = "mesa_school_bot"

    def __init__(self):
        super().__init__("telegram", taps=True)
        self.answered = []

    async def answer_callback(self, callback_id):
        self.answered.append(callback_id)


@pytest.fixture
def house(database, database_url, clock):
    """A house whom both providers can reach, and whose metrics have a token."""
    given = Settings(
        database_url=database_url,
        public_url=PUBLIC + "/",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_from=OURS,
        telegram_token="1:a",
        telegram_secret=SECRET,
        metrics_token="a-token-of-the-test",
        opt_out="none",
    )
    return Office(given, database, {"sms": Carrier("sms"), "telegram": Bot()}, now=clock)


def visitor(house, base="http://10.0.0.7:8000", host="127.0.0.1"):
    """Somebody on the other side of the proxy, which calls us by another name than the world does."""
    transport = httpx2.ASGITransport(app=app(house), raise_app_exceptions=False, client=(host, 40000))
    return httpx2.AsyncClient(transport=transport, base_url=base)


@pytest.fixture
async def web(house):
    async with visitor(house) as client:
        yield client


async def twilio(web, path, fields, *, token=TOKEN, signed_as=None):
    body, headers = signed_form(signed_as or PUBLIC + path, token, fields)
    return await web.post(path, content=body, headers=headers)


async def telegram(web, update, secret=SECRET):
    body = update if isinstance(update, str | bytes) else json.dumps(update)
    return await web.post("/telegram", content=body, headers={HEADER: secret, "content-type": "application/json"})


async def kept(house):
    """How much is in the tables that a message changes."""
    tables = ("inbound", "outbox", "person", "look_up_count")
    return [(await house.run(f"SELECT count(*) FROM {table}"))[0][0] for table in tables]


# Who is let in


@on_sqlite
@pytest.mark.parametrize("path", ["/twilio/messages", "/twilio/status", "/twilio/voice"])
@pytest.mark.parametrize("signed_as", ["/twilio/other", "/twilio/messages?x=1", "http://10.0.0.7:8000/twilio/messages", "with another key"])
async def test_what_twilio_did_not_sign_for_this_address_is_refused(house, web, path, signed_as):
    """Another key, a request recorded elsewhere, our own inner name: 403, and nothing happens."""
    forged = (
        {"token": "another"} if " " in signed_as else {"signed_as": signed_as.replace("/twilio", f"{PUBLIC}/twilio", signed_as[0] == "/")}
    )
    before = await kept(house)
    refused = await twilio(web, path, inbound(SID, ROSA, "comida"), **forged)

    assert (403, before) == (refused.status_code, await kept(house))


@on_sqlite
@pytest.mark.parametrize("path", ["/twilio/messages", "/twilio/status", "/twilio/voice"])
@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"Body": "comida"}', b"Body=comida&From=%2B16615550180", b"\xff\xfe", b"&" * 9, b"a=1&" * 600]
)
async def test_what_nobody_signed_is_refused(house, web, path, content):
    """No form, no signature, JSON in place of a form, far too many fields."""
    before = await kept(house)
    refused = await web.post(path, content=content)

    assert (403, before) == (refused.status_code, await kept(house))


@on_sqlite
@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "ñ" * 300])
async def test_telegram_shows_its_secret_or_stays_outside(house, web, secret):
    """Anybody can find the address; only Telegram knows the secret."""
    before = await kept(house)
    refused = await web.post(
        "/telegram", json={"update_id": 1, **telegram_updates.private_text(7, "comida")}, headers={HEADER: secret.encode()}
    )

    assert (403, before) == (refused.status_code, await kept(house))


@on_sqlite
async def test_a_proxy_in_front_changes_nothing(house, web):
    """It came in as https for another name, with a query written in its own way: what was signed is what the world called."""
    query = "?row=1&x=%27a%27&y=a+b&x="
    answer = await twilio(web, "/twilio/messages" + query, inbound(SID, ROSA, "comida"))

    assert 200 == answer.status_code
    assert 1 == len(await house.run("SELECT 1 FROM outbox"))


@on_sqlite
async def test_channels_that_are_not_set_have_no_door(house, database, database_url, clock):
    """Without Twilio's settings there is no Twilio address to knock at; and no door opens by GET."""
    bare = Office(Settings(database_url=database_url), database, {}, now=clock)
    async with visitor(house) as web:
        assert {405} == {(await web.get(path)).status_code for path in ("/twilio/messages", "/twilio/voice", "/telegram")}
    async with visitor(bare) as web:
        assert [404, 404] == [(await web.post(path)).status_code for path in ("/twilio/messages", "/telegram")]


# What a message does


async def test_a_message_is_answered_through_the_outbox(house, web):
    """Twilio gets an empty answer: the reply is a row that waits, so that it outlives us."""
    answer = await twilio(web, "/twilio/messages", inbound(SID, ROSA, "comida 93307"))

    assert (200, "text/xml; charset=utf-8", "Response") == (answer.status_code, answer.headers["content-type"], fromstring(answer.text).tag)
    assert [("waiting", "reply", "sms")] == [tuple(row) for row in await house.run("SELECT state, kind, channel FROM outbox")]


@pytest.mark.parametrize("together", [False, True])
async def test_a_message_that_comes_three_times_is_heard_once(house, web, together):
    """One after the other, or all at once."""
    knocks = [lambda: twilio(web, "/twilio/messages", inbound(SID, ROSA, "comida"))] * 3
    answers = await asyncio.gather(*(knock() for knock in knocks)) if together else [await knock() for knock in knocks]

    assert [200, 200, 200] == [answer.status_code for answer in answers]
    assert 1 == len(await house.run("SELECT 1 FROM inbound")) == len(await house.run("SELECT 1 FROM outbox"))


@pytest.mark.parametrize("table", ["storage.outbox.write", "storage.people.end_turn", "storage.inbox.record"])
async def test_what_breaks_inside_is_a_500_and_did_not_happen(house, web, monkeypatch, table):
    """A 200 is a promise. Whatever breaks before the commit takes everything back, on both channels, and says nothing of what was said."""

    def broken(*_args, **_more):
        raise RuntimeError("comida +16615550180")

    before = await kept(house)
    update = {"update_id": 1, **telegram_updates.private_text(7, "comida")}
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as log:
        patch.setattr(table, broken)
        answers = [await twilio(web, "/twilio/messages", inbound(SID, ROSA, "comida")), await telegram(web, update)]

    assert [500, 500] == [answer.status_code for answer in answers]
    assert before == await kept(house)
    assert ["request_failed", "request_failed"] == [each["event"] for each in log]
    assert not [word for word in ("comida", "0180") if word in f"{log}" + "".join(answer.text for answer in answers)]


async def test_a_status_moves_its_row_on(house, web):
    """For the row that our own address names; one we do not know changes nothing."""
    await house.hears("comida", ROSA)
    ((row, name),) = await house.run("SELECT id, provider_id FROM outbox")
    answers = [
        await twilio(web, f"/twilio/status?row={at}", status(name, word, to=ROSA))
        for at, word in ((row, "delivered"), (row, "sent"), (999, "delivered"), (10**17, "failed"), ("x", "levitating"))
    ]

    assert [204] * 5 == [answer.status_code for answer in answers]
    assert [("delivered",)] == [tuple(each) for each in await house.run("SELECT state FROM outbox")]


@on_sqlite
async def test_who_rings_is_greeted_and_put_through(house, web):
    """The greeting in each language of the school, then its line."""
    answer = await twilio(web, "/twilio/voice", call(ROSA))

    assert ["Say", "Say", "Dial"] == [part.tag for part in fromstring(answer.text)]


@on_sqlite
async def test_a_press_is_heard_and_the_app_stops_waiting(house, web):
    """The press is on disk before Telegram hears that it was taken."""
    answer = await telegram(web, {"update_id": 5, **telegram_updates.press(7, "q:1:0", query="a-press")})

    assert (200, ["a-press"]) == (answer.status_code, house.channels["telegram"].answered)
    assert [("5",)] == [tuple(row) for row in await house.run("SELECT provider_id FROM inbound")]


# What cannot be read


ODD_TEXTS = {
    "NUL": b"a%00b",
    "half an emoji": b"%ED%A0%BD",
    "no UTF-8": b"%FF%FE%80",
    "5,000 characters": b"x" * 5000,
    "50,000 characters": b"%C3%B1" * 25_000,
    "nothing": b"",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_odd_texts_are_texts(house, web, text):
    """Whatever the wire brings under Twilio's signature, with fields nobody knows yet, is kept and leaves nothing broken."""
    fields = {"MessageSid": SID, "From": ROSA, "To": OURS, "NumMedia": "0", "SomethingNew": "1", "Blank": ""}
    body = urlencode(fields).encode() + b"&Body=" + text
    signature = RequestValidator(TOKEN).compute_signature(
        f"{PUBLIC}/twilio/messages", dict(parse_qsl(body.decode(), keep_blank_values=True))
    )
    headers = {"X-Twilio-Signature": signature, "content-type": "application/x-www-form-urlencoded"}
    answer = await web.post("/twilio/messages", content=body, headers=headers)

    assert 200 == answer.status_code
    stored = await house.database.run(lambda connection: connection.execute(select(Inbound.text)).scalar_one())
    assert len(stored) <= 5000
    assert "\x00" not in stored


words = st.text(max_size=20) | st.sampled_from([SID, ROSA, "0", "9" * 400, "\x00", "٣", "-1"])
names = st.sampled_from(["MessageSid", "From", "To", "Body", "NumMedia", "OptOutType", "MessageStatus", "SmsStatus", "ErrorCode"]) | words


@pytest.mark.parametrize("path", ["/twilio/messages", "/twilio/status?row=1", "/twilio/voice"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(names, words, min_size=1, max_size=9))
@example(fields={"To": "\x00"})
async def test_no_signed_form_breaks_us(web, path, fields):
    """Any fields with any values: taken, or refused in a sentence that quotes none of them."""
    fields = {name.encode("utf-8", "ignore").decode(): value.encode("utf-8", "ignore").decode() for name, value in fields.items()}
    answer = await twilio(web, path, inbound(SID, ROSA, "hola") | fields)

    assert answer.status_code in {200, 204, 400, 403}


KEYS = (
    "update_id",
    "message",
    "callback_query",
    "my_chat_member",
    "chat",
    "from",
    "id",
    "text",
    "date",
    "type",
    "data",
    "message_id",
    "location",
)


def keyed(some):
    return st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), some, max_size=6)


things = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda some: st.lists(some, max_size=3) | keyed(some),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(update=things | st.fixed_dictionaries({"update_id": st.integers(), "message": keyed(things)}))
async def test_no_update_breaks_us_nor_comes_again(web, update):
    """What Telegram posts with its secret is answered 200 even if it cannot be read: it would be posted again for hours, and hold up the rest."""
    assert 200 == (await telegram(web, json.dumps(update))).status_code


DEEP = {
    "arrays": "[" * 10_000 + "]" * 10_000,
    "objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "no end": "[" * 100_000,
    "digits": '{"update_id": ' + "9" * 10_000 + "}",
}


@on_sqlite
@pytest.mark.parametrize("body", [*DEEP.values(), "", "comida", "{", b"\xff", "NaN{", "{'a': 1}"], ids=lambda body: str(body)[:9])
async def test_what_is_no_json_is_refused_cleanly(house, web, body):
    """Ten thousand boxes in one another, or no box at all: 400, and no more."""
    before = await kept(house)
    refused = await telegram(web, body)

    assert (400, before) == (refused.status_code, await kept(house))


@on_sqlite
@pytest.mark.parametrize("path", ["/twilio/messages", "/twilio/status", "/twilio/voice", "/telegram"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_are_not_even_read(house, web, path, chunked):
    """Announced, or in pieces without an announcement: 413 as soon as it is too much, whoever it comes from."""
    read = []

    async def pieces():
        for n in range(160):
            read.append(n)
            yield b"x" * 65536

    body = pieces() if chunked else b"x" * 10 * 2**20
    refused = await web.post(path, content=body, headers={HEADER: SECRET, "content-type": "application/x-www-form-urlencoded"})

    assert (413, "close") == (refused.status_code, refused.headers["connection"])
    assert len(read) * 65536 <= MOST_BYTES + 2 * 65536
    assert [0, 0] == (await kept(house))[:2]


# How it is doing


async def test_it_is_well_as_long_as_its_database_is(house, web):
    """200 while all is well; 503 and the reason when the tables are another release's."""
    well = await web.get("/healthz")
    await house.database.run(lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'"))
    behind = await web.get("/healthz")

    assert (200, {"ok": True}) == (well.status_code, well.json())
    assert (503, False) == (behind.status_code, behind.json()["ok"])
    assert "platica migrate" in behind.json()["why"]


@pytest.mark.parametrize("url", ["sqlite:///{folder}/nowhere/platica.db", "postgresql://nobody@/nothing?host={folder}"])
async def test_without_a_database_it_is_not_well(tmp_path, url):
    """It says so, in words, and stays up."""
    gone = open_database(url.format(folder=tmp_path))
    async with visitor(Office(Settings(), gone, {})) as web:
        answer = await web.get("/healthz")
    gone.engine.dispose()

    assert (503, "the database cannot be reached") == (answer.status_code, answer.json()["why"])


@on_sqlite
@pytest.mark.parametrize(
    ("host", "base", "headers", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", {}, 200),
        ("::1", "http://[::1]:8000", {}, 200),
        ("127.0.0.1", "http://localhost:8000", {}, 200),
        ("10.0.0.9", "http://127.0.0.1:8000", {}, 403),
        ("127.0.0.1", "http://127.0.0.1:8000", {"x-forwarded-for": "10.0.0.9"}, 403),
        ("127.0.0.1", "http://127.0.0.1:8000", {"forwarded": "for=10.0.0.9"}, 403),
        ("127.0.0.1", "http://rebound.example.org", {}, 403),
        ("10.0.0.9", "http://texts.example.org", {"authorization": "Bearer a-token-of-the-test"}, 200),
        ("10.0.0.9", "http://texts.example.org", {"authorization": "Bearer another"}, 403),
        ("10.0.0.9", "http://texts.example.org", {"authorization": "Bearer "}, 403),
    ],
)
async def test_numbers_about_us_are_for_this_machine_or_for_a_token(house, host, base, headers, expected):
    """Not for another machine, nor for one behind the proxy, nor for a page elsewhere that points here."""
    async with visitor(house, base, host) as web:
        assert expected == (await web.get("/metrics", headers=headers)).status_code


async def test_neither_numbers_nor_logs_tell_who_wrote_what(house, web):
    """After good messages, forged ones and broken ones: no text, no number, no secret."""
    with structlog.testing.capture_logs() as log:
        await twilio(web, "/twilio/messages", inbound(SID, ROSA, "wordneverlogged 93307"))
        await twilio(web, "/twilio/messages", inbound("", ROSA, "wordneverlogged"))
        await twilio(web, "/twilio/messages", inbound("SM2", "wordneverlogged", "wordneverlogged"))
        await telegram(web, {"update_id": 8, **telegram_updates.private_text(7715550180, "wordneverlogged")})
        await telegram(web, {"update_id": 9, "message": {"text": "wordneverlogged", "chat": {"id": "+16615550180"}}})
        await house.settled()
        shown = await web.get("/metrics", headers={"authorization": "Bearer a-token-of-the-test"})

    assert 200 == shown.status_code
    secrets = ("wordneverlogged", "5550180", "93307", TOKEN, SECRET, "a-token-of-the-test")
    assert not [secret for secret in secrets if secret in f"{log}{shown.text}"]
