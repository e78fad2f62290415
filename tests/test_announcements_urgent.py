"""Something urgent: words approved beforehand, two people with their own codes, five minutes each, and nothing by one person alone."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial

import pytest
from conftest import NOON
from hypothesis import given
from hypothesis import strategies as st
from test_gate_codes import code_in

import locales
from bot import gate, members, schools
from bot.announcements import approvals, templates
from bot.announcements.desk import Desk
from bot.announcements.urgent import Alarm
from bot.channels import segments
from bot.channels.base import Received
from bot.clock import Clock
from bot.members import Unfit
from conversations import gate as words
from conversations.announcements.drafts import ChangeDraft, ChangeText, Send
from conversations.announcements.urgent import LONGEST_PLACE, TEMPLATES, Agree, AskSecond, Decline, PlaceName, UrgentOf
from conversations.questions import Unclear
from conversations.reply import Reply
from storage import people
from storage.announcements import drafts, urgent
from storage.announcements.tables import Stage
from storage.database import Stale
from storage.gate import codes
from storage.tables import Kind

COORDINATOR, PRINCIPAL, SECOND, FAMILY = "+16615550100", "+16615550101", "+16615550102", "+16615550120"


@pytest.fixture
async def school(house):
    """The sample school with a principal, and nobody else who could agree but another coordinator."""

    def unit(connection):
        members.add(connection, address=PRINCIPAL, role="principal", keyword="mesa", language="en")
        members.add(connection, address=SECOND, role="coordinator", keyword="mesa", language="en")

    await house.run("DELETE FROM membership WHERE role IN ('coordinator', 'principal', 'manager') AND person_id NOT IN "
                    "(SELECT person_id FROM address WHERE address = '+16615550100') RETURNING id")  # fmt: skip
    await house.database.run(unit)
    return house


async def begun(house, *more):
    """An all-clear of the coordinator's, as far as the code: what she got last."""
    said = []
    for text in ("URGENT all clear", "11:40am", "The police have left", *more):
        said = await house.hears(text, COORDINATOR)
    return said


async def asked(house):
    """As far as the second person."""
    return await house.hears(code_in(await begun(house)), COORDINATOR)


async def stage(house, number=1):
    ((found,),) = await house.run("SELECT stage FROM announcement WHERE id = :number", number=number)
    return found


async def minutes(house, n):
    """Time passes, and the clock looks; who got what."""
    before = len(house.channels["sms"].accepted)
    house.now.forward(minutes=n, seconds=1)
    await Clock(house).tick()
    await house.settled()
    return [(each.address, each.message.text) for each in house.channels["sms"].accepted[before:]]


# The words


@pytest.mark.parametrize("language", list(locales.LANGUAGES))
@pytest.mark.parametrize("slug", list(TEMPLATES))
def test_an_urgent_text_is_short_and_whole_in_every_language(slug, language):
    """At most two texts long with the longest place; every gap is filled; what varies is the same in each language."""
    given = {"day": date(2026, 11, 19), "time": time(13, 30), "place": "x" * LONGEST_PLACE}
    text = templates.filled(slug, language, "Mesa Verde Elementary", given)

    assert text.startswith("Mesa Verde Elementary: ")
    assert "{" not in text
    assert segments.segments(segments.fold(text)).count <= 2
    assert all(f"{{{gap}}}" in templates.words_of(slug, language) for gap in ("school", *TEMPLATES[slug].gaps))


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("closure", "closure"),
        ("Cierre", "closure"),
        ("EARLY RELEASE", "early-release"),
        ("la escuela cierra", "closure"),
        ("camión", "bus-late"),
    ],
)
def test_staff_call_a_template_by_its_name_in_either_language(said, slug):
    """Typed any way; a sentence of one's own is none of them."""
    assert slug == templates.called(said)
    assert "" == templates.called(f"{said} because the water is brown")


