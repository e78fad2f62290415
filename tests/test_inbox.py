"""From a message to the outbox: once, whole, and in order, on both databases."""

import asyncio
import json

import pytest
from conftest import also_at

from bot.channels.base import Received
from storage.sealing import in_use

ROSA = "+16615550180"


def message(body, n=1, address=ROSA, **more):
    return Received("sms", f"SM{n}", address, body, **more)


async def count(house, table):
    return (await house.run(f"SELECT count(*) FROM {table}"))[0][0]


async def test_a_message_and_its_answer_are_kept_together(house):
    """When we say we have it, it and its answer are on disk."""
    before = await count(house, "look_up_count")
    taken = await house.receive(message("comida 93307"))

    assert (True, 1) == (taken.new, taken.texts)
    assert 1 == await count(house, "inbound")
    assert [("waiting", "reply")] == [tuple(row) for row in await house.run("SELECT state, kind FROM outbox")]
    assert before + 1 == await count(house, "look_up_count")


async def test_the_same_message_ten_times_at_once_has_one_effect(house):
    """A provider that repeats itself, in parallel, gets one answer out of us."""
    taken = await asyncio.gather(*(house.receive(message("comida 93307")) for _ in range(10)))

    assert 1 == sum(each.new for each in taken)
    assert (1, 1, 1) == (await count(house, "inbound"), await count(house, "outbox"), await count(house, "look_up_count"))


async def test_a_stranger_who_writes_twice_at_once_is_one_person(house):
    """Two first messages in the same moment make one person with both answered."""
    people = await count(house, "person")
    await asyncio.gather(*(house.receive(message("food", n)) for n in range(6)))

    assert people + 1 == await count(house, "person")
    assert 6 == await count(house, "outbox")


async def test_two_answers_at_once_are_heard_one_after_the_other(house):
    """No answer is lost to a race: each is heard on the screen the other left."""
    await house.hears("MESA", ROSA)
    await asyncio.gather(*(house.receive(message("1", n)) for n in range(2, 8)))
    (revision,) = (await house.run("SELECT p.revision FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :a", a=ROSA))[0]

    assert 7 == revision


async def test_a_failure_leaves_nothing_behind(house, monkeypatch):
    """If anything breaks before the commit, nothing happened, and the provider may try again."""

    def broken(*_args, **_more):
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("storage.outbox.write", broken)
        with pytest.raises(RuntimeError):
            await house.receive(message("food"))

    assert (0, 0) == (await count(house, "inbound"), await count(house, "outbox"))
    assert (await house.receive(message("food"))).new


async def test_a_screen_that_cannot_be_read_is_kept_and_told(house):
    """Never a fresh start: the person hears that a person of ours will look, and the screen stays for them to see."""
    await house.hears("MESA", ROSA)
    broken = in_use().seal(json.dumps({"version": 99}))
    await house.run("UPDATE address SET memory = :m WHERE address = :a RETURNING id", m=broken, a=ROSA)
    (answer,) = await house.hears("1", ROSA)

    assert "something is wrong on our side" in answer
    assert "our fault" in {in_use().open(bytes(row[0])) for row in await house.run("SELECT why FROM call")}
    (memory,) = (await house.run("SELECT memory FROM address WHERE address = :a", a=ROSA))[0]
    assert 99 == json.loads(in_use().open(bytes(memory)))["version"]


async def test_stop_is_confirmed_once_and_written_down(house):
    """One goodbye, one line in the log, and nothing that waited leaves any more."""
    await house.hears("MESA", ROSA)
    first, second = await house.hears("Stop!", ROSA), await house.hears("STOP", ROSA)

    assert (1, 0) == (len(first), len(second))
    log = [tuple(row) for row in await house.run("SELECT what, how FROM consent ORDER BY id")][-2:]
    assert [("join", "keyword"), ("stop", "keyword")] == log


async def test_after_stop_a_question_is_still_answered(house):
    """Who left and asks for food gets it, and is signed up for nothing."""
    await house.hears("ALTO", ROSA)
    (answer,) = await house.hears("comida", ROSA)

    assert "Comida" in answer
    assert [(True,)] == [
        (bool(row[0]),)
        for row in await house.run(
            "SELECT stopped_at IS NOT NULL FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :a", a=ROSA
        )
    ]


