"""A draft on one's own phone: what it lacks, to whom and when it goes and at what price, and the second factor before it leaves.

Each screen is a conversation of its own (`Next`), so that it shows the draft as it is now: others translate it meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from .. import gate
from ..announcements import composing, timing
from ..announcements.audience_words import Vocabularies, Vocabulary, in_words, labelled, read, what_there_is
from ..announcements.drafts import ApproveText, Change, Changed, ChangeDraft, ChangeText, Clock, Draft, DraftOf, Preview, Send, TextIn, TextState
from ..announcements.price import Price, PriceOf
from ..announcements.stages import stands
from ..announcements.steps import Again, Made, Said, Step
from ..announcements.translating import AskForTranslation
from ..announcements.writing import AdviceOn
from ..dialogue import Next
from ..talk import Json, Talk
from ..words import Words, _, as_is, joined
from .announce import how_to_edit, no_such_line, too_long
from .confirm import confirmed

TO, WHEN, KIND, WORDS, PREVIEW, SEND = "to", "when", "kind", "words", "preview", "send"
KINDS: Mapping[str, Words] = {
    "news": _("news"),
    "invitation": _("an event"),
    "survey": _("a survey"),
    "reminder": _("a reminder they asked for"),
    "change": _("a change of what they said yes to"),
}
"""As they are offered; an urgent one has words of its own."""


async def draft(talk: Talk) -> object:
    number = int(talk.about["draft"])
    found = await talk.look_up(DraftOf(number, _turn(talk)))
    if found is None:
        talk.say(_("Draft {n} is not here, or it is not yours to send. Nothing was sent.", n=number))
        return None
    if found.stage != "draft":
        talk.say(stands(found))
        return None
    return await STEPS.get(str(talk.about.get("step", "")), _screen)(talk, found)


def _turn(talk: Talk) -> int:
    return int(talk.about.get("turn", 0))


def _next(talk: Talk, found: Draft, step: str = "", **about: Json) -> Next:
    """Another screen of the draft, as it stands by then."""
    return Next("draft", {"draft": found.number, "turn": _turn(talk) + 1, **({"step": step} if step else {}), **about})


async def _change(talk: Talk, found: Draft, change: Change, note: str = "") -> object:
    """Change it, and show it again."""
    after = await talk.look_up(Changed(change, _turn(talk)))
    if after is None:
        talk.say(_("Draft {n} is not here, or it is not yours to send. Nothing was sent.", n=found.number))
        return None
    return _next(talk, found, **({"note": note} if note else {}))


# What there is to know of it


async def _screen(talk: Talk, found: Draft) -> object:
    known = await talk.look_up(Vocabularies())
    now = await talk.look_up(Clock(found.number))
    price = await talk.look_up(PriceOf(found.number, _turn(talk)))
    new = bool(talk.about.get("new"))
    await _say(talk, found, known, price, now)
    options = _options(found, known, now)
    question = (Step if new or talk.about.get("list") else Again)("next", _asked(found, price, known), options, nudge=False)
    answer = await talk.ask(question)
    return await _answered(talk, found, known, answer)


async def _say(talk: Talk, found: Draft, known: Vocabulary, price: Price, now: datetime) -> None:
    if label := talk.about.get("label"):
        talk.say(_("“{label}” is nobody I know, so it stays in the text.", label=as_is(str(label))))
        talk.say(what_there_is(known))
    if note := NOTES.get(str(talk.about.get("note", ""))):
        talk.say(note)
    talk.say(joined(" ", _("Draft {n}.", n=found.number), *price.lines))
    for text in found.texts:
        if text.body:
            for line in (await _advice(talk, text)):
                talk.say(line)
    if found.send_at is None and timing.is_night(now):
        talk.say(
            _(
                "It is {time}. Texts to many leave from 8am to 8pm, so this waits until {when}. An emergency? URGENT {n}.",
                time=now.time(),
                when=timing.leaves(None, now),
                n=found.number,
            )
        )


async def _advice(talk: Talk, text: TextIn) -> tuple[Words, ...]:
    advice = await talk.look_up(AdviceOn(text.body, text.language))
    return (*((advice.refused,) if advice.refused else ()), *advice.lines)


def _options(found: Draft, known: Vocabulary, now: datetime) -> dict[str, Words]:
    """The numbers, always the same: to whom, when, what it is, the words, a preview, sending."""
    return {
        TO: _("To: {who}", who=in_words(found.audience, known)),
        WHEN: _("When: {when}", when=_when(found, now)),
        KIND: _("It is: {kind}", kind=KINDS.get(found.kind, as_is(found.kind))),
        WORDS: _("Change the words"),
        PREVIEW: _("Show it on my phone"),
        SEND: _("Send"),
    }


def _when(found: Draft, now: datetime) -> Words:
    if found.send_at is not None:
        return _("{when}", when=found.send_at.astimezone(now.tzinfo))
    if timing.is_night(now):
        return _("{when}", when=timing.leaves(None, now))
    return _("as soon as it is confirmed")


def _asked(found: Draft, price: Price, known: Vocabulary) -> Words:
    """What is still lacking, or that nothing is."""
    missing = [text for text in found.lacking if text.state in {TextState.MISSING, TextState.ASKED}]
    stale = [text for text in found.lacking if text.state is TextState.STALE]
    written = [text for text in found.lacking if text.state is TextState.WRITTEN]
    if missing:
        return _("{language} text missing. Reply with it, or TR to ask a translator.", language=_names(missing, known))
    if stale:
        return _("The {language} text says the old words. Reply with the new ones, or TR to ask a translator.", language=_names(stale, known))
    if written:
        return _("{language}: not approved yet. APPROVE: you have read it and it is right. TR: a translator looks at it.", language=_names(written, known))
    if price.blocked is not None:
        return price.blocked
    return _("Ready. SEND {n} sends it, DROP {n} throws it away; a number changes it.", n=found.number)


def _names(texts: list[TextIn], known: Vocabulary) -> Words:
    return as_is(", ".join(known.names.get(text.language, text.language) for text in texts))


NOTES: Mapping[str, Words] = {
    "changed": _("Changed."),
    "previewed": _("The texts above are what families get."),
    "asked": _("The translator is asked. You hear from me when the text is there."),
    "kept": _("Nothing was changed."),
    "night": _("At night nothing leaves: it is set for the morning after."),
}


async def _answered(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    match answer.made:
        case Made.CHOSE if answer.text == PREVIEW:
            await talk.do("preview", Preview(found.number))
            return _next(talk, found, note="previewed")
        case Made.CHOSE:
            return _next(talk, found, answer.text)
        case Made.YES | Made.DONE if not found.lacking:
            return _next(talk, found, SEND)
        case Made.TEXT | Made.HEAD:
            return await _with_text(talk, found, known, answer)
        case Made.SHOW:
            return _next(talk, found, WORDS)
        case _:
            return _next(talk, found, note="kept", list=True)


# Words that come while it is on the screen


async def _with_text(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    """A translation, by its label or because just one is lacking; else they are asked where it belongs."""
    if len(answer.text) > composing.LONGEST * max(1, len(found.texts)):
        talk.say(too_long(len(answer.text), composing.LONGEST))
        return _next(talk, found)
    parts = [(tag, text.strip()) for tag, text in composing.sections(answer.text, known.labels) if text.strip()]
    if parts and all(tag for tag, _text in parts):
        return await _by_label(talk, found, parts)
    wanted = [text.language for text in found.lacking if text.state is not TextState.WRITTEN]
    if len(wanted) == 1 and answer.language in {"", wanted[0]}:
        return await _change(talk, found, ChangeText(found.number, wanted[0], answer.text.strip()))
    return _next(talk, found, "where", text=answer.text.strip())


async def _by_label(talk: Talk, found: Draft, parts: list[tuple[str, str]]) -> object:
    """The source first: a translation says what the source says by then."""
    joined_by_tag: dict[str, str] = {}
    for tag, text in parts:
        joined_by_tag[tag] = f"{joined_by_tag[tag]}\n{text}" if tag in joined_by_tag else text
    for tag in sorted(joined_by_tag, key=lambda tag: tag != found.language):
        await talk.look_up(Changed(ChangeText(found.number, tag, joined_by_tag[tag]), _turn(talk)))
    return _next(talk, found, note="changed")


async def _where(talk: Talk, found: Draft) -> object:
    """Text that may be more of the source, or one of its translations."""
    known = await talk.look_up(Vocabularies())
    text = str(talk.about["text"])
    options = {
        f"+{found.language}": _("At the end of the {language} text", language=as_is(known.names.get(found.language, found.language))),
        **{each.language: _("It is the {language} text", language=as_is(known.names.get(each.language, each.language))) for each in found.texts},
        "": _("Nowhere"),
    }
    answer = await talk.ask(Step("where", _("Where does “{text}” belong?", text=as_is(_beginning(text))), options, nudge=False))
    if answer.made is not Made.CHOSE or not answer.text:
        return _next(talk, found, note="kept")
    if answer.text.startswith("+"):
        return await _change(talk, found, ChangeText(found.number, found.language, f"{found.body}\n{text}"), "changed")
    return await _change(talk, found, ChangeText(found.number, answer.text, text), "changed")


def _beginning(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}..."  # noqa: PLR2004


# What a number changes


async def _to(talk: Talk, found: Draft) -> object:
    known = await talk.look_up(Vocabularies())
    words = _("It goes to {who}. To whom instead?", who=in_words(found.audience, known))
    answer = await talk.ask(Step("to", joined(" ", words, what_there_is(known)), nudge=False, other_numbers=True))
    audience = read(answer.text, known) if answer.made in {Made.TEXT, Made.HEAD} else None
    if audience is None and answer.made is Made.HEAD:
        audience = labelled(answer.text, known)[0]
    if answer.made in {Made.NO, Made.DONE}:
        return _next(talk, found, note="kept", list=True)
    if audience is None:
        return _next(talk, found, TO)
    after = await talk.look_up(Changed(ChangeDraft(found.number, audience=audience), _turn(talk)))
    return _next(talk, found, note="changed" if after else "", list=True)


async def _at(talk: Talk, found: Draft) -> object:
    now = await talk.look_up(Clock(found.number))
    note = WHY_NOT_THEN.get(str(talk.about.get("why", "")))
    words = joined(" ", note, _("When shall it go? A day and a time, for example: Friday 4:30pm."))
    answer = await talk.ask(Step("when", words, {"now": _("As soon as it is confirmed")}, nudge=False, other_numbers=True))
    if answer.made is Made.CHOSE:
        return await _change_and_list(talk, found, ChangeDraft(found.number, at_once=True))
    if answer.made is not Made.TEXT:
        return _next(talk, found, note="kept", list=True)
    moment = await timing.moment_in(talk, answer.text, now)
    if (why := _why_not(moment, now)) or moment is None:
        return _next(talk, found, WHEN, why=why)
    return await _change_and_list(talk, found, ChangeDraft(found.number, send_at=timing.by_day(moment)), night=timing.is_night(moment))


def _why_not(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "unclear"
    if moment <= now:
        return "past"
    return "far" if moment - now > timing.LATEST else ""


WHY_NOT_THEN: Mapping[str, Words] = {
    "unclear": _("I found no day and time in that."),
    "past": _("That is past. Nothing was changed."),
    "far": _("That is more than a year away. Nothing was changed."),
}


async def _change_and_list(talk: Talk, found: Draft, change: ChangeDraft, *, night: bool = False) -> object:
    await talk.look_up(Changed(change, _turn(talk)))
    return _next(talk, found, note="night" if night else "changed", list=True)


async def _kind(talk: Talk, found: Draft) -> object:
    answer = await talk.ask(Step("kind", _("What is it? It decides who hears of it, and how soon."), KINDS, nudge=False))
    if answer.made is not Made.CHOSE:
        return _next(talk, found, note="kept", list=True)
    return await _change_and_list(talk, found, ChangeDraft(found.number, kind=answer.text))


# Its words, by number


async def _words(talk: Talk, found: Draft) -> object:
    """All lines of all languages, numbered through."""
    known = await talk.look_up(Vocabularies())
    if (given := talk.about.get("text")) is not None:
        answer = Said(Made.TEXT, str(given))
    else:
        note = as_is(str(talk.about["hint"])) if "hint" in talk.about else None
        answer = await talk.ask(Step("words", joined("\n", note, *_listed(found, known), how_to_edit()), nudge=False, other_numbers=True))
    if answer.made is Made.MOVE:
        number, to = (int(each) for each in answer.text.split())
        return await _edited(talk, found, number, lambda lines, at: composing.moved(lines, at, at + to - number))
    if answer.made in {Made.TEXT, Made.HEAD} and (edit := composing.edit(answer.text)) is not None:
        return await _edited(talk, found, edit[0], lambda lines, at: composing.changed(lines, at, edit[1]))
    if answer.made in {Made.TEXT, Made.HEAD}:
        return await _whole(talk, found, known, answer)
    return _next(talk, found)


def _listed(found: Draft, known: Vocabulary) -> list[Words]:
    """Each line with its number; each language under its name."""
    listed, n = [], 0
    for text in found.texts:
        lines = composing.lines(text.body) if text.body else ()
        if lines:
            listed.append(as_is(f"{known.names.get(text.language, text.language)}:"))
        for each in lines:
            n += 1
            listed.append(as_is(f"{n} {each.text}"))
    return listed


async def _edited(talk: Talk, found: Draft, number: int, change: Any) -> object:
    """One line of one language; what is not there is said."""
    before = 0
    for text in found.texts:
        lines = composing.lines(text.body) if text.body else ()
        if before < number <= before + len(lines):
            try:
                body = composing.whole(change(lines, number - before)).strip()
            except IndexError:
                break
            return await _rewritten(talk, found, replace(text, body=body))
        before += len(lines)
    talk.say(no_such_line(sum(len(composing.lines(text.body)) for text in found.texts if text.body)))
    return _next(talk, found, WORDS)


async def _rewritten(talk: Talk, found: Draft, text: TextIn) -> object:
    if not text.body:
        talk.say(_("A text needs words. DROP {n} throws the draft away.", n=found.number))
        return _next(talk, found, WORDS)
    if len(text.body) > composing.LONGEST:
        talk.say(too_long(len(text.body), composing.LONGEST))
        return _next(talk, found, WORDS)
    await talk.look_up(Changed(ChangeText(found.number, text.language, text.body), _turn(talk)))
    return _next(talk, found, note="changed")


async def _whole(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    """New words for a whole language: by its label, or the source."""
    parts = [(tag or found.language, text.strip()) for tag, text in composing.sections(answer.text, known.labels) if text.strip()]
    if any(len(text) > composing.LONGEST for _tag, text in parts):
        talk.say(too_long(len(answer.text), composing.LONGEST))
        return _next(talk, found, WORDS)
    return await _by_label(talk, found, parts)


# Approving, asking a translator, sending


async def _approve(talk: Talk, found: Draft) -> object:
    """Whoever wrote a translation and reads it may say that it is right; that it was the same person is written down."""
    for text in found.lacking:
        if text.state is TextState.WRITTEN:
            await talk.look_up(Changed(ApproveText(found.number, text.language, text.body), _turn(talk)))
    return _next(talk, found, note="changed")


async def _translate(talk: Talk, found: Draft) -> object:
    languages = tuple(text.language for text in found.lacking)
    if not languages:
        return _next(talk, found, note="kept")
    await talk.do("asked", AskForTranslation(found.number, languages))
    talk.say(NOTES["asked"])
    return None


async def _send(talk: Talk, found: Draft) -> object:
    """The price was said; now the second factor, for just these words, these people, this time."""
    known = await talk.look_up(Vocabularies())
    now = await talk.look_up(Clock(found.number))
    price = await talk.look_up(PriceOf(found.number, _turn(talk)))
    if found.lacking:
        talk.say(_asked(found, price, known))
        return _next(talk, found)
    for text in found.texts:
        if text.state is TextState.APPROVED and (refused := (await talk.look_up(AdviceOn(text.body, text.language))).refused):
            talk.say(joined(" ", _("Nothing was sent."), refused))
            return None
    if price.blocked is not None:
        talk.say(joined(" ", _("Nothing was sent."), price.blocked))
        return None
    if found.send_at is not None and found.send_at <= now:
        talk.say(_("It was to go {when}, and that is past. Nothing was sent.", when=found.send_at.astimezone(now.tzinfo)))
        return _next(talk, found, WHEN)
    what = gate.action(gate.ANNOUNCE, _("Send draft {n} to {people} phones.", n=found.number, people=price.people), content(found, price))
    if not await confirmed(talk, what):
        return None
    await talk.do("sent", Send(found.number, what))
    talk.say(
        _(
            "Sending draft {n} {when} to {people} phones. UNDO before then holds it.",
            n=found.number,
            when=timing.leaves(found.send_at, now),
            people=price.people,
        )
    )
    return None


def content(found: Draft, price: Price) -> dict[str, object]:
    """All that the code is given for."""
    return {
        "draft": found.number,
        "kind": found.kind,
        "audience": found.audience.to_json(),
        "texts": {text.language: text.body for text in found.texts if text.state is TextState.APPROVED},
        "send_at": found.send_at.isoformat() if found.send_at else None,
        "price": price.content,
    }


STEPS: Mapping[str, Any] = {
    TO: _to,
    WHEN: _at,
    KIND: _kind,
    WORDS: _words,
    SEND: _send,
    "where": _where,
    "approve": _approve,
    "translate": _translate,
}
