"""Somebody has stolen the database, its journal, yesterday's backup and the key, and tries to join people to what they answered."""

import base64
import json
import re
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_surveys_taking import open_in, says

from bot.channels.base import TryLater
from bot.clock import Clock
from bot.surveys import loops
from storage import people, rotating
from storage.sealing import in_use, ring
from storage.surveys import answers, seals

FAMILIES = [f"+166155501{n}" for n in range(20, 32)]
WORDS = [
    "amaranth",
    "basilisk",
    "calendula",
    "dromedary",
    "eglantine",
    "farandole",
    "gossamer",
    "halcyon",
    "isinglass",
    "juniperus",
    "kaleidoscope",
    "lapislazuli",
]
"""What each of twelve families says should be fixed first."""


class Town:
    """Twelve families who answer, and the survey they answer."""

    def __init__(self, house, clock, survey):
        self.house, self.clock, self.survey, self.clockwork = house, clock, survey, Clock(house)

    async def answer(self, families=range(12), *, whole=True):
        for n in families:
            await says(self.house, self.clock, "climate", "1", "2", *([WORDS[n]] if whole else []), address=FAMILIES[n])

    async def later(self, **much):
        self.clock.forward(**(much or {"minutes": 1}))
        await self.clockwork.tick()
        await self.house.settled()

    async def people(self, families=FAMILIES):
        found = [await self.house.run("SELECT person_id FROM address WHERE address = :a", a=each) for each in families]
        return [rows[0][0] for rows in found]


@pytest.fixture
async def town(house, clock):
    return Town(house, clock, await open_in(house, clock, anonymous=True))


# What the key of the deployment opens


async def opened(house):
    """Everything in every sealed column that the key opens, as text."""

    def read(connection):
        found = []
        for table in rotating.SQLModel.metadata.sorted_tables:
            for column in rotating._sealed(table):
                raw = connection.execute(text(f'SELECT "{column.name}" FROM "{table.name}" WHERE "{column.name}" IS NOT NULL')).scalars()
                found += [(table.name, in_use().open(bytes(each))) for each in raw]
        return found

    return await house.database.run(read)


def tells(found):
    """Where one of the answers stands."""
    return sorted({name for name, said in found if any(word in said for word in WORDS)})


async def test_no_word_of_an_answer_is_written_down_beside_who_said_it(town, house):
    """Not as a message, not on the screen, not while it waits. What passed is marked, and nothing else of it kept."""
    await town.answer(range(5))
    await town.answer([5], whole=False)
    found = await opened(house)

    assert ([], True) == (tells(found), any(name == "survey_pending" for name, _said in found))
    screens = [json.loads(said) for name, said in found if name == "address" and '"survey"' in said]
    assert [["sealed"]] == [[name for name, _value in screen["open"]["answers"]] for screen in screens]
    assert [(None, True)] == await house.run("SELECT DISTINCT text, private FROM inbound WHERE text IS NULL")


async def test_what_is_no_answer_is_kept_like_any_other(town, house):
    """Danger in the middle of a survey comes before a person as it was written; afterwards a message is a message."""
    await says(house, town.clock, "climate", "1", "i want to die", address=FAMILIES[0])
    await says(house, town.clock, "comida 93307", address=FAMILIES[1])

    assert {"i want to die", "comida 93307"} <= {said for name, said in await opened(house) if name == "inbound"}
    [(danger,)] = await house.run("SELECT inbound_id FROM call WHERE inbound_id IS NOT NULL")
    assert [(None,)] == await house.run("SELECT private FROM inbound WHERE id = :danger", danger=danger)


async def test_the_key_is_changed_though_the_screens_are_sealed_twice(town, house):
    """Whoever changes PLATICA_KEY in the middle of a survey loses nobody's answers."""
    await town.answer([0], whole=False)
    await house.database.run(rotating.rotate)
    await says(house, town.clock, WORDS[0], address=FAMILIES[0])

    [(_id, sealed)] = await house.run("SELECT id, answers FROM survey_pending")
    said = seals.open_(house.secrets.of(town.survey), in_use().open(bytes(sealed)))
    assert {"safe": "very", "welcome": "somewhat", "first": WORDS[0]} == json.loads(said)["answers"]


