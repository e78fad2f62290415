"""The drafts there are, nine at a time."""

from __future__ import annotations

from dataclasses import dataclass

from ..announcements.drafts import Drafts
from ..announcements.stages import SHOWN, listed
from ..keywords import Keyword
from ..questions import Question, Shown, Unclear
from ..reply import Reply
from ..talk import Json, Talk
from ..words import _, joined

MOST_PAGES = 60


@dataclass(frozen=True)
class More(Question[bool]):
    """MORE, and nothing else: a number would be of a draft, and which order is meant nobody knows."""

    def read(self, reply: Reply, shown: Shown) -> bool:
        if reply.keyword is not Keyword.MORE:
            raise Unclear(_("MORE shows the older ones; SEND, EDIT or DROP and a number works with one."))
        return True

    def load(self, stored: Json) -> bool:
        return bool(stored)


async def drafts(talk: Talk) -> None:
    below = 0
    for n in range(MOST_PAGES):
        found = await talk.look_up(Drafts(below))
        words = joined("\n", *(listed(each) for each in found[:SHOWN]))
        if len(found) <= SHOWN:
            talk.say(words if found else _("There are no older ones."))
            return
        await talk.ask(More(f"more {n}", joined("\n", words, _("MORE: older ones.")), nudge=False))
        below = found[SHOWN - 1].number
