"""Events as they are made, changed and found, and what is wrong with them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from town_of_events import Gathering

from conversations.announcements.audience import of_school
from conversations.events.event import CHILDCARE, PEOPLE, Answer, Elsewhere, EventCalled, EventOf, EventsOpenTo, MyRsvp, PartStat
from storage import people
from storage.announcements import drafts
from storage.events import checks, events, lifecycle, rsvps, views
from storage.events.events import Kept, New
from storage.events.tables import EventStage
from storage.tables import Kind, School

FAMILY = "+16615550121"


@pytest.fixture
def oak(database):
    """A second school."""
    oak = {"keyword": "oak", "name": "Oak", "zip": "93307", "timezone": "America/Denver", "phone": "+16615550199", "languages": ["es"]}
    database.run_now(lambda c: c.execute(insert(School).values(**oak)))
    return database.run_now(lambda c: people.school_called(c, "oak").id)


def new(clock, code="pizza", *, days=7, hours=2.0, **more):
    starts = clock.at + timedelta(days=days)
    return New(code, "Pizza night", starts, starts + timedelta(hours=hours), more=more)


def make(database, clock, what, school=1):
    return database.run_now(lambda c: events.make(c, school, what, clock.at))


def asks(database, clock, query, address=FAMILY):
    """What a look-up of a family answers."""
    return database.run_now(lambda c: views.answer(query, c, people.meet(c, "sms", address, clock.at), clock.at))


@pytest.mark.parametrize(
    ("wrong", "kind", "says"),
    [
        ({"hours": -1}, checks.EndsBeforeStart, "before it begins"),
        ({"hours": 0}, checks.EndsBeforeStart, "before it begins"),
        ({"days": -1}, checks.StartsInThePast, "in the past"),
        ({"code": "STOP"}, checks.BadCode, "cannot be what families text"),
        ({"code": "Mesa"}, checks.BadCode, "no school's keyword"),
        ({"code": "two words"}, checks.BadCode, "one word"),
        ({"code": "2026"}, checks.BadCode, "one word"),
        ({"rsvp_until": datetime(2027, 1, 1, tzinfo=UTC)}, checks.DeadlineAfterStart, "earlier deadline"),
    ],
)
def test_what_is_wrong_with_an_event_is_said_and_nothing_is_made(database, clock, wrong, kind, says):
    """Each mistake has a sentence of its own."""
    with pytest.raises(kind, match=says):
        make(database, clock, new(clock, **wrong))
    assert () == asks(database, clock, EventsOpenTo())


def test_an_event_without_a_beginning_is_refused(database, clock):
    """As a calendar file may have it."""
    with pytest.raises(checks.NoStart, match="a day and a time"):
        make(database, clock, New("pizza", "Pizza night", None, None))


def test_a_code_is_of_one_event_to_come_at_a_school(database, clock, oak):
    """The other is named. Another school may use it, and so may we once the other is over."""
    Gathering(database, clock)
    with pytest.raises(checks.CodeTaken, match='"PIZZA" is the code of "Pizza night" on 2026-11-25 12:00 already'):
        make(database, clock, new(clock, "Pízza", days=9))
    assert make(database, clock, new(clock), oak)
    clock.forward(days=8)
    assert make(database, clock, new(clock))


def test_a_code_is_found_at_their_own_school(database, clock, oak):
    """Theirs, if there is one; else they are told whose it is; else nobody knows it."""
    other = make(database, clock, new(clock, "tacos"), oak)
    database.run_now(lambda c: lifecycle.open_(c, other))
    ours = Gathering(database, clock, capacity=10, childcare=3)

    assert ours.id == asks(database, clock, EventCalled("pizza")).id
    assert Elsewhere("Oak") == asks(database, clock, EventCalled("tacos"))
    assert None is asks(database, clock, EventCalled("sushi"))


def test_a_code_stands_for_what_is_to_come_and_then_for_what_was(database, clock):
    """After the party its code still says which party it was, until it is another's."""
    first = Gathering(database, clock)
    clock.forward(days=8)
    assert first.id == asks(database, clock, EventCalled("pizza")).id
    second = Gathering(database, clock)
    assert second.id == asks(database, clock, EventCalled("pizza")).id


def test_a_family_sees_an_event_by_the_schools_clock(database, clock):
    """When, where, what is offered, and how many places are left."""
    gathering = Gathering(database, clock, capacity=10, childcare=3, meal=True, place="Cafeteria")
    gathering.says(4, 0, ages=[3, 14])
    seen = asks(database, clock, EventOf(gathering.id))

    assert ("pizza", "Cafeteria", "open", "mesa") == (seen.code, seen.place, seen.stage, seen.school)
    assert datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("America/Los_Angeles")) == seen.starts == seen.until
    assert 12 == seen.starts.hour
    assert {PEOPLE: 6, CHILDCARE: 2} == seen.left
    assert (3, None, True) == (seen.offered.childcare, seen.offered.rides, seen.offered.meal)
    assert "Pizza night" == seen.title("es")


