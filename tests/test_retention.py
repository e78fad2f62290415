"""What was forgotten can be proved: by which rule, how much, when, and that nothing older is left."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from test_cli import run

from bot import forgetting
from bot.clock import Clock
from conversations.events.event import Answer, PartStat
from conversations.surveys.notes import Jotted
from storage import retention
from storage.events import events, lifecycle, rsvps
from storage.events.events import New
from storage.surveys import notes

FAMILY = "+16615550150"


async def report(house):
    return await house.database.run(partial(forgetting.report, now=house.now()))


def of(found, says):
    """The line of a rule."""
    (line,) = [line for line in found.lines if line.startswith(says)]
    return line


async def test_the_report_says_what_each_rule_has_erased(house, clock):
    """Month after month: all in all, in the last run, and the oldest that is still there."""
    await house.hears("food", FAMILY)
    await house.hears("more", FAMILY)
    clock.forward(days=31)
    await Clock(house).tick()
    await house.hears("food", FAMILY)
    clock.forward(hours=2)
    await Clock(house).tick()
    found = await report(house)
    line = of(found, "texts we received")

    assert found.kept_to
    assert "kept 30 days; 2 erased in all, 0 in the last run (2026-12-19 14:00)" in line
    assert "the oldest that is there: 2026-12-19 12:00" in line
    assert "Nothing is older than its rule allows." == found.lines[-1]


async def test_what_should_be_gone_is_found_by_looking(house, clock):
    """The report believes no log: it asks the tables. Where the clock stood still it says so."""
    await house.hears("food", FAMILY)
    fresh = await report(house)
    clock.forward(days=31)
    late = await report(house)
    await Clock(house).tick()
    mended = await report(house)

    assert [True, False, True] == [each.kept_to for each in (fresh, late, mended)]
    assert "1 OLDER THAN ALLOWED" in of(late, "texts we received")
    assert "never run yet" in of(late, "texts we received")
    assert "is `platica serve` (or `platica deliver`) running?" in late.lines[-1]


@pytest.mark.parametrize("rule", retention.RULES, ids=lambda rule: rule.name)
async def test_every_rule_erases_what_it_finds_too_old(house, clock, rule):
    """Whatever is overdue for a rule is gone after one look, and counted; what is younger stays."""
    await house.hears("I want to kill myself", FAMILY)
    known = "SELECT id, person_id FROM address WHERE address = :a"
    ((address, person),) = await house.run(known, a=FAMILY)
    await house.database.run(partial(_one_of_each, address=address, person=person, now=clock()))
    before = await house.database.run(rule.oldest)
    clock.forward(days=40)
    overdue = await house.database.run(lambda c: rule.overdue(c, clock()))
    erased = await house.database.run(lambda c: retention.erase(c, clock()))
    left = await house.database.run(rule.oldest)

    assert before is not None
    assert overdue >= 1
    assert (True, None) == (erased[rule.name] >= 1 or rule.name == "codes", left)


def _one_of_each(connection, address, person, now):
    """A code that was sent, a code that links, a call that was made, a look-up and when it was asked about, a note."""
    code = "UPDATE outbox SET kind = 'code' WHERE id = (SELECT min(id) FROM outbox)"
    link = "INSERT INTO link_code (address_id, hash, until) VALUES (:address, 'x', :now)"
    looked = "INSERT INTO follow_up (address_id, need, services, looked_at) VALUES (:address, 'food', '[]', :now)"
    asked = "UPDATE person SET followed_up_at = :now WHERE id = :person"
    wrote = "INSERT INTO thread (school_id, address_id, opened_at, last_at, urgent) SELECT min(id), :address, :now, :now, :no FROM school"
    for query in (code, link, looked, asked, wrote, "UPDATE call SET done_at = :now"):
        used = {
            name: value for name, value in {"address": address, "person": person, "now": now, "no": False}.items() if f":{name}" in query
        }
        connection.execute(text(query), used)
    new = New("pizza", "Pizza night", now + timedelta(days=1), now + timedelta(days=1, hours=2))
    event_id = events.make(connection, 1, new, now)
    lifecycle.open_(connection, event_id)
    rsvps.answer(connection, event_id, person, Answer(PartStat.ACCEPTED, 1, 1, {"ages": [4]}), now)
    asked = "INSERT INTO survey (id, school_id, slug, version, definition, approvals, anonymous, stage, created_at, closed_at)"
    connection.execute(
        text(f"{asked} VALUES (1, 1, 'x', 1, '{{}}', '{{}}', :no, 'closed', :now, :closed)"),
        {"no": False, "now": now, "closed": now - timedelta(days=340)},
    )
    told = 'INSERT INTO survey_response (id, survey_id, batch, "group", language, method, complete, perhaps_again, answers, person_id)'
    connection.execute(
        text(f"{told} VALUES ('a', 1, 0, 'staff', 'en', 'text', :yes, :no, '{{}}', :person)"), {"yes": True, "no": False, "person": person}
    )
    notes.keep(connection, Jotted("no bus after five"), school_id=1, by=person, now=now, today=now.date())


def test_the_command_tells_a_monitor(database, database_url):
    """Exit 0 while the rules are kept, 1 where something should be gone."""
    long_ago = "INSERT INTO inbound (channel, provider_id, text, received_at) VALUES ('sms', 'SMold', :sealed, '2026-01-01 12:00:00+00:00')"
    fine = run("retention", url=database_url)
    database.run_now(lambda c: c.execute(text(long_ago), {"sealed": b"x"}))
    late = run("retention", url=database_url)

    assert (0, 1) == (fine.returncode, late.returncode)
    assert "1 OLDER THAN ALLOWED" in late.stdout


async def test_a_stop_said_to_staff_is_recorded(house, database_url):
    """As if they had texted it: the log of consent says by whom, the audit that it was done, and nothing we start leaves."""
    await house.hears("MESA", FAMILY)
    done, again = [run("people", "stop", FAMILY, url=database_url) for _ in "12"]
    stranger = run("people", "stop", "+16615550199", url=database_url)
    wrong = run("people", "stop", "12", url=database_url)
    consent = await house.run("SELECT what, how FROM consent ORDER BY id DESC LIMIT 2")
    stopped = await house.run("SELECT count(*) FROM person WHERE stopped_at IS NOT NULL")

    assert (0, 0, 0, 1) == (done.returncode, again.returncode, stranger.returncode, wrong.returncode)
    assert "Nothing that we start leaves for +16615550150 any more" in done.stdout
    assert "has said STOP already" in again.stdout
    assert [("stop", "by staff"), ("stop", "by staff")] == [tuple(row) for row in consent]
    assert [(2,)] == [tuple(row) for row in stopped]
    assert 2 == run("audit", url=database_url).stdout.count("operator: record a STOP for somebody: done")


async def test_a_stop_said_to_staff_ends_what_waits(house, clock, database_url):
    """A question that would be asked once more is not; what they ask for themselves is answered still."""
    await house.hears("comida", FAMILY)
    run("people", "stop", FAMILY, url=database_url)
    clock.forward(days=2)
    await Clock(house).tick()
    await house.settled()
    sent = len(house.channels["sms"].texts_to(FAMILY))

    assert 1 == sent
    assert 1 == len(await house.hears("comida 93307", FAMILY))
    assert timedelta(days=30) == retention.BODIES
