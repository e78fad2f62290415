"""What the school may text a family about, by numbers."""

from __future__ import annotations

from ..questions import Choice
from ..talk import Talk
from ..topics import EVERYTHING, MUTABLE, ONLY_URGENT, PAUSE, WantedHere, again, said, without
from ..words import Words, _


async def topics(talk: Talk) -> None:
    wanted = await talk.look_up(WantedHere())
    changes = {"everything": EVERYTHING, "urgent": ONLY_URGENT}
    shown: dict[str, Words] = {"everything": _("About everything"), "urgent": _("Only urgent news")}
    for topic, name in MUTABLE.items():
        if topic in wanted.muted:
            changes[f"{topic} again"], shown[f"{topic} again"] = again(topic), _("Again: {topic}", topic=name)
        else:
            changes[f"no {topic}"], shown[f"no {topic}"] = without(topic), _("No {topic}", topic=name)
    changes["pause"], shown["pause"] = PAUSE, _("A rest of two weeks")
    chosen = changes[await talk.ask(Choice("topic", _("What may we text you about? Urgent news always comes."), shown, nudge=False))]
    await talk.do("chosen", chosen)
    talk.say(said(chosen))
