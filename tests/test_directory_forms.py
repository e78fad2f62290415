"""A directory may come as HSDS 3 (JSON or CSV), HSDS 1.1 or Ohana; whatever the form, a family is told the same."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from storage.directory import importing
from storage.directory.feed import BadFeed, Language, Phone, Schedule, Translation
from storage.directory.readers import files

FEEDS = Path(__file__).parent / "fixtures" / "directory"


def feed_of(name):
    return importing.read(FEEDS / name)


def named(feed, name):
    return next(each for each in feed.services if each.name == name)


def places_of(feed, service):
    return [each for each in feed.at_locations if each.service_id == service.source_id]


def told(feed, file):
    return [(each.row, each.field) for each in feed.issues if each.file == file]


def test_hsds_3_json_tells_everything_a_family_needs():
    """Name, needs, what it costs, what to bring, whether an ID is asked, and when it was checked: all of it arrives."""
    feed = feed_of("hsds3.json")
    pantry = named(feed, "Sample Parish Pantry")

    assert "HSDS 3 JSON" == feed.form
    assert (("food", "source"),) == pantry.needs
    assert "Bring: A bag. Families of the valley." == pantry.note
    assert "Closed in the week of Thanksgiving." == pantry.alert
    assert pantry.no_id
    assert date(2026, 3, 2) == pantry.assured_date
    assert (Translation("es", "Despensa Parroquia Sample", "Una bolsa de mandado.", "Traiga una bolsa."),) == pantry.translations
    assert () == feed.issues


def test_what_hangs_on_a_service_is_settled_for_its_place():
    """Phones, hours and languages stand in many places of a feed; what is shown at a place is one list, the nearest said first."""
    feed = feed_of("hsds3.json")
    (place,) = places_of(feed, named(feed, "Sample Parish Pantry"))

    assert (Phone("+16615550131", "12"), Phone("+16615550139")) == place.phones
    assert (Language("es", "Spanish"),) == place.languages
    assert (Schedule("MO,WE", "15:00", "17:30"), Schedule("3SA", "09:00", "12:00")) == place.schedules


def test_a_place_is_one_line_and_a_point():
    """The address is written as people write it, without shouting and without whose attention it goes to."""
    (hall,) = feed_of("hsds3.json").locations

    assert "123 Sample Oak St, Bakersfield" == hall.address
    assert ("93307", 35.33, -118.98, False) == (hall.zip, hall.latitude, hall.longitude, hall.approximate)


def test_contact_persons_and_their_numbers_stay_out():
    """A volunteer's name, e-mail and own number are nobody's business."""
    for name in ("hsds3.json", "hsds3-csv"):
        said = repr(feed_of(name))

        assert "Volunteer" not in said
        assert "@" not in said
        assert "5550199" not in said


def test_hsds_3_csv_says_the_same_as_json():
    """The same pantry out of a folder of tables is the same pantry."""
    ours, theirs = feed_of("hsds3.json"), feed_of("hsds3-csv")
    pantry = named(theirs, "Sample Parish Pantry")

    assert "HSDS 3 CSV" == theirs.form
    assert named(ours, "Sample Parish Pantry").note == pantry.note
    assert (("food", "source"),) == pantry.needs
    assert places_of(ours, pantry)[0].phones[:1] == places_of(theirs, pantry)[0].phones


def test_every_bad_row_is_named():
    """Whoever keeps the feed reads which row of which file to mend, and what was made of it meanwhile."""
    feed = feed_of("hsds3-csv")

    assert [(3, "assured_date"), (3, "need"), (4, "status"), (5, "id"), (6, "id")] == sorted(told(feed, "services.csv"))
    assert [(4, "location_id"), (5, "service_id")] == told(feed, "service_at_location.csv")
    assert [(2, "latitude"), (3, "latitude")] == told(feed, "locations.csv")
    assert [(3, "postal_code")] == told(feed, "addresses.csv")
    assert [(5, "number")] == told(feed, "phones.csv")
    assert [(5, "byday")] == told(feed, "schedules.csv")
    assert all(str(each).startswith(f"{each.file}, row {each.row}: ") for each in feed.issues)


def test_a_bad_row_spoils_no_good_one():
    """One service without an id, or a place that does not exist, costs nothing but itself."""
    feed = feed_of("hsds3-csv")

    assert ["Sample Parish Pantry", "Sample Help with Bills", "Sample Closed Clinic"] == [each.name for each in feed.services]
    assert ["pantry-hall", "pantry-annex"] == [each.source_id for each in places_of(feed, named(feed, "Sample Parish Pantry"))]


def test_exchanged_coordinates_are_turned_round():
    """A point in the sea off Antarctica is a clerk's slip; the ZIP code shows which one."""
    hall = next(each for each in feed_of("hsds3-csv").locations if each.source_id == "hall")

    assert (35.33, -118.98, False) == (hall.latitude, hall.longitude, hall.approximate)


