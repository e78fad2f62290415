"""What stands in the way of a draft: words of a language that are missing, old, or approved by nobody."""

from __future__ import annotations

from ..steps import Next
from ..talk import Talk
from ..words import LanguageName, Words, _, as_is, joined
from .audience_words import Vocabularies
from .draft_screens import APPROVE, LACK, SEND, language, shown_next, turn_of
from .draft_words import with_text
from .drafts import ApproveText, Changed, Draft, MayApprove, TextIn, TextState
from .steps import Made, Step

ASK, LEAVE = "ask", "leave"


async def lack(talk: Talk, found: Draft) -> object:
    """SEND before every language is approved: what can be done about it, by number."""
    if not found.lacking:
        return shown_next(talk, found, SEND)
    mine = await may_approve(talk, found)
    options = {
        ASK: _("Ask a translator (TR)"),
        **({APPROVE: _("Read {language} and approve it", language=language(mine.language))} if mine is not None else {}),
        LEAVE: _("Leave it a draft for now"),
    }
    words = _("It cannot leave yet: {language} is not approved. Send the words, or a number:", language=names(found.lacking))
    answer = await talk.ask(Step("lack", words, options, nudge=False))
    if answer.made is Made.CHOSE and answer.text == ASK:
        return Next("ask_translator", {"number": found.number})
    if answer.made is Made.CHOSE and answer.text == APPROVE:
        return shown_next(talk, found, APPROVE)
    if answer.made in {Made.TEXT, Made.HEAD}:
        return await with_text(talk, found, await talk.look_up(Vocabularies()), answer)
    return shown_next(talk, found, note="kept")


async def may_approve(talk: Talk, found: Draft) -> TextIn | None:
    """The first that is written and that they may approve themselves."""
    for text in found.lacking:
        if text.state is TextState.WRITTEN and await talk.look_up(MayApprove(found.number, text.language)):
            return text
    return None


def names(texts: tuple[TextIn, ...]) -> Words:
    return joined(", ", *(language(text.language) for text in texts))


async def approve(talk: Talk, found: Draft) -> object:
    """Who alone can read a translation here may approve her own; that it was the same person is written down."""
    text = await may_approve(talk, found)
    if text is None:
        return shown_next(talk, found, LACK)
    gaps = {"language": LanguageName(text.language), "text": as_is(text.body)}
    words = _("In {language}: “{text}” You have read it, and it says the same? Then it is approved.", **gaps)
    answer = await talk.ask(Step("approve", words, {"yes": _("Yes, approve"), "no": _("No")}, nudge=False))
    if answer.made is Made.TEXT:
        return await with_text(talk, found, await talk.look_up(Vocabularies()), answer)
    if answer.made is not Made.YES and answer.text != "yes":
        return shown_next(talk, found, note="kept")
    await talk.look_up(Changed(ApproveText(found.number, text.language, text.body), turn_of(talk)))
    return shown_next(talk, found, SEND)
