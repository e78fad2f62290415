"""The load: one process that texts a sentence from many numbers, over a few connections kept open. Prints what it saw as JSON.

Every body is made and signed before the clock starts. A connection sends its next request when the last was answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import httptools
import uvloop

from .texts import PATH, dealt, number, webhook


class Connection(asyncio.Protocol):
    """One connection, working through its requests."""

    def __init__(self, requests: list[bytes]) -> None:
        self.requests: Iterator[bytes] = iter(requests)
        self.ok = self.bad = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        if 200 <= self.parser.get_status_code() < 300:
            self.ok += 1
        else:
            self.bad += 1
        self.next()

    def next(self) -> None:
        request = next(self.requests, None)
        if request is not None:
            self.transport.write(request)
        elif not self.over.done():
            self.over.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("closed by the server"))


def request(sender: str, text: str, message: int) -> bytes:
    body, signature = webhook(sender, text, message)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: texts.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, text: str, people: int, wave: int) -> dict[str, float]:
    """The same text from each of so many people, once; `wave` makes the ids of these messages."""
    hands = dealt([request(number(n), text, wave * 1_000_000 + n) for n in range(people)])
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(lambda mine=mine: Connection(list(mine)), "127.0.0.1", port))[1] for mine in hands]  # type: ignore[misc]
    begun = perf_counter()
    for connection in opened:
        connection.next()
    await asyncio.gather(*(connection.over for connection in opened))
    seconds = perf_counter() - begun
    for connection in opened:
        connection.transport.close()
    return {"seconds": seconds, "ok": sum(each.ok for each in opened), "bad": sum(each.bad for each in opened)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))))
