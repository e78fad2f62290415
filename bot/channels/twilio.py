"""SMS through Twilio: check a webhook's signature, parse it, send, and ask what became of a text.

Facts are Twilio's own pages: https://www.twilio.com/docs/usage/webhooks/webhooks-security,
https://www.twilio.com/docs/messaging/guides/webhook-request and https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from . import twilio_media
from .base import Handoff, OurFault, Received, Sent, StatusReport, Unknown
from .segments import fold, split
from .twilio_errors import GONE, LEFT, PAUSES, Wire

Pairs = Sequence[tuple[str, str]]
T = TypeVar("T")

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The answer to a message webhook: replies go through the outbox."""

CARRIER_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START", "UNSTOP", "HELP", "INFO"}
)
"""Twilio answers these by itself unless told otherwise (YES also brings back who had left, without an answer)."""

STATUSES = (
    dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent", "partially_delivered"), "sent")
    | dict.fromkeys(("delivered", "read"), "delivered")
    | dict.fromkeys(("undelivered", "failed", "canceled"), "failed")
)
"""Twilio's statuses of an outbound text as ours; the other two are of inbound ones."""

_DIGESTS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_LONGEST = 5000
"""Characters of an inbound text that are kept; a carrier allows 1600."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}", re.ASCII)
"""A number in international form, or a short code."""
_VOICES = {"en": "en-US", "en-US": "en-US", "es": "es-MX", "es-MX": "es-MX", "es-US": "es-US"}
"""Our language tags as Twilio's voices are called: https://www.twilio.com/docs/voice/twiml/say"""
_MOST_FIELDS = 500
_THREADS = 8
_PAGE = 1000
GONE_ALREADY = "20404"
"""No such message: somebody has deleted it."""
_TRIAL = "Sent from your Twilio trial account - "
_SKEW = timedelta(seconds=60)
"""How far Twilio's clock and ours may be apart."""


