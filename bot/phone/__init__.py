"""The phone page: phones to try the assistant on, in a browser of this machine and nowhere else."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute, Route

from ..house import House
from . import phones
from .api import Page, local
from .events import Events, channel


def routes(house: House) -> list[BaseRoute]:
    """Everything below /phone."""
    page, events = Page(house), Events(house)
    reads = {
        "": page.file("page.html", "text/html"),
        "/page.css": page.file("page.css", "text/css"),
        "/page.js": page.file("page.js", "text/javascript"),
        "/state": page.state,
        "/events": events.stream,
    }
    posts = {"/say": page.say, "/new": page.new}
    return [
        *(Route(f"/phone{path}", local(endpoint), methods=["GET"]) for path, endpoint in reads.items()),
        *(Route(f"/phone{path}", local(endpoint), methods=["POST"]) for path, endpoint in posts.items()),
    ]


async def attend(house: House, stop: asyncio.Event) -> None:
    """A job beside the web: the page's coordinator may do all there is; at `stop`, let go of the pages that listen, for the web ends after them."""
    await house.database.run(phones.may_translate)
    await stop.wait()
    await channel(house).close()
