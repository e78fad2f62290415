"""Attacks on `platica serve` as it is run: forged, replayed, flooded, dripped. docs/threats.md says what each came to."""

import http.client
import socket
import threading
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2
import pytest
from emulators.twilio_requests import FORM, TOKEN, inbound, signed_form
from town import a_database, town

from conversations.reply import Pressed

ROSA, DANA, ELI = "+16615550180", "+16615550181", "+16615550182"
FLAT = 1.3
"""How much larger the process may be after a flood than after a short one."""
ids = count(1)


@pytest.fixture
def engine_name():
    return "sqlite"


@contextmanager
def attacked(folder, fixture):
    """A town that is up, with the phone page and a token for its numbers."""
    more = {"PLATICA_TWILIO_OPT_OUT": "none", "PLATICA_PHONE": "1", "PLATICA_METRICS_TOKEN": "a-token-of-the-test"}
    with a_database("sqlite", folder, fixture) as url, town("sqlite", url, folder, **more) as started:
        started.start()
        yield started


@pytest.fixture(scope="module")
def mesa(request, tmp_path_factory):
    """One for all attacks, each by somebody else: none may harm the next."""
    with attacked(tmp_path_factory.mktemp("attacked"), request.getfixturevalue) as started:
        yield started


@pytest.fixture
def quiet_mesa(request, tmp_path):
    """One that nothing has happened to, so that its memory can be compared."""
    with attacked(tmp_path, request.getfixturevalue) as started:
        yield started


def post(mesa, path, body, headers):
    return httpx2.post(f"{mesa.webs[0].url}{path}", content=body, headers=headers, timeout=30, trust_env=False).status_code


def signed(mesa, text, sender=ROSA, sid=None, token=TOKEN):
    """Body and headers of a message as Twilio would post it."""
    fields = inbound(sid or f"SM{next(ids):032x}", sender, text)
    return signed_form(f"{mesa.webs[0].url}/twilio/messages", token, fields)


def heard(mesa):
    ((messages,),) = mesa.rows("SELECT count(*) FROM inbound")
    return messages


def test_what_is_forged_or_replayed_has_no_effect(mesa):
    """Signed with a guess, changed on the way, posted to another path: refused. The very same again: thanked, and not heard."""
    before = heard(mesa)
    body, headers = signed(mesa, "comida 93307", DANA)
    forged = {
        "another token": post(mesa, "/twilio/messages", *signed(mesa, "food", token="a-guess")),
        "a changed word": post(mesa, "/twilio/messages", body.replace(b"comida", b"cobija"), headers),
        "a status": post(mesa, "/twilio/status", body, headers),
        "a call": post(mesa, "/twilio/voice", body, headers),
        "with a query": post(mesa, "/twilio/messages?row=1", body, headers),
        "telegram": post(mesa, "/telegram", b'{"update_id": 1}', {"X-Telegram-Bot-Api-Secret-Token": "a-guess"}),
    }
    nothing = heard(mesa) - before
    again = [post(mesa, "/twilio/messages", body, headers) for _time in range(20)]
    mesa.gets(DANA)
    mesa.settled()

    assert dict.fromkeys(forged, 403) == forged
    assert (0, {200}, 1, 1) == (nothing, set(again), heard(mesa) - before, len(mesa.got(DANA)))


@pytest.mark.parametrize("path", ["/metrics", "/phone", "/phone/state"])
def test_what_is_for_this_machine_is_for_nobody_else(mesa, path):
    """Through a proxy, or by a name that somebody has pointed here (DNS rebinding), there is nothing to see."""
    url = mesa.webs[0].url + path
    elsewhere = [
        {"host": "attacker.example"},
        {"host": f"127.0.0.1.attacker.example:{mesa.webs[0].port}"},
        {"x-forwarded-for": "203.0.113.9"},
    ]

    assert [403] * 3 == [httpx2.get(url, headers=each, timeout=10, trust_env=False).status_code for each in elsewhere]
    assert 200 == httpx2.get(url, timeout=10, trust_env=False).status_code


def test_two_hundred_that_drip_keep_nobody_waiting(mesa):
    """Connections that send a byte now and then, and bodies that never end: a family is answered meanwhile."""
    head = f"POST /twilio/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n".encode()
    dripping = [socket.create_connection(("127.0.0.1", mesa.webs[0].port)) for _each in range(200)]
    try:
        for n, each in enumerate(dripping):
            each.sendall(head + (b"Content-Length: 200000\r\n\r\nBody=a" if n % 2 else b"X-Slow: a"))
        assert 200 == post(mesa, "/twilio/messages", *signed(mesa, "comida 93307", ELI))
        for each in dripping:
            each.sendall(b"a")
        mesa.gets(ELI)
    finally:
        for each in dripping:
            each.close()

    assert mesa.webs[0].is_healthy()


