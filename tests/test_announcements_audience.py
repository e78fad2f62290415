"""Whom an announcement goes to: who is in, who is out, and what is not said about anybody."""

from datetime import timedelta

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlmodel import col

from conversations.announcements.audience import Audience, Criterion, of_school
from conversations.effects import Prefer
from storage import outbox, people, preferences
from storage.announcements import audience
from storage.announcements.audience import counted, people_of
from storage.tables import Address, Kind, Membership, Outbox, Person, School, State

MESA, FAMILIES = Criterion("school", "mesa"), Criterion("group", "families")
SPANISH, ENGLISH = Criterion("language", "es"), Criterion("language", "en")


def ids(database, who):
    return set(database.run_now(lambda c: c.execute(people_of(who)).scalars().all()))


def add(database, clock, number, role, school="mesa"):
    """Somebody new with a part in a school."""

    def unit(connection):
        known = people.meet(connection, "sms", number, clock.at, language="es")
        people.add_member(connection, known.person_id, people.school_called(connection, school).id, role, clock.at)
        return known.person_id

    return database.run_now(unit)


@pytest.fixture
def oak(database):
    """A second school."""
    oak = {"keyword": "oak", "name": "Oak", "zip": "93307", "timezone": "America/Denver", "phone": "+16615550199", "languages": ["es"]}
    database.run_now(lambda c: c.execute(insert(School).values(**oak)))


def test_the_families_of_one_school_are_its_families_and_nobody_else(database, clock, oak):
    """Who is family at one school and staff at another is not staff here."""
    both = add(database, clock, "+16615550170", "family")
    add(database, clock, "+16615550170", "staff", "oak")

    assert both in ids(database, of_school("mesa"))
    assert {both} == ids(database, of_school("oak", "staff"))
    assert set() == ids(database, of_school("oak"))
    assert both not in ids(database, of_school("mesa", "staff"))


def test_a_union_counts_everybody_once(database, clock, oak):
    """A family of both schools gets one text."""
    both = add(database, clock, "+16615550170", "family")
    add(database, clock, "+16615550170", "family", "oak")
    union = Audience((*of_school("mesa").include, *of_school("oak").include))

    assert 41 == len(ids(database, union))
    assert both in ids(database, union)
    assert 41 == database.run_now(lambda c: counted(c, union, "news", clock.at)).people


def test_an_exclusion_takes_away(database):
    """Families but those who read Spanish."""
    without = Audience(of_school("mesa").include, ((SPANISH,),))

    assert 20 == len(ids(database, without))
    assert ids(database, without) | ids(database, Audience(((MESA, FAMILIES, SPANISH),))) == ids(database, of_school("mesa"))


def test_nobody_is_in_an_audience_without_clauses(database):
    """An empty union is nobody, not everybody."""
    assert set() == ids(database, Audience(()))


@pytest.mark.parametrize(
    ("who", "says"),
    [
        (Audience(((Criterion("weather", "rain"),),)), "weather"),
        (Audience(((Criterion("group", "friends"),),)), "friends"),
        (Audience(((Criterion("topic", "lunch"),),)), "lunch"),
    ],
)
def test_what_nobody_can_be_found_by_is_said_in_a_sentence(database, who, says):
    """Bad input names what is wrong and changes nothing."""
    with pytest.raises(ValueError, match=says):
        people_of(who)


def test_it_is_said_who_would_get_nothing_and_why(database, clock):
    """STOP, no way to reach them, and a topic they do without are counted apart."""
    stopped, unreachable, muted = (add(database, clock, f"+1661555017{n}", "family") for n in range(3))

    def unit(connection):
        people.stop(connection, stopped, clock.at)
        connection.execute(sqlalchemy.text("UPDATE address SET unreachable_at = heard_at WHERE person_id = :p"), {"p": unreachable})
        preferences.prefer(connection, muted, preferences.Prefer(mute=("news",)), clock.at)

    database.run_now(unit)
    found = database.run_now(lambda c: counted(c, of_school("mesa"), "news", clock.at))

    assert (40, (("muted", 1), ("stopped", 1), ("unreachable", 1))) == (found.people, found.left_out)
    assert 41 == database.run_now(lambda c: counted(c, of_school("mesa"), "change", clock.at)).people


@pytest.fixture
def silent(monkeypatch):
    """A criterion that would tell who is silent: whoever has an id below its value."""
    monkeypatch.setattr(audience, "CRITERIA", dict(audience.CRITERIA))
    audience.register("silent", lambda value: col(Person.id) <= int(value), sensitive=True)


