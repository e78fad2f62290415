"""What nobody should have told us never reaches the database, and is answered all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from locales.reading import read
from locales.redaction import REDACTED, kept
from storage.tables import Address, Call, Inbound

NUMBERS = {
    "my ssn is 123-45-6789": f"my ssn is {REDACTED}",
    "123 45 6789": REDACTED,
    "mi itin 900-70-1234 gracias": f"mi itin {REDACTED} gracias",
    "A123456789": REDACTED,
    "A 123 456 789 for the form": f"{REDACTED} for the form",
    "A#123456789": REDACTED,
    "passport G12345678": f"passport {REDACTED}",
    "pasaporte numero 123456789": f"pasaporte numero {REDACTED}",
    "case IOE0912345678": f"case {REDACTED}",
    "CURP GOMC960912HDFRRL04": f"CURP {REDACTED}",
    "card 4111 1111 1111 1111 please": f"card {REDACTED} please",
    "4111111111111111": REDACTED,
    "my ss\u200bn is 123-45-\u200b6789": f"my ssn is {REDACTED}",
}
ORDINARY = [
    "food 93307",
    "zip 93307-1234",
    "call me 661 555 0142",
    "(661) 555-0142",
    "661-555-0142",
    "6615550142",
    "+1 661 555 0142",
    "llamar a 5550142",
    "12-05-2025",
    "4 adults 3 kids 5:30pm",
    "PIZZA 4",
    "1234 5678 9012 3456",
    "two ice creams",
    "ice cream social",
    "bring ice for the party",
    "MY SON LIKES ICE",
    "ICE CREAM day?",
    "hielo para la fiesta",
    "nice service",
    "no tengo los papeles de la escuela",
    "citizenship class",
    "clases de deporte",
]
STATUS = [
    "no tengo papeles",
    "somos indocumentados",
    "we have no papers, if i ask for food will you tell ICE",
    "I am undocumented",
    "my husband was deported",
    "la migra se llevo a mi esposo",
    "will ICE be there?",
    "is i.c.e. or ICE coming to the school",
    "estamos sin papeles y ocupamos comida",
    "are you going to call ice on us",
    "mi mica esta vencida",
    "my visa expired",
    "me da miedo la migra",
    "si pido ayuda me van a deportar?",
]


@pytest.mark.parametrize(("said", "stored"), NUMBERS.items())
def test_numbers_of_papers_and_cards_are_not_kept(said, stored):
    """The number goes, the words around it stay."""
    assert stored == kept(said)


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_text_is_kept_as_it_is(said):
    """A ZIP, a telephone number, a date and ice cream are nobody's papers."""
    assert said == kept(said)
    assert not read(said).status


@pytest.mark.parametrize("said", STATUS)
def test_nothing_is_kept_of_a_text_on_immigration_status(said):
    """Not the sentence, and not the sentences around it."""
    assert kept(said) == REDACTED
    assert read(said).status


@given(st.text())
def test_taking_out_twice_takes_out_no_more(said):
    """What is kept can be kept."""
    assert kept(kept(said)) == kept(said)


@given(st.integers(100, 999), st.integers(10, 99), st.integers(1000, 9999), st.text("abc .,!?", max_size=12))
def test_no_social_security_number_is_ever_kept(area, group, serial, around):
    """Wherever it stands in a text."""
    number = f"{area}-{group}-{serial}"
    assert number not in kept(f"{around} {number} {around}")


# In the house


async def held(house, column):
    """All that the database holds in a column, unsealed."""
    return await house.database.run(lambda connection: list(connection.execute(select(col(column))).scalars()))


async def test_the_database_never_sees_what_a_family_should_not_have_told(house):
    """The food is answered from the message; what is stored of it is one word."""
    [answer] = await house.hears("no tengo papeles, si pido comida le dicen a la migra?")

    assert answer.startswith("No pedimos ni guardamos estatus migratorio. No escriba detalles aqui.")
    assert "Despensa" in answer
    assert [REDACTED] == await held(house, Inbound.text)
    stored = str(await held(house, Address.memory))
    assert "papeles" not in stored
    assert "migra" not in stored


async def test_an_answer_on_a_screen_is_redacted_too(house):
    """The open question asked for a day and an hour, and got a number of papers."""
    await house.hears("CALL")
    await house.hears("3")
    house.now.forward(minutes=1)
    await house.hears("monday at 9, my ssn is 123-45-6789")

    assert "6789" not in str(await held(house, Inbound.text) + await held(house, Address.memory))
    assert [f"monday at 9, my ssn is {REDACTED}"] == await held(house, Call.when)


async def test_who_fears_for_their_papers_hears_first_of_places_that_ask_for_none(house):
    """The list begins with those that need no ID, and says so."""
    [answer] = await house.hears("we are undocumented and need food 93307", "+16615550170")

    assert "These places ask for no ID." in answer
