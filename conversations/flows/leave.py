"""Somebody may want no more texts, and did not say it plainly: ask, never guess."""

from __future__ import annotations

from .. import say
from ..effects import Leave
from ..questions import YesNo
from ..talk import Talk
from ..words import _


async def leave(talk: Talk) -> bool:
    """False when they leave: nothing that was paused is offered again."""
    if await talk.ask(YesNo("sure", _("Stop all texts from {school}?", school=talk.who.school.name), nudge=False)):
        await talk.do("left", Leave("asked and answered"))
        talk.say(say.goodbye(talk.who))
        return False
    talk.say(_("All right, nothing changes. Text STOP at any time to end."))
    return True
