"""Where we write to when we begin: one person once, at the address they chose, or else wrote from last; and never where it may not go."""

import re

import pytest
from conftest import Carrier, Office
from sqlmodel import col

from bot.settings import Settings
from storage import doubts, people, reaching
from storage.tables import Membership, Person

PHONE, CHAT, COORDINATOR, OURS = "+16615550180", "700150", "+16615550100", "+16615550190"


@pytest.fixture
def house(database, database_url, clock):
    channels = {"sms": Carrier("sms"), "telegram": Carrier("telegram", taps=True)}
    return Office(Settings(database_url=database_url, lease_seconds=30.0, twilio_from=OURS), database, channels, now=clock)


async def linked(house, clock, where=""):
    """A family with a phone and a chat; what the phone heard last."""
    for said in ("MESA", "1"):
        await house.hears(said, PHONE)
    clock.forward(minutes=1)
    await house.hears("hello", CHAT, "telegram")
    (shown,) = await house.hears("link my phone", CHAT, "telegram")
    clock.forward(minutes=1)
    await house.hears(f"LINK {re.search(r'[0-9]{6}', shown)[0]}", PHONE)
    await house.settled()
    if where:
        clock.forward(minutes=2)
        await house.hears(where, PHONE)
    await house.settled()
    return house.channels["sms"].texts_to(PHONE)[-1]


async def reach(house, address=PHONE, channel="sms"):
    known = await house.database.run(lambda c: people.at(c, channel, address))
    query = reaching.reachable().where(col(Person.id) == known.person_id)
    return await house.database.run(lambda c: c.execute(query).one())


async def test_linking_asks_where_they_want_to_hear_from_us(house, clock):
    """On the phone that texted the code."""
    heard = await linked(house, clock)

    assert heard.startswith("Linked:")
    assert "Where do you want our messages?\n1. Telegram\n2. Text message" in heard


@pytest.mark.parametrize(("answer", "channel"), [("1", "telegram"), ("2", "sms")])
async def test_what_they_choose_stays_wherever_they_write(house, clock, answer, channel):
    """The last address counts only where nothing was chosen."""
    await linked(house, clock, answer)
    clock.forward(minutes=5)
    await house.hears("hello", *({"telegram": (PHONE, "sms"), "sms": (CHAT, "telegram")}[channel]))

    assert (channel, None) == ((await reach(house)).channel, (await reach(house)).why_not)


async def test_without_a_choice_the_address_they_used_last(house, clock):
    """One row for one person."""
    await linked(house, clock)
    first = (await reach(house)).channel
    clock.forward(minutes=5)
    await house.hears("hello", CHAT, "telegram")

    assert ("sms", "telegram") == (first, (await reach(house)).channel)


async def test_a_number_in_doubt_is_passed_over_for_one_that_is_not(house, clock):
    """Chosen or not."""
    await linked(house, clock, "2")
    phone = await house.database.run(lambda c: people.at(c, "sms", PHONE))
    await house.database.run(lambda c: doubts.doubt(c, phone.address_id, house.now()))

    assert ("telegram", None) == ((await reach(house)).channel, (await reach(house)).why_not)


async def test_it_says_why_not(house, clock):
    """Stopped, silent and to be asked, asked and silent, lost by the channel."""
    for said in ("MESA", "1"):
        await house.hears(said, PHONE)
    known = await house.database.run(lambda c: people.at(c, "sms", PHONE))
    reasons = [(await reach(house)).why_not]
    await house.database.run(lambda c: doubts.doubt(c, known.address_id, house.now()))
    reasons.append((await reach(house)).why_not)
    await house.database.run(lambda c: doubts.ask_once(c, known.address_id, house.now()))
    reasons.append((await reach(house)).why_not)
    await house.database.run(lambda c: people.set_reachable(c, known.address_id, since=house.now()))
    reasons.append((await reach(house)).why_not)
    await house.database.run(lambda c: people.stop(c, known.person_id, house.now()))
    reasons.append((await reach(house)).why_not)

    assert [None, reaching.SILENT, reaching.UNANSWERED, reaching.UNREACHABLE, reaching.STOPPED] == reasons
    assert await house.database.run(lambda c: reaching.where_to_write(c, known.person_id)) is None


