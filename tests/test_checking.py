"""`platica check` sees what would go wrong, and says it in a sentence that names what to do."""

import os
import shutil

import pytest
from sqlalchemy import text
from test_cli import run

from storage.database import open_database
from storage.sealing import new_key

WHOLE = {
    "TWILIO_ACCOUNT_SID": "ACx",
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_FROM": "+16615550199",
    "PUBLIC_URL": "https://texts.example.org",
    "PLATICA_SENDER_REGISTERED": "1",
}


def check(url, **environment):
    return run("check", url=url, **{**WHOLE, **environment})


def sql(url, query):
    database = open_database(url)
    database.run_now(lambda connection: connection.execute(text(query)))
    database.close()


def mends(ran):
    """The sentences about what must be mended."""
    return [line for line in ran.stdout.splitlines() if line.startswith("MEND")]


def test_a_school_that_is_set_up_has_nothing_to_mend(database_url):
    """And it says what works: the services as a family counts them, who is told of danger, who answers STOP."""
    ran = check(database_url)

    assert (0, []) == (ran.returncode, mends(ran))
    assert "The directory answers with 79 services." in ran.stdout  # the eightieth is closed
    assert "When somebody of Mesa Verde Elementary is in danger, 1 of staff are told (1 more cannot be)." in ran.stdout
    assert "answered by Twilio, in English (PLATICA_TWILIO_OPT_OUT=default)" in ran.stdout


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"PLATICA_WAVE": "-1"}, "PLATICA_WAVE must be from 0"),
        ({"PORT": "99999"}, "PORT must be from 1 to 65,535; it is 99999"),
        ({"PLATICA_NUDGE_HOURS": "0"}, "PLATICA_NUDGE_HOURS must be from"),
        ({"PLATICA_SMS_PER_SECOND": "nan"}, "PLATICA_SMS_PER_SECOND must be from"),
        ({"PLATICA_TELEGRAM_PER_SECOND": "-3"}, "PLATICA_TELEGRAM_PER_SECOND must be from"),
        ({"PLATICA_CRISIS_ROLES": "coordinator,boss"}, "PLATICA_CRISIS_ROLES names boss"),
        ({"PLATICA_CRISIS_ROLES": " , "}, "PLATICA_CRISIS_ROLES names nobody"),
        ({"PLATICA_TWILIO_OPT_OUT": "perhaps"}, "PLATICA_TWILIO_OPT_OUT must be"),
        ({"PUBLIC_URL": "http://texts.example.org"}, "set https://"),
        ({"PLATICA_KEY": "short"}, "PLATICA_KEY holds no key"),
        ({"PLATICA_KEY": new_key()}, "not the key this database was written with"),
        ({"PLATICA_CRISIS_ROLES": "manager"}, "nobody is told: nobody there is manager. `platica people add"),
    ],
)
def test_a_wrong_setting_is_to_be_mended(database_url, wrong, says):
    """Each in one sentence, and the exit code says so to a script."""
    run("inbox", url=database_url)  # from now on the database knows its key
    ran = check(database_url, **wrong)

    assert (1, 1) == (ran.returncode, len(mends(ran))), ran.stdout
    assert says in mends(ran)[0]


def test_every_wrong_setting_is_said_at_once(database_url):
    """Nobody mends one, starts again, and finds the next."""
    ran = check(database_url, PLATICA_WAVE="-1", PORT="0", PLATICA_CRISIS_ROLES="boss", TWILIO_FROM="")

    assert 4 == len(mends(ran)), ran.stdout


@pytest.mark.parametrize("command", [["serve"], ["check"]])
def test_a_port_that_cannot_be_is_a_sentence(database_url, command):
    """Where it is started too."""
    ran = run(*command, url=database_url, PORT="99999")

    assert 1 == ran.returncode
    assert "PORT must be from 1 to 65,535" in ran.stdout + ran.stderr


def test_nobody_who_hears_of_danger_is_to_be_mended(database_url):
    """The coordinator who has texted STOP hears nothing: somebody must know."""
    sql(database_url, "UPDATE person SET stopped_at = '2026-11-01 12:00:00+00:00'")
    ran = check(database_url)

    assert 1 == ran.returncode
    assert "everybody who would be has texted STOP" in mends(ran)[0]


def test_staff_on_a_channel_that_is_not_set_hear_nothing(database_url):
    """A coordinator by SMS, and a school with only Telegram."""
    only_telegram = {**dict.fromkeys(WHOLE, ""), "TELEGRAM_TOKEN": "1:x"}
    ran = check(database_url, **only_telegram)

    assert 1 == ran.returncode
    assert "they are reached by phone, sms, which is not set" in mends(ran)[0]


@pytest.fixture
def beside(sqlite_template, tmp_path):
    """An SQLite database with its key in the file beside it."""
    shutil.copy(sqlite_template, tmp_path / "platica.db")
    file = tmp_path / "platica.db.key"
    file.write_text(os.environ["PLATICA_KEY"])
    file.chmod(0o600)
    url = f"sqlite:///{tmp_path}/platica.db"
    assert 0 == run("inbox", url=url, PLATICA_KEY="").returncode
    return url, file


def test_a_key_in_a_file_is_looked_at(beside):
    """Fine as it is; not for others to read; not empty; not gone, and then none is made in its place."""
    url, file = beside
    fine = check(url, PLATICA_KEY="")
    file.chmod(0o644)
    open_to_all = check(url, PLATICA_KEY="")
    file.write_text("\n")
    empty = check(url, PLATICA_KEY="")
    started = run("inbox", url=url, PLATICA_KEY="")
    file.unlink()
    gone = check(url, PLATICA_KEY="")

    assert (0, 1, 1, 1, 1) == tuple(ran.returncode for ran in (fine, open_to_all, empty, started, gone))
    assert f"chmod 600 {file}" in open_to_all.stdout
    assert ("it is empty" in empty.stdout, "it is empty" in started.stderr) == (True, True)
    assert "The key is gone: put" in gone.stdout
    assert not file.exists()


def test_a_key_that_cannot_be_read_is_a_sentence(beside):
    """A folder in its place, or a file of another user: no traceback."""
    url, file = beside
    file.unlink()
    file.mkdir()
    looked, started = check(url, PLATICA_KEY=""), run("inbox", url=url, PLATICA_KEY="")

    assert (1, 1) == (looked.returncode, started.returncode)
    assert "cannot be read" in looked.stdout
    assert "cannot be read" in started.stderr


def test_an_old_and_a_newer_schema_are_said(database_url, tmp_path):
    """What to do about each is different."""
    empty = check(f"sqlite:///{tmp_path}/new.db")
    sql(database_url, "UPDATE alembic_version SET version_num = '9999'")
    newer, migrated = check(database_url), run("migrate", url=database_url)

    assert (1, 1, 1) == (empty.returncode, newer.returncode, migrated.returncode)
    assert "run `platica migrate`" in mends(empty)[0]
    assert "schema 9999, of a newer release" in mends(newer)[0]
    assert "schema 9999, of a newer release" in migrated.stderr
