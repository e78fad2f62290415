"""What an announcement may do at the moment it leaves: the night, the week's one text, a rest, the cap, the money, and whoever halts it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import also_at
from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from bot import nights, outbox
from bot.channels import base
from bot.channels.base import StatusReport
from bot.clock import Clock
from bot.settings import Settings
from conversations.announcements.audience import Audience, Criterion, of_school
from conversations.effects import Prefer
from storage import holding, linking, people, preferences, sealing
from storage.announcements import audience, course, drafts, ledger, planning
from storage.announcements import urgent as agreeing
from storage.announcements.tables import SchoolLanguage, Stage
from storage.outbox import PRIORITY
from storage.roster.tables import Introduction
from storage.roster.tables import Stage as Introduced
from storage.tables import Address, Kind, Membership, Person, School, State

COORDINATOR, LIAISON, ROSA = "+16615550100", "+16615550110", "+16615550120"
FAMILIES = of_school("mesa")


def saved(house, kind=Kind.NEWS, *, to=FAMILIES, stage=Stage.SCHEDULED, texts=None, **more):
    """An announcement that has passed the gate; its number."""

    def unit(connection):
        author = people.at(connection, "sms", COORDINATOR)
        words = texts or {"en": f"Mesa Verde: a {kind}.", "es": f"Mesa Verde: {kind}, en español."}
        school = author.school_id
        number = drafts.save(
            connection,
            school_id=more.pop("school_id", school),
            author_id=author.person_id,
            kind=kind,
            audience=to,
            language="en",
            texts=words,
            now=house.now(),
            stage=stage,
            send_at=more.pop("send_at", house.now()),
            **more,
        )
        for language in words:
            drafts.approve_text(connection, number, language, by=author.person_id, now=house.now())
        if kind is Kind.URGENT:
            second = people.at(connection, "sms", LIAISON).person_id
            agreeing.list_approvers(connection, number, [second])
            agreeing.answer(connection, number, second, "yes")
        return number

    return house.database.run_now(unit)


def only(*numbers):
    """An audience of nobody but a few people."""
    return Audience(tuple((Criterion("them", number),) for number in numbers))


@pytest.fixture(autouse=True)
def _them(monkeypatch):
    """Lets an audience name a few people by their numbers."""
    monkeypatch.setattr(audience, "CRITERIA", dict(audience.CRITERIA))
    of = select(col(Address.person_id))
    audience.register("them", lambda number: col(Person.id).in_(of.where(col(Address.lookup) == sealing.in_use().lookup(number))))


async def tick(house, clock=None):
    await (clock or Clock(house)).tick()
    await house.settled()


def books(house, number):
    return house.database.run_now(lambda connection: ledger.account(connection, number))


def known(house, number=ROSA):
    return house.database.run_now(lambda connection: people.at(connection, "sms", number))


def change(house, number=ROSA, **values):
    """Something about a person is otherwise now."""
    who = known(house, number).person_id
    house.database.run_now(lambda c: c.execute(update(Person).where(col(Person.id) == who).values(**values)))


def announced(house, address=ROSA):
    return [text for text in house.channels["sms"].texts_to(address) if text.startswith("Mesa Verde:")]


async def test_every_family_gets_it_once_in_its_own_language(house):
    """The whole way: started, planned, handed off, accounted for."""
    number = saved(house)
    await tick(house)
    found = books(house, number)

    assert (40, 40, True) == (found.intended, found.sent, found.adds_up)
    assert {"en": 20, "es": 20} == found.languages
    assert 40 == len({handoff.address for handoff in house.channels["sms"].accepted})
    assert all(
        ("español" in announced(house, f"+166155501{n}")[0]) == (known(house, f"+166155501{n}").language == "es") for n in range(20, 60)
    )


async def test_who_reads_another_language_gets_the_source_and_a_line(house):
    """And who is not known to read any gets the school's first."""
    change(house, ROSA, language="vi")
    change(house, "+16615550121", language=None)
    number = saved(house)
    await tick(house)

    assert ["Mesa Verde: a news.\nHelp with this text in your language: reply CALL."] == announced(house)
    assert {"en": 20, "es": 19, "en-x-vi": 1} == books(house, number).languages or {"en": 19, "es": 20, "en-x-vi": 1} == books(
        house, number
    ).languages
    assert ["en", "es"] == [text.language for text in house.database.run_now(lambda c: drafts.draft(c, number)).texts]