@given(st.text(max_size=60))
def test_a_place_is_a_few_plain_words(text):
    """Whatever is typed: no link, no second line, never longer than promised; or it is asked again."""
    try:
        place = PlaceName("place", TEMPLATES["closure"].title).read(Reply(text), ())
    except Unclear:
        return
    assert 0 < len(place) <= LONGEST_PLACE
    assert not set(place) & set("\n\r\t/@")


@pytest.mark.parametrize("text", ["bit.ly/xyz", "https://x.example", "www.school", "pay at school.org", "a@b", "", "…", "x" * 41])
def test_no_link_gets_into_an_urgent_text(text):
    """A place is what nobody else reads before it leaves."""
    with pytest.raises(Unclear):
        PlaceName("place", TEMPLATES["closure"].title).read(Reply(text), ())


# Two people


async def test_one_person_alone_sends_nothing(school):
    """With her code the coordinator has asked for it, and nothing more."""
    await asked(school)
    await minutes(school, 1)

    assert Stage.DRAFT == await stage(school)
    assert not await school.database.run(lambda c: urgent.agreed(c, 1))


async def test_with_two_people_it_starts_at_once(school):
    """Each with a code of their own; the moment is now, and it is no news after four hours."""
    await asked(school)
    await school.hears("APPROVE 1", PRINCIPAL)
    said = await school.hears(code_in(await school.hears("1", PRINCIPAL)), PRINCIPAL)

    assert ["Thank you. URGENT 1 is leaving now."] == said
    ((stage_now, kind, why, author),) = await school.run("SELECT stage, kind, why, author_id FROM announcement")
    assert (Stage.SCHEDULED, Kind.URGENT, "The police have left") == (stage_now, kind, why)
    done = await school.run("SELECT person_id FROM audit WHERE action = 'announce' AND outcome = 'done'")
    assert 2 == len({person for (person,) in done})
    assert author in {person for (person,) in done}


async def test_it_reaches_families_by_night_in_their_language(school):
    """Agreed at two in the morning; every family has it a moment later, and so has the liaison."""
    school.now.at = datetime(2026, 11, 19, 10, tzinfo=UTC)
    await asked(school)
    await school.hears("APPROVE 1", PRINCIPAL)
    await school.hears(code_in(await school.hears("1", PRINCIPAL)), PRINCIPAL)
    texts = [text for _round in range(3) for _address, text in await minutes(school, 0)]

    assert 21 == sum("la alerta termin" in text for text in texts)
    assert any("the alert is over" in text for text in school.channels["sms"].texts_to("+16615550121"))
    assert {"sent"} == {
        state for (state,) in await school.run("SELECT DISTINCT state FROM outbox WHERE announcement_id = 1 AND channel = 'sms'")
    }


async def test_nothing_urgent_starts_without_the_second_yes(school):
    """Even if something had put it into the clock's hands: it is cancelled there, and its author hears why."""
    await asked(school)
    await school.run("UPDATE announcement SET stage = 'scheduled', send_at = created_at RETURNING id")
    (told,) = await minutes(school, 1)

    assert (COORDINATOR, True) == (told[0], "NOT sent" in told[1])
    assert Stage.CANCELLED == await stage(school)
    assert [] == await school.run("SELECT id FROM outbox WHERE announcement_id = 1")


async def test_the_principal_s_code_is_her_own(school):
    """The author's code, or another one, does not agree for her."""
    code = code_in(await begun(school))
    await school.hears(code, COORDINATOR)
    await school.hears("APPROVE 1", PRINCIPAL)
    mine = code_in(await school.hears("1", PRINCIPAL))
    if mine == code:
        return
    (said,) = await school.hears(code, PRINCIPAL)

    assert "not the code" in said
    assert Stage.DRAFT == await stage(school)


async def test_each_has_five_minutes_then_the_next(school):
    """The principal, then the other coordinator, and then the author hears that nothing was sent."""
    said = await asked(school)
    assert "after 5 minutes" in said[-1]
    assert [] == await minutes(school, 4)
    first, second = await minutes(school, 1), await minutes(school, 5)

    assert [COORDINATOR, SECOND] == [address for address, _text in first]
    assert [COORDINATOR] == [address for address, _text in second]
    assert "NOT sent" in second[0][1]
    assert Stage.CANCELLED == await stage(school)


