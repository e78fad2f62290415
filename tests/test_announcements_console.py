"""Announcing at the command line: what it shows first, what it refuses in a sentence, and what became of it afterwards."""

import csv
from datetime import timedelta
from functools import partial

import pytest
from test_cli import run

from bot.announcements import console
from bot.clock import Clock
from bot.members import Unfit

EN, ES = "Mesa Verde: Family Night Thu Dec 3, 5:30pm.", "Mesa Verde: Noche Familiar jue 3 dic, 5:30pm."
ROSA = "+16615550150"
HEAD = ["channel", "address", "language", "state", "why"]


async def scheduled(house, clock):
    """Announced at the command line, and started by the clock."""
    wanted = console.Wanted("mesa", "families", {"en": EN, "es": ES})
    await house.database.run(partial(console.schedule, wanted=wanted, terms=house.terms, now=house.now()))
    clock.forward(minutes=5)
    await Clock(house).tick()


def announces(url, *options):
    return run("announce", "--school", "mesa", *options, url=url)


async def test_it_shows_who_gets_it_and_sends_nothing_before_yes(house, database_url):
    """Recipients by language, and the price, before anything is kept."""
    ran = announces(database_url, "--en", EN, "--es", ES)

    assert 0 == ran.returncode
    assert "To 40 phones: en 20 (1 text each), es 20 (1 text each).\nAbout $0.49" in ran.stdout
    assert "Nothing is sent yet: do it with --yes." in ran.stdout
    assert [] == await house.run("SELECT id FROM announcement")


