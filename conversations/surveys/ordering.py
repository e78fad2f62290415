"""What staff text about surveys: `ASK families: …`, `ASK families climate`."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from ..announcements.audience import Audience
from ..announcements.audience_words import Vocabularies, Vocabulary, labelled, read
from ..announcements.orders import Order, Verb
from ..folding import fold
from ..state import Turn
from ..talk import Json, LookUp
from .making import ReadySurvey

if TYPE_CHECKING:
    from ..dialogue import Hearing

Obeyed = Generator[LookUp[Any], Any, Turn | None]
MOST_OF_WHO = 3
"""Words that say whom, where no colon follows them."""


def ask(hearing: Hearing, order: Order) -> Obeyed:
    """Begin a survey, for somebody who may announce. In the middle of a text it is a word of that; over a draft only in capitals."""
    known: Vocabulary = yield Vocabularies()
    flow = hearing.memory.open.flow if hearing.memory.open is not None else ""
    writing = hearing.drafting and not (flow == "draft" and hearing.reply.text.split()[0].isupper())
    if not known.schools or not order.text or writing:
        return None
    audience, text = _whom(order.text, known)
    name = fold(text)
    ready = (yield ReadySurvey(name)) if name else None
    if audience is None and ready is None:
        return None
    about: dict[str, Json] = {"audience": json.dumps((audience or known.own).to_json()), "text": text}
    if ready is not None:
        about["ready"] = name
    return (yield from hearing.start("ask", pause=True, **about))


def _whom(text: str, known: Vocabulary) -> tuple[Audience | None, str]:
    """The audience before the questions, with a colon or without."""
    audience, rest, _label = labelled(text, known)
    words = text.split()
    for n in range(min(MOST_OF_WHO, len(words) - 1), 0, -1) if audience is None else ():
        if (named := read(" ".join(words[:n]), known)) is not None:
            return named, text.split(maxsplit=n)[n]
    return audience, rest


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.ASK: ask}
