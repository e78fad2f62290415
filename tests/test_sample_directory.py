"""The sample school's directory: enough for every need, in both languages, and nothing in it that could reach or mislead a real family."""

import json
import re
from collections import Counter
from datetime import date, time
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path
from uuid import UUID

import pytest
import zipcodes

from conversations.needs import NEEDS

SAMPLE = Path(__file__).parent.parent / "storage" / "sample"
SERVICES = json.loads((SAMPLE / "directory.json").read_text(encoding="utf-8"))
SCHOOL = json.loads((SAMPLE / "school.json").read_text(encoding="utf-8"))

PUBLIC_LINES = {"211", "988", "1-800-799-7233"}
FEWEST = {
    "food": 8, "rent": 3, "shelter": 2, "utilities": 3, "housing": 2, "health": 5, "dental": 2, "vision": 2, "mental_health": 4,
    "addiction": 2, "violence": 2, "disability": 2, "clothing": 3, "school_supplies": 1, "baby": 3, "childcare": 3, "tutoring": 3, "youth": 4, "classes": 4,
    "work": 3, "transport": 2, "benefits": 3, "legal": 2, "immigration": 2,
}  # fmt: skip
PLAINLY_SAMPLE = re.compile("Sample|Example|Ejemplo|Muestra|Pretend|Mesa Verde")
GSM_7 = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 &',.:-éñüÉÑÜ")

HSDS_FIELDS = {
    "service": {
        "id", "name", "description", "status", "alert", "application_process", "fees_description", "eligibility_description", "minimum_age",
        "maximum_age", "assured_date", "organization", "phones", "schedules", "languages", "required_documents", "service_areas",
        "service_at_locations", "attributes",
    },
    "organization": {"id", "name", "description"},
    "phones": {"id", "number", "type"},
    "schedules": {"id", "freq", "byday", "opens_at", "closes_at"},
    "languages": {"id", "name", "code"},
    "required_documents": {"id", "document"},
    "service_areas": {"id", "name"},
    "service_at_locations": {"id", "schedules", "location"},
    "location": {"id", "location_type", "name", "latitude", "longitude", "addresses"},
    "addresses": {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
    "attributes": {"id", "link_entity", "taxonomy_term"},
    "taxonomy_term": {"id", "code", "name", "description", "taxonomy", "taxonomy_detail"},
    "taxonomy_detail": {"id", "name", "description"},
}  # fmt: skip
OUR_FIELDS = {"no_id", "note", "translations"}

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda each: each["name"])


def test_every_need_of_the_menu_finds_enough_sample_services():
    """Whoever tries the sample school finds something for each need, and enough food for a second page."""
    counted = Counter(slug for each in SERVICES if not is_public(each) for slug in needs_of(each))

    assert set(NEEDS) == set(FEWEST) == set(counted)
    assert {slug: counted[slug] for slug, fewest in FEWEST.items() if counted[slug] < fewest} == {}
    assert sum(not is_public(each) for each in SERVICES) >= 66


@every_service
def test_a_service_has_the_fields_hsds_names_and_only_three_of_ours(service):
    """Any reader of HSDS 3.2 understands the file; what it does not know is the no-ID mark, the note and the translations."""
    assert unknown_fields({key: value for key, value in service.items() if key not in OUR_FIELDS}, "service") == []
    assert {"id", "name", "status", "organization", "phones", "languages", "attributes", "assured_date", "note"} <= set(service)
    for term in (attribute["taxonomy_term"] for attribute in service["attributes"]):
        assert term["taxonomy_detail"]["name"] == "Platica needs"
        assert NEEDS[term["code"]].singular == term["name"]


@every_service
def test_a_service_says_everything_in_english_and_in_spanish(service):
    """Names and notes are short enough for a text message, and a name costs no accent that doubles its price."""
    spanish = service["translations"]["es"]

    assert ("alert" in service) == ("alert" in spanish)
    for said in (service, spanish):
        assert all(said[key].strip() for key in ("name", "description", "note"))
        assert len(said["name"]) <= 34
        assert set(said["name"]) <= GSM_7
        assert len(said["note"]) <= 60


@every_service
def test_no_sample_can_be_taken_for_a_real_place(service):
    """A sample says so in its name in both languages and in its street; only the three public lines are real, and they have no place."""
    if is_public(service):
        assert "service_at_locations" not in service
        return
    for name in (service["name"], service["translations"]["es"]["name"], *(each["address_1"] for each in addresses_of(service))):
        assert PLAINLY_SAMPLE.search(name), name


@every_service
def test_no_listed_number_reaches_a_person(service):
    """Numbers are fictional ones, and none of them is a sample family's; the public lines have their own."""
    for phone in service["phones"]:
        fictional = re.fullmatch(r"\(661\) 555-01(\d\d)", phone["number"])
        assert phone["number"] in PUBLIC_LINES if is_public(service) else 60 <= int(fictional[1]) <= 99