def test_a_hostile_body_is_refused_and_the_process_goes_on(mesa):
    """Ten megabytes, JSON without a bottom, a form of a hundred thousand fields: each has its refusal, and none is a failure of ours."""
    secret, deep = {"X-Telegram-Bot-Api-Secret-Token": "a-secret-of-the-test"}, b"[" * 60_000
    answers = [
        post(mesa, "/twilio/messages", b"Body=" + b"a" * 10_000_000, {"content-type": FORM}),
        post(mesa, "/twilio/messages", b"a=1&" * 50_000, {"content-type": FORM}),
        post(mesa, "/telegram", deep, secret),
        post(mesa, "/phone/say", deep, {"content-type": "application/json"}),
    ]

    assert [413, 403, 400, 400] == answers
    assert "Traceback" not in mesa.said
    assert mesa.webs[0].is_healthy()


@pytest.mark.parametrize("option", [0, 1, 99, 10**9, 2**63, -1])
async def test_a_button_that_was_never_shown_does_nothing(house, option):
    """A changed app can press what nobody showed it: another question, another person's, a place that is not there. One plain answer comes."""
    chat = "550199"
    await house.hears("/start", chat, "telegram")
    await house.hears("call", chat, "telegram")
    [(shown,)] = await house.run("SELECT max(question) FROM outbox")
    pressed = [Pressed(shown + 1, option), Pressed(0, option), *([Pressed(shown, option)] if option not in {0, 1} else [])]
    answers = [await house.hears("", chat, "telegram", pressed=each) for each in pressed]

    assert [1] * len(pressed) == [len(each) for each in answers]
    assert [] == await house.run("SELECT id FROM call")


@pytest.mark.parametrize("seconds", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_a_flood_neither_fills_the_memory_nor_drowns_a_family(quiet_mesa, seconds):
    """One client at full speed, unsigned and then signed, from ninety numbers: a family has its reply meanwhile."""
    flood(quiet_mesa, 1.0, lambda: (b"Body=food", {"content-type": FORM}))
    flood(quiet_mesa, 1.0, lambda: signed(quiet_mesa, "comida", f"+1202555{next(ids) % 90 + 100:04d}"))
    before = resident(quiet_mesa)
    refused = flood(quiet_mesa, seconds, lambda: (b"Body=food", {"content-type": FORM}), meanwhile=lambda: answered(quiet_mesa, ROSA))
    taken = flood(
        quiet_mesa,
        seconds,
        lambda: signed(quiet_mesa, "comida", f"+1202555{next(ids) % 90 + 100:04d}"),
        meanwhile=lambda: answered(quiet_mesa, DANA),
    )
    grown = resident(quiet_mesa) / before

    assert ({403}, {200}) == (set(refused), set(taken))
    assert grown <= FLAT


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.soak)])
def test_one_number_that_floods_delays_nobody(database_url, tmp_path, seconds):
    """The flood has sixty-one texts, and everybody else theirs; at the pace of a real number, ten texts a second, 19 of 20 within 2 s."""
    waits, robot, long = [], "+16615550182", seconds > 10

    def others():
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            family, began = f"+1{559 + len(waits) // 100}555{100 + len(waits) % 100:04d}", time.monotonic()
            answered(mesa, family)
            waits.append(time.monotonic() - began)
            time.sleep(0.2 * long)  # they are people

    with town("sqlite", database_url, tmp_path, PLATICA_SMS_PER_SECOND="10" if long else "200") as mesa:
        mesa.start()
        flood(mesa, 1.0, lambda: signed(mesa, "food", "+16615550183"), meanwhile=lambda: None)
        before = resident(mesa)
        taken = flood(mesa, seconds, lambda: signed(mesa, "food", robot), meanwhile=others)
        grown = resident(mesa) / before
        mesa.settled()  # a text of three segments counts three times
        p95 = sorted(waits)[int(len(waits) * 0.95)]

        assert ({200}, min(61, sum(taken.values()))) == (set(taken), len(mesa.got(robot)))
        assert waits
        assert p95 <= 2 or not long
        assert grown <= FLAT


def flood(mesa, seconds, made, meanwhile=lambda: None):
    """Post as fast as one client can; how many of each answer there were. `meanwhile` happens in the middle of it."""
    answers, over = {}, time.monotonic() + seconds

    def pour():
        connection = http.client.HTTPConnection("127.0.0.1", mesa.webs[0].port, timeout=30)
        while time.monotonic() < over:
            connection.request("POST", "/twilio/messages", *made())
            answer = connection.getresponse()
            answer.read()
            answers[answer.status] = answers.get(answer.status, 0) + 1
        connection.close()

    pouring = threading.Thread(target=pour)
    pouring.start()
    meanwhile()
    pouring.join()
    return answers


def answered(mesa, family):
    assert 200 == post(mesa, "/twilio/messages", *signed(mesa, "comida 93307", family))
    mesa.gets(family)


def resident(mesa):
    """Memory of the process, KiB."""
    status = Path(f"/proc/{mesa.webs[0].pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])
