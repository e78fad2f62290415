"""Who asks for help near a ZIP code gets the nearest first, in their language, and never waits for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from directory_feeds import HERE, at, at_miles, feed, place, service
from sqlalchemy import delete, text, update

from conversations.flows.find_help import Nearest
from conversations.words import Hours
from storage import prepared
from storage.directory import importing, tables
from storage.directory.feed import Phone, Schedule, Translation
from storage.directory.nearest import RINGS, hours_of, named, nearest, spoken_number, zip_known
from storage.prepared import execute

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


@pytest.fixture
def look_up(database):
    """Fill the directory with a feed, and ask it."""
    database.run_now(lambda connection: connection.execute(delete(tables.Offer)))

    def filled(some):
        database.run_now(lambda connection: importing.apply(connection, some, NOW))
        return lambda need="food", zip_code=HERE, language="en": database.run_now(
            lambda connection: nearest(connection, Nearest(need, zip_code, language))
        )

    return filled


def names(listings):
    return [each.name.removeprefix("Sample Service ") for each in listings]


def test_the_nearest_come_first_and_twelve_at_most(look_up):
    """Twelve are four pages of a text message; more would help nobody."""
    found = look_up(at_miles(*(15 - n for n in range(15))))()

    assert [str(n) for n in range(14, 2, -1)] == names(found)
    assert [float(n) for n in range(1, 13)] == [each.miles for each in found]


def test_the_circle_widens_until_something_is_found(look_up):
    """In the country the nearest help may be an hour away; it is still the answer."""
    for far in (0.2, 1.7, 3, 8, 20, 40):
        assert [far] == [each.miles for each in look_up(at_miles(far))()]


def test_beyond_fifty_miles_or_so_is_not_near(look_up):
    """A place in another part of the state is no answer to "near"."""
    assert () == look_up(at_miles(80))()


def test_nothing_nearer_is_missed_where_a_circle_ends(look_up):
    """Eleven just inside a circle, one just outside it and one farther: the order is that of their distances."""
    for radius in RINGS[:-1]:
        far = [*(radius * (0.5 + n * 0.04) for n in range(11)), radius * 1.1, radius * 1.3]
        found = look_up(at_miles(*far))()

        assert pytest.approx(far[:12], abs=0.051) == [each.miles for each in found]


def test_what_is_had_by_phone_comes_last(look_up):
    """A helpline has no distance; it follows the places, and fills the list where those are few."""
    listed = feed([service(1), service(2, name="Sample Line")], [place(1, 30)], [at(1, 1), at(2)])
    found = look_up(listed)()

    assert ["1", "Sample Line"] == names(found)
    assert [30.0, None] == [each.miles for each in found]


def test_a_service_is_listed_once_at_its_nearest_place(look_up):
    """Three branches of one pantry are one listing."""
    listed = feed([service(1)], [place(1, 9), place(2, 4), place(3, 6)], [at(1, 1), at(1, 2), at(1, 3), at(1)])

    assert [4.0] == [each.miles for each in look_up(listed)()]


def test_who_asks_for_housing_may_mean_rent_or_a_bed(look_up):
    """One word covers three needs, and a service that meets two of them is still listed once."""
    services = [service(1, "rent", "shelter"), service(2, "housing"), service(3, "food")]
    found = look_up(feed(services, [place(n, n) for n in (1, 2, 3)], [at(n, n) for n in (1, 2, 3)]))

    assert ["1", "2"] == names(found("housing"))
    assert ["1"] == names(found("rent"))


def test_equally_near_what_is_known_goes_before_what_was_guessed_and_then_the_language(look_up):
    """Four under one roof: said by the source, then those who speak the person's language, then by name."""
    services = [service(1, ("food", "guessed")), service(2, name="B"), service(3, name="A"), service(4, name="Z")]
    spoken = at(4, 1, languages=[("es", "Spanish")])
    found = look_up(feed(services, [place(1, 1)], [at(1, 1), at(2, 1), at(3, 1), spoken]))

    assert ["Z", "A", "B", "1"] == names(found(language="es"))
    assert ["A", "B", "Z", "1"] == names(found(language="en"))


def test_a_listing_has_all_there_is_to_show(look_up):
    """Phone, hours, address, languages, papers and the day it was checked, as a text message needs them."""
    one = service(1, note="Bring a bag.", alert="Closed on Friday.", no_id=True, assured_date=date(2026, 3, 2))
    rules = [Schedule("MO,TU", "09:00", "17:00"), Schedule("3SA", "09:00", "12:00"), Schedule(description="call first")]
    there = at(1, 1, [Phone("+15305550131", "12"), Phone("+15305550132")], rules, [("es", "Spanish"), ("", "Mixteco Bajo")])
    (listing,) = look_up(feed([one], [place(1, 2)], [there]))()

    assert ("530-555-0131 x12", "1 Sample St, Redding") == (listing.phone, listing.address)
    assert (Hours((0, 1), time(9), time(17)), Hours((5,), time(9), time(12), 3)) == listing.hours
    assert "call first" == listing.hours_text
    assert ("Spanish", "Mixteco Bajo") == listing.languages
    assert (True, "Closed on Friday. Bring a bag.", date(2026, 3, 2)) == (listing.no_id, listing.note, listing.checked)


