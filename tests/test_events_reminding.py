"""What families hear of an event by itself: near it, when it changes, when a place is free, and the morning after. In one thread, by the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from conftest import NOON
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock
from bot.events import changing, keeping, reminding
from conversations.announcements.drafts import TextState
from conversations.events import near
from conversations.events.event import Answer, PartStat
from conversations.words import _
from storage import people
from storage.announcements import drafts, wording
from storage.announcements.tables import Stage
from storage.events import attendance, events, rsvps
from storage.events.events import New
from storage.events.tables import EventStage

HERE = ZoneInfo("America/Los_Angeles")
ANA, BEA, CARA = "+16615550121", "+16615550123", "+16615550122"
"""Families of the sample school; the last reads Spanish."""
NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001 - hypothesis wants it so


class Town:
    """An event with its invitation, families, and a clock that looks."""

    def __init__(self, house):
        self.house = house

    async def run(self, unit):
        return await self.house.database.run(unit)

    async def make(self, starts, *, code="pizza", invited=True, **more):
        """Made, its invitation approved in both languages and, if `invited`, through the gate."""

        def unit(connection):
            school = people.school_called(connection, "mesa")
            new = New(code, "Pizza night", starts, starts + timedelta(hours=2), more={"place": "cafeteria", **more})
            made = keeping.make(connection, school, new, self.now, description="Games.")
            drafts.write_text(connection, made.invitation, "es", "Noche de pizza\nJuegos.", by=None)
            drafts.approve_text(connection, made.invitation, "es", by=None, now=self.now)
            assert all(text.state is TextState.APPROVED for text in drafts.draft(connection, made.invitation).texts)
            if invited:
                drafts.set_stage(connection, made.invitation, Stage.SCHEDULED, of=(Stage.DRAFT,), send_at=self.now)
            return made

        self.made = await self.run(unit)
        if invited:
            await self.look()
        return self.made.event

    @property
    def now(self):
        return self.house.now()

    async def look(self):
        """The clock looks, and what may leave leaves; three minutes later what that began has left too."""
        for _again in range(3):
            await Clock(self.house).tick()
            await self.house.settled()
            self.house.now.forward(minutes=1, seconds=5)

    async def at(self, moment):
        """Time passes until then, and the clock looks."""
        self.house.now.at = moment.astimezone(UTC)
        before = len(self.carrier.accepted)
        await self.look()
        return self.carrier.accepted[before:]

    @property
    def carrier(self):
        return self.house.channels["sms"]

    async def says(self, address, people_=0, partstat=PartStat.ACCEPTED, **needs):
        """Somebody answers for their household."""

        def unit(connection):
            known = people.at(connection, "sms", address)
            answer = Answer(partstat, people_, 0, needs)
            rsvps.answer(connection, self.made.event, known.person_id, answer, self.now, language=known.language)

        await self.run(unit)

    async def change(self, **changes):
        await self.run(lambda c: changing.change(c, self.made.event, self.now, **changes))

    def said(self, handoffs, address):
        return [each.message.text for each in handoffs if each.address == address]


@pytest.fixture
def town(house):
    return Town(house)


def local(day, hour, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=HERE)


async def test_an_invitation_says_all_of_it_in_each_language(town):
    """Title and words of people, around them day, place, what there is and how to answer; and the event is open from then on."""
    await town.make(local(4, 18), meal=True, childcare=10, interpreters=["es"])
    english, spanish = (
        next(t for a in town.carrier.accepted if word in (t := a.message.text)) for word in ("Pizza night", "Noche de pizza")
    )

    assert (
        "Mesa Verde Elementary: Pizza night: Fri, Dec 4, 6pm to 8pm, cafeteria.\nGames.\nFree: a meal, child care (ages 0-12), Spanish interpreter.\n"
        "How many of you come? For example 4: text PIZZA 4. Nobody: PIZZA 0."
    ) == english
    assert spanish.startswith("Mesa Verde Elementary: Noche de pizza: vie, 4 dic, de 6pm a 8pm, cafeteria.")
    assert 40 == len(town.carrier.accepted)
    row = await town.run(lambda c: events.by_id(c, town.made.event))
    assert EventStage.OPEN == row.stage


async def test_who_comes_is_reminded_twice_with_what_they_asked_for(town):
    """The day before and two hours before, once each; who said no or nothing hears nothing."""
    await town.make(local(4, 18), childcare=10)
    await town.says(ANA, 5, childcare=2)
    await town.says(BEA, partstat=PartStat.DECLINED)

    day = await town.at(local(3, 18, 1))
    again = await town.at(local(4, 10))
    hours = await town.at(local(4, 16, 1))

    assert [ANA] == [each.address for each in day]
    [text] = town.said(day, ANA)
    assert text.startswith(
        "Mesa Verde Elementary: See you soon: Pizza night, Fri, Dec 4, 6pm to 8pm, cafeteria.\nWe expect 5 of you. Child care: 2."
    )
    assert [] == again
    [text] = town.said(hours, ANA)
    assert text.startswith("Mesa Verde Elementary: Today: Pizza night, Fri, Dec 4")


async def test_an_event_in_the_morning_is_reminded_of_the_evening_before(town):
    """Two hours before nine it is still night."""
    await town.make(local(5, 9))
    await town.says(ANA, 2)
    await town.at(local(4, 9, 1))

    evening = await town.at(local(4, 19, 1))
    night = await town.at(local(5, 7))

    assert [ANA] == [each.address for each in evening]
    assert [] == night


async def test_after_an_outage_only_what_still_makes_sense_is_said(town):
    """Everything was down from two days before until an hour before: one reminder, the last."""
    await town.make(local(4, 18))
    await town.says(ANA, 2)
    late = await town.at(local(4, 17))

    assert ["Mesa Verde Elementary: Today: Pizza night, Fri, Dec 4, 6pm to 8pm, cafeteria."] == [
        text.split("\n")[0] for text in town.said(late, ANA)
    ]


async def test_stop_wins_over_every_reminder_change_and_thanks(town):
    """Whoever said STOP hears no more, though they had said yes."""
    await town.make(local(4, 18))
    await town.says(ANA, 2)
    await town.house.hears("STOP", ANA)
    await town.change(place="gym")
    after = [*(await town.at(NOON + timedelta(minutes=30))), *(await town.at(local(3, 18, 1))), *(await town.at(local(4, 16, 1)))]

    assert [] == town.said(after, ANA)


async def test_another_place_is_told_at_once_to_whoever_may_come(town):
    """Those who said yes and those who have not answered; not who said no. They are asked again, and keep their places."""
    await town.make(local(4, 18))
    await town.says(ANA, 5)
    await town.says(BEA, partstat=PartStat.DECLINED)
    await town.change(place="gym")
    told = await town.at(town.now + timedelta(minutes=3))

    [ana], [cara] = town.said(told, ANA), town.said(told, CARA)
    assert [] == town.said(told, BEA)
    assert ana.startswith("New place for Pizza night: Fri, Dec 4, 6pm to 8pm, gym.")
    assert "PIZZA 4, or PIZZA 0" in ana
    assert cara.startswith("Nuevo lugar de Noche de pizza")
    row = await town.run(lambda c: rsvps.of_event(c, town.made.event)[0])
    assert (PartStat.ACCEPTED, 5) == (row.partstat, row.adults)


async def test_two_changes_in_a_minute_are_one_text(town):
    """Whoever corrects a slip does not text everybody twice."""
    await town.make(local(4, 18))
    await town.change(place="gym")
    await town.change(starts_at=local(4, 17), ends_at=local(4, 19))
    told = await town.at(town.now + timedelta(minutes=3))

    assert 40 == len(told)
    [ana] = town.said(told, ANA)
    assert "Fri, Dec 4, 5pm to 7pm, gym" in ana
    assert ana.startswith("New time and place for")


async def test_after_another_day_they_are_reminded_of_that_day(town):
    """The reminders of the old day are forgotten."""
    await town.make(local(4, 18))
    await town.says(ANA, 2)
    await town.at(local(3, 18, 1))
    await town.change(starts_at=local(11, 18), ends_at=local(11, 20))
    old = await town.at(local(4, 16, 1))
    new = await town.at(local(10, 18, 1))

    assert not any("Today" in text for text in town.said(old, ANA))
    assert 1 == len(town.said(new, ANA))


async def test_a_cancellation_reaches_everybody_who_was_invited_and_says_so_first(town):
    """In both languages, its first word; also who had said no; and no reminder follows."""
    await town.make(local(4, 18))
    await town.says(ANA, 5)
    await town.says(BEA, partstat=PartStat.DECLINED)
    await town.run(lambda c: changing.cancel(c, town.made.event, town.now))
    told = await town.at(town.now + timedelta(minutes=3))
    later = await town.at(local(3, 18, 1))

    assert 40 == len(told)
    assert {"CANCELLED", "CANCELADO"} == {each.message.text.split(":")[0] for each in told}
    assert [] == later


async def test_what_is_called_off_before_it_left_is_invited_to_by_nobody(town):
    """The invitation is held with it."""
    await town.make(local(4, 18), invited=False)
    await town.run(lambda c: changing.cancel(c, town.made.event, town.now))

    assert [] == await town.at(town.now + timedelta(minutes=5))
    assert "cancelled" == (await town.run(lambda c: drafts.draft(c, town.made.invitation))).stage


async def test_who_has_not_answered_is_asked_again_twice_at_most(town):
    """A week later and another week later, by day; who has answered is left alone, and two days before the event nobody is asked."""
    await town.make(NOON + timedelta(days=30))
    await town.says(ANA, 3)
    asked = [await town.at((NOON + timedelta(days=day)).replace(hour=20, minute=10)) for day in range(1, 29)]
    per_day = [len(each) for each in asked]

    assert [] == [text for each in asked for text in town.said(each, ANA)]
    assert [39, 39] == [count for count in per_day if count]
    first, *_second = [text for each in asked[:10] for text in town.said(each, BEA)]
    assert "We have not heard from you yet" in first


async def test_a_freed_place_is_offered_in_words_with_a_deadline(town):
    """The family in line hears how long it is kept for them."""
    await town.make(local(4, 18), capacity=5)
    await town.says(ANA, 5)
    await town.says(BEA, 3)
    await town.says(ANA, partstat=PartStat.DECLINED)
    told = await town.at(town.now + timedelta(minutes=1))

    [text] = town.said(told, BEA)
    assert "3 places are free" in text
    late = await town.at(town.now + timedelta(hours=3))
    assert any("still in line" in text for text in town.said(late, BEA))


async def test_who_was_there_is_thanked_the_next_morning_with_what_others_ask(town, monkeypatch):
    """Once; who did not come is not. Other features may add their question."""
    monkeypatch.setattr(reminding, "AFTER_EVENT", [lambda *_asked: _("Are you still there?")])
    await town.make(local(4, 18))
    await town.says(ANA, 2)
    await town.at(local(4, 18, 30))
    await town.run(partial(_arrives, event_id=town.made.event, address=ANA, now=town.now))
    evening = await town.at(local(4, 22))
    morning = await town.at(local(5, 9, 1))
    noon = await town.at(local(5, 12))

    assert ([], []) == (evening, noon)
    assert ["Thank you for coming to Pizza night! It was good to have you there.\nAre you still there?"] == town.said(morning, ANA)
    assert 1 == len(morning)


def _arrives(connection, event_id, address, now):
    known = people.at(connection, "sms", address)
    attendance.arrive(connection, event_id, known.person_id, now, how="code", language=known.language)


@given(st.datetimes(NEW_YEAR, NEW_YEAR.replace(year=2028)))
def test_no_reminder_is_ever_at_night(naive):
    """Whenever an event begins, on the days the clocks change too, both reminders are by day and before it."""
    starts = naive.replace(tzinfo=HERE)

    for at in (near.day_before(starts), near.hours_before(starts)):
        assert near.DAY_FROM <= at.time() < near.DAY_TO
        assert at.astimezone(UTC) < starts.astimezone(UTC)


@given(st.datetimes(NEW_YEAR, NEW_YEAR.replace(year=2027)), st.integers(0, 60))
def test_a_nudge_is_a_week_after_the_last_text_and_a_day_before_it_is_too_late(naive, days):
    """One text a week that nobody asked for."""
    last = naive.replace(tzinfo=HERE)
    until = last + timedelta(days=days)
    at = near.next_nudge(last, until)

    assert at is None or (last + near.NUDGE_AFTER <= at <= until - near.LEAST)


async def test_a_yes_is_answered_with_a_link_for_the_calendar(town):
    """Signed, in their language, where the deployment has an address of its own."""
    town.house.settings = replace(town.house.settings, public_url="https://texts.example.org")
    await town.make(local(4, 18))
    town.house.now.forward(minutes=20)
    said = "\n".join(await town.house.hears("PIZZA 3", ANA))

    assert f"For your calendar: https://texts.example.org/event/{town.made.event}-en/" in said
    assert said.endswith(".ics")


async def test_where_there_are_buttons_an_invitation_has_two_in_their_language(town):
    """A press says by itself which event it answers."""
    from bot.announcements import bodies
    from storage.outbox import Row
    from storage.tables import Kind

    await town.make(local(4, 18), invited=False)
    empty = dict.fromkeys(Row.__dataclass_fields__)
    row = Row(**{**empty, "id": 1, "channel": "telegram", "address": "1", "kind": Kind.INVITATION, "text": "", "buttons": ()})
    row = replace(row, announcement_id=town.made.invitation, language="es")
    [full], made = await town.run(lambda c: bodies.completed(c, [row], wording.filled(c, [row])))

    assert frozenset({1}) == made
    assert (("Vamos", f"e:{town.made.event}:0"), ("No podemos", f"e:{town.made.event}:1")) == full.buttons


async def test_a_new_title_is_read_in_every_language_at_once(town):
    """Once the invitation has left, nobody reads the old title: without its translation nothing is changed."""
    event = await town.make(local(4, 18))
    await town.says(CARA, 2)
    row = await town.run(lambda c: events.by_id(c, event))

    with pytest.raises(keeping.TitlesLack, match='--title-in "es: …"'):
        await town.run(lambda c: keeping.retitle(c, row, {"": "Movie night"}, town.now))
    await town.run(lambda c: keeping.retitle(c, row, {"": "Movie night", "es": "Noche de cine"}, town.now))
    [text] = town.said(await town.at(local(3, 18, 1)), CARA)

    assert text.startswith("Mesa Verde Elementary: Nos vemos pronto: Noche de cine, vie")
