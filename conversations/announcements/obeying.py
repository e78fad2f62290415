"""What the orders TRANSLATE, URGENT, APPROVE and TEMPLATES begin."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from .approving import ToApprove
from .orders import Order, Verb
from .translating import NoTask, PendingOf, TaskOf
from .urgent import TemplateCalled, UrgentOf

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn
    from ..talk import Json, LookUp


def translate(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """A translator writes; an author without the language asks for it. What is open may name the draft: TR alone."""
    if order.text and order.number is None:
        return None  # a sentence that begins with "translation"
    number = order.number or _open_draft(hearing)
    task = yield TaskOf(number)
    if not isinstance(task, NoTask):
        about: dict[str, Json] = {"number": task.number, "language": task.language, "digest": task.digest}
        about |= {"text": order.text} if order.text else {"choose": task.own and task.others}
        return (yield from hearing.start("translate", pause=True, **about))
    if number and (yield PendingOf(number)) is not None:
        return (yield from hearing.start("ask_translator", number=number))
    return (yield from hearing.start("no_task", number=number, why=task.value))


def urgent(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """A template by its name, or one of the list. Where something is being written, other words behind URGENT are a piece of it."""
    slug = (yield TemplateCalled(order.text)) if order.text else ""
    if order.text and not slug and hearing.drafting:
        return None
    if order.number and (found := (yield UrgentOf(order.number))) is not None and found.mine and not found.open:
        return (yield from hearing.start("urgent_send", number=order.number))
    about: dict[str, Json] = {"template": slug} if slug else {}
    about |= {"free": True} if order.number or (order.text and not slug) else {}
    return (yield from hearing.start("urgent", pause=True, **about))


def approve(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """The second yes to something urgent. Without a number it is the newest they were asked for, or a word of what is open."""
    if order.number is None and (order.text or hearing.drafting):
        return None
    found = yield UrgentOf(order.number or 0)
    if found is None and order.number is None:
        return None
    return (yield from hearing.start("approve", number=found.number if found is not None else order.number or 0))


def templates(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """The urgent texts that wait for them. In the middle of writing, the word may be a piece of it."""
    if order.verb is not Verb.TEMPLATES or hearing.drafting or (yield ToApprove()) is None:
        return None
    return (yield from hearing.start("templates"))


def call_list(hearing: Hearing, order: Order) -> Generator[LookUp[Any], Any, Turn | None]:
    """CALL LIST 27, with the name of who rings them or without."""
    if order.verb is not Verb.CALL_LIST or order.number is None:
        return None
    about: dict[str, Json] = {"name": order.text} if order.text else {}
    return (yield from hearing.start("call_list", pause=True, number=order.number, **about))


def _open_draft(hearing: Hearing) -> int:
    """The draft that the open conversation is about; 0 if it is about none."""
    return int(hearing.memory.open.about.get("number", 0)) if hearing.memory.open is not None else 0


OBEY = {Verb.TRANSLATE: translate, Verb.URGENT: urgent, Verb.APPROVE: approve, Verb.TEMPLATES: templates, Verb.CALL_LIST: call_list}