def read_form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form body in order, blank ones too: they are signed like the rest. ValueError if there are absurdly many."""
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)


def signed_url(public_url: str, raw_path: bytes, raw_query: bytes) -> str:
    """The address as Twilio called and signed it: what the public sees, then path and query untouched."""
    return public_url.rstrip("/") + raw_path.decode("latin-1") + ("?" + raw_query.decode("latin-1") if raw_query else "")


def signature_ok(token: str, url: str, form_pairs: Pairs, body: bytes, headers: Mapping[str, str]) -> bool:
    """The webhook was signed with `token`. `form_pairs` is empty for a body that is no form; header names are in lower case.

    The rules of `twilio.request_validator`, at a tenth of its cost: it computes both spellings of the port every time.
    """
    signature = headers.get("x-twilio-signature", "")
    digest = _DIGESTS.get(_algorithm(headers.get("x-twilio-webhooks-signature-settings", "")))
    if not signature or digest is None or not (form_pairs or _body_ok(url, body)):
        return False
    fields = "".join(name + value for name, value in sorted(set(form_pairs)))
    given, key = _bytes(signature), _bytes(token)
    return any(hmac.compare_digest(b64encode(hmac.digest(key, _bytes(u + fields), digest)), given) for u in _with_and_without_port(url))


def parse(form: Mapping[str, str], opt_out: str) -> Received:
    """An inbound message. `opt_out` says who answers STOP: "default" (Twilio), "advanced" (Twilio, and it says so) or "none" (us).

    ValueError if it names no message or no number.
    """
    if not _NAME.fullmatch(form.get("MessageSid", "")):
        raise ValueError("The webhook has no MessageSid. Point the number's message webhook here, and no other kind.")
    media = form.get("NumMedia") or "0"
    if not media.isascii() or not media.isdigit():
        raise ValueError("The webhook's NumMedia is not a number.")
    text = _clean(form.get("Body", ""))
    return Received(
        channel=Twilio.name,
        provider_id=form["MessageSid"],
        address=_number(form.get("From", "")),
        text=text,
        to=called(form),
        media=int(media) > 0,
        file=twilio_media.text_file(form),
        answered=_answered(text, form.get("OptOutType", ""), opt_out),
    )


def called(form: Mapping[str, str]) -> str:
    """The number or short code of ours that somebody texted or rang, as it may be looked for in a table."""
    return _clean(form.get("To", ""))


def parse_status(form: Mapping[str, str], query: Mapping[str, str]) -> StatusReport | None:
    """What a status callback says of a text we sent, or None if nothing new. ValueError if it names no message."""
    if not _NAME.fullmatch(form.get("MessageSid", "")):
        raise ValueError("The status callback has no MessageSid.")
    status = STATUSES.get(form.get("MessageStatus") or form.get("SmsStatus", ""))
    if status is None:
        return None
    row, code = query.get("row", ""), _clean(form.get("ErrorCode", "")) if status == "failed" else ""
    number = int(row) if re.fullmatch(r"\d{1,18}", row, re.ASCII) else None
    left, gone, pauses = code == LEFT, code in GONE, code in PAUSES
    return StatusReport(form["MessageSid"], status, number, code, left=left, gone=gone, pauses=pauses)


def voice_twiml(greetings: Sequence[tuple[str, str]], dial: str) -> str:
    """What a caller hears: each greeting as (language, text), then the school's line rings if there is one.

    A greeting in a language without a voice is left out: Twilio would end the call over it.
    """
    answer = VoiceResponse()
    for language, text in greetings:
        if language in _VOICES:
            answer.say(_NOT_XML.sub("", text), language=_VOICES[language])
    if dial:
        answer.dial(dial)
    return str(answer)


class Twilio:
    """The SMS channel. Sends as `sender`, or as the messaging service `service`, which then picks the number.

    The library is synchronous, so its calls run in a few threads of their own. `per_second` is one sender's pace.
    """

    name = "sms"
    taps = False
    carries_at_most = 1600

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        service: str = "",
        api_url: str = "",
        public_url: str = "",
        per_second: float = 10.0,
        opt_out: str = "default",
        timeout: float = 10.0,
    ) -> None:
        if not (sender or service):
            raise ValueError("SMS needs a sender: set TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID.")
        self.per_second = per_second
        self._sender, self._service, self._opt_out = sender, service, opt_out
        self._public_url = public_url.rstrip("/")
        self._wire = Wire(api_url, timeout, connections=_THREADS)
        self._auth = (account_sid, auth_token)
        self._client = Client(account_sid, auth_token, http_client=self._wire)
        self._messages = self._client.messages
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="twilio")

    async def send(self, handoff: Handoff) -> Sent:
        """Hand one text to Twilio; raises a `DeliveryError`."""
        return await self._off_the_loop(lambda: self._send(handoff))

    async def find(self, handoff: Handoff, since: datetime, *, known: Collection[str] = ()) -> Sent | None:
        """What became of a send begun at `since` whose outcome is unknown, by Twilio's own list.

        `known` are the ids that belong to other rows: two rows may say the same thing to one number. None is "not in the list",
        and the list can be minutes behind: ask late. `Unknown` if the account
        keeps no bodies, so that asking is no use; another `DeliveryError` if the list does not answer now, and may later.
        """
        return await self._off_the_loop(lambda: self._find(handoff, since, known))

    async def missed(self, since: datetime, page_size: int = 100, *, also: Collection[str] = ()) -> list[Received]:
        """The messages people sent us from `since` on, oldest first, under the ids their webhooks had or would have had.

        `also` are numbers that schools have of their own.
        """
        return await self._off_the_loop(lambda: self._missed(since, page_size, also))

    async def read_file(self, file: str, most: int) -> str:
        """The words of a text file that came with a message, `most` bytes of it and one more; raises a `DeliveryError`."""
        return await self._off_the_loop(lambda: twilio_media.read(self._wire, file, self._auth, most))

    async def erase(self, provider_id: str) -> None:
        """Take the words out of Twilio's record of a message. One that is still on its way is refused, and may be tried later.

        https://www.twilio.com/docs/messaging/api/message-resource#update-a-message-resource
        """
        await self._off_the_loop(lambda: self._erase(provider_id))

    def split(self, text: str) -> list[str]:
        """The texts as they will go out, folded."""
        return split(fold(text), self.carries_at_most)

    async def close(self) -> None:
        """Let the calls under way finish, then drop the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._wire.close()

    async def _off_the_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _send(self, handoff: Handoff) -> Sent:
        wanted: dict[str, Any] = {"messaging_service_sid": self._service} if self._service else {"from_": handoff.sender or self._sender}
        if handoff.valid_for is not None:
            wanted["validity_period"] = handoff.valid_for
        if self._public_url:
            wanted["status_callback"] = f"{self._public_url}/twilio/status?row={handoff.row}"
        record = self._messages.create(to=handoff.address, body=fold(handoff.message.text), **wanted)
        if not record.sid:
            raise Unknown("no id")
        return _sent(record)

    def _find(self, handoff: Handoff, since: datetime, known: Collection[str]) -> Sent | None:
        ours = [r for r in self._sent_to(handoff.address, since - _SKEW) if r.sid not in known and self._is_ours(r, handoff)]
        same = [r for r in ours if _same(r.body or "", fold(handoff.message.text))]
        if not same and any(not r.body for r in ours):
            raise Unknown("redacted")
        return _sent(min(same, key=_when)) if same else None

    def _erase(self, provider_id: str) -> None:
        try:
            self._messages(provider_id).update(body="")
        except OurFault as fault:
            if fault.code != GONE_ALREADY:
                raise

    def _sent_to(self, address: str, since: datetime) -> Iterator[Any]:
        """What went to an address, newest first. Not filtered by the date it was sent, which a text still in the queue does not have."""
        page = self._messages.page(to=address, page_size=_PAGE)
        while page is not None:
            recent = [record for record in page if _when(record) >= since]
            yield from recent
            page = page.next_page() if recent else None

    def _is_ours(self, record: Any, handoff: Handoff) -> bool:
        mine = handoff.sender or self._sender
        sender, ours = (record.messaging_service_sid, self._service) if self._service else (record.from_, mine)
        return bool(sender == ours and record.direction == "outbound-api")

    def _missed(self, since: datetime, page_size: int, also: Collection[str]) -> list[Received]:
        start = since.astimezone(UTC).replace(microsecond=0)
        records = [
            record
            for number in dict.fromkeys([*self._numbers(), *also])
            for record in self._messages.stream(to=number, date_sent_after=start, page_size=page_size)
            if record.direction == "inbound" and _when(record) >= start
        ]
        records.reverse()
        return [received for record in sorted(records, key=_when) for received in self._late(record)]

    def _numbers(self) -> list[str]:
        """The numbers people can text."""
        if not self._service:
            return [self._sender]
        service = self._client.messaging.v1.services(self._service)
        return [n.phone_number for n in service.phone_numbers.stream()] + [c.short_code for c in service.short_codes.stream()]

    def _late(self, record: Any) -> Iterable[Received]:
        """Nothing if it did not come from a number."""
        if not _NUMBER.fullmatch(record.from_ or ""):
            return
        text = _clean(record.body or "")
        yield Received(
            channel=self.name,
            provider_id=record.sid,
            address=record.from_,
            text=text,
            to=record.to or "",
            sent_at=_when(record),
            media=int(record.num_media or 0) > 0,
            file=twilio_media.listed(record),
            answered=_answered(text, "", self._opt_out),
            late=True,
        )