async def test_a_stale_translation_does_not_leave(house):
    """What was approved of other words is not these words."""

    def stale(connection):
        connection.execute(delete(SchoolLanguage))
        drafts.write_text(connection, number, "en", "Mesa Verde: at six.", by=None)
        drafts.approve_text(connection, number, "en", by=None, now=house.now())

    number = saved(house)
    house.database.run_now(stale)
    await tick(house)

    spanish = next(f"+166155501{n}" for n in range(20, 60) if known(house, f"+166155501{n}").language == "es")
    assert ["Mesa Verde: at six.\nAyuda con este mensaje en su idioma: responda LLAMAR."] == announced(house, spanish)
    assert {"en": 20, "en-x-es": 20} == books(house, number).languages


NIGHTS = [
    # in March the clocks of the west coast go from 2 to 3 on the 8th, in November from 2 to 1 on the 1st
    ("America/Los_Angeles", "2026-03-07 20:00", "2026-03-08 08:00", 11),
    ("America/Los_Angeles", "2026-03-08 01:00", "2026-03-08 08:00", 6),
    ("America/Los_Angeles", "2026-10-31 20:00", "2026-11-01 08:00", 13),
    ("America/Los_Angeles", "2026-11-01 01:30", "2026-11-01 08:00", 7.5),
    ("America/Los_Angeles", "2026-11-18 07:59", "2026-11-18 08:00", 1 / 60),
    ("Pacific/Honolulu", "2026-11-01 23:00", "2026-11-02 08:00", 9),
    ("America/Denver", "2026-03-07 22:00", "2026-03-08 08:00", 9),
]


@pytest.mark.parametrize(("zone", "now", "morning", "hours"), NIGHTS)
def test_the_night_ends_at_eight_on_the_clocks_of_the_place(zone, now, morning, hours):
    """Whatever the clocks did in it."""
    place = ZoneInfo(zone)
    begins, ends = (datetime.fromisoformat(each).replace(tzinfo=place).astimezone(UTC) for each in (now, morning))

    assert nights.is_night(begins, place)
    assert ends == nights.next_morning(begins, place)
    assert timedelta(hours=hours) == ends - begins
    assert not nights.is_night(ends, place)


@pytest.mark.parametrize(("day", "left"), [("2026-03-08", 12), ("2026-11-01", 12), ("2026-11-18", 12)])
def test_a_day_is_as_long_as_the_clocks_say(day, left):
    """From eight to eight, also on the days the clocks change."""
    place = ZoneInfo("America/Los_Angeles")
    now = datetime.fromisoformat(f"{day} 08:00").replace(tzinfo=place).astimezone(UTC)

    assert timedelta(hours=left) == nights.left_of_day(now, place)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01", "2026-11-18"])
async def test_nothing_leaves_at_night_but_what_is_urgent(house, clock, day):
    """It is held until the morning there; a carrier is told until when it means something."""
    evening = datetime.fromisoformat(f"{day} 01:00").replace(tzinfo=ZoneInfo("America/Los_Angeles")).astimezone(UTC)
    clock.at = evening
    news, urgent = saved(house), saved(house, Kind.URGENT)
    await tick(house)
    at_night = house.channels["sms"].accepted[:]
    clock.at = datetime.fromisoformat(f"{day} 08:00").replace(tzinfo=ZoneInfo("America/Los_Angeles")).astimezone(UTC) - timedelta(seconds=1)
    await tick(house)
    before = len(house.channels["sms"].accepted)
    meanwhile = {handoff.address for handoff in house.channels["sms"].accepted[len(at_night) :]}
    held = books(house, news)
    clock.forward(seconds=1)
    await tick(house)
    by_day = [handoff for handoff in house.channels["sms"].accepted[before:] if handoff.address != COORDINATOR]

    assert (40, 40, {"night": 40}) == (books(house, urgent).sent, len(at_night), held.waits)
    assert {COORDINATOR} == meanwhile  # how the urgent one went
    assert {4 * 3600} == {handoff.valid_for for handoff in at_night}
    assert (40, {36_000}) == (len(by_day), {handoff.valid_for for handoff in by_day})


