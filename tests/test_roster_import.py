"""A school's list comes in: once each, with a reason where not, and never against anybody's word."""

import resource
import time
from pathlib import Path

import pytest
from conftest import NOON, by_lookup
from sqlalchemy import text
from test_cli import run

from bot import members
from storage import holding, people
from storage.roster import importing, waves
from storage.roster.importing import Into, Outcome
from storage.roster.reading import BadRoster
from storage.sealing import in_use

FIXTURES = Path(__file__).parent / "fixtures/roster"
MESA = Into("MESA", "enrollment form, Aug 2026")
COUNTS = "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM address), (SELECT count(*) FROM membership), (SELECT count(*) FROM consent), (SELECT count(*) FROM introduction)"


@pytest.fixture
def bring(database, tmp_path):
    """Import a list, given as its text, at noon; the report."""

    def imported(content, into=MESA, *, name="list.csv"):
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_text(content, encoding="utf-8")
        roster = importing.read(path)
        return database.run_now(lambda connection: importing.apply(connection, roster, into, NOON))

    return imported


def ask(database, sql, **where):
    found, values = by_lookup(sql, where)
    rows = database.run_now(lambda connection: connection.execute(found, values).all())
    return [tuple(in_use().open(bytes(cell)) if isinstance(cell, bytes | memoryview) else cell for cell in row) for row in rows]


def counts(database):
    return tuple(ask(database, COUNTS)[0])


def outcomes(report):
    return {outcome: list(rows) for outcome, rows in report.rows.items()}


def language_of(database, number):
    return ask(database, "SELECT p.language FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :n", n=number)[0][0]


def test_a_schools_list_becomes_people_who_wait_for_an_introduction(bring, database):
    """Two guardians of a row are two people, each in their language; the consent log says on what ground."""
    report = bring(FIXTURES / "guardians.csv")
    rows = ask(
        database, "SELECT a.address, i.stage, i.basis, i.wants FROM introduction i JOIN address a ON a.id = i.address_id ORDER BY i.id"
    )
    proof = ask(database, "SELECT what, how FROM consent WHERE what = 'import'")

    assert {Outcome.NEW: [5, 5, 6, 7], Outcome.REJECTED: [7]} == outcomes(report)
    assert [
        ("+16615550170", "waiting", "enrollment form, Aug 2026", ""),
        ("+16615550171", "waiting", "enrollment form, Aug 2026", ""),
        ("+16615550172", "waiting", "enrollment form, Aug 2026", ""),
        ("+16615550174", "waiting", "enrollment form, Aug 2026", "Punjabi"),
    ] == [tuple(row) for row in rows]
    assert ["es", "en", "es", None] == [language_of(database, row[0]) for row in rows]
    assert [("import", "enrollment form, Aug 2026")] * 4 == [tuple(row) for row in proof]


def test_the_preview_shows_what_is_what_and_changes_nothing(database):
    """Which column is which, which are left out, and the rows to look at."""
    before = counts(database)
    roster = importing.read(FIXTURES / "guardians.csv")
    report = database.run_now(lambda connection: importing.plan(connection, roster, MESA))

    assert before == counts(database)
    assert [
        "guardians.csv, heading in row 4:",
        "  phone: Guardian 1 Phone, Guardian 2 Phone",
        "  language: Guardian 1 Language, Guardian 2 Language",
        "  left out, neither kept nor shown: Student Name, Student Phone, Home Address, E-mail",
        "4 new (rows 5-7)",
        "1 rejected (row 7)",
        "Languages we do not speak yet: Punjabi 1",
        "1 to look at:",
        "  row 7, Guardian 1 Phone …73: no area code",
    ] == report.lines()


