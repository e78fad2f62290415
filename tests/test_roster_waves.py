"""Nothing routine before the introduction; a school's wave a day; and a halt when too many leave."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from test_cli import run

from bot import introductions
from bot.channels import segments
from bot.channels.base import Refused
from bot.clock import Clock
from bot.settings import Settings
from storage import people
from storage.roster import importing, waves
from storage.roster.importing import Into
from storage.roster.tables import Stage
from storage.sealing import in_use

ROSA = "+16615550170"
MORNING = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)
"""A Wednesday, half past eight in Bakersfield."""


@pytest.fixture
def bring(house, tmp_path):
    """Import numbers, each with a language if it has one."""

    async def imported(*numbers, language=""):
        path = tmp_path / "list.csv"
        path.write_text("Cell,Language\n" + "".join(f"{number},{language}\n" for number in numbers), encoding="utf-8")
        roster, now = importing.read(path), house.now()
        return await house.database.run(lambda c: importing.apply(c, roster, Into("MESA", "enrollment form"), now))

    return imported


def many(n):
    """Numbers of a part of the country where nobody can have them."""
    return [f"+12025550{100 + k}" for k in range(n)]


async def tick(house, clock, **later):
    clock.forward(**later)
    await Clock(house).tick()
    await house.settled()


async def a_day(house, clock):
    """A school day, a look at the clock every half an hour."""
    looks = Clock(house)
    for _look in range(20):
        clock.forward(minutes=30)
        await looks.tick()
        await house.settled()


async def welcomed(house, number=ROSA):
    return await house.database.run(lambda c: waves.welcomed(c, people.at(c, "sms", number).address_id))


async def stage(house, number=ROSA):
    return await house.database.run(lambda c: waves.stage_of(c, people.at(c, "sms", number).address_id))


def introductions_of(house):
    return [each.address for each in house.channels["sms"].accepted if "EQUIVOCADO" in each.message.text]


async def test_what_we_begin_is_not_taken_for_their_writing(house, clock, bring):
    """When somebody last wrote is known to the second; an introduction and a question asked once more change nothing in it."""
    await house.hears("call", "+16615550181")
    await bring(ROSA)
    known = f"lookup IN ({', '.join(repr(in_use().lookup(each)) for each in (ROSA, '+16615550181'))})"
    heard = await house.run(f"SELECT id, heard_at FROM address WHERE {known} ORDER BY id")
    await tick(house, clock, hours=25)

    assert {"introduction", "nudge"} <= {kind for (kind,) in await house.run("SELECT kind FROM outbox WHERE state = 'sent'")}
    assert heard == await house.run(f"SELECT id, heard_at FROM address WHERE {known} ORDER BY id")


async def test_an_imported_person_is_welcomed_by_the_introduction(house, clock, bring):
    """Waiting: no. Handed off: yes, they know who we are and how to end it. Answered: yes, with proof."""
    await bring(ROSA)
    waiting = await welcomed(house)
    clock.forward(minutes=20)
    await Clock(house).tick()
    written = await welcomed(house)
    await house.settled()
    sent = await welcomed(house)
    clock.forward(minutes=5)
    said = await house.hears("2", ROSA)

    assert (False, False, True, True) == (waiting, written, sent, await welcomed(house))
    assert Stage.ANSWERED == await stage(house)
    assert said[0].startswith("Mesa Verde Elementary: ayuda")
    proof = "SELECT what, how, wording FROM consent c JOIN address a ON a.id = c.address_id WHERE a.address = :n ORDER BY c.id"
    assert [("import", "enrollment form", ""), ("join", "introduction", "introduction 2026-11")] == [
        tuple(row) for row in await house.run(proof, n=ROSA)
    ]


@pytest.mark.parametrize("language", ["", "Spanish", "English"])
async def test_the_introduction_is_one_text_in_two_languages(house, clock, bring, language):
    """Three segments at most; who, why, how often, both languages, WRONG and STOP. The list's language comes first."""
    await bring(ROSA, language=language)
    await tick(house, clock, minutes=20)
    (handoff,) = house.channels["sms"].accepted
    text = handoff.message.text
    size = segments.segments(text)

    assert ("GSM-7", True) == (size.encoding, size.count <= 3)
    assert [] == [word for word in ("Mesa Verde Elementary", "WRONG", "EQUIVOCADO", "STOP", "1 English 2 Español") if word not in text]
    assert (language == "Spanish") == text.startswith("Mesa Verde Elementary, mensajes")


