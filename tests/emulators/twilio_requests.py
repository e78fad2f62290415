"""What Twilio posts to us: every field it sends, most of the geography blank, and its signature."""

from __future__ import annotations

from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "an-emulated-auth-token"
OURS = "+16615550100"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def inbound(sid: str, sender: str, text: str, *, to: str = OURS, media: int = 0, **more: str) -> dict[str, str]:
    """The fields of a message somebody sent us; `more` adds or changes some (OptOutType)."""
    pictures = {
        f"MediaUrl{n}": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/ME{n:032x}" for n in range(media)
    }
    kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(media)}
    return {
        "ToCountry": "US",
        "ToState": "CA",
        "SmsMessageSid": sid,
        "NumMedia": str(media),
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "CA",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "US",
        "To": to,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
        **pictures,
        **kinds,
        **more,
    }


def status(sid: str, word: str, *, to: str, sender: str = OURS, code: str = "", service: str = "") -> dict[str, str]:
    """The fields of a status callback."""
    fields = {
        "SmsSid": sid,
        "SmsStatus": word,
        "MessageStatus": word,
        "To": to,
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    return fields | ({"ErrorCode": code} if code else {}) | ({"MessagingServiceSid": service} if service else {})


def call(caller: str, *, to: str = OURS) -> dict[str, str]:
    """The fields of a voice webhook: somebody rang the number."""
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": "CA" + "0123456789abcdef" * 2,
        "CallStatus": "ringing",
        "Called": to,
        "Caller": caller,
        "CallerCity": "",
        "CallerCountry": "US",
        "Direction": "inbound",
        "From": caller,
        "FromCity": "",
        "To": to,
        "ToCity": "",
    }


def signed_form(url: str, token: str, fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """Body and headers as Twilio would post them to `url`, query included."""
    signature = RequestValidator(token).compute_signature(url, fields)
    headers = {
        "Content-Type": FORM,
        "X-Twilio-Signature": signature,
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": "3c1f-emulated",
    }
    return urlencode(fields).encode(), headers
