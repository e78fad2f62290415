"""A household at the door: counted at once, and counted anew if it is larger or smaller than it said."""

from __future__ import annotations

from dataclasses import dataclass

from ..events.answering import named, who
from ..events.door import Arrive
from ..events.event import Event, EventOf
from ..events.household import Household, HouseholdIn
from ..keywords import Keyword
from ..questions import Question, Shown, Unclear
from ..reply import Reply
from ..talk import Json, LookUp, Talk
from ..words import Words, _

RIGHT = "right"
_FINE = frozenset({Keyword.YES, Keyword.OK, Keyword.THANKS, Keyword.SKIP, Keyword.HELLO})
_Sizes = tuple[int, int] | None


@dataclass(frozen=True)
class Sizes(Question[_Sizes]):
    """How many are there, if others than were counted: adults and children."""

    def wants(self, reply: Reply) -> LookUp[Household | None]:
        return HouseholdIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword in _FINE:
            return RIGHT
        counted = reply.found.counted if isinstance(reply.found, Household) else None
        if counted is None:
            raise Unclear(_("To change it, send numbers, for example: 2 adults 3 kids. If it is right: OK."))
        return f"{counted[0]} {counted[1]}"

    def load(self, stored: Json) -> _Sizes:
        if stored == RIGHT:
            return None
        adults, children = str(stored).split()
        return int(adults), int(children)


async def door(talk: Talk) -> None:
    """`about` is what `conversations.events.door.heard` found out."""
    about = talk.about
    event = await talk.look_up(EventOf(int(about["event"])))
    if event is None:
        return
    came, adults, children = str(about["came"]), int(about["adults"]), int(about["children"])
    said = bool(about.get("said"))
    await talk.do("arrived", Arrive(event.id, came, adults if said else None, children))
    sizes = await talk.ask(Sizes("sizes", _welcome(event, talk.who.language, adults, children, first=bool(about["first"])), nudge=False))
    if sizes is None:
        return
    await talk.do("counted anew", Arrive(event.id, came, *sizes))
    talk.say(_("Thank you. Counted: {who}.", who=who(*sizes, {})))


def _welcome(event: Event, language: str | None, adults: int, children: int, *, first: bool) -> Words:
    counted = who(adults, children, {})
    title = named(event, language)
    if first:
        return _("Welcome to {title}! Counted: {who}. Different? Send the numbers.", title=title, who=counted)
    return _("You are counted at {title}: {who}. Different? Send the numbers.", title=title, who=counted)
