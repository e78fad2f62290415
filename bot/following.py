"""The clock's part in asking whether help was found, and how the school sees the answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from conversations.dialogue import Hearing
from conversations.flows import FLOWS
from conversations.needs import NEEDS
from conversations.reply import Reply
from conversations.state import Memory, Unreadable
from conversations.topics import Topic
from storage import due, outcomes, preferences
from storage.due import DueRow
from storage.people import Known
from storage.tables import Kind

from . import metrics
from .inbox import drive, finish, who_is
from .turning import At, Rules

log = structlog.get_logger()

QUIET = timedelta(minutes=15)
"""Who is just talking with us is asked later."""


def fall_due(connection: Connection, known: Known, row: DueRow, now: datetime, *, morning: datetime | None, rules: Rules) -> int:
    """Ask one person, in one transaction; how many texts that is. At night, or in the middle of a talk, it waits."""
    later = morning or (known.heard_at + QUIET if now - known.heard_at < QUIET else None)
    if later is not None:
        due.set_due(connection, row.kind, row.address_id, row.revision, later)
        return 0
    if not due.is_done(connection, row.id):
        return 0
    wanted = preferences.may_receive(connection, known.person_id, Topic.SURVEYS, now) is None
    if not (wanted and outcomes.may_ask(connection, known, now) and outcomes.link(connection, known.address_id, now)):
        outcomes.erase(connection, known.address_id)
        return 0
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable as unreadable:
        log.error("memory_unreadable", address_id=known.address_id, why=str(unreadable))  # noqa: TRY400 - the reason is the message
        metrics.ALARMS.labels("memory_unreadable").inc()
        return 0
    outcomes.asked(connection, known, now)
    turns = Hearing(FLOWS, memory, Reply(""), who_is(known)).start("helped")
    return finish(connection, known, drive(turns, At(connection, known, now, rules)), Kind.FOLLOW_UP, now=now, rules=rules)


def in_words(connection: Connection, *, days: int, now: datetime) -> list[str]:
    """What was asked for and found, and whether it helped: a line for each need, then for each service, without small groups."""
    since = (now - timedelta(days=days)).date()
    needs = [_need(each) for each in outcomes.by_need(connection, since)]
    services = [f"{each.name}: {_said(each)}" for each in outcomes.by_service(connection, since)]
    if not needs:
        return [f"No need was asked for {outcomes.FEWEST} times in {days} days; smaller groups are not shown."]
    return [*needs, *(["", "Services:", *services] if services else [])]


def _need(each: outcomes.Outcome) -> str:
    split = each.split
    found = "" if split is None else f", found {split[0]}, not found {split[1]}"
    return f"{NEEDS[each.name].singular if each.name in NEEDS else each.name}: asked {each.asked}{found}; {_said(each)}"


def _said(each: outcomes.Outcome) -> str:
    if each.said is None:
        return "too few answers to show"
    yes, not_yet, no_reach = each.said
    return f"helped {yes}, not yet {not_yet}, could not reach them {no_reach}"
