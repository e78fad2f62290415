"""Sending through the real client to a Twilio on loopback that behaves, and misbehaves, as the real one does."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from emulators.twilio_emulator import SERVICE, TwilioEmulator
from emulators.twilio_requests import ACCOUNT, OURS, TOKEN, signed_form, status
from requests.exceptions import SSLError
from urllib3.exceptions import MaxRetryError
from urllib3.exceptions import SSLError as BadHandshake

from bot.channels.base import Channel, Handoff, Message, OurFault, PersonLeft, Refused, Sent, TryLater, Unknown
from bot.channels.twilio import Twilio, parse_status, read_form, signature_ok
from bot.channels.twilio_errors import error_for, network_error

PARENT = "+16615550120"
NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
HELLO = Handoff(7, PARENT, Message("Family night Friday 6 pm. Coming? 1 yes 2 no"))


@pytest.fixture(scope="module")
def one_twilio():
    with TwilioEmulator(now=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture
def twilio(one_twilio):
    one_twilio.forget()
    return one_twilio


@pytest.fixture
async def sms(twilio):
    channel = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url, public_url="https://school.example/", timeout=5)
    yield channel
    await channel.close()


@pytest.fixture
async def hasty(twilio):
    """The same channel, which waits a fifth of a second."""
    channel = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url, public_url="https://school.example", timeout=0.2)
    yield channel
    await channel.close()


def texts(emulator):
    return [taken["body"] for taken in emulator.accepted]


async def test_a_text_goes_out_from_our_number_and_its_row_comes_back(sms, twilio):
    """To, from, the words, and the row in the address of the callback."""
    sent = await sms.send(HELLO)

    assert [
        {"sid": sent.provider_id, "to": PARENT, "from": OURS, "service": None, "body": HELLO.message.text, "row": "7"}
    ] == twilio.accepted
    assert sent.status == "sent"


async def test_a_messaging_service_picks_the_number(twilio):
    """With a service, no sender is named."""
    sms = Twilio(ACCOUNT, TOKEN, "", service=SERVICE, api_url=twilio.url)
    await sms.send(HELLO)
    await sms.close()

    assert [(None, SERVICE, "")] == [(taken["from"], taken["service"], taken["row"]) for taken in twilio.accepted]


async def test_every_script_arrives_as_it_was_written(sms, twilio):
    """Line breaks, emoji, Punjabi and plus signs survive the form."""
    wanted = ["a+b & c=d\n100%", "🍕👨‍👩‍👧‍👦", "ਸ਼ਨਿੱਚਰਵਾਰ ਨੂੰ", "星期六", "¿Vendrá? mañana"]
    for row, text in enumerate(wanted):
        await sms.send(Handoff(row, PARENT, Message(text)))

    assert wanted == texts(twilio)


async def test_a_text_leaves_folded_and_split_parts_leave_as_they_are(sms, twilio):
    """A narrow space never reaches a phone; a text over 1600 characters goes as several, each taken."""
    long = "Reunión el sábado a las 6:30\u202fp.m. “cafetería”. " * 60
    parts = sms.split(long)
    for row, part in enumerate(parts):
        await sms.send(Handoff(row, PARENT, Message(part)))
    await sms.send(Handoff(9, PARENT, Message("6:30\u202fp.m.")))

    assert [*parts, "6:30 p.m."] == texts(twilio)
    assert len(parts) == 2
    assert "sabado" in parts[0]


async def test_many_texts_go_at_once_and_the_loop_stays_free(sms, twilio):
    """Forty texts with a slow provider: side by side, while other work goes on."""
    twilio.knobs.set(delay=0.02)
    turns = 0
    sending = asyncio.gather(*(sms.send(Handoff(row, PARENT, Message(f"text {row}"))) for row in range(40)))
    while not sending.done():
        await asyncio.sleep(0)
        turns += 1

    assert {str(row) for row in range(40)} == {taken["row"] for taken in twilio.accepted}
    assert len({sent.provider_id for sent in await sending}) == 40
    assert turns > 40


@pytest.mark.parametrize(
    ("code", "http", "kind"),
    [
        (21610, 400, PersonLeft),
        (21211, 400, Refused),
        (21614, 400, Refused),
        (21635, 400, Refused),
        (21408, 403, Refused),
        (21617, 400, Refused),
        (30005, 400, Refused),
        (30006, 400, Refused),
        (21999, 400, Refused),
        (20429, 429, TryLater),
        (30001, 400, TryLater),
        (21611, 429, TryLater),
        (14107, 400, TryLater),
        (30003, 400, TryLater),
        (99999, 429, TryLater),
        (20003, 401, OurFault),
        (21606, 400, OurFault),
        (21603, 400, OurFault),
        (21712, 400, OurFault),
        (21608, 400, OurFault),
        (30032, 400, OurFault),
        (30034, 400, OurFault),
        (20404, 404, OurFault),
        (99999, 403, OurFault),
        (20500, 500, Unknown),
        (20503, 503, Unknown),
    ],
)
async def test_each_refusal_says_what_to_do_next(sms, twilio, code, http, kind):
    """One answer of the provider, one kind of error; the code is kept, the number and the words are not."""
    twilio.knobs.set(fail_with=[[code, http]])

    with pytest.raises(kind) as failed:
        await sms.send(HELLO)

    assert type(failed.value) is kind
    assert str(code) == failed.value.code
    chain = [failed.value, failed.value.__cause__, failed.value.__context__]
    assert not any(secret in repr(link) for link in chain for secret in (PARENT[1:], "0199", "Friday", TOKEN))
    assert [] == twilio.accepted


async def test_a_provider_that_says_when_is_asked_then(sms, twilio):
    """Retry-After in seconds goes with the error; the loop guard lasts thirty."""
    twilio.knobs.set(fail_with=[[20429, 429, 12], [20429, 429], [14107, 400]])
    waits = []
    for _ in range(3):
        with pytest.raises(TryLater) as failed:
            await sms.send(HELLO)
        waits.append(failed.value.after)

    assert [12.0, None, 30.0] == waits


@pytest.mark.parametrize("knob", ["accept_then_timeout", "accept_then_drop", "accept_then_nonsense"])
async def test_a_text_that_may_have_gone_is_not_called_failed(hasty, twilio, knob):
    """No answer, half an answer, or a page in place of one: taken or not, nobody knows; and it went out once."""
    twilio.knobs.set(**{knob: 1})

    with pytest.raises(Unknown):
        await hasty.send(HELLO)
    found = await hasty.find(HELLO, NOW)

    assert [HELLO.message.text] == texts(twilio)
    assert Sent(twilio.accepted[0]["sid"]) == found


async def test_a_bad_gateway_may_have_sent(sms, twilio):
    """A page from something in between has no code of the provider's."""
    twilio.knobs.set(fail_with=[[0, 502]])

    with pytest.raises(Unknown) as failed:
        await sms.send(HELLO)

    assert failed.value.code == "HTTP 502"


