"""The second factor, as a conversation: no flow of its own, but what a flow awaits before it reaches many, exports or deletes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from ..effects import AskForCode
from ..gate import DIGITS, Action, MayAsk, Prove, Refusal
from ..keywords import Keyword
from ..questions import Question, Shown, Unclear
from ..reply import Reply
from ..talk import Json, LookUp, Talk
from ..words import Words, _

CODES = 3
"""Codes that one conversation asks for, should they grow too old."""
DROPPED = "refused:dropped"


async def confirmed(talk: Talk, action: Action) -> bool:
    """Whether the person has proved that it is they who want this. If not, they have heard why.

    The effect that does it must name the same action: the gate spends the proof there (`bot/gate.py`).
    """
    standing = await talk.look_up(MayAsk(action.name, action.digest))
    outcome = _stored(standing.refusal) if standing.refusal else ""
    for n in range(CODES if not outcome else 0):
        await talk.do(f"code {n} asked {action.digest[:16]}", AskForCode(action))
        outcome = await talk.ask(Code(f"code {n}", _asked(action, app=standing.app), action, nudge=False))
        if outcome == action.digest:
            return True
        if outcome != _stored(Refusal.EXPIRED):
            break
        talk.say(_("That code is too old."))
    talk.say(_WHY[outcome])
    return False


@dataclass(frozen=True)
class Code(Question[str]):
    """Six digits. They are tried at once and never kept: the answer is the digest of what was proved, or why it was not."""

    action: Action

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        given = _digits(reply.text)
        return Prove(self.action.name, self.action.digest, given) if given else None

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword is Keyword.NO:
            return DROPPED
        if not _digits(reply.text):
            raise Unclear(_("Please send the 6 digits of the code, or NO."))
        match reply.found:
            case None:
                return self.action.digest
            case Refusal.WRONG:
                raise Unclear(_("That is not the code."))
            case Refusal.CHANGED:
                raise Unclear(_("What this code was for has changed meanwhile, so it is void."))
            case refusal:
                return _stored(refusal)

    def load(self, stored: Json) -> str:
        """A proof holds for what it was given for: if that has changed since, the question is open again."""
        if stored not in {self.action.digest, *_WHY}:
            raise ValueError(stored)
        return str(stored)


def _asked(action: Action, *, app: bool) -> Words:
    if app:
        return _(
            "{what} To do it, send the 6 digits your authenticator app shows. NO: nothing happens. Not you? NOTME.", what=action.summary
        )
    return _(
        "{what} To do it, send the 6-digit code we texted to the phone on file. NO: nothing happens. Not you? NOTME.", what=action.summary
    )


def _digits(text: str) -> str:
    """The code in a message, in digits of any script, however they are spaced; empty if there is none."""
    digits = "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
    return digits if len(digits) == DIGITS else ""


def _stored(refusal: Refusal) -> str:
    return f"refused:{refusal.value}"


_WHY = {
    DROPPED: _("All right, nothing was done."),
    _stored(Refusal.NOT_YOURS): _("That is not yours to do here. Nothing was done."),
    _stored(Refusal.LOCKED): _("This number is locked: nothing can be sent, exported or erased with it until the school unlocks it."),
    _stored(Refusal.TOO_OFTEN): _("Nothing was done: that was too many codes in one hour. Please try again later."),
    _stored(Refusal.OVER): _("Nothing was done: that code is void. Please start again."),
    _stored(Refusal.EXPIRED): _("Nothing was done. Please start again when you have the phone at hand."),
    _stored(Refusal.UNREACHABLE): _("We have no phone on file that we can reach with a code. Nothing was done."),
}
