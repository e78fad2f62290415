"""A coordinator's draft on her own phone: what she is told, what is kept, and that nothing leaves but what she has proved."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.announcements.announce import AudienceUnfit, LanguageLacks, TextUnfit, TimeUnfit, announce
from bot.announcements.desk import Desk
from conversations.announcements.audience import Audience, Criterion, of_school
from conversations.announcements.drafts import Changed, ChangeDraft, ChangeText, DraftOf, Saved
from storage import people
from storage.announcements import authors, drafts, translators
from storage.announcements.tables import Stage

COORDINATOR, LIAISON, FAMILY = "+16615550100", "+16615550110", "+16615550120"
BOTH = "SEND families: EN: Mesa Verde: no school on Monday.\nES: Mesa Verde: no hay clases el lunes."


@pytest.fixture
async def desk(house):
    """The sample school's coordinator, who reads Spanish."""

    def listed(connection):
        known = people.at(connection, "sms", COORDINATOR)
        translators.add(connection, known.school_id, "es", known.person_id, 0)

    await house.database.run(listed)
    return house


async def says(house, *texts, address=COORDINATOR):
    """What is answered to the last of these texts."""
    heard = []
    for text in texts:
        house.now.forward(seconds=20)
        heard = await house.hears(text, address)
    return "\n".join(heard)


async def code(house):
    sent = "\n".join(reversed(house.channels["sms"].texts_to(COORDINATOR)))
    return re.search(r"code (\d{6})", sent)[1]


async def stage_of(house, number=1):
    return (await house.run("SELECT stage FROM announcement WHERE id = :n", n=number))[0].stage


async def bodies(house, number=1):
    found = await house.database.run(lambda connection: drafts.draft(connection, number))
    return {text.language: text.body for text in found.texts}


async def test_what_passed_the_gate_is_scheduled_and_can_be_taken_back(desk):
    """Two minutes are left for UNDO; then it is a draft again, and its code opens nothing any more."""
    await says(desk, BOTH, "SEND", "1")

    assert "Sending draft 1 at" in await says(desk, await code(desk))
    row = (await desk.run("SELECT stage, send_at, digest FROM announcement"))[0]
    assert ("scheduled", True) == (row.stage, bool(row.digest))
    assert "a draft again" in await says(desk, "UNDO")
    assert "draft" == await stage_of(desk)
    assert "Sending" not in await says(desk, "SEND 1", "000000")


async def test_nothing_is_sent_without_the_code(desk):
    """A wrong code, a no, and silence leave it a draft."""
    await says(desk, BOTH, "SEND", "1")

    assert "not the code" in await says(desk, "000000" if await code(desk) != "000000" else "111111")
    assert "nothing was done" in await says(desk, "NO")
    assert "draft" == await stage_of(desk)


async def test_whoever_edits_after_the_code_was_asked_for_needs_another(desk):
    """The code is for these words; for other words it is void."""
    await says(desk, BOTH, "SEND", "1")
    first = await code(desk)
    await desk.database.run(partial(_at_desk, do=lambda each: each.change(ChangeDraft(1, kind="invitation"))))

    assert "void" in await says(desk, first)
    assert "draft" == await stage_of(desk)


def _at_desk(connection, do, address=COORDINATOR):
    return do(Desk(connection, people.at(connection, "sms", address), datetime(2026, 11, 18, 20, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 20_000, "20000 characters"),
        ("", "no words"),
        ("   ", "no words"),
        ("DONE", "no text yet"),
    ],
)
async def test_text_that_cannot_be_sent_is_refused_in_a_sentence(desk, text, told):
    """Too much, or nothing at all: each gets its own sentence, and no draft is made."""
    assert told in await says(desk, "SEND families", text)
    assert [] == await desk.run("SELECT id FROM announcement")


async def test_too_much_at_once_is_refused_too(desk):
    """The whole in one message, behind SEND."""
    assert "20010 characters" in await says(desk, "SEND families: " + "x" * 20_010)


async def test_nobody_in_the_audience(desk):
    """An audience without anybody gets a sentence, and no code is asked for."""
    told = await says(desk, BOTH.replace("families", "partners"), "SEND", "1")

    assert "Nobody would get it" in told
    assert "code" not in told


