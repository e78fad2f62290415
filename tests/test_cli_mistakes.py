"""What somebody types wrongly at the command line: a sentence that says what to do instead, exit code 1, and nothing changed."""

import json
from pathlib import Path

import pytest
from conftest import KEY
from test_cli import run

from storage.sealing import new_key


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--save", "no_such_folder/said.txt"], "Nothing can be written to no_such_folder/said.txt"),
        (["--language", "xx"], "xx is not a language of ours yet. There are: en, es"),
    ],
)
def test_chat_refuses_before_the_conversation(options, says):
    """Nobody talks for ten minutes and then learns that it was not kept."""
    ran = run("chat", *options, text="food\n")

    assert (1, "") == (ran.returncode, ran.stdout)
    assert says in ran.stderr


@pytest.mark.parametrize("option", ["--read", "--done"])
def test_a_call_that_nobody_waits_for(database_url, option):
    """A wrong number is no success."""
    ran = run("inbox", option, "99", url=database_url)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert "No call number 99 waits: `platica inbox` shows those that do." in ran.stderr


ROOT = Path(__file__).parent.parent
NEEDS_A_SCHEMA = [
    ["inbox"],
    ["inbox", "--read", "1"],
    ["inbox", "--done", "1"],
    ["demo"],
    ["audit"],
    ["restored"],
    ["key", "rotate"],
    ["people", "waves"],
    ["people", "texts", "+16615550150"],
    ["people", "add", "+16615550150", "--role", "family", "--school", "MESA"],
    ["people", "forget", "+16615550150"],
    ["school", "add", "SUN", "--name", "Sun", "--zip", "93307", "--phone", "661-555-0100"],
]


@pytest.mark.parametrize("command", NEEDS_A_SCHEMA, ids=" ".join)
def test_a_database_without_a_schema_is_said_to_be_so(command, tmp_path):
    """Whatever is typed first on a new machine, the answer is what to type before."""
    ran = run(*command, url=f"sqlite:///{tmp_path}/new.db")

    assert (1, "") == (ran.returncode, ran.stdout)
    assert "run `platica migrate`" in ran.stderr


def test_a_rotation_says_what_is_true(database_url):
    """With one key there is nothing to do; with two, which one is needed from now on."""
    one = run("key", "rotate", url=database_url)
    new = new_key()
    two = run("key", "rotate", url=database_url, PLATICA_KEY=f"{new},{KEY}")
    afterwards = [run("inbox", url=database_url, PLATICA_KEY=key).returncode for key in (new, KEY)]

    assert (1, 0) == (one.returncode, two.returncode)
    assert "There is just one key, so nothing is to be sealed anew." in one.stderr
    assert "Now only the first key in PLATICA_KEY is needed" in two.stdout
    assert [0, 1] == afterwards


def test_an_export_that_cannot_be_written_is_a_sentence(database_url, tmp_path):
    """A folder that is not there: no traceback, and nothing is half written."""
    ran = run("people", "export", "+16615550100", "--to", f"{tmp_path}/nowhere/held.json", url=database_url)

    assert (1, True) == (ran.returncode, "Nothing can be written to" in ran.stderr)


def test_a_feed_that_lost_most_of_its_services_is_refused(database_url, tmp_path):
    """--yes alone does not hide most of a county's directory; a name of its own keeps both."""
    whole = json.loads((ROOT / "storage/sample/directory.json").read_text(encoding="utf-8"))
    part = tmp_path / "export.json"
    part.write_text(json.dumps(whole[:10]))
    shown = run("directory", "import", str(part), "--source", "directory", url=database_url)
    refused = run("directory", "import", str(part), "--source", "directory", "--yes", url=database_url)
    beside = run("directory", "import", str(part), "--yes", url=database_url)
    meant = run("directory", "import", str(part), "--source", "directory", "--yes", "--shrink", url=database_url)

    assert (0, 1, 0, 0) == tuple(ran.returncode for ran in (shown, refused, beside, meant))
    assert "WARNING: 70 of the 80 services of 'directory' would be gone." in shown.stdout
    assert "Nothing is changed." in refused.stderr
    assert "kept under the name 'export': a new source" in beside.stdout
    assert "it replaces the 80 services of that name, 70 of them vanish" in meant.stdout
