"""A family answers an event: what is kept, and what each phone of the household hears."""

from datetime import timedelta
from functools import partial

import play_events
import pytest
from play import Stage

from conversations.events.event import CHILDCARE, PEOPLE, Answer, PartStat
from storage import people
from storage.events import events, places, rsvps


@pytest.fixture
async def pizza(house):
    """An open event: ten places, four in child care, rides, a meal."""
    stage = Stage(house, "sms")
    await play_events.direct(stage, "Event", "PIZZA: Pizza Night / Noche de Pizza; 10 places, 4 child care, 8 rides, meal")
    await stage.speaks("Rosa", "en")
    await stage.speaks("Luis", "es")
    return stage


async def standing(stage, name):
    """Where a household stands with the first event."""

    def look(connection):
        known = people.at(connection, *stage.address(name))
        return rsvps.standing(connection, 1, rsvps.household_of(connection, known.person_id))

    return await stage.house.database.run(look)


async def says(stage, name, text):
    """What everybody hears after it."""
    stage.answers(name)
    await stage.says(name, text)
    return "\n".join(stage.answers(name))


async def test_an_answer_is_kept_as_it_was_said(pizza):
    """Grown-ups, children, ages, a ride for all of them and a meal: what was told is what the school sees."""
    await says(pizza, "Rosa", "PIZZA 2 adults 2 kids ages 3 and 5, we need a ride, no pork")

    found = await standing(pizza, "Rosa")

    assert (found.partstat, found.adults, found.children) == (PartStat.ACCEPTED, 2, 2)
    assert found.needs == {"childcare": 2, "ages": [3, 5], "ride": 4, "meal": "no pork"}
    assert found.of(PEOPLE).held == 4
    assert found.of(CHILDCARE).held == 2


async def test_an_answer_counts_before_the_last_question_is_answered(pizza):
    """Whoever stops answering in the middle has their places all the same."""
    await says(pizza, "Rosa", "pizza yes 3 kids")

    found = await standing(pizza, "Rosa")

    assert (found.adults, found.children, found.of(PEOPLE).held) == (1, 3, 4)


async def test_no_child_care_is_kept_for_who_needs_none(pizza):
    """NO to the question for ages frees the places in child care."""
    await says(pizza, "Rosa", "pizza 2 adults 2 kids")
    await says(pizza, "Rosa", "no")
    await says(pizza, "Rosa", "no")

    found = await standing(pizza, "Rosa")

    assert (found.children, found.of(CHILDCARE), dict(found.needs)) == (2, None, {})


async def test_who_waits_for_all_goes_on_waiting_for_all(pizza):
    """A household that chose to wait together is not offered a part because it answered one more question."""
    await play_events.direct(pizza, "Event", "PIZZA: others take 7 places")
    await says(pizza, "Rosa", "PIZZA 5")
    await says(pizza, "Rosa", "1")
    await says(pizza, "Rosa", "skip")
    await says(pizza, "Rosa", "vegetarian")

    found = await standing(pizza, "Rosa")

    assert found.needs == {"meal": "vegetarian"}
    assert (found.of(PEOPLE).held, found.of(PEOPLE).offered, found.of(PEOPLE).waiting) == (0, 0, True)


async def test_two_phones_become_one_household_by_a_code(pizza):
    """One parent shows a code, the other texts it, both hear of it, and from then on one answer stands for both."""
    await says(pizza, "Luis", "PIZZA 3")
    shown = await says(pizza, "Rosa", "HOUSEHOLD")
    digits = next(word for word in shown.split() if word.isdecimal() and len(word) == 6)
    heard = await says(pizza, "Luis", f"UNIR {digits}")

    assert "Bot to Rosa:  Done: this phone and the other answer for one household now" in heard
    assert "Bot:  Listo: este" in heard
    assert (await standing(pizza, "Rosa")).adults == 3


