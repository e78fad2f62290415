"""What a number changes: to whom a draft goes, when, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..talk import Talk
from ..words import Words, _, joined
from . import timing
from .audience_words import Vocabularies, in_words, labelled, nobody_called, read, what_there_is
from .draft_screens import TO, WHEN, shown_next, turn_of
from .drafts import AGAIN_OF, Changed, ChangeDraft, Clock, Draft
from .steps import Made, Step

MOST_QUOTED = 40
KINDS: Mapping[str, Words] = {
    "news": _("news"),
    "invitation": _("an event"),
    "survey": _("a survey"),
    "reminder": _("a reminder they asked for"),
    "change": _("a change of what they said yes to"),
}
"""As they are offered; an urgent one has words of its own."""


async def to_whom(talk: Talk, found: Draft) -> object:
    known = await talk.look_up(Vocabularies())
    if AGAIN_OF in found.about:
        return shown_next(talk, found, note="blocked", list=True)
    if "unknown" in talk.about:
        talk.say(nobody_called(str(talk.about["unknown"])))
    asked = _("It goes to {who}. To whom instead?", who=in_words(found.audience, known))
    answer = await talk.ask(Step("to", joined(" ", asked, what_there_is(known)), nudge=False, other_numbers=True))
    audience = read(answer.text, known) if answer.made in {Made.TEXT, Made.HEAD} else None
    if audience is None and answer.made is Made.HEAD:
        audience = labelled(answer.text, known)[0]
    if answer.made in {Made.NO, Made.DONE}:
        return shown_next(talk, found, note="kept", list=True)
    if audience is None:
        return shown_next(talk, found, TO, unknown=answer.text[:MOST_QUOTED])
    after = await talk.look_up(Changed(ChangeDraft(found.number, audience=audience), turn_of(talk)))
    return shown_next(talk, found, note="changed" if after else "", list=True)


async def at(talk: Talk, found: Draft) -> object:
    now = await talk.look_up(Clock(found.number))
    if (note := WHY_NOT_THEN.get(str(talk.about.get("why", "")))) is not None:
        talk.say(note)
    words = _("When shall it go? A day and a time, for example: Friday 4:30pm.")
    answer = await talk.ask(Step("when", words, {"now": _("As soon as it is confirmed")}, nudge=False, other_numbers=True))
    if answer.made is Made.CHOSE:
        return await change_and_list(talk, found, ChangeDraft(found.number, at_once=True))
    if answer.made is not Made.TEXT:
        return shown_next(talk, found, note="kept", list=True)
    moment = await timing.moment_in(talk, answer.text, now)
    if (why := _why_not(moment, now)) or moment is None:
        return shown_next(talk, found, WHEN, why=why)
    return await change_and_list(talk, found, ChangeDraft(found.number, send_at=timing.by_day(moment)), night=timing.is_night(moment))


def _why_not(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "unclear"
    if moment <= now:
        return "past"
    return "far" if moment - now > timing.LATEST else ""


WHY_NOT_THEN: Mapping[str, Words] = {
    "unclear": _("I found no day and time in that."),
    "past": _("That is past. Nothing was changed."),
    "far": _("That is past, or more than nine months away. Nothing was changed."),
}


async def change_and_list(talk: Talk, found: Draft, change: ChangeDraft, *, night: bool = False) -> object:
    await talk.look_up(Changed(change, turn_of(talk)))
    return shown_next(talk, found, note="night" if night else "changed", list=True)


async def kind(talk: Talk, found: Draft) -> object:
    answer = await talk.ask(Step("kind", _("What is it? It decides who hears of it, and how soon."), KINDS, nudge=False))
    if answer.made is not Made.CHOSE:
        return shown_next(talk, found, note="kept", list=True)
    return await change_and_list(talk, found, ChangeDraft(found.number, kind=answer.text))
