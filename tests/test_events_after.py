"""At the door, and afterwards: who is counted, what stays, what is erased, and what a report says of it."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlmodel import col
from town_of_events import Gathering

from bot import forgetting
from bot.channels.base import Received
from bot.clock import Clock
from conversations.announcements.audience import of_school
from conversations.events import making
from conversations.events.event import CHILDCARE, PEOPLE, RIDE, Answer, PartStat
from storage import retention
from storage.announcements import drafts
from storage.announcements.audience import counted, people_of
from storage.events import attendance, audience, checks, events, lifecycle, reports, rsvps, series, slots
from storage.events.attendance import Line
from storage.events.events import New
from storage.events.reports import Count
from storage.tables import Kind, Outbox, State


@pytest.fixture
def gathering(database, clock):
    return Gathering(database, clock, capacity=20, childcare=3, rides=4)


def comes(gathering, number, **more):
    person_id = gathering.person(number)
    return gathering.run(lambda c: attendance.arrive(c, gathering.id, person_id, gathering.clock.at, **more))


def on_the_day(gathering):
    gathering.clock.at = gathering.new.starts_at


def test_a_household_is_counted_once_however_it_signs_in(gathering):
    """By the code, by its other phone, and on the paper of the liaison: one household, as large as it answered."""
    gathering.says(4, 0)
    gathering.joins(0, 1)
    on_the_day(gathering)
    first, again = comes(gathering, 0, how=attendance.QR), comes(gathering, 1)
    lines = [Line(4, person_id=gathering.person(1)), Line(2, 1, "es"), Line(1, name="Somebody")]
    entered = gathering.run(lambda c: attendance.on_paper(c, gathering.id, lines, gathering.clock.at))
    there = gathering.run(lambda c: attendance.of_event(c, gathering.id))

    assert (True, 4, 0) == (first.first, first.adults, first.children)
    assert (False, 4, 0) == (again.first, again.adults, again.children)
    assert 2 == entered
    assert [("qr", 4, 0, None), ("paper", 2, 1, None), ("paper", 1, 0, None)] == [(r.how, r.adults, r.children, r.name) for r in there]


def test_who_did_not_answer_is_one_adult_until_they_say_more(gathering):
    """ "HERE 4821", and then "HERE 4821 5"."""
    on_the_day(gathering)
    assert (1, 0) == (comes(gathering, 0).adults, comes(gathering, 0).children)
    assert (False, 2, 3) == (comes(gathering, 0, sizes=(2, 3)).first, comes(gathering, 0).adults, comes(gathering, 0).children)
    assert (5, 1) == (gathering.run(lambda c: reports.report(c, gathering.id)).came.people, len(people_who(gathering, audience.CAME)))


def test_a_line_that_was_a_mistake_is_struck(gathering):
    """Once; and only of its own event."""
    comes(gathering, 0)
    (line,) = gathering.run(lambda c: attendance.of_event(c, gathering.id))
    assert [False, True, False] == [
        gathering.run(lambda c, e=event: attendance.strike(c, e, line.id)) for event in (gathering.id + 1, gathering.id, gathering.id)
    ]


def test_names_are_kept_at_a_committees_meeting_only(database, clock):
    """A family night keeps counts."""
    meeting, party = Gathering(database, clock, "council", keeps_names=True), Gathering(database, clock)
    for gathering in (meeting, party):
        comes(gathering, 0, name="Somebody")
    assert ["Somebody"] == database.run_now(lambda c: [row.name for row in attendance.of_event(c, meeting.id)])
    assert [None] == database.run_now(lambda c: [row.name for row in attendance.of_event(c, party.id)])


def test_nobody_is_counted_at_what_is_over(gathering):
    """The sheet was entered before."""
    gathering.clock.forward(days=8)
    assert gathering.run(lambda c: lifecycle.finish(c, gathering.id, gathering.clock.at))
    with pytest.raises(checks.NotOpen):
        comes(gathering, 0)
    with pytest.raises(checks.NotOpen):
        gathering.says(0, 0)
    with pytest.raises(checks.NoSuchEvent):
        gathering.run(lambda c: reports.report(c, 4711))


def test_once_it_is_over_nothing_says_whose_a_count_is(gathering):
    """Three days after its end: the links are erased, what was counted adds up as before, and who came is still known to have said yes."""
    gathering.says(4, 0, interpreter="es", ride=2, ages=[3, 5])
    gathering.says(2, 1, meal="no pork")
    gathering.says(0, 2)
    on_the_day(gathering)
    comes(gathering, 0)
    comes(gathering, 3)
    before = gathering.run(lambda c: reports.report(c, gathering.id))
    gathering.clock.forward(days=3, hours=1)
    assert [] == gathering.run(lambda c: lifecycle.due(c, gathering.clock.at))
    gathering.clock.forward(hours=2)
    assert [gathering.id] == gathering.run(lambda c: lifecycle.due(c, gathering.clock.at))
    after = gathering.run(lambda c: reports.report(c, gathering.id))

    for name in ("answers", "by_language", "places", "needs", "came", "came_by_language", "came_how", "showing"):
        assert getattr(before, name) == getattr(after, name)
    assert Count(1, 4, 0) == after.showing["es"].came_of_them
    links = [*gathering.run(lambda c: rsvps.of_event(c, gathering.id)), *gathering.run(lambda c: attendance.of_event(c, gathering.id))]
    assert {None} == {row.person_id for row in links}
    assert {"x"} == {row.household[0] for row in links}
    assert [] == people_who(gathering, audience.CAME)


async def test_the_clock_finishes_what_has_ended(house, database, clock):
    """Nobody has to think of it, and even after a month of silence the needs are counted before they are erased."""
    gathering = Gathering(database, clock)
    await asyncio.to_thread(gathering.says, 2, 0, interpreter="es")
    clock.forward(days=50)
    await Clock(house).tick()
    report = await database.run(lambda c: reports.report(c, gathering.id))

    assert ("over", {"es": 1}) == (report.stage, report.needs["interpreter"])
    assert [(None,)] == await house.run("SELECT needs FROM rsvp")


def test_ages_and_needs_are_erased_thirty_days_after_it(gathering):
    """What is left is how many needed what."""
    gathering.says(4, 0, interpreter="es", ages=[3, 5])
    gathering.clock.forward(days=10, hours=3)
    gathering.run(lambda c: lifecycle.due(c, gathering.clock.at))
    gathering.clock.forward(days=20)
    assert 0 == gathering.run(lambda c: retention.erase(c, gathering.clock.at))["needs"]
    gathering.clock.forward(days=7)
    assert 1 == gathering.run(lambda c: retention.erase(c, gathering.clock.at))["needs"]
    assert [None] == gathering.run(lambda c: [row.needs for row in rsvps.of_event(c, gathering.id)])
    assert {"es": 1} == gathering.run(lambda c: reports.report(c, gathering.id)).needs["interpreter"]
    assert "ages and needs" in str(gathering.run(lambda c: forgetting.report(c, now=gathering.clock.at)))


def test_a_report_counts_what_was_asked_for_and_what_was_given(gathering):
    """Three of five children have a place, and both who asked for a ride of two."""
    gathering.says(4, 0, ages=[3, 5, 14], ride=2, interpreter="es")
    gathering.says(3, 1, ages=[2], access="wheelchair")
    gathering.says(5, 2, childcare=2)
    report = gathering.run(lambda c: reports.report(c, gathering.id))

    assert Count(3, 12, 0) == report.answers[PartStat.ACCEPTED] == report.by_language["es"]
    assert (20, 12, 0, 0) == tuple(vars(report.places[PEOPLE]).values())[:4]
    assert (3, 3, 0, 2, 1) == tuple(vars(report.places[CHILDCARE]).values())
    assert (4, 2) == (report.places[RIDE].limit, report.places[RIDE].held)
    assert ({"es": 1}, 0, 1, 2) == tuple(report.needs[name] for name in ("interpreter", "meal", "access", "ride"))


# Whom it can be written to


def people_who(gathering, which):
    return gathering.run(lambda c: sorted(c.execute(people_of(audience.of_event(gathering.id, which))).scalars().all()))


def test_an_audience_can_name_how_somebody_stands_with_an_event(gathering):
    """Both phones of a household are in it."""
    gathering.says(18, 0)
    gathering.says(5, 1)
    gathering.says(0, 2)
    gathering.joins(0, 3)
    zero, one, two, three = (gathering.person(number) for number in range(4))

    assert [zero, one, three] == sorted(people_who(gathering, audience.ACCEPTED))
    assert sorted([zero, three]) == people_who(gathering, audience.COMING)
    assert [one] == people_who(gathering, audience.WAITING)
    assert [two] == people_who(gathering, audience.DECLINED)
    with pytest.raises(ValueError, match="is one of"):
        people_who(gathering, "angry")


def test_who_has_not_answered_is_a_total_and_only_from_ten_on(gathering):
    """Twelve were invited: while ten or more are silent that is said, then nothing; and nobody learns who."""

    def invited(connection):
        now = gathering.clock.at
        more = {"audience": of_school("mesa"), "language": "en", "texts": {"en": "Pizza night"}, "now": now}
        number = drafts.save(connection, school_id=1, author_id=None, kind=Kind.INVITATION, **more)
        events.invite_with(connection, gathering.id, number)
        address = connection.execute(select(col(Outbox.address_id)).limit(1)).scalar_one_or_none() or 1
        row = {"address_id": address, "announcement_id": number, "channel": "sms", "kind": Kind.INVITATION, "priority": 50, "text": None}
        sent = {**row, "ask_location": "", "question": 0, "state": State.DELIVERED, "reason": "", "created_at": now, "due_at": now}
        for person in range(12):
            connection.execute(insert(Outbox).values(**sent, attempts=1, buttons_live=False, person_id=gathering.people[person]))

    for person in range(12):
        gathering.person(person)
    gathering.run(invited)
    gathering.says(1, 0)
    gathering.says(0, 1)

    silent = audience.of_event(gathering.id, audience.SILENT)
    report = gathering.run(lambda c: reports.report(c, gathering.id))
    assert (12, 10) == (report.invited, report.unanswered)
    assert [gathering.people[number] for number in range(2, 12)] == people_who(gathering, audience.SILENT)
    gathering.says(1, 2)
    assert None is gathering.run(lambda c: reports.report(c, gathering.id)).unanswered
    assert not gathering.run(lambda c: counted(c, silent, "news", gathering.clock.at)).shown


# A series


def test_a_series_is_enrolled_in_once_and_completed_by_coming(database, clock):
    """Four evenings; three are enough. The record is there until the last one is over, and then nobody is in it by name."""

    def made(connection):
        series_id = series_of(connection)
        for week in range(4):
            starts = clock.at + timedelta(weeks=week + 1)
            new = New("ged", "GED", starts, starts + timedelta(hours=2), more={"series_id": series_id, "capacity": 20})
            lifecycle.open_(connection, events.make(connection, 1, new, clock.at))
        return series_id

    def series_of(connection):
        return events.new_series(connection, 1, "GED", clock.at, sessions_to_complete=3)

    series_id = database.run_now(made)
    with pytest.raises(checks.CodeTaken):
        database.run_now(series_of)
    party = Gathering(database, clock)
    pupil, other = party.person(0), party.person(1)
    for person in (pupil, other):
        database.run_now(lambda c, p=person: series.enrol(c, series_id, p, Answer(PartStat.ACCEPTED, 1), clock.at))
    sessions = database.run_now(lambda c: events.of_series(c, series_id))
    for number, session in enumerate(sessions):
        clock.at = session.starts_at
        database.run_now(lambda c, s=session: attendance.arrive(c, s.id, pupil, clock.at))
        if number == 0:
            database.run_now(lambda c, s=session: attendance.arrive(c, s.id, other, clock.at))
            leaves = database.run_now(lambda c: series.enrol(c, series_id, other, Answer(PartStat.DECLINED), clock.at))
            assert 3 == len(leaves)
        clock.forward(days=3, hours=2)
        assert session.id in database.run_now(lambda c: lifecycle.due(c, clock.at))
        record = database.run_now(lambda c: series.completion(c, series_id))
        linked = {each.person_id for each in record}
        assert ({pupil, other} if number < 3 else {None}) == linked

    assert [(4, True), (1, False)] == [(each.sessions, each.complete) for each in record]


# Times to pick


def test_a_time_is_picked_moved_and_given_back(database, clock):
    """Two want the same: the first has it. Who picks another frees their own."""
    gathering = Gathering(database, clock, kind="appointment")
    start = gathering.new.starts_at
    times = [(start + timedelta(minutes=15 * n), start + timedelta(minutes=15 * (n + 1))) for n in range(3)]
    now = gathering.clock.at
    assert (3, 0) == tuple(gathering.run(lambda c: slots.add(c, gathering.id, times, now)) for _ in range(2))
    first, second, third = gathering.run(lambda c: slots.free(c, gathering.id, now))
    one, two = gathering.person(0), gathering.person(1)

    assert first.id == gathering.run(lambda c: slots.pick(c, gathering.id, first.id, one, now)).id
    with pytest.raises(slots.SlotTaken):
        gathering.run(lambda c: slots.pick(c, gathering.id, first.id, two, now))
    gathering.run(lambda c: slots.pick(c, gathering.id, second.id, one, now))
    gathering.run(lambda c: slots.pick(c, gathering.id, first.id, two, now))
    assert [third.id] == [slot.id for slot in gathering.run(lambda c: slots.free(c, gathering.id, now))]
    assert gathering.run(lambda c: slots.release(c, gathering.id, two))
    assert not gathering.run(lambda c: slots.release(c, gathering.id, two))
    assert second.id == gathering.run(lambda c: slots.mine(c, gathering.id, one)).id


async def test_a_time_that_all_want_at_once_is_given_once(database, clock):
    """Twenty families pick the same time in the same moment."""
    gathering = Gathering(database, clock, kind="appointment")
    start = gathering.new.starts_at
    gathering.run(lambda c: slots.add(c, gathering.id, [(start, start + timedelta(minutes=15))], clock.at))
    (slot,) = gathering.run(lambda c: slots.free(c, gathering.id, clock.at))
    people = [gathering.person(number) for number in range(20)]
    picks = [lambda c, p=person: slots.pick(c, gathering.id, slot.id, p, clock.at) for person in people]
    got = await asyncio.gather(*(database.run(pick) for pick in picks), return_exceptions=True)

    assert Counter({slots.SlotTaken: 19}) == Counter(type(each) for each in got if isinstance(each, Exception))


async def test_a_time_that_six_pick_by_text_at_once_is_one_familys(house, database, clock):
    """Two times, six families, the same number at once, twice: one each has one, the others see what is left, and in the end the line."""
    gathering = Gathering(database, clock, code="conf", kind="appointment")
    starts = gathering.new.starts_at
    gathering.run(lambda c: slots.add(c, gathering.id, making.times(starts, starts + timedelta(minutes=40), 20), clock.at))
    phones = [f"+1661555018{n}" for n in range(6)]
    for phone in phones:
        await house.hears("conf", phone)

    async def all_pick(turn):
        clock.forward(minutes=2)
        before = len(house.channels["sms"].accepted)
        await asyncio.gather(*(house.receive(Received("sms", f"{turn} {phone}", phone, "1")) for phone in phones))
        await house.settled()
        return [handoff.message.text for handoff in house.channels["sms"].accepted[before:]]

    first, second = await all_pick("first"), await all_pick("second")
    taken = [row.person_id for row in gathering.run(lambda c: slots.of_event(c, gathering.id))]

    assert (1, 5) == (sum("You're set" in text for text in first), sum("not available any more" in text for text in first))
    assert (1, 4) == (sum("You're set" in text for text in second), sum("are taken" in text for text in second))
    assert 2 == len({*taken, None}) - 1


def test_a_date_that_is_missed_stays_missed(database, clock):
    """Who misses one date and then comes with more people has not said that they come to that one after all; who comes back to all has."""

    def made(connection):
        series_id = events.new_series(connection, 1, "GED", clock.at)
        for week in range(3):
            starts = clock.at + timedelta(weeks=week + 1)
            new = New("ged", "GED", starts, starts + timedelta(hours=2), more={"series_id": series_id})
            lifecycle.open_(connection, events.make(connection, 1, new, clock.at))
        return series_id

    series_id, family = database.run_now(made), Gathering(database, clock).person(0)
    first, second, third = database.run_now(lambda c: events.of_series(c, series_id))

    def says(count):
        said = Answer(PartStat.ACCEPTED if count else PartStat.DECLINED, count)
        database.run_now(lambda c: series.enrol(c, series_id, family, said, clock.at))
        return [row.id for row in database.run_now(lambda c: series.coming_to(c, series_id, family, clock.at))]

    assert [first.id, second.id, third.id] == says(1)
    database.run_now(lambda c: rsvps.answer(c, second.id, family, Answer(PartStat.DECLINED), clock.at))
    assert [first.id, third.id] == says(2)
    assert [] == says(0)
    assert [first.id, second.id, third.id] == says(3)