async def test_a_late_yes_counts_while_nobody_else_has_said_it(school):
    """The principal was driving; seven minutes later she agrees."""
    await asked(school)
    await minutes(school, 7)
    await school.hears("APPROVE 1", PRINCIPAL)
    await school.hears(code_in(await school.hears("1", PRINCIPAL)), PRINCIPAL)

    assert Stage.SCHEDULED == await stage(school)


async def test_two_who_agree_at_once_start_it_once(school):
    """Both have the code before them: the second one hears that it has left."""
    await asked(school)
    await minutes(school, 6)
    await school.hears("APPROVE 1", PRINCIPAL)
    await school.hears("APPROVE 1", SECOND)
    hers, his = code_in(await school.hears("1", PRINCIPAL)), code_in(await school.hears("1", SECOND))
    await school.hears(hers, PRINCIPAL)
    (said,) = await school.hears(his, SECOND)

    assert "has left already" in said
    assert 1 == len(await school.run("SELECT person_id FROM approver WHERE answer = 'yes'"))


async def test_two_codes_in_the_same_moment_start_it_once(school):
    """Two who agree at the very same time: one yes is written, and nobody gets it twice."""
    await asked(school)
    await minutes(school, 6)
    got = {}
    for address in (PRINCIPAL, SECOND):
        await school.hears("APPROVE 1", address)
        got[address] = code_in(await school.hears("1", address))
    await asyncio.gather(*(school.receive(Received("sms", f"at-once-{to}", to, code)) for to, code in got.items()))
    await school.settled()

    assert 1 == len(await school.run("SELECT person_id FROM approver WHERE answer = 'yes'"))
    assert Stage.SCHEDULED == await stage(school)


async def test_a_no_is_the_end_of_it(school):
    """Recorded, told to the author, and nobody else is asked."""
    await asked(school)
    await school.hears("APPROVE 1", PRINCIPAL)
    await school.hears("2", PRINCIPAL)

    assert Stage.CANCELLED == await stage(school)
    assert [("declined",)] == [tuple(row) for row in await school.run("SELECT outcome FROM audit WHERE action = 'urgent'")]
    assert [] == await minutes(school, 6)


async def test_who_is_not_listed_sees_nothing(school):
    """Neither the liaison nor a family learns what is about to leave."""
    await asked(school)
    liaison, family = await school.hears("APPROVE 1", "+16615550110"), await school.hears("APPROVE 1", FAMILY)

    assert not any("11:40" in text for text in (*liaison, *family))
    assert Stage.DRAFT == await stage(school)


async def test_the_author_cannot_agree_to_her_own(school):
    """Nor from a second address of hers: it is the person that counts."""
    await asked(school)
    (said,) = await school.hears("APPROVE 1", COORDINATOR)

    assert "somebody else must agree" in said


async def test_who_is_locked_is_not_asked(school):
    """A stolen phone agrees to nothing; the next is asked instead."""
    await school.database.run(lambda c: gate.lock(c, people.at(c, "sms", PRINCIPAL), school.now()))
    await asked(school)

    assert any("URGENT 1" in text for text in school.channels["sms"].texts_to(SECOND))
    assert not any("URGENT 1" in text for text in school.channels["sms"].texts_to(PRINCIPAL))


async def test_an_author_who_was_locked_meanwhile_sends_nothing(school):
    """NOTME between the two codes."""
    await asked(school)
    await school.hears("APPROVE 1", PRINCIPAL)
    code = code_in(await school.hears("1", PRINCIPAL))
    await school.hears("NOTME", COORDINATOR)
    (said,) = await school.hears(code, PRINCIPAL)

    assert "was not sent" in said
    assert Stage.DRAFT == await stage(school)


async def test_an_author_who_lost_her_part_meanwhile_sends_nothing(school):
    """She was coordinator when she began it."""
    await asked(school)
    await school.run(
        "DELETE FROM membership WHERE person_id IN (SELECT person_id FROM address WHERE address = '+16615550100') RETURNING id"
    )
    (said,) = await school.hears("APPROVE 1", PRINCIPAL)

    assert "was not sent" in said