def test_who_is_silent_cannot_be_found_by_subtraction(database, clock, silent):
    """Such an audience says a total of ten or more and nothing else, and combines with nothing."""
    few, many = (Audience(((Criterion("silent", str(n)),),)) for n in (9, 12))

    hidden = database.run_now(lambda c: counted(c, few, "news", clock.at))
    assert (0, False) == (hidden.people, hidden.shown)
    found = database.run_now(lambda c: counted(c, many, "news", clock.at))
    assert (12, (), (), (), True) == (found.people, found.languages, found.channels, found.left_out, found.shown)


@pytest.mark.parametrize("more", [((Criterion("language", "es"),),), ()])
def test_a_sensitive_audience_combines_with_nothing(silent, more):
    """Neither with a union, nor an exclusion, nor a second condition."""
    alone = Criterion("silent", "30")
    combined = [
        Audience(((alone,), *more), ((SPANISH,),)),
        Audience(((alone, SPANISH), *more)),
        Audience(((MESA,),), ((alone,),)),
    ]
    for who in combined:
        with pytest.raises(ValueError, match="combines with nothing"):
            people_of(who)


def test_a_name_is_taken_once(silent):
    """Two features cannot mean different things by one word."""
    with pytest.raises(ValueError, match="silent"):
        audience.register("silent", lambda value: col(Person.id) == value)


CRITERIA = st.sampled_from([MESA, FAMILIES, SPANISH, ENGLISH, Criterion("role", "coordinator"), Criterion("topic", "news")])
CLAUSES = st.lists(st.lists(CRITERIA, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)


@given(include=CLAUSES, exclude=CLAUSES)
@rules(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_audience_is_what_its_words_say(database, include, exclude):
    """However clauses are put together: somebody is in if one clause holds of them, and none that is excluded."""
    facts = database.run_now(_facts)

    def holds(clause, person):
        language, parts = person
        at = [part for part in parts if all(_of_part(each, part) for each in clause)]
        about = all(each.value == language for each in clause if each.kind == "language")
        return about and (bool(at) or all(each.kind in {"language", "topic"} for each in clause))

    expected = {
        who
        for who, person in facts.items()
        if any(holds(clause, person) for clause in include) and not any(holds(clause, person) for clause in exclude)
    }
    assert expected == ids(database, Audience(include, exclude))


def _of_part(each, part):
    role, school = part
    return {"school": school == each.value, "group": role == "family", "role": role == each.value}.get(each.kind, True)


def _facts(connection):
    facts = {}
    joined = select(col(Person.id), col(Person.language), col(Membership.role), col(School.keyword)).select_from(Person)
    joined = joined.join(Membership, isouter=True).join(School, isouter=True)
    for person, language, role, keyword in connection.execute(joined):
        facts.setdefault(person, (language, []))[1].append((role, keyword))
    return {person: (language, [part for part in parts if part[0]]) for person, (language, parts) in facts.items()}


WEEK = timedelta(days=7)


def test_who_rests_is_counted_in_one_number(database, clock):
    """In danger, at rest, or with this week's text already there: nobody can tell which from the price."""
    calm, paused, had, late, stopped = sorted(ids(database, of_school("mesa")))[:5]

    def unit(connection):
        people.calm(connection, calm, clock.at + timedelta(days=2))
        preferences.prefer(connection, paused, Prefer(pause=True), clock.at)
        for person, days in ((had, 3), (late, 8)):
            _had_news(connection, person, clock.at - timedelta(days=days))
        people.calm(connection, stopped, clock.at + timedelta(days=2))
        people.stop(connection, stopped, clock.at)
        return [audience.resting(connection, of_school("mesa"), kind, clock.at, WEEK) for kind in ("news", "reminder", "change", "urgent")]

    assert [3, 2, 0, 0] == database.run_now(unit)


def _had_news(connection, person, at):
    address = connection.execute(select(col(Address.id)).where(col(Address.person_id) == person)).scalars().first()
    to = {"person_id": person, "address_id": address, "channel": "sms", "kind": Kind.NEWS, "text": "news", "created_at": at}
    outbox.write(connection, [{**to, "state": State.SENT}])
    connection.execute(update(Outbox).where(col(Outbox.person_id) == person).values(handed_off_at=at))
