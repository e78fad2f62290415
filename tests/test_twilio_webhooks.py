"""What Twilio posts to us: only what it signed is believed, and what it says is read as it was meant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import pytest
from emulators.twilio_requests import OURS, TOKEN, inbound, signed_form, status
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, get_signature_algorithm

from bot.channels.base import StatusReport
from bot.channels.twilio import EMPTY_TWIML, parse, parse_status, read_form, signature_ok, signed_url, voice_twiml

SID = "SM" + "00" * 16
PARENT = "+16615550120"
URL = "https://school.example/twilio/messages"
SETTINGS = "x-twilio-webhooks-signature-settings"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.lists(st.tuples(words, words), max_size=8)
hosts = st.sampled_from(["school.example", "school.example:443", "school.example:8443", "school.example:80"])
urls = st.builds(
    "{}://{}/{}{}".format, st.sampled_from(["http", "https"]), hosts, words.map(quote), st.sampled_from(["", "?row=12", "?a=%27b%27&a=1"])
)


class Fields(dict[str, list[str]]):
    """A form with repeated names, as the library's validator takes it."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@given(urls, forms, st.sampled_from(["", "key=k1,algorithm=HMAC_SHA256", "algorithm=hmac_sha1", "key=k1", "algorithm=HMAC_MD5"]), st.data())
def test_a_signature_is_judged_as_the_provider_library_judges_it(url, pairs, settings_header, data):
    """Any address, any fields, either algorithm, with or without the port: the same verdict, for true signatures and for tampered ones."""
    oracle, algorithm, fields = RequestValidator(TOKEN), get_signature_algorithm(settings_header), Fields(pairs)
    signer = RequestValidator(data.draw(st.sampled_from([TOKEN, TOKEN, "another"])))
    signed_address = data.draw(
        st.sampled_from(
            [url, url, url.replace(".example/", ".example:443/"), url.replace(":443/", "/"), url.replace(":80/", "/"), url + "x"]
        )
    )
    signature = signer.compute_signature(signed_address, fields, "HMAC_SHA256" if "SHA256" in settings_header else None)
    headers = {"x-twilio-signature": signature} | ({SETTINGS: settings_header} if settings_header else {})

    assert oracle.validate(url, fields, signature, algorithm) == signature_ok(TOKEN, url, pairs, b"", headers)


@given(st.dictionaries(words, words, min_size=1))
def test_what_the_provider_signs_gets_in_with_blank_fields_and_all(fields):
    """The body as it comes over the wire, read and checked."""
    body, headers = signed_form(URL, TOKEN, fields)

    assert signature_ok(TOKEN, URL, read_form(body), body, lower(headers))


@pytest.mark.parametrize("field", list(inbound(SID, PARENT, "comida 93307")))
def test_a_changed_field_is_noticed(field):
    """Every field of a message is signed; changing any one, blank ones too, is refused."""
    fields = inbound(SID, PARENT, "comida 93307")
    _, headers = signed_form(URL, TOKEN, fields)
    changed = fields | {field: fields[field] + "1"}

    assert not signature_ok(TOKEN, URL, list(changed.items()), b"", lower(headers))


def test_no_signature_is_no_way_in():
    """A missing, empty or foreign signature, one with letters no signature has, and an unknown algorithm are all refused."""
    pairs = list(inbound(SID, PARENT, "hola").items())
    _, headers = signed_form(URL, TOKEN, dict(pairs))

    for other in ({}, {"x-twilio-signature": ""}, {"x-twilio-signature": "ñ"}, {**lower(headers), SETTINGS: "algorithm=HMAC_SHA512"}):
        assert not signature_ok(TOKEN, URL, pairs, b"", other)


@given(st.dictionaries(words, words).map(json.dumps), st.booleans())
def test_a_body_that_is_no_form_is_believed_by_its_hash(body, tampered):
    """Such a body is signed through the hash in the address; with another body, or no hash, it is refused."""
    url = f"{URL}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    came = body + " " if tampered else body

    assert signature_ok(TOKEN, url, [], came.encode(), {"x-twilio-signature": signature}) is not tampered
    assert RequestValidator(TOKEN).validate(url, came, signature) is not tampered
    bare = RequestValidator(TOKEN).compute_signature(URL, {})
    assert not signature_ok(TOKEN, URL, [], came.encode(), {"x-twilio-signature": bare})


def test_the_signed_address_is_the_public_one_untouched():
    """Whatever the proxy in front does, and however the query is written."""
    assert (
        signed_url("https://school.example/", b"/twilio/status", b"row=7&x=%27a%27&x=")
        == "https://school.example/twilio/status?row=7&x=%27a%27&x="
    )
    assert signed_url("https://school.example", b"/twilio/messages", b"") == URL


def test_a_form_with_thousands_of_fields_is_refused():
    """Nobody sends that but to keep us busy."""
    with pytest.raises(ValueError, match="fields"):
        read_form(b"&".join(b"a=1" for _ in range(1000)))


def test_a_message_is_read_with_all_its_parts():
    """Who, to whom, what, and under which name it is known for ever."""
    received = parse(inbound(SID, PARENT, "comida 93307"), "default")

    assert (received.channel, received.provider_id, received.address) == ("sms", SID, PARENT)
    assert (received.text, received.to) == ("comida 93307", OURS)
    assert (received.media, received.answered, received.late) == (False, False, False)


