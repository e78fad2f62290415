"""The places of an event: who has them, who waits, and who is asked when one is free."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import NOON
from town_of_events import Gathering

from conversations.events.event import CHILDCARE, PEOPLE, RIDE, PartStat
from storage.events import checks, places
from storage.events.places import NewsKind


@pytest.fixture
def gathering(database, clock):
    """Pizza night in a week, with ten places."""
    return Gathering(database, clock, capacity=10)


def test_whoever_comes_first_has_the_places_and_the_next_wait_in_order(gathering):
    """Six and four fill it; two more families are first and second in line."""
    six, four, two, one = (gathering.says(n, household) for household, n in enumerate((6, 4, 2, 1)))

    assert [6, 4, 0, 0] == [each.held for each in (six, four, two, one)]
    assert [0, 0, 1, 2] == [each.position for each in (six, four, two, one)]


def test_a_household_is_asked_before_it_is_split(gathering):
    """Three places are left for a family of five: they are kept for them while they think, and nobody is given them meanwhile."""
    gathering.says(7, 0)
    five = gathering.says(5, 1)

    assert five.could_split
    assert (0, 3, 5) == (five.held, five.offered, five.wanted)
    assert 1 == gathering.says(1, 2).position
    taken = gathering.accepts(1)
    assert (3, 3) == (taken.held, taken.wanted)


def test_who_waits_for_all_lets_the_next_be_asked(gathering):
    """The family of five waits for five; the three places are offered to the family of two behind them, who take them."""
    gathering.says(7, 0)
    gathering.says(5, 1)
    gathering.says(2, 2)
    waiting = gathering.waits_for_all(1)

    assert (1, 0) == (waiting.position, waiting.offered)
    [news] = gathering.tick()
    assert (NewsKind.WHOLE, gathering.household(2), 2) == (news.kind, news.household, news.places)
    assert 2 == gathering.accepts(2).held
    assert 1 == gathering.says(1, 3).held  # everybody before them was asked, or waits for more


def test_a_freed_place_is_offered_in_order_and_passes_on(gathering):
    """A family of four cannot come: the first in line has two hours to take it, then the second is asked."""
    gathering.says(6, 0)
    gathering.says(4, 1)
    gathering.says(3, 2)
    gathering.says(4, 3)
    gathering.says(0, 1)

    first, second = gathering.tick()
    assert (gathering.household(2), NewsKind.WHOLE, 3) == (first.household, first.kind, first.places)
    assert (gathering.household(3), NewsKind.PART, 1) == (second.household, second.kind, second.places)
    assert gathering.clock.at + timedelta(hours=2) == first.until
    gathering.waits_for_all(3)
    gathering.clock.forward(hours=2)
    lapsed, passed_on = gathering.tick()
    assert (gathering.household(2), NewsKind.LAPSED) == (lapsed.household, lapsed.kind)
    assert (gathering.household(3), NewsKind.WHOLE, 4) == (passed_on.household, passed_on.kind, passed_on.places)
    assert None is gathering.accepts(2)
    assert 1 == gathering.stands(2).position


def test_whoever_let_an_offer_lapse_is_not_asked_over_and_over(gathering):
    """They stay in line, and are asked again when more is free than they passed on."""
    gathering.says(9, 0)
    gathering.says(1, 1)
    gathering.says(1, 2)
    gathering.says(0, 1)
    assert 1 == len(gathering.tick())
    gathering.clock.forward(hours=2)
    assert [NewsKind.LAPSED] == [news.kind for news in gathering.tick()]
    gathering.clock.forward(hours=2)
    assert [] == gathering.tick()
    gathering.says(8, 0)
    assert [gathering.household(2)] == [news.household for news in gathering.tick()]


def test_the_clock_of_an_offer_stops_at_night(gathering):
    """An offer at 19:30 ends at 9:30 the next day; one at night ends at ten; one by day two hours later."""
    evening = datetime(2026, 11, 19, 3, 30, tzinfo=UTC)  # 19:30 in Bakersfield
    event = gathering.row()

    assert evening + timedelta(hours=14) == places.offer_ends(evening, event)
    assert datetime(2026, 11, 19, 18, 0, tzinfo=UTC) == places.offer_ends(evening + timedelta(hours=3), event)
    assert datetime(2026, 11, 19, 18, 0, tzinfo=UTC) == places.offer_ends(datetime(2026, 11, 19, 13, 0, tzinfo=UTC), event)
    assert NOON + timedelta(hours=2) == places.offer_ends(NOON, event)


def test_more_places_are_offered_and_fewer_than_are_taken_are_refused(gathering):
    """The staff finds more chairs: who waits is asked. It cannot take away those that were promised."""
    gathering.says(8, 0)
    gathering.says(2, 1)
    gathering.says(5, 2)

    with pytest.raises(checks.TooFewPlaces, match="10 places"):
        gathering.limits(9)
    gathering.limits(15)
    assert [(gathering.household(2), 5)] == [(news.household, news.places) for news in gathering.tick()]
    with pytest.raises(checks.TooFewPlaces, match="15 places"):
        gathering.limits(14)


def test_who_wants_more_keeps_what_they_have_and_waits_for_the_rest(gathering):
    """A family of three becomes five, where one place is left: they have three, and are asked about the one."""
    gathering.says(3, 0)
    gathering.says(6, 1)
    more = gathering.says(5, 0)

    assert (3, 1, 5, True) == (more.held, more.offered, more.wanted, more.could_split)
    assert (4, 4) == (gathering.says(4, 0).held, gathering.stands(0).wanted)


def test_who_waits_to_come_at_all_keeps_nobody_from_child_care(database, clock):
    """Child care is for those who have a place; who gets one later is in line since they asked."""
    gathering = Gathering(database, clock, capacity=4, childcare=2, rides=3)
    gathering.says(4, 0, ride=2)
    gathering.says(3, 1, childcare=2)

    assert {PEOPLE: 1, CHILDCARE: 1} == {each.resource: each.position for each in gathering.standing(1).places}
    gathering.says(0, 0)
    gathering.tick()
    gathering.accepts(1)
    assert {PEOPLE: 3, CHILDCARE: 2} == {each.resource: each.held for each in gathering.standing(1).places}
    assert PartStat.DECLINED is gathering.standing(0).partstat
    assert None is gathering.standing(0).of(RIDE)


def test_nothing_is_offered_once_it_has_begun(gathering):
    """A family that says no at the door frees nothing anybody could use."""
    gathering.says(10, 0)
    gathering.says(2, 1)
    gathering.clock.at = gathering.row().starts_at
    gathering.says(0, 0)

    assert [] == gathering.tick()
    assert 1 == gathering.stands(1).position


def test_what_is_offered_in_part_grows_before_the_next_is_asked(gathering):
    """Two places are left for a family of four; while they think, three more are free: they are offered all four, the next one the last."""
    gathering.says(5, 0)
    gathering.says(3, 1)
    assert gathering.says(4, 2).could_split
    gathering.says(2, 3)
    gathering.says(0, 1)

    whole, part = gathering.tick()
    assert (gathering.household(2), NewsKind.WHOLE, 4) == (whole.household, whole.kind, whole.places)
    assert (gathering.household(3), NewsKind.PART, 1) == (part.household, part.kind, part.places)
