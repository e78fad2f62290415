"""A survey is taken by text: what is said becomes answers, once, and nothing else does."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from person import SCHOOL, Person
from person_surveys import ALL
from sqlalchemy import select

import locales
from bot.channels import segments
from bot.clock import Clock
from bot.surveys.composing import composed
from conversations.surveys import bank, taking
from conversations.surveys import definition as define
from conversations.surveys.taking import Answered
from conversations.who import Who
from storage import people
from storage.surveys import definitions
from storage.surveys.tables import Response
from storage.tables import School

FAMILY = "+16615550120"


def opened(connection, slug="climate", *, now, anonymous=False):
    """A survey of the bank, open at the sample school in both its languages."""
    school_id = connection.execute(select(School.id)).scalars().first()
    definition = bank.definition(slug, locales.render, ["en", "es"])
    made = definitions.save(connection, school_id=school_id, slug=slug, definition=definition, author_id=None, now=now, anonymous=anonymous)
    definitions.approve(connection, made.id, "es", by=None, now=now)
    definitions.open_now(connection, made.id, now=now, closes_at=now + timedelta(days=14))
    return made.id


async def open_in(house, clock, slug="climate", *, anonymous=False):
    survey = await house.database.run(partial(opened, slug=slug, now=clock(), anonymous=anonymous))
    house.secrets.make(survey)
    return survey


async def says(house, clock, *texts, address=FAMILY):
    heard = []
    for text in texts:
        clock.forward(minutes=2)
        heard += await house.hears(text, address)
    return heard


async def responses(house):
    """Of a survey with names, which are there at once."""

    def read(connection):
        return [(row.method, row.complete, row.language, row.group, row.answers) for row in connection.execute(select(Response))]

    return await house.database.run(read)


async def test_what_was_texted_is_what_is_kept(house, clock):
    """Each answer under its question, a comment beside it, in the language they were asked in, and once."""
    await open_in(house, clock)

    await says(house, clock, "climate", "2", "depends", "on the day, really", "the gate", "climate")

    answers = {"safe": "somewhat", "welcome": None, "welcome_comment": "on the day, really", "first": "the gate"}
    assert [("text", True, "es", "families", answers)] == [*await responses(house)]


async def test_danger_in_an_answer_is_no_answer(house, clock):
    """They hear of 988, and what they wrote is in no response."""
    await open_in(house, clock)

    heard = await says(house, clock, "climate", "1", "1", "i want to die", "climate", "the gate")

    assert "988" in heard[3]
    assert ["the gate"] == [answers["first"] for *_rest, answers in await responses(house)]


@pytest.mark.parametrize("anonymous", [True, False])
async def test_what_was_begun_counts_after_three_days(house, clock, anonymous):
    """As it is, marked incomplete, and no answer is on the screen any more."""
    await open_in(house, clock, anonymous=anonymous)

    await says(house, clock, "climate", "3")
    clock.forward(hours=73)
    await Clock(house).tick()

    memory = (await house.database.run(partial(people.at, channel="sms", address=FAMILY))).memory
    [(pending,)] = await house.run("SELECT count(*) FROM survey_pending")
    named = [(complete, answers) for _m, complete, _l, _g, answers in await responses(house)]
    assert (None, []) == (memory["open"], memory["paused"])
    assert (int(anonymous), [] if anonymous else [(False, {"safe": "little"})]) == (pending, named)


async def test_nobody_takes_part_who_has_answered_nothing(house, clock):
    """Looking at the first question is no answer, and they can take it later."""
    await open_in(house, clock)

    await says(house, clock, "climate")
    clock.forward(hours=73)
    await Clock(house).tick()

    assert [] == await responses(house)
    assert "1 de 3" in (await says(house, clock, "climate"))[0]


async def test_the_first_text_is_two_at_most(house, clock):
    """Who asks, how long, who sees it, and the first question: nobody pays for more."""
    survey = await open_in(house, clock, anonymous=True)

    texts = [await house.database.run(partial(composed, about={"survey": survey}, language=tag, body="")) for tag in ("en", "es")]

    assert [2, 2] == [segments.segments(segments.fold(text)).count for text in texts]


SAYS = {
    define.Kind.SELECT_ONE: ["1", "3", "very safe", "nada", "9", "depends"],
    define.Kind.SELECT_MULTIPLE: ["1", "1 3", "1 y 4", "all", "none", "7 8", "a bus, more adults", "maybe"],
    define.Kind.INTEGER: ["0", "3", "21", "two", "2 kids", "many"],
    define.Kind.RANGE: ["1", "5", "6", "five", "a lot"],
    define.Kind.TEXT: ["because", '"quoted"', "+1 for lights", "=", "..."],
}
EVERYTHING = sorted({each for said in SAYS.values() for each in said} | {"skip", "back", "español", "help", "food 93307"})


@settings(max_examples=60)
@given(st.lists(st.sampled_from(EVERYTHING), max_size=30))
def test_only_answers_that_fit_are_handed_in(texts):
    """Whatever is texted in whatever order: what is handed in fits its questions, and leaves none out."""
    person = Person(Who(SCHOOL, language="en", joined=True))
    handed_in = []
    for text in ["climate", *texts]:
        person.hears(text)
        handed_in += [effect for effect in person.turn.effects if isinstance(effect, Answered)]

    for effect in handed_in:
        answers = {name: value for name, value in effect.answers.items() if not name.endswith("_comment")}
        asked = {step.name: step for step in define.steps(ALL)}
        assert define.next_question(ALL, answers) is None
        assert all(value is None or define.fits(asked[name], value, answers) for name, value in answers.items())


def test_buttons_pressed_are_told_from_words():
    """A press of a button for one of several is no answer before Done; what somebody writes is never taken for one."""
    several = next(each for each in define.steps(ALL) if each.name == "help")

    assert taking.settled(several, {"help": "+bus", "help+1": "+light"}) is None
    assert "=bus" == taking.settled(several, {"help": "+bus", "help+1": "+light", "help+2": "+light", "help+3": "=bus"})


async def test_a_kiosk_counts_everybody_and_knows_nobody(house, clock):
    """As many forms as people, of nobody, apart as perhaps somebody's second; one that was begun counts as it is."""
    await open_in(house, clock)

    await says(house, clock, "KIOSK climate", "1", "1", "1", "skip", "español", "2", "KIOSK", address="+16615550100")

    methods = [(method, complete, language) for method, complete, language, *_rest in await responses(house)]
    [(took_part,)] = await house.run("SELECT count(*) FROM survey_participation")
    assert {("kiosk", True, "en"), ("kiosk", False, "es")} == set(methods)
    assert (2, 0) == (len(methods), took_part)
