"""What is held on an address: shown whole to whoever has a right to it, and erased so that nothing is left."""

import json
from functools import partial

import pyotp
import pytest
from conftest import also_at
from sqlmodel import SQLModel
from test_cli import run

from bot.channels.base import Received
from bot.clock import Clock
from storage import holding, people, retention
from storage.gate import totp
from storage.sealing import in_use

FAMILY, COORDINATOR = "+16615550105", "+16615550100"
SAID = "we need beds for the twins"


async def everything(house):
    """All that stands in any table, as one text."""

    def unit(connection):
        return str([connection.execute(table.select()).all() for table in SQLModel.metadata.sorted_tables])

    return await house.database.run(unit)


async def a_family_talks(house):
    await house.hears("MESA", FAMILY)
    await house.hears("1", FAMILY)
    await house.hears("CALL", FAMILY)
    await house.hears("3", FAMILY)
    await house.hears(SAID, FAMILY)


def test_every_table_that_points_to_somebody_is_forgotten_or_kept_on_purpose():
    """Who adds a table decides here what becomes of it when somebody asks to be erased."""
    known = {each.__tablename__ for group in (holding.OF_ADDRESS, holding.OF_PERSON, holding.EMPTIED, holding.KEPT) for each in group}
    points = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if {"person", "address"} & {key.column.table.name for key in table.foreign_keys}
    }

    assert points == known


# Export


async def test_an_export_holds_everything(house, database_url, tmp_path):
    """Language, part, proof, calls and words: what the school has, the family may have."""
    await a_family_talks(house)
    file = tmp_path / "held.json"
    shown = run("people", "export", "(661) 555-0105", url=database_url)
    written = run("people", "export", FAMILY, "--to", str(file), url=database_url)
    held = json.loads(shown.stdout)

    assert (0, 0) == (shown.returncode, written.returncode)
    assert ("en", ["family"], ["join"], 1) == (
        held["language"],
        [each["role"] for each in held["roles"]],
        [each["what"] for each in held["consent"]],
        len(held["calls"]),
    )
    assert ["MESA", "1", "CALL", "3", SAID] == [each["text"] for each in held["messages"] if each["from"] == "them"]
    assert held["messages"] == json.loads(file.read_text(encoding="utf-8"))["messages"]
    assert 0o600 == file.stat().st_mode & 0o777


async def test_an_export_writes_over_nothing(house, database_url, tmp_path):
    """A file that is there stays as it is."""
    await a_family_talks(house)
    file = tmp_path / "held.json"
    file.write_text("mine", encoding="utf-8")
    ran = run("people", "export", FAMILY, "--to", str(file), url=database_url)

    assert (1, "mine") == (ran.returncode, file.read_text(encoding="utf-8"))


async def test_an_export_says_which_words_are_gone(house, database_url, clock):
    """After 30 days the times are held and the words are not."""
    await a_family_talks(house)
    clock.forward(days=31)
    await house.database.run(lambda c: retention.erase(c, clock()))
    held = json.loads(run("people", "export", FAMILY, url=database_url).stdout)

    assert {None} == {each["text"] for each in held["messages"]}


# Forget


async def test_nothing_is_left_of_who_is_forgotten(house, database_url):
    """Not the words, not the number, in no table; the proof of consent stays, and what was done is written down."""
    await a_family_talks(house)
    before = await house.run("SELECT count(*) FROM consent WHERE what = 'join'")
    ran = run("people", "forget", FAMILY, url=database_url)
    left = await everything(house)

    assert 0 == ran.returncode
    assert [] == [each for each in (SAID, "twins", "6615550105") if each in left]
    assert before == await house.run("SELECT count(*) FROM consent WHERE what = 'join'")
    assert [(None, "forget", "done")] == await house.run("SELECT person_id, action, outcome FROM audit")


async def test_the_second_time_nothing_is_held(house, database_url):
    """Forgetting twice is forgetting once; an export of nobody is a clear sentence."""
    await a_family_talks(house)
    run("people", "forget", FAMILY, url=database_url)
    again, export = run("people", "forget", FAMILY, url=database_url), run("people", "export", FAMILY, url=database_url)

    assert (0, "Nothing is held") == (again.returncode, again.stdout[:15])
    assert (1, "Nothing is held") == (export.returncode, export.stderr[:15])


async def test_a_family_erases_itself(house, clock):
    """One last text; minutes later the number is gone too, from every table."""
    await a_family_talks(house)
    await house.hears("borrar", FAMILY)
    (last,) = await house.hears("1", FAMILY)
    clock.forward(minutes=11)
    await Clock(house).tick()
    await house.settled()

    assert "Erased" in last
    assert [] == [each for each in (SAID, "6615550105") if each in await everything(house)]
    assert "done" in [outcome for (outcome,) in await house.run("SELECT outcome FROM audit WHERE action = 'forget own'")]


async def test_a_last_text_that_still_waits_is_waited_for(house, clock):
    """The number is let go when the text has left, and not before."""
    await a_family_talks(house)
    await house.hears("delete", FAMILY)
    house.channels["sms"].accepted.clear()
    await house.receive(Received("sms", "last", FAMILY, "1"))
    clock.forward(minutes=11)
    await Clock(house).tick()
    await house.settled()

    assert ["Erased"] == [each[:6] for each in house.channels["sms"].texts_to(FAMILY)]
    clock.forward(minutes=11)
    await Clock(house).tick()
    assert "6615550105" not in await everything(house)


