"""Somebody is angry with the school: no scolding, and a person."""

from __future__ import annotations

from ..questions import YesNo
from ..steps import Next
from ..talk import Talk
from ..words import _


async def upset(talk: Talk) -> object:
    words = _("I hear you, and I am sorry. Do you want a person from {school} to call you?", school=talk.who.school.name)
    if await talk.ask(YesNo("call", words, nudge=False)):
        return Next("call_me")
    talk.say(_("All right. Text what you need, for example FOOD or RENT, or MENU."))
    return None