def _algorithm(settings: str) -> str:
    """The one named in "key=...,algorithm=HMAC_SHA256"; without a name the old one."""
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _body_ok(url: str, body: bytes) -> bool:
    """A body that is no form is signed by its hash in the query. Without one, nothing vouches for it."""
    hashes = parse_qs(urlsplit(url).query).get("bodySHA256")
    return not body if hashes is None else hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), _bytes(hashes[0]))


def _with_and_without_port(url: str) -> Iterator[str]:
    """The address as it is, then with its port left out, or the usual one put in: Twilio signs either."""
    yield url
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition(":")
    usual = 443 if parts.scheme == "https" else 80
    yield url.replace(f"//{parts.netloc}", f"//{host}" if port.isdigit() and host else f"//{parts.netloc}:{usual}", 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _clean(text: str) -> str:
    """Without what no database can store."""
    return _UNSTORABLE.sub("", text)[:_LONGEST]


def _number(sender: str) -> str:
    if not _NUMBER.fullmatch(sender):
        raise ValueError("The webhook's From is not a phone number. Point only SMS senders here.")
    return sender


def _answered(text: str, opt_out_type: str, opt_out: str) -> bool:
    if opt_out == "none":
        return False
    return bool(opt_out_type) or (opt_out == "default" and text.strip().upper() in CARRIER_WORDS)


def _when(record: Any) -> datetime:
    """When Twilio got it. A record without a date is as new as can be."""
    when: datetime | None = record.date_created or record.date_sent
    return when or datetime.max.replace(tzinfo=UTC)


def _sent(record: Any) -> Sent:
    return Sent(record.sid, STATUSES.get(record.status, "sent"))


def _same(listed: str, sent: str) -> bool:
    """The same words: Twilio may have folded quotes and dashes, trimmed spaces, and put its trial notice in front."""
    return _bare(listed.removeprefix(_TRIAL)) == _bare(sent)


def _bare(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or unicodedata.category(c).startswith("M"))
    return letters or "".join(text.split())
