"""A text file that came with an MMS: fetched from Twilio with our credentials, and a bounded part of it.

Twilio sends us on to a store that needs none: https://www.twilio.com/docs/messaging/api/media-resource
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from requests.exceptions import RequestException

from .base import Refused, TryLater
from .decoding import decoded
from .twilio_errors import Wire

HOST = "api.twilio.com"
STORES = (".twilio.com", ".twiliocdn.com", ".amazonaws.com")
"""Where Twilio keeps media."""
MOST_HOPS = 3


def text_file(form: Mapping[str, str]) -> str:
    """The address of the one text file of a webhook; empty if there is none."""
    plain = form.get("NumMedia") == "1" and form.get("MediaContentType0", "").startswith("text/plain")
    return form.get("MediaUrl0", "") if plain else ""


def read(wire: Wire, url: str, auth: tuple[str, str], most: int) -> str:
    """Its words. `Refused` where the address is none of Twilio's: our credentials go nowhere else."""
    here, credentials = wire.at(url), auth if wire.is_at(url, HOST) else None
    if credentials is None:
        raise Refused("not an address of Twilio's")
    for _hop in range(MOST_HOPS):
        answer = _got(wire, here, credentials)
        with answer:
            if answer.status_code == HTTPStatus.OK:
                return decoded(answer.raw.read(most + 1, decode_content=True))
            onward = answer.headers.get("Location", "")
            if not (answer.is_redirect and onward):
                raise Refused(f"HTTP {answer.status_code}")
        here, credentials = urljoin(here, onward), None
        if not (wire.is_base(here) or (here.startswith("https://") and (urlsplit(here).hostname or "").endswith(STORES))):
            raise Refused("not a store of Twilio's")
    raise Refused("sent on and on")


def _got(wire: Wire, url: str, credentials: tuple[str, str] | None) -> Any:
    try:
        return wire.session.get(url, auth=credentials, stream=True, timeout=wire.timeout, allow_redirects=False)
    except (RequestException, OSError) as error:
        raise TryLater("no file") from error
