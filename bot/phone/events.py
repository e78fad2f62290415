"""The page is told what changed, as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..channels.phone import Phone
from ..house import House
from . import screens
from .screens import Json

SOON, EVERY = 0.05, 1.0
"""Seconds between two looks: soon after something moved, for a reply follows; then less and less often."""
PING_EVERY = 15.0
EXAMPLE_PRICE = 0.0083
"""Dollars for one segment: an example, for the price differs by carrier, country and year."""


def channel(house: House) -> Phone:
    """The phone channel of this process. Where it does not deliver, it only tells its own pages."""
    found = house.channels.setdefault("phone", Phone())
    assert isinstance(found, Phone)
    return found


async def look(house: House) -> Json:
    """Everything the page shows, now."""
    price = float(getattr(house.settings, "sms_price", EXAMPLE_PRICE))
    return await house.database.run(partial(screens.page, now=house.now(), price=price))


class Events:
    """The stream of one house, for any number of pages."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def stream(self, _request: Request) -> Response:
        return StreamingResponse(self.events(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def events(self) -> AsyncIterator[str]:
        """First everything, then each phone that changed; until the channel is closed."""
        phone, woken = channel(self.house), asyncio.Event()
        phone.listeners.add(woken)
        try:
            async for event in self._changes(phone, woken):
                yield event
        finally:
            phone.listeners.discard(woken)

    async def _changes(self, phone: Phone, woken: asyncio.Event) -> AsyncIterator[str]:
        state = await look(self.house)
        shown = {each["address"]: each for each in state["phones"]}
        yield f"retry: 1000\n{_event('state', state)}"
        pause, clock = SOON, asyncio.get_running_loop().time
        said_at = clock()
        while not phone.closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), pause)
            pause = SOON if woken.is_set() else min(EVERY, pause * 2)
            woken.clear()
            for each in (await look(self.house))["phones"]:
                if shown.get(each["address"]) != each:
                    shown[each["address"]], pause, said_at = each, SOON, clock()
                    yield _event("phone", each)
            if clock() - said_at >= PING_EVERY:
                said_at = clock()
                yield ": still here\n\n"


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