async def test_yes_schedules_it_and_the_log_says_who(house, database_url):
    """Past the gate as the operator; until it starts it can be taken back."""
    ran = announces(database_url, "--en", EN, "--es", ES, "--yes")

    assert "Announcement 1 starts" in ran.stdout
    assert [("scheduled",)] == [tuple(row) for row in await house.run("SELECT stage FROM announcement")]
    assert "operator: announce to many: done [announcement 1]" in run("audit", url=database_url).stdout
    assert "1 is cancelled: nothing of it leaves." in run("announcement", "1", "--cancel", url=database_url).stdout
    assert [("cancelled",)] == [tuple(row) for row in await house.run("SELECT stage FROM announcement")]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--en", EN], "The school's notices must be in es too"),
        ([], "There are no words to send"),
        (["--en", "  ", "--es", ES], "The text in en is empty."),
        (["--en", "a" * 20_000, "--es", ES], "The text in en has 20000 characters"),
        (["--en", EN, "--es", ES, "--to", "partners"], "Nobody would get it"),
        (["--en", EN, "--es", ES, "--to", "the moon"], 'Nobody is called "the moon"'),
        (["--en", EN, "--es", ES, "--at", "2020-01-01 10:00"], "That time is over"),
        (["--en", EN, "--es", ES, "--at", "soon"], "--at soon is no time"),
        (["--en", EN, "--es", ES, "--until", "2020-01-01 10:00"], "It would be too late before it begins"),
        (["--en", EN, "--es", ES, "--kind", "urgent"], "needs words that were approved beforehand and a second person"),
        (["--en", EN, "--es", ES, "--kind", "party"], "party is no kind of announcement"),
        (["--en", "Mesa: see bit.ly/x", "--es", ES], "hide where they lead"),
        (["--text", "nowhere.txt"], "nowhere.txt cannot be read"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(house, database_url, options, says):
    """Each mistake has its own sentence, exit 1, and not half of it is sent."""
    ran = announces(database_url, *options, "--yes")

    assert 1 == ran.returncode
    assert says in ran.stderr
    assert [] == await house.run("SELECT id FROM announcement")


async def test_the_text_may_be_piped_in(house, database_url):
    """What another program writes, or a file."""
    ran = run("announce", "--school", "mesa", "--text", "-", "--es", ES, url=database_url, text=EN + "\n")

    assert "To 40 phones" in ran.stdout


async def test_everybody_stopped_is_said(house, database_url):
    """An announcement to nobody is none."""
    await house.run("UPDATE person SET stopped_at = created_at RETURNING id")

    assert (
        "Nobody would get it: that audience is empty, or all of it has stopped." in announces(database_url, "--en", EN, "--es", ES).stderr
    )


async def test_the_account_says_who_did_not_get_it_and_why(house, clock, database_url):
    """The books in words, in all languages and channels, and they add up."""
    await house.run("UPDATE person SET stopped_at = created_at WHERE id = (SELECT person_id FROM membership LIMIT 1) RETURNING id")
    await scheduled(house, clock)
    ran = run("announcement", "1", url=database_url)

    assert "Announcement 1 (news) is running." in ran.stdout
    assert "In all 40." in ran.stdout
    assert "By language: en 20, es 20." in ran.stdout
    assert "1  running, news, reached 0 of 40: Mesa Verde: Family Night Thu Dec 3, 5:30..." in run("announcements", url=database_url).stdout


async def test_who_did_not_get_it_goes_into_a_file(house, clock, database_url, tmp_path):
    """With numbers, so that it is logged."""
    await scheduled(house, clock)
    ran = run("announcement", "1", "--csv", str(tmp_path / "missed.csv"), url=database_url)
    rows = list(csv.reader((tmp_path / "missed.csv").read_text(encoding="utf-8-sig").splitlines()))

    assert "40 rows are in" in ran.stdout
    assert HEAD == rows[0]
    assert "their turn comes" == rows[1][-1]
    assert "operator: export what is held: done [announcement 1, numbers 40]" in run("audit", url=database_url).stdout


async def test_a_call_list_is_for_one_person_and_leaves_out_who_said_stop(house, clock, database_url):
    """Only numbers that nothing of ours reaches any more."""
    await scheduled(house, clock)
    await house.run("UPDATE outbox SET state = 'failed', reason = '30003' WHERE announcement_id = 1 AND channel = 'sms' RETURNING id")
    before = run("announcement", "1", "--call-list", "Dana", url=database_url).stdout.splitlines()
    await house.run("UPDATE person SET stopped_at = created_at WHERE id = (SELECT min(person_id) FROM outbox) RETURNING id")
    after = run("announcement", "1", "--call-list", "Dana", url=database_url).stdout.splitlines()

    assert before[0].startswith("For Dana, until ")
    assert "the carrier refused it (30003)" in before[1]
    assert len(before) - 1 == len(after)
    assert 1 == len(await house.run("SELECT id FROM call_list"))


async def test_a_call_list_ends(house, clock):
    """Past its hour it is a new one, proved anew."""
    await scheduled(house, clock)
    mine = partial(console.call_list, number=1, name="Dana", hours=24)
    for later in (0, 1, 30):
        await house.database.run(partial(mine, now=house.now() + timedelta(hours=later)))

    assert 2 == len(await house.run("SELECT id FROM call_list"))


@pytest.mark.parametrize(("name", "hours", "says"), [(" ", 24, "Say who rings them"), ("Dana", 0, "up to 168"), ("Dana", 999, "up to 168")])
async def test_a_call_list_for_nobody_or_for_ever_is_none(house, clock, name, hours, says):
    """Numbers are not for keeping."""
    await scheduled(house, clock)

    with pytest.raises(Unfit, match=says):
        await house.database.run(partial(console.call_list, number=1, name=name, hours=hours, now=house.now()))


async def test_it_is_stopped_in_the_middle(house, clock, database_url):
    """What had not left is counted as stopped, and it cannot be stopped twice."""
    await scheduled(house, clock)

    assert "Nothing more of 1 leaves" in run("announcement", "1", "--halt", url=database_url).stdout
    assert "40 stopped by the school" in run("announcement", "1", url=database_url).stdout
    assert "1 is not running, so there is nothing to stop. It is stopped." in run("announcement", "1", "--halt", url=database_url).stderr
    assert "1 is not paused." in run("announcement", "1", "--resume", url=database_url).stderr
    assert "There is no announcement 9" in run("announcement", "9", url=database_url).stderr
    assert "Say one of" in run("announcement", "1", "--halt", "--cancel", url=database_url).stderr
