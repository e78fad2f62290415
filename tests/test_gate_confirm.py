"""What a flow gets from `confirmed`: yes for exactly what was asked for, however often the flow is run again."""

from functools import partial

import pytest
from test_gate_codes import COORDINATOR, code_in

from bot import effects, gate, inbox
from bot.turning import At, Rules
from conversations.dialogue import hear
from conversations.effects import AskForCode
from conversations.engine import conversation
from conversations.flows import FLOWS
from conversations.flows.confirm import confirmed
from conversations.gate import ANNOUNCE, action
from conversations.questions import YesNo
from conversations.state import Memory
from conversations.steps import Entry
from conversations.words import _
from locales import reading
from storage import people
from storage.tables import Kind


class Draft:
    """A coordinator with an announcement, whose audience may change while they look for the phone."""

    def __init__(self, house):
        self.house, self.phones, self.sent = house, 412, []
        self.flows = {**FLOWS, "announce": Entry(self.announce, _("announcing"))}

    async def announce(self, talk):
        what = action(ANNOUNCE, _("Send it to {n} phones.", n=self.phones), {"draft": "Gym!", "phones": self.phones})
        if await confirmed(talk, what):
            await talk.ask(YesNo("pictures", _("With the picture?")))
            self.sent.append(what)
            talk.say(_("Done."))

    async def says(self, text=""):
        """One message of theirs, through the gate and back; all the texts they have got since."""
        before = len(self.house.channels["sms"].texts_to(COORDINATOR))
        await self.house.database.run(partial(self.turn, text=text))
        await self.house.settled()
        return self.house.channels["sms"].texts_to(COORDINATOR)[before:]

    def turn(self, connection, text):
        known = people.at(connection, "sms", COORDINATOR)
        memory = Memory.from_json(known.memory) if text else Memory(open=conversation("announce"))
        reply = reading.read(text or "qwerty", language="en")
        turn = inbox.drive(hear(self.flows, memory, reply, inbox.who_is(known)), At(connection, known, self.house.now()))
        inbox.finish(connection, known, turn, Kind.REPLY, now=self.house.now(), rules=Rules())


@pytest.fixture
def draft(house):
    return Draft(house)


async def test_what_was_proved_stays_proved(draft):
    """The next question runs the flow from the top: nobody is asked for the code again, and no second one is sent."""
    code = code_in(await draft.says())
    (asked,) = await draft.says(code)
    (done,) = await draft.says("1")

    assert ("With the picture? 1 yes 2 no", "Done.") == (asked, done)
    assert 1 == len(await draft.house.run("SELECT id FROM gate_code"))


async def test_what_changed_is_asked_for_anew(draft):
    """One family more is another action: the old code is void, and a new one says the new number."""
    old = code_in(await draft.says())
    draft.phones = 413
    texted, asked = await draft.says(old)

    assert "413" in texted
    assert "has changed" in asked
    assert [] == draft.sent
    assert ["With the picture? 1 yes 2 no"] == await draft.says(code_in([texted]))


async def test_what_changed_after_the_proof_is_asked_for_anew(draft):
    """Not even a proved code carries over to another content."""
    await draft.says(code_in(await draft.says()))
    draft.phones = 413
    texted, asked = await draft.says("1")

    assert "413" in texted
    assert "To do it" in asked
    assert [] == draft.sent


async def test_a_lock_holds_after_the_proof_too(draft):
    """Between the code and the deed somebody said NOTME: the conversation ends in words."""
    await draft.says(code_in(await draft.says()))
    await draft.house.database.run(lambda c: gate.lock(c, people.at(c, "sms", COORDINATOR), draft.house.now()))
    said = await draft.says("1")

    assert "locked" in said[0]
    assert [] == draft.sent


async def test_spanish_hears_it_in_spanish(draft):
    """The code, what it does, and NOYO."""
    await draft.house.run(
        "UPDATE person SET language = 'es' WHERE id IN (SELECT person_id FROM address WHERE address = '+16615550100') RETURNING id"
    )
    texted, asked = await draft.says()

    assert "Vale 10 minutos" in texted
    assert "NOYO" in texted
    assert "NOYO" in asked


async def test_an_effect_that_asks_twice_sends_no_more_than_five(house):
    """Whatever a flow does: five texts an hour is what a real phone may get from a forger."""
    what = action(ANNOUNCE, _("Send it."), {"draft": "Gym!"})

    def unit(connection):
        known = people.at(connection, "sms", COORDINATOR)
        effects.apply(AskForCode(what), At(connection, known, house.now()))

    for _n in range(8):
        await house.database.run(unit)

    assert 5 == len(await house.run("SELECT id FROM outbox WHERE kind = 'code'"))
