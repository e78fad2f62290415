"""The command line: exit 0 is done, 1 is the input at fault (in a sentence), 2 is used wrongly."""

import asyncio
import io
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import structlog
from conftest import KEY
from play import Stage

from bot import missed, sample
from bot.channels.base import TryLater, Unknown
from bot.cli import main
from bot.clock import Clock
from storage import due, migrating
from storage.sealing import ring, use

COMMANDS = [
    "serve",
    "deliver",
    "migrate",
    "chat",
    "check",
    "demo",
    "inbox",
    "restored",
    "directory",
    "directory import",
    "people",
    "people add",
    "survey",
    "survey import",
]
ROOT = Path(__file__).parent.parent


@dataclass
class Ran:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments, url="sqlite:///unused.db", text="", **environment):
    """The command line as its user would type it, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith(("TWILIO_", "TELEGRAM_", "PLATICA_", "PUBLIC_URL"))]:
            patch.delenv(name)
        for name, value in {"DATABASE_URL": url, "COLUMNS": "200", "PLATICA_KEY": KEY, **environment}.items():
            patch.setenv(name, value)
        patch.setattr("sys.argv", ["platica", *arguments])
        patch.setattr("sys.stdin", io.StringIO(text))
        try:
            main()
        except SystemExit as over:
            return Ran(over.code or 0, out.getvalue(), err.getvalue())
        finally:
            use(ring(KEY))
            structlog.reset_defaults()  # `serve` has sent the log elsewhere, and every test's log is watched
    return Ran(0, out.getvalue(), err.getvalue())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(command):
    """--help is there wherever somebody may need it."""
    ran = run(*command.split(), "--help")

    assert (0, True) == (ran.returncode, "Usage" in ran.stdout)


def test_used_wrongly_is_two():
    """So that a script can tell a typing mistake from bad input."""
    assert [2, 2, 2] == [run(*wrong).returncode for wrong in (["directory", "import"], ["people", "add", "+16615550188"], ["fly"])]


def test_people_are_added_and_their_mistakes_named(database_url):
    """Done is 0; what cannot be is 1, with the sentence that says why, and changes nothing."""
    role = ["--role", "liaison", "--school", "MESA"]
    good = run("people", "add", "(661) 555-0188", *role, "--language", "es", url=database_url)
    again = run("people", "add", "+16615550188", *role, url=database_url)
    bad = {
        "not a number": run("people", "add", "12", *role, url=database_url),
        "is not a role": run("people", "add", "+16615550188", "--role", "boss", "--school", "MESA", url=database_url),
        "No school": run("people", "add", "+16615550188", "--role", "liaison", "--school", "LUNA", url=database_url),
        "not a language": run("people", "add", "+16615550188", *role, "--language", "tlh", url=database_url),
        "not a Telegram address": run("people", "add", "telegram:rosa", *role, url=database_url),
    }

    assert (0, 0) == (good.returncode, again.returncode)
    assert "already" in again.stdout
    assert dict.fromkeys(bad, 1) == {says: ran.returncode for says, ran in bad.items() if says in ran.stderr}


async def test_who_waits_for_a_call_is_shown_until_it_was_made(house, database_url):
    """CALL lands in a queue that somebody can read, with the number, the time and the language."""
    await house.hears("llamar", "+16615550150")
    await house.hears("1", "+16615550150")
    waiting = run("inbox", url=database_url, COLUMNS="200")
    number = (await house.run("SELECT max(id) FROM call"))[0][0]
    made, again, empty = (
        run("inbox", "--done", str(number), url=database_url),
        run("inbox", "--done", str(number), url=database_url),
        run("inbox", url=database_url),
    )

    assert "661-555-0150" in waiting.stdout
    assert (0, 1) == (made.returncode, again.returncode)
    assert "Nobody waits" in empty.stdout


async def test_a_text_is_words_in_the_terminal_and_nothing_else(house, database_url):
    """Whatever somebody texts, it colours nothing, moves no cursor, and never keeps the list of calls from being shown."""
    clears, brackets = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e tonight", "[/bold] [red]tonight[/red]"
    for number, when in (("+16615550150", clears), ("+16615550151", brackets)):
        for said in ("call", "3", when):
            await house.hears(said, number)
    await house.hears(f"I want to kill myself {clears}", "+16615550152")
    waiting = run("inbox", url=database_url, COLUMNS="240")
    (call,) = (await house.run("SELECT max(id) FROM call"))[0]
    read = run("inbox", "--read", str(call), url=database_url)

    assert (0, 0) == (waiting.returncode, read.returncode)
    assert brackets in waiting.stdout
    assert "kill myself" in read.stdout
    assert [] == [char for char in waiting.stdout + read.stdout if char in "\x1b\x07\x9b\u202e"]


def test_a_directory_shows_what_it_would_change_before_it_does(database_url, tmp_path):
    """Without --yes nothing changes; with it, twice is once."""
    feed = ROOT / "storage/sample/directory.json"
    shown = run("directory", "import", str(feed), url=database_url)
    bad = tmp_path / "not-a-feed.json"
    bad.write_text("{]")

    assert "Nothing is changed yet" in shown.stdout
    assert "80 unchanged" in shown.stdout
    assert 1 == run("directory", "import", str(bad), url=database_url).returncode


def test_check_says_in_words_what_is_missing(database_url):
    """A coordinator without an engineer can read it."""
    nothing = run("check", url=database_url)
    half = run("check", url=database_url, TWILIO_ACCOUNT_SID="ACx")
    phone = run("check", url=database_url, PLATICA_PHONE="1")

    assert (1, 1, 0) == (nothing.returncode, half.returncode, phone.returncode)
    assert "No channel is set" in nothing.stdout
    assert "half set" in half.stdout


async def test_after_a_backup_was_put_back_nothing_leaves_twice(house, database_url, clock):
    """What waited then, what was on its way, the question of yesterday, the introduction: all may have left since, so none leaves now."""
    clock.at = datetime.now(UTC)
    await house.hears("call", "+16615550150")
    house.channels["sms"].fails = [Unknown("timeout"), TryLater("20429", after=60.0)]
    await house.hears("food", "+16615550150")
    await house.hears("food", "+16615550151")
    before = len(house.channels["sms"].accepted)
    ran = run("restored", url=database_url)
    clock.forward(days=2)
    await Clock(house).tick()
    await house.settled()

    assert (0, True) == (ran.returncode, "1 texts that waited do not leave, 1 that were on their way are unknown" in ran.stdout)
    assert before == len(house.channels["sms"].accepted)
    assert [("skipped",), ("unknown",)] == await house.run("SELECT state FROM outbox WHERE reason = 'restored' ORDER BY state")
    assert "operator: put a backup back: done" in run("audit", url=database_url).stdout


async def test_no_message_from_before_a_backup_is_answered_again(house, database_url):
    """Twilio's list still has what was answered in the days that the backup does not know."""
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    await house.database.run(partial(due.first_fact, name="first start", value=long_ago.isoformat()))
    before = datetime.now(UTC)
    run("restored", url=database_url)
    asked_since = await house.database.run(partial(missed._since, now=before))

    assert before <= asked_since


