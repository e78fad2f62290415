"""Calendar files in and out: what others write is read, and what we write others can read."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import ics as another_parser
import pytest
from conftest import NOON
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.app import app
from bot.events import calendar, ics_import, ics_reading, keeping, links
from conversations.events.event import Answer, Event, Offered, PartStat
from storage import people
from storage.events import events, rsvps, views
from storage.events.events import New
from storage.events.tables import EventStage

HERE = ZoneInfo("America/Los_Angeles")
PIZZA = """BEGIN:VEVENT
UID:pizza@example.org
SUMMARY:Pizza night
DTSTART;TZID=America/Los_Angeles:20261204T180000
DTEND;TZID=America/Los_Angeles:20261204T200000
LOCATION:Cafeteria
DESCRIPTION:Games for all ages.
{more}END:VEVENT
"""
CLASS = """BEGIN:VEVENT
UID:ged@example.org
SUMMARY:GED class
DTSTART;TZID=America/Los_Angeles:20261006T180000
DTEND;TZID=America/Los_Angeles:20261006T193000
RRULE:FREQ=WEEKLY;COUNT=30
{more}END:VEVENT
"""


def wrapped(*parts, head=""):
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{head}{''.join(parts)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(content, now=NOON):
    return ics_reading.read(content, HERE, now)


@pytest.fixture
def desk(database, clock):
    return Office(database, clock)


class Office:
    """Files that are brought in, one after the other, and what they left."""

    def __init__(self, database, clock):
        self.database, self.clock = database, clock

    def run(self, unit):
        return self.database.run_now(unit)

    def takes(self, *parts, head="", write=True):
        def unit(connection):
            school = people.school_called(connection, "mesa")
            return ics_import.apply(connection, read(wrapped(*parts, head=head), self.clock.at), school, self.clock.at, write=write)

        return self.run(unit)

    def rows(self):
        return self.run(lambda c: sorted(c.exec_driver_sql("SELECT code, stage, title FROM event").all()))

    def of(self, uid, recurrence=""):
        return self.run(lambda c: events.by_uid(c, uid, recurrence))

    def sessions(self, uid="ged@example.org"):
        return self.run(lambda c: events.of_uid(c, 1, uid))

    def opens(self, uid):
        for row in self.sessions(uid):
            self.run(lambda c, row=row: events.set_stage(c, row.id, EventStage.OPEN, of=(EventStage.DRAFT,)))

    def announced(self):
        query = "SELECT t.body FROM announcement a JOIN announcement_text t ON t.announcement_id = a.id AND t.language = 'en' WHERE a.kind = 'change' AND a.stage = 'scheduled'"
        from storage.sealing import in_use

        return self.run(lambda c: [in_use().open(bytes(body)) for (body,) in c.exec_driver_sql(query)])


def test_one_event_is_read_with_all_it_says():
    """Title, time by the school's clock, place and description."""
    [told] = read(wrapped(PIZZA.format(more=""))).events

    assert ("Pizza night", "Cafeteria", "Games for all ages.") == (told.title, told.place, told.description)
    assert datetime(2026, 12, 4, 18, tzinfo=HERE) == told.starts
    assert timedelta(hours=2) == told.ends - told.starts


@pytest.mark.parametrize(
    ("start", "hour"),
    [("DTSTART:20261204T180000", 18), ("DTSTART:20261205T020000Z", 18), ("DTSTART;TZID=America/New_York:20261204T210000", 18)],
    ids=["floating", "utc", "another zone"],
)
def test_every_time_is_by_the_schools_clock(start, hour):
    """A time without a zone is the school's own; another zone's is what it is here."""
    [told] = read(wrapped(PIZZA.format(more="").replace("DTSTART;TZID=America/Los_Angeles:20261204T180000", start))).events

    assert hour == told.starts.hour
    assert HERE == told.starts.tzinfo