async def test_who_writes_again_is_a_stranger(house, clock):
    """Nothing of before is known, and what begins anew is not swept away with the old."""
    await a_family_talks(house)
    await house.hears("delete", FAMILY)
    await house.hears("1", FAMILY)
    await house.hears("MESA", FAMILY)
    clock.forward(minutes=11)
    await Clock(house).tick()
    (said,) = await house.hears("2", FAMILY)

    assert "Mesa Verde Elementary: ayuda" in said


@pytest.mark.parametrize("by", ["operator", "family"])
async def test_a_stop_outlives_forgetting(house, database_url, clock, by):
    """Who said STOP stays stopped, though nobody knows any more who it was; a coordinator's list does not bring them back."""
    await a_family_talks(house)
    await house.hears("STOP", FAMILY)
    if by == "operator":
        run("people", "forget", FAMILY, url=database_url)
    else:
        await house.hears("delete", FAMILY)
        await house.hears("1", FAMILY)
        clock.forward(minutes=11)
        await Clock(house).tick()
    run("people", "add", FAMILY, "--role", "family", "--school", "MESA", url=database_url)
    known = await house.database.run(lambda c: people.at(c, "sms", FAMILY))

    assert known.stopped_at is not None


async def test_a_stop_that_was_taken_back_is_not_held_against_them(house, database_url):
    """The last word counts: forgotten stopped, come back, forgotten again."""
    await a_family_talks(house)
    await house.hears("STOP", FAMILY)
    run("people", "forget", FAMILY, url=database_url)
    await house.hears("START", FAMILY)
    run("people", "forget", FAMILY, url=database_url)
    await house.hears("hello", FAMILY)
    known = await house.database.run(lambda c: people.at(c, "sms", FAMILY))

    assert known.stopped_at is None


async def test_who_has_another_address_goes_on_there(house, database_url):
    """The chat is erased and unlinked; the phone keeps its part in the school."""
    await a_family_talks(house)
    await also_at(house, FAMILY, "77")
    run("people", "forget", "telegram:77", url=database_url)
    phone = await house.database.run(lambda c: people.at(c, "sms", FAMILY))
    (gone,) = await house.run("SELECT address_id FROM forgotten")
    links = await house.run("SELECT person_id FROM address WHERE id = :gone OR address = '+16615550105'", gone=gone[0])

    assert ("family", "en") == (phone.role, phone.language)
    assert 2 == len(set(links))


async def test_a_message_repeated_after_forgetting_is_still_a_repetition(house, database_url):
    """A provider that delivers an old message again does not bring anybody back."""
    await house.hears("MESA", FAMILY, provider_id="SM1")
    run("people", "forget", FAMILY, url=database_url)

    assert [] == await house.hears("MESA", FAMILY, provider_id="SM1")
    assert await house.database.run(lambda c: people.at(c, "sms", FAMILY)) is None


# The rest of the command line


async def test_a_lock_is_set_and_lifted_by_the_operator_only(house, database_url):
    """And says so; a number nobody has is a clear sentence."""
    ran = [run("people", each, COORDINATOR, url=database_url) for each in ("lock", "lock", "unlock", "unlock")]
    nobody = run("people", "lock", "+16615550199", url=database_url)

    assert ["is locked", "was locked already", "is unlocked", "was not locked"] == [
        next(each for each in ("was locked already", "was not locked", "is unlocked", "is locked") if each in one.stdout) for one in ran
    ]
    assert 1 == nobody.returncode


async def test_an_authenticator_is_shown_once_and_confirmed(house, database_url, monkeypatch):
    """A QR code and its secret; only a right code keeps it, a family needs none, and a lost phone is no dead end."""
    secret = totp.new_secret()
    monkeypatch.setattr(totp, "new_secret", lambda: secret)
    totp_of = partial(run, "people", "totp", url=database_url)
    wrong, family = totp_of(COORDINATOR, text="no\n"), totp_of("+16615550120", text="000000\n")
    nobody = await house.run("SELECT person_id FROM gate_app")
    right = totp_of(COORDINATOR, text=f"{pyotp.TOTP(secret).now()}\n")
    kept = [in_use().open(bytes(row[0])) for row in await house.run("SELECT secret FROM gate_app")]
    removed = totp_of(COORDINATOR, "--remove")

    assert [(1, True), (1, True)] == [
        (wrong.returncode, "not the code" in wrong.stderr),
        (family.returncode, "authenticator" in family.stderr),
    ]
    assert ([], [secret], []) == (nobody, kept, await house.run("SELECT secret FROM gate_app"))
    assert f"secret={secret}" in right.stdout
    assert "codes by text again" in removed.stdout


async def test_the_audit_log_reads_like_sentences(house, database_url):
    """Who, what, and what came of it; no number, no text."""
    empty = run("audit", url=database_url)
    run("people", "lock", COORDINATOR, url=database_url)
    run("people", "export", COORDINATOR, url=database_url)
    shown = run("audit", "--days", "1", url=database_url)

    assert ["operator: lock somebody: done", "operator: export what is held: done"] == [
        line.split("  ")[1].split(" [")[0] for line in shown.stdout.splitlines()
    ]
    assert "0100" not in shown.stdout
    assert "Nothing was asked" in empty.stdout
