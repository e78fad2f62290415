"""People translating for people: who is asked, what they see, what counts as approved, and that a machine's words never leave."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from emulators.translate_emulator import TranslateEmulator
from hypothesis import given
from hypothesis import strategies as st

from bot import members
from bot.announcements import daytime, languages
from bot.announcements.translating import Loop
from bot.channels.base import Received
from bot.clock import Clock
from bot.members import Unfit
from bot.settings import Secret
from conversations.announcements.audience import of_school
from conversations.announcements.translating import Translated, changes, occurring, sentences
from storage import people
from storage.announcements import drafts, translating, translators
from storage.announcements.tables import Stage
from storage.database import Stale
from storage.tables import Kind

COORDINATOR, LIAISON, SECOND = "+16615550100", "+16615550110", "+16615550111"
SOURCE = "Open house is Thursday in the gym."


def write(connection, now, *, body=SOURCE, author=COORDINATOR, **texts):
    known = people.at(connection, "sms", author)
    mine = {"school_id": known.school_id, "author_id": known.person_id, "kind": Kind.NEWS, "audience": of_school("mesa")}
    return drafts.save(connection, **mine, language="en", texts={"en": body, **texts}, now=now)


@pytest.fixture
async def number(house):
    """A draft of the coordinator's that lacks Spanish."""
    return await house.database.run(partial(write, now=house.now()))


async def tick(house, **much):
    """Time passes, and the clock looks; what it has sent."""
    before = len(house.channels["sms"].accepted)
    house.now.forward(**much)
    await Clock(house).tick()
    await house.settled()
    return [(each.address, each.message.text) for each in house.channels["sms"].accepted[before:]]


async def lacking(house, number):
    return await house.database.run(partial(translating.lacking, number=number))


async def english(house, *addresses):
    for address in addresses:
        await house.run(
            "UPDATE person SET language = 'en' WHERE id IN (SELECT person_id FROM address WHERE address = :a) RETURNING id", a=address
        )


async def liaison(house, address, place):
    def unit(connection):
        members.add(connection, address=address, role="liaison", keyword="mesa", language="en")
        languages.translates(connection, address=address, tag="es", keyword="mesa", place=place, remove=False)

    await house.database.run(unit)


async def change(house, number, body):
    def unit(connection):
        known = people.at(connection, "sms", COORDINATOR)
        before = drafts.source_of(connection, number)[1]
        drafts.write_text(connection, number, "en", body, by=known.person_id)
        drafts.approve_text(connection, number, "en", by=known.person_id, now=house.now())
        Loop(connection, house.now(), 4.0).source_changed(number, before, by=known.person_id)

    await house.database.run(unit)
    await house.settled()


# What an edit has changed


def test_an_edit_is_told_sentence_by_sentence():
    """Who has translated it reads the old and the new sentence, and not the whole text again."""
    before = "Open house is Thursday. It is in the gym. Bring a friend."
    after = "Open house is Friday. It is in the gym. Bring a friend. Dinner is free."

    assert (("Open house is Thursday.", "Open house is Friday."), ("", "Dinner is free.")) == changes(before, after)


@given(st.lists(st.sampled_from(["One.", "Two!", "Three?", "Four"])), st.lists(st.sampled_from(["One.", "Two!", "Five."])))
def test_what_changed_is_all_that_changed(old, new):
    """The same words change nothing; other words always change something, and only what stands in one of the two is told."""
    before, after = "\n".join(old), "\n".join(new)
    told = changes(before, after)

    assert (sentences(before) == sentences(after)) == (told == ())
    assert all(gone in " ".join(sentences(before)) and came in " ".join(sentences(after)) for gone, came in told)


def test_school_words_are_found_in_their_order():
    """One report card or many; a word inside another one is none."""
    terms = {"gym": "gimnasio", "report card": "boleta", "open house": "visita"}

    assert (("report card", "boleta"), ("gym", "gimnasio")) == occurring(terms, "Report cards are in the GYM, not at the gymnastics hall.")


