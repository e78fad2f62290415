"""`platica event`: made, shown, changed and called off at the command line, with a sentence for everything that cannot be."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from test_cli import run

HERE = ZoneInfo("America/Los_Angeles")
AHEAD = datetime.now(HERE).replace(tzinfo=None) + timedelta(days=20)
WHEN = f"{AHEAD:%Y-%m-%d} 18:00"


@pytest.fixture
def event(database_url):
    """The command line about events of the sample school."""

    def said(*arguments):
        return run("event", *arguments, "--school", "MESA", url=database_url)

    return said


def test_an_event_is_made_shown_and_listed(event):
    """With its invitation's draft, which a coordinator sends by its number."""
    options = [
        "--until",
        "8pm",
        "--place",
        "cafeteria",
        "--capacity",
        "80",
        "--childcare",
        "10",
        "--ages",
        "3-10",
        "--rides",
        "8",
        "--meal",
    ]
    made = event("add", "Pizza night", "--when", WHEN, *options, "--interpreter", "es", "--kind", "workshop", "--pillar", "engagement")

    day = f"{AHEAD:%a %Y-%m-%d} 18:00 to 20:00, cafeteria"
    said = f"Made: Pizza night (PIZZA), {day}. Its invitation is draft 1: a coordinator texts SEND 1 to send it.\n"
    assert (0, said) == (made.returncode, made.stdout)
    shown = event("show", "pizza").stdout
    assert "stage: draft; kind: workshop; pillar: engagement" in shown
    assert "childcare: 10 places left" in shown
    assert "invitation: draft 1, draft (en approved, es missing)" in shown
    assert f"1  Pizza night (PIZZA), {day}  draft\n" == event("list").stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--when", WHEN, "--until", "5pm"], "before it begins at"),
        (["--when", "2020-01-01 18:00"], "is in the past"),
        (["--when", "soon"], '"soon" names no day: write it like fri dec 4 6pm.'),
        (["--when", "friday"], '"friday" names no hour'),
        (["--when", WHEN, "--code", "STOP"], '"STOP" cannot be what families text'),
        (["--when", WHEN, "--code", "MESA"], "no school's keyword"),
        (["--when", WHEN, "--ages", "12-3"], '"12-3" are no ages: write them like 0-12'),
        (["--when", WHEN, "--kind", "party"], '"party" is no kind of an event'),
        (["--when", WHEN, "--pillar", "fun"], '"fun" is no pillar of an event'),
        (["--when", WHEN, "--capacity", "-3"], "capacity cannot be -3"),
        (["--when", WHEN, "--answer-by", "2031-01-01 10:00"], "give an earlier deadline"),
        (["--when", WHEN, "--language", "vi"], "vi is not a language of ours yet"),
    ],
)
def test_what_cannot_be_made_says_why(event, options, says):
    """Each mistake its own sentence, exit 1, and nothing is kept."""
    ran = event("add", "Pizza night", *options)

    assert (1, True) == (ran.returncode, says in ran.stderr), ran.stderr
    assert "There are no events to come.\n" == event("list").stdout


def test_a_code_that_is_taken_is_refused_and_a_free_word_is_found(event):
    """Two pizza nights: the second is called by its other word, or has to be given one."""
    event("add", "Pizza night", "--when", WHEN)
    refused = event("add", "Pizza party", "--when", WHEN, "--code", "PIZZA")
    made = event("add", "Pizza night", "--when", WHEN)

    assert '"PIZZA" is the code of "Pizza night"' in refused.stderr
    assert "(NIGHT)" in made.stdout


def test_an_event_is_changed_closed_opened_and_called_off(event):
    """And what its stage does not allow says so."""
    event("add", "Pizza night", "--when", WHEN, "--place", "cafeteria")
    changed = event("change", "PIZZA", "--place", "gym")
    same = event("change", "PIZZA", "--place", "gym")
    closed = event("close", "PIZZA")
    off = event("cancel", "PIZZA")
    again = event("cancel", "PIZZA")
    nothing = event("show", "TACOS")

    assert changed.stdout.startswith("Changed: Pizza night (PIZZA)")
    assert same.stdout.startswith("Nothing is changed")
    assert '"Pizza night" is draft, so it cannot be closed.' in closed.stderr
    assert off.stdout.startswith("Called off: Pizza night")
    assert '"Pizza night" is cancelled already.' in again.stderr
    assert "has no event TACOS" in nothing.stderr


