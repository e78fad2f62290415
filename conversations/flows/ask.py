"""Ask families something from a phone: the questions become a survey, and the text that asks them to take it a draft like any other."""

from __future__ import annotations

import json
from dataclasses import replace

from ..announcements.audience import Audience
from ..announcements.steps import Piece
from ..folding import fold
from ..steps import Next
from ..surveys import asking
from ..surveys.asking import Unreadable
from ..surveys.definition import Definition
from ..surveys.linting import WarningsOn
from ..surveys.making import Drafted, KeepSurvey, NameFits, ReadySurvey
from ..talk import Talk
from ..words import Words, _, as_is, joined, ngettext

TRIES = 3
MOST_WARNINGS = 3


async def ask(talk: Talk) -> object:
    """`about`: whom ("audience"), the questions ("text"), or the name of a survey there is already ("ready")."""
    name = str(talk.about.get("ready", ""))
    ready = await talk.look_up(ReadySurvey(name)) if name else None
    definition = Definition.from_json(json.loads(ready.definition)) if ready is not None else await _written(talk)
    if definition is None:
        return None
    name, wrong = name or fold(definition.title[definition.language]), None
    if ready is not None and (wrong := await talk.look_up(NameFits(name))) is not None:
        talk.say(wrong)
        return None
    kept = json.dumps(definition.to_json())
    warnings = await talk.look_up(WarningsOn(kept))
    audience = Audience.from_json(json.loads(str(talk.about["audience"])))
    anonymous = ready is None or ready.anonymous
    drafted = await talk.look_up(KeepSurvey(audience, name, kept, anonymous))
    talk.say(_kept(name, definition, drafted, anonymous=anonymous))
    for warning in warnings[:MOST_WARNINGS]:
        talk.say(warning)
    return Next("draft", {"draft": drafted.number, "new": True})


async def _written(talk: Talk) -> Definition | None:
    """From the order's own words, or those they send now; then what it is called."""
    language, text = talk.who.language or "en", str(talk.about.get("text", ""))
    note: Words | None = None
    for n in range(TRIES):
        try:
            found = asking.asked(text, language, "-")
            break
        except Unreadable as unreadable:
            note = unreadable.words if text else _how()
        text = (await talk.ask(Piece(f"questions {n}", note, nudge=False))).text
    else:
        talk.say(_("Nothing was kept. ASK families: … begins again."))
        return None
    for n in range(TRIES):
        question = _("What is it called? One to three words: families read it first, and text it to take part.")
        said = await talk.ask(Piece(f"title {n}", joined("\n", note, question) if n else question, nudge=False))
        title = " ".join(said.text.split())
        note = await talk.look_up(NameFits(fold(title)))
        if note is None:
            return replace(found, title={language: title})
    talk.say(_("Nothing was kept. ASK families: … begins again."))
    return None


def _how() -> Words:
    return _("What do you ask? One question on each line, for example: How was the night? 1) good 2) ok 3) bad")


def _kept(name: str, definition: Definition, drafted: Drafted, *, anonymous: bool) -> Words:
    asked = ngettext("{n} question", "{n} questions", definition.asked)
    mode = _("anonymous") if anonymous else _("with names")
    return _(
        "Survey {name}: {asked}, {mode}, open until {when} once it is sent. After a week one reminder goes to who has not taken part.",
        name=as_is(name.upper()),
        asked=asked,
        mode=mode,
        when=drafted.until,
    )
