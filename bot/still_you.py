"""Ask a number that was silent for long whether it is still the same person, before anything else of ours goes there."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from conversations.dialogue import Hearing
from conversations.flows import FLOWS
from conversations.reply import Reply
from conversations.state import Memory, Unreadable
from storage import doubts, people
from storage.tables import Kind

from . import metrics
from .inbox import drive, finish, who_is
from .turning import At, Rules

log = structlog.get_logger()


def ask(connection: Connection, address_id: int, now: datetime, rules: Rules) -> int:
    """Put the question on the screen, over whatever was there; how many texts that is. Once: who does not answer rests."""
    known = people.by_address_id(connection, address_id)
    if known is None or not known.doubted or known.stopped_at is not None or known.unreachable_at is not None:
        return 0
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable as unreadable:
        log.error("memory_unreadable", address_id=address_id, why=str(unreadable))  # noqa: TRY400 - the reason is the message
        metrics.ALARMS.labels("memory_unreadable").inc()
        return 0
    if not doubts.ask_once(connection, address_id, now):
        return 0
    turns = Hearing(FLOWS, Memory(questions=memory.questions), Reply(""), who_is(known)).start("still_you")
    return finish(connection, known, drive(turns, At(connection, known, now, rules)), Kind.STILL_YOU, now=now, rules=rules)
