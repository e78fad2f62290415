"""The clock's part in introducing imported people: a few at a time, in school hours, and not when too many leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from conversations.dialogue import Hearing
from conversations.flows import FLOWS
from conversations.reply import Reply
from conversations.state import Memory, Unreadable
from storage import people
from storage.roster import waves
from storage.roster.tables import Stage
from storage.roster.waves import Week
from storage.tables import Kind

from . import metrics
from .house import House
from .inbox import drive, finish, who_is
from .turning import At, Rules

log = structlog.get_logger()

EVERY = timedelta(minutes=5)
FROM, TO = time(9), time(18)
"""By the school's clock, Monday to Friday: when somebody is there to answer."""
ROUNDS = 20
"""A day's wave goes out in at most so many parts, so that it can halt half-way."""
FEWEST_AT_ONCE = 10
QUIET = timedelta(minutes=15)
"""Who is just talking with us is introduced later."""
_SATURDAY = 5


@dataclass(frozen=True)
class Begun:
    """One round of one school: how many texts were written, or that it is halted now."""

    keyword: str
    texts: int = 0
    halted: Week | None = None


async def go_on(house: House, now: datetime) -> None:
    """One round for every school that has somebody to introduce."""
    wave = house.settings.wave
    for school in await house.database.run(waves.schools_waiting) if wave > 0 else ():
        if in_hours(now, school.timezone):
            begun = await house.database.run(partial(begin, school=school, now=now, wave=wave, rules=house.rules))
            _note(begun)
            if begun.texts:
                house.wake()


def _note(begun: Begun) -> None:
    if begun.halted is not None:
        log.error("introductions_halted", school=begun.keyword, introduced=begun.halted.introduced, lost=begun.halted.lost)
        metrics.ALARMS.labels("introductions_halted").inc()
    elif begun.texts:
        log.info("introductions_begun", school=begun.keyword, texts=begun.texts)


def in_hours(now: datetime, zone: str) -> bool:
    local = now.astimezone(ZoneInfo(zone))
    return local.weekday() < _SATURDAY and FROM <= local.time() < TO


def begin(connection: Connection, school: Any, now: datetime, wave: int, rules: Rules) -> Begun:
    """Introduce the next few of a school, or halt."""
    keyword = school.keyword.upper()
    week = waves.week(connection, school.id, now)
    if week.halted_at is not None:
        return Begun(keyword)
    if week.too_many:
        waves.halt(connection, school.id, now)
        return Begun(keyword, halted=week)
    midnight = datetime.combine(now.astimezone(ZoneInfo(school.timezone)).date(), time(), ZoneInfo(school.timezone))
    room = min(wave - waves.started_since(connection, school.id, midnight), max(FEWEST_AT_ONCE, wave // ROUNDS))
    found = waves.next_ones(connection, school.id, max(0, room), quiet_since=now - QUIET)
    return Begun(keyword, sum(introduce(connection, address_id, keyword, now, rules) for address_id in found))


def introduce(connection: Connection, address_id: int, keyword: str, now: datetime, rules: Rules) -> int:
    """Put the introduction on one screen, over whatever was open there; how many texts that is."""
    known = people.by_address_id(connection, address_id)
    if known is None:
        return 0
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable as unreadable:
        log.error("memory_unreadable", address_id=address_id, why=str(unreadable))  # noqa: TRY400 - the reason is the message
        metrics.ALARMS.labels("memory_unreadable").inc()
        waves.move_on(connection, address_id, Stage.BROKEN, sent_at=now)
        return 0
    waves.move_on(connection, address_id, Stage.SENT, sent_at=now)
    turns = Hearing(FLOWS, memory, Reply(""), who_is(known)).start("introduce", school=keyword)
    return finish(connection, known, drive(turns, At(connection, known, now, rules)), Kind.INTRODUCTION, now=now, rules=rules)