async def test_a_closed_door_means_nothing_was_sent():
    """Nobody listens at that port, so the same text may safely go again."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
    sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=address)

    with pytest.raises(TryLater):
        await sms.send(HELLO)
    with pytest.raises(TryLater):
        await sms.find(HELLO, NOW)
    await sms.close()


def test_a_certificate_nobody_vouches_for_is_ours_to_mend():
    """A filter that opens encrypted traffic stops every text until somebody mends it."""
    refused = BadHandshake(ssl.SSLCertVerificationError("self-signed certificate"))

    assert isinstance(network_error(SSLError(MaxRetryError(None, "/", refused))), OurFault)
    assert isinstance(network_error(SSLError("broken off")), Unknown)


def test_an_address_that_moved_is_ours_to_mend():
    """We do not follow: a text must not be posted wherever somebody points."""
    assert isinstance(error_for("", 301), OurFault)


async def test_wrong_credentials_are_ours_to_mend(twilio):
    """The provider's 401, by the real client."""
    sms = Twilio(ACCOUNT, "wrong", OURS, api_url=twilio.url)

    with pytest.raises(OurFault) as failed:
        await sms.send(HELLO)
    await sms.close()

    assert failed.value.code == "20003"


async def test_a_send_is_found_by_number_words_and_time(sms, twilio):
    """What was never sent is not found; what was is, under its id, once it is ours."""
    assert await sms.find(HELLO, NOW) is None
    sent = await sms.send(HELLO)
    await sms.send(Handoff(8, PARENT, Message("Something else")))
    await sms.send(Handoff(9, "+16615550121", HELLO.message))

    assert sent == await sms.find(HELLO, NOW)
    assert await sms.find(HELLO, NOW + timedelta(minutes=5)) is None
    assert await sms.find(Handoff(7, PARENT, Message("Family night")), NOW) is None


async def test_the_same_words_twice_are_two_texts(sms):
    """Two rows say the same to one number: the one whose id is known is not taken for the other."""
    first, second = await sms.send(HELLO), await sms.send(HELLO)

    assert second == await sms.find(HELLO, NOW, known={first.provider_id})
    assert await sms.find(HELLO, NOW, known={first.provider_id, second.provider_id}) is None


