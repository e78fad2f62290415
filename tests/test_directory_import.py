"""An import shows first what it would change, does exactly that, and the second time finds nothing left to do."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from directory_feeds import HERE, LINE, at, feed, place, service
from sqlalchemy import delete, func, select, update

from conversations.flows.find_help import Nearest
from storage.directory import importing, tables
from storage.directory.feed import BadFeed, Issue, Organization, Phone
from storage.directory.importing import Counts
from storage.directory.nearest import nearest

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures" / "directory"
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
THREE = feed([service(n) for n in (1, 2, 3)], [place(n, n) for n in (1, 2, 3)], [at(n, n) for n in (1, 2, 3)])
ALL = (
    tables.Organization,
    tables.Service,
    tables.Location,
    tables.ServiceAtLocation,
    tables.Phone,
    tables.Schedule,
    tables.Language,
    tables.Offer,
)


@pytest.fixture
def directory(database):
    """The directory, without the sample school's places in it."""
    database.run_now(lambda connection: connection.execute(delete(tables.Offer)))
    return Directory(database)


class Directory:
    def __init__(self, database):
        self.run = database.run_now

    def plan(self, some):
        return self.run(lambda connection: importing.plan(connection, some))

    def apply(self, some):
        return self.run(lambda connection: importing.apply(connection, some, NOW))

    def found(self, need="food", zip_code=HERE):
        listings = self.run(lambda connection: nearest(connection, Nearest(need, zip_code, "en")))
        return [each.name.removeprefix("Sample Service ") for each in listings]

    def counted(self, table, source=None):
        where = (table.source == source,) if source else ()
        return self.run(lambda connection: connection.scalar(select(func.count()).select_from(table).where(*where)))

    def everything(self):
        return {table.__name__: self.counted(table) for table in (*ALL, tables.ServiceTranslation, tables.ImportRun)}


def counts(report):
    return report.counts["services"]


def without(some, key):
    """The feed a month later: one service is no longer in it."""
    return replace(
        some,
        services=tuple(each for each in some.services if each.source_id != str(key)),
        locations=tuple(each for each in some.locations if each.source_id != str(key)),
        at_locations=tuple(each for each in some.at_locations if each.service_id != str(key)),
    )


@pytest.mark.parametrize("name", ["hsds3.json", "hsds3-csv", "hsds1-csv", "ohana"])
def test_importing_again_changes_nothing(directory, name):
    """The same feed a second time: everything is unchanged, whatever its form."""
    some = importing.read(FIXTURES / name)
    first = directory.apply(some)
    kept = directory.everything()
    second = directory.apply(importing.read(FIXTURES / name))

    assert first.changes
    assert not second.changes
    assert len(some.services) == counts(first).new == counts(second).unchanged
    assert {**kept, "ImportRun": kept["ImportRun"] + 1} == directory.everything()


@pytest.mark.parametrize("name", ["hsds3.json", "hsds3-csv", "hsds1-csv", "ohana"])
def test_a_plan_tells_what_the_import_then_does_and_does_nothing_itself(directory, name):
    """The coordinator says yes to exactly what was shown."""
    some, before = importing.read(FIXTURES / name), directory.everything()
    planned = directory.plan(some)

    assert before == directory.everything()
    assert planned == directory.apply(some)


def test_what_changed_in_the_feed_changes_in_the_directory(directory):
    """A new name, another phone, a move across the county: the family sees it at once."""
    directory.apply(THREE)
    one, *others = THREE.services
    first, *rest = THREE.at_locations
    here, *places = THREE.locations
    changed = replace(
        THREE,
        services=(replace(one, name="Sample Pantry"), *others),
        locations=(replace(here, latitude=here.latitude + 0.5), *places),
        at_locations=(replace(first, phones=(Phone("+15305550149"),)), *rest),
    )
    report = directory.apply(changed)
    listing = directory.run(lambda connection: nearest(connection, Nearest("food", HERE, "en")))[-1]

    assert Counts(new=0, changed=1, unchanged=2, vanished=0) == counts(report)
    assert ("Sample Pantry", "530-555-0149", 35.5) == (listing.name, listing.phone, listing.miles)


