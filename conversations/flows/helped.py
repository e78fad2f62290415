"""Did it help? Asked once, some days after a look-up. The answer is counted without the person; who was not helped is offered more."""

from __future__ import annotations

from dataclasses import dataclass

from .. import say
from ..effects import CountOutcome
from ..keywords import Keyword
from ..needs import NEEDS
from ..questions import Choice, Layout, Shown
from ..reply import Reply
from ..steps import Next
from ..talk import LookUp, Talk
from ..words import Words, _, as_is

NEVER_ASKED = frozenset({"violence", "shelter", "housing", "immigration", "legal", "mental_health", "addiction"})
"""Needs of which nothing is said unasked: somebody else may hold the phone."""
YES, NOT_YET, NO_REACH = "yes", "not yet", "no reach"
AGAIN, CALL = "again", "call"


@dataclass(frozen=True)
class LookedFor:
    """What somebody looked for lately, and whom they looked at closely."""

    need: str
    listing: str = ""
    """Its id; empty where they looked at none."""
    service: str = ""
    """Its name, in their language; empty where it is shown no more."""


@dataclass(frozen=True)
class LookedForHere(LookUp[LookedFor | None]):
    """What is still known of the last look-up of this address: nothing once it was answered, nor after 72 hours."""


@dataclass(frozen=True)
class Helped(Choice):
    """One of three, and perhaps why: "2 it was closed"."""

    layout = Layout.INLINE

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword in {Keyword.YES, Keyword.THANKS}:
            return YES
        if reply.keyword is Keyword.NO:
            return NOT_YET
        first, *more = reply.text.split() or [""]
        number = first.rstrip(".):,")
        if more and reply.need is None and number in {"1", "2", "3"}:
            return tuple(self.choices)[int(number) - 1]
        return super().read(reply, shown)


async def helped(talk: Talk) -> object:
    """What was looked for is looked up, not remembered: the screen must not keep what the database forgets."""
    looked = await talk.look_up(LookedForHere())
    words = _question(talk, looked)
    options = {YES: _("yes"), NOT_YET: _("not yet"), NO_REACH: _("could not reach them")}
    answer = await talk.ask(Helped("helped", words, options, nudge=False))
    if looked is None:
        talk.say(say.ask_away(talk.who))
        return None
    await talk.do("counted", CountOutcome(answer))
    if answer == YES:
        talk.say(_("Good to hear. Thank you for telling us."))
        return None
    return Next("not_helped", {"need": looked.need, "without": looked.listing})


async def not_helped(talk: Talk) -> object:
    talk.say(_("I am sorry. Thank you for telling us: the school sees, without names, what did not work."))
    options = {AGAIN: _("Other places"), CALL: _("A call from a person")}
    wish = await talk.ask(Choice("more", _("What would help now?"), options, nudge=False))
    return Next("call_me") if wish == CALL else Next("find_help", talk.about)


def _question(talk: Talk, looked: LookedFor | None) -> Words:
    school = talk.who.school.name
    if looked is None:
        return _("{school}: did you find the help you looked for?", school=school)
    if looked.service:
        return _("{school}: did {service} help?", school=school, service=as_is(looked.service))
    return _("{school}: did you find help? ({need})", school=school, need=NEEDS[looked.need])
