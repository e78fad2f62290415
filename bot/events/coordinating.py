"""What staff look up about events by text, and what they change. Whose school it is, is seen to here; every change is logged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events.coordinating import Answering, Counts, CountsComing, CountsOf, LanguageIn, MayHold, OnPaper, PaperIn, Room
from conversations.events.event import PEOPLE, PartStat
from conversations.events.household import Word
from conversations.folding import fold
from locales import LANGUAGES, audience
from locales.lexicon import entries
from storage import people
from storage.events import attendance, events, lifecycle, places, reports, views
from storage.events.attendance import Line
from storage.events.reports import Count
from storage.gate import audit, locks
from storage.people import Known

from ..desk import ROLES
from ..turning import Answers, Does

LookedUp = CountsOf | CountsComing | LanguageIn | MayHold | PaperIn
Done = Answering | Room | OnPaper
MOST_ON_PAPER = 5000
_COUNTED = re.compile(r"(\d{1,4}) ([^\W\d_]+)")


@dataclass(frozen=True)
class Coordinating:
    """In one transaction, for one of the staff."""

    connection: Connection
    known: Known
    now: datetime

    def answer(self, query: LookedUp) -> Any:
        match query:
            case CountsOf(code):
                row = self.called(code)
                return row and self.counts(row)
            case CountsComing():
                return tuple(self.counts(row) for row in events.coming(self.connection, self.now, *self.schools))
            case LanguageIn(text):
                return audience.labels().get(text)
            case MayHold(event, capacity):
                taken = places.taken(self.connection, event, PEOPLE)
                return taken if taken > capacity else None
            case PaperIn(text):
                return _on_paper(text)

    def apply(self, effect: Done) -> None:
        audit.write(self.connection, self.now, person_id=self.known.person_id, action="event", outcome="done", about=_about(effect))
        match effect:
            case Answering(event, True):
                lifecycle.reopen(self.connection, event, self.now)
            case Answering(event):
                lifecycle.close(self.connection, event, self.now)
            case Room(event, capacity):
                events.change(self.connection, event, self.now, capacity=capacity)
            case OnPaper(event, adults, children):
                attendance.strike_paper(self.connection, event)
                attendance.on_paper(self.connection, event, [Line(adults, children)], self.now)

    @property
    def schools(self) -> list[int]:
        """Where they may ask: who rings families may; not whoever is locked, or may be somebody else."""
        if self.known.doubted or locks.locked(self.connection, self.known.person_id):
            return []
        theirs = views.schools_of(self.connection, self.known)
        return [each for each in theirs if not ROLES.isdisjoint(people.roles(self.connection, self.known.person_id, each))]

    def called(self, code: str) -> Any:
        found = (events.named(self.connection, each, code) for each in self.schools)
        return next((row for row in found if row is not None), None)

    def counts(self, row: Any) -> Counts:
        report = reports.report(self.connection, row.id)
        room = report.places.get(PEOPLE)
        answered = report.answers
        return Counts(
            event=row.id,
            code=row.code,
            title=row.title,
            starts=row.starts_at.astimezone(ZoneInfo(row.zone)),
            stage=str(row.stage),
            coming=_of(answered.get(PartStat.ACCEPTED, Count())),
            perhaps=answered.get(PartStat.TENTATIVE, Count()).households,
            declined=answered.get(PartStat.DECLINED, Count()).households,
            silent=report.unanswered,
            held=room.held if room is not None else 0,
            capacity=row.capacity,
            waiting=room.waiting if room is not None else 0,
            came=_of(report.came),
            interpreters=report.needs.get("interpreter", {}),
            kind=row.kind,
        )


def _of(count: Count) -> tuple[int, int, int]:
    return count.households, count.adults, count.children


def _about(effect: Done) -> dict[str, str | int]:
    return {"what": type(effect).__name__, **vars(effect)}


def _on_paper(text: str) -> tuple[int, int] | None:
    """Of a whole hall, so more than one household can be: "23 adults 14 kids"."""
    found: dict[bool, int] = {}
    for number, word in _COUNTED.findall(fold(text)):
        young = word in _words(Word.CHILDREN)
        if not young and word not in _words(Word.ADULTS):
            return None
        found[young] = found.get(young, 0) + int(number)
    counted = found.get(False, 0), found.get(True, 0)
    return counted if 0 < sum(counted) <= MOST_ON_PAPER else None


def _words(kind: Word) -> frozenset[str]:
    return frozenset(fold(word) for tag in LANGUAGES for word in entries(tag, "household", kind.value))


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: Coordinating(at.connection, at.known, at.now).answer(query))
DOES: Does = dict.fromkeys(get_args(Done), lambda at, effect: Coordinating(at.connection, at.known, at.now).apply(effect))