def test_a_whole_day_lasts_from_midnight_to_midnight():
    """A day of no school has no hours."""
    whole = "BEGIN:VEVENT\nUID:day@example.org\nSUMMARY:Open day\nDTSTART;VALUE=DATE:20261204\nEND:VEVENT\n"
    [told] = read(wrapped(whole)).events

    assert (datetime(2026, 12, 4, tzinfo=HERE), datetime(2026, 12, 5, tzinfo=HERE)) == (told.starts, told.ends)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("UID:1\nSUMMARY:Movie night\n", '"Movie night" has no DTSTART that is a time'),
        ("UID:1\nSUMMARY:Movie night\nDTSTART:soon\n", '"Movie night" has no DTSTART that is a time'),
        ("SUMMARY:Movie night\nDTSTART:20261204T180000\n", '"Movie night" has no UID'),
        ("UID:1\nDTSTART:20261204T180000\n", "The event with UID 1 has no SUMMARY"),
        ("UID:1\nSUMMARY:Movie night\nDTSTART:20261204T180000\nDTEND:20261204T170000\n", '"Movie night" would end at 2026-12-04 17:00'),
        (
            "UID:1\nSUMMARY:Movie night\nDTSTART:20261204T180000\nRRULE:FREQ=SOMETIMES\n",
            '"Movie night" recurs by a rule that cannot be read',
        ),
        ("UID:1\nSUMMARY:Movie night\nDTSTART:20261204T180000\nRRULE:FREQ=HOURLY\n", '"Movie night" has more than 200 sessions'),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_taken(more, says):
    """One event without a start does not keep the others out."""
    feed = read(wrapped(f"BEGIN:VEVENT\n{more}END:VEVENT\n", PIZZA.format(more="")))

    [sentence] = feed.unfit
    assert sentence.startswith(says)
    assert ["Pizza night"] == [told.title for told in feed.events]