async def test_what_an_allergy_is_about_is_kept(pizza):
    """The kitchen must know more than that there is one."""
    await says(pizza, "Rosa", "PIZZA 2 adults no kids")
    await says(pizza, "Rosa", "my husband is allergic to peanuts")

    assert (await standing(pizza, "Rosa")).needs == {"other": "my husband is allergic to peanuts"}


async def test_a_no_in_the_middle_of_the_questions_is_a_no(pizza):
    """Words like "no podemos" while we ask for ages means that nobody comes, not that nobody needs care."""
    await says(pizza, "Luis", "PIZZA 2 adultos 2 niños")
    await says(pizza, "Luis", "siempre no podemos")

    assert (await standing(pizza, "Luis")).partstat is PartStat.DECLINED


async def test_a_yes_again_changes_nothing(pizza):
    """Who has said how many come, and says yes to a new text about it, keeps what was said."""
    await play_events.direct(pizza, "Rosa", "is invited to PIZZA")
    await pizza.house.database.run(partial(_answered_elsewhere, pizza))

    heard = await says(pizza, "Rosa", "yes")

    assert "You're set" in heard
    assert (await standing(pizza, "Rosa")).adults == 6


def _answered_elsewhere(stage, connection):
    known = people.at(connection, *stage.address("Rosa"))
    rsvps.answer(connection, 1, known.person_id, Answer(PartStat.ACCEPTED, 6), stage.house.now())


async def test_a_bare_number_too_soon_after_an_invitation_is_asked_about(pizza):
    """A "4" that comes in the same moment was perhaps meant for something else."""
    await play_events.direct(pizza, "Rosa", "is invited to PIZZA")
    pizza.house.now.forward(seconds=-130)

    heard = await says(pizza, "Rosa", "4")

    assert "Do you mean Pizza Night?" in heard
    assert await standing(pizza, "Rosa") is None


@pytest.mark.parametrize(("reply", "held"), [("1", 2), ("yes", 2), ("2", 0), ("no", 0)])
async def test_a_place_that_is_kept_is_taken_or_passed_on(pizza, reply, held):
    """Yes takes the place that somebody gave back; no lets the next family have it."""
    await play_events.direct(pizza, "Event", "PIZZA: others take 10 places")
    await says(pizza, "Rosa", "PIZZA 2")
    await says(pizza, "Rosa", "skip")
    await says(pizza, "Rosa", "no")
    await pizza.house.database.run(partial(_frees, pizza.house.now()))

    await says(pizza, "Rosa", reply)

    found = (await standing(pizza, "Rosa")).of(PEOPLE)
    assert (found.held if found else 0) == held


def _frees(now, connection):
    """More places; the clock has told them of it."""
    places.set_limit(connection, 1, PEOPLE, 12, now)
    places.due_offers(connection, now)


async def test_stop_wins_over_what_the_household_hears(pizza):
    """Whoever said STOP hears nothing of the other's answer."""
    await play_events.direct(pizza, "Rosa", "and Luis are one household")
    assert "Bot to Luis" in await says(pizza, "Rosa", "PIZZA 3")

    await says(pizza, "Luis", "ALTO")

    assert "Bot to Luis" not in await says(pizza, "Rosa", "PIZZA 4")


async def test_an_answer_after_the_deadline_changes_nothing_but_a_no_counts(pizza):
    """Who cannot come may say so until the end."""
    await says(pizza, "Rosa", "PIZZA 4")
    await pizza.house.database.run(lambda c: events.change(c, 1, pizza.house.now(), rsvp_until=pizza.house.now() - timedelta(minutes=1)))

    assert "counted until" in await says(pizza, "Rosa", "PIZZA 6")
    assert (await standing(pizza, "Rosa")).adults == 4
    assert "Saved: nobody comes" in await says(pizza, "Rosa", "PIZZA 0")
    assert (await standing(pizza, "Rosa")).partstat is PartStat.DECLINED
