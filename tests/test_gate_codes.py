"""The gate: a number is a hint, not a login. What reaches many, exports or deletes needs what only the real person has."""

import asyncio
import re
from datetime import timedelta
from functools import partial

import pyotp
import pytest
from conftest import also_at
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import gate
from conversations.gate import ANNOUNCE, MAY, WEIGHTS, Asked, MayAsk, Prove, Refusal, Standing, action, may
from conversations.words import _
from storage import people
from storage.database import open_database
from storage.gate import locks, totp

COORDINATOR, LIAISON = "+16615550100", "+16615550110"
DRAFT = action(
    ANNOUNCE, _("Send the text to {n} phones.", n=412), {"draft": "Family night is in the gym.", "audience": ["family"], "phones": 412}
)
OTHER = action(
    ANNOUNCE, _("Send the text to {n} phones.", n=413), {"draft": "Family night is in the gym.", "audience": ["family"], "phones": 413}
)


class Desk:
    """The gate in front of one person, with a code that the test knows."""

    def __init__(self, house, address=COORDINATOR):
        self.house, self.address = house, address

    async def at(self, unit):
        return await self.house.database.run(lambda c: unit(c, people.at(c, "sms", self.address), now=self.house.now()))

    async def ask(self, what=DRAFT, code="483920"):
        return await self.at(partial(gate.ask, action=what, chance=lambda: code))

    async def prove(self, given, what=DRAFT):
        return await self.at(partial(gate.prove, query=Prove(what.name, what.digest, given)))

    async def spend(self, what=DRAFT):
        return await self.at(partial(gate.spend, action=what))

    async def standing(self, what=DRAFT):
        return await self.at(partial(gate.standing, query=MayAsk(what.name, what.digest)))

    async def enrols(self):
        secret = totp.new_secret()

        def unit(connection, known, now):
            totp.enrol(connection, known.person_id, secret, 0, now)

        await self.at(unit)
        return secret


@pytest.fixture
def desk(house):
    return Desk(house)


async def outcomes(house):
    return [outcome for (outcome,) in await house.run("SELECT outcome FROM audit ORDER BY id")]


def code_in(texts):
    return next(found[0] for each in texts if (found := re.search(r"\b\d{6}\b", each)))


# Who may


@pytest.mark.parametrize("role", people.ROLES)
def test_every_role_has_a_line(role):
    """A role that is forgotten in the table may nothing; none is."""
    assert role in MAY


def test_who_may_do_what():
    """Families their own, liaisons for one family, coordinators to many, managers all."""
    granted = {role: sorted(name for name in WEIGHTS if may(role, name)) for role in ("family", "liaison", "coordinator", "manager")}

    assert granted == {
        "family": ["export own", "forget own"],
        "liaison": ["act for", "export own", "forget own"],
        "coordinator": ["act for", "announce", "export", "export own", "forget own"],
        "manager": sorted(WEIGHTS),
    }


def test_what_is_unknown_is_refused():
    """A new action opens nothing until somebody has written down whose it is."""
    assert [False, False] == [may("manager", "launch"), may("mayor", ANNOUNCE)]


def test_the_digest_is_of_the_exact_content():
    """The order of writing is nothing; one family more is another action."""
    again = action(ANNOUNCE, _("Something else"), {"phones": 412, "audience": ["family"], "draft": "Family night is in the gym."})

    assert DRAFT.digest == again.digest != OTHER.digest


# Codes


async def test_the_code_goes_to_the_real_phone(house, desk):
    """Whoever forges a coordinator's number never sees it; the coordinator does, and what it would do."""
    assert await desk.ask() is None
    await house.settled()

    (text_sent,) = house.channels["sms"].texts_to(COORDINATOR)
    assert "483920" in text_sent
    assert "Send the text to 412 phones." in text_sent
    assert "NOTME" in text_sent


