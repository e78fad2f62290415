"""A number that was silent for long may be somebody else's: nothing personal, nothing routine, no role, until one question is answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import gate, still_you
from bot.channels import base
from bot.channels.twilio_errors import error_for
from bot.clock import Clock
from bot.inbox import who_is
from bot.outbox import report
from conversations.gate import MayAsk, Refusal
from storage import doubts, outbox, people
from storage.tables import Kind

PHONE, CHAT, COORDINATOR = "+16615550180", "700150", "+16615550100"
QUESTION = "Is this still you?"
ADDRESSES = {"sms": PHONE, "telegram": CHAT}


async def joins(house, channel="sms", text="MESA"):
    await house.hears(text, ADDRESSES[channel], channel)
    await house.hears("2", ADDRESSES[channel], channel)


async def known(house, address=PHONE, channel="sms"):
    return await house.database.run(lambda connection: people.at(connection, channel, address))


async def tick(house):
    await Clock(house).tick()
    await house.settled()


async def begins(house, kind=Kind.NEWS, address=PHONE):
    """Something we start is put into the outbox; what reaches the phone."""
    before = len(house.channels["sms"].texts_to(address))

    def write(connection):
        to = people.at(connection, "sms", address)
        row = {"person_id": to.person_id, "address_id": to.address_id, "channel": to.channel}
        outbox.write(connection, [{**row, "kind": kind, "text": "No school on Monday.", "created_at": house.now()}])

    await house.database.run(write)
    await house.settled()
    await house.settled()
    return house.channels["sms"].texts_to(address)[before:]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_after_ninety_days_it_asks_before_anything_personal(house, clock, channel):
    """Whoever writes then hears one question, in both languages, without a name, a role or a day."""
    await joins(house, channel)
    clock.forward(days=90)
    (heard,) = await house.hears("what do you know about me", ADDRESSES[channel], channel)

    assert QUESTION in heard
    assert "¿Sigue siendo usted?" in heard or "Sigue siendo usted?" in heard
    assert "part in the school" not in heard


async def test_after_eighty_nine_days_nothing_is_asked(house, clock):
    """A summer is not yet a stranger."""
    await joins(house)
    clock.forward(days=89)

    assert QUESTION not in (await house.hears("hola", PHONE))[0]


async def test_a_stranger_is_never_asked(house, clock):
    """Of whom nothing is known, nothing can be shown to another."""
    await house.hears("comida 93307", PHONE)
    clock.forward(days=200)

    assert QUESTION not in (await house.hears("comida 93307", PHONE))[0]


async def test_food_is_answered_before_the_question(house, clock):
    """Whoever asks for help is helped first, and then asked."""
    await joins(house)
    clock.forward(days=120)
    (heard,) = await house.hears("comida 93307", PHONE)

    assert heard.index("661-555") < heard.index(QUESTION)
    assert "1." not in heard


@pytest.mark.parametrize("answer", ["1", "yes", "sí", "soy yo", "still me"])
async def test_still_me_goes_on_as_before(house, clock, answer):
    """Their part in the school, their language, and what they had asked for in between."""
    await joins(house)
    clock.forward(days=91)
    await house.hears("mis datos", PHONE)
    clock.forward(minutes=2)
    heard = "\n".join(await house.hears(answer, PHONE))

    assert "familia" in heard
    assert not (await known(house)).doubted
    assert "No school on Monday." in (await begins(house))[0]


@pytest.mark.parametrize("answer", ["2", "no", "WRONG", "equivocado", "NOTME", "wrong number"])
async def test_not_me_leaves_a_stranger_with_nothing(house, clock, answer):
    """The old owner's part, language and texts are gone from this number, and their consent has ended."""
    await joins(house)
    old = await known(house)
    clock.forward(days=91)
    await house.hears("hello", PHONE)
    clock.forward(minutes=2)
    (heard,) = await house.hears(answer, PHONE)
    new = await known(house)
    consents = await house.run("SELECT what, how FROM consent WHERE address_id = :a ORDER BY id DESC", a=old.address_id)

    assert "Sorry." in heard
    assert ("stop", "not me") in [tuple(each) for each in consents]
    assert (None, None) == (new.role, new.language)
    assert new.person_id != old.person_id
    assert [] == await house.run("SELECT text FROM inbound WHERE text IS NOT NULL AND address_id = :a", a=old.address_id)
    assert [] == await begins(house)


async def test_the_number_itself_is_let_go_ten_minutes_later(house, clock):
    """Nobody who only said "not me" stays in our books."""
    await joins(house)
    clock.forward(days=91)
    await house.hears("hello", PHONE)
    await house.hears("WRONG", PHONE)
    clock.forward(minutes=11)
    await tick(house)

    assert await known(house) is None


