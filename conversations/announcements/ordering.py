"""What a coordinator orders by a word, wherever the conversation is: SEND, EDIT, DROP, UNDO, HALT, GO ON, DRAFTS, STATUS, WHO, PREVIEW."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..state import Turn
from ..talk import LookUp
from ..words import Words, _, joined, ngettext
from .account import Account, AccountOf, status, who_missed
from .audience_words import Vocabularies, Vocabulary, labelled, nobody_called, what_there_is
from .composing import mark_of
from .drafts import Change, Changed, Discard, Draft, DraftOf, Drafts, GoOn, Halt, Hold, LastScheduled, Preview, Resend
from .orders import Order, Verb
from .stages import SHOWN, listed, stands

if TYPE_CHECKING:
    from ..dialogue import Hearing

Obeyed = Generator[LookUp[Any], Any, Turn | None]


def send(hearing: Hearing, order: Order) -> Obeyed:
    """What "SEND 27" means: it goes to the gate; "SEND families: …" begins a draft; in the middle of one, text that names nobody is a piece of it."""
    if order.number is not None:
        return (yield from _open(hearing, order.number, "send"))
    known: Vocabulary = yield Vocabularies()
    if not order.text and known.schools and _flow(hearing) not in {"announce", "draft", "event"}:
        return (yield from _send_what(hearing))
    composing = _flow(hearing) == "announce"
    named, _text, label = labelled(order.text, known) if order.text and order.head else (None, "", "")
    names = named is not None
    if label and mark_of(order.text) is None and known.schools and hearing.drafting:
        return (yield from hearing.again(_nobody(label, known)))
    if composing and not names:
        return None
    if composing:
        return (
            yield from hearing.again(_("You are writing something already: DONE keeps it, DROP throws it away. Then send this once more."))
        )
    if hearing.drafting and (not order.text or not names):
        return None
    if not known.schools and not names:
        return None
    return (yield from hearing.start("announce", text=order.text, head=order.head, language=hearing.reply.speaks or ""))


def _send_what(hearing: Hearing) -> Obeyed:
    """SEND alone: what waits half written is gone on with; else the drafts there are, to choose one by its number."""
    half = next((each for each in reversed(hearing.memory.paused) if each.flow == "announce"), None)
    if half is not None:
        waits = hearing.pause()
        hearing.memory = replace(waits, open=None, paused=tuple(each for each in waits.paused if each != half))
        return (yield from hearing.settle((yield from hearing.run(half))))
    there = [each for each in (yield Drafts()) if each.stage == "draft"][:SHOWN]
    if not there:
        return None if hearing.drafting else (yield from hearing.start("announce", text=""))
    which = _("Which one? SEND {n} goes on with it. SEND families: … begins another.", n=there[0].number)
    return (yield from hearing.again(joined("\n", *(listed(each) for each in there), which)))


def _nobody(label: str, known: Vocabulary) -> Words:
    """In the middle of a draft these may be words of it, or an order that was mistyped: said, and neither sent nor kept."""
    not_kept = _("I did not keep this message. If it belongs to your text, put another word before it.")
    return joined(" ", nobody_called(label), what_there_is(known), not_kept)


def edit(hearing: Hearing, order: Order) -> Obeyed:
    if order.number is None and _flow(hearing) == "announce":
        return None
    if order.number is None:
        return (yield from _which(hearing))
    return (yield from _open(hearing, order.number, "words", **({"text": order.text} if order.text else {})))


def drop(hearing: Hearing, order: Order) -> Obeyed:
    if order.number is not None:
        return (yield from _change(hearing, order.number, Discard(order.number)))
    if _flow(hearing) in {"announce", "event", "ask"}:
        hearing.memory = replace(hearing.memory, open=None)
        return Turn(hearing.memory, (_("All right, nothing of it was kept."),))
    return (yield from _which(hearing))


def undo(hearing: Hearing, order: Order) -> Obeyed:
    number = order.number if order.number is not None else (yield LastScheduled())
    if number is not None:
        return (yield from _change(hearing, number, Hold(number)))
    known: Vocabulary = yield Vocabularies()
    return (yield from hearing.again(_("Nothing is waiting to be sent. DRAFTS: what there is."))) if known.schools else None


def halt(hearing: Hearing, order: Order) -> Obeyed:
    if order.number is None:
        return (yield from _which(hearing))
    return (yield from _change(hearing, order.number, Halt(order.number)))


def go_on(hearing: Hearing, order: Order) -> Obeyed:
    if order.number is None:
        return None
    books: Account | None = yield AccountOf(order.number)
    turn = yield from _change(hearing, order.number, GoOn(order.number))
    if turn is None or books is None or not books.blocked:
        return turn
    first, *rest = turn.said
    return replace(turn, said=(first, blocked(books), *rest))


def again(hearing: Hearing, order: Order) -> Obeyed:
    """AGAIN 27: a draft for whom the carrier blocked it, to be said in other words. Whoever got it gets nothing."""
    if order.number is None:
        return None
    books: Account | None = yield AccountOf(order.number)
    found: Draft | None = yield DraftOf(order.number)
    if books is None or found is None:
        return (yield from hearing.again(not_here(order.number)))
    if found.kind == "urgent":
        return (yield from hearing.again(_("{n} was urgent, and its words are fixed: ring them, or URGENT once more.", n=order.number)))
    if not books.blocked:
        return (yield from hearing.again(_("No carrier has blocked any text of {n}. WHO {n}: who did not get it.", n=order.number)))
    made: int = yield Resend(order.number)
    return (yield from hearing.start("draft", draft=made, new=True, note="blocked"))


def drafts(hearing: Hearing, order: Order) -> Obeyed:
    return (yield from _which(hearing))


def preview(hearing: Hearing, order: Order) -> Obeyed:
    if order.number is None:
        return None if _flow(hearing) == "announce" else (yield from _which(hearing))
    found: Draft | None = yield DraftOf(order.number)
    if found is None:
        return (yield from hearing.again(not_here(order.number)))
    turn = yield from hearing.again(_("The texts above are what families get."))
    return replace(turn, effects=(*turn.effects, Preview(order.number)))


def state(hearing: Hearing, order: Order) -> Obeyed:
    """STATUS 27; without a number the list."""
    if order.number is None:
        return (yield from _which(hearing))
    books: Account | None = yield AccountOf(order.number)
    found: Draft | None = yield DraftOf(order.number)
    if books is None or found is None:
        return (yield from hearing.again(not_here(order.number)))
    began = found.stage not in {"draft", "scheduled", "cancelled"}
    return (yield from hearing.again(joined(" ", stands(found) if found.stage != "done" else None, status(books) if began else None)))


def who(hearing: Hearing, order: Order) -> Obeyed:
    """WHO 27. "Who?" alone is a question like anybody's."""
    if order.number is None:
        return None
    books: Account | None = yield AccountOf(order.number)
    return (yield from hearing.again(not_here(order.number) if books is None else who_missed(books)))