def test_a_title_is_shown_in_a_language_only_once_it_is_approved(database, clock):
    """The first line is the title, the rest tells more."""
    gathering = Gathering(database, clock)

    def invited(connection):
        texts = {"en": "Pizza night\nBring a game.", "es": "Noche de pizza\nTraiga un juego."}
        audience = of_school("mesa")
        number = drafts.save(
            connection, school_id=1, author_id=None, kind=Kind.INVITATION, audience=audience, language="en", texts=texts, now=clock.at
        )
        events.invite_with(connection, gathering.id, number)
        return number

    number = database.run_now(invited)
    assert "Pizza night" == asks(database, clock, EventOf(gathering.id)).title("es")
    database.run_now(lambda c: drafts.approve_text(c, number, "es", by=None, now=clock.at))
    seen = asks(database, clock, EventOf(gathering.id))
    assert ("Noche de pizza", "Traiga un juego.", "Pizza night") == (seen.title("es"), seen.description("es"), seen.title("fr"))


def test_an_update_of_a_calendar_counts_once_and_never_backwards(database, clock):
    """By UID and RECURRENCE-ID; a lower SEQUENCE is old."""
    first = New(
        "ged", "GED", clock.at + timedelta(days=3), clock.at + timedelta(days=3, hours=1), uid="a@school", recurrence="1", sequence=2
    )
    later = New(
        "ged", "GED", clock.at + timedelta(days=4), clock.at + timedelta(days=4, hours=1), uid="a@school", recurrence="1", sequence=3
    )

    def keep(what):
        return database.run_now(lambda c: events.keep(c, 1, what, clock.at))

    event_id, made = keep(first)
    assert [Kept.NEW, Kept.SAME, Kept.CHANGED, Kept.OLD] == [made, keep(first)[1], keep(later)[1], keep(first)[1]]
    row = database.run_now(lambda c: events.by_id(c, event_id))
    assert (later.starts_at, 3) == (row.starts_at, row.sequence)


def test_a_change_is_counted_in_its_sequence_and_checked(database, clock):
    """What is really another is named; the clock may be changed, but not to the past."""
    gathering = Gathering(database, clock, capacity=10)
    gathering.says(8, 0)

    def change(**changes):
        return database.run_now(lambda c: events.change(c, gathering.id, clock.at, **changes))

    assert {"place"} == change(place="Gym", title="Pizza night")
    assert set() == change(place="Gym")
    assert 1 == gathering.row().sequence
    with pytest.raises(checks.TooFewPlaces):
        change(capacity=7, place="Library")
    assert ("Gym", 10) == (gathering.row().place, gathering.row().capacity)
    with pytest.raises(checks.StartsInThePast):
        change(starts_at=clock.at - timedelta(hours=1))
    assert {"capacity"} == change(capacity=8)


def test_an_answer_counts_until_the_deadline_and_while_it_is_open(database, clock):
    """Too late is said, with the time; a no counts at any time; a draft has no answers yet."""
    gathering = Gathering(database, clock, rsvp_until=clock.at + timedelta(days=6))
    gathering.says(3, 0)
    clock.forward(days=6)
    with pytest.raises(checks.TooLate, match="2026-11-24 12:00"):
        gathering.says(2, 1)
    gathering.says(0, 0)
    assert PartStat.DECLINED is gathering.standing(0).partstat
    gathering.run(lambda c: lifecycle.close(c, gathering.id, clock.at))
    with pytest.raises(checks.NotOpen, match="closed"):
        gathering.says(2, 1)
    draft = make(database, clock, new(clock, "tacos"))
    with pytest.raises(checks.NotOpen, match="draft"):
        database.run_now(lambda c: rsvps.answer(c, draft, gathering.person(1), Answer(PartStat.ACCEPTED, 1), clock.at))


def test_what_was_closed_can_be_opened_again_and_what_is_cancelled_stays_so(database, clock):
    """While it is closed nothing is offered; once it is open again what is free is."""
    gathering = Gathering(database, clock, capacity=5)
    gathering.says(5, 0)
    gathering.says(2, 1)
    gathering.run(lambda c: lifecycle.close(c, gathering.id, clock.at))
    gathering.says(0, 0)
    assert [] == gathering.tick()
    assert gathering.run(lambda c: lifecycle.reopen(c, gathering.id, clock.at))
    assert 1 == len(gathering.tick())
    assert gathering.run(lambda c: lifecycle.cancel(c, gathering.id, clock.at))
    assert not gathering.run(lambda c: lifecycle.reopen(c, gathering.id, clock.at))
    assert (EventStage.CANCELLED, 1) == (gathering.row().stage, gathering.row().sequence)
    assert "cancelled" == asks(database, clock, EventCalled("pizza")).stage


def test_who_asks_sees_their_own_answer(database, clock):
    """And nothing before they answered."""
    gathering = Gathering(database, clock)
    family = database.run_now(lambda c: people.meet(c, "sms", FAMILY, clock.at))

    assert None is asks(database, clock, MyRsvp(gathering.id))
    said = Answer(PartStat.ACCEPTED, 2, 1, {"ages": [3]})
    database.run_now(lambda c: rsvps.answer(c, gathering.id, family.person_id, said, clock.at))
    standing = asks(database, clock, MyRsvp(gathering.id))
    assert (2, 1, {"ages": [3]}, True) == (standing.adults, standing.children, standing.needs, standing.comes)
    assert (gathering.id,) == tuple(each.id for each in asks(database, clock, EventsOpenTo()))
    assert () == asks(database, clock, EventsOpenTo(invited=True))
