"""What a crash leaves behind, step by step: who asks about it, what is taken for what, and who fetches."""

from dataclasses import replace
from functools import partial

import pytest
import structlog
from conftest import Office
from emulators.twilio_emulator import TwilioEmulator
from emulators.twilio_requests import ACCOUNT, OURS, TOKEN

from bot import missed
from bot.channels.base import Received, TryLater
from bot.channels.twilio import Twilio
from bot.clock import Clock
from bot.outbox import Deliverer
from bot.settings import Settings
from storage import outbox
from storage.tables import Kind

ROSA = "+16615550180"


@pytest.fixture
async def office(database, database_url, clock):
    """A house with the real client, on a Twilio whose clock is ours. Rosa has written, and has her answer."""
    with TwilioEmulator(now=clock) as twilio:
        sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url)
        office = Office(Settings(database_url=database_url, lease_seconds=30.0), database, {"sms": sms}, now=clock)
        office.twilio = twilio
        await office.receive(Received("sms", "SM1", ROSA, "MESA"))
        await office.settled()
        twilio.accepted.clear()
        yield office
        await sms.close()


async def write(office, text):
    ((address_id, person_id),) = await office.run("SELECT id, person_id FROM address WHERE address = :a", a=ROSA)
    row = {"person_id": person_id, "address_id": address_id, "channel": "sms", "kind": Kind.REPLY, "text": text, "created_at": office.now()}
    await office.database.run(partial(outbox.write, rows=[row]))


async def claimed(office):
    """A row as a deliverer has it in hand that is then killed."""
    deliverer = Deliverer(office, office.channels["sms"])
    (claimed,), _more = await office.database.run(partial(deliverer.claim, room=1))
    row = claimed.row
    return deliverer, row


async def test_the_same_words_a_moment_ago_were_another_text(office, clock):
    """Twice the same answer within seconds, the second lost before Twilio had it: Twilio's list shows one, which is not taken for both."""
    await write(office, "Family night is at 6.")
    await office.settled()
    clock.forward(seconds=5)
    await write(office, "Family night is at 6.")
    await claimed(office)
    clock.forward(seconds=31)
    await office.settled()

    assert ["Family night is at 6."] * 2 == [each["body"] for each in office.twilio.accepted]


async def test_a_text_that_is_in_other_hands_is_left_alone(office, clock):
    """A deliverer that comes back late with a failure puts nothing in line again that somebody else is handing off by now."""
    await write(office, "Family night is at 6.")
    late, row = await claimed(office)
    clock.forward(seconds=31)
    await Deliverer(office, office.channels["sms"]).ask_about_lost()
    _other, again = await claimed(office)
    await office.database.run(partial(late.not_sent, row=row, error=TryLater("20429")))

    assert (row.id, row.attempts + 1) == (again.id, again.attempts)
    assert ("sending",) == tuple((await office.run("SELECT state FROM outbox ORDER BY id DESC LIMIT 1"))[0])


async def test_who_asks_and_dies_is_followed_by_the_next(office, clock):
    """A lost text is asked about by one at a time, and by another when that one does not come back."""
    await write(office, "Family night is at 6.")
    await claimed(office)
    clock.forward(seconds=31)
    sms = office.channels["sms"]
    first, second = [await office.database.run(Deliverer(office, sms).lost) for _deliverer in range(2)]
    clock.forward(seconds=31)
    third = await office.database.run(Deliverer(office, sms).lost)

    assert (1, 0, 1) == (len(first), len(second), len(third))


async def test_who_starts_fetches_at_once_whoever_has_the_clock(office):
    """The process that was killed still holds the clock for a while; what was missed is not kept waiting for that."""
    fetched = []

    async def fetch():
        fetched.append(1)

    dead, started = Office(office.settings, office.database, {}, now=office.now), Clock(office, fetch)
    await Clock(dead).tick()
    await started.tick()
    await started.tick()

    assert [1] == fetched


class Listed:
    """A provider's list with one message in it that cannot be stored."""

    async def missed(self, _since, *, also):
        good = Received("sms", "SM8", ROSA, "comida", late=True)
        return [replace(good, provider_id="SM7", address=None), good]


async def test_one_that_breaks_us_keeps_nobody_waiting(office):
    """What came after it is heard, and it is tried again the next time."""
    with structlog.testing.capture_logs() as log:
        await missed.fetch(office, Listed())

    assert ["cannot_receive_missed", "fetched_missed"] == [each["event"] for each in log]
    assert [("SM8",)] == [tuple(row) for row in await office.run("SELECT provider_id FROM inbound WHERE provider_id IN ('SM7', 'SM8')")]