# Hours of the day


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-18 12:00", "2026-11-18 16:00"),
        ("2026-11-18 18:30", "2026-11-19 10:30"),
        ("2026-11-18 21:40", "2026-11-19 12:00"),
        ("2026-11-18 03:00", "2026-11-18 12:00"),
        ("2026-10-31 18:00", "2026-11-01 10:00"),
        ("2026-03-07 18:00", "2026-03-08 10:00"),
        ("2026-11-18 16:00", "2026-11-19 08:00"),
    ],
)
def test_a_deadline_runs_by_day_only(asked, due):
    """Four hours are four hours of daytime, also on the nights when the clocks change."""
    here = ZoneInfo("America/Los_Angeles")
    at = datetime.fromisoformat(asked).replace(tzinfo=here).astimezone(UTC)

    assert due == daytime.after(at, 4.0, here.key).astimezone(here).strftime("%Y-%m-%d %H:%M")


@given(st.integers(0, 365 * 24 * 60), st.floats(0.1, 72))
def test_nobody_is_ever_due_at_night(minutes, hours):
    """Whenever somebody is asked and however long they have, the deadline is by day, and never sooner than promised."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = daytime.after(at, hours, "America/Los_Angeles")

    assert daytime.is_day(due, "America/Los_Angeles")
    assert due - at >= timedelta(hours=hours) - timedelta(seconds=1)


# The loop


async def test_what_is_not_translated_stands_in_the_way(house, number):
    """Spanish is required here: before it is approved, the draft lacks it."""
    assert ("es",) == await lacking(house, number)


async def test_an_approved_translation_stands_in_the_way_of_nothing(house, number):
    """Written, seen and approved by the liaison; who it was is kept."""
    await house.hears(f"TR {number}", LIAISON)
    await house.hears("La visita es el jueves en el gimnasio.", LIAISON)
    assert ("es",) == await lacking(house, number)
    await house.hears("1", LIAISON)

    assert () == await lacking(house, number)
    ((approved, written),) = await house.run("SELECT approved_by, written_by FROM announcement_text WHERE language = 'es'")
    assert approved == written is not None
    assert [("translate", "approved")] == [tuple(row) for row in await house.run("SELECT action, outcome FROM audit")]


async def test_an_edit_takes_the_approval_back(house, number):
    """No text goes out in a language from a stale translation."""
    await house.hears(f"TR {number}", LIAISON)
    await house.hears("La visita es el jueves en el gimnasio.", LIAISON)
    await house.hears("1", LIAISON)
    await change(house, number, "Open house is Friday in the gym.")

    assert ("es",) == await lacking(house, number)
    assert "viernes" not in (told := house.channels["sms"].texts_to(LIAISON)[-1])
    assert "Open house is Thursday in the gym." in told
    assert "Open house is Friday in the gym." in told


async def test_an_edit_that_changes_nothing_sends_nothing_back(house, number):
    """The same words saved again ask nobody for anything."""
    await house.hears(f"TR {number}", LIAISON)
    await house.hears("La visita es el jueves en el gimnasio.", LIAISON)
    await house.hears("1", LIAISON)
    before = len(house.channels["sms"].texts_to(LIAISON))
    await change(house, number, SOURCE)

    assert before == len(house.channels["sms"].texts_to(LIAISON))
    assert () == await lacking(house, number)


async def test_one_is_asked_at_a_time_and_nudged_once(house, number):
    """The first on the list, one nudge, the next, and then the author: nobody is asked twice, and nobody at night."""
    await liaison(house, SECOND, 2)
    await english(house, LIAISON)
    asked = await house.hears(f"TR {number}", COORDINATOR)
    told = [await tick(house, hours=hours, seconds=5) for hours in (1, 1, 1, 1, 2, 15, 1, 1, 1, 10)]

    assert "by 4pm" in asked[0]
    assert [LIAISON, SECOND, SECOND, COORDINATOR] == [address for texts in told for address, _text in texts]
    assert "still needs Spanish by 4pm" in told[1][0][1]
    assert "nobody has answered" in next(text for texts in told for address, text in texts if address == COORDINATOR)


async def test_who_has_lost_the_role_is_not_asked_and_cannot_approve(house, number):
    """They were the liaison when the draft was begun, and are not any more when they say yes."""
    await house.hears(f"TR {number}", LIAISON)
    await house.hears("La visita es el jueves en el gimnasio.", LIAISON)
    await house.run("DELETE FROM membership WHERE role = 'liaison' RETURNING id")
    (said,) = await house.hears("1", LIAISON)

    assert f"borrador {number}" in said
    assert ("es",) == await lacking(house, number)
    assert "nobody is listed" in (await house.hears(f"TR {number}", COORDINATOR))[0]


async def test_a_language_without_a_liaison_is_said_at_once(house, number):
    """No waiting for somebody who does not exist."""
    await house.run("DELETE FROM translator WHERE language = 'es' RETURNING id")
    (said,) = await house.hears(f"TR {number}", COORDINATOR)

    assert "nobody is listed who translates into Spanish" in said
    assert [] == await house.run("SELECT id FROM announcement_text WHERE language = 'es'")


async def test_who_said_stop_or_is_locked_is_passed_over(house, number):
    """STOP wins over any list; and a stolen phone translates nothing."""
    await liaison(house, SECOND, 2)
    await house.hears("STOP", LIAISON)
    await house.hears(f"TR {number}", COORDINATOR)

    assert any("Draft" in text for text in house.channels["sms"].texts_to(SECOND))
    assert not any("borrador" in text for text in house.channels["sms"].texts_to(LIAISON))


async def test_only_who_is_listed_for_a_language_may_approve_it(house, number):
    """The coordinator does not write Spanish, whatever she types; nobody else sees that there is a draft."""
    (said,) = await house.hears(f"TR {number}: La visita es el jueves.", COORDINATOR)
    family = await house.hears(f"TR {number}", "+16615550120")

    assert "We ask for Spanish" in said
    assert not any("gym" in text for text in family)
    assert ("es",) == await lacking(house, number)


async def test_a_dropped_draft_is_translated_no_more(house, number):
    """Who is in the middle of it hears that it was dropped."""
    await house.hears(f"TR {number}", LIAISON)
    await house.hears("La visita es el jueves en el gimnasio.", LIAISON)
    await house.database.run(lambda c: drafts.set_stage(c, number, Stage.CANCELLED, of=(Stage.DRAFT,)))
    (said,) = await house.hears("1", LIAISON)

    assert f"El borrador {number} se descartó" in said or f"El borrador {number} se descarto" in said


async def test_a_translation_that_is_too_long_is_never_cut(house, number):
    """In one piece or in several: she is asked for a shorter one, and nothing of it is approved."""
    await english(house, LIAISON)
    await house.hears(f"TR {number}", LIAISON)
    at_once = await house.hears("palabra " * 300, LIAISON)
    await house.hears("palabra " * 190, LIAISON)
    in_pieces = await house.hears("palabra " * 190, LIAISON)

    assert "longer than" in at_once[0]
    assert "longer than" in in_pieces[0]
    await house.hears("La visita es el jueves.", LIAISON)
    await house.hears("1", LIAISON)
    assert ("La visita es el jueves.", ()) == (await body_of(house, number), await lacking(house, number))


async def body_of(house, number):
    return await house.database.run(lambda c: translating.text_of(c, number, "es").body)


async def test_an_approval_of_another_source_is_refused(house, number):
    """Whatever a conversation believes: the storage approves only words of the source as it is, by who is listed."""
    known = await house.database.run(lambda c: people.at(c, "sms", LIAISON))
    mother = await house.database.run(lambda c: people.at(c, "sms", "+16615550120"))
    right = Translated(number, "es", "La visita…", drafts.source_hash(SOURCE))
    for who, wrong in ((known, replace(right, digest="0")), (known, replace(right, language="en")), (mother, right)):
        with pytest.raises(Stale):
            await house.database.run(partial(translating.approve, known=who, done=wrong, now=house.now()))

    assert ("es",) == await lacking(house, number)


async def test_what_the_author_wrote_is_approved_by_who_is_listed(house):
    """A coordinator pasted somebody's Spanish: the liaison sees it before it counts."""
    number = await house.database.run(partial(write, now=house.now(), es="La visita es el jueves."))
    assert ("es",) == await lacking(house, number)
    (said,) = await house.hears(f"TR {number}", LIAISON)

    assert "La visita es el jueves." in said


