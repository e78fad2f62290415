"""What the page asks for and posts. Only this machine may, and only from the page itself: no other page can drive it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from storage import people

from .. import health
from ..house import House
from . import phones, saying, screens
from .events import channel, look
from .phones import Handset, NoRoom
from .saying import Unfit

HERE = Path(__file__).parent
MOST_BYTES = 64 * 1024
"""Of one request body."""
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """A request that is not answered: its status, and a sentence for whoever made it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def local(endpoint: Endpoint) -> Endpoint:
    """The same, for this machine only; what is refused is said in a sentence."""

    async def guarded(request: Request) -> Response:
        try:
            _only_here(request)
            response = await endpoint(request)
        except Refused as refused:
            response = JSONResponse({"error": str(refused)}, refused.status)
        response.headers.update(HEADERS)
        return response

    return guarded


class Page:
    """The page of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def file(self, name: str, media_type: str) -> Endpoint:
        """A file of the page, read once."""
        text = (HERE / name).read_text(encoding="utf-8")

        async def endpoint(_request: Request) -> Response:
            return Response(text, media_type=media_type)

        return endpoint

    async def state(self, _request: Request) -> Response:
        return JSONResponse(await look(self.house))

    async def say(self, request: Request) -> Response:
        """Something a phone does, heard as if a provider had brought it. Answers what its screen shows then."""
        body = await self.posted(request)
        phone = await self.phone(body.get("address"))
        try:
            received = saying.read(body, phone)
        except Unfit as unfit:
            raise Refused(400, str(unfit)) from None
        if received.pressed is not None and not await self.house.database.run(
            partial(screens.was_shown, address=phone.address, data=body["press"])
        ):
            raise Refused(400, "This phone shows no such button.")
        await self.house.receive(received)
        return await self.changed(phone.address)

    async def new(self, request: Request) -> Response:
        look_wanted = (await self.posted(request)).get("look")
        if look_wanted not in ("sms", "telegram"):
            raise Refused(400, '"look" must be "sms" or "telegram".')
        try:
            phone = await self.house.database.run(partial(phones.add, look=look_wanted, now=self.house.now()))
        except NoRoom as full:
            raise Refused(409, str(full)) from None
        return await self.changed(phone.address)

    async def posted(self, request: Request) -> Mapping[str, Any]:
        """What the page posted, where there is a school to hear it."""
        body = await _posted(request)
        if await self.house.database.run(people.first_school) is None:
            raise Refused(409, "There is no school yet: run `platica demo`, and try again.")
        return body

    async def phone(self, address: Any) -> Handset:
        for phone in await self.house.database.run(phones.all_phones):
            if phone.address == address:
                return phone
        raise Refused(404, '"address" must be one of the phones of the page.')

    async def changed(self, address: str) -> Response:
        """Tell the other pages, and answer what one phone shows now."""
        channel(self.house).changed()
        now = await look(self.house)
        return JSONResponse(next(phone for phone in now["phones"] if phone["address"] == address))


def _only_here(request: Request) -> None:
    if not health.is_local(request):
        raise Refused(403, "The phone page is for the machine it runs on: open it there, at http://127.0.0.1.")


async def _posted(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request that the page itself made."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "Only the phone page itself may post here.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "Post JSON, with content-type: application/json.")
    try:
        body = json.loads(await _body(request))
    except (ValueError, RecursionError):
        raise Refused(400, "The body must be JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body must be a JSON object.")
    return body


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refused(413, f"The body is too large: {MOST_BYTES // 1024} KB fit.")
    return body