def _open(hearing: Hearing, number: int, step: str, **about: Any) -> Obeyed:
    """What is urgent has no words to change, and a gate of its own."""
    found: Draft | None = yield DraftOf(number)
    if found is not None and (found.kind, found.stage) == ("urgent", "draft"):
        return (yield from hearing.start("urgent_send", number=number))
    return (yield from hearing.start("draft", draft=number, step=step, **about))


def _which(hearing: Hearing) -> Obeyed:
    """The list of drafts; to somebody who may announce nowhere these are ordinary words."""
    known: Vocabulary = yield Vocabularies()
    if not known.schools:
        return None
    found = yield Drafts()
    if not found:
        return (yield from hearing.again(_("There are no drafts. SEND families: … begins one.")))
    if hearing.memory.open is None:
        return (yield from hearing.start("drafts"))
    older = _("There are older ones: DRAFTS once more when you have finished here.") if len(found) > SHOWN else None
    return (yield from hearing.again(joined("\n", *(listed(each) for each in found[:SHOWN]), older)))


def _change(hearing: Hearing, number: int, change: Change) -> Obeyed:
    """Do it now, and say how it stands then."""
    before: Draft | None = yield DraftOf(number)
    after: Draft | None = yield Changed(change)
    if before is None or after is None:
        return (yield from hearing.again(not_here(number)))
    words = stands(after) if before.stage == after.stage else became(after, before)
    if _flow(hearing) == "draft" and hearing.memory.open is not None and hearing.memory.open.about.get("draft") == number:
        hearing.memory = replace(hearing.memory, open=None)
    return (yield from hearing.again(words))


def became(after: Draft, before: Draft) -> Words:
    n = after.number
    match before.stage, after.stage:
        case "draft", "cancelled":
            return _("Draft {n} is dropped. Nothing was sent.", n=n)
        case _, "cancelled":
            return _("{n} is cancelled. Nothing of it was sent.", n=n)
        case _, "draft":
            return _("{n} is held, and a draft again. Nothing of it was sent. SEND {n} sends it.", n=n)
        case _, "stopped":
            return _("{n} is stopped: what has not left stays unsent. STATUS {n}: the account.", n=n)
        case _:
            return _("{n} goes on. STATUS {n}: how far.", n=n)


def blocked(books: Account) -> Words:
    return ngettext(
        "{n} text of it was blocked by a carrier, and is not sent again as it is. AGAIN {number}: a draft for them in other words.",
        "{n} texts of it were blocked by a carrier, and are not sent again as they are. AGAIN {number}: a draft for them in other words.",
        books.blocked,
        number=books.number,
    )


def not_here(number: int) -> Words:
    return _("There is no draft {n} of your school that you may send. DRAFTS: what there is.", n=number)


def _flow(hearing: Hearing) -> str:
    return hearing.memory.open.flow if hearing.memory.open is not None else ""


OBEY = {
    Verb.SEND: send,
    Verb.EDIT: edit,
    Verb.DROP: drop,
    Verb.UNDO: undo,
    Verb.HALT: halt,
    Verb.GO_ON: go_on,
    Verb.AGAIN: again,
    Verb.DRAFTS: drafts,
    Verb.PREVIEW: preview,
    Verb.STATUS: state,
    Verb.WHO: who,
}