async def test_the_night_is_where_they_are(house, clock):
    """A school and a family in other zones than the server: each by its own clock. A zone that is none is passed over."""
    denver = {"keyword": "oak", "name": "Oak", "zip": "80014", "timezone": "America/Denver", "phone": "+16615550199", "languages": ["en"]}
    school = house.database.run_now(lambda c: c.execute(insert(School).values(**denver).returning(col(School.id))).scalar_one())
    author = known(house, COORDINATOR).person_id
    house.database.run_now(lambda c: people.add_member(c, author, school, "coordinator", clock.at - timedelta(days=1)))
    away, strange = "+16615550121", "+16615550122"
    change(house, away, timezone="Pacific/Honolulu")
    change(house, strange, timezone="Mars/Phobos")
    clock.at = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)  # 20:00 in Denver, 19:00 in Los Angeles, 17:00 in Honolulu
    number = saved(house, to=only(ROSA, away, strange), school_id=school)
    await tick(house)

    assert (1, {"night": 2}) == (books(house, number).sent, books(house, number).waits)
    assert [3 * 3600] == [handoff.valid_for for handoff in house.channels["sms"].accepted]


async def test_one_routine_text_a_week(house, clock):
    """The second waits, and is not dropped; reminders and changes neither wait nor count."""
    first = saved(house, to=only(ROSA))
    await tick(house)
    others = [saved(house, kind, to=only(ROSA)) for kind in (Kind.SURVEY, Kind.INVITATION, Kind.NEWS, Kind.REMINDER, Kind.CHANGE)]
    for _day in range(30):
        clock.forward(minutes=10)
        await tick(house)
        clock.forward(hours=23, minutes=50)

    kinds = [next(kind for kind in Kind if kind in text) for text in announced(house)]
    assert ["news", "change", "reminder", "invitation"] == kinds
    assert Stage.DONE == books(house, first).stage
    assert [{"too late": 1}, {}, {"too late": 1}] == [books(house, number).skips for number in others[:3]]


async def test_texts_leave_in_the_order_of_what_they_matter(house):
    """Changes before reminders, then invitations, surveys and news, whatever was written first."""
    house.channels["sms"].per_second = 1.0
    kinds = [Kind.NEWS, Kind.SURVEY, Kind.INVITATION, Kind.REMINDER, Kind.CHANGE]
    for n, kind in enumerate(kinds):
        saved(house, kind, to=only(f"+166155501{30 + n}"))
    await Clock(house).tick()
    for _second in range(20):
        await house.settled()
        house.now.forward(seconds=1)

    order = [next(kind for kind in kinds if kind in handoff.message.text) for handoff in house.channels["sms"].accepted]
    assert sorted(kinds, key=PRIORITY.get) == order


async def test_a_hold_is_a_hold(house, clock):
    """Danger, a pause of their own and the week's one text look alike in the books, and are due at the same time."""
    calm, paused, capped = ROSA, "+16615550121", "+16615550122"
    saved(house, to=only(capped))
    await tick(house)
    change(house, calm, calm_until=clock.at + timedelta(hours=72))
    resting = known(house, paused).person_id
    house.database.run_now(lambda c: preferences.prefer(c, resting, Prefer(pause=True), clock.at))
    number = saved(house, to=only(calm, paused, capped))
    changed = saved(house, Kind.CHANGE, to=only(calm, paused, capped))
    reminder = saved(house, Kind.REMINDER, to=only(calm, paused, capped))
    await tick(house)

    assert {"held": 3} == books(house, number).waits
    assert 1 == len(await house.run("SELECT DISTINCT due_at, reason, state FROM outbox WHERE announcement_id = :n", n=number))
    assert ["held"] * 3 == [each.why for each in house.database.run_now(lambda c: ledger.missed(c, number))]
    assert (3, {"held": 2}) == (books(house, changed).sent, books(house, reminder).waits)