def test_what_is_left_out_is_nowhere(bring, database):
    """No name of a pupil, no street, no e-mail is in any table."""
    report = bring(FIXTURES / "guardians.csv")
    names = (
        ask(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if database.sqlite
        else ask(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    )
    everything = " ".join(str(ask(database, f'SELECT * FROM "{name}"')) for (name,) in names)

    assert [] == [
        word for word in ("Sample Pupil", "Sample St\\nApt", "one@example.org", "555-0119", "5550119") if word in everything + repr(report)
    ]


def test_a_list_in_spanish_of_an_old_windows_is_read(bring, database):
    """Accents, semicolons, roles and permission in Spanish; who gave none is not taken."""
    report = bring(FIXTURES / "familias_cp1252.csv")
    roles = ask(
        database,
        "SELECT a.address, m.role FROM membership m JOIN address a ON a.person_id = m.person_id JOIN introduction i ON i.address_id = a.id",
    )

    assert {Outcome.NEW: [2, 4, 4], Outcome.REJECTED: [3]} == outcomes(report)
    assert [("+16615550180", "family"), ("+16615550182", "community"), ("+16615550183", "community")] == sorted(tuple(row) for row in roles)
    assert ["no consent in the column Permiso"] == [issue.why for issue in report.issues]


def test_importing_again_changes_nothing(bring, database):
    """The same file twice is once."""
    bring(FIXTURES / "guardians.csv")
    before = counts(database)
    again = bring(FIXTURES / "guardians.csv")

    assert before == counts(database)
    assert ({Outcome.KNOWN: [5, 5, 6, 7], Outcome.REJECTED: [7]}, False) == (outcomes(again), again.changes)


def test_the_same_number_twice_is_taken_once_and_said(bring):
    """In one row or in two, however it is written."""
    report = bring("Cell,Phone 2\n661-555-0170,(661) 555 0170\n6615550170,\n6615550171,\n")

    assert {Outcome.NEW: [2, 4], Outcome.TWICE: [2, 3]} == outcomes(report)
    assert ["row 2, Phone 2 …70: the same number as in row 2", "row 3, Cell …70: the same number as in row 2"] == [
        str(i) for i in report.issues
    ]


async def test_who_said_stop_stays_stopped(house, bring, database):
    """Their number on a list is no change of mind: no part in a school, no introduction, and the report says so."""
    await house.hears("STOP", "+16615550170")
    before = counts(database)
    report = bring("Cell\n6615550170\n")
    stopped = ask(database, "SELECT p.stopped_at FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = '+16615550170'")

    assert {Outcome.STOPPED: [2]} == outcomes(report)
    assert before == counts(database)
    assert stopped[0][0] is not None
    assert ["row 2, Cell …70: said STOP before, and stays stopped until they come back themselves"] == [
        str(issue) for issue in report.issues
    ]


async def test_a_stop_outlives_the_person_it_was_said_by(house, bring, database):
    """Who said STOP and was erased is not taken in as somebody new."""
    await house.hears("STOP", "+16615550170")
    database.run_now(lambda c: holding.forget(c, people.at(c, "sms", "+16615550170"), NOON, how="asked"))

    assert {Outcome.STOPPED: [2]} == outcomes(bring("Cell\n6615550170\n"))


def test_numbers_of_staff_are_not_imported(bring, database):
    """A coordinator on the parents' list stays a coordinator; staff are added one by one."""
    before = counts(database)
    report = bring("Cell,Role\n661-555-0100,Parent\n661-555-0110,Parent\n6615550170,Teacher\n6615550171,Student\n")

    assert {Outcome.STAFF: [2, 3], Outcome.REJECTED: [4, 5]} == outcomes(report)
    assert before == counts(database)
    assert [True, True, True, False] == ["staff" in issue.why for issue in report.issues]


async def test_who_wrote_or_joined_before_is_known(house, bring, database):
    """Joined: nothing changes. Wrote and never joined: introduced like anybody."""
    await house.hears("MESA", "+16615550170")
    await house.hears("comida", "+16615550171")
    report = bring("Cell\n6615550170\n6615550171\n")

    assert {Outcome.JOINED: [2], Outcome.WROTE: [3]} == outcomes(report)
    assert ["+16615550171"] == [
        row[0] for row in ask(database, "SELECT a.address FROM introduction i JOIN address a ON a.id = i.address_id")
    ]
    assert {Outcome.JOINED: [2], Outcome.KNOWN: [3]} == outcomes(bring("Cell\n6615550170\n6615550171\n"))


def test_a_family_of_two_schools_belongs_to_both_and_is_introduced_once(bring, database):
    """The second school's list adds a part there, with its own ground."""
    other = "INSERT INTO school (keyword, name, zip, timezone, phone, languages) VALUES ('luna', 'Luna Elementary', '93301', 'America/Los_Angeles', '+16615550109', '[\"en\"]')"
    database.run_now(lambda c: c.execute(text(other)))
    bring("Cell,School\n6615550170,Mesa Verde Elementary\n6615550171,LUNA\n6615550172,Sol\n", Into())
    report = bring("Cell\n6615550170\n6615550171\n", Into("luna", "transfer form"))

    assert {Outcome.ALSO: [2], Outcome.KNOWN: [3]} == outcomes(report)
    assert [2, 1] == [
        row[0]
        for row in ask(
            database,
            "SELECT count(*) FROM membership m JOIN introduction i ON i.address_id >= 0 JOIN address a ON a.id = i.address_id AND a.person_id = m.person_id GROUP BY a.id ORDER BY a.id",
        )
    ]
    with pytest.raises(BadRoster, match="Which school is"):
        bring("Cell\n6615550170\n", Into())


@pytest.mark.parametrize(
    ("content", "into", "says"),
    [
        (
            FIXTURES / "shifted.csv",
            MESA,
            "most cells of the column Parent Cell hold no phone number (rows 2, 3, 4): the columns are shifted",
        ),
        (FIXTURES / "only_a_heading.csv", MESA, "only_a_heading.csv has a heading and no rows below it."),
        ("Cell\n6615550170\n", Into("SOL"), "No school has the keyword SOL."),
        ("Cell\n6615550170\n", Into("MESA", " "), "Say on what ground"),
        ("Cell\n6615550170\n", Into("MESA", "x" * 121), "Say on what ground"),
    ],
    ids=["shifted", "only-a-heading", "no-school", "no-basis", "long-basis"],
)
def test_a_list_that_cannot_be_used_changes_nothing(bring, database, content, into, says):
    """One sentence, and not even its good rows are taken: all or nothing."""
    before = counts(database)
    with pytest.raises(BadRoster) as refused:
        bring(content, into)

    assert (before, says) == (counts(database), says if says in str(refused.value) else str(refused.value))


def test_nothing_is_half_done(bring, database, tmp_path):
    """A list that breaks off after fifteen hundred good rows has brought nobody."""
    before = counts(database)
    good = "".join(f"661{n:07d}\n" for n in range(2_000_000, 2_001_500))
    with pytest.raises(BadRoster, match="broken off"):
        bring("Cell\n" + good + '"' + "x" * 200_000)

    assert before == counts(database)


def test_a_refusal_in_the_list_counts_more_than_consent(bring):
    """Whoever is marked "do not text" is not texted."""
    report = bring("Cell,Consent,Do Not Text\n6615550170,yes,\n6615550171,yes,X\n6615550172,,\n6615550173,9/1/2026,no\n")

    assert {Outcome.NEW: [2, 5], Outcome.REJECTED: [3, 4]} == outcomes(report)


def test_reasons_show_two_digits_at_most(bring):
    """Somebody reads over the shoulder, or the report is mailed around."""
    report = bring("Cell\n555-0170\n6615550171 x9\n800-555-0172\n+526641234573\n661555017\n")
    shown = "\n".join(report.lines())

    assert 5 == report.count(Outcome.REJECTED)
    assert [] == [ending for ending in ("0170", "171", "172", "573", "5017") if ending in shown]


async def test_the_command_shows_first_and_does_it_with_yes(house, database_url, tmp_path):
    """Without --yes nothing is changed; what is wrong is exit 1 and a sentence."""
    shown = run("people", "import", str(FIXTURES / "guardians.csv"), url=database_url)
    none = await house.run("SELECT count(*) FROM introduction")
    done = run(
        "people", "import", str(FIXTURES / "guardians.csv"), "--school", "MESA", "--basis", "enrollment form", "--yes", url=database_url
    )
    bad = run("people", "import", str(FIXTURES / "not_one.xlsx"), url=database_url)

    assert (0, 0, 1) == (shown.returncode, done.returncode, bad.returncode)
    assert ("Nothing is changed yet" in shown.stdout, 0) == (True, none[0][0])
    assert [(4,)] == [tuple(row) for row in await house.run("SELECT count(*) FROM introduction WHERE basis = 'enrollment form'")]
    assert "not_one.xlsx is not an .xlsx file" in bad.stderr


def test_adding_somebody_by_hand_welcomes_them(database):
    """A liaison adds whom she has talked with: no introduction is owed."""
    database.run_now(lambda c: members.add(c, address="+16615550175", role="family", keyword="MESA", language="es"))

    assert database.run_now(lambda c: waves.welcomed(c, people.at(c, "sms", "+16615550175").address_id))
    assert database.run_now(lambda c: waves.stage_of(c, people.at(c, "sms", "+16615550175").address_id)) is None


AREAS = (213, 310, 323, 408, 415, 510, 559, 562, 619, 626)


def large(path, rows):
    """Numbers made up by counting, ten thousand to an area: nobody is texted here."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Student Name,Parent Cell,Home Language,Home Address\n")
        for n in range(rows):
            file.write(f"Sample Pupil {n},({AREAS[n // 10_000]}) 555-{n % 10_000:04d},{n % 3:02d},{n} Sample St\n")
    return path


@pytest.mark.parametrize(("rows", "seconds"), [(2_000, 15), pytest.param(100_000, 60, marks=pytest.mark.soak)])
def test_a_districts_list_comes_in_quickly_and_without_filling_the_memory(bring, database, tmp_path, rows, seconds):
    """Two thousand rows here, a hundred thousand in the soak: a minute at most on SQLite, and some tens of megabytes (ru_maxrss: KiB)."""
    path = large(tmp_path / "large.csv", rows)
    database.run_now(lambda connection: connection.execute(text("ANALYZE")))  # as it is where a school was small for a month
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    new = bring(path)
    took = time.monotonic() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert [rows] == [len(each) for each in new.rows.values()]
    assert (took < seconds, grown < 60_000) == (True, True), (took, grown)
    assert rows == bring(path).count(Outcome.KNOWN)


def test_numbers_are_read_before_anything_waits_for_the_list(database, tmp_path, monkeypatch):
    """In the transaction no cell is puzzled over: on SQLite nobody else can write meanwhile."""
    roster = importing.read(large(tmp_path / "list.csv", 20))
    monkeypatch.setattr("storage.roster.phones.read", lambda _cell: pytest.fail("a number was read in the transaction"))
    report = database.run_now(lambda connection: importing.apply(connection, roster, MESA, NOON))

    assert 20 == report.count(Outcome.NEW)


def test_one_no_outweighs_every_yes(bring, tmp_path):
    """A number that any row of the list refuses is not brought, whatever another row says."""
    file = tmp_path / "list.csv"
    file.write_text("Phone,Consent\n661-555-0165,yes\n661-555-0165,no\n661-555-0166,yes\n")
    report = bring(file)

    assert {Outcome.NEW: [4], Outcome.REJECTED: [2, 3]} == outcomes(report)
    assert "row 3 says no for the same number" in [issue.why for issue in report.issues]
