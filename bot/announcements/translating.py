"""The human translation loop: who is asked, nudged and asked next; what an edit sends back; and who hears that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection

import locales
from conversations.announcements import translating as words
from conversations.announcements.translating import AskForTranslation, Pending, PendingOf, TaskOf, Translated
from conversations.gate import ANNOUNCE, may
from conversations.words import Words
from storage import outbox, people
from storage.announcements import drafts, translating, translators
from storage.announcements.translating import Waiting
from storage.people import Known
from storage.tables import Kind

from .. import rendering
from ..turning import Answers, At, Does
from . import daytime

if TYPE_CHECKING:
    from ..house import House

log = structlog.get_logger()

NUDGE_AT = 0.5
"""Of the time a translator has: then they are asked once more."""
EVERY = timedelta(seconds=20)


@dataclass(frozen=True)
class Loop:
    """The loop at one moment, in one transaction. `hours` of daytime are what a translator has."""

    connection: Connection
    now: datetime
    hours: float

    def answer(self, query: TaskOf | PendingOf, known: Known) -> object:
        if isinstance(query, TaskOf):
            return translating.task_of(self.connection, known, query.number, query.language)
        return self.pending(known, query.number)

    def pending(self, known: Known, number: int) -> tuple[Pending, ...] | None:
        """What a draft lacks, for somebody who may announce at its school."""
        row = drafts.row_of(self.connection, number)
        if row is None or row.stage not in translating.OPEN or not announces(self.connection, known.person_id, row.school_id):
            return None
        return tuple(self._pending(row, tag) for tag in translating.lacking(self.connection, number))

    def _pending(self, row: Any, tag: str) -> Pending:
        kept = translating.text_of(self.connection, row.id, tag)
        asked = kept is not None and kept.due_at is not None
        nobody = not asked and translators.next_after(self.connection, row.school_id, tag, None, but=row.author_id) is None
        return Pending(tag, asked, nobody, self._said(row, kept.asked_at if asked and kept.asked_at else self.now))

    def apply(self, effect: AskForTranslation | Translated, known: Known) -> None:
        if isinstance(effect, AskForTranslation):
            self.ask(effect.number, effect.languages)
        else:
            self.approve(known, effect)

    def ask(self, number: int, languages: tuple[str, ...]) -> None:
        """Ask the first who can be asked for each language. Who has it before them is not asked again."""
        row = translating.hold(self.connection, number)
        for tag in languages if row is not None else ():
            kept = translating.text_of(self.connection, number, tag)
            if kept is None or kept.due_at is None:
                self._ask_next(row, tag, None)

    def approve(self, known: Known, effect: Translated) -> None:
        """Keep what was written and approved; the author hears of it, unless it was she."""
        row = translating.approve(self.connection, known, effect, self.now)
        if row.author_id != known.person_id:
            self._tell_author(row, words.approved(row.id, effect.language, translating.lacking(self.connection, row.id)))

    def source_changed(self, number: int, before: str, *, by: int | None) -> None:
        """An edit of the source: every translation is stale, and goes back to whoever wrote it, with what changed.

        Call it after the new source is written. Who has changed it and translates it too (`by`) sees that it is stale.
        """
        source, row = drafts.source_of(self.connection, number), translating.hold(self.connection, number)
        for text in translating.written(self.connection, number) if source and row is not None and source[1] != before else ():
            writer = text.written_by if text.body is not None else text.asked_of
            if source is not None and writer is not None and writer != by:
                self._send_back(row, text.language, writer, before, source[1])

    def _send_back(self, row: Any, tag: str, writer: int, before: str, after: str) -> None:
        known = translators.reach(self.connection, writer)
        if known is None or not self._can(known, row, tag):
            self._ask_next(row, tag, None)
        elif daytime.is_day(self.now, self._zone(row)):
            self._tell(known, words.changed(row.id, tag, before, after, self._said(row, self.now)))
            self._asked(row, tag, writer)
        else:
            self._ask(row, tag, known)

    def fall_due(self, waiting: Waiting) -> bool:
        """One nudge, then the next translator; when nobody is left, the author hears it. False: it is not due any more."""
        row = translating.hold(self.connection, waiting.number)
        kept = translating.text_of(self.connection, waiting.number, waiting.language)
        if row is None or kept is None or kept.due_at is None or kept.due_at > self.now:
            return False
        if not daytime.is_day(self.now, self._zone(row)):
            translating.postpone(self.connection, waiting, daytime.morning(self.now, self._zone(row)))
            return False
        asked = None if kept.asked_of is None else translators.reach(self.connection, kept.asked_of)
        if asked is None or not self._can(asked, row, waiting.language) or (kept.asked_at is not None and kept.nudged):
            self._ask_next(row, waiting.language, kept.asked_of)
        elif kept.asked_at is None:
            self._ask(row, waiting.language, asked)
        else:
            until = daytime.after(kept.asked_at, self.hours, self._zone(row))
            self._tell(asked, words.still_wanted(row.id, waiting.language, self._said(row, kept.asked_at)))
            translating.nudged(self.connection, row.id, waiting.language, max(until, self.now + EVERY))
        return True

    def _ask_next(self, row: Any, tag: str, last: int | None) -> None:
        found = translators.next_after(self.connection, row.school_id, tag, last, but=row.author_id)
        if found is not None:
            self._ask(row, tag, found)
            return
        listed = translators.order(self.connection, row.school_id, tag)
        self._tell_author(row, (words.nobody_left if listed else words.nobody_listed)(row.id, tag))
        translating.ask(self.connection, row.id, tag, of=None, at=None, due=None)
        log.info("nobody_translates", announcement=row.id, language=tag)

    def _ask(self, row: Any, tag: str, to: Known) -> None:
        """By day; at night it is noted for the morning."""
        if not daytime.is_day(self.now, self._zone(row)):
            due = daytime.morning(self.now, self._zone(row))
            translating.ask(self.connection, row.id, tag, of=to.person_id, at=None, due=due)
            return
        source = drafts.source_of(self.connection, row.id)
        self._tell(to, words.wanted(row.id, tag, source[1] if source else "", self._said(row, self.now)))
        self._asked(row, tag, to.person_id)

    def _asked(self, row: Any, tag: str, person_id: int) -> None:
        due = daytime.after(self.now, self.hours * NUDGE_AT, self._zone(row))
        translating.ask(self.connection, row.id, tag, of=person_id, at=self.now, due=due)

    def _can(self, known: Known, row: Any, tag: str) -> bool:
        """They are still on the list, and can be asked."""
        listed = tag in translators.tags_of(self.connection, known.person_id, row.school_id)
        return listed and translators.can_be_asked(self.connection, known, row.school_id)

    def _said(self, row: Any, asked_at: datetime) -> datetime | time:
        """Until when somebody has it who was asked then, as it is said to them."""
        return daytime.said(daytime.after(asked_at, self.hours, self._zone(row)), self.now, self._zone(row))

    def _zone(self, row: Any) -> str:
        return translating.zone_of(self.connection, row.school_id)

    def _tell_author(self, row: Any, alert: Words) -> None:
        author = None if row.author_id is None else translators.reach(self.connection, row.author_id)
        if author is not None and author.stopped_at is None:
            self._tell(author, alert)

    def _tell(self, to: Known, alert: Words) -> None:
        tell(self.connection, to, alert, self.now)


def announces(connection: Connection, person_id: int, school_id: int) -> bool:
    """Whether somebody may announce at a school at all."""
    return any(may(role, ANNOUNCE) for role in people.roles(connection, person_id, school_id))


def tell(connection: Connection, to: Known, alert: Words, now: datetime) -> None:
    """Text somebody at work, at once."""
    said = rendering.Rendered(locales.render(alert, to.language or "en"))
    outbox.write(connection, rendering.rows(to, Kind.ALERT, said, now))


async def go_on(house: House, now: datetime) -> None:
    """Everything that falls due in the loop, each in a transaction of its own."""
    for waiting in await house.database.run(partial(translating.due, now=now)):
        if await house.database.run(partial(_fall_due, waiting=waiting, now=now, hours=house.settings.translate_hours)):
            house.wake()


def _fall_due(connection: Connection, waiting: Waiting, now: datetime, hours: float) -> bool:
    return Loop(connection, now, hours).fall_due(waiting)


def _loop(at: At) -> Loop:
    return Loop(at.connection, at.now, at.rules.terms.translate_hours)


ANSWERS: Answers = dict.fromkeys((TaskOf, PendingOf), lambda at, query: _loop(at).answer(query, at.known))
DOES: Does = dict.fromkeys((AskForTranslation, Translated), lambda at, effect: _loop(at).apply(effect, at.known))