async def test_the_new_owner_can_join_like_anybody(house, clock):
    """Nothing of the old one is in their way."""
    await joins(house)
    clock.forward(days=91)
    await house.hears("hello", PHONE)
    await house.hears("WRONG", PHONE)
    await house.hears("MESA", PHONE)
    await house.hears("1", PHONE)
    new = await known(house)

    assert ("family", "en", None) == (new.role, new.language, new.stopped_at)


async def test_the_old_owner_goes_on_elsewhere(house, clock):
    """Not me on the phone takes nothing from the Telegram chat of the person who had it."""
    await joins(house)
    await house.hears("hello", CHAT, "telegram")
    old = await known(house)
    await house.run("UPDATE address SET person_id = :p WHERE address = :a RETURNING id", p=old.person_id, a=CHAT)
    clock.forward(days=91)
    await house.hears("hello", PHONE)
    await house.hears("WRONG", PHONE)
    chat = await known(house, CHAT, "telegram")

    assert (old.person_id, "family", None) == (chat.person_id, chat.role, chat.stopped_at)
    assert (await known(house)).role is None


@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.INVITATION, Kind.SURVEY, Kind.REMINDER])
async def test_what_we_begin_becomes_the_question_once(house, clock, kind):
    """Instead of the news comes the question; instead of the next one, nothing."""
    await joins(house)
    clock.forward(days=90)
    await tick(house)
    first = await begins(house, kind)
    clock.forward(days=7)
    second = await begins(house, kind)

    assert QUESTION in first[0]
    assert "Monday" not in first[0]
    assert [] == second


async def test_an_urgent_text_and_an_alert_still_go(house, clock):
    """They name nobody, and a life may hang on them."""
    await joins(house)
    clock.forward(days=90)
    await tick(house)

    assert ["No school on Monday."] == await begins(house, Kind.URGENT)
    assert ["No school on Monday."] == await begins(house, Kind.ALERT, COORDINATOR)


@pytest.mark.parametrize("code", ["30005", "30006", "21211", "21614"])
async def test_a_number_the_carrier_has_lost_is_asked_too(house, code):
    """Said at once, or in a callback later."""
    await joins(house)
    house.channels["sms"].fails = [error_for(code)]
    await begins(house)

    assert (await known(house)).doubted
    assert QUESTION in (await begins(house))[0]


async def test_a_callback_says_it_as_well(house):
    """The carrier finds out after it took the text."""
    await joins(house)
    status = base.StatusReport("sms-1", "failed", code="30005", gone=True)
    await house.database.run(lambda connection: report(connection, "sms", status, house.now(), house))
    status = base.StatusReport("sms-2", "failed", code="30003")
    await house.database.run(lambda connection: report(connection, "sms", status, house.now(), house))

    assert (await known(house)).doubted


async def test_a_phone_that_was_off_is_not_doubted(house):
    """Off, filtered or full is not gone."""
    await joins(house)
    house.channels["sms"].fails = [base.Refused("30007")]
    await begins(house)

    assert not (await known(house)).doubted


async def test_a_role_does_not_work_from_a_doubted_number(house, clock):
    """No code of the gate goes there, and no word that staff may say is heard."""
    await house.hears("hello", COORDINATOR)
    clock.forward(days=91)
    await tick(house)
    staff = await known(house, COORDINATOR)
    stands = await house.database.run(lambda c: gate.standing(c, staff, MayAsk("add staff", "x"), house.now()))
    (heard,) = await house.hears("my data", COORDINATOR)

    assert staff.doubted
    assert not who_is(staff).joined
    assert stands.refusal in {Refusal.UNREACHABLE, Refusal.NOT_YOURS}
    assert await house.database.run(lambda c: people.on_file(c, staff.person_id)) is None
    assert "coordinator" not in heard


async def test_a_role_works_again_after_still_me(house, clock):
    """One answer, and all is as before."""
    await house.hears("hello", COORDINATOR)
    clock.forward(days=91)
    await house.hears("hello", COORDINATOR)
    clock.forward(minutes=2)
    await house.hears("1", COORDINATOR)
    clock.forward(minutes=1)

    assert "coordinator" in (await house.hears("my data", COORDINATOR))[0]


async def test_stop_and_danger_come_before_the_question(house, clock):
    """As everywhere."""
    await joins(house)
    clock.forward(days=91)
    crisis = await house.hears("i want to die", PHONE)
    stop = await house.hears("STOP", PHONE)

    assert "988" in crisis[0]
    assert QUESTION not in crisis[0]
    assert "START" in stop[0]
    assert (await known(house)).stopped_at is not None


