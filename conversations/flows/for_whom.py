"""For which family is this? A liaison's words go nowhere before she has said it, and what she said is bound to just these words."""

from __future__ import annotations

from ..questions import Choice, YesNo
from ..replies import words
from ..replies.hearing import LONGEST, refused
from ..replies.threads import Answer, Standing, Thread, ThreadOf, WrittenIn
from ..talk import Talk
from ..words import Words, _

NOBODY = "nobody"


async def for_whom(talk: Talk) -> object:
    """`threads` are the numbers it may be for, `message` is where her words are kept."""
    text = await talk.look_up(WrittenIn(int(talk.about["message"])))
    if not text:
        talk.say(_("Those words are gone. Please write them again. Nothing was sent."))
        return False
    if len(text) > LONGEST:
        talk.say(words.too_long(LONGEST))
        return False
    found = [await talk.look_up(ThreadOf(int(number), text)) for number in str(talk.about["threads"]).split()]
    still = [thread for thread in found if thread.standing is Standing.OPEN]
    if not still:
        talk.say(refused(found[0]))
        return False
    chosen = await _chosen(talk, still, text)
    if chosen is None:
        talk.say(words.not_sent())
        return None
    await talk.do("answered", Answer(chosen.number, text))
    talk.say(words.sent(chosen))
    return None


async def _chosen(talk: Talk, threads: list[Thread], text: str) -> Thread | None:
    """The name of a question names its thread: an answer given to one is never read as an answer to another."""
    if len(threads) == 1:
        sure = YesNo(f"to R{threads[0].number}", words.sure(threads[0], text, _why(threads[0])), nudge=False)
        return threads[0] if await talk.ask(sure) else None
    options = {str(thread.number): words.asked(thread) for thread in threads}
    question = _("For which family is «{text}»?", text=words.short(text))
    key = await talk.ask(Choice("whom", question, {**options, NOBODY: _("For none of them")}, nudge=False))
    chosen = next((thread for thread in threads if str(thread.number) == key), None)
    if chosen is None or not chosen.foreign:
        return chosen
    sure = YesNo(f"to R{chosen.number}", words.sure(chosen, text, _why(chosen)), nudge=False)
    return chosen if await talk.ask(sure) else None


def _why(thread: Thread) -> Words | None:
    """What may be wrong with it."""
    if thread.foreign:
        return _(
            "This family reads {theirs}, and these words are {yours}. Nothing is translated.",
            theirs=words.language(thread.language),
            yours=words.language(thread.foreign),
        )
    if not thread.waits:
        return _("R{number} was answered already.", number=thread.number)
    return None
