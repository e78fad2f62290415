"""The order that makes an event: `EVENT pizza night fri 6pm cafeteria`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from ..announcements.audience_words import Vocabularies
from ..announcements.orders import Order, Verb
from ..state import Turn
from ..talk import LookUp

if TYPE_CHECKING:
    from ..dialogue import Hearing


def make(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """Begin one, for somebody who may announce. In the middle of a text it is a word of that; over a draft only in capitals."""
    known = yield Vocabularies()
    flow = hearing.memory.open.flow if hearing.memory.open is not None else ""
    writing = hearing.drafting and not (flow == "draft" and hearing.reply.text.split()[0].isupper())
    if not known.schools or writing:
        return None
    return (yield from hearing.start("event", text=order.text))


OBEY: Mapping[Verb, Callable[[Hearing, Order], Generator[LookUp[Any], Any, Turn | None]]] = {Verb.EVENT: make}
