"""A draft on one's own phone: what it lacks, to whom and when it goes and at what price, and the second factor before it leaves.

Each screen is a conversation of its own (`Next`), so that it shows the draft as it is now: others translate it meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .. import gate
from ..announcements import composing, timing
from ..announcements.audience_words import Vocabularies, Vocabulary, in_words, what_there_is
from ..announcements.draft_choices import KINDS, at, kind, to_whom
from ..announcements.draft_lacking import approve, lack
from ..announcements.draft_screens import (
    APPROVE,
    KIND,
    LACK,
    NOTES,
    PREVIEW,
    SEND,
    TO,
    WHEN,
    WHERE,
    WORDS,
    language,
    moment,
    shown_next,
    turn_of,
)
from ..announcements.draft_words import where, with_text, words
from ..announcements.drafts import Clock, Draft, DraftOf, MayApprove, Preview, Send, TextIn, TextState
from ..announcements.price import Price, PriceOf
from ..announcements.stages import stands
from ..announcements.steps import Again, Made, Said, Step
from ..announcements.writing import AdviceOn
from ..talk import Talk
from ..words import Words, _, as_is, joined
from .confirm import confirmed


async def draft(talk: Talk) -> object:
    number = int(talk.about["draft"])
    found = await talk.look_up(DraftOf(number, turn_of(talk)))
    if found is None:
        known = await talk.look_up(Vocabularies())
        talk.say(
            _("Draft {n} is not here, or it is not yours to send. Nothing was sent.", n=number) if known.schools else no_more(talk, number)
        )
        return None
    if found.kind == "urgent" and found.stage == "draft":
        talk.say(_("{n} is urgent and has its own way, with a second person: URGENT {n}. DROP {n} throws it away.", n=number))
        return None
    if found.stage != "draft":
        talk.say(stands(found))
        return None
    return await STEPS.get(str(talk.about.get("step", "")), _screen)(talk, found)


def no_more(talk: Talk, number: int) -> Words:
    return _(
        "You are not a coordinator at this school now, so draft {n} was not sent. Ask the school: {phone}.",
        n=number,
        phone=talk.who.school.phone,
    )


async def _screen(talk: Talk, found: Draft) -> object:
    known = await talk.look_up(Vocabularies())
    now = await talk.look_up(Clock(found.number))
    price = await talk.look_up(PriceOf(found.number, turn_of(talk)))
    new = bool(talk.about.get("new"))
    await _say(talk, found, known, price, now)
    options = _options(found, known, now)
    mine = [await talk.look_up(MayApprove(found.number, text.language)) for text in found.lacking if text.state is TextState.WRITTEN]
    question = (Step if new or talk.about.get("list") else Again)("next", _asked(found, price, mine=all(mine)), options, nudge=False)
    answer = await talk.ask(question)
    return await _answered(talk, found, known, answer)


async def _say(talk: Talk, found: Draft, known: Vocabulary, price: Price, now: datetime) -> None:
    if label := talk.about.get("label"):
        talk.say(_("“{label}” is nobody I know, so it stays in the text.", label=as_is(str(label))))
        talk.say(what_there_is(known))
    if note := NOTES.get(str(talk.about.get("note", ""))):
        talk.say(note)
    talk.say(joined(" ", _("Draft {n}.", n=found.number), *price.lines))
    advice = [line for text in found.texts if text.body for line in await _advice(talk, found, text)]
    for n, line in enumerate(advice):
        if line not in advice[:n]:
            talk.say(line)
    if found.send_at is None and timing.is_night(now):
        talk.say(
            _(
                "It is {time}. Texts to many leave from 8am to 8pm, so this waits until {when}. An emergency? URGENT {n}.",
                time=now.time(),
                when=moment(timing.leaves(None, now), now),
                n=found.number,
            )
        )


async def _advice(talk: Talk, found: Draft, text: TextIn) -> tuple[Words, ...]:
    """An event's invitation begins with the school's name by itself."""
    advice = await talk.look_up(AdviceOn(found.number, text.body, text.language, named="event" in found.about))
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


def _asked(found: Draft, price: Price, *, mine: bool) -> Words:
    """What is still lacking, or that nothing is. `mine`: what is written they may approve themselves."""
    missing = [text for text in found.lacking if text.state in {TextState.MISSING, TextState.ASKED}]
    stale = [text for text in found.lacking if text.state is TextState.STALE]
    written = [text for text in found.lacking if text.state is TextState.WRITTEN]
    if missing:
        return _("{language} text missing. Reply with it, or TR to ask a translator.", language=_names(missing))
    if stale:
        return _("The {language} text says the old words. Reply with the new ones, or TR to ask a translator.", language=_names(stale))
    if written and not mine:
        return _("{language} is written, not approved: somebody else reads it here. TR asks them.", language=_names(written))
    if written:
        return _(
            "{language} is written, not approved. SEND {n}: read it once more, approve it, and it goes.",
            language=_names(written),
            n=found.number,
        )
    if price.blocked is not None:
        return price.blocked
    return _("Ready. SEND {n} sends it, DROP {n} throws it away; a number changes it.", n=found.number)


def _names(texts: list[TextIn]) -> Words:
    return joined(", ", *(language(text.language) for text in texts))


async def _answered(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    match answer.made:
        case Made.CHOSE if answer.text == PREVIEW:
            await talk.do("preview", Preview(found.number))
            return shown_next(talk, found, note="previewed")
        case Made.CHOSE:
            return shown_next(talk, found, answer.text)
        case Made.YES | Made.DONE if not found.lacking:
            return shown_next(talk, found, SEND)
        case Made.TEXT if composing.edit(answer.text) is not None:
            return shown_next(talk, found, WORDS, text=answer.text)
        case Made.TEXT | Made.HEAD:
            return await with_text(talk, found, known, answer)
        case Made.SHOW:
            return shown_next(talk, found, WORDS)
        case _:
            return shown_next(talk, found, note="kept", list=True)


async def _send(talk: Talk, found: Draft) -> object:
    """The price was said; now the second factor, for just these words, these people, this time."""
    now = await talk.look_up(Clock(found.number))
    price = await talk.look_up(PriceOf(found.number, turn_of(talk)))
    if found.still_blocked:
        talk.say(_("Nothing was sent: these are the words that the carrier blocked. Send others."))
        return shown_next(talk, found, WORDS)
    if found.lacking:
        return shown_next(talk, found, LACK if _unwritten(found) else APPROVE)
    for text in found.texts:
        if text.state is TextState.APPROVED and (refused := (await talk.look_up(AdviceOn(found.number, text.body, text.language))).refused):
            talk.say(joined(" ", _("Nothing was sent."), refused))
            return None
    if price.blocked is not None:
        talk.say(joined(" ", _("Nothing was sent."), price.blocked))
        return None
    if found.send_at is not None and found.send_at <= now:
        talk.say(_("It was to go {when}, and that is past. Nothing was sent.", when=found.send_at.astimezone(now.tzinfo)))
        return shown_next(talk, found, WHEN)
    what = gate.action(gate.ANNOUNCE, _("Send draft {n} to {people} phones.", n=found.number, people=price.people), content(found, price))
    if not await confirmed(talk, what):
        return None
    await talk.do("sent", Send(found.number, what))
    talk.say(
        _(
            "Sending draft {n} {when} to {people} phones. UNDO before then holds it.",
            n=found.number,
            when=moment(timing.leaves(found.send_at, now), now),
            people=price.people,
        )
    )
    return None


def _unwritten(found: Draft) -> bool:
    return any(text.state is not TextState.WRITTEN for text in found.lacking)


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


STEPS: Mapping[str, Any] = {TO: to_whom, WHEN: at, KIND: kind, WORDS: words, SEND: _send, WHERE: where, APPROVE: approve, LACK: lack}
