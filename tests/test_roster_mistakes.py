"""Lists with something wrong in them: named, counted, and never taken silently for what they are not."""

import pytest
from test_cli import run
from test_roster_import import bring, counts, outcomes

from storage.roster.entries import Issue
from storage.roster.importing import Outcome
from storage.sealing import new_key

__all__ = ["bring"]


def test_a_row_without_a_number_is_named_as_one_says_it():
    """No empty name of a column between comma and colon."""
    assert "row 9: no phone number" == str(Issue(9, "", "no phone number"))


def test_a_role_we_do_not_know_is_counted_and_named(bring):
    """ "Widget" is taken as family, for it may be any relation, and the report says so; what stands there is not shown."""
    report = bring("Cell,Relationship\n6615550170,Madrastra\n6615550171,Widget\n6615550172,\n6615550173,Foster parent\n")

    assert {Outcome.NEW: [2, 3, 4, 5]} == outcomes(report)
    assert "1 with a role we do not know, taken as family (row 3)" in report.lines()
    assert "Widget" not in "\n".join(report.lines())


@pytest.mark.parametrize("heading", ["Type", "Tipo", "Contact Type", "Title", "Puesto"])
def test_staff_are_known_by_a_column_of_another_name(bring, heading):
    """A principal in a column "Type" is not made family; other kinds of types are nobody's role."""
    report = bring(f"Cell,{heading}\n6615550170,Principal\n6615550171,Teacher\n6615550172,Student\n6615550173,Mobile\n")

    assert {Outcome.NEW: [5], Outcome.REJECTED: [2, 3, 4]} == outcomes(report)
    assert () == report.unsure


def test_either_column_says_who_is_staff(bring):
    """Parent in one, teacher in the other: staff are added one by one."""
    report = bring(
        "Cell,Role,Type\n6615550170,Parent,Teacher\n6615550171,Teacher,Adult\n6615550172,Parent teacher,\n6615550173,Parent,Adult\n"
    )

    assert {Outcome.NEW: [5], Outcome.REJECTED: [2, 3, 4]} == outcomes(report)


def test_a_phones_type_says_nothing_of_its_owner(bring):
    """Phone Type, School Type and Student Type are left out, as they were."""
    report = bring("Cell,Phone Type,School Type,Student Type\n6615550170,Principal,Teacher,Student\n")

    assert {Outcome.NEW: [2]} == outcomes(report)
    assert ("Phone Type", "School Type", "Student Type") == report.heading.left_out


def test_a_key_that_does_not_fit_brings_nobody(database, database_url, tmp_path):
    """Sealed with the wrong key they could never be read again: refused before anything is written."""
    file = tmp_path / "list.csv"
    file.write_text("Cell\n6615550170\n")
    run("inbox", url=database_url)
    before = counts(database)
    ran = run("people", "import", str(file), "--school", "MESA", "--yes", url=database_url, PLATICA_KEY=new_key())

    assert (1, before) == (ran.returncode, counts(database))
    assert "not the key this database was written with" in ran.stderr


def test_half_set_credentials_bring_nobody(database, database_url, tmp_path):
    """The sentence names the setting, and nothing is changed."""
    file = tmp_path / "list.csv"
    file.write_text("Cell\n6615550170\n")
    before = counts(database)
    ran = run("people", "import", str(file), "--school", "MESA", "--yes", url=database_url, TWILIO_ACCOUNT_SID="ACx")

    assert (1, before) == (ran.returncode, counts(database))
    assert "SMS is half set" in ran.stderr