async def test_everybody_has_stopped(desk):
    """Where everybody said STOP nothing is sent, and that is said."""
    await desk.run(
        "UPDATE person SET stopped_at = '2026-11-01 00:00:00' WHERE id IN (SELECT person_id FROM membership WHERE role = 'family') RETURNING id"
    )

    assert "Nobody would get it" in await says(desk, BOTH, "SEND", "1")


async def test_a_time_that_has_come_and_gone(desk):
    """Set for this afternoon and forgotten until tomorrow: she is told, and asked for another time."""
    await says(desk, BOTH, "2", "today 4:30pm")
    desk.now.forward(days=1)

    told = await says(desk, "SEND 1", "1")
    assert "that is past. Nothing was sent" in told
    assert "When shall it go?" in told


async def test_the_night_has_the_schools_clock(desk):
    """Seven in the evening in Bakersfield is another day in UTC, and no night."""
    desk.now.at = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)

    assert "Texts to many leave" not in await says(desk, BOTH)


@pytest.mark.parametrize("day", [datetime(2026, 11, 1, 4, 30, tzinfo=UTC), datetime(2027, 3, 14, 4, 30, tzinfo=UTC)])
async def test_the_morning_after_the_clocks_change(desk, day):
    """In the night of a change 8:05am is still 8:05am by the clock on the wall."""
    desk.now.at = day
    await desk.run("UPDATE address SET heard_at = :day RETURNING id", day=day)

    assert "8:05am" in await says(desk, BOTH)


@pytest.mark.parametrize("address", [LIAISON, FAMILY])
async def test_whoever_may_not_announce_makes_no_draft(desk, address):
    """A liaison is told who can; a family's words are no order at all."""
    told = await says(desk, BOTH, address=address)

    assert ("coordina" in told) == (address == LIAISON)
    assert [] == await desk.run("SELECT id FROM announcement")


@pytest.mark.parametrize("order", ["SEND 1", "EDIT 1", "DROP 1", "UNDO 1", "HALT 1", "GO ON 1", "PREVIEW 1", "STATUS 1", "WHO 1"])
async def test_the_draft_of_another_school_is_out_of_reach(desk, order):
    """Not seen, not changed, not sent, whatever is ordered."""
    await says(desk, BOTH)
    await desk.run(
        "INSERT INTO school (keyword, name, zip, timezone, phone, languages) SELECT 'rio', 'Rio Seco', zip, timezone, phone, languages FROM school RETURNING id"
    )
    await desk.run("UPDATE announcement SET school_id = 2 RETURNING id")

    told = await says(desk, order)
    assert "no school" not in told
    assert re.search("not here|no draft", told)
    assert "draft" == await stage_of(desk)


async def test_the_edge_looks_at_the_school_itself(desk):
    """Even a flow that asks for another school's families is refused."""
    other = Audience(((Criterion("school", "rio"), Criterion("group", "families")),))
    for query in (
        Saved("news", other, "en", (("en", "Hello"),)),
        Saved("news", Audience(((Criterion("group", "families"),),)), "en", (("en", "Hello"),)),
    ):
        with pytest.raises(authors.NotTheirs):
            await desk.database.run(partial(_at_desk, do=lambda each, query=query: each.answer(query)))
    assert await desk.database.run(partial(_at_desk, do=lambda each: each.answer(DraftOf(99)))) is None


async def test_what_has_started_is_not_changed(desk):
    """Words and audience are frozen once it runs; DROP comes too late, and says so."""
    await says(desk, BOTH)
    await desk.run("UPDATE announcement SET stage = 'running' RETURNING id")

    for change in (ChangeText(1, "en", "Other"), ChangeDraft(1, kind="survey")):
        await desk.database.run(partial(_at_desk, do=lambda each, change=change: each.answer(Changed(change))))
    assert "Mesa Verde: no school on Monday." == (await bodies(desk))["en"]
    assert "being sent" in await says(desk, "DROP 1")
    assert "stopped" in await says(desk, "HALT 1")
    assert "stopped" == await stage_of(desk)