async def test_a_backup_is_not_settled_under_a_running_process(house, database_url, clock):
    """Typed in the wrong window, it would keep answers from families: it refuses, and changes nothing."""
    clock.at = datetime.now(UTC)
    await Clock(house).tick()
    house.channels["sms"].fails = [TryLater("20429", after=60.0)]
    await house.hears("food", "+16615550150")
    ran = run("restored", url=database_url)

    assert (1, True) == (ran.returncode, "stop it" in ran.stderr)
    assert [("waiting",)] == await house.run("SELECT state FROM outbox")


def test_an_old_schema_is_refused(tmp_path):
    """In one sentence that says what to do, and not with a traceback."""
    ran = run("serve", url=f"sqlite:///{tmp_path}/new.db")

    assert (1, "platica migrate") == (ran.returncode, "platica migrate" if "platica migrate" in ran.stderr else ran.stderr)


@pytest.mark.parametrize("apart", [["serve", "--no-deliver"], ["deliver"]])
def test_sqlite_is_one_process(apart, tmp_path):
    """Two processes on one SQLite file are refused, in one sentence."""
    ran = run(*apart, url=f"sqlite:///{tmp_path}/p.db")

    assert 1 == ran.returncode
    assert "On SQLite everything runs in one process" in ran.stderr


def test_the_sample_school_is_loaded_once_however_often(database):
    """`platica demo` is repeatable."""
    database.run_now(migrating.upgrade)
    counts = "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM school), (SELECT count(*) FROM service), (SELECT count(*) FROM consent)"
    before = database.run_now(lambda c: tuple(c.exec_driver_sql(counts).one()))
    database.run_now(sample.load)

    assert before == database.run_now(lambda c: tuple(c.exec_driver_sql(counts).one()))


@pytest.mark.parametrize("language", [[], ["--language", "en"], ["--language", "es"]], ids=" ".join)
async def test_what_chat_saves_can_be_played(tmp_path, house, language):
    """A conversation in the terminal becomes a transcript, word for word."""
    saved = tmp_path / "said.txt"
    text = "comida 93307\n1\n\ngracias\nqwerty\nmesa\n2\n"
    ran = await asyncio.to_thread(run, "chat", "--save", str(saved), *language, text=text)
    script = saved.read_text(encoding="utf-8")
    played = await Stage(house, "sms").perform(script)

    assert 0 == ran.returncode, ran.stderr
    assert "93307" in played
    assert script == played


def test_a_school_is_set_up_and_its_mistakes_named(database_url):
    """A school of one's own takes one command; what cannot be is said, and changes nothing."""
    whole = {"--name": "Sunny School", "--zip": "93203", "--phone": "661-555-0100"}

    def add(keyword="SUNNY", **other):
        return run("school", "add", keyword, *(part for pair in {**whole, **other}.items() for part in pair), url=database_url)

    made, again = add(), add(**{"--name": "Sunny Elementary"})
    bad = {
        "no ZIP code": add(**{"--zip": "00000"}),
        "needs its name": add(**{"--name": " "}),
        "not a number": add(**{"--phone": "12"}),
        "our languages are": add(**{"--languages": "en,xx"}),
        "one word": add("TWO WORDS"),
    }

    assert [(0, True), (0, True)] == [(made.returncode, "Arvin" in made.stdout), (again.returncode, "changed" in again.stdout)]
    assert dict.fromkeys(bad, 1) == {says: ran.returncode for says, ran in bad.items() if says in ran.stderr}


async def test_what_became_of_somebodys_texts_is_shown_without_their_words(house, database_url):
    """For the day a family says that nothing came."""
    await house.hears("comida", "+16615550150")
    shown, nobody = [run("people", "texts", address, url=database_url) for address in ("+16615550150", "+16615550199")]

    assert "reply sent" in shown.stdout
    assert "Comida" not in shown.stdout
    assert (1, True) == (nobody.returncode, "Nobody has written" in nobody.stderr)
