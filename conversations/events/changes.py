"""What staff text to move an event or call it off: "move pizza to fri 7pm", "pizza is now in the library", "cancel pizza".

It reaches many, so that what will be sent, and to how many, is shown first, and a second factor asked. What names no event of
theirs is heard as ordinary words.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..announcements.price import Price
from ..gate import ANNOUNCE, Action, action
from ..talk import Json, LookUp
from ..words import Words, _, as_is, ngettext
from .appointments import apart
from .event import Event
from .making import Read

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]


@dataclass(frozen=True)
class Change:
    """What somebody wants of an event: that it is off, or is at another time or place. What is None or empty stays."""

    event: int
    off: bool = False
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""
    whole: bool = False
    """Of a series: of all its dates from this one on."""

    @property
    def packed(self) -> dict[str, Json]:
        """As a conversation is started with it."""
        times = {name: at.isoformat() for name, at in (("starts", self.starts), ("ends", self.ends)) if at is not None}
        return {"event": self.event, "off": self.off, "place": self.place, "whole": self.whole, **times}

    @classmethod
    def unpacked(cls, about: Mapping[str, Json]) -> Change:
        starts, ends = (datetime.fromisoformat(str(about[name])) if name in about else None for name in ("starts", "ends"))
        return cls(int(about["event"]), bool(about["off"]), starts, ends, str(about["place"]))


@dataclass(frozen=True)
class Plan:
    """What a change would come to, now."""

    title: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    """By language, as they would leave."""
    price: Price | None = None
    """None: nobody need hear of it."""
    leaves: datetime | None = None
    now: datetime | None = None
    """Both by the school's clock."""
    wrong: Words | None = None
    """What is in the way; nothing of it can be done."""

    @property
    def people(self) -> int:
        return self.price.people if self.price is not None else 0


@dataclass(frozen=True)
class Announceable(LookUp[Event | None]):
    """The event of a folded code at the schools where they may announce; None if there is none."""

    code: str


@dataclass(frozen=True)
class ReadMove(LookUp[Read]):
    """When or where, in the words behind "to" or "is now"."""

    text: str


@dataclass(frozen=True)
class PlanOf(LookUp[Plan]):
    change: Change


@dataclass(frozen=True)
class DoChange:
    """Do it, and tell whom it concerns. `proved` is what the gate was passed for; None where nobody is told."""

    change: Change
    proved: Action | None = None


def proving(change: Change, plan: Plan) -> Action:
    """What the second factor is bound to: these words, these people, this price."""
    title = as_is(plan.title)
    what = (
        ngettext("Call off {title} and tell {n} phone.", "Call off {title} and tell {n} phones.", plan.people, title=title)
        if change.off
        else ngettext("Change {title} and tell {n} phone.", "Change {title} and tell {n} phones.", plan.people, title=title)
    )
    content = {"change": change.packed, "texts": dict(plan.texts), "price": plan.price.content if plan.price is not None else {}}
    return action(ANNOUNCE, what, content)


def move(hearing: Hearing, order: Order) -> Obeyed:
    """To another time, place, or both; it stays as long as it was."""
    code, rest = apart(order.text)
    event = (yield Announceable(code)) if code and order.number is None and not hearing.drafting else None
    if event is None:
        return None
    read: Read = yield ReadMove(rest)
    if read.day is None and read.starts is None and not read.place:
        example = _("To when, or where? For example: MOVE {code} to fri 7pm, or {code} is now in the gym.", code=event.code.upper())
        return (yield from hearing.again(example))
    return (yield from hearing.start("event_change", pause=True, **_to(event, read).packed))


def call_off(hearing: Hearing, order: Order) -> Obeyed:
    code, rest = apart(order.text)
    event = (yield Announceable(code)) if code and not rest and not hearing.drafting else None
    return None if event is None else (yield from hearing.start("event_change", pause=True, **Change(event.id, off=True).packed))


def _to(event: Event, read: Read) -> Change:
    if read.day is None and read.starts is None:
        return Change(event.id, place=read.place)
    zone = event.starts.tzinfo
    day, hour = read.day or event.starts.date(), read.starts or event.starts.time()
    starts = datetime.combine(day, hour, zone)
    last = starts + (event.ends - event.starts)
    if read.ends is not None:
        last = datetime.combine(day, read.ends, zone)
        last += timedelta(days=last <= starts)
    return Change(event.id, starts=starts, ends=last, place=read.place)


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.MOVE: move, Verb.IS_NOW: move, Verb.CALL_OFF: call_off}