async def test_two_who_approve_in_the_same_moment_are_told_apart(house, number):
    """Both have their words before them and say yes at once: one is thanked, the other hears that it is done."""
    await liaison(house, SECOND, 2)
    await english(house, LIAISON)
    for address in (LIAISON, SECOND):
        await house.hears(f"TR {number}", address)
        await house.hears(f"La visita es el jueves, dice {address[-2:]}.", address)
    before = len(house.channels["sms"].accepted)
    await asyncio.gather(*(house.receive(Received("sms", f"at-once-{address}", address, "1")) for address in (LIAISON, SECOND)))
    await house.settled()
    said = [each.message.text for each in house.channels["sms"].accepted[before:] if each.address != COORDINATOR]

    assert [1, 1] == [sum(words in text for text in said) for words in ("Thank you", "approved in your language already")]
    assert 1 == len(await house.run("SELECT id FROM audit WHERE action = 'translate'"))


# A machine's draft


async def test_a_machine_s_draft_is_shown_as_one_and_never_counts(house, number):
    """The liaison sees it, marked; the draft still lacks Spanish; the server is asked once."""
    with TranslateEmulator(key="its-key") as machine:
        house.settings = replace(house.settings, translate_url=machine.url, translate_key=Secret("its-key"))
        await house.hears(f"TR {number}", COORDINATOR)
        for _n in range(3):
            await tick(house, seconds=1)
        asked = machine.asked

    assert [("/translate", SOURCE, "en", "es", "text", "its-key")] == [
        tuple(each[name] for name in ("path", "q", "source", "target", "format", "api_key")) for each in asked
    ]
    (said,) = await house.hears(f"TR {number}", LIAISON)
    assert f"[es] {SOURCE}" in said
    assert "máquina" in said or "maquina" in said
    assert ("es",) == await lacking(house, number)
    assert [(None, None)] == [
        tuple(row) for row in await house.run("SELECT body, approved_at FROM announcement_text WHERE language = 'es'")
    ]


