"""The events that are open to a household: all of them, and which one is meant."""

from __future__ import annotations

from dataclasses import dataclass

from ..events.answering import Mine, code, named, who
from ..events.event import Event, EventsOpenTo, PartStat, Standing
from ..folding import fold
from ..questions import Choice, Shown
from ..reply import Reply
from ..steps import Next
from ..talk import Talk
from ..words import Words, _, joined


@dataclass(frozen=True)
class WhichEvent(Choice):
    """A list of events; the code of one answers it too."""

    codes: tuple[tuple[str, str], ...] = ()

    def read(self, reply: Reply, shown: Shown) -> str:
        said = fold(reply.text)
        return next((key for code_, key in self.codes if code_ == said), None) or super().read(reply, shown)


async def rsvp_which(talk: Talk) -> object:
    """Several are open: `about` has what was said, and of which they can choose."""
    mine = {str(event.id): event for event, _standing in await talk.look_up(Mine())}
    there = mine if talk.about.get("mine") else {str(event.id): event for event in await talk.look_up(EventsOpenTo())}
    options = {key: _("{code} ({day})", code=code(event), day=event.starts.date()) for key, event in there.items()}
    codes = tuple((event.code, key) for key, event in there.items())
    chosen = await talk.ask(WhichEvent("which", _("Which event do you mean?"), choices=options, codes=codes, nudge=False))
    about = {key: value for key, value in talk.about.items() if key != "mine"}
    return Next("rsvp", {**about, "event": int(chosen)})


def _label(event: Event, language: str | None) -> Words:
    return _("{title}, {when} ({code})", title=named(event, language), when=event.starts, code=code(event))


async def events(talk: Talk) -> None:
    """EVENTS: what is open, with its codes, and where the household stands with it."""
    there = await talk.look_up(EventsOpenTo())
    if not there:
        talk.say(_("No events are open just now. When there is one, we invite you."))
        return
    mine = {event.id: standing for event, standing in await talk.look_up(Mine())}
    for event in there:
        talk.say(joined(": ", _label(event, talk.who.language), _stands(mine.get(event.id))))
    talk.say(_("To answer, text the code and how many come, for example: {code} 4.", code=code(there[0])))


def _stands(standing: Standing | None) -> Words | None:
    if standing is None or standing.partstat is PartStat.NEEDS_ACTION:
        return None
    if standing.partstat is PartStat.DECLINED:
        return _("nobody comes")
    if standing.partstat is PartStat.TENTATIVE:
        return _("perhaps")
    if standing.time is not None:
        return _("{when}", when=standing.time)
    return who(standing.adults, standing.children, standing.needs, mixed=standing.children > 0)
