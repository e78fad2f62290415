"""What staff text about surveys: `ASK families: …`, `ASK families climate`, `ASK FOR 661-555-0123 climate`, `KIOSK climate`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..announcements.audience import Audience
from ..announcements.audience_words import Vocabularies, Vocabulary, labelled, read
from ..announcements.orders import Order, Verb
from ..folding import fold
from ..state import Turn
from ..talk import Json, LookUp
from ..words import _
from .hearing import starts
from .making import ReadySurvey, RemindOf
from .saying import no_such_code
from .taking import FLOW, KIOSK, LANGUAGE, LIAISON, PAPER, Answered, Form, FormOf, SlipIn, SurveyCalled, given

if TYPE_CHECKING:
    from ..dialogue import Hearing

Obeyed = Generator[LookUp[Any], Any, Turn | None]
_PHONE = re.compile(r"(?:\+?1)?[\s(.-]*(\d{3})[\s).-]*(\d{3})[\s.-]*(\d{4})[\s:,.]+(\D.*)", re.DOTALL)
_SLIP = re.compile(r"([2-9A-Za-z]{4}[\s-]?[2-9A-Za-z]{4})[\s:,.]+(\D.*)", re.DOTALL)
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


def remind(hearing: Hearing, order: Order) -> Obeyed:
    """Those who have not taken part, by a draft like any other: its price is told, and the code is asked for. Nobody sees who they are."""
    known: Vocabulary = yield Vocabularies()
    if not known.schools or not order.text or hearing.drafting:
        return None
    drafted = yield RemindOf(fold(order.text))
    if drafted is None:
        return None
    if not isinstance(drafted, int):
        return (yield from hearing.again(drafted))
    return (yield from hearing.start("draft", pause=True, draft=drafted, new=True))


# Answered by others


def kiosk(hearing: Hearing, order: Order) -> Obeyed:
    """KIOSK and a survey's name: everybody who is handed the phone has a form of their own. KIOSK alone ends it."""
    if hearing.drafting:
        return None
    ended, effects = yield from _put_away(hearing)
    if not order.text:
        return Turn(hearing.memory, (_("The kiosk is closed. Thank you!"),), effects=effects) if ended else None
    found = yield SurveyCalled(fold(order.text))
    if not isinstance(found, int):
        return None
    turn = yield from starts(hearing, found, way=KIOSK)
    said = _("Hand this phone around: each has a form of their own. KIOSK alone ends it. The screen still shows what the last one said.")
    return replace(turn, said=(said, *turn.said), effects=(*effects, *turn.effects))


def _put_away(hearing: Hearing) -> Generator[LookUp[Any], Any, tuple[bool, tuple[object, ...]]]:
    """End the form on the phone that is handed around; what somebody began counts as it is."""
    before = hearing.memory.open
    if before is None or before.flow != FLOW or before.about.get("way") != KIOSK:
        return False, ()
    hearing.memory = replace(hearing.memory, open=None)
    form: Form | None = yield FormOf(int(before.about["survey"]))
    answers = given(form.definition, before.answers) if form is not None and form.open else {}
    if form is None or not any(value is not None for value in answers.values()):
        return True, ()
    language = form.language(str(before.answers.get(LANGUAGE, "")) or hearing.who.language)
    return True, (Answered(form.id, answers, complete=False, method=KIOSK, language=language),)


def on_behalf(hearing: Hearing, order: Order) -> Obeyed:
    """ASK FOR 661-555-0123 climate: what the family of that phone says counts as theirs, once. ASK FOR K4M2-P7QX climate: a paper form."""
    found = _PHONE.fullmatch(order.text) or _SLIP.fullmatch(order.text)
    *whose, name = found.groups() if found is not None else [""]
    survey = (yield SurveyCalled(fold(name))) if name and not hearing.drafting else None
    if not isinstance(survey, int):
        return None
    if len(whose) > 1:
        return (yield from starts(hearing, survey, **{"way": LIAISON, "for": f"+1{''.join(whose)}"}))
    code: str | None = yield SlipIn(survey, whose[0])
    if code is None:
        return (yield from hearing.again(no_such_code()))
    return (yield from starts(hearing, survey, **{"way": PAPER, "for": code}))


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.ASK: ask, Verb.ASK_FOR: on_behalf, Verb.KIOSK: kiosk, Verb.REMIND: remind}