# The files


def on_disk(path):
    """The file and its journal."""
    return Path(path).read_bytes() + Path(f"{path}-wal").read_bytes()


def carved(content):
    """Everything in a file's bytes that the key opens, in pages that are free and in the journal too."""
    key = in_use().keys[0]
    sealer = AESGCM(key.derived(b"seal"))
    found = []
    for start in (each.start() for each in re.finditer(re.escape(key.name), content)):
        nonce, rest = content[start + 4 : start + 16], content[start + 16 : start + 700]
        for end in range(16, len(rest) + 1):
            try:
                found.append(sealer.decrypt(nonce, rest[:end], None).decode())
                break
            except InvalidTag:
                continue
    return found


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_file_and_journal_and_backup_tell_nothing_of_whom(town, house, database_url, tmp_path):
    """Carved byte by byte with the right key, before the batch and after it: no answer opens, and none stands beside a person."""
    path = database_url.removeprefix("sqlite:///")
    await town.answer(range(10))
    before = on_disk(path)
    with sqlite3.connect(path) as live, sqlite3.connect(tmp_path / "backup.db") as copy:
        live.backup(copy)
    await town.later()
    await town.later(minutes=2)
    after = on_disk(path)
    secret = house.secrets.of(town.survey)

    said = carved(before)
    assert (True, []) == (len(said) > 40, [each for each in said if any(word in each for word in WORDS)])
    assert [] == [word for word in WORDS if word.encode() in before]
    assert [] == [each for each in carved(after) if any(word in each for word in WORDS)]
    with sqlite3.connect(tmp_path / "backup.db") as copy:
        waited = [in_use().open(sealed) for (sealed,) in copy.execute("SELECT answers FROM survey_pending")]
    assert (10, {None}) == (len(waited), {seals.open_(secret, each) for each in waited})


# Order and transactions


HIDDEN = {"sqlite": "rowid", "postgresql": "xmin::text || ctid::text"}


async def test_nothing_counts_up_beside_a_response_or_a_hash(town, house, engine_name):
    """No row number on SQLite; on PostgreSQL one transaction for the whole batch, no sequence, and places in another order than they came."""
    await town.answer()
    secret = house.secrets.of(town.survey)
    came = [answers.who_hash(secret, town.survey, f"p{person}") for person in await town.people()]
    await town.later()

    if engine_name == "sqlite":
        for table in ("survey_response", "survey_participation", "survey_pending"):
            with pytest.raises(DBAPIError):
                await house.run(f"SELECT rowid FROM {table}")
        return
    responses = await house.run("SELECT xmin::text, answers->>'first' FROM survey_response ORDER BY ctid")
    hashes = await house.run("SELECT xmin::text, hash FROM survey_participation ORDER BY ctid")
    assert (1, 12, 12) == (len({row[0] for row in [*responses, *hashes]}), len(responses), len(hashes))
    assert (True, True) == (WORDS != [row[1] for row in responses], came != [row[1] for row in hashes])
    shuffled = [row[1] for row in responses], [WORDS[came.index(row[1])] for row in hashes]
    assert shuffled[0] != shuffled[1]
    heard = {
        row[0]
        for row in await house.run(
            "SELECT xmin::text FROM inbound UNION SELECT xmin::text FROM outbox UNION SELECT xmin::text FROM address"
        )
    }
    assert set() == heard & {row[0] for row in responses}
    assert [] == await house.run(
        "SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE 'survey_p%' OR relname LIKE 'survey_r%_seq'"
    )


async def test_in_the_middle_the_whole_house_can_be_read_and_a_copy_cannot(town, house, engine_name):
    """What links until a batch moves, stated: on PostgreSQL what waits bears its message's transaction. It opens only with the secret."""
    await town.answer([3])
    secret = house.secrets.of(town.survey)
    [(sealed,)] = await house.run("SELECT answers FROM survey_pending")
    waits = in_use().open(bytes(sealed))

    assert (True, None) == (WORDS[3] in seals.open_(secret, waits), seals.open_(seals.fresh(), waits))
    if engine_name == "postgresql":
        linked = "SELECT a.person_id FROM survey_pending p JOIN inbound i ON i.xmin = p.xmin JOIN address a ON a.id = i.address_id"
        assert [(person,) for person in await town.people([FAMILIES[3]])] == await house.run(linked)
        with_hash = "SELECT count(*) FROM survey_participation s JOIN inbound i ON i.xmin = s.xmin"
        assert [(1,)] == await house.run(with_hash)