async def test_whoever_does_not_know_us_yet_is_held_until_they_do(house, clock):
    """Imported and not introduced: nothing routine, and not left out either."""
    who = known(house)
    row = {"address_id": who.address_id, "school_id": who.school_id, "stage": Introduced.WAITING, "imported_at": clock.at, "basis": "list"}
    house.database.run_now(lambda c: c.execute(insert(Introduction).values(**row)))
    number, urgent = saved(house, to=only(ROSA)), saved(house, Kind.URGENT, to=only(ROSA))
    await tick(house)
    before = books(house, number).waits
    house.database.run_now(lambda c: c.execute(update(Introduction).values(stage=Introduced.ANSWERED)))
    clock.forward(days=1)
    await tick(house)

    assert ({"not welcomed": 1}, 1, 1) == (before, books(house, number).sent, books(house, urgent).sent)


async def test_a_quarter_of_the_day_is_kept_for_replies(house, clock):
    """What we begin waits for the morning; who writes is answered past the cap."""
    house.settings = Settings(database_url=house.settings.database_url, lease_seconds=30.0, sms_per_day=20)
    number, urgent = saved(house), saved(house, Kind.URGENT, to=only(ROSA))
    await tick(house)
    found = books(house, number)
    answered = [await house.hears("food", f"+166155501{n}") for n in range(30, 40)]
    clock.forward(days=1)
    await tick(house)

    assert (14, {"daily cap": 26}, 1) == (found.sent, found.waits, books(house, urgent).sent)
    assert all(answered)
    assert 28 == books(house, number).sent  # and the account of the urgent one to its author


async def test_the_months_budget_stops_what_is_not_urgent(house, clock):
    """It is said once, in plain words; the next month it goes on."""
    clock.at = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
    house.settings = Settings(database_url=house.settings.database_url, lease_seconds=30.0, budget=0.13)
    number, urgent = saved(house), saved(house, Kind.URGENT, to=only(ROSA))
    clocks = Clock(house)
    for _day in range(2):
        await tick(house, clocks)
        clock.forward(days=1)
    november = books(house, number)
    told = [text for text in house.channels["sms"].texts_to(COORDINATOR) if "budget" in text]
    await tick(house, clocks)

    assert (9, {"budget": 31}, 1) == (november.sent, november.waits, books(house, urgent).sent)
    assert 1 == len(told)
    assert 19 == books(house, number).sent


async def test_what_is_too_late_does_not_leave(house, clock):
    """Family night was yesterday."""
    clock.at = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
    number = saved(house, Kind.INVITATION, until=clock.at + timedelta(hours=2))
    await tick(house)
    clock.forward(days=1)
    await tick(house)

    assert {"too late": 40} == books(house, number).skips
    assert [] == house.channels["sms"].texts_to(ROSA)


async def test_too_fast_is_obeyed(house, clock):
    """After a 429 nothing that we begin is tried until the provider will have it; a reply is."""
    carrier = house.channels["sms"]
    carrier.fails = [base.TryLater("20429", after=30.0)] * 100
    carrier.per_second = 12.0
    number = saved(house)
    await tick(house)
    tried = 100 - len(carrier.fails)
    carrier.fails = []
    clock.forward(seconds=10)
    await house.settled()
    meanwhile, answer = books(house, number).sent, await house.hears("food", "+16615550130")
    for _second in range(60):
        clock.forward(seconds=2)
        await house.settled()

    assert (12, 0, 1, 40) == (tried, meanwhile, len(answer), books(house, number).sent)


@pytest.mark.parametrize(("error", "says"), [(base.OurFault("21606"), "21606"), (base.OurFault("30034"), "30034")])
async def test_a_sender_the_carrier_does_not_know_pauses_it(house, clock, error, says):
    """No flood of attempts; one sentence to the author; GO ON sends all of it, once."""
    carrier = house.channels["sms"]
    carrier.fails = [error] * 40
    number = saved(house)
    await tick(house)
    tried = 40 - len(carrier.fails)
    carrier.fails = []
    clock.forward(hours=1)
    await tick(house)
    paused, told = books(house, number), [text for text in carrier.texts_to(COORDINATOR) if "paused" in text]
    house.database.run_now(lambda c: course.go_on(c, number, clock.at))
    await tick(house)

    assert tried <= outbox.AT_ONCE
    assert (Stage.PAUSED, {"paused": 40}) == (paused.stage, paused.waits)
    assert (1, True) == (len(told), says in told[0])
    assert (40, 40) == (books(house, number).sent, len({handoff.address for handoff in carrier.accepted} - {COORDINATOR}))