def test_what_vanished_from_its_source_is_hidden_and_comes_back_with_it(directory):
    """A service that is missing from one month's export is not shown, not forgotten, and shown again when it returns."""
    directory.apply(THREE)
    gone = directory.apply(without(THREE, 2))
    assert Counts(new=0, changed=0, unchanged=2, vanished=1) == counts(gone)
    assert ["1", "3"] == directory.found()
    assert 3 == directory.counted(tables.Service, "hand")
    assert not directory.apply(without(THREE, 2)).changes

    back = directory.apply(THREE)
    assert Counts(new=0, changed=1, unchanged=2, vanished=0) == counts(back)
    assert ["1", "2", "3"] == directory.found()


def test_what_a_person_has_hidden_stays_hidden(directory):
    """The coordinator knows that the place has closed, whatever the county's export says."""
    directory.apply(THREE)
    key = importing.id_of("hand", "service", "2")
    hide = update(tables.Service).where(tables.Service.id == key).values(hidden_reason="closed, says a family")
    directory.run(lambda connection: connection.execute(hide))
    directory.apply(replace(THREE, services=tuple(replace(each, note="New note.") for each in THREE.services)))

    assert ["1", "3"] == directory.found()


def test_one_source_does_not_touch_anothers_rows(directory):
    """The county's export and the school's own list live side by side."""
    directory.apply(THREE)
    report = directory.apply(feed([service(1, name="Sample Own")], [place(1, 0.5)], [at(1, 1)], source="school"))

    assert Counts(new=1, changed=0, unchanged=0, vanished=0) == counts(report)
    assert ["Sample Own", "1", "2", "3"] == directory.found()


def test_a_service_that_no_longer_helps_with_something_is_not_found_for_it(directory):
    """Food yesterday, clothes today."""
    directory.apply(feed([service(1, "food")], [place(1, 1)], [at(1, 1)]))
    directory.apply(feed([service(1, "clothing")], [place(1, 1)], [at(1, 1)]))

    assert [] == directory.found("food")
    assert ["1"] == directory.found("clothing")


def test_a_service_that_moves_to_another_organization_keeps_its_row(directory):
    """Programmes change hands; what families remember is the service."""
    directory.apply(THREE)
    moved = tuple(replace(each, organization_id="p") for each in THREE.services)
    directory.apply(replace(THREE, organizations=(Organization("p", "Sample Parish"),), services=moved))

    assert ["1", "2", "3"] == directory.found()


def test_a_bad_feed_changes_nothing(directory, tmp_path):
    """A broken export leaves last month's directory as it was."""
    directory.apply(THREE)
    before = directory.everything()
    (tmp_path / "hand.json").write_text('[{"id": "1", ')

    with pytest.raises(BadFeed):
        directory.apply(importing.read(tmp_path / "hand.json"))

    assert before == directory.everything()


def test_the_report_is_in_words(directory):
    """Counts first, then each row that somebody should look at."""
    issue = Issue("services.csv", 7, "status", "perhaps", "is not one of HSDS; not shown")
    said = directory.plan(replace(THREE, issues=(issue,))).lines()

    assert "by hand, kept under the name 'hand': a new source" == said[0]
    assert "services: 3 new, 0 changed, 0 unchanged, 0 gone from the source (hidden)" in said
    assert "  services.csv, row 7: status 'perhaps': is not one of HSDS; not shown" == said[-1]


def test_every_import_leaves_a_note(directory):
    """When, from where, and how much: the coordinator can ask later."""
    before = directory.counted(tables.ImportRun)
    directory.apply(THREE)
    newest = select(tables.ImportRun).order_by(tables.ImportRun.id.desc()).limit(1)
    run = directory.run(lambda connection: connection.execute(newest).one())

    assert before + 1 == directory.counted(tables.ImportRun)
    assert ("hand", NOW, 10, 0) == (run.source, run.at, run.new, run.vanished)