async def test_what_they_sent_us_is_not_what_we_sent(sms, twilio):
    """Their "1" is not our "1", and another school's text from the same account is not ours."""
    twilio.text(PARENT, "1", to=PARENT)
    stranger = Twilio(ACCOUNT, TOKEN, "+16615550101", api_url=twilio.url)
    await stranger.send(Handoff(1, PARENT, Message("1")))
    await stranger.close()

    assert await sms.find(Handoff(2, PARENT, Message("1")), NOW) is None


async def test_a_send_is_found_though_the_provider_rewrote_it(sms, twilio):
    """The trial notice in front, or plain quotes for curly ones, are still the same text."""
    twilio.knobs.set(trial=True)
    curly = Handoff(3, PARENT, Message("“Mesa” – ¿viene? 🍕"))
    sent = await sms.send(curly)
    twilio.messages[0]["body"] = twilio.messages[0]["body"].replace("“", '"').replace("”", '"').replace("–", "-")

    assert sent == await sms.find(curly, NOW)


async def test_a_text_the_provider_no_longer_shows_is_not_called_absent(sms, twilio):
    """An account that keeps no bodies cannot be asked."""
    await sms.send(HELLO)
    twilio.messages[0]["body"] = ""

    with pytest.raises(Unknown):
        await sms.find(HELLO, NOW)


@pytest.mark.parametrize(
    ("code", "http", "kind"), [(20003, 401, OurFault), (20429, 429, TryLater), (20500, 500, TryLater), (0, 502, TryLater)]
)
async def test_a_list_that_does_not_answer_says_nothing(sms, twilio, code, http, kind):
    """Whatever goes wrong, "not found" is never made of it; the list can be asked again."""
    sent = await sms.send(HELLO)
    twilio.knobs.set(fail_lists=[[code, http]])

    with pytest.raises(kind):
        await sms.find(HELLO, NOW)
    assert sent == await sms.find(HELLO, NOW)


async def test_a_found_send_has_its_fate(sms, twilio):
    """Delivered and failed are told apart from sent."""
    await sms.send(HELLO)
    fates = []
    for word in ("delivered", "undelivered"):
        twilio.messages[0]["status"] = word
        fates.append((await sms.find(HELLO, NOW)).status)

    assert ["delivered", "failed"] == fates


async def test_a_send_is_found_behind_a_page_of_others(sms, twilio, monkeypatch):
    """A number with more texts than one page shows."""
    monkeypatch.setattr("bot.channels.twilio._PAGE", 3)
    sent = await sms.send(HELLO)
    for row in range(10):
        await sms.send(Handoff(row, PARENT, Message(f"text {row}")))

    assert sent == await sms.find(HELLO, NOW)


