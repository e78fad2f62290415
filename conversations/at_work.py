"""Staff at work: the orders they give, and the text they write that is to be sent and not said."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import say
from .announcements import obeying, ordering
from .announcements.orders import BEGIN, NUMBERED, Order, Verb
from .events import appointments, changes, coordinating, screen, series
from .events import ordering as events
from .replies import hearing as replies
from .surveys import notes, telling
from .surveys import ordering as surveys

if TYPE_CHECKING:
    from .dialogue import Hearing
    from .state import Turn
    from .talk import LookUp

ORDERS: dict[Verb, Callable[[Hearing, Order], Generator[LookUp[Any], Any, Turn | None]]] = {
    **obeying.OBEY,
    **ordering.OBEY,
    **replies.OBEY,
    **events.OBEY,
    **coordinating.OBEY,
    **telling.OBEY,
    **surveys.OBEY,
    **changes.OBEY,
    **screen.OBEY,
    **notes.OBEY,
    **appointments.OBEY,
    **series.OBEY,
}
"""What each order of staff does; None lets the message be heard like any other. An area that has orders has a line here."""


def heard(hearing: Hearing) -> Generator[LookUp[Any], Any, Turn | None]:
    """An order of staff, or the next piece of what they are writing. Danger in it is no reason not to send it: we only ask."""
    order, turn = _ordered(hearing), None
    if order is not None and (obey := ORDERS.get(order.verb)) is not None:
        turn = yield from obey(hearing, order)
    if turn is None and hearing.drafting:
        assert hearing.memory.open is not None
        turn = yield from hearing.answer(hearing.memory.open)
    if turn is not None and hearing.reply.crisis is not None:
        return replace(turn, said=(say.if_it_is_crisis(hearing.who), *turn.said))
    return turn


def _ordered(hearing: Hearing) -> Order | None:
    """The order they gave, with the number of the open draft where they gave none.

    In the middle of a draft an order with text behind it and no number is a piece ("Reply YES by Friday"), unless it begins another.
    """
    order = hearing.reply.order
    if order is None or not hearing.drafting or order.number is not None or order.verb not in NUMBERED:
        return order
    if order.text:
        return order if order.verb in BEGIN else None
    assert hearing.memory.open is not None
    number = hearing.memory.open.about.get("draft")
    return replace(order, number=number) if isinstance(number, int) else order