@every_service
def test_a_place_is_where_its_zip_code_says(service):
    """Every place lies within a mile of its ZIP code's point, and within reach of the school."""
    school = zip_point("93307")
    for place in locations_of(service):
        here = (place["latitude"], place["longitude"])
        (address,) = place["addresses"]
        assert miles(here, zip_point(address["postal_code"])) <= 1
        assert miles(here, school) <= (20 if address["city"] in {"Lamont", "Arvin"} else 15)


@every_service
def test_hours_can_be_read(service):
    """Each schedule names weekdays, or the n-th weekday of the month, and closes after it opens."""
    for hours in schedules_of(service):
        nth = {"WEEKLY": "", "MONTHLY": "[1-4]"}[hours["freq"]]
        assert re.fullmatch(rf"{nth}(MO|TU|WE|TH|FR|SA|SU)(,{nth}(MO|TU|WE|TH|FR|SA|SU))*", hours["byday"])
        assert time.fromisoformat(hours["opens_at"]) < time.fromisoformat(hours["closes_at"])
    assert schedules_of(service)


@every_service
def test_a_service_was_checked_this_autumn_and_speaks_our_languages(service):
    """The check is recent, the languages are those of the families, and a closed service tells why."""
    assert date(2026, 9, 1) <= date.fromisoformat(service["assured_date"]) <= date(2026, 11, 30)
    assert {each["code"] for each in service["languages"]} <= {"en", "es", "pa"}
    assert service["status"] in {"active", "temporarily closed"}
    assert (service["status"] == "temporarily closed") == ("alert" in service)


def test_the_directory_shows_each_kind_of_case():
    """Closed for a while, by phone only, day and night, once a month, two places, no ID, Punjabi: there is one of each to see."""
    assert [each["name"] for each in SERVICES if each["status"] == "temporarily closed"] == ["Muestra Corner Pantry"]
    assert {phone["number"] for each in SERVICES if is_public(each) for phone in each["phones"]} == PUBLIC_LINES
    assert any("violence" in needs_of(each) and not locations_of(each) for each in SERVICES if not is_public(each))
    assert any(len(locations_of(each)) == 2 for each in SERVICES)
    assert 0.4 <= sum(each.get("no_id", False) for each in SERVICES) / len(SERVICES) <= 0.6
    every_schedule = [hours for each in SERVICES for hours in schedules_of(each)]
    assert any(hours["freq"] == "MONTHLY" and hours["byday"] == "3SA" for hours in every_schedule)
    assert any((hours["opens_at"], hours["closes_at"]) == ("00:00", "23:59") for hours in every_schedule)
    assert any("pa" in {language["code"] for language in each["languages"]} for each in SERVICES)


def test_an_id_means_one_thing():
    """Importing the sample twice changes nothing: ids are stable, and the same id is always the same record."""
    seen: dict[str, object] = {}
    for record in records(SERVICES):
        assert UUID(record["id"]).version == 5
        assert record == seen.setdefault(record["id"], record)
    assert len(SERVICES) == len({each["id"] for each in SERVICES}) == len({each["name"] for each in SERVICES})


def test_the_sample_school_has_the_people_others_rely_on():
    """A coordinator, a Spanish liaison and forty families, half of them in Spanish, all with fictional numbers."""
    coordinator, liaison, *families = SCHOOL["people"]

    assert tuple(SCHOOL[key] for key in ("keyword", "name", "zip", "languages")) == ("MESA", "Mesa Verde Elementary", "93307", ["en", "es"])
    assert coordinator == {"address": "+16615550100", "role": "coordinator", "language": "en"}
    assert liaison == {"address": "+16615550110", "role": "liaison", "language": "es"}
    assert [f"+1661555{number:04}" for number in range(120, 160)] == [each["address"] for each in families]
    assert {"family"} == {each["role"] for each in families}
    assert Counter(en=20, es=20) == Counter(each["language"] for each in families)


def is_public(service):
    return service["phones"][0]["number"] in PUBLIC_LINES


def needs_of(service):
    return {attribute["taxonomy_term"]["code"] for attribute in service["attributes"]}


def locations_of(service):
    return [each["location"] for each in service.get("service_at_locations", [])]


def addresses_of(service):
    return [address for place in locations_of(service) for address in place["addresses"]]


def schedules_of(service):
    return [hours for each in (service, *service.get("service_at_locations", [])) for hours in each.get("schedules", [])]


def records(value):
    """Everything that has an id, however deep."""
    if isinstance(value, dict) and "id" in value:
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from records(inside)


def unknown_fields(record, kind):
    """Fields HSDS does not have under this kind of record, with their path."""
    unknown = [f"{kind}.{key}" for key in record if key not in HSDS_FIELDS[kind]]
    for key, value in record.items():
        for inside in value if isinstance(value, list) else [value]:
            unknown += unknown_fields(inside, key) if isinstance(inside, dict) else []
    return unknown


def zip_point(code):
    (found,) = zipcodes.matching(code)
    return float(found["lat"]), float(found["long"])


def miles(here, there):
    """Along the great circle."""
    (north, east), (other_north, other_east) = (map(radians, point) for point in (here, there))
    across = hypot(sin((north - other_north) / 2), sqrt(cos(north) * cos(other_north)) * sin((east - other_east) / 2))
    return 2 * 3958.8 * asin(across)
