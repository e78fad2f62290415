"""A person of the school calls back."""

from __future__ import annotations

from ..dialogue import Next, Resume
from ..effects import AskForCall
from ..questions import CallTime, Text, YesNo
from ..talk import Talk
from ..words import _, as_is

WINDOWS = frozenset({"morning", "afternoon"})


async def call_me(talk: Talk) -> None:
    number = ""
    if not talk.who.has_phone:
        number = await talk.ask(Text("number", _("Which phone number should the school call?"), at_most=40, not_a_need=True))
    if talk.who.in_crisis:
        return await _at_once(talk, number)
    when = await talk.ask(
        CallTime(
            "when",
            _("When is a good time for a call from {school}?", school=talk.who.school.name),
            {"morning": _("Morning, 8 to 12"), "afternoon": _("Afternoon, 12 to 4"), "other": _("Another time")},
        )
    )
    if when == "other":
        when = await talk.ask(Text("time", _("When is good? Write a day and an hour."), not_a_need=True))
    await talk.do("asked", AskForCall(when, number))
    if when not in WINDOWS:
        talk.say(_("We tell them when: {when}.", when=as_is(when)))
    return talk.say(
        _(
            "Done: we asked {school} to call you. If nobody has called by the next school day, call {phone}. In danger: 911.",
            school=talk.who.school.name,
            phone=talk.who.school.phone,
        )
    )


async def _at_once(talk: Talk, number: str) -> None:
    """Somebody in danger is not asked which hour suits them; and nobody is promised who may not be there."""
    await talk.do("asked", AskForCall("now", number))
    talk.say(
        _(
            "Done: we asked {school} to call you as soon as somebody is there, which may be on the next school day. "
            "Until then you can call or text 988, free, 24 hours. In danger: 911.",
            school=talk.who.school.name,
        )
    )


async def offer_call(talk: Talk) -> object:
    """We do not understand each other. A person can."""
    words = _("Sorry, I do not understand. Do you want a person from {school} to call you?", school=talk.who.school.name)
    if await talk.ask(YesNo("call", words, nudge=False)):
        return Next("call_me")
    if talk.paused is not None:
        return Resume()
    talk.say(_("All right. Text MENU for a list of help. You can also call 211 for any need, free, 24 hours."))
    return None
