"""Calendar files on Telegram: under the answer, and again when something changes, through the real client against an emulator of its server."""

from datetime import timedelta

import icalendar
import pytest
from conftest import Carrier, Office
from emulators.telegram_emulator import TOKEN, TelegramEmulator
from town_of_events import Gathering

from bot.channels.base import File, Handoff, Message
from bot.channels.telegram import Telegram
from bot.clock import Clock
from bot.events import changing
from bot.settings import Settings
from storage import people
from storage.tables import State

CHAT, OTHER = 700150, 700151


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def emulator():
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def server(emulator):
    emulator.forget()
    return emulator


@pytest.fixture
def gathering(database, clock):
    return Gathering(database, clock, place="cafeteria")


@pytest.fixture
async def house(database, database_url, clock, gathering, server):
    channels = {"sms": Carrier("sms"), "telegram": Telegram(TOKEN, api_url=server.url)}
    house = Chats(
        Settings(database_url=database_url, lease_seconds=30.0, public_url="https://texts.example.org"), database, channels, now=clock
    )
    house.server = server
    yield house
    await channels["telegram"].close()


class Chats(Office):
    async def says(self, text, chat=CHAT):
        """A family writes on Telegram; the calls that answer it."""
        before = len(self.server.accepted)
        self.messages = getattr(self, "messages", 0) + 1
        from bot.channels.base import Received

        await self.receive(Received("telegram", f"in-{self.messages}", str(chat), text))
        await self.settled()
        return self.server.accepted[before:]


def calendar(call):
    """The method of a file, and the event in it."""
    read = icalendar.Calendar.from_ical(call["document"]["content"])
    return read["METHOD"], read.events[0]


async def test_who_says_yes_gets_the_file_under_the_answer(house, gathering):
    """One message: what was understood, and the event for their calendar. No link beside it."""
    (call,) = await house.says("PIZZA 2 adults 3 kids")
    method, event = calendar(call)

    assert ("sendDocument", "pizza.ics", CHAT) == (call["method"], call["document"]["name"], call["chat_id"])
    assert "2 adults, 3 kids" in call["caption"]
    assert "https://" not in call["caption"]
    assert ("PUBLISH", gathering.new.starts_at, 0) == (method, event.start, event["SEQUENCE"])
    ((kept,),) = await house.run("SELECT calendar FROM outbox WHERE calendar IS NOT NULL")
    assert f"{gathering.id}-en" == kept


async def test_a_no_brings_no_file(house):
    """Nor does what is still being asked about."""
    assert ["sendMessage"] == [call["method"] for call in await house.says("PIZZA 0")]


async def told(house, gathering):
    """Two chats have answered, one yes, one no; both are families of the school. What leaves once the clock has gone on."""
    await house.says("PIZZA 4")
    await house.says("PIZZA 0", OTHER)

    def join(connection):
        for chat in (CHAT, OTHER):
            known = people.meet(connection, "telegram", str(chat), house.now())
            people.add_member(connection, known.person_id, known.school_id, "family", house.now())
            people.log_consent(connection, known.address_id, house.now(), what="join", how="keyword")

    await house.database.run(join)


async def goes_on(house):
    clock = Clock(house)
    before = len(house.server.accepted)
    for _ in range(3):
        await clock.tick()
        await house.settled()
        house.now.forward(minutes=1)
    return house.server.accepted[before:]


async def test_another_hour_brings_the_file_again(house, gathering):
    """The same event to a calendar (UID), newer (SEQUENCE), to whoever comes and to nobody else."""
    await told(house, gathering)
    first = calendar(house.server.calls("sendDocument")[0])[1]
    later = {"starts_at": gathering.new.starts_at + timedelta(hours=1), "ends_at": gathering.new.ends_at + timedelta(hours=1)}
    await house.database.run(lambda c: changing.change(c, gathering.id, house.now(), **later))
    (call,) = await goes_on(house)
    method, event = calendar(call)

    assert (CHAT, True) == (call["chat_id"], "New time for Pizza night" in call["caption"])
    assert ("PUBLISH", first["UID"], 1) == (method, event["UID"], event["SEQUENCE"])
    assert later["starts_at"] == event.start


async def test_what_is_called_off_is_taken_out_of_the_calendar(house, gathering):
    """The file says so by its method, its status and a higher sequence."""
    await told(house, gathering)
    first = calendar(house.server.calls("sendDocument")[0])[1]
    await house.database.run(lambda c: changing.cancel(c, gathering.id, house.now()))
    calls = {call["chat_id"]: call for call in await goes_on(house)}
    method, event = calendar(calls[CHAT])

    assert calls[CHAT]["caption"].startswith("CANCELLED: Pizza night")
    assert ("CANCEL", "CANCELLED", first["UID"], 1) == (method, event["STATUS"], event["UID"], event["SEQUENCE"])
    assert "sendMessage" == calls[OTHER]["method"]


async def test_a_file_whose_fate_nobody_knows_is_not_sent_again(house, server):
    """The connection breaks when Telegram has it: it is one message, listed as unknown."""
    house.channels["telegram"] = hasty = Telegram(TOKEN, api_url=server.url, patience=0.3)
    server.turn(method="sendDocument", hang=True, accept=True)
    assert ["sendDocument"] == [call["method"] for call in await house.says("PIZZA 4")]
    house.now.forward(minutes=2)
    await house.settled()

    assert 1 == len(server.calls("sendDocument"))
    assert [(State.UNKNOWN,)] == await house.run("SELECT state FROM outbox WHERE calendar IS NOT NULL")
    await hasty.close()


async def test_a_file_that_was_not_taken_is_sent_later_and_once(house, server):
    """Too many at once: Telegram says when, and then it goes."""
    server.turn(method="sendDocument", code=429, description="Too Many Requests: retry after 3", parameters={"retry_after": 3})
    assert [] == await house.says("PIZZA 4")
    house.now.forward(seconds=5)
    await house.settled()

    assert 1 == len(server.calls("sendDocument"))
    assert [(State.SENT,)] == await house.run("SELECT state FROM outbox WHERE calendar IS NOT NULL")


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_long_text_goes_without_its_file(house, server):
    """Telegram takes 1,024 characters under a file; the words matter more."""
    file = File("pizza.ics", b"BEGIN:VCALENDAR", "text/calendar")
    for length in (1024, 1025):
        await house.channels["telegram"].send(Handoff(1, str(CHAT), Message("x" * length, file=file)))

    assert ["sendDocument", "sendMessage"] == [call["method"] for call in server.accepted]