def test_a_place_without_a_good_point_stands_in_the_middle_of_its_town():
    """No coordinates and no ZIP code: the city will do, and it is known to be approximate."""
    annex = next(each for each in feed_of("hsds3-csv").locations if each.source_id == "annex")

    assert "93215" == annex.zip
    assert annex.approximate


def test_a_rule_that_does_not_hold_every_week_stays_in_words():
    """Every other Friday has no parity we could know, so the source's own words are shown."""
    feed = feed_of("hsds3-csv")
    place, _ = places_of(feed, named(feed, "Sample Parish Pantry"))

    assert Schedule(description="Every other Friday afternoon") == place.schedules[-1]


def test_hsds_1_1_is_understood():
    """Version 1.1 is what one still finds: weekdays, lists in a cell, services that take the name of their place."""
    feed = feed_of("hsds1-csv")
    office, day = feed.services

    assert "HSDS 1.1 CSV" == feed.form
    assert "Sample Valley Services, Valley Office" == office.name
    assert {"food": "guessed", "clothing": "guessed"} == dict(office.needs)
    assert "Bring: Proof of address. Low income. $5 a visit." == office.note
    assert (("immigration", "source"),) == day.needs
    assert () == feed.issues


def test_hsds_1_1_phones_and_hours_reach_the_service():
    """A service's own number goes before its place's; a text telephone is never the one to ring first."""
    office, day = feed_of("hsds1-csv").at_locations

    assert (Schedule("MO,TU", "08:00", "17:00"), Schedule("FR", "08:00", "12:00")) == office.schedules
    assert (Language("es", "Spanish"), Language("yue", "Chinese (Cantonese)")) == office.languages
    assert [Phone("+16615550135", "7"), Phone("+16615550134"), Phone("+16615550136", "", "tty")] == list(day.phones)


def test_ohana_lines_are_understood():
    """The service takes its name from the place; hours in prose are read when they can mean one thing only."""
    feed = feed_of("ohana")
    kitchen, line, museum = feed.services
    meals, _, _ = feed.at_locations

    assert "Ohana JSON lines" == feed.form
    assert ("Sample Kitchen", (("food", "source"),)) == (kitchen.name, kitchen.needs)
    assert (Schedule("MO,TU,WE,TH,FR", "09:00", "17:00"), Schedule("SA", "10:00", "12:00")) == meals.schedules
    assert (("mental_health", "guessed"),) == line.needs
    assert () == museum.needs
    assert [(4, "line")] == told(feed, "locations.jsonl")


def test_a_zip_is_read_like_the_folder_in_it(tmp_path):
    """What a website offers for download needs no unpacking."""
    shutil.make_archive(tmp_path / "feed", "zip", FEEDS, "hsds3-csv")
    packed, plain = importing.read(tmp_path / "feed.zip"), feed_of("hsds3-csv")

    assert plain.services == packed.services
    assert plain.at_locations == packed.at_locations


def test_a_folder_with_both_forms_is_read_as_json(tmp_path):
    """JSON says more than tables do, so it wins."""
    shutil.copytree(FEEDS / "hsds3-csv", tmp_path / "both" / "csv")
    shutil.copy(FEEDS / "hsds3.json", tmp_path / "both" / "services.json")

    assert "HSDS 3 JSON" == importing.read(tmp_path / "both").form