async def test_the_code_goes_to_the_first_address_on_file(house, desk):
    """An address that was added later, perhaps by a thief, gets none."""
    await also_at(house, COORDINATOR, "77")
    await Desk(house).at(lambda c, _known, now: gate.ask(c, people.at(c, "telegram", "77"), DRAFT, now, chance=lambda: "483920"))
    await house.settled()

    assert [1, 0] == [len(house.channels["sms"].accepted), len(house.channels["telegram"].accepted)]


async def test_a_right_code_opens_once(house, desk):
    """Proved is not yet done; done is not done twice; each step is written down."""
    await desk.ask()

    assert await desk.prove("483920") is None
    await desk.spend()
    with pytest.raises(gate.NotProved):
        await desk.spend()
    assert ["asked for a code", "proved", "done"] == await outcomes(house)


async def test_a_code_that_was_read_tells_that_the_phone_is_in_their_hand(house, desk, clock):
    """Who types it somewhere else, week after week, is not asked whether the number is still theirs. A wrong code tells nothing."""
    heard = f"SELECT heard_at FROM address WHERE address = '{COORDINATOR}'"
    ((before,),) = await house.run(heard)
    clock.forward(days=60)
    await desk.ask()
    await desk.prove("000000")
    assert [(before,)] == await house.run(heard)
    await desk.prove("483920")

    assert [(before,)] != await house.run(heard)


async def test_nothing_gated_happens_without_a_proof(desk):
    """A flow that forgot to ask stops loudly, and nothing has happened."""
    await desk.ask()
    with pytest.raises(gate.NotProved, match="confirmed"):
        await desk.spend()


async def test_the_code_itself_is_nowhere_once_it_is_used(house, desk):
    """Only a keyed hash was kept, and the text that carried it is emptied."""
    await desk.ask()
    await house.settled()
    await desk.prove("483920")

    assert [(None,)] == await house.run("SELECT text FROM outbox WHERE kind = 'code'")
    assert [] == [row for row in await house.run("SELECT hash, digest, action FROM gate_code") if "483920" in row]


async def test_a_changed_action_voids_the_code(desk):
    """A code for 412 families sends nothing to 413."""
    await desk.ask()

    assert Refusal.CHANGED is await desk.prove("483920", OTHER)
    assert Refusal.OVER is await desk.prove("483920", DRAFT)


@pytest.mark.parametrize(("seconds", "expected"), [(599, None), (600, Refusal.EXPIRED)])
async def test_a_code_is_good_for_ten_minutes(desk, clock, seconds, expected):
    """And not a second longer."""
    await desk.ask()
    clock.forward(seconds=seconds)

    assert expected is await desk.prove("483920")


async def test_three_tries_and_the_code_is_void(desk):
    """The right one comes too late."""
    await desk.ask()
    tries = [await desk.prove(guess) for guess in ("000000", "111111", "222222", "483920")]

    assert [Refusal.WRONG, Refusal.WRONG, Refusal.OVER, Refusal.OVER] == tries


async def test_a_new_code_voids_the_old(desk):
    """One is open at a time."""
    await desk.ask(code="111111")
    await desk.ask(code="222222")

    assert [Refusal.WRONG, None] == [await desk.prove("111111"), await desk.prove("222222")]


async def test_five_codes_an_hour(house, desk, clock):
    """A forger cannot keep the real phone ringing; after an hour there are codes again."""
    asked = [await desk.ask() for _n in range(6)]
    clock.forward(hours=1, seconds=1)

    assert [None] * 5 + [Refusal.TOO_OFTEN] == asked
    assert await desk.ask() is None
    assert 6 == len(await house.run("SELECT id FROM gate_code"))


async def test_who_was_asked_may_answer_though_the_hour_is_full(desk):
    """The fifth code is as good as the first."""
    for _n in range(5):
        await desk.ask()

    assert Standing() == await desk.standing()
    assert Standing(Refusal.TOO_OFTEN) == await desk.standing(OTHER)


async def test_ten_wrong_guesses_lock(house, desk):
    """Guessing through many codes ends; the lock is not for an hour, but until somebody has looked."""
    for n in range(4):
        await desk.ask(code="483920")
        tries = [await desk.prove(f"00000{n}") for _try in range(3)]

    assert Refusal.LOCKED is tries[0]
    assert Refusal.LOCKED is await desk.ask()
    assert 10 == (await outcomes(house)).count("wrong code")


