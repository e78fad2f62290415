"""What a member of staff texts about the calls that wait: INBOX, TAKE 12, DONE 12. To anybody else these are ordinary words.

What somebody in danger has said does not leave the house as a text: `platica inbox --read` shows it, once.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .effects import CloseCall
from .say import KIND
from .state import Turn
from .talk import LookUp
from .words import Words, _, as_is, joined, ngettext

if TYPE_CHECKING:
    from .dialogue import Hearing
    from .steps import Turns


@dataclass(frozen=True)
class Waits:
    """One call that waits, by its number, and what whoever rings must know. `since` is in the school's own time."""

    number: int
    since: datetime
    where: str
    when: str
    """A key of the list that `call_me` shows, or their own words."""
    language: str
    """A tag; empty where nobody knows."""
    why: str
    """As `AskForCall` has it."""

    @property
    def danger(self) -> bool:
        return self.why in DANGERS


MOST_TOLD = 3
"""Calls that INBOX tells of; a text has room for no more."""
WHEN = {
    "morning": _("in the morning"),
    "afternoon": _("in the afternoon"),
    "any": _("at any time"),
    "now": _("now"),
}
OTHERS = {
    "housing": _("housing"),
    "report": _("a text that was not from us"),
    "our fault": _("an error of ours"),
}
DANGERS = {crisis.value: words for crisis, words in KIND.items()}


@dataclass(frozen=True)
class CallsHere(LookUp[tuple[Waits, ...] | None]):
    """The calls that wait at their school, whoever is in danger first, then longest first; None to whoever may not see them."""


def inbox(hearing: Hearing) -> Turns:
    """How many wait, and the first of them."""
    calls = yield from _waiting(hearing)
    if calls is None:
        return (yield from _ordinary(hearing))
    if not calls:
        return (yield from hearing.again(_("Nobody waits for a call.")))
    turn = yield from hearing.again(ngettext("{n} call waits.", "{n} calls wait.", len(calls)))
    return replace(turn, said=(turn.said[0], *(_told(hearing, call) for call in calls[:MOST_TOLD]), _when_made(), *turn.said[1:]))


def take(hearing: Hearing) -> Turns:
    """Whom to ring under a number of the list."""
    calls = yield from _waiting(hearing)
    if calls is None:
        return (yield from _ordinary(hearing))
    call = _named(hearing, calls)
    return (yield from hearing.again(_no_such() if call is None else joined(" ", _told(hearing, call), _when_made())))


def done(hearing: Hearing) -> Turns:
    """They have rung."""
    calls = yield from _waiting(hearing)
    if calls is None:
        return (yield from _ordinary(hearing))
    call = _named(hearing, calls)
    if call is None:
        return (yield from hearing.again(_no_such()))
    turn = yield from hearing.again(_("Noted: call {number} was made. Not you? Reply NOTME.", number=call.number))
    return replace(turn, effects=(*turn.effects, CloseCall(call.number)))


def _waiting(hearing: Hearing) -> Generator[LookUp[Any], Any, tuple[Waits, ...] | None]:
    found: tuple[Waits, ...] | None = yield CallsHere()
    return found


def _ordinary(hearing: Hearing) -> Turns:
    hearing.reply = replace(hearing.reply, keyword=None, code="")
    turn: Turn = yield from hearing.ordinary()
    return turn


def _named(hearing: Hearing, calls: tuple[Waits, ...]) -> Waits | None:
    return next((call for call in calls if str(call.number) == hearing.reply.code), None)


def _told(hearing: Hearing, call: Waits) -> Words:
    names = dict(hearing.who.school.languages)
    about = joined(
        ", ",
        WHEN.get(call.when, as_is(call.when)),
        as_is(names.get(call.language, call.language)) if call.language else None,
        _why(call.why),
    )
    return _(
        "No. {number}, since {day} {hour}: {where}, {about}.",
        number=call.number,
        day=call.since.date(),
        hour=call.since.time(),
        where=as_is(call.where),
        about=about,
    )


def _why(why: str) -> Words | None:
    _language, colon, spoken = why.partition("language: ")
    if colon:
        return _("speaks {language}", language=as_is(spoken))
    return (OTHERS | DANGERS).get(why) or (as_is(why) if why else None)


def _when_made() -> Words:
    return _("When you have called, text DONE and its number: DONE 12.")


def _no_such() -> Words:
    return _("No call with that number waits. INBOX shows who does. Add its number: DONE 12, TAKE 12.")
