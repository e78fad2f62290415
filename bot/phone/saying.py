"""What a page posts, read into a `Received` like any provider's. What does not fit is refused with a sentence."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from ..channels.base import Received, button
from .phones import CHANNEL, Handset

LONGEST = 5000
"""Characters of one message."""
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
WAYS = ("text", "press", "location", "block")


class Unfit(Exception):
    """The sentence says what a page should have posted."""


def read(body: Mapping[str, Any], phone: Handset) -> Received:
    """One thing the owner of a phone did. Posted twice under one "id", it is one message."""
    ways = [way for way in WAYS if way in body]
    if len(ways) != 1:
        raise Unfit('Post one of "text", "press", "location" or "block".')
    given, number = body[ways[0]], _number(body.get("id"))
    match ways[0]:
        case "text":
            return _text(given, phone, number)
        case "press":
            return _press(given, phone, number)
        case "location":
            return _location(given, phone, number)
        case _:
            return _block(given, phone, number)


def _number(given: Any) -> str:
    if given is None:
        return uuid.uuid4().hex
    if not (isinstance(given, str) and _ID.fullmatch(given)):
        raise Unfit('"id" must be 8 to 64 letters, digits and hyphens.')
    return given


def _text(given: Any, phone: Handset, number: str) -> Received:
    text = _UNSTORABLE.sub("", given).strip() if isinstance(given, str) else ""
    if not text:
        raise Unfit('"text" must hold something to say.')
    if len(text) > LONGEST:
        raise Unfit(f"That is too long: {len(text):,} characters, and {LONGEST:,} fit.")
    return Received(CHANNEL, f"say-{number}", phone.address, text)


def _press(given: Any, phone: Handset, number: str) -> Received:
    pressed = button(given) if isinstance(given, str) else None
    if pressed is None:
        raise Unfit('"press" must be what a button of this phone carries, like "q:3:0".')
    return Received(CHANNEL, f"press-{given}-{number}", phone.address, "", pressed=pressed)


def _location(given: Any, phone: Handset, number: str) -> Received:
    if phone.look != "telegram":
        raise Unfit("Only a Telegram phone can share where it is.")
    if not (isinstance(given, list) and len(given) == len(("latitude", "longitude")) and all(map(_is_number, given))):
        raise Unfit('"location" must be [latitude, longitude] in degrees.')
    latitude, longitude = map(float, given)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - the globe's
        raise Unfit('"location" must be on the globe: latitude -90 to 90, longitude -180 to 180.')
    return Received(CHANNEL, f"location-{number}", phone.address, "", location=(latitude, longitude))


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _block(given: Any, phone: Handset, number: str) -> Received:
    if phone.look != "telegram":
        raise Unfit("Only a Telegram phone can block us. On SMS people text STOP.")
    if not isinstance(given, bool):
        raise Unfit('"block" must be true or false.')
    return Received(CHANNEL, f"{'block' if given else 'unblock'}-{number}", phone.address, "", left=given)