async def test_an_unlocked_person_begins_anew(desk):
    """The operator forgave the wrong guesses: one more does not lock again."""
    for _n in range(4):
        await desk.ask()
        for _try in range(3):
            await desk.prove("000000")
    desk.house.now.forward(hours=2)
    await desk.at(gate.unlock)
    await desk.ask()

    assert [Refusal.WRONG, None] == [await desk.prove("000000"), await desk.prove("483920")]


async def test_a_family_may_not_announce(house):
    """Not even with every code in the world; it is written down."""
    assert Refusal.NOT_YOURS is await Desk(house, LIAISON).ask()
    assert ["not theirs to do"] == await outcomes(house)
    assert [] == await house.run("SELECT id FROM outbox WHERE kind = 'code'")


async def test_one_code_used_in_parallel_opens_once(house, desk):
    """Twenty at once: one gets through, and the deed is done once."""
    await desk.ask()
    proofs = await asyncio.gather(*(desk.prove("483920") for _n in range(20)))
    deeds = await asyncio.gather(*(desk.spend() for _n in range(20)), return_exceptions=True)

    assert 1 == proofs.count(None)
    assert 1 == deeds.count(None)
    assert {None, gate.NotProved} == {each and type(each) for each in deeds}


# Authenticators


async def test_who_has_an_authenticator_uses_it_for_what_reaches_many(house, desk):
    """No code is texted that could be read over a shoulder."""
    secret = await desk.enrols()

    assert Standing(app=True) == await desk.standing()
    assert await desk.ask() is None
    assert [] == await house.run("SELECT id FROM outbox WHERE kind = 'code'")
    assert Refusal.WRONG is await desk.prove("483920")
    assert await desk.prove(pyotp.TOTP(secret).at(house.now())) is None


@pytest.mark.parametrize(("seconds", "expected"), [(-61, Refusal.WRONG), (-30, None), (0, None), (30, None), (61, Refusal.WRONG)])
async def test_a_clock_may_be_half_a_minute_off(house, desk, seconds, expected):
    """One step to each side, no more."""
    secret = await desk.enrols()
    await desk.ask()

    assert expected is await desk.prove(pyotp.TOTP(secret).at(house.now() + timedelta(seconds=seconds)))


async def test_the_same_step_is_refused_the_second_time(house, desk):
    """Who looked over the shoulder comes too late."""
    secret = await desk.enrols()
    given = pyotp.TOTP(secret).at(house.now())
    await desk.ask()
    first = await desk.prove(given)
    await desk.ask(OTHER)

    assert [None, Refusal.WRONG] == [first, await desk.prove(given, OTHER)]


# NOTME


async def test_not_me_locks_and_tells_the_others(house):
    """The forger is out, the others know the end of the number, and families are still helped."""
    await house.database.run(partial(_principal, now=house.now()))
    await house.hears("DELETE", COORDINATOR)
    await house.hears("1", COORDINATOR)
    (locked,) = await house.hears("notme", COORDINATOR)
    principal = house.channels["sms"].texts_to("+16615550101")

    assert "Locked" in locked
    assert "Nothing was sent." in locked
    assert [True] == ["ending in 0100" in each for each in principal]
    assert Refusal.LOCKED is await Desk(house).ask()
    assert "Food near Bakersfield (93307)" in (await house.hears("food 93307", COORDINATOR))[0]


def _principal(connection, now):
    known = people.meet(connection, "sms", "+16615550101", now, language="en")
    people.add_member(connection, known.person_id, known.school_id, "principal", now)


async def test_not_me_says_so_when_something_was_done(house, desk):
    """Somebody had the phone and the code: the coordinator hears that it is worse."""
    await desk.ask()
    await desk.prove("483920")
    await desk.spend()

    (said,) = await house.hears("no fui yo", COORDINATOR)
    assert "something was done" in said
    assert Asked.DONE is await desk.at(gate.asked_lately)