async def test_something_urgent_does_not_leave_by_the_ordinary_way(desk):
    """Its second approver cannot be gone round: not by SEND, nor by changing its words."""
    await says(desk, BOTH)
    await desk.run("UPDATE announcement SET kind = 'urgent' RETURNING id")

    assert "URGENT 1" in await says(desk, "ok")
    await desk.database.run(partial(_at_desk, do=lambda each: each.answer(Changed(ChangeText(1, "en", "Other")))))
    assert (await bodies(desk))["en"] == "Mesa Verde: no school on Monday."


async def test_a_long_translation_comes_in_pieces_where_it_belongs(desk):
    """More English while Spanish is missing is not taken for Spanish."""
    await says(desk, "SEND families: Mesa Verde: no school on Monday.")

    assert "Where does" in await says(desk, "Please call the office with any questions that you have.")
    await says(desk, "1")
    assert "Mesa Verde: no school on Monday.\nPlease call the office with any questions that you have." == (await bodies(desk))["en"]


async def test_a_stop_in_the_middle_of_a_draft_stops(desk):
    """STOP is STOP, whatever is being written."""
    assert "no more texts" in await says(desk, "SEND families", "We meet on Friday.", "STOP")


async def test_pieces_that_look_like_orders_are_pieces(desk):
    """ "Reply YES by Friday" and "Send a coat" belong to the text that is being written."""
    await says(
        desk,
        "SEND families",
        "EN: Mesa Verde: trip on Friday.",
        "Reply YES by Friday.",
        "Send your child with a coat.",
        "Status quo: none.",
        "DONE",
    )

    text = (await bodies(desk))["en"]
    for each in ("Reply YES by Friday.", "Send your child with a coat.", "Status quo: none."):
        assert each in text


async def test_a_coordinator_who_is_a_parent_elsewhere_still_announces(desk):
    """The school she joined last as a family is not the one she works at."""
    await desk.run(
        "INSERT INTO school (keyword, name, zip, timezone, phone, languages) SELECT 'rio', 'Rio Seco', zip, timezone, phone, languages FROM school RETURNING id"
    )
    await says(desk, "RIO", "1")
    await says(desk, BOTH, "SEND", "1")

    assert "Sending draft 1" in await says(desk, await code(desk))
    assert 1 == (await desk.run("SELECT school_id FROM announcement"))[0].school_id


LINES = st.sampled_from(
    [
        "SEND families", "SEND families: Mesa Verde: hello.", "ES: Mesa Verde: hola.", "EN: Mesa Verde: hi.", "DONE", "1", "2", "3", "4", "5", "6", "7", "ok", "no",
        "Friday 4:30pm", "yesterday", "families es", "3rd grade", "EDIT", "EDIT 1", "1: Mesa Verde: new", "2:", "MOVE 2 1", "SEND", "SEND 1", "DROP", "DRAFTS", "UNDO",
        "STATUS 1", "WHO 1", "PREVIEW", "HALT 1", "GO ON 1", "(2/3) b", "(1/3) a", "(3/3) c", "123456", "food", "menu", "back", "I want to die, the play, at 6pm", "👍",
    ]
)  # fmt: skip


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=3, max_size=9))
async def test_whatever_she_texts_she_gets_an_answer(desk, lines):
    """Any messages in any order: each is answered, nothing stumbles, and nothing is scheduled without a code."""
    for line in lines:
        assert await says(desk, line) or line in {"👍", "ok"}, line
    assert [] == await desk.run("SELECT id FROM announcement WHERE stage NOT IN ('draft', 'cancelled')")


# One call for other features


def _announce(connection, **more):
    given = {"school_id": 1, "kind": "news", "audience": of_school("mesa"), "language": "en", "texts": {"en": "Hello", "es": "Hola"}}
    return announce(connection, **{**given, "now": datetime(2026, 11, 18, 20, tzinfo=UTC), **more})


async def test_other_features_announce_with_one_call(house):
    """Saved, approved and scheduled at once; by day, and no sooner than it can be taken back."""
    number = await house.database.run(_announce)
    found = await house.database.run(lambda connection: drafts.draft(connection, number))

    assert (Stage.SCHEDULED, ()) == (found.stage, found.lacking)
    assert timedelta(minutes=2) <= found.send_at - datetime(2026, 11, 18, 20, tzinfo=UTC) <= timedelta(minutes=3)