async def test_words_that_changed_meanwhile_do_not_leave(school):
    """The approval of a language was for other words: two people's yes is for what they saw."""
    await asked(school)
    await school.run("UPDATE template_approval SET hash = 'other' WHERE language = 'es' RETURNING template")
    (said,) = await school.hears("APPROVE 1", PRINCIPAL)

    assert "was not sent" in said


async def test_without_a_second_person_nothing_is_asked(school):
    """Said at once, and not after the code."""
    await school.run("DELETE FROM membership WHERE role IN ('coordinator', 'principal', 'manager') AND person_id NOT IN "
                     "(SELECT person_id FROM address WHERE address = '+16615550100') RETURNING id")  # fmt: skip
    (said,) = await school.hears("URGENT closure", COORDINATOR)

    assert "second person" in said


async def test_a_template_that_nobody_approved_is_said_at_once(school):
    """In which language, and what to do."""
    await school.run("DELETE FROM template_approval WHERE language = 'es' RETURNING template")
    (said,) = await school.hears("URGENT closure", COORDINATOR)

    assert "not approved in Spanish" in said
    assert "TEMPLATES" in said


async def test_whoever_began_it_may_drop_it(school):
    """It was a false alarm: the principal's yes comes too late."""
    await asked(school)
    await school.hears("DROP 1", COORDINATOR)
    (said,) = await school.hears("APPROVE 1", PRINCIPAL)

    assert Stage.CANCELLED == await stage(school)
    assert "was not sent" in said


# No way around it


async def test_nothing_urgent_goes_through_the_other_gate(school):
    """Neither SEND, nor a change of words or of kind, whatever a conversation would ask for."""
    await begun(school, "no")
    known = await school.database.run(lambda c: people.at(c, "sms", COORDINATOR))

    def unit(connection):
        desk = Desk(connection, known, school.now())
        before = drafts.draft(connection, 1)
        desk.apply(ChangeText(1, "en", "Free words!"))
        other = drafts.save(
            connection,
            school_id=known.school_id,
            author_id=known.person_id,
            kind=Kind.NEWS,
            audience=before.audience,
            language="en",
            texts={"en": "Free words!"},
            now=school.now(),
        )
        desk.apply(ChangeDraft(other, kind="urgent"))
        with pytest.raises(gate.NotProved):
            desk.apply(Send(1, words.action(words.ANNOUNCE, TEMPLATES["closure"].title, {})))
        return before == drafts.draft(connection, 1), drafts.draft(connection, other).kind

    assert (True, "news") == await school.database.run(unit)
    (said,) = await school.hears("SEND 1", COORDINATOR)
    assert "as it will leave" in said
    assert Stage.DRAFT == await stage(school)


async def test_no_effect_goes_without_its_proof(school):
    """Whatever a flow believes: without the code, by somebody else, or of other words, nothing moves."""
    await begun(school)
    who = {
        name: await school.database.run(lambda c, at=at: people.at(c, "sms", at))
        for name, at in (("hers", COORDINATOR), ("his", PRINCIPAL))
    }
    found = await school.database.run(lambda c: Alarm(c, school.now()).urgent(who["hers"], 1, "Fire"))
    tries = [
        (who["hers"], AskSecond(1, "Fire", found.action), gate.NotProved),
        (who["his"], AskSecond(1, "Fire", found.action), RuntimeError),
        (who["hers"], AskSecond(1, "Smoke", found.action), RuntimeError),
        (who["hers"], Agree(1, found.action), RuntimeError),
        (who["his"], Agree(1, found.action), RuntimeError),
        (who["his"], Decline(1), RuntimeError),
        (who["hers"], AskSecond(7, "Fire", found.action), RuntimeError),
    ]
    for known, effect, refused in tries:
        with pytest.raises(refused):
            school.database.run_now(partial(once, known=known, effect=effect, now=school.now()))

    assert Stage.DRAFT == await stage(school)


