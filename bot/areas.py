"""Every area that answers look-ups or does effects of its own: a line each. What belongs to no area stands in `lookups` and `effects`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TypeVar

from conversations.engine import FlowError

from .announcements import approving, calling, translating, urgent
from .announcements import desk as announcing
from .events import appointments, coordinating, making, ordering, screen, series
from .events import desk as answering
from .replies import desk as replying
from .replies import ringing
from .surveys import desk as surveying
from .surveys import making as survey_making
from .surveys import measuring, noting, reading
from .turning import Answers, Does

_Of = TypeVar("_Of")


def joined(maps: Iterable[Mapping[type, _Of]]) -> dict[type, _Of]:
    """One register of all. Two areas that want the same thing would hide one another: `FlowError`."""
    register: dict[type, _Of] = {}
    for what, how in chain.from_iterable(each.items() for each in maps):
        if what in register:
            raise FlowError(f"{what.__name__} is answered or done by two areas: only one may.")
        register[what] = how
    return register


ANSWERS: Answers = joined(
    (
        announcing.ANSWERS,
        translating.ANSWERS,
        urgent.ANSWERS,
        approving.ANSWERS,
        calling.ANSWERS,
        replying.ANSWERS,
        ringing.ANSWERS,
        answering.ANSWERS,
        making.ANSWERS,
        measuring.ANSWERS,
        reading.ANSWERS,
        coordinating.ANSWERS,
        ordering.ANSWERS,
        screen.ANSWERS,
        surveying.ANSWERS,
        noting.ANSWERS,
        appointments.ANSWERS,
        series.ANSWERS,
        survey_making.ANSWERS,
    )
)
DOES: Does = joined(
    (
        announcing.DOES,
        translating.DOES,
        urgent.DOES,
        approving.DOES,
        calling.DOES,
        replying.DOES,
        ringing.DOES,
        answering.DOES,
        coordinating.DOES,
        ordering.DOES,
        surveying.DOES,
        noting.DOES,
        appointments.DOES,
    )
)
