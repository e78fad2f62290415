"""What the orders TRANSLATE, URGENT and APPROVE begin."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from .orders import Order, Verb
from .translating import NoTask, PendingOf, TaskOf

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


def _open_draft(hearing: Hearing) -> int:
    """The draft that the open conversation is about; 0 if it is about none."""
    return int(hearing.memory.open.about.get("number", 0)) if hearing.memory.open is not None else 0


OBEY = {Verb.TRANSLATE: translate}
