"""A person of the school calls back."""

from __future__ import annotations

from ..dialogue import Next, Resume
from ..effects import AskForCall
from ..questions import Choice, Text, YesNo
from ..talk import Talk
from ..words import _


async def call_me(talk: Talk) -> None:
    number = ""
    if not talk.who.has_phone:
        number = await talk.ask(Text("number", _("Which phone number should we call?"), at_most=40))
    when = await talk.ask(
        Choice(
            "when",
            _("A person from {school} will call you, in your language. When is best?", school=talk.who.school.name),
            {"morning": _("Morning, 8 to 12"), "afternoon": _("Afternoon, 12 to 4"), "other": _("Another time")},
        )
    )
    if when == "other":
        when = await talk.ask(Text("time", _("When should we call? Write a day and an hour.")))
    await talk.do("asked", AskForCall(when, number))
    talk.say(
        _("Done. On the next school day a person calls you. The school's own line: {phone}. In danger: 911.", phone=talk.who.school.phone)
    )


async def offer_call(talk: Talk) -> object:
    """We do not understand each other. A person can."""
    words = _("I am sorry, I do not understand. Shall a person from {school} call you?", school=talk.who.school.name)
    if await talk.ask(YesNo("call", words, nudge=False)):
        return Next("call_me")
    if talk.paused is not None:
        return Resume()
    talk.say(_("All right. MENU shows what I can do. For any need you can also call 211, day and night."))
    return None
