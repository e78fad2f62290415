"""A text file that came with an MMS: fetched from Twilio with our credentials, and a bounded part of it.

Twilio sends us on to a store that needs none: https://www.twilio.com/docs/messaging/api/media-resource
"""

from __future__ import annotations

import json
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
PLAIN = "text/plain"
LIST = "/Media.json"
MOST_OF_LIST = 100_000
"""Bytes."""


def text_file(form: Mapping[str, str]) -> str:
    """The address of the one text file of a webhook; empty if there is none."""
    plain = form.get("NumMedia") == "1" and form.get("MediaContentType0", "").startswith(PLAIN)
    return form.get("MediaUrl0", "") if plain else ""


def listed(record: Any) -> str:
    """Of a message in Twilio's list, the address of what came with it: what kind of file it is, only that page says."""
    one = record.num_media == "1"
    return f"https://{HOST}{record.subresource_uris['media']}" if one else ""


def read(wire: Wire, url: str, auth: tuple[str, str], most: int) -> str:
    """Its words. `Refused` where the address is none of Twilio's (our credentials go nowhere else), or is of no text file."""
    if not wire.is_at(url, HOST):
        raise Refused("not an address of Twilio's")
    here, credentials = wire.at(_only(wire, url, auth) if url.endswith(LIST) else url), auth
    return _followed(wire, here, credentials, most)


def _only(wire: Wire, url: str, auth: tuple[str, str]) -> str:
    """The one text file of a list of media."""
    with _got(wire, wire.at(url), auth) as answer:
        content = answer.raw.read(MOST_OF_LIST, decode_content=True) if answer.status_code == HTTPStatus.OK else b""
    try:
        (only,) = json.loads(content)["media_list"]
        plain, uri = only["content_type"].startswith(PLAIN), str(only["uri"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("no list of one file") from error
    if not plain:
        raise Refused("no text file")
    return f"https://{HOST}{uri.removesuffix('.json')}"


def _followed(wire: Wire, here: str, credentials: tuple[str, str] | None, most: int) -> str:
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
