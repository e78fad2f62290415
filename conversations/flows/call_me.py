"""A person of the school calls back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..effects import AskForCall
from ..questions import CallTime, Text, YesNo
from ..replies.calls import CallHour, CallHours, said
from ..steps import Next, Resume
from ..talk import Talk
from ..words import Words, _, as_is

WINDOWS = frozenset({"morning", "afternoon"})
OTHER = "other"


async def call_me(talk: Talk) -> None:
    """Where the school has set its hours, only those with room are offered."""
    number = ""
    if not talk.who.has_phone:
        number = await talk.ask(Text("number", _("Which phone number should the school call?"), at_most=40, not_a_need=True))
    if talk.who.in_crisis:
        return await _at_once(talk, number)
    hours = await talk.look_up(CallHours())
    question = _("When is a good time for a call from {school}?", school=talk.who.school.name)
    when = await talk.ask(CallTime("when", question, _choices(hours)))
    if when == OTHER:
        when = await talk.ask(Text("time", _("When is good? Write a day and an hour."), not_a_need=True))
    hour = next((each for each in hours or () if each.key == when), None)
    await talk.do("asked", AskForCall(when, number) if hour is None else _promised(hour, number))
    if hour is not None:
        return talk.say(_promise(talk, hour))
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


def _choices(hours: tuple[CallHour, ...] | None) -> Mapping[str, Words]:
    other = {OTHER: _("Another time")}
    if hours is None:
        return {"morning": _("Morning, 8 to 12"), "afternoon": _("Afternoon, 12 to 4"), **other}
    return {**{hour.key: said(hour) for hour in hours}, **other}


def _promised(hour: CallHour, number: str = "") -> AskForCall:
    return AskForCall(f"{hour.begins:%Y-%m-%d %H:%M}", number, hour=hour.key)


def _promise(talk: Talk, hour: CallHour) -> Words:
    return _(
        "Done: {school} calls you {hour}. Sooner: {phone}. In danger: 911.",
        school=talk.who.school.name,
        hour=said(hour),
        phone=talk.who.school.phone,
    )


async def call_missed(talk: Talk) -> None:
    """Nobody rang in the hour that was promised. The next is offered, and is asked about by its own name."""
    talk.say(
        _(
            "{school}: we are sorry, nobody called you {when}, as we had promised.",
            school=talk.who.school.name,
            when=datetime.fromisoformat(str(talk.about["when"])),
        )
    )
    hours = await talk.look_up(CallHours())
    if not hours:
        talk.say(_("Please call {phone}, or text CALL.", phone=talk.who.school.phone))
        return
    again = YesNo(f"again {hours[0].key}", _("Shall we call you {hour}?", hour=said(hours[0])), nudge=False)
    if await talk.ask(again):
        await talk.do("asked", _promised(hours[0]))
        talk.say(_promise(talk, hours[0]))
    else:
        talk.say(_("All right. Text CALL any time, or call {phone}.", phone=talk.who.school.phone))


async def offer_call(talk: Talk) -> object:
    """We do not understand each other. A person can."""
    words = _("Sorry, I do not understand. Do you want a person from {school} to call you?", school=talk.who.school.name)
    if await talk.ask(YesNo("call", words, nudge=False)):
        return Next("call_me")
    if talk.paused is not None:
        return Resume()
    talk.say(_("All right. Text MENU for a list of help. You can also call 211 for any need, free, 24 hours."))
    return None