def test_a_new_title_is_what_families_read(event):
    """Its translation is old until somebody has it again, or the new title is given in that language too."""
    event("add", "Pizza night", "--when", WHEN, "--description", "Games.")
    changed = event("change", "PIZZA", "--title", "Movie night")
    unfit = event("change", "PIZZA", "--title-in", "es: Noche de cine")
    unclear = event("change", "PIZZA", "--title-in", "Noche de cine")

    assert changed.stdout.startswith("Changed: Movie night (PIZZA)")
    assert "no text in es yet" in unfit.stderr
    assert 'write it like "es: Noche de cine"' in unclear.stderr


def test_an_appointment_has_times_and_gets_more(event):
    """One line for each; more are added by day, and what cannot be says why."""
    made = event("add", "Parent conferences", "--when", WHEN, "--until", "7pm", "--every", "20")
    more = event("times", "PARENT", "--when", f"{AHEAD:%Y-%m-%d} 19:00", "--until", "7:40pm", "--every", "20").stdout
    lacks = event("add", "Home visits", "--when", WHEN, "--kind", "appointment")
    long = event("add", "Home visits", "--when", WHEN, "--every", "300")
    moved = event("change", "PARENT", "--until", "9pm")

    assert made.stdout.startswith("Made: Parent conferences (PARENT)")
    assert [
        "2 times more.",
        *(f"{AHEAD:%a %Y-%m-%d} {at}  free" for at in ("18:00", "18:20", "18:40", "19:00", "19:20")),
    ] == more.splitlines()
    assert "say with --every how many minutes" in lacks.stderr
    assert "No time of 300 minutes fits from 18:00 to 20:00" in long.stderr
    assert "has times that families pick" in moved.stderr


def test_a_series_is_made_in_one_line_and_its_record_is_written(event, tmp_path):
    """Six sessions at the same hour, one invitation; what is no series says so."""
    made = event("add", "GED class", "--when", WHEN, "--weeks", "6", "--needed", "5")
    event("add", "Pizza night", "--when", WHEN)
    listed = event("list").stdout
    written = event("completed", "GED", "--csv", str(tmp_path / "ged.csv"))
    unfit = event("completed", "PIZZA", "--csv", str(tmp_path / "no.csv"))

    assert made.stdout.startswith("Made: GED class (GED)")
    assert (6, 6) == (listed.count("(GED)"), listed.count("18:00 to 20:00  draft") - 1)
    assert (0, b"\xef\xbb\xbfnumber,language,sessions,of,completed\r\n") == (written.returncode, (tmp_path / "ged.csv").read_bytes())
    assert "PIZZA is no series" in unfit.stderr


def test_a_calendar_is_shown_first_and_brought_in_with_yes(event, tmp_path):
    """And given out again, for any calendar program."""
    start = f"{AHEAD:%Y%m%d}T180000"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:1@example.org", "SUMMARY:Movie night", f"DTSTART:{start}", "END:VEVENT"]
    lines += ["BEGIN:VEVENT", "UID:2@example.org", "SUMMARY:Some day", "END:VEVENT", "END:VCALENDAR", ""]
    (tmp_path / "year.ics").write_text("\r\n".join(lines), newline="")
    shown = event("import", str(tmp_path / "year.ics"))
    before = event("list").stdout
    done = event("import", str(tmp_path / "year.ics"), "--yes")

    assert "There are no events to come.\n" == before
    assert 1 == shown.returncode == done.returncode  # one of the two is at fault
    assert 'LEFT OUT: "Some day" has no DTSTART that is a time' in shown.stdout
    assert "1 new; 1 left out.\nNothing is changed yet: do it with --yes.\n" in shown.stdout
    assert "Movie night (MOVIE)" in event("list").stdout
    assert "is a draft: families do not know of it yet" in event("calendar", "--code", "MOVIE", "--to", str(tmp_path / "movie.ics")).stderr
    assert 0 == event("calendar", "--to", str(tmp_path / "all.ics")).returncode
    assert [] == icalendar.Calendar.from_ical((tmp_path / "all.ics").read_bytes()).events
    assert "Nothing can be written to" in event("calendar", "--to", str(tmp_path / "all.ics")).stderr


def test_a_file_that_is_no_calendar_is_refused(event, tmp_path):
    """In a sentence, and so is one that is not there."""
    (tmp_path / "list.ics").write_text("Parent Cell\n")

    assert "This is no iCalendar file" in event("import", str(tmp_path / "list.ics")).stderr
    assert "cannot be read" in event("import", str(tmp_path / "none.ics")).stderr