@pytest.mark.parametrize(
    ("more", "why", "told"),
    [
        ({"texts": {"en": "Hello"}}, LanguageLacks, "es too"),
        ({"language": "vi"}, LanguageLacks, "vi"),
        ({"texts": {"en": " ", "es": "Hola"}}, TextUnfit, "empty"),
        ({"texts": {"en": "x" * 2000, "es": "Hola"}}, TextUnfit, "2000 characters"),
        ({"texts": {"en": "Pay at bit.ly/x", "es": "Hola"}}, TextUnfit, "bit.ly"),
        ({"kind": "gossip"}, TextUnfit, "no kind"),
        ({"send_at": datetime(2026, 11, 18, 19, tzinfo=UTC)}, TimeUnfit, "over"),
        ({"until": datetime(2026, 11, 18, 19, tzinfo=UTC)}, TimeUnfit, "too late"),
        ({"audience": Audience(((Criterion("shoe size", "9"),),))}, AudienceUnfit, "shoe size"),
    ],
)
async def test_what_cannot_be_announced_changes_nothing(house, more, why, told):
    """Each has its named error with a sentence, and no draft is left behind."""
    with pytest.raises(why, match=told):
        await house.database.run(partial(_announce, **more))
    assert [] == await house.run("SELECT id FROM announcement")


async def test_who_forges_a_coordinators_number_announces_nothing(desk):
    """They can write a draft as she would; the code goes to her own phone, and the owner's NOTME ends it all."""
    await says(desk, BOTH, "SEND", "1")
    wrong = f"{(int(await code(desk)) + 1) % 1_000_000:06}"
    guessed = await says(desk, wrong, wrong, wrong)
    locked = await says(desk, "NOTME")
    again = await says(desk, "SEND 1", "1")

    assert "draft" == await stage_of(desk)
    assert "Sending draft" not in guessed + locked + again
    assert [] == await desk.run("SELECT id FROM outbox WHERE announcement_id IS NOT NULL")
    assert [] == await desk.run("SELECT id FROM audit WHERE action = 'announce' AND outcome = 'done'")


async def test_who_missed_a_draft_is_not_said_to_be_nobody(desk):
    """Before it is sent nobody has it: "nobody is left out" would be taken for sent."""
    await says(desk, BOTH)

    assert (await says(desk, "WHO 1")).startswith("1: nobody has a text of it yet.")


async def test_more_drafts_than_a_list_holds_come_with_more(desk):
    """Nine of twelve are shown, MORE has the other three, and a number still opens one."""
    for n in range(1, 13):
        await desk.database.run(
            partial(_at_desk, do=lambda each, n=n: each.save(Saved("news", of_school("mesa"), "en", (("en", f"Text {n}"),))))
        )

    first, second = await says(desk, "DRAFTS"), await says(desk, "MORE")

    assert [12, 11, 10, 9, 8, 7, 6, 5, 4] == [int(n) for n in re.findall(r"^(\d+) draft", first, re.MULTILINE)]
    assert "MORE" in first
    assert [3, 2, 1] == [int(n) for n in re.findall(r"^(\d+) draft", second, re.MULTILINE)]
    assert "MORE" not in second
    assert "Draft 2" in await says(desk, "DRAFTS", "SEND 2", "2")


@pytest.mark.parametrize(
    ("asked", "texted"),
    [
        (("SEND families",), "552811"),
        ((BOTH, "1"), "552 811"),
        ((BOTH, "2"), "552811"),
        ((BOTH, "EDIT"), "1: 552811"),
        ((BOTH,), "my code is 552811"),
    ],
)
async def test_a_code_is_never_kept_in_a_draft_nor_said_again(desk, asked, texted):
    """Whatever is asked just then: a code that was texted to the wrong question is in no text, and in no answer."""
    await says(desk, *asked, texted, "EDIT", "DONE")

    assert [] == [text for text in desk.channels["sms"].texts_to(COORDINATOR) if "552" in text]
