"""Calendar files on Telegram: under the answer, and again when something changes, through the real client against an emulator of its server."""

from datetime import timedelta

import icalendar
import pytest
from emulators.telegram_emulator import TOKEN
from town_of_events import Gathering

from bot.channels.base import File, Handoff, Message
from bot.channels.telegram import Telegram
from bot.clock import Clock
from bot.events import changing
from storage import people
from storage.tables import State

pytest_plugins = ["telegram_house"]
CHAT, OTHER = 700150, 700151


@pytest.fixture(autouse=True)
def gathering(database, clock):
    return Gathering(database, clock, place="cafeteria")


def calendar(call):
    """The method of a file, and the event in it."""
    read = icalendar.Calendar.from_ical(call["document"]["content"])
    return read["METHOD"], read.events[0]


async def test_who_says_yes_gets_the_file_under_the_answer(chats, gathering):
    """One message: what was understood, and the event for their calendar. No link beside it."""
    (call,) = await chats.says("PIZZA 2 adults 3 kids", CHAT)
    method, event = calendar(call)

    assert ("sendDocument", "pizza.ics", CHAT) == (call["method"], call["document"]["name"], call["chat_id"])
    assert "2 adults, 3 kids" in call["caption"]
    assert "https://" not in call["caption"]
    assert ("PUBLISH", gathering.new.starts_at, 0) == (method, event.start, event["SEQUENCE"])
    ((kept,),) = await chats.run("SELECT calendar FROM outbox WHERE calendar IS NOT NULL")
    assert f"{gathering.id}-en" == kept


async def test_a_no_brings_no_file(chats):
    """Nor does what is still being asked about."""
    assert ["sendMessage"] == [call["method"] for call in await chats.says("PIZZA 0", CHAT)]


async def told(chats, gathering):
    """Two chats have answered, one yes, one no; both are families of the school. What leaves once the clock has gone on."""
    await chats.says("PIZZA 4", CHAT)
    await chats.says("PIZZA 0", OTHER)

    def join(connection):
        for chat in (CHAT, OTHER):
            known = people.meet(connection, "telegram", str(chat), chats.now())
            people.add_member(connection, known.person_id, known.school_id, "family", chats.now())
            people.log_consent(connection, known.address_id, chats.now(), what="join", how="keyword")

    await chats.database.run(join)


async def goes_on(chats):
    clock = Clock(chats)
    before = len(chats.server.accepted)
    for _ in range(3):
        await clock.tick()
        await chats.settled()
        chats.now.forward(minutes=1)
    return chats.server.accepted[before:]


async def test_another_hour_brings_the_file_again(chats, gathering):
    """The same event to a calendar (UID), newer (SEQUENCE), to whoever comes and to nobody else."""
    await told(chats, gathering)
    first = calendar(chats.server.calls("sendDocument")[0])[1]
    later = {"starts_at": gathering.new.starts_at + timedelta(hours=1), "ends_at": gathering.new.ends_at + timedelta(hours=1)}
    await chats.database.run(lambda c: changing.change(c, gathering.id, chats.now(), **later))
    (call,) = await goes_on(chats)
    method, event = calendar(call)

    assert (CHAT, True) == (call["chat_id"], "New time for Pizza night" in call["caption"])
    assert ("PUBLISH", first["UID"], 1) == (method, event["UID"], event["SEQUENCE"])
    assert later["starts_at"] == event.start


async def test_what_is_called_off_is_taken_out_of_the_calendar(chats, gathering):
    """The file says so by its method, its status and a higher sequence."""
    await told(chats, gathering)
    first = calendar(chats.server.calls("sendDocument")[0])[1]
    await chats.database.run(lambda c: changing.cancel(c, gathering.id, chats.now()))
    calls = {call["chat_id"]: call for call in await goes_on(chats)}
    method, event = calendar(calls[CHAT])

    assert calls[CHAT]["caption"].startswith("CANCELLED: Pizza night")
    assert ("CANCEL", "CANCELLED", first["UID"], 1) == (method, event["STATUS"], event["UID"], event["SEQUENCE"])
    assert "sendMessage" == calls[OTHER]["method"]


async def test_a_file_whose_fate_nobody_knows_is_not_sent_again(chats, server):
    """The connection breaks when Telegram has it: it is one message, listed as unknown."""
    chats.channels["telegram"] = hasty = Telegram(TOKEN, api_url=server.url, patience=0.3)
    server.turn(method="sendDocument", hang=True, accept=True)
    assert ["sendDocument"] == [call["method"] for call in await chats.says("PIZZA 4", CHAT)]
    chats.now.forward(minutes=2)
    await chats.settled()

    assert 1 == len(server.calls("sendDocument"))
    assert [(State.UNKNOWN,)] == await chats.run("SELECT state FROM outbox WHERE calendar IS NOT NULL")
    await hasty.close()


async def test_a_file_that_was_not_taken_is_sent_later_and_once(chats, server):
    """Too many at once: Telegram says when, and then it goes."""
    server.turn(method="sendDocument", code=429, description="Too Many Requests: retry after 3", parameters={"retry_after": 3})
    assert [] == await chats.says("PIZZA 4", CHAT)
    chats.now.forward(seconds=5)
    await chats.settled()

    assert 1 == len(server.calls("sendDocument"))
    assert [(State.SENT,)] == await chats.run("SELECT state FROM outbox WHERE calendar IS NOT NULL")


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_long_text_goes_without_its_file(chats, server):
    """Telegram takes 1,024 characters under a file; the words matter more."""
    file = File("pizza.ics", b"BEGIN:VCALENDAR", "text/calendar")
    for length in (1024, 1025):
        await chats.channels["telegram"].send(Handoff(1, str(CHAT), Message("x" * length, file=file)))

    assert ["sendDocument", "sendMessage"] == [call["method"] for call in server.accepted]
