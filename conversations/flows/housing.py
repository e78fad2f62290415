"""A family that lost its home: places that help, and the school's housing liaison if they want. No word of it stays on a profile."""

from __future__ import annotations

from ..effects import AskForCall
from ..questions import Choice, Text, YesNo
from ..steps import Next
from ..talk import Talk
from ..words import _

HELP, LIAISON, BOTH = "help", "liaison", "both"


async def housing(talk: Talk) -> object:
    """The number goes to the liaison only after a yes for this one time."""
    words = _("I am sorry. Your children can stay in their school. What do you want?")
    options = {HELP: _("Help with rent or a shelter"), LIAISON: _("A call from the school's housing liaison"), BOTH: _("Both")}
    wish = await talk.ask(Choice("wish", words, options, nudge=False))
    if wish != HELP and await talk.ask(
        YesNo("share", _("May we give the liaison this contact and the word 'housing'? Nothing else is shared."))
    ):
        number = ""
        if not talk.who.has_phone:
            number = await talk.ask(Text("number", _("Which phone number should the school call?"), at_most=40, not_a_need=True))
        await talk.do("asked", AskForCall("any", number, why="housing"))
        talk.say(
            _(
                "The housing liaison of {school} is asked to call you. If nobody calls on the next school day, call {phone}. "
                "Tonight: call 211, free, 24 hours.",
                school=talk.who.school.name,
                phone=talk.who.school.phone,
            )
        )
    if wish != LIAISON:
        return Next("find_help", {key: talk.about[key] for key in ("zip", "private") if key in talk.about} | {"need": "housing"})
    return None