async def test_a_carrier_that_filters_pauses_it(house, clock):
    """30007 by callback. What it says later of texts that left before GO ON is no news; of those after it is."""
    house.channels["sms"].per_second = 1.0
    number = saved(house)
    clocks = Clock(house)
    await tick(house, clocks)
    clock.forward(seconds=1)
    await tick(house, clocks)

    async def filtered(provider_id):
        status = StatusReport(provider_id, "failed", code="30007", pauses=True)
        await house.database.run(lambda c: outbox.report(c, "sms", status, clock.at, house))
        return books(house, number).stage

    stages = [await filtered("sms-1")]
    house.channels["sms"].per_second = 1000.0
    await tick(house, clocks)
    left = len(house.channels["sms"].accepted)
    clock.forward(minutes=1)
    house.database.run_now(lambda c: course.go_on(c, number, clock.at))
    stages.append(await filtered("sms-2"))
    clock.forward(minutes=1)
    await tick(house, clocks)
    stages.append(await filtered(f"sms-{left + 5}"))
    await house.settled()

    assert [Stage.PAUSED, Stage.RUNNING, Stage.PAUSED] == stages
    assert (True, {"30007": 3}) == (books(house, number).adds_up, books(house, number).failures)
    assert 2 == sum("spam" in text for text in house.channels["sms"].texts_to(COORDINATOR))


async def test_a_halt_counts_what_did_not_leave(house, clock, monkeypatch):
    """Whoever got it got it; everybody else stays unsent, also who had no row yet."""
    house.channels["sms"].per_second = 1.0
    number = saved(house)
    now = clock.at
    house.database.run_now(lambda c: planning.freeze(c, drafts.draft(c, number), now, {}))
    house.database.run_now(lambda c: planning.plan(c, number, now, window=25))
    await house.settled()
    sent = books(house, number).sent
    house.database.run_now(lambda c: course.halt(c, number, now))
    clock.forward(minutes=5)
    await tick(house)
    found = books(house, number)

    assert (40, 40 - sent, Stage.STOPPED, True) == (found.intended, found.skips["halted"], found.stage, found.adds_up)
    assert sent == found.sent == len(house.channels["sms"].accepted)
    assert not house.database.run_now(lambda c: course.halt(c, number, now))


async def test_what_is_cancelled_never_leaves(house, clock):
    """Until it starts."""
    number = saved(house, send_at=clock.at + timedelta(minutes=2))
    await tick(house)
    cancelled = house.database.run_now(lambda c: course.cancel(c, number, clock.at))
    clock.forward(minutes=3)
    await tick(house)

    assert (True, 0, []) == (cancelled, books(house, number).intended, house.channels["sms"].accepted)


async def test_an_author_who_lost_the_role_sends_nothing(house):
    """Between the draft and its time; nothing is sent by halves."""
    number = saved(house)
    who = known(house, COORDINATOR).person_id
    house.database.run_now(lambda c: c.execute(update(Membership).where(col(Membership.person_id) == who).values(role="staff")))
    await tick(house)

    assert (Stage.CANCELLED, 0) == (books(house, number).stage, books(house, number).intended)
    assert ["was not sent: you no longer"] == [text[15:42] for text in house.channels["sms"].texts_to(COORDINATOR)]


async def test_a_required_language_that_is_not_approved_blocks_it(house):
    """At its time too; it is a draft again, and its author hears why."""
    number = saved(house)

    def lacks(connection):
        connection.execute(delete(SchoolLanguage))
        connection.execute(insert(SchoolLanguage).values(school_id=1, language="es", required=True))
        drafts.write_text(connection, number, "es", "Mesa Verde: otra cosa.", by=None)

    house.database.run_now(lacks)
    await tick(house)

    assert (Stage.DRAFT, 0) == (books(house, number).stage, books(house, number).intended)
    assert "approved in: es" in house.channels["sms"].texts_to(COORDINATOR)[0]


@pytest.mark.parametrize("stopped", [True, False])
async def test_an_audience_nobody_is_in_or_that_has_stopped_is_through_at_once(house, clock, stopped):
    """And the account says so."""
    change(house, ROSA, stopped_at=clock.at)
    number = saved(house, to=only(ROSA) if stopped else Audience(()))
    await tick(house)
    found = books(house, number)

    assert (Stage.DONE, {"stopped": 1} if stopped else {}) == (found.stage, found.skips)
    assert 1 == len(house.channels["sms"].texts_to(COORDINATOR))