def test_tables_inside_one_json_file_are_read(tmp_path):
    """The standard's own sample has the tables as one JSON object."""
    tables = {
        "services.csv": [{"id": "1", "name": "Sample Pantry", "status": "active"}],
        "phones.csv": [{"service_id": "1", "number": "211"}],
    }
    (tmp_path / "tabular.json").write_text(json.dumps(tables))
    feed = importing.read(tmp_path)

    assert ["Sample Pantry"] == [each.name for each in feed.services]
    assert (Phone("211"),) == feed.at_locations[0].phones


@pytest.mark.parametrize("wrapped", [lambda each: each, lambda each: [each], lambda each: {"contents": [each], "total_items": 1}])
def test_one_service_an_array_and_a_page_are_the_same(tmp_path, wrapped):
    """An object, a list of objects, or a page of an API's answer."""
    service = json.loads((FEEDS / "hsds3.json").read_text())[0]
    (tmp_path / "feed.json").write_text(json.dumps(wrapped(service)))

    assert feed_of("hsds3.json").services[:1] == importing.read(tmp_path / "feed.json").services


def test_an_organization_brings_its_services(tmp_path):
    """In HSDS JSON the services may stand inside their organization as well as the other way round."""
    service = json.loads((FEEDS / "hsds3.json").read_text())[0]
    organization = {**service.pop("organization"), "services": [service]}
    (tmp_path / "feed.json").write_text(json.dumps(organization))

    assert feed_of("hsds3.json").services[:1] == importing.read(tmp_path / "feed.json").services


def test_a_windows_spreadsheet_is_read(tmp_path):
    """Letters of Windows, and the mark it puts before UTF-8, come out right."""
    (tmp_path / "services.csv").write_bytes("id,name,status\r\n1,Clínica Sample Niños,active\r\n".encode("cp1252"))
    (tmp_path / "phones.csv").write_bytes(b"\xef\xbb\xbfservice_id,number\r\n1,211\r\n")
    feed = importing.read(tmp_path)

    assert "Clínica Sample Niños" == feed.services[0].name
    assert (Phone("211"),) == feed.at_locations[0].phones


def test_next_months_export_is_the_same_source():
    """The date in a file's name does not make its services other services."""
    assert "kern" == importing.source_of(Path("kern-2026-03.zip")) == importing.source_of(Path("Kern 2026_04.json"))
    assert "2026" == importing.source_of(Path("2026.json"))


def broken_zip(folder):
    (folder / "feed.zip").write_bytes(b"PK\x03\x04 and then nothing")
    return folder / "feed.zip"


def swelling_zip(folder):
    with zipfile.ZipFile(folder / "feed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", b"id,name\n" + b" " * 4096)
    return folder / "feed.zip"


def written(name, text):
    def write(folder):
        (folder / name).write_text(text)
        return folder / name

    return write


BAD = {
    "not found": (lambda folder: folder / "nowhere", "nowhere was not found"),
    "empty folder": (lambda folder: folder, "holds no JSON and no CSV file"),
    "empty file": (written("feed.json", " "), "holds no JSON and no CSV file"),
    "another thing": (written("feed.json", '{"recipe": "soup"}'), "is not a resource directory"),
    "a page of nothing": (written("feed.json", '{"contents": []}'), "is not a resource directory"),
    "broken JSON": (written("feed.json", '[{"id": "1",\n "name": '), "is broken JSON at line 2"),
    "endless nesting": (written("feed.json", '{"id":"1","organization":' * 1100 + "{}" + "}" * 1100), "is broken JSON at line 1"),
    "a photograph": (written("feed.jpg", "JFIF"), "is not a directory feed"),
    "broken zip": (broken_zip, "please export it again"),
    "zip bomb": (swelling_zip, "unpacks to more than"),
    "no service with an id": (
        written("services.csv", "id,name\n,Sample Pantry\n"),
        "names no service that could be used: services.csv, row 2",
    ),
}


@pytest.mark.parametrize(("make", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_file_gets_one_clear_sentence(tmp_path, monkeypatch, make, sentence):
    """Whoever gave it to us reads what is wrong and what to do, in one sentence."""
    monkeypatch.setattr(files, "MOST_BYTES", 100_000 if sentence != "unpacks to more than" else 1000)

    with pytest.raises(BadFeed) as bad:
        importing.read(make(tmp_path))

    assert sentence in str(bad.value)
    assert "\n" not in str(bad.value)
    assert str(bad.value).endswith(".")