async def test_a_wrong_number_is_let_go(house, clock, bring):
    """Nothing that we start goes there any more, the list cannot bring it back, and the log says why."""
    await bring(ROSA)
    await tick(house, clock, minutes=20)
    await house.hears("WRONG", ROSA)
    again = await bring(ROSA)
    before = len(house.channels["sms"].accepted)
    await tick(house, clock, days=1)

    assert (Stage.WRONG, False) == (await stage(house), await welcomed(house))
    assert 1 == again.count(importing.Outcome.WRONG)
    assert before == len(house.channels["sms"].accepted)
    proof = "SELECT what, how FROM consent c JOIN address a ON a.id = c.address_id WHERE a.address = :n ORDER BY c.id DESC LIMIT 1"
    assert [("stop", "wrong number")] == [tuple(row) for row in await house.run(proof, n=ROSA)]
    part = "SELECT count(*) FROM membership m JOIN address a ON a.person_id = m.person_id WHERE a.address = :n"
    assert [(0,)] == [tuple(row) for row in await house.run(part, n=ROSA)]


async def test_who_joins_before_the_introduction_needs_none(house, clock, bring):
    """They know us already."""
    await bring(ROSA)
    await house.hears("MESA", ROSA)
    await tick(house, clock, minutes=40)

    assert ([], True) == (introductions_of(house), await welcomed(house))


async def test_who_says_stop_before_the_introduction_gets_none(house, clock, bring):
    """STOP wins, whatever was planned."""
    await bring(ROSA)
    await house.hears("STOP", ROSA)
    await tick(house, clock, minutes=40)

    assert ([], False) == (introductions_of(house), await welcomed(house))


async def test_stop_after_the_introduction_ends_it(house, clock, bring):
    """And whoever starts again is back."""
    await bring(ROSA)
    await tick(house, clock, minutes=20)
    await house.hears("STOP", ROSA)
    stopped = await house.run(
        "SELECT p.stopped_at IS NOT NULL FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :n", n=ROSA
    )

    assert [True] == [bool(row[0]) for row in stopped]


async def test_nobody_is_introduced_in_the_middle_of_a_talk(house, clock, bring):
    """Who is just asking for food is helped; the introduction waits for a quarter of an hour of quiet."""
    await bring(ROSA)
    clock.forward(minutes=14)
    await house.hears("comida", ROSA)
    await tick(house, clock, minutes=5)
    during = introductions_of(house)
    await tick(house, clock, minutes=15)

    assert ([], [ROSA]) == (during, introductions_of(house))


async def test_nobody_is_asked_a_second_time_before_the_introduction(house, clock, bring):
    """A question they left open is let rest, not repeated by somebody they do not know yet."""
    await bring(ROSA)
    await house.hears("CALL", ROSA)
    house.settings = Settings(wave=0)
    await tick(house, clock, days=1, minutes=1)

    assert 1 == len(house.channels["sms"].texts_to(ROSA))


async def test_the_introduction_itself_is_not_repeated(house, clock, bring):
    """Silence is an answer."""
    await bring(ROSA)
    await tick(house, clock, minutes=20)
    for _day in range(3):
        await tick(house, clock, days=1)

    assert [ROSA] == introductions_of(house)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "starts"),
    [(18, 8, 59, False), (18, 9, 0, True), (18, 17, 59, True), (18, 18, 0, False), (21, 12, 0, False), (22, 12, 0, False)],
)
def test_introductions_keep_school_hours(day, hour, minute, starts):
    """Nine to six of the school's own clock, Monday to Friday: when somebody is there."""
    here = datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("America/Los_Angeles"))

    assert starts == introductions.in_hours(here.astimezone(UTC), "America/Los_Angeles")


async def test_a_day_has_its_wave_oldest_first(house, clock, bring):
    """At most so many a school's day, in the order of the list; the rest another day."""
    clock.at = MORNING
    house.settings = Settings(wave=30)
    await bring(*many(50))
    await a_day(house, clock)
    first = introductions_of(house)
    clock.at = MORNING + timedelta(days=1)
    await a_day(house, clock)

    assert many(50)[:30] == first
    assert many(50) == introductions_of(house)