@pytest.mark.parametrize(
    "answer", [(500, "oh"), (200, "no JSON"), (200, {"error": "x"}), (200, {"translatedText": 7}), (200, []), (403, {})]
)
async def test_a_machine_that_fails_is_gone_without(house, number, answer):
    """People translate; a server that is down or talks nonsense holds nothing up, and is not asked again for this text."""
    with TranslateEmulator(answers=[answer]) as machine:
        house.settings = replace(house.settings, translate_url=machine.url)
        await house.hears(f"TR {number}", COORDINATOR)
        for _n in range(3):
            await tick(house, seconds=1)

        assert 1 == len(machine.asked)
    assert "quina" not in (await house.hears(f"TR {number}", LIAISON))[0]


async def test_a_machine_s_draft_of_an_old_source_is_not_shown(house, number):
    """The source changed: its draft went with it, and the new one is fetched."""
    with TranslateEmulator() as machine:
        house.settings = replace(house.settings, translate_url=machine.url)
        await house.hears(f"TR {number}", COORDINATOR)
        await tick(house, seconds=1)
        await change(house, number, "Open house is Friday.")
        (before,) = await house.hears(f"TR {number}", LIAISON)
        await tick(house, seconds=1)
        (after,) = await house.hears(f"TR {number}", LIAISON)

    assert "[es]" not in before
    assert "[es] Open house is Friday." in after


# The command line


