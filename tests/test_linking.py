"""A family's phone and Telegram chat become one person: with a code that the chat shows, and only then."""

import re
from dataclasses import replace

import pytest
from conftest import Carrier, Office
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from conversations.keywords import Keyword
from locales.reading import read

PHONE, OTHER, CHAT = "+16615550180", "+16615550181", "700150"
"""A phone and a chat of nobody in the sample school."""
COORDINATOR = "+16615550100"
OURS = "+16615550190"


@pytest.fixture
def house(database, database_url, clock):
    channels = {"sms": Carrier("sms"), "telegram": Carrier("telegram", taps=True)}
    return Office(Settings(database_url=database_url, lease_seconds=30.0, twilio_from=OURS), database, channels, now=clock)


async def writes(house, text):
    return await house.hears(text, CHAT, "telegram")


async def code(house, word="link my phone"):
    """The code that the chat shows."""
    (shown,) = await writes(house, word)
    return re.search(r"\b\d{6}\b", shown)[0]


async def texts(house, text, address=PHONE):
    """What the phone hears last. The chat may have to hear its part first: texts of one person leave in order."""
    await house.hears(text, address)
    await house.settled()
    return house.channels["sms"].texts_to(address)[-1]


async def person(house, address):
    return (await house.run("SELECT person_id FROM address WHERE address = :a", a=address))[0][0]


async def column(house, name, address):
    return (
        await house.run(
            f"SELECT p.{name} FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :a".replace("a.address", "address"),
            a=address,
        )
    )[0][0]


@pytest.mark.parametrize(
    ("asked", "word", "begins"), [("link my phone", "LINK", "Linked:"), ("conectar mi teléfono", "conectar", "Conectado:")]
)
async def test_a_code_makes_two_addresses_one_person(house, asked, word, begins):
    """Shown in the chat, texted from the phone, and told on both."""
    await house.hears("hola" if word == "conectar" else "hello", PHONE)
    digits = await code(house, asked)
    await texts(house, f"{word} {digits[:3]} {digits[3:]}")

    assert house.channels["sms"].texts_to(PHONE)[-1].startswith(begins)
    assert house.channels["telegram"].texts_to(CHAT)[-1].startswith(begins)
    assert await person(house, PHONE) == await person(house, CHAT)


async def test_the_chat_says_where_to_text(house):
    """Our number as people say it."""
    assert "661-555-0190" in (await writes(house, "link my phone"))[0]


async def test_without_a_number_of_ours_there_is_nothing_to_link(house):
    """A school on Telegram alone says so."""
    house.settings = replace(house.settings, twilio_from="")

    assert "not set up" in (await writes(house, "link my phone"))[0]
    assert [] == await house.run("SELECT * FROM link_code")


@pytest.mark.parametrize("stops", ["sms", "telegram"])
async def test_stop_on_either_is_stop_on_both(house, stops):
    """Said before or after the two became one."""
    address = {"sms": PHONE, "telegram": CHAT}[stops]
    await house.hears("hello", PHONE)
    await house.hears("STOP", address, stops)
    await texts(house, f"LINK {await code(house)}")
    before = [await column(house, "stopped_at", each) is not None for each in (PHONE, CHAT)]
    await house.hears("START", address, stops)
    await house.hears("STOP", address, stops)

    assert [True, True] == before
    assert [True, True] == [await column(house, "stopped_at", each) is not None for each in (PHONE, CHAT)]


async def test_the_one_who_agreed_first_stays_with_what_both_had(house, clock):
    """Their part in the school, what they do without, and their language; the other row is empty."""
    await writes(house, "comida 93307")
    await writes(house, "no encuestas")
    old = await person(house, CHAT)
    clock.forward(hours=1)
    for text in ("MESA", "1", "no news"):
        await house.hears(text, PHONE)
    kept = await person(house, PHONE)
    await texts(house, f"LINK {await code(house)}")

    assert (kept, kept) == (await person(house, PHONE), await person(house, CHAT))
    assert "en" == await column(house, "language", CHAT)
    assert [("family", kept)] == await house.run(
        "SELECT role, person_id FROM membership WHERE person_id IN (:one, :two)", one=kept, two=old
    )
    assert [(kept,)] == await house.run("SELECT person_id FROM preference")
    assert [(None,)] == await house.run("SELECT language FROM person WHERE id = :old", old=old)


async def test_a_code_is_good_once(house):
    """The second phone that texts it hears that it is none."""
    digits = await code(house)
    await texts(house, f"LINK {digits}")

    assert "not the code" in (await house.hears(f"LINK {digits}", OTHER))[0]
    assert await person(house, OTHER) != await person(house, CHAT)


async def test_a_new_code_makes_the_old_one_void(house):
    """Only the newest counts."""
    digits, newest = await code(house), await code(house)

    assert digits == newest or "not the code" in await texts(house, f"LINK {digits}")
    assert "Linked" in await texts(house, f"LINK {newest}")


async def test_a_code_is_good_for_ten_minutes(house, clock):
    """After that it says so."""
    await house.hears("hello", PHONE)
    digits = await code(house)
    clock.forward(minutes=10)

    assert "too old" in await texts(house, f"LINK {digits}")
    assert await person(house, PHONE) != await person(house, CHAT)


async def test_nobody_can_try_codes_for_long(house, clock):
    """After five wrong ones in an hour even the right one waits."""
    digits = await code(house)
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    heard = [await texts(house, f"LINK {wrong}") for _ in range(6)]
    refused = await texts(house, f"LINK {digits}")
    clock.forward(hours=1, minutes=1)

    assert [True] * 5 + [False] == ["not the code" in each for each in heard]
    assert "too many" in refused
    assert "Linked" in await texts(house, f"LINK {await code(house)}")


async def test_a_phone_of_staff_is_not_linked_by_a_text(house):
    """A text can be forged, and the codes of the gate go to an address on file."""
    assert "staff" in (await house.hears(f"LINK {await code(house)}", COORDINATOR))[0]
    assert await person(house, COORDINATOR) != await person(house, CHAT)


async def test_the_code_is_texted_and_not_written_in_the_chat(house):
    """Each side says what to do there."""
    assert "as an SMS" in (await writes(house, "LINK 552811"))[0]
    assert "Telegram" in (await house.hears("link my phone", PHONE))[0]


async def test_the_code_itself_is_not_kept(house):
    """Whoever reads the table cannot link with it."""
    digits = await code(house)

    assert digits not in str(await house.run("SELECT hash FROM link_code"))


async def test_both_go_on_talking_once_linked(house):
    """What they ask is answered where they ask it."""
    await texts(house, f"LINK {await code(house)}")

    assert await house.hears("food 93307", PHONE)
    assert await writes(house, "food 93307")


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.sampled_from(["LINK", "link ", "Conectar", "CONECTAR mi teléfono"]),
    st.sampled_from(["", " ", "-"]),
)
def test_a_code_is_read_however_it_is_typed(digits, word, between):
    """With a space or a hyphen in it, in either language."""
    heard = read(f"{word} {digits[:3]}{between}{digits[3:]}")

    assert (Keyword.LINK, digits) == (heard.keyword, heard.code)


@pytest.mark.parametrize("text", ["552811", "LINK 5528", "link 93307", "food 552811", "the link 552811 does not work"])
def test_nothing_else_is_a_code(text):
    """Six digits after the word, and no more."""
    assert not read(text).code
