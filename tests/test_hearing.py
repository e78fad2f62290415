"""What is said that is neither a keyword nor a need: who we are, a child, a fraud, a crisis and the days after."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import members
from bot.clock import Clock
from conversations.keywords import Meaning
from locales.reading import read
from storage import outbox, people, retention
from storage.tables import Address, Call, Inbound, Kind, Outbox, Person

PARENT = "+16615550170"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("who is this", Meaning.WHO),
        ("Who are you??", Meaning.WHO),
        ("¿Quién es?", Meaning.WHO),
        ("how did you get my number", Meaning.WHO),
        ("de donde sacaron mi numero", Meaning.WHO),
        ("did you text me to pay a fee?", Meaning.SCAM),
        ("ustedes me pidieron pagar una cuota?", Meaning.SCAM),
        ("REPORT", Meaning.REPORT),
        ("reporte", Meaning.REPORT),
        ("im in 5th grade can i join", Meaning.CHILD),
        ("estoy en 5to puedo entrar?", Meaning.CHILD),
        ("i'm 11 years old", Meaning.CHILD),
        ("we got evicted, staying with my sister", Meaning.EVICTED),
        ("nos sacaron de la casa, estamos con mi hermana", Meaning.EVICTED),
        ("this f***ing school never answers the phone", Meaning.ANGER),
        ("pinche escuela nunca contesta", Meaning.ANGER),
        ("my son is in 5th grade", None),
        ("mi hijo está en quinto grado", None),
        ("tengo 10 años viviendo aquí", None),
        ("i'm 10 minutes late", None),
        ("who is this for?", None),
        ("para quien es", None),
        ("when are report cards", None),
        ("help paying rent", None),
        ("my kids are staying with my mom today", None),
        ("food", None),
    ],
)
def test_what_a_sentence_is_about_is_heard(said, meant):
    """And a parent who speaks of a child is not taken for one."""
    assert meant is read(said).meaning


@pytest.mark.parametrize(
    ("said", "name", "of_a_town"),
    [
        ("ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "ਪੰਜਾਬੀ", False),
        ("أحتاج مساعدة", "العربية / فارسی / اردو", False),
        ("我需要帮助", "中文", False),
        ("食べ物が必要です", "日本語", False),
        ("도움이 필요해요", "한국어", False),
        ("Мне нужна помощь", "Русский / Українська", False),
        ("ฉันต้องการความช่วยเหลือ", "ไทย", False),
        ("ខ្ញុំត្រូវការជំនួយ", "ខ្មែរ", False),
        ("Ես օգնության կարիք ունեմ", "Հայերեն", False),
        ("do you speak hmong", "Hmoob", False),
        ("punjabi", "ਪੰਜਾਬੀ", False),
        ("hablo mixteco, poquito español", "Mixteco", True),
        ("zapoteco", "Zapoteco", True),
    ],
)
def test_a_language_we_do_not_speak_is_named_in_its_own_name(said, name, of_a_town):
    """By its script, by its name, or asked for; of an Indigenous one the town matters."""
    assert (name, of_a_town) == (read(said).tongue.name, read(said).tongue.of_a_town)


@pytest.mark.parametrize("said", ["hablo español", "food 🍞 por favor", "piñata", "ok 👍", "señora peña"])
def test_our_own_languages_are_not_foreign(said):
    """Accents, ñ and emoji are no other script."""
    assert read(said).tongue is None


async def held(house, column):
    """All that the database holds in a column, unsealed."""
    return await house.database.run(lambda connection: list(connection.execute(select(col(column))).scalars()))


# A child


async def test_nothing_is_kept_of_a_child_who_writes(house):
    """One kind answer; then neither the message nor the number is in the database."""
    [answer] = await house.hears("im in 5th grade can i join", PARENT)
    house.now.forward(minutes=11)
    await house.settled()
    await Clock(house).tick()
    texts = await held(house, Inbound.text) + await held(house, Outbox.text)

    assert "988" in answer
    assert [] == [text for text in texts if text is not None]
    assert PARENT not in await held(house, Address.address)


async def test_a_child_on_a_parents_phone_does_not_erase_the_parent(house):
    """The parent joined; they stay."""
    await house.hears("MESA", PARENT)
    [answer] = await house.hears("im 10 years old", PARENT)

    assert "988" in answer
    assert (await house.database.run(lambda connection: people.at(connection, "sms", PARENT))).role == "family"


# A suspicious text


async def test_a_reported_text_waits_for_staff(house):
    """Nobody pays, and the school hears of it."""
    [answer] = await house.hears("REPORT", PARENT)

    assert "suspicious" in answer
    assert ["report"] == await held(house, Call.why)


# After a crisis


async def test_that_somebody_was_in_danger_is_forgotten_when_the_days_are_over(house):
    """What protects them must not stay on their profile."""
    await house.hears("i dont want to live anymore", PARENT)
    during = await held(house, Person.calm_until)
    house.now.at += timedelta(hours=73)
    await house.database.run(lambda connection: retention.erase(connection, house.now()))

    assert 1 == sum(until is not None for until in during)
    assert [] == [until for until in await held(house, Person.calm_until) if until is not None]


async def hold_a_nudge(house):
    """Something that we start is waiting for the parent."""

    def write(connection):
        known = people.at(connection, "sms", PARENT)
        row = {
            "person_id": known.person_id,
            "address_id": known.address_id,
            "channel": "sms",
            "text": "A survey.",
            "created_at": house.now(),
        }
        outbox.write(connection, [{**row, "kind": Kind.NUDGE}])

    await house.database.run(write)
    await house.settled()


async def test_for_72_hours_after_a_crisis_nothing_that_we_start_leaves(house):
    """What they ask for is answered at once; a survey waits, and leaves when the days are over."""
    await house.hears("i dont want to live anymore", PARENT)
    await hold_a_nudge(house)
    [food] = await house.hears("food", PARENT)
    meanwhile = house.channels["sms"].texts_to(PARENT)
    house.now.at += timedelta(hours=73)
    await Clock(house).tick()
    await house.settled()

    assert "Pantry" in food
    assert "A survey." not in meanwhile
    assert house.channels["sms"].texts_to(PARENT)[-1] == "A survey."


@pytest.mark.parametrize(("hours", "says"), [(1, "Somebody is awake at 988"), (73, "If you are going through something hard")])
async def test_who_says_that_nobody_can_help_is_told_who_is_awake(house, hours, says):
    """Within 72 hours it is the same crisis; later it may be another matter."""
    await house.hears("i dont want to live anymore", PARENT)
    house.now.at += timedelta(hours=hours)
    [answer] = await house.hears("nobody can help", PARENT)

    assert says in answer


async def test_what_was_said_in_a_crisis_is_shown_to_staff_once(house):
    """The list marks it, the first look is noted and logged, and a second shows nothing."""
    await house.hears("my husband hits me", PARENT)
    [call] = await house.database.run(members.calls_waiting)
    first = await house.database.run(lambda connection: members.read_message(connection, call_id=1, now=house.now()))
    second = await house.database.run(lambda connection: members.read_message(connection, call_id=1, now=house.now()))
    [seen] = await house.database.run(members.calls_waiting)

    assert call["number"] == "1 !"
    assert first == "my husband hits me"
    assert second.startswith("Call 1 has no message to show")
    assert seen["number"] == "1"
    assert [("shown",), ("refused",)] == await house.run("SELECT outcome FROM audit WHERE action = 'read a message' ORDER BY id")