async def test_a_stranger_is_no_recipient(house):
    """Who never joined does not know who we are."""
    await house.hears("food 93307", PHONE)

    assert reaching.UNKNOWN == (await reach(house)).why_not


async def test_it_reads_whole_schools_in_one_statement(house):
    """One row for each member, narrowed by whatever is joined."""
    query = reaching.reachable().join(Membership, col(Membership.person_id) == col(Person.id)).where(col(Membership.role) == "coordinator")
    rows = await house.database.run(lambda c: c.execute(query).all())

    assert len({row.person_id for row in rows}) == len(rows) >= 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_best_address_is_found_by_an_index(house):
    """However many addresses there are."""
    sql = str(reaching.reachable().where(col(Person.id) == 1).compile(house.database.engine, compile_kwargs={"literal_binds": True}))
    plan = str(await house.run(f"EXPLAIN QUERY PLAN {sql}"))

    assert "address_of_person" in plan
    assert "SCAN address" not in plan


# Unlinking


async def test_unlinking_makes_two_of_one(house, clock):
    """Asked and answered; the part in the school stays where they had signed up."""
    await linked(house, clock, "1")
    clock.forward(minutes=2)
    await house.hears("desvincular", PHONE)
    clock.forward(minutes=2)
    (done,) = await house.hears("1", PHONE)
    phone = await house.database.run(lambda c: people.at(c, "sms", PHONE))
    chat = await house.database.run(lambda c: people.at(c, "telegram", CHAT))

    assert done.startswith("Done:")
    assert phone.person_id != chat.person_id
    assert ("family", None) == (phone.role, chat.role)
    assert "sms" == (await reach(house)).channel


@pytest.mark.parametrize("stops", [(PHONE, "sms"), (CHAT, "telegram")])
async def test_stop_stays_on_both_after_unlinking(house, clock, stops):
    """Nobody comes back by being parted."""
    await linked(house, clock, "1")
    await house.hears("STOP", *stops)
    await house.hears("unlink", CHAT, "telegram")
    clock.forward(minutes=2)
    await house.hears("yes", CHAT, "telegram")
    both = [await house.database.run(lambda c, at=at: people.at(c, *at)) for at in (("sms", PHONE), ("telegram", CHAT))]

    assert both[0].person_id != both[1].person_id
    assert [True, True] == [each.stopped_at is not None for each in both]


async def test_both_keep_their_part_where_both_had_agreed(house, clock):
    """And what they did without."""
    for said in ("MESA", "1", "no surveys"):
        await house.hears(said, CHAT, "telegram")
    await linked(house, clock, "2")
    await house.hears("unlink", CHAT, "telegram")
    clock.forward(minutes=2)
    await house.hears("1", CHAT, "telegram")
    both = [await house.database.run(lambda c, at=at: people.at(c, *at)) for at in (("sms", PHONE), ("telegram", CHAT))]
    muted = await house.run("SELECT person_id FROM preference ORDER BY person_id")

    assert ["family", "family"] == [each.role for each in both]
    assert sorted(each.person_id for each in both) == [each.person_id for each in muted]


async def test_no_to_unlinking_changes_nothing(house, clock):
    """They stay one."""
    await linked(house, clock, "1")
    await house.hears("unlink", PHONE)
    clock.forward(minutes=2)
    (heard,) = await house.hears("2", PHONE)

    assert "stay linked" in heard


async def test_my_data_offers_both(house, clock):
    """Where we write, and unlinking, for those who are linked."""
    await linked(house, clock, "1")
    (shown,) = await house.hears("my data", PHONE)
    clock.forward(minutes=2)
    (where,) = await house.hears("1", PHONE)
    clock.forward(minutes=2)
    (chosen,) = await house.hears("2", PHONE)

    assert "2. Unlink" in shown
    assert "Where do you want our messages?" in where
    assert "as a text message" in chosen


async def test_staff_are_not_unlinked_by_a_text(house):
    """A text can be forged."""
    old = await house.database.run(lambda c: people.at(c, "sms", COORDINATOR))
    await house.hears("hello", CHAT, "telegram")
    await house.run("UPDATE address SET person_id = :p WHERE address = :a RETURNING id", p=old.person_id, a=CHAT)

    assert "belongs to staff" in (await house.hears("unlink", CHAT, "telegram"))[0]