async def test_stop_counts_on_every_channel(house):
    """STOP belongs to the person, not to the phone."""
    await house.hears("MESA", ROSA)
    await also_at(house, ROSA, "777")
    await house.hears("/stop", "777", "telegram")
    stopped = "SELECT 1 FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :a AND p.stopped_at IS NOT NULL"

    assert 1 == len(await house.run(stopped, a=ROSA))


async def test_blocking_the_bot_is_stop_and_unblocking_takes_it_back(house):
    """But unblocking takes back no STOP that was said in words."""
    await house.hears("/start", "778", "telegram")
    await house.hears("", "778", "telegram", left=True)
    blocked = (await house.run("SELECT stopped_at FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = '778'"))[0][0]
    await house.hears("", "778", "telegram", left=False)
    back = (await house.run("SELECT stopped_at FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = '778'"))[0][0]
    await house.hears("/stop", "778", "telegram")
    await house.hears("", "778", "telegram", left=True)
    await house.hears("", "778", "telegram", left=False)
    said = (await house.run("SELECT stopped_at FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = '778'"))[0][0]

    assert (True, False, True) == (blocked is not None, back is not None, said is not None)


async def test_a_crisis_reaches_trained_staff_without_the_words(house):
    """The person hears 988 at once; the coordinator hears that somebody needs her, not what was said nor by whom."""
    (answer,) = await house.hears("i want to die", ROSA)
    alerts = house.channels["sms"].texts_to("+16615550100")

    assert "988" in answer
    assert 1 == len(alerts)
    assert "die" not in alerts[0].split()
    assert "0180" not in alerts[0]


async def test_a_group_is_not_the_place(house):
    """In a group everybody reads along: one sentence, and nothing is looked up."""
    before = await count(house, "look_up_count")
    (answer,) = await house.hears("@bot comida", "-100200", "telegram", group=True)

    assert "private" in answer
    assert before == await count(house, "look_up_count")


async def test_a_bare_answer_after_something_else_is_asked_back(house, clock):
    """A "1" after another message came over the question takes no effect."""
    await house.hears("MESA", ROSA)
    clock.forward(minutes=2)
    known = "SELECT a.id, a.person_id FROM address a WHERE a.address = :a"
    (address_id, person_id) = (await house.run(known, a=ROSA))[0]

    def note(connection):
        from storage import outbox
        from storage.tables import Kind

        row = {
            "person_id": person_id,
            "address_id": address_id,
            "channel": "sms",
            "kind": Kind.NUDGE,
            "text": "No school on Monday.",
            "created_at": clock.at,
        }
        outbox.write(connection, [row])

    await house.database.run(note)
    await house.settled()
    clock.forward(minutes=2)
    (answer,) = await house.hears("1", ROSA)

    assert "answer this once more" in answer
    clock.forward(seconds=20)
    assert "About 1 a week" in (await house.hears("1", ROSA))[0]


async def test_an_answer_that_was_sent_before_its_question_is_asked_back(house, clock):
    """An old "1", fetched after an outage, applies to nothing newer."""
    await house.hears("MESA", ROSA)
    (answer,) = await house.hears("1", ROSA, sent_at=clock.at.replace(hour=clock.at.hour - 1), late=True)

    assert "answer this once more" in answer
    assert answer.startswith("Sorry for the late answer")


@pytest.mark.parametrize("hostile", ["\ud800", "a\x00b", "x" * 5000, "' OR 1=1 --", "{0.__class__}", "%s%n", "\u202e\u200b"])
async def test_hostile_text_is_a_text_like_any_other(house, hostile):
    """Whatever is typed is heard, answered once, and harms nothing."""
    from bot.channels.twilio import parse

    form = {"MessageSid": "SM1", "From": ROSA, "To": "+16615550199", "Body": hostile, "NumMedia": "0", "AccountSid": "AC"}
    taken = await house.receive(parse(form, "none"))

    assert taken.new
    assert taken.texts <= 1
