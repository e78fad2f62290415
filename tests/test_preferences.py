"""What a family chose to hear about: kept, asked before anything leaves, and no bar to what they ask for."""

import json
from datetime import timedelta

import pytest
from conftest import NOON

from bot import gatekeeping, rendering
from bot.announcements.sifting import Rules, verdict
from conversations.topics import Topic
from locales import reading
from storage import holding, people
from storage import outbox as rows
from storage.announcements import circumstances
from storage.tables import Kind, State

FAMILY = "+16615550150"


ABOUT = {Topic.EVENTS: Kind.INVITATION, Topic.SURVEYS: Kind.SURVEY, Topic.NEWS: Kind.NEWS, Topic.URGENT: Kind.URGENT}


async def may(house, topic, **later):
    """Why the family may not get something on this topic, now or later."""

    def unit(connection):
        known = people.at(connection, "sms", FAMILY)
        rows.write(connection, [rendering.row(known, ABOUT[topic], "News.", house.now())])
        row = rows.nominated(connection, "sms", house.now(), asked=0, unasked=9)[1][-1]
        found = verdict(row, circumstances.of(connection, [row.id])[row.id], house.now() + timedelta(**later), Rules())
        rows.settle(connection, row.id, State.SKIPPED)
        return getattr(found, "why", None)

    return await house.database.run(unit)


async def reasons(house):
    return [await may(house, topic) for topic in Topic]


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["hello"], [None, None, None, None]),
        (["STOP SURVEYS"], [None, "muted", None, None]),
        (["no encuestas", "no news"], [None, "muted", "muted", None]),
        (["solo urgente"], ["muted", "muted", "muted", None]),
        (["PAUSA"], ["held", "held", "held", None]),
        (["only urgent", "pause", "todos los temas"], [None, None, None, None]),
        (["topics", "4", "topics", "4"], [None, None, None, None]),
        (["MESA", "1", "no events", "START"], [None, None, None, None]),
        (["MESA", "1", "no events", "pause", "STOP", "START"], ["muted", None, None, None]),
    ],
)
async def test_what_they_chose_holds(house, texts, why):
    """Topics and a rest, in either language, and back; urgent news always comes."""
    for text in texts:
        await house.hears(text, FAMILY)

    assert why == await reasons(house)


async def test_a_rest_ends_by_itself(house):
    """After two weeks they hear from the school again, about what they had chosen before."""
    await house.hears("no surveys", FAMILY)
    await house.hears("pause", FAMILY)

    assert "held" == await may(house, Topic.NEWS, days=13)
    assert await may(house, Topic.NEWS, days=15) is None
    assert "muted" == await may(house, Topic.SURVEYS, days=15)


async def test_a_start_the_carrier_has_answered_is_done_without_a_word(house):
    """What was answered is not answered twice."""
    await house.hears("MESA", FAMILY)
    await house.hears("1", FAMILY)
    await house.hears("pause", FAMILY)

    assert [] == await house.hears("START", FAMILY, answered=True)
    assert [None, None, None, None] == await reasons(house)


async def test_no_surveys_is_not_stop(house):
    """They left one topic, not the school."""
    await house.hears("MESA", FAMILY)
    await house.hears("STOP SURVEYS", FAMILY)

    assert [(None,)] == await house.run(
        "SELECT stopped_at FROM person WHERE id = (SELECT person_id FROM address WHERE address = :a)", a=FAMILY
    )


@pytest.mark.parametrize(("said", "state"), [("no events", "skipped"), ("pause", "held"), ("no surveys", "sent"), ("hello", "sent")])
async def test_it_is_asked_when_a_text_leaves(house, said, state):
    """A text they do without is skipped at the last moment, however early it was written; during a rest it waits."""
    await house.hears(said, FAMILY)

    def write(connection):
        known = people.at(connection, "sms", FAMILY)
        rows.write(connection, [rendering.row(known, Kind.INVITATION, "Family night on Friday.", house.now())])

    await house.database.run(write)
    await house.settled()

    assert (state == "sent") == ("Family night on Friday." in house.channels["sms"].texts_to(FAMILY))
    assert [(state,)] == await house.run("SELECT state FROM outbox WHERE kind = 'invitation'")


async def test_what_they_ask_for_is_answered_during_a_rest(house):
    """A rest is from what we start."""
    await house.hears("pause", FAMILY)

    assert await house.hears("food 93307", FAMILY)


async def test_what_they_chose_is_shown_and_erased(house):
    """It is in the export, and gone when they are."""
    await house.hears("no surveys", FAMILY)
    shown = json.loads(await house.database.run(lambda connection: gatekeeping.export(connection, address=FAMILY, now=NOON)))
    await house.database.run(lambda connection: holding.forget(connection, people.at(connection, "sms", FAMILY), NOON, how="operator"))

    assert [["surveys"]] == [each["muted"] for each in shown["topics"]]
    assert [] == await house.run("SELECT * FROM preference")


@pytest.mark.parametrize("text", ["stop", "para", "no survey monkey business", "i have an urgent need for food", "pausado"])
def test_other_words_choose_nothing(text):
    """A topic is left by the whole message only."""
    keyword = reading.read(text).keyword

    assert keyword is None or keyword.value == "stop"