def once(connection, known, effect, now):
    try:
        Alarm(connection, now).apply(effect, known)
    except Stale as stale:
        raise RuntimeError from stale


async def test_the_reason_is_part_of_what_is_proved(school):
    """A code for one reason opens nothing for another; one family more or less does not void it."""
    await begun(school)
    known = await school.database.run(lambda c: people.at(c, "sms", COORDINATOR))
    found = await school.database.run(lambda c: Alarm(c, school.now()).answer(UrgentOf(1, "Fire"), known))

    assert found.action.digest != replace(found, reason="Smoke").action.digest
    assert found.action.digest == replace(found, people=found.people + 1).action.digest
    assert found.action.digest != replace(found, texts=(("en", "Other."),)).action.digest


async def test_a_code_is_no_line_of_the_log(school):
    """The audit log has who, what and how it went, and neither a code nor the reason."""
    await asked(school)
    rows = await school.run("SELECT about FROM audit")

    assert "police" not in str(rows)
    assert await school.database.run(
        lambda c: bool(codes.asked_since(c, people.at(c, "sms", COORDINATOR).person_id, school.now().replace(hour=0)))
    )


# The command line


def test_templates_are_shown_and_approved(database):
    """Every text in every language a school needs; an approval holds until the words change."""
    shown = database.run_now(partial(approvals.shown, keyword=""))
    assert len(TEMPLATES) * 3 == len(shown)
    assert all("NOT" not in line for line in shown)

    database.run_now(lambda c: urgent.approve_template(c, 1, "closure", "es", words="other", by=None, now=NOON))
    assert 1 == sum("NOT APPROVED" in line for line in database.run_now(partial(approvals.shown, keyword="MESA")))
    said = database.run_now(partial(approvals.approve, keyword="MESA", slug="closure", tag="es", now=NOON))
    assert "NO HAY CLASES" in said
    assert not any("NOT APPROVED" in line for line in database.run_now(partial(approvals.shown, keyword="MESA")))


@pytest.mark.parametrize(
    ("keyword", "slug", "tag", "says"),
    [
        ("NOPE", "closure", "es", "No school"),
        ("MESA", "party", "es", "no urgent text"),
        ("MESA", "closure", "vi", "no words of ours in vi"),
    ],
)
def test_a_wrong_approval_is_said(database, keyword, slug, tag, says):
    """One sentence, and nothing is approved."""
    with pytest.raises(Unfit, match=says):
        database.run_now(partial(approvals.approve, keyword=keyword, slug=slug, tag=tag, now=NOON))


async def test_who_announces_at_two_schools_says_of_which_it_is(school):
    """Neither the school joined last nor the first: it is asked, and the text goes out in the name of the one that was meant."""
    await school.database.run(_second_school)

    (which,) = await school.hears("URGENT all clear", COORDINATOR)
    await school.hears("1", COORDINATOR)
    said = "\n".join(await school.hears("11:40am", COORDINATOR))

    assert "Of which school?" in which
    assert ("Mesa Verde Elementary: the alert is over" in said, "Oak" in said) == (True, False)


async def test_the_advice_on_a_draft_is_of_its_own_school(school):
    """A draft for the first of two schools shall begin with that one's name, whichever its author joined last."""
    await school.database.run(_second_school)

    said = "\n".join(await school.hears("SEND mesa families: No school on Monday.", COORDINATOR))

    assert "Mesa Verde Elementary: ..." in said
    assert "Oak Middle: ..." not in said


def _second_school(connection):
    """The coordinator's too, and joined last."""
    schools.add(connection, keyword="oak", name="Oak Middle", zip_code="93307", phone="+16615550198", languages="en,es")
    members.add(connection, address=COORDINATOR, role="coordinator", keyword="oak", language="en")
    members.add(connection, address=PRINCIPAL, role="principal", keyword="oak", language="en")
    for slug in TEMPLATES:
        for tag in ("en", "es"):
            approvals.approve(connection, keyword="oak", slug=slug, tag=tag, now=NOON)