async def test_not_me_takes_back_a_proof(desk):
    """What was proved and not yet done is not done."""
    await desk.ask()
    await desk.prove("483920")
    await desk.at(gate.not_me)
    await desk.at(gate.unlock)

    with pytest.raises(gate.NotProved):
        await desk.spend()


async def test_a_day_later_not_me_is_ordinary_text(house, desk, clock):
    """It is heard where it makes sense."""
    await desk.ask()
    clock.forward(days=1, seconds=1)
    await house.settled()
    (said,) = await house.hears("NOTME", COORDINATOR)

    assert [("skipped", "void")] == await house.run("SELECT state, reason FROM outbox WHERE kind = 'code'")
    assert "I did not understand" in said
    assert [] == await house.run("SELECT id FROM gate_lock")


async def test_a_lock_survives_a_restart(desk, database_url):
    """It stands in the database."""
    await desk.at(gate.not_me)
    other = open_database(database_url)

    assert other.run_now(lambda c: locks.locked(c, people.at(c, "sms", COORDINATOR).person_id))
    other.close()


# The conversation


async def test_a_coordinator_is_forgotten_with_a_code_only(house):
    """More hangs on a staff number: who forges it and texts DELETE, 1, gets nowhere."""
    await house.hears("DELETE", COORDINATOR)
    texted, asked = await house.hears("1", COORDINATOR)
    code = code_in([texted])
    (wrong,) = await house.hears("000000" if code != "000000" else "111111", COORDINATOR)
    (gone,) = await house.hears(f"{code[:3]} {code[3:]}", COORDINATOR)

    assert code not in asked
    assert "That is not the code." in wrong
    assert "Erased" in gone
    assert "done" == (await outcomes(house))[-1]


async def test_no_screen_keeps_a_code(house):
    """What is remembered says that it was proved, and never with what."""
    await house.hears("DELETE", COORDINATOR)
    code = code_in(await house.hears("1", COORDINATOR))
    await house.hears("my code is 12", COORDINATOR)
    memories = await house.run("SELECT memory FROM address")

    assert [] == [row for row in memories if code in str(row[0])]


async def test_no_lets_it_go(house):
    """NO is always an answer."""
    await house.hears("DELETE", COORDINATOR)
    await house.hears("1", COORDINATOR)
    (said,) = await house.hears("no", COORDINATOR)

    assert "nothing was done" in said


async def test_a_code_that_is_too_old_is_made_again(house, clock):
    """The person is there: a new one comes at once."""
    await house.hears("DELETE", COORDINATOR)
    old = code_in(await house.hears("1", COORDINATOR))
    clock.forward(minutes=11)
    texted, asked = await house.hears(old, COORDINATOR)

    assert "too old" in asked
    assert "Erased" in (await house.hears(code_in([texted]), COORDINATOR))[0]


async def test_three_wrong_codes_end_it(house):
    """In words, and with nothing done."""
    await house.hears("DELETE", COORDINATOR)
    code = code_in(await house.hears("1", COORDINATOR))
    wrong = "000000" if code != "000000" else "111111"
    said = [(await house.hears(wrong, COORDINATOR))[0] for _n in range(3)]

    assert "that code is void" in said[-1]
    assert [("coordinator",)] == await house.run(
        "SELECT role FROM membership m JOIN address a ON a.person_id = m.person_id WHERE a.address = '+16615550100'"
    )


# The log


@pytest.mark.parametrize("change", ["UPDATE audit SET outcome = 'forged'", "DELETE FROM audit"])
async def test_the_audit_log_cannot_be_changed(desk, change):
    """Not even by us: the database itself refuses."""
    await desk.ask()
    with pytest.raises(DBAPIError, match="append-only"):
        await desk.house.database.run(lambda c: c.execute(text(change)))


async def test_the_audit_log_has_no_number_and_no_text(house, desk):
    """A digest says that it was the same; not what."""
    await desk.ask()
    await desk.prove("483920")
    await desk.spend()
    kept = str(await house.run("SELECT * FROM audit"))

    assert [] == [word for word in ("6615550100", "gym", "483920") if word in kept]
