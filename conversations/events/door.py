"""At the door: "HERE 4821" counts the household, as many as it answered, and they say it if they are others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from ..talk import Json, LookUp
from ..words import Words, _
from .event import Event
from .household import Household, HouseholdIn

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..steps import Turns


class Refused(Enum):
    """Why a code counts nobody."""

    WRONG = "wrong"
    NOTHING_ON = "nothing on"
    """No event of theirs has its door open now."""
    TOO_OFTEN = "too often"


@dataclass(frozen=True)
class AtDoor:
    """Whom a code counts."""

    event: Event
    came: str
    """As `storage.events.attendance`: "code" or "qr"."""
    first: bool
    """They were not counted before."""
    adults: int
    children: int


@dataclass(frozen=True)
class TryDoor(LookUp[AtDoor | Refused]):
    """What a door's code comes to. A wrong one is noted."""

    code: str


@dataclass(frozen=True)
class Arrive:
    """The household is there; `adults` and `children` only where they said how many."""

    event: int
    came: str
    adults: int | None = None
    children: int = 0


def heard(hearing: Hearing) -> Turns:
    """HERE and the code of the door, with how many came behind it or without."""
    code = hearing.reply.code
    tried = yield TryDoor(code)
    if not isinstance(tried, AtDoor):
        if tried is Refused.NOTHING_ON and hearing.memory.open is not None:  # "in 2024" answers something else
            hearing.reply = replace(hearing.reply, keyword=None, code="")
            return (yield from hearing.ordinary())
        return (yield from hearing.again(_WHY[tried]))
    said: Household | None = yield HouseholdIn(hearing.reply.text.partition(code)[2].strip() or "-")
    counted = said.counted if said is not None else None
    adults, children = counted or (tried.adults, tried.children)
    about: dict[str, Json] = {"event": tried.event.id, "came": tried.came, "adults": adults, "children": children}
    about |= {"first": tried.first, "said": counted is not None}
    return (yield from hearing.start("door", pause=True, **about))


_WHY: dict[Refused, Words] = {
    Refused.WRONG: _("That is not the code at the door. It changes every 10 minutes: please look again and text HERE and the 4 digits."),
    Refused.NOTHING_ON: _("No event is on right now, so nobody was counted. The code at the door works once it opens. EVENTS: what comes."),
    Refused.TOO_OFTEN: _("Those were many codes that do not fit. Please tell somebody at the door: they count you."),
}
