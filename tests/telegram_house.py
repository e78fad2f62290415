"""A house whose Telegram is the real client, before an emulator of its server."""

import pytest
from conftest import Carrier, Office
from emulators.telegram_emulator import TOKEN, TelegramEmulator

from bot.app import Web
from bot.channels.base import Received
from bot.channels.telegram import Telegram
from bot.settings import Settings


class Chats(Office):
    """`server` is the emulator."""

    async def says(self, text, chat, **more):
        """A family writes in private; the calls that answer it."""
        before = len(self.server.accepted)
        self.messages = getattr(self, "messages", 0) + 1
        await self.receive(Received("telegram", f"in-{self.messages}", str(chat), text, **more))
        await self.settled()
        return self.server.accepted[before:]

    async def updated(self, update):
        """Something arrives as Telegram sends it; the calls that follow."""
        before = len(self.server.accepted)
        await Web(self).update(update)
        await self.settled()
        return self.server.accepted[before:]


@pytest.fixture(scope="module")
def telegram_emulator():
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def server(telegram_emulator, monkeypatch):
    """No proxy of the machine stands between the client and loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    telegram_emulator.forget()
    return telegram_emulator


@pytest.fixture
async def chats(database, database_url, clock, server):
    channels = {"sms": Carrier("sms"), "telegram": Telegram(TOKEN, api_url=server.url)}
    channels["telegram"].username = "mesa_school_bot"
    settings = Settings(database_url=database_url, lease_seconds=30.0, public_url="https://texts.example.org")
    chats = Chats(settings, database, channels, now=clock)
    chats.server = server
    yield chats
    await channels["telegram"].close()