async def test_the_author_gets_the_account_once(house, clock):
    """When nothing more can leave soon, though somebody rests; and the call list leaves out whoever said STOP."""
    change(house, ROSA, calm_until=clock.at + timedelta(hours=72))
    change(house, "+16615550121", stopped_at=clock.at)
    carrier = house.channels["sms"]
    carrier.fails = [base.Refused("21211")]
    number, clocks = saved(house), Clock(house)
    for _hour in range(100):
        await tick(house, clocks)
        clock.forward(hours=1)
    found = books(house, number)
    to_call = house.database.run_now(lambda c: ledger.missed(c, number, to_call=True))

    assert ["Announcement 1: 37 of 40 reached, 1 wait until they may get it. WHO 1 says who did not get it."] == carrier.texts_to(
        COORDINATOR
    )
    assert (Stage.DONE, 38, {"21211": 1}, {"stopped": 1}) == (found.stage, found.sent, found.failures, found.skips)
    assert [State.FAILED] == [each.state for each in to_call]


async def test_an_unknown_outcome_is_cleared_up_as_ever(house, clock):
    """A carrier that took it in silence is asked, and nobody gets it twice."""
    carrier = house.channels["sms"]
    carrier.accepts_silently = 5
    number = saved(house)
    await tick(house)
    clock.forward(seconds=31)
    await house.settled()

    assert (40, 40) == (books(house, number).sent, len(carrier.accepted))
    assert {1} == set(Counter(handoff.address for handoff in carrier.accepted).values())


async def test_replies_do_not_wait_for_what_we_begin(house):
    """A sender of one a second with forty waiting: who writes is answered at once."""
    house.channels["sms"].per_second = 1.0
    saved(house)
    await tick(house)

    assert await house.hears("STOP NEWS", "+16615550155")


async def test_whoever_asks_what_we_hold_sees_the_announcement_too(house):
    """Its words, though they stand in another place than those of a reply."""
    saved(house)
    await tick(house)
    held = house.database.run_now(lambda c: holding.held(c, people.at(c, "sms", ROSA)))

    assert [announced(house)[0]] == [message["text"] for message in held["messages"]]


async def test_two_who_become_one_person_get_it_once(house, clock):
    """A phone and a chat that are linked while it runs: the row that has not left does not leave."""
    first, second = known(house, ROSA), known(house, "+16615550121")
    house.channels["sms"].per_second = 1.0
    number = saved(house, to=only(ROSA, "+16615550121"))
    await tick(house)
    house.database.run_now(lambda c: linking._join(c, first, second, clock.at))
    for _second in range(9):
        clock.forward(seconds=1)
        await house.settled()

    assert ({"linked": 1}, 1, True) == (books(house, number).skips, books(house, number).sent, books(house, number).adds_up)
    assert 1 == len(house.channels["sms"].accepted)


async def test_two_who_deliver_on_two_channels_do_not_both_send_the_weeks_one_text(house):
    """An invitation by SMS and news by Telegram, looked at in the same instant: neither sees what the other has not committed yet."""
    for kind in (Kind.NEWS, Kind.INVITATION):  # the older is of less weight, so that neither waits for its turn
        number = saved(house, kind, to=only(ROSA))
        await Clock(house).tick()
    await also_at(house, ROSA, "700")
    moved = (
        "UPDATE outbox SET channel = 'telegram', address_id = (SELECT max(id) FROM address) WHERE announcement_id = :number RETURNING id"
    )
    await house.run(moved, number=number)
    sms, telegram = (outbox.Deliverer(house, channel) for channel in house.channels.values())

    def at_once(first):
        """The other claims before the first has committed; with one writer that cannot be."""
        taken = sms.claim(first, 64)[0]
        if not house.database.sqlite:
            assert [] == house.database.run_now(lambda second: telegram.claim(second, 64))[0]
        return taken

    assert 1 == len(house.database.run_now(at_once))
    assert [] == house.database.run_now(lambda connection: telegram.claim(connection, 64))[0]
    assert [("held", "held"), ("sending", "")] == sorted(await house.run("SELECT state, reason FROM outbox WHERE announcement_id > 0"))