async def test_a_wave_does_not_leave_all_at_once(house, clock, bring):
    """It goes out in parts, so that it can halt half-way."""
    await bring(*many(50))
    await tick(house, clock, minutes=20)

    assert 10 == len(introductions_of(house))


async def leave(house, numbers, how):
    for number in numbers:
        await house.hears(how, number)


@pytest.mark.parametrize("how", ["STOP", "WRONG"])
async def test_too_many_who_leave_halt_the_wave(house, clock, bring, database_url, how):
    """Two of twenty is more than 5 %: nobody more is introduced until somebody has looked; check, log and command say so."""
    clock.at = MORNING
    house.settings = Settings(wave=20)
    await bring(*many(60))
    await a_day(house, clock)
    await leave(house, many(2), how)
    house.settings = Settings(wave=100)
    clock.at = MORNING + timedelta(days=1)
    await a_day(house, clock)
    halted = await house.run("SELECT halted_at FROM wave")
    seen = run("check", url=database_url, PLATICA_PHONE="1")

    assert 20 == len(introductions_of(house))
    assert [True] == [row[0] is not None for row in halted]
    assert (1, True) == (seen.returncode, "2 said STOP or WRONG or could not be reached. Halted" in " ".join(seen.stdout.split()))


async def test_one_of_twenty_is_no_halt(house, clock, bring):
    """5 % is not more than 5 %."""
    clock.at = MORNING
    house.settings = Settings(wave=20)
    await bring(*many(40))
    await a_day(house, clock)
    await leave(house, many(1), "STOP")
    clock.at = MORNING + timedelta(days=1)
    await a_day(house, clock)

    assert 40 == len(introductions_of(house))


async def test_few_say_nothing(house, clock, bring):
    """Below twenty, a share is chance."""
    clock.at = MORNING
    house.settings = Settings(wave=10)
    await bring(*many(20))
    await a_day(house, clock)
    await leave(house, many(3), "STOP")
    clock.at = MORNING + timedelta(days=1)
    await a_day(house, clock)

    assert 20 == len(introductions_of(house))


async def test_numbers_that_cannot_be_reached_count(house, clock, bring):
    """An old list: the carrier refuses, and the wave halts."""
    clock.at = MORNING
    await bring(*many(60))
    house.channels["sms"].fails = [Refused("21211"), Refused("21211")]
    await a_day(house, clock)
    standing = await house.database.run(lambda c: waves.standings(c, house.now()))

    assert (20, 2, True) == (standing[0].week.introduced, standing[0].week.lost, standing[0].week.halted_at is not None)


async def test_somebody_who_has_looked_lets_it_go_on(house, clock, bring, database_url):
    """What was lost before counts no more; what is lost from then on does."""
    clock.at = MORNING
    await bring(*many(60))
    house.channels["sms"].fails = [Refused("21211"), Refused("21211")]
    await a_day(house, clock)
    shown = run("people", "waves", url=database_url)
    clock.at = MORNING + timedelta(days=1)
    await house.database.run(lambda c: waves.resume(c, house.now()))
    await a_day(house, clock)

    assert "Halted: find out why, then `platica people waves --resume`" in " ".join(shown.stdout.split())
    assert 58 == len(introductions_of(house))


async def test_the_command_resumes_and_says_so(house, clock, bring, database_url):
    """And says when there is nothing to resume."""
    nobody = run("people", "waves", url=database_url)
    await bring(ROSA)
    await house.database.run(lambda c: waves.halt(c, 1, house.now()))
    resumed = run("people", "waves", "--resume", url=database_url)

    assert "Nobody was imported yet" in nobody.stdout
    assert (0, True, True) == (resumed.returncode, "MESA: introductions go on." in resumed.stdout, "MESA: 1 wait" in resumed.stdout)


def test_check_reminds_of_the_senders_registration(database_url):
    """A reminder, not a fault: it may be confirmed and nobody has said so here."""
    sms = {
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "x",
        "TWILIO_FROM": "+16615550199",
        "PUBLIC_URL": "https://texts.example.org",
    }
    open_, confirmed = run("check", url=database_url, **sms), run("check", url=database_url, **sms, PLATICA_SENDER_REGISTERED="1")

    assert (0, 0) == (open_.returncode, confirmed.returncode)
    assert (True, False) == ("PLATICA_SENDER_REGISTERED" in open_.stdout, "PLATICA_SENDER_REGISTERED" in confirmed.stdout)
