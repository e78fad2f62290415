"""A browser for the phone page: in this process, or over a real socket."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import httpx2
import uvicorn

from bot import app, phone

HERE = "http://127.0.0.1:8000"


@asynccontextmanager
async def browser(house, client="127.0.0.1", base=HERE, **headers):
    """A browser on this machine, or elsewhere."""
    transport = httpx2.ASGITransport(app=app.app(house, more=phone.routes(house)), client=(client, 50000))
    async with httpx2.AsyncClient(transport=transport, base_url=base, headers=headers) as page:
        yield page


async def say(house, page, address, **what):
    """A phone does something; what its screen shows when the answer has come."""
    house.now.forward(seconds=5)
    response = await page.post("/phone/say", json={"address": address, **what})
    assert response.status_code == 200, response.text
    await house.settled()
    return await screen(page, address)


async def screen(page, address):
    state = (await page.get("/phone/state")).json()
    return next(each for each in state["phones"] if each["address"] == address)


def said(shown):
    return [(message["from"], message["text"]) for message in shown["messages"]]


@asynccontextmanager
async def served(house):
    """The page on a port of this machine, with a browser; the browser has gone by the time the server is asked to stop."""
    listening = socket.create_server(("127.0.0.1", 0))
    web = app.app(house, more=phone.routes(house))
    server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=30))
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as page:
            yield page, server, serving
    finally:
        server.should_exit = True
        await serving


async def events(stream):
    """The events of a stream, as name and data."""
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
