"""What numbers nobody has text us, as Twilio signs and delivers it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

TOKEN = "a-token-of-this-run"
PUBLIC_URL = "https://texts.example.org"
PATH = "/twilio/messages"
CONCURRENCY = 32

SCRIPT = ("comida 93307", "mas", "mas")
"""What each number texts, over and over: a look-up, and its next two pages."""


def number(n: int) -> str:
    """The n-th number, up to 70,000: only 555-0100 to 555-0199 belong to nobody, in any area."""
    return f"+1{210 + n // 100}555{100 + n % 100:04}"


def webhook(sender: str, body: str, message: int) -> tuple[bytes, str]:
    """The form of an inbound text with the twenty fields Twilio sends, and its signature."""
    sid = f"SM{message:032x}"
    place = {"City": "BAKERSFIELD", "State": "CA", "Zip": "93307", "Country": "US"}
    fields = {f"{end}{name}": value for end in ("To", "From") for name, value in place.items()} | {
        "To": "+16615550100",
        "From": sender,
        "Body": body,
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "MessagingServiceSid": "MG" + "0" * 32,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    signed = PUBLIC_URL + PATH + "".join(name + fields[name] for name in sorted(fields))
    return urlencode(fields).encode(), b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1)).decode()


def dealt(jobs: Sequence[Any], hands: int = CONCURRENCY) -> list[Sequence[Any]]:
    """Dealt out like cards."""
    return [jobs[n::hands] for n in range(hands)]