async def test_what_was_missed_is_fetched_oldest_first(sms, twilio):
    """More than a page of it, marked as late, under the ids the webhooks would have had, with the time it was sent."""
    sids = [twilio.text(PARENT, f"text {n}", at=(NOW + timedelta(seconds=n // 2)).isoformat()) for n in range(25)]
    await sms.send(HELLO)

    missed = await sms.missed(NOW, page_size=10)

    assert sids == [received.provider_id for received in missed]
    assert all(received.late and received.channel == "sms" and received.to == OURS for received in missed)
    assert NOW + timedelta(seconds=12) == missed[-1].sent_at


async def test_only_what_came_since_then_is_fetched(sms, twilio):
    """Nothing from before, nothing to other numbers, nothing that is from no number."""
    twilio.text(PARENT, "old", at=(NOW - timedelta(seconds=1)).isoformat())
    twilio.text(PARENT, "to another school", to="+16615550101")
    twilio.text("BANK", "your code")
    twilio.text(PARENT, "\x00STOP ", media=1)
    pacific = NOW.astimezone(datetime.fromisoformat("2026-01-01T00:00:00-08:00").tzinfo) + timedelta(microseconds=5)

    missed = await sms.missed(pacific)

    assert [("STOP ", True, True)] == [(received.text, received.media, received.answered) for received in missed]


async def test_a_service_has_many_numbers(twilio):
    """Messages to each of the service's numbers are fetched, in the order they came."""
    twilio.knobs.set(service_numbers=[OURS, "+16615550101"])
    sms = Twilio(ACCOUNT, TOKEN, "", service=SERVICE, api_url=twilio.url, opt_out="none")
    for n, number in enumerate([OURS, "+16615550101", OURS]):
        twilio.text(PARENT, f"STOP{n}", to=number, at=(NOW + timedelta(seconds=n)).isoformat())
    twilio.text(PARENT, "to another school", to="+16615550102")

    missed = await sms.missed(NOW)
    sent = await sms.send(HELLO)

    assert ["STOP0", "STOP1", "STOP2"] == [received.text for received in missed]
    assert sent == await sms.find(HELLO, NOW)
    await sms.close()


async def test_a_list_that_fails_is_tried_later(sms, twilio):
    """Asking again harms nobody."""
    twilio.knobs.set(fail_lists=[[20500, 500], [20003, 401]])

    with pytest.raises(TryLater):
        await sms.missed(NOW)
    with pytest.raises(OurFault):
        await sms.missed(NOW)


async def test_who_texted_stop_is_refused_by_the_carrier(sms, twilio):
    """And is reached again after START."""
    twilio.text(PARENT, "Stop")
    with pytest.raises(PersonLeft):
        await sms.send(HELLO)
    twilio.text(PARENT, "START")

    assert (await sms.send(HELLO)).status == "sent"


async def test_nothing_of_a_message_reaches_the_log(sms, twilio, caplog):
    """Not the number, not the words, not the token, at any level."""
    caplog.set_level(logging.DEBUG)
    twilio.knobs.set(fail_with=[[21211, 400]])
    with pytest.raises(Refused):
        await sms.send(HELLO)
    await sms.send(HELLO)
    await sms.find(HELLO, NOW)

    said = caplog.text
    assert not any(secret in said for secret in ("Family", TOKEN, PARENT[1:]))


def test_half_a_channel_does_not_start():
    """Neither a number nor a service: the sentence names both settings."""
    with pytest.raises(ValueError, match="TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID"):
        Twilio(ACCOUNT, TOKEN, "")


async def test_it_is_a_channel(sms):
    """What the outbox relies on."""
    channel: Channel = sms

    assert ("sms", False, 1600, 10.0) == (channel.name, channel.taps, channel.carries_at_most, channel.per_second)


async def test_status_callbacks_are_signed_and_name_the_row(twilio):
    """The emulator calls back as Twilio does, here twice each; what it says is believed and read."""
    heard = []

    async def hear(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        url = public + head.split(" ", 2)[1]
        assert signature_ok(TOKEN, url, read_form(body), body, headers)
        report = parse_status(dict(read_form(body)), dict(read_form(url.partition("?")[2].encode())))
        heard.append((report.row, report.status, report.code))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        if len(heard) == 4:
            done.set()

    done = asyncio.Event()
    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    public = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url, public_url=public)
    twilio.knobs.set(status_callbacks=True, duplicate_callbacks=True, callback_statuses=["sent", "undelivered"], callback_error=30003)
    await sms.send(HELLO)
    await asyncio.wait_for(done.wait(), 10)
    await sms.close()
    server.close()
    await server.wait_closed()

    assert [(7, "sent", ""), (7, "sent", ""), (7, "failed", "30003"), (7, "failed", "30003")] == heard


async def test_the_emulator_runs_as_a_process_of_its_own(tmp_path):
    """What it takes is in its file, line by line, though it was killed; its knobs turn over HTTP."""
    log = tmp_path / "accepted.jsonl"
    script = Path(__file__).parent / "emulators" / "twilio_emulator.py"
    process = await asyncio.create_subprocess_exec(sys.executable, script, "--log", log, stdout=asyncio.subprocess.PIPE)
    url = (await process.stdout.readline()).decode().strip()
    sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=url)
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as twilio:
        assert (await twilio.post("/_knobs", json={"fail_with": [[21610, 400]]})).json()["fail_with"] == [[21610, 400]]
        assert (await twilio.post("/_knobs", json={"nonsense": 1})).status_code == 400
        with pytest.raises(PersonLeft):
            await sms.send(HELLO)
        await sms.send(HELLO)
        arrived = (await twilio.post("/_inbound", json={"from": PARENT, "body": "comida"})).json()
        taken = (await twilio.get("/_log")).json()
    missed = await sms.missed(datetime.now(UTC) - timedelta(minutes=1))
    await sms.close()
    process.kill()
    await process.wait()

    assert [arrived["sid"]] == [received.provider_id for received in missed]
    assert taken == [json.loads(line) for line in log.read_text().splitlines()]


def test_a_signed_form_is_what_the_webhook_takes():
    """The helper other tests post with."""
    url = "https://school.example/twilio/status?row=1"
    body, headers = signed_form(url, TOKEN, status("SM1", "sent", to=PARENT))

    assert signature_ok(TOKEN, url, read_form(body), body, {name.lower(): value for name, value in headers.items()})


async def test_the_words_of_a_message_are_taken_out(sms, twilio):
    """Theirs at once, ours when it has arrived; what is gone already is gone."""
    theirs = twilio.text(PARENT, "the gate")
    ours = await sms.send(HELLO)
    with pytest.raises(Refused):
        await sms.erase(ours.provider_id)
    twilio.messages[-1]["status"] = "delivered"
    for each in (theirs, ours.provider_id, "SM" + "0" * 32):
        await sms.erase(each)

    assert ["", ""] == [message["body"] for message in twilio.messages]