async def test_an_answer_from_before_the_question_does_not_count(house, clock):
    """A "1" within a minute of a question that nobody asked for was perhaps meant for something else."""
    await joins(house)
    clock.forward(days=91)
    await tick(house)
    await begins(house)
    clock.forward(seconds=30)
    (heard,) = await house.hears("1", PHONE)

    assert QUESTION in heard
    assert (await known(house)).doubted


async def test_who_never_answers_gets_at_most_a_few_texts(house, clock):
    """A machine that talks with us is left alone after a while."""
    await joins(house)
    clock.forward(days=91)
    heard = [await house.hears("xyz", PHONE) for _ in range(14)]

    assert "661-555-0100" in heard[4][0]
    assert [] == heard[-1]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_sweep_reads_an_index(house):
    """Looking for the silent costs the same in a large town."""
    plan = await house.run("EXPLAIN QUERY PLAN SELECT id FROM address WHERE heard_at <= '2020-01-01' AND doubted_at IS NULL")

    assert "address_silent" in str(plan)


async def test_the_sweep_goes_on_where_it_stopped(house, clock):
    """A large town is looked through in parts, and nobody twice."""
    everybody = (await house.run("SELECT count(DISTINCT a.id) FROM address a JOIN membership m ON m.person_id = a.person_id"))[0][0]
    clock.forward(days=4000)
    rounds = [await house.database.run(lambda c: doubts.arise(c, house.now(), most=everybody - 1)) for _ in range(3)]

    assert [everybody - 1, 1, 0] == rounds


async def test_the_question_is_not_asked_where_it_may_not_go(house, clock):
    """After STOP, twice, or of somebody we are sure of."""
    await joins(house)
    sure = await known(house)
    asked = await house.database.run(lambda c: still_you.ask(c, sure.address_id, house.now(), house.rules))
    await house.hears("STOP", PHONE)
    clock.forward(days=91)
    await tick(house)
    stopped = await house.database.run(lambda c: still_you.ask(c, sure.address_id, house.now(), house.rules))

    assert (0, 0) == (asked, stopped)


SAID = st.lists(
    st.sampled_from(
        [
            "hello",
            "comida 93307",
            "mis datos",
            "MENU",
            "CALL",
            "temas",
            "who is this",
            "de donde sacaron mi numero",
            "1",
            "2",
            "3",
            "back",
            "topics",
            "MESA",
            "START",
            "my data",
            "español",
            "borrar",
            "link my phone",
            "unlink",
            "ok",
            "yes",
            "news",
            "help",
        ]
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@given(before=SAID, after=SAID)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_after_not_me_nothing_of_the_old_person_is_ever_shown(house, clock, before, after):
    """Whatever is said before and after it: not the role, the day they joined, the conversation they were in, nor their call."""
    number = f"+1661555{test_after_not_me_nothing_of_the_old_person_is_ever_shown.__dict__.setdefault('n', 0):04}"
    test_after_not_me_nothing_of_the_old_person_is_ever_shown.__dict__["n"] += 1
    await house.hears("MESA", number)
    await house.hears("2", number)
    await house.hears("llamar", number)
    await house.hears("1", number)
    await house.hears("no encuestas", number)
    clock.forward(days=91)
    before = [said for said in before if said not in {"MESA", "START", "1", "yes", "2"}]
    heard = [text for said in before for text in await house.hears(said, number)]
    clock.forward(minutes=2)
    heard += await house.hears("hola", number)
    clock.forward(minutes=2)
    heard += await house.hears("WRONG", number)
    clock.forward(minutes=2)
    after = [said for said in after if said not in {"MESA", "START", "1", "2", "3", "CALL", "yes"}]
    heard += [text for said in after for text in await house.hears(said, number)]
    shown = "\n".join(heard)

    for personal in ("familia.", "family.", "Se inscribió el", "signed up on", "You joined", "Again: surveys", "De nuevo", "You wait for"):
        assert personal not in shown


@pytest.mark.parametrize("asks", ["START", "MESA", "hola, quiero MESA"])
async def test_who_asked_to_sign_up_and_is_somebody_else_signs_up_anew(house, clock, asks):
    """What they then see of themselves is their own: today as the day they signed up, and no call that the old one waits for."""
    for said in ("MESA", "2", "llamar", "1"):
        await house.hears(said)
    clock.forward(days=91)
    await house.hears(asks)
    clock.forward(minutes=2)
    assert any("Which language?" in text for text in await house.hears("WRONG"))
    clock.forward(minutes=2)
    [mine] = await house.hears("mis datos")

    assert "Se inscribio el mié, 17 feb" in mine
    assert "18 nov" not in mine
    assert "llamada" not in mine
