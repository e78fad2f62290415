"""The screen at the door, and how staff get at it: "DOOR PIZZA" tells the code of now and where the page is that shows it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..folding import fold
from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn


@dataclass(frozen=True)
class Door:
    """The door of an event of theirs. Times are by the school's clock."""

    title: str
    code: str
    """What it shows now; empty while it is shut."""
    until: datetime
    """When the next code is shown; while it is shut, when it opens."""
    page: str
    """Where the page is; empty where this deployment has no address of its own."""
    over: bool = False
    """It does not open any more."""


@dataclass(frozen=True)
class DoorOf(LookUp[Door | None]):
    """The door of the event that a folded code stands for; None where it is none of theirs."""

    code: str


def door(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """DOOR PIZZA. Other words behind it are about some other door."""
    words = fold(order.text).split()
    found: Door | None = (yield DoorOf(words[0])) if len(words) == 1 else None
    return None if found is None else (yield from hearing.again(told(found)))


def told(found: Door) -> Words:
    title = as_is(found.title)
    if found.over:
        return _("{title} has no door any more: it is over, called off or not open yet.", title=title)
    now = _("{title}: families text HERE {code}. The next code comes at {time}.", title=title, code=found.code, time=found.until.time())
    page = _("A page for a screen at the door, which changes by itself. Only for staff: {link}", link=found.page) if found.page else None
    return joined("\n", now if found.code else _("{title}: the door opens on {when}.", title=title, when=found.until), page)


OBEY: Mapping[Verb, Callable[[Hearing, Order], Generator[LookUp[Any], Any, Turn | None]]] = {Verb.DOOR: door}


# On the page


def opens(at: datetime) -> Words:
    return _("The door opens on {when}.", when=at)


def shut(*, called_off: bool) -> Words:
    return _("This event does not take place.") if called_off else _("The door is closed. Thank you for coming!")


def text_this(code: str, number: str) -> Words:
    return _("Text HERE {code} to {number}", code=code, number=number)


def or_scan() -> Words:
    return _("or scan the square. Your whole family is counted.")


def scan() -> Words:
    return _("Scan the square. Your whole family is counted.")


def next_code(at: datetime) -> Words:
    return _("Next code: {time}", time=at.time())


def inside(people: int) -> Words:
    return ngettext("{n} person is here", "{n} people are here", people)


def no_connection() -> Words:
    return _("No connection: this code may be too old.")