def test_a_picture_without_words_is_a_message():
    """The text is empty, and it says that something came with it."""
    received = parse(inbound(SID, PARENT, "", media=2), "default")

    assert (received.text, received.media) == ("", True)


@pytest.mark.parametrize(
    ("text", "opt_out_type", "opt_out", "answered"),
    [
        ("STOP", "", "default", True),
        (" stop \n", "", "default", True),
        ("Revoke", "", "default", True),
        ("UNSTOP", "", "default", True),
        ("info", "", "default", True),
        ("YES", "", "default", False),
        ("Stop by at 5?", "", "default", False),
        ("ALTO", "", "default", False),
        ("STOP", "", "advanced", False),
        ("ALTO", "STOP", "advanced", True),
        ("AYUDA", "HELP", "default", True),
        ("STOP", "STOP", "none", False),
        ("HELP", "", "none", False),
    ],
)
def test_what_the_carrier_has_answered_is_known(text, opt_out_type, opt_out, answered):
    """STOP must not be answered twice, nor a question left unanswered."""
    fields = inbound(SID, PARENT, text) | ({"OptOutType": opt_out_type} if opt_out_type else {})

    assert answered == parse(fields, opt_out).answered


@given(st.text(max_size=50), st.sampled_from(["", "\x00", "\ud83d", "\udc4b"]))
def test_any_text_can_be_stored(text, bad):
    """What no database takes is left out, and nothing else."""
    came = parse(inbound(SID, PARENT, text + bad + text), "default").text

    assert came == "".join(c for c in text + bad + text if c != "\x00" and not "\ud800" <= c <= "\udfff")


def test_an_endless_text_is_cut():
    """Five thousand characters are more than any carrier brings."""
    assert len(parse(inbound(SID, PARENT, "a" * 9000), "default").text) == 5000


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"MessageSid": ""}, "MessageSid"),
        ({"From": ""}, "phone number"),
        ({"From": "whatsapp:+16615550120"}, "phone number"),
        ({"From": "BANK"}, "phone number"),
        ({"NumMedia": "many"}, "NumMedia"),
    ],
)
def test_a_message_from_nobody_is_refused_in_a_sentence(change, sentence):
    """The sentence says what to mend, and does not quote what came."""
    with pytest.raises(ValueError, match=sentence) as refused:
        parse(inbound(SID, PARENT, "hola") | change, "default")

    assert PARENT not in str(refused.value)


@pytest.mark.parametrize(
    ("word", "ours"),
    [("accepted", "sent"), ("queued", "sent"), ("sending", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("read", "delivered"),
     ("undelivered", "failed"), ("failed", "failed"), ("canceled", "failed")],
)  # fmt: skip
def test_each_status_is_one_of_three(word, ours):
    """Sent, delivered or failed, for the row our own address names."""
    report = parse_status(status(SID, word, to=PARENT), {"row": "123"})

    assert StatusReport(SID, ours, 123) == report


def test_a_failure_says_why():
    """The provider's code goes to the books; 21610 is a person who left."""
    report = parse_status(status(SID, "undelivered", to=PARENT, code="30003"), {"row": "5"})
    left = parse_status(status(SID, "failed", to=PARENT, code="21610"), {})

    assert StatusReport(SID, "failed", 5, "30003") == report
    assert StatusReport(SID, "failed", None, "21610", left=True) == left


@pytest.mark.parametrize("row", ["", "x", "-1", "1.5", "٣", "9" * 30])
def test_a_row_that_is_no_number_is_no_row(row):
    """The report is still good: it names the message by the provider's id."""
    assert parse_status(status(SID, "delivered", to=PARENT), {"row": row}) == StatusReport(SID, "delivered")


def test_a_status_that_says_nothing_is_nothing():
    """Statuses of inbound messages and ones nobody knows yet change nothing; a callback without a message is refused."""
    assert parse_status(status(SID, "received", to=PARENT), {}) is None
    assert parse_status(status(SID, "levitating", to=PARENT), {}) is None
    with pytest.raises(ValueError, match="MessageSid"):
        parse_status({"MessageStatus": "sent"}, {})


def test_who_rings_is_greeted_in_both_languages_and_put_through():
    """English, Spanish, then the school's line; a language no voice speaks is left out."""
    twiml = fromstring(
        voice_twiml([("en", "Mesa Verde <school> & friends"), ("hmn", "Nyob zoo"), ("es-MX", "Escuela\x0b: ¡buenos días!")], OURS)
    )

    assert [("Say", "en-US", "Mesa Verde <school> & friends"), ("Say", "es-MX", "Escuela: ¡buenos días!"), ("Dial", None, OURS)] == [
        (part.tag, part.get("language"), part.text) for part in twiml
    ]


def test_without_a_line_nobody_is_put_through():
    """A greeting, and that is all; the answer to a text is empty."""
    assert [part.tag for part in fromstring(voice_twiml([("en-US", "Hello")], ""))] == ["Say"]
    assert [] == list(fromstring(EMPTY_TWIML))
