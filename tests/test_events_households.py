"""Two phones of one household: joined with a code, they answer once."""

import pytest
from town_of_events import Gathering

from conversations.events.event import PEOPLE, Answer, PartStat
from conversations.linking import Tried
from storage import holding, linking, people
from storage.events import households, joining, rsvps

MOTHER, FATHER = "+16615550121", "+16615550122"


@pytest.fixture
def gathering(database, clock):
    return Gathering(database, clock, capacity=10)


def known(database, clock, address):
    return database.run_now(lambda c: people.meet(c, "sms", address, clock.at))


def join(database, clock, one=MOTHER, two=FATHER):
    """One shows a code, the other texts it."""
    code = database.run_now(lambda c: joining.begin(c, known_in(c, one, clock), clock.at))
    return database.run_now(lambda c: joining.join(c, known_in(c, two, clock), code, clock.at))


def known_in(connection, address, clock):
    return people.meet(connection, "sms", address, clock.at)


def says(gathering, person_id, count):
    answer = Answer(PartStat.ACCEPTED if count else PartStat.DECLINED, count)
    return gathering.run(lambda c: rsvps.answer(c, gathering.id, person_id, answer, gathering.clock.at, language="es"))


def test_joined_phones_answer_once_and_a_change_is_confirmed_to_both(database, clock, gathering):
    """The father says four, the mother five: it is five, and the father's phone is to hear of it."""
    mother, father = known(database, clock, MOTHER), known(database, clock, FATHER)
    join(database, clock)
    first = says(gathering, father.person_id, 4)
    second = says(gathering, mother.person_id, 5)

    assert (mother.address_id,) == first.confirm
    assert (father.address_id,) == second.confirm
    assert (False, True) == (first.changed, second.changed)
    assert 5 == gathering.run(lambda c: rsvps.standing(c, gathering.id, second.standing.household)).of(PEOPLE).held
    assert 1 == len(gathering.run(lambda c: rsvps.of_event(c, gathering.id)))


def test_who_said_stop_is_not_told_of_a_change(database, clock, gathering):
    """STOP of one is not STOP of the other, and it holds here too."""
    mother, father = known(database, clock, MOTHER), known(database, clock, FATHER)
    join(database, clock)
    database.run_now(lambda c: people.stop(c, mother.person_id, clock.at))

    assert () == says(gathering, father.person_id, 4).confirm


def test_of_two_answers_the_later_one_stays(database, clock, gathering):
    """Both had answered before they were joined: nobody is counted twice, and the places of the first are free."""
    mother, father = known(database, clock, MOTHER), known(database, clock, FATHER)
    says(gathering, mother.person_id, 4)
    clock.forward(minutes=5)
    says(gathering, father.person_id, 5)
    assert 1 == gathering.says(2, 0).offered
    join(database, clock)

    (row,) = [row for row in gathering.run(lambda c: rsvps.of_event(c, gathering.id)) if row.household.startswith("h")]
    assert (5, father.person_id) == (row.adults, row.person_id)
    assert [2] == [news.places for news in gathering.tick()]


@pytest.mark.parametrize("wrong", ["000000", "999999"])
def test_a_wrong_code_joins_nobody_and_is_counted(database, clock, wrong):
    """After five in an hour none is looked at."""
    database.run_now(lambda c: joining.begin(c, known_in(c, MOTHER, clock), clock.at, chance=lambda: "123456"))
    tries = [database.run_now(lambda c: joining.tried(c, known_in(c, FATHER, clock), wrong, clock.at)) for _ in range(6)]
    assert [Tried.WRONG] * 5 + [Tried.TOO_OFTEN] == tries


def test_a_code_of_a_household_links_no_chat_and_is_good_for_ten_minutes(database, clock):
    """Each code does only what it was shown for."""
    code = database.run_now(lambda c: joining.begin(c, known_in(c, MOTHER, clock), clock.at))
    assert Tried.FITS is database.run_now(lambda c: joining.tried(c, known_in(c, FATHER, clock), code, clock.at))
    assert Tried.WRONG is database.run_now(lambda c: linking.tried(c, known_in(c, FATHER, clock), code, clock.at))
    clock.forward(minutes=11)
    assert Tried.OLD is database.run_now(lambda c: joining.tried(c, known_in(c, FATHER, clock), code, clock.at))


def test_who_leaves_a_household_answers_alone_again(database, clock, gathering):
    """What was answered stays with the other."""
    mother, father = known(database, clock, MOTHER), known(database, clock, FATHER)
    join(database, clock)
    says(gathering, mother.person_id, 4)
    database.run_now(lambda c: households.leave(c, mother.person_id, clock.at))

    assert None is gathering.run(lambda c: rsvps.standing(c, gathering.id, f"p{mother.person_id}"))
    theirs = gathering.run(lambda c: rsvps.of_event(c, gathering.id))
    assert [(f"p{father.person_id}", father.person_id, 4)] == [(row.household, row.person_id, row.adults) for row in theirs]


def test_who_is_forgotten_leaves_free_places(database, clock, gathering):
    """Of a family alone the answer goes, and the next in line is offered its places."""
    mother = known(database, clock, MOTHER)
    says(gathering, mother.person_id, 8)
    gathering.says(5, 0)
    gathering.waits_for_all(0)
    assert "pizza" == database.run_now(lambda c: holding.held(c, known_in(c, MOTHER, clock)))["events"][0]["code"]
    database.run_now(lambda c: holding.forget(c, known_in(c, MOTHER, clock), clock.at, how="test"))

    assert [5] == [news.places for news in gathering.tick()]
    assert [gathering.household(0)] == [row.household for row in gathering.run(lambda c: rsvps.of_event(c, gathering.id))]


def test_who_is_forgotten_leaves_the_answer_to_the_others(database, clock, gathering):
    """The father still comes with four."""
    mother, father = known(database, clock, MOTHER), known(database, clock, FATHER)
    join(database, clock)
    says(gathering, mother.person_id, 4)
    database.run_now(lambda c: holding.forget(c, known_in(c, MOTHER, clock), clock.at, how="test"))

    assert 4 == gathering.run(lambda c: rsvps.standing(c, gathering.id, rsvps.household_of(c, father.person_id))).of(PEOPLE).held


def test_a_chat_that_is_linked_brings_its_answer(database, clock, gathering):
    """What was answered in the chat is the phone's answer too."""
    phone = known(database, clock, "+16615550160")
    chat = database.run_now(lambda c: people.meet(c, "telegram", "700150", clock.at))
    says(gathering, chat.person_id, 3)
    code = database.run_now(lambda c: linking.begin(c, people.at(c, "telegram", "700150"), clock.at))
    database.run_now(lambda c: linking.link(c, people.at(c, "sms", "+16615550160"), code, clock.at))
    now = known(database, clock, "+16615550160")

    (row,) = gathering.run(lambda c: rsvps.of_event(c, gathering.id))
    assert (f"p{now.person_id}", now.person_id) == (row.household, row.person_id)
    assert phone.address_id == now.address_id