@pytest.mark.parametrize("content", [b"", b"dear families", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_a_file_that_is_no_calendar_is_refused(content):
    """In a sentence that says how to get one."""
    with pytest.raises(ics_reading.BadCalendar, match=r"Export it from a calendar as \.ics"):
        read(content)


def test_a_series_stays_at_its_hour_when_the_clocks_change(desk):
    """Every Tuesday at six, from October over both changes of the clock: always at six by the clock on the wall."""
    desk.clock.at = datetime(2026, 10, 1, 20, tzinfo=UTC)
    desk.takes(CLASS.format(more=""))
    sessions = desk.sessions()

    local = [row.starts_at.astimezone(HERE) for row in sessions]
    assert 30 == len(sessions)
    assert {(18, 0)} == {(at.hour, at.minute) for at in local}
    assert {-7, -8} == {at.utcoffset() // timedelta(hours=1) for at in local}
    assert [timedelta(days=7)] * 29 == [b.date() - a.date() for a, b in pairwise(local)]


def test_sessions_are_left_out_moved_and_called_off_one_by_one(desk):
    """No class at Thanksgiving; one is an hour later; one is off."""
    zone = "TZID=America/Los_Angeles:"
    later = CLASS.replace("RRULE:FREQ=WEEKLY;COUNT=30\n", f"RECURRENCE-ID;{zone}20261201T180000\n").replace("20261006T18", "20261201T19")
    off = f"BEGIN:VEVENT\nUID:ged@example.org\nSUMMARY:GED class\nRECURRENCE-ID;{zone}20261208T180000\nSTATUS:CANCELLED\nEND:VEVENT\n"
    desk.takes(
        CLASS.format(more=f"EXDATE;{zone}20261124T180000\n"), later.replace("20261006T193000", "20261201T203000").format(more=""), off
    )
    times = [row.starts_at.astimezone(HERE).strftime("%m-%d %H") for row in desk.sessions()]

    assert ["12-01 19", "12-15 18", "12-22 18"] == times[:3]
    assert "20261202T020000Z" == desk.sessions()[0].recurrence  # where it was planned for at first
    assert 1 == len({row.series_id for row in desk.sessions()})
    assert {"ged"} == {row.code for row in desk.sessions()}


def test_the_same_file_twice_changes_nothing(desk):
    """And shows so before it is done."""
    shown = desk.takes(PIZZA.format(more=""), CLASS.format(more=""), write=False)
    assert [] == desk.rows()
    first = desk.takes(PIZZA.format(more=""), CLASS.format(more=""))
    assert first.lines == shown.lines
    again = desk.takes(PIZZA.format(more=""), CLASS.format(more=""))

    assert ([], {"as it was": first.counts["new"]}) == (again.lines, dict(again.counts))


def test_an_update_moves_the_event_and_whoever_was_invited_hears_of_it(desk):
    """The same UID with a higher SEQUENCE is the same event at another time."""
    desk.takes(PIZZA.format(more=""))
    desk.opens("pizza@example.org")
    report = desk.takes(PIZZA.format(more="SEQUENCE:1\n").replace("20261204", "20261211"))

    assert ["changed: Pizza night, Fri 2026-12-11 18:00 to 20:00: time"] == report.lines
    assert datetime(2026, 12, 11, 18, tzinfo=HERE) == desk.of("pizza@example.org").starts_at
    [body] = desk.announced()
    assert body.startswith("New time for Pizza night: Fri, Dec 11, 6pm to 8pm, Cafeteria.")


def test_an_older_file_does_not_undo_what_is_here(desk):
    """Whoever brings in last month's export is told, and nothing moves."""
    desk.takes(PIZZA.format(more="SEQUENCE:3\n"))
    report = desk.takes(PIZZA.format(more="SEQUENCE:2\n").replace("20261204", "20261211"))

    assert 1 == report.unfit
    assert "the file is older than what is here (SEQUENCE 2, here 3)" in report.lines[0]
    assert datetime(2026, 12, 4, 18, tzinfo=HERE) == desk.of("pizza@example.org").starts_at


@pytest.mark.parametrize(("head", "more"), [("METHOD:CANCEL\n", "SEQUENCE:1\n"), ("", "SEQUENCE:1\nSTATUS:CANCELLED\n")])
def test_what_the_calendar_calls_off_is_off(desk, head, more):
    """By its status or by the file's method; whoever was invited hears it, its first word being CANCELLED."""
    desk.takes(PIZZA.format(more=""))
    desk.opens("pizza@example.org")
    report = desk.takes(PIZZA.format(more=more), head=head)

    assert ["off: Pizza night, Fri 2026-12-04 18:00 (PIZZA)"] == report.lines
    assert EventStage.CANCELLED == desk.of("pizza@example.org").stage
    [body] = desk.announced()
    assert body.startswith("CANCELLED: Pizza night")


def test_a_session_that_is_not_in_the_file_any_more_is_off(desk):
    """The series was shortened: its last evenings do not take place."""
    desk.takes(CLASS.format(more=""))
    before = len([row for row in desk.sessions() if row.stage == EventStage.DRAFT])
    desk.takes(CLASS.format(more="SEQUENCE:1\n").replace("COUNT=30", "COUNT=12"))
    stages = [row.stage for row in desk.sessions()]

    assert before == len(stages)
    assert 12 - 7 == stages.count(EventStage.DRAFT)  # seven were over before it was brought in


def test_an_event_of_the_past_or_of_another_school_is_left_out(desk):
    """Each in its own sentence."""
    desk.takes(PIZZA.format(more=""))
    past = PIZZA.format(more="").replace("pizza@", "old@").replace("20261204", "20261104")
    report = desk.takes(past)
    assert "is in the past" in report.lines[0]

    def elsewhere(connection):
        connection.exec_driver_sql(
            "INSERT INTO school (keyword, name, zip, timezone, phone, languages) VALUES ('lago', 'Lago', '93307', 'America/Los_Angeles', '+16615550199', '[\"en\"]')"
        )
        school = people.school_called(connection, "lago")
        return ics_import.apply(connection, read(wrapped(PIZZA.format(more=""))), school, desk.clock.at)

    assert "is at another school already" in desk.run(elsewhere).lines[0]


# Out


def gathering(desk, **more):
    """An open event, as a view."""

    def unit(connection):
        school = people.school_called(connection, "mesa")
        starts = datetime(2026, 12, 4, 18, tzinfo=HERE)
        new = New("pizza", "Pizza; night, for all", starts, starts + timedelta(hours=2), more={"place": "Cafeteria", **more})
        made = keeping.make(connection, school, new, desk.clock.at, description="Games.")
        events.set_stage(connection, made.event, EventStage.OPEN, of=(EventStage.DRAFT,))
        rsvps.answer(connection, made.event, 1, Answer(PartStat.ACCEPTED, 3, 2), desk.clock.at, language="en")
        return views.view(connection, events.by_id(connection, made.event))

    return desk.run(unit)


def test_two_parsers_read_what_we_write(desk):
    """The same title, time and place, whoever reads it; and no word of who comes."""
    content = calendar.ics([gathering(desk)], stamp=NOON)
    [ours] = icalendar.Calendar.from_ical(content).events
    [theirs] = another_parser.Calendar(content.decode()).events

    starts = datetime(2026, 12, 4, 18, tzinfo=HERE)
    assert ("Pizza; night, for all", starts) == (str(ours["SUMMARY"]), ours.start)
    assert ("Pizza; night, for all", "Cafeteria", starts) == (theirs.name, theirs.location, theirs.begin.datetime)
    assert b"METHOD:PUBLISH" in content
    assert b"ATTENDEE" not in content
    assert b"PARTSTAT" not in content


def test_what_we_write_comes_back_as_it_was(desk):
    """Uid, sequence and times survive a trip through a file."""
    event = gathering(desk)
    [told] = read(calendar.ics([event], stamp=NOON)).events

    assert (event.uid, event.starts, event.ends, event.place) == (told.uid, told.starts, told.ends, told.place)


def test_a_series_that_we_write_keeps_its_hour_for_another_parser(desk):
    """The file itself says when the clocks change, so that nobody shows seven for six."""
    desk.clock.at = datetime(2026, 10, 1, 20, tzinfo=UTC)
    desk.takes(CLASS.format(more=""))
    sessions = desk.sessions()
    content = desk.run(lambda c: calendar.ics([views.view(c, row) for row in sessions], stamp=desk.clock.at))
    theirs = another_parser.Calendar(content.decode()).events

    assert b"BEGIN:VTIMEZONE" in content
    assert 30 == len(theirs)
    assert {18} == {each.begin.datetime.astimezone(HERE).hour for each in theirs}
    assert {18} == {each.start.astimezone(HERE).hour for each in icalendar.Calendar.from_ical(content).events}


WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=90).filter(str.strip)


def shown(title, place, hour=18, stage="open"):
    """An event as families see it, of which a file is written."""
    starts = datetime(2026, 11, 1, hour, tzinfo=HERE)
    ends = starts + timedelta(hours=2)
    said = {"zone": "America/Los_Angeles", "place": place, "map_link": "", "offered": Offered(), "until": starts, "stage": stage}
    return Event(1, "pizza", {"en": title}, starts, ends, **said, left={}, uid="a@platica", sequence=3)


@given(WRITTEN, WRITTEN, st.integers(0, 23))
@settings(max_examples=12)
def test_whatever_a_title_says_both_parsers_read_it(title, place, hour):
    """Commas, backslashes, emoji and letters of any script, on the very day the clocks change; no line is longer than the standard allows."""
    event = shown(title, place, hour)
    content = calendar.ics([event], stamp=NOON)
    [ours] = icalendar.Calendar.from_ical(content).events
    [theirs] = another_parser.Calendar(content.decode()).events

    assert (event.title(), place) == (str(ours["SUMMARY"]), str(ours["LOCATION"]))
    assert (event.title(), place) == (theirs.name, theirs.location)
    assert 1 == len({each.astimezone(UTC) for each in (event.starts, ours.start, theirs.begin.datetime)})
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_what_is_called_off_is_called_off_for_another_parser():
    """One event that is off is taken out by the method of its file; in a calendar of several by its status."""
    off = shown("Pizza night", "cafeteria", stage="cancelled")
    alone, among = (calendar.ics(each, stamp=NOON).decode() for each in ([off], [off, shown("Movie", "gym")]))
    [theirs] = another_parser.Calendar(alone).events

    assert ("CANCEL", "CANCELLED") == (another_parser.Calendar(alone).method, theirs.status)
    assert ("PUBLISH", "3") == (another_parser.Calendar(among).method, str(icalendar.Calendar.from_ical(alone).events[0]["SEQUENCE"]))


# Links


def test_a_signed_link_gives_the_file_and_any_other_nothing(desk, house):
    """Whoever counts numbers up finds no event."""
    event = gathering(desk)
    link = links.to_event("http://testserver", event.id, "es")
    with TestClient(app(house)) as web:
        found = web.get(link)
        forged = web.get(link.replace(f"/event/{event.id}-es/", f"/event/{event.id}/"))
        feed = web.get(links.to_school("http://testserver", "mesa"))

    assert (200, "text/calendar; charset=utf-8") == (found.status_code, found.headers["content-type"])
    assert [event.uid] == [str(each["UID"]) for each in icalendar.Calendar.from_ical(found.content).events]
    assert (404, "There is no such event here.") == (forged.status_code, forged.text)
    assert [event.uid] == [str(each["UID"]) for each in icalendar.Calendar.from_ical(feed.content).events]


def test_a_draft_has_no_file_and_what_is_off_says_so(desk, house):
    """Families see what they may know of; a calendar that follows us takes out what was called off."""
    event = gathering(desk)
    with TestClient(app(house)) as web:
        for stage, status in ((EventStage.DRAFT, 404), (EventStage.CANCELLED, 200)):
            desk.run(lambda c, stage=stage: events.set_stage(c, event.id, stage, of=tuple(EventStage)))
            answer = web.get(links.to_event("http://testserver", event.id))
            assert status == answer.status_code

    assert b"STATUS:CANCELLED" in answer.content
