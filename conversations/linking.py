"""One person on two channels: a chat shows a code, and the phone that texts it joins the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from .effects import LinkChat
from .talk import LookUp
from .words import Words, _

if TYPE_CHECKING:
    from .dialogue import Hearing
    from .steps import Turns
    from .who import Who


@dataclass(frozen=True)
class NewCode:
    code: str
    number: str
    """Where to text it, as it is said; empty where no texts are set up."""


@dataclass(frozen=True)
class CodeHere(LookUp[NewCode]):
    """A new code for the chat that asks; the one before is void."""


class Tried(Enum):
    """What came of a code that a phone has texted."""

    FITS = "fits"
    WRONG = "wrong"
    OLD = "old"
    TOO_OFTEN = "too often"
    STAFF = "staff"


@dataclass(frozen=True)
class TryCode(LookUp[Tried]):
    """Whether a code joins the phone that texts it to a chat. A wrong one is counted."""

    code: str


@dataclass(frozen=True)
class Ways:
    """Where somebody can be written to: the channel of each of their addresses."""

    channels: tuple[str, ...] = ()
    staff: bool = False


@dataclass(frozen=True)
class WaysHere(LookUp[Ways]):
    """The ways to the person who writes."""


def heard(hearing: Hearing) -> Turns:
    """LINK with a code or without, from a chat or a phone; whatever was asked is asked again, or waits for where we shall write."""
    who, code = hearing.who, hearing.reply.code
    if not who.has_phone:
        return (yield from hearing.again(_not_here(who) if code else _shown(who, (yield CodeHere()))))
    if not code:
        return (yield from hearing.again(_("Write LINK in our Telegram chat first. It shows you a code to text to this number.")))
    tried = yield TryCode(code)
    if tried is not Tried.FITS:
        return (yield from hearing.again(_answer(who, tried)))
    turn = yield from hearing.start("where", ways="telegram sms")
    return replace(turn, said=(linked(who), *turn.said), effects=(*turn.effects, LinkChat(code)))


def unlink(hearing: Hearing) -> Turns:
    return (yield from hearing.start("unlink"))


def linked(who: Who) -> Words:
    """Heard on both."""
    return _(
        "Linked: for {school} this phone and this Telegram chat are one person now. STOP on either ends both. Not you? Call {phone}.",
        school=who.school.name,
        phone=who.school.phone,
    )


def _shown(who: Who, new: NewCode) -> Words:
    if not new.number:
        return _("Texting by phone is not set up at {school}, so there is nothing to link. This chat goes on.", school=who.school.name)
    return _("From your phone, text LINK {code} to {number} within 10 minutes. Give the code to nobody.", code=new.code, number=new.number)


def _not_here(who: Who) -> Words:
    return _("Text that code from your phone, as an SMS, not in this chat.")


def _answer(who: Who, tried: Tried) -> Words:
    match tried:
        case Tried.OLD:
            return _("That code is too old. Write LINK in our Telegram chat for a new one.")
        case Tried.TOO_OFTEN:
            return _("That was too many wrong codes. Please try again in an hour.")
        case Tried.STAFF:
            return _("This phone or chat belongs to staff, and is not linked by text. Please call {phone}.", phone=who.school.phone)
        case _:
            return _("That is not the code. Look at the newest one in our Telegram chat.")
