"""Where what families write back is heard, and what the orders of those who answer do.

A family's words that mean nothing to us, soon after something we sent, go to a person and not to "I did not understand". A bare text of a
liaison goes to no family before she has said to which: see `conversations.flows.for_whom`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..announcements.orders import Order, Verb
from ..folding import fold
from ..keywords import Keyword
from ..state import Turn
from . import words
from .threads import (
    ANSWERING,
    Answer,
    BackOn,
    ComeBack,
    GoAway,
    Inbox,
    RepliesTo,
    Standing,
    ThisMessage,
    Thread,
    ThreadOf,
    ThreadShown,
    ToLiaison,
    Waiting,
)

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..steps import Turns
    from ..talk import LookUp

Maybe = Generator["LookUp[Any]", Any, Turn | None]

FOR_WHOM = "for_whom"
LONGEST = 1200
"""Characters of an answer: it goes out as one text, with who it is from before it."""
MOST_ASKED = 3
"""Families a bare text may be for; of more the last."""
MOST_WORDS_AWAY = 4
"""Words that say until when somebody is away; more are a sentence that begins with that word."""
ONE_NEED = 2
"""Words of a message that asks for a need and for nothing else."""


def from_family(hearing: Hearing) -> Maybe:
    """A question about what they were told, or words for a person; None if it is no reply to anything."""
    reply, who, before = hearing.reply, hearing.who, hearing.memory.open
    answer_to_ours = reply.keyword in {Keyword.YES, Keyword.NO}
    if reply.pressed is not None or reply.number is not None or (reply.keyword is not None and not answer_to_ours) or not fold(reply.text):
        return None
    if ANSWERING & who.roles and "family" not in who.roles:
        return None
    lately = yield RepliesTo(reply.text, before.asked.number if before is not None and before.asked is not None else 0)
    if not lately.newest:
        return None
    if lately.answer:
        return (yield from _said(hearing, *lately.answer))
    if who.in_crisis or lately.inbox is Inbox.NOT_OURS:
        return None
    if lately.inbox is Inbox.NOBODY:
        return (yield from _said(hearing, words.nobody(who)))
    message = yield ThisMessage()
    turn = yield from _said(hearing, *(() if lately.inbox is Inbox.NOTED else (words.to_liaison(who),)))
    return replace(turn, effects=(*turn.effects, ToLiaison(message)))


def _said(hearing: Hearing, *said: Any) -> Turns:
    """Say it, and ask the open question again, if there is one. It was understood: nothing counts as missed."""
    memory = replace(hearing.memory, unclear=0)
    if not said or memory.open is None:
        return Turn(memory, said)
    turn = yield from hearing.again(said[0], memory)
    return replace(turn, said=(turn.said[0], *said[1:], *turn.said[1:]))


# Those who answer


def from_staff(hearing: Hearing) -> Maybe:
    """A bare text of somebody who has families waiting: for which of them is it? Nothing else is done with it before she says so."""
    reply, before = hearing.reply, hearing.memory.open
    if not ANSWERING & hearing.who.roles or reply.bare or reply.pressed is not None or not fold(reply.text):
        return None
    if reply.keyword is not None or reply.language is not None or reply.media or reply.zip is not None or reply.tongue is not None:
        return None
    if before is not None and before.flow != FOR_WHOM:
        return None
    if reply.need is not None and len(fold(reply.text).split()) <= ONE_NEED:
        return None
    waiting = yield Waiting(mine=True)
    if not waiting:
        return None
    numbers = " ".join(str(thread.number) for thread in waiting[-MOST_ASKED:])
    turn = yield from hearing.start(FOR_WHOM, pause=False, threads=numbers, message=(yield ThisMessage()))
    return turn if before is None else replace(turn, said=(words.earlier_not_sent(), *turn.said))


def reply(hearing: Hearing, order: Order) -> Maybe:
    """What follows R12 goes to that family; R12 alone shows what they wrote. In doubt it is asked first."""
    if order.number is None:
        return None
    thread = yield ThreadOf(order.number, order.text)
    if thread.standing is Standing.NONE and hearing.drafting:
        return None  # a piece of what they write
    if thread.standing is not Standing.OPEN:
        return Turn(hearing.memory, (refused(thread),))
    if not order.text:
        return replace((yield from hearing.again(words.shown(thread))), effects=(ThreadShown(thread.number),))
    if len(order.text) > LONGEST:
        return Turn(hearing.memory, (words.too_long(LONGEST),))
    if not thread.mine or not thread.waits or thread.foreign:
        return (yield from hearing.start(FOR_WHOM, threads=str(thread.number), message=(yield ThisMessage())))
    turn = yield from _said(hearing, words.sent(thread))
    return replace(turn, effects=(*turn.effects, Answer(thread.number, order.text)))


def refused(thread: Thread) -> Any:
    return words.closed(thread.number) if thread.standing is Standing.CLOSED else words.no_thread(thread.number)


def threads(hearing: Hearing, _order: Order) -> Maybe:
    if not ANSWERING & hearing.who.roles:
        return None
    waiting = yield Waiting()
    turn = yield from _said(hearing, words.waiting(waiting))
    return replace(turn, effects=(*turn.effects, *(ThreadShown(thread.number) for thread in waiting)))


def away(hearing: Hearing, order: Order) -> Maybe:
    """AWAY, or AWAY until a day. A sentence that only begins like it is heard as what it is."""
    if not ANSWERING & hearing.who.roles or len(order.text.split()) > MOST_WORDS_AWAY:
        return None
    until = (yield BackOn(order.text)) if order.text else None
    if order.text and until is None:
        return None
    turn = yield from _said(hearing, words.away(until))
    return replace(turn, effects=(*turn.effects, GoAway(until)))


def back_again(hearing: Hearing, _order: Order) -> Maybe:
    if not ANSWERING & hearing.who.roles:
        return None
    turn = yield from _said(hearing, words.here())
    return replace(turn, effects=(*turn.effects, ComeBack()))


OBEY = {Verb.REPLY: reply, Verb.THREADS: threads, Verb.AWAY: away, Verb.BACK_AGAIN: back_again}