def on(database, unit, **given):
    return database.run_now(partial(unit, **given))


def test_from_fifteen_per_cent_on_a_language_is_required(database):
    """As the Education Code has it; a school may say otherwise, and hears what is missing."""
    assert "required" in (said := on(database, languages.set_language, keyword="MESA", tag="vi", percent=15.0, required=None))
    assert "platica people translates ADDRESS vi" in said
    assert "optional" in on(database, languages.set_language, keyword="MESA", tag="pa", percent=14.9, required=None)
    assert "optional" in on(database, languages.set_language, keyword="MESA", tag="vi", percent=20, required=False)
    assert ["en", "es"] == database.run_now(lambda c: drafts.required(c, 1))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"keyword": "NOPE", "tag": "vi", "percent": 20.0, "required": None}, "No school"),
        ({"keyword": "MESA", "tag": "Vietnamese!", "percent": 20.0, "required": None}, "language tag"),
        ({"keyword": "MESA", "tag": "vi", "percent": 120.0, "required": None}, "0 to 100"),
        ({"keyword": "MESA", "tag": "vi", "percent": None, "required": None}, "--percent 41.5"),
    ],
)
def test_a_wrong_language_is_said(database, given, says):
    """One sentence, and nothing is changed."""
    with pytest.raises(Unfit, match=says):
        on(database, languages.set_language, **given)


@pytest.mark.parametrize(
    ("address", "tag", "place", "says"),
    [
        ("+16615550199", "es", 1, "Nobody is known"),
        ("+16615550120", "es", 1, "does not work at"),
        (LIAISON, "Spanish", 1, "language tag"),
        (LIAISON, "es", 0, "begins with 1"),
    ],
)
def test_a_wrong_translator_is_said(database, address, tag, place, says):
    """A family cannot be listed by mistake."""
    with pytest.raises(Unfit, match=says):
        on(database, languages.translates, address=address, tag=tag, keyword="MESA", place=place, remove=False)


def test_a_translator_comes_and_goes(database):
    """Listed, at another place, and not any more."""
    listed = partial(on, database, languages.translates, address=LIAISON, tag="vi", keyword="", remove=False)
    assert "number 1" in listed(place=1)
    assert "number 2" in listed(place=2)
    gone = {"address": LIAISON, "tag": "vi", "keyword": "MESA", "place": 1, "remove": True}
    assert "no longer" in on(database, languages.translates, **gone)
    assert "was not listed" in on(database, languages.translates, **gone)


def test_a_glossary_shows_what_would_change_first(database, tmp_path):
    """New, changed and rejected rows, each with its reason; only --yes writes."""
    path = tmp_path / "terms.csv"
    rows = [
        "Language,Term,Says",
        "es,Gym,el gimnasio",
        "es,Book Fair,feria del libro",
        "Spanish!,x,y",
        "es,,y",
        f"es,long,{'a' * 81}",
        "es,gym,otro",
    ]
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    glossary = languages.read_glossary(path)
    shown = on(database, languages.import_glossary, glossary=glossary, keyword="MESA", write=False)

    assert 4 == sum(line.startswith("rejected, row") for line in shown)
    assert "es: new: book fair = feria del libro" in shown
    assert "es: changed: gym = el gimnasio (was gimnasio)" in shown
    assert "gimnasio" == database.run_now(lambda c: translators.terms(c, 1, "es"))["gym"]
    on(database, languages.import_glossary, glossary=glossary, keyword="MESA", write=True)
    assert "el gimnasio" == database.run_now(lambda c: translators.terms(c, 1, "es"))["gym"]


@pytest.mark.parametrize(("text", "says"), [("a,b\n1,2\n", "lacks the column language, term, says"), (b"\xff\xfe\x00a", "UTF-8")])
def test_a_file_that_is_no_glossary_is_said(tmp_path, text, says):
    """Whoever picked the wrong file reads which columns it needs."""
    path = tmp_path / "wrong.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Unfit, match=says):
        languages.read_glossary(path)
