"""The clock's part in announcements: start what is due, write its rows, wake what is held, and say how it went.

All of it in small units, so that replies go on in between, and all of it again after a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

import locales
from conversations import gate
from conversations.announcements import telling
from conversations.announcements import urgent as asking
from conversations.words import Words
from storage import people
from storage.announcements import course, drafts, ledger, planning, urgent
from storage.announcements.course import Alive
from storage.announcements.tables import Stage
from storage.tables import Kind

from .. import nights
from ..house import House
from .telling import tell

log = structlog.get_logger()

BATCHES = 25
"""Of rows that are written, or woken, at one look: some tens of thousands of people."""
LOOK_EVERY = timedelta(seconds=10)
"""Between two looks at whether an announcement is through."""
SETTLES = timedelta(minutes=5)
"""After the last text has left, the carriers still tell what became of it."""


class Running:
    """What one process remembers between two looks: nothing that matters."""

    def __init__(self) -> None:
        self.next_look: dict[int, datetime] = {}
        self.sorted: set[int] = set()
        """Announcements whose rows for channels that are not set up were skipped; which those are changes only with a restart."""

    async def go_on(self, house: House, now: datetime) -> None:
        """One look at everything that is held, scheduled, runs or rests."""
        await _repeat(house, partial(course.wake, now=now))
        for each in await house.database.run(course.alive):
            await self._go_on_with(house, each, now)

    async def _go_on_with(self, house: House, each: Alive, now: datetime) -> None:
        if each.stage is Stage.SCHEDULED and not (
            _due(each, now) and await house.database.run(partial(start, number=each.number, now=now))
        ):
            return
        if not each.planned and each.stage is not Stage.PAUSED:
            await _repeat(house, partial(planning.plan, number=each.number, now=now))
        elif each.planned and each.number not in self.sorted:
            await house.database.run(partial(course.without_channel, number=each.number, channels=frozenset(house.channels)))
            self.sorted.add(each.number)
        if now >= self.next_look.get(each.number, now):
            self.next_look[each.number] = now + LOOK_EVERY
            if await house.database.run(partial(look, number=each.number, now=now)):
                house.wake()


def _due(each: Alive, now: datetime) -> bool:
    return each.send_at is None or each.send_at <= now


async def _repeat(house: House, unit: Callable[[Connection], object]) -> None:
    """As long as there is more to do, but not for ever: the rest at the next look."""
    for _batch in range(BATCHES):
        more = await house.database.run(unit)
        house.wake()
        if not more:
            return


def start(connection: Connection, number: int, now: datetime) -> bool:
    """Freeze whom it goes to. False if it does not start: who wrote it may no more, or a required language is not approved."""
    found, row = drafts.draft(connection, number), drafts.row_of(connection, number)
    if found is None or row.stage != Stage.SCHEDULED:
        return False
    if (refused := _refused(connection, row)) is not None:
        why, words = refused
        drafts.set_stage(connection, number, Stage.CANCELLED, of=(Stage.SCHEDULED,), why=why, ended_at=now)
        tell(connection, row.author_id, words, now)
        return False
    if found.lacking:
        drafts.set_stage(connection, number, Stage.DRAFT, of=(Stage.SCHEDULED,), why="text", digest="")
        tell(connection, row.author_id, telling.not_approved(number, ", ".join(text.language for text in found.lacking)), now)
        return False
    begun = planning.freeze(connection, found, now, lines(planning.others(connection, found, now)))
    log.info("announcement_started", announcement=number, kind=found.kind)
    return begun


def _refused(connection: Connection, row: Any) -> tuple[str, Words] | None:
    """Why it never starts, and what its author hears; None if nothing is against it."""
    if row.author_id is not None and not _may(connection, row.author_id, row.school_id):
        return "role", telling.not_yours(row.id)
    if row.kind == Kind.URGENT and not urgent.agreed(connection, row.id):
        return "second person", asking.nobody_agreed(row.id)
    return None


def _may(connection: Connection, person_id: int, school_id: int) -> bool:
    return any(gate.may(role, gate.ANNOUNCE) for role in people.roles(connection, person_id, school_id))


def lines(languages: list[str]) -> dict[str, str]:
    """By language, the line under a text in another: in theirs where we speak it, else in English."""
    return {tag: locales.render(telling.help_at_hand(), tag if tag in locales.LANGUAGES else "en") for tag in languages}


def look(connection: Connection, number: int, now: datetime) -> bool:
    """Whether its time is over, whether it is through, whether it is done; and say so. True if there is something to send."""
    row = drafts.row_of(connection, number)
    if row.until is not None and row.until <= now:
        course.too_late(connection, number, now)
    if not row.planned:
        return False
    open_now = course.progress(connection, number)
    if open_now.opened or (open_now.last is not None and open_now.last > now - SETTLES):
        return False
    if row.kind != Kind.URGENT and nights.quiet_until(now, people.zone_of(connection, row.school_id)):
        return False
    if not open_now.rests:
        drafts.set_stage(connection, number, Stage.DONE, of=(Stage.RUNNING,), ended_at=now)
    if row.stage != Stage.RUNNING or not course.told(connection, number):
        return False
    books = ledger.account(connection, number)
    tell(connection, row.author_id, telling.through(number, books.reached, books.intended, books.waiting), now)
    log.info("announcement_through", announcement=number, intended=books.intended, reached=books.reached, waiting=books.waiting)
    return True