async def test_after_the_close_no_secret_helps(town, house):
    """A copy of the secret that somebody took in time finds nobody any more; those in the middle count as far as they came."""
    await town.answer(range(11))
    await town.answer([11], whole=False)
    secret = house.secrets.of(town.survey)
    hashes = {answers.who_hash(secret, town.survey, f"p{person}") for person in await town.people()}
    await town.later()
    assert 11 == len(hashes & {row[0] for row in await house.run("SELECT hash FROM survey_participation")})
    await house.database.run(partial(loops.close, secrets=house.secrets, survey_id=town.survey, now=town.clock()))
    await town.later()

    assert set() == hashes & {row[0] for row in await house.run("SELECT hash FROM survey_participation")}
    assert (None, []) == (house.secrets.of(town.survey), house.secrets.kept())
    assert [] == tells(await opened(house))
    complete = await house.run("SELECT complete, count(*) FROM survey_response GROUP BY complete ORDER BY complete")
    assert [(False, 1), (True, 11)] == [(bool(row[0]), row[1]) for row in complete]
    memory = (await house.database.run(partial(people.at, channel="sms", address=FAMILIES[11]))).memory
    assert ([], []) == (memory["open"]["answers"], memory["paused"])


# What the provider keeps


class Forgetful:
    """Of a carrier that can be asked to forget: what it still has, and how often it refuses first."""

    def __init__(self, carrier, fails=0):
        self.carrier, self.fails, self.erased = carrier, fails, []
        carrier.erase = self.erase

    async def erase(self, provider_id):
        if self.fails:
            self.fails -= 1
            raise TryLater("20009")
        self.erased.append(provider_id)


async def test_the_providers_copies_are_erased_once_they_have_arrived(town, house):
    """Theirs and ours, of the survey alone; what is refused is tried again; then nothing says that it was a survey."""
    sms = Forgetful(house.channels["sms"], fails=2)
    await says(house, town.clock, "comida 93307", address=FAMILIES[0])
    await town.answer([0])
    for _look in range(2):
        await town.later(hours=2)

    heard = await house.run("SELECT provider_id FROM inbound WHERE text IS NULL")
    said = await house.run("SELECT provider_id FROM outbox WHERE text IS NULL")
    assert (4, 3, set()) == (len(heard), len(said), {row[0] for row in [*heard, *said]} ^ set(sms.erased))
    assert ([], []) == (
        await house.run("SELECT id FROM inbound WHERE private"),
        await house.run("SELECT id FROM outbox WHERE private"),
    )


async def test_what_cannot_be_erased_is_given_up_after_a_week(town, house):
    """A provider that refuses for ever is not asked for ever; our own copy has long been gone."""
    sms = Forgetful(house.channels["sms"], fails=10_000)
    await town.answer([0])
    await town.later(hours=2)
    assert [(3,)] == await house.run("SELECT count(*) FROM outbox WHERE private AND text IS NULL")
    await town.later(days=8)

    assert ([], []) == (sms.erased, await house.run("SELECT id FROM inbound WHERE private UNION ALL SELECT id FROM outbox WHERE private"))


def test_what_is_sealed_for_a_screen_opens_with_no_other_secret():
    """Of two surveys neither opens the other's."""
    ours, theirs = seals.fresh(), seals.fresh()
    sealed = seals.seal_screen(ours, "amaranth")

    assert ("amaranth", None) == (seals.open_screen(seals.renewed(ours), sealed), seals.open_screen(theirs, sealed))
    assert None is seals.open_(ours, base64.b64encode(ring(base64.urlsafe_b64encode(bytes(32)).decode()).seal("x")).decode())
    assert partial(seals.open_, ours)("no base64") is None
