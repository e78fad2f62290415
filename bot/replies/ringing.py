"""Calls that were promised for an hour: who is offered which, who is told that it is theirs, and what follows when nobody rang."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import locales
from conversations.dialogue import Hearing
from conversations.effects import AskForCall
from conversations.flows import FLOWS
from conversations.replies import calls as words
from conversations.replies.calls import CallHour, CallHours
from conversations.reply import Reply
from conversations.state import Memory, Unreadable
from conversations.words import Words
from storage import calls, outbox, people
from storage.people import Known
from storage.replies import duty, windows
from storage.tables import Kind

from .. import rendering
from ..nights import quiet_until
from ..turning import Answers, At, Does, Rules

if TYPE_CHECKING:
    from ..house import House

PATIENCE = timedelta(minutes=30)
"""So long after its hour a call may still come."""


def hours(connection: Connection, known: Known, now: datetime) -> tuple[CallHour, ...] | None:
    """The next hours with room at their school, by its clock."""
    found = windows.offered(connection, known.school_id, known.school_timezone, now)
    if found is None:
        return None
    zone = ZoneInfo(known.school_timezone)
    today = now.astimezone(zone).date()
    local = [(slot, slot.begins_at.astimezone(zone).replace(tzinfo=None), slot.ends_at.astimezone(zone).time()) for slot in found]
    return tuple(CallHour(slot.begins_at.isoformat(), begins, ends, (begins.date() - today).days) for slot, begins, ends in local)


def ask(connection: Connection, known: Known, effect: AskForCall, now: datetime) -> None:
    """Somebody wants to be rung, in an hour of theirs or whenever it suits."""
    slot = windows.take(connection, known.school_id, known.school_timezone, effect.hour, now) if effect.hour else None
    promised = {"begins_at": slot.begins_at, "ends_at": slot.ends_at, "person_id": slot.person_id} if slot is not None else {}
    wish = partial(calls.ask, connection, school_id=known.school_id, address_id=known.address_id, when=effect.when)
    wish(number=effect.number, why=effect.why, now=now, promised=promised)


# The clock


async def go_on(house: House, now: datetime) -> None:
    told = await house.database.run(partial(begin, now=now))
    overdue = await house.database.run(partial(windows.overdue, before=now - PATIENCE))
    missed: Counter[int] = Counter()
    for row in overdue:
        if await house.database.run(partial(miss, row=row, now=now, rules=house.rules)):
            missed[row.school_id] += 1
    for school_id, n in missed.items():
        await house.database.run(partial(tell_coordinators, school_id=school_id, n=n, now=now))
    if told or missed:
        house.wake()


def begin(connection: Connection, now: datetime) -> int:
    """The hour has come: whoever rings is told how many; who is away, the next."""
    shares: Counter[tuple[int, datetime, str]] = Counter()
    for row in windows.beginning(connection, now):
        who = windows.rings(connection, row.school_id, row.person_id, now)
        if who is not None:
            windows.told(connection, row.id, who, now)
            shares[who, row.ends_at, row.timezone] += 1
    for (who, ends_at, zone), n in shares.items():
        if (to := duty.reach(connection, who)) is not None:
            _tell(connection, to, words.yours(n, ends_at.astimezone(ZoneInfo(zone)).time()), now)
    return len(shares)


def miss(connection: Connection, row: Any, now: datetime, rules: Rules) -> bool:
    """Nobody rang: the family is told by day, kindly, and offered the next hour; once."""
    from ..inbox import drive, finish, who_is  # noqa: PLC0415 - it stands on what we stand on

    known = people.by_address_id(connection, row.address_id)
    if known is None or quiet_until(now, known.school_timezone) is not None or not windows.missed(connection, row.id, now):
        return False
    if known.stopped_at is not None or known.doubted:
        return True
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable:
        return True  # their next message sounds the alarm
    when = row.begins_at.astimezone(ZoneInfo(known.school_timezone)).replace(tzinfo=None).isoformat()
    hearing = Hearing(FLOWS, memory, Reply(""), who_is(known))
    turn = drive(hearing.start("call_missed", when=when), At(connection, known, now, rules))
    finish(connection, known, turn, Kind.CHANGE, now=now, rules=rules)
    return True


def tell_coordinators(connection: Connection, school_id: int, n: int, now: datetime) -> None:
    for to in people.staff_addresses(connection, school_id, ("coordinator",)):
        if to.stopped_at is None:
            _tell(connection, to, words.missed(n), now)


def _tell(connection: Connection, to: Known, said: Words, now: datetime) -> None:
    rendered = rendering.Rendered(locales.render(said, to.language or "en"))
    outbox.write(connection, rendering.rows(to, Kind.ALERT, rendered, now))


ANSWERS: Answers = {CallHours: lambda at, _query: hours(at.connection, at.known, at.now)}
DOES: Does = {AskForCall: lambda at, effect: ask(at.connection, at.known, effect, at.now)}