def test_strange_texts_do_no_harm(directory, tmp_path):
    """Quotes, semicolons, nothing at all: they are data and nothing else."""
    nasty = {"id": "'; DROP TABLE service; --", "name": "Robert'); \u0000 \U0001f355", "status": "active", "phones": [{"number": "211"}]}
    (tmp_path / "hand.json").write_text(json.dumps({**nasty, "attributes": 5, "languages": [None, 7], "service_at_locations": "none"}))
    directory.apply(importing.read(tmp_path / "hand.json"))

    assert 1 == directory.counted(tables.Service, "hand")


def test_many_rows_go_in_batches(directory):
    """More services than fit into one statement."""
    many = range(importing.BATCH + 1)
    some = feed([service(n) for n in many], [], [at(n, phones=[LINE]) for n in many])
    directory.apply(some)
    vanished = directory.apply(without(feed([service(0)], [], [at(0)]), 1))

    assert importing.BATCH == counts(vanished).vanished
    assert ["0"] == directory.found()


def test_real_directories_arrive_whole(directory):
    """The standard's own examples and a county's 1,695 services, where they are at hand: every row counted, and once only."""
    if not SHARED.exists():
        assert not SHARED.exists(), "no real data here; the fixtures must do"
        return
    lines = {
        name: (SHARED / "ohana-smc-full" / f"{name}.jsonl").read_text().count("\n") for name in ("organizations", "locations", "services")
    }
    rows = {name: _records(SHARED / "ohana-smc-sample" / f"{name}.csv") for name in lines}
    one = dict.fromkeys(lines, 1)
    for folder, form, expected in (
        ("ohana-smc-full", "Ohana JSON lines", lines),
        ("ohana-smc-sample", "HSDS 1.1 CSV", rows),
        ("hsds-3.2.3-examples", "HSDS 3 JSON", one),
        ("hsds-3.2.3-examples/csv", "HSDS 3 CSV", one),
    ):
        some = importing.read(SHARED / folder)
        first, again = directory.apply(some), directory.plan(some)
        assert form == some.form
        assert expected == {name: first.counts[name].new for name in expected}
        assert not again.changes

    assert (1367, 1713, 1695) == tuple(lines.values())
    assert 12 == len(directory.found("food", "94063"))
    assert 12 == len(directory.found("health", "94401"))


def _records(path):
    import csv

    with path.open(newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def many(*numbers, source="hand"):
    return feed([service(n) for n in numbers], [place(n, n) for n in numbers], [at(n, n) for n in numbers], source)


def test_more_than_half_of_a_source_does_not_vanish_by_mistake(directory):
    """A broken export, or another feed under the same name: half may go, more is refused and nothing changes."""
    directory.apply(many(1, 2, 3, 4))
    before = directory.everything()
    with pytest.raises(importing.Shrinks, match="3 of the 4 services of 'hand' would be gone"):
        directory.run(lambda c: importing.apply(c, many(4), NOW, guarded=True))

    assert before == directory.everything()
    assert 2 == directory.run(lambda c: importing.apply(c, many(3, 4), NOW, guarded=True)).counts["services"].vanished
    assert 2 == directory.run(lambda c: importing.plan(c, many(3, 4))).had


def test_the_preview_says_which_source_is_replaced_and_which_stay(directory):
    """Two feeds from two files called the same are told apart by a name, and nobody loses the first by bringing the second."""
    new = directory.plan(many(1, 2, source="kern")).lines()
    directory.apply(many(1, 2, 3, source="kern"))
    again = directory.plan(many(1, 2, source="kern")).lines()

    assert "a new source" in new[0]
    assert "kept under the name 'kern': it replaces the 3 services of that name, 1 of them vanish" in again[0]
    assert "left as they are: directory" in again[1]