def test_a_translated_service_is_shown_in_the_persons_language(look_up):
    """Name and note in Spanish where somebody wrote them, in English for everybody else."""
    one = service(
        1, name="Sample Pantry", note="Bring a bag.", translations=(Translation("es", "Despensa Sample", "", "Traiga una bolsa."),)
    )
    found = look_up(feed([one], [place(1, 2)], [at(1, 1, languages=[("es", "Spanish")])]))

    (spanish,), (english,), (vietnamese,) = found(language="es"), found(language="en"), found(language="vi")
    assert ("Despensa Sample", "Traiga una bolsa.", ("español",)) == (spanish.name, spanish.note, spanish.languages)
    assert ("Sample Pantry", "Bring a bag.", ("Spanish",)) == (english.name, english.note, english.languages)
    assert "Sample Pantry" == vietnamese.name


def test_what_cannot_help_today_is_not_listed(look_up):
    """A closed service would cost a family a bus ride."""
    for change in ({"status": "temporarily closed"}, {"status": "inactive"}, {"needs": ()}):
        assert () == look_up(feed([replace(service(1), **change)], [place(1, 1)], [at(1, 1)]))()


def test_what_can_neither_be_rung_nor_visited_is_not_listed(look_up):
    """A name alone helps nobody."""
    nowhere = replace(place(1, 1), address="")

    assert () == look_up(feed([service(1), service(2)], [nowhere], [at(1, 1, phones=()), at(2, phones=())]))()


def test_an_unknown_zip_code_finds_nothing(look_up):
    """There is no place to be near to."""
    found = look_up(at_miles(1))

    assert () == found(zip_code="00000") == found(zip_code="") == found(zip_code="abcde")
    assert zip_known(HERE)
    assert not zip_known("00000")


@pytest.fixture
def asked(monkeypatch):
    """The statements that were run, with their values."""
    heard = []

    def listening(connection, sql, bound=()):
        heard.append((sql, bound if isinstance(bound, dict) else tuple(bound)))
        return execute(connection, sql, bound)

    monkeypatch.setattr(prepared, "execute", listening)
    return heard


def test_a_look_up_is_three_questions_to_the_database_however_much_there_is(look_up, asked):
    """What it costs does not grow with the listings found."""
    few, many = at_miles(1), at_miles(*(n / 10 for n in range(40)))
    for some in (few, many):
        found = look_up(some)
        asked.clear()
        found()

        assert 3 == sum("SELECT" in statement for statement, _values in asked if "fact" not in statement)


def test_what_was_looked_up_is_not_looked_up_again(look_up, asked):
    """Until the directory changes, the next who asks the same costs one glance at its edition."""
    found = look_up(at_miles(1))
    first = found()
    asked.clear()

    assert first == found()
    assert 1 == len(asked)


def test_whatever_changes_in_the_directory_is_told_at_once(database, look_up):
    """A number that was corrected, a place that was taken out: the very next answer knows, whoever changed it and how."""
    found = look_up(at_miles(1, 2))
    before = found()
    database.run_now(lambda connection: connection.execute(update(tables.Phone).values(number="+16615550199")))
    corrected = found()
    gone = delete(tables.Offer).where(tables.Offer.service_at_location_id == before[0].id)
    database.run_now(lambda connection: connection.execute(gone))

    assert {"661-555-0199"} == {each.phone for each in corrected}
    assert [each.id for each in before[1:]] == [each.id for each in found()]


def test_what_was_undone_was_never_told(database, look_up):
    """A change that is taken back before it is kept leaves no answer behind."""
    found = look_up(at_miles(1))
    before = found()

    def half(connection):
        connection.execute(delete(tables.Offer))
        assert () == nearest(connection, Nearest("food", HERE, "en"))
        raise ValueError("the other half")

    with pytest.raises(ValueError, match="the other half"):
        database.run_now(half)
    assert before == found()


def test_a_look_up_goes_through_the_index(database, look_up, asked):
    """Among a thousand listings elsewhere, only those around the ZIP code are read."""
    elsewhere = at_miles(*(200 + n / 10 for n in range(1000)))
    found = look_up(elsewhere)
    asked.clear()
    found()
    plan = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
    searches = [each for each in asked if "offer" in each[0]]

    def explained(connection):
        connection.execute(text("ANALYZE"))
        return [str(connection.exec_driver_sql(f"{plan} {sql}", where).all()) for sql, where in searches]

    plans = database.run_now(explained)
    assert 2 == len(plans)
    assert all("offers_near" in each for each in plans)
    assert not any("SCAN offer" in each or "Seq Scan on offer" in each for each in plans)


def test_numbers_are_written_as_people_here_write_them():
    """With hyphens and the extension; a short code as it is; a number from abroad with its country."""
    assert "661-555-0131" == spoken_number("+16615550131", "")
    assert "661-555-0131 x12" == spoken_number("+16615550131", "12")
    assert "211" == spoken_number("211", "")
    assert "+52 55 1234 5678" == spoken_number("+525512345678", "")


def test_languages_are_named_for_the_reader():
    """A Spanish reader sees "español"; what nobody has a name for stays as the source has it."""
    assert ("español", "Spanish") == (named("es", "Spanish", "es"), named("es", "Spanish", "en"))
    assert "Mixteco Bajo" == named("", "Mixteco Bajo", "es")
    assert "Spanish" == named("es", "Spanish", "not a language")


def test_rules_become_hours():
    """A rule without an end has none."""
    assert Hours((0,), time(9)) == hours_of("MO", "09:00", "")
    assert Hours((4,), time(9, 30), time(12), -1) == hours_of("-1FR", "09:30", "12:00")
