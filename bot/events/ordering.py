"""Staff change an event or call it off by text: what it would come to is tried and taken back, so that what is shown is what leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.announcements.price import Price
from conversations.events import changes
from conversations.events.changes import Announceable, Change, DoChange, Plan, PlanOf, ReadMove
from conversations.events.event import Event
from conversations.words import _, as_is
from locales import gathering
from storage.announcements import authors, drafts
from storage.announcements.tables import Stage
from storage.database import Stale
from storage.events import announced, checks, events, series, views
from storage.gate import audit, locks
from storage.people import Known

from .. import gate
from ..announcements import bodies
from ..announcements.costing import Costing
from ..announcements.terms import Terms
from ..turning import Answers, At, Does
from . import changing
from .making import in_words

LookedUp = Announceable | ReadMove | PlanOf


class _Same(Exception):
    """It is so already."""


@dataclass(frozen=True)
class Ordering:
    """In one transaction, for one who may announce."""

    connection: Connection
    known: Known
    now: datetime
    terms: Terms

    def answer(self, query: LookedUp) -> Any:
        match query:
            case Announceable(code):
                return self.called(code)
            case ReadMove(text):
                here = self.now.astimezone(ZoneInfo(self.known.school_timezone))
                return gathering.moved(text, here.date(), self.known.language or "en")
            case PlanOf(change):
                return self.plan(change)

    @property
    def schools(self) -> list[Any]:
        """Where they may; nowhere if they are locked, or may be somebody else."""
        if self.known.doubted or locks.locked(self.connection, self.known.person_id):
            return []
        return authors.schools(self.connection, self.known.person_id)

    def called(self, code: str) -> Event | None:
        found = (events.named(self.connection, school.id, code) for school in self.schools)
        row = next((row for row in found if row is not None), None)
        return row and views.view(self.connection, series.session_now(self.connection, row, self.now))

    def plan(self, change: Change) -> Plan:
        row = events.by_id(self.connection, change.event)
        school = next((each for each in self.schools if row is not None and each.id == row.school_id), None)
        if row is None or school is None:
            return Plan(wrong=_("That event is not yours to change."))
        if row.stage not in events.ALIVE and not change.off:
            return Plan(row.title, wrong=_("{title} is over or called off.", title=as_is(row.title)))
        trial = self.connection.begin_nested()
        try:
            return self._told(row, school, self.do(change, row))
        except checks.EventProblem as problem:
            return Plan(row.title, wrong=in_words(problem))
        except _Same:
            return Plan(row.title, wrong=_("{title} was that already.", title=as_is(row.title)))
        finally:
            trial.rollback()

    def do(self, change: Change, row: Any) -> int | None:
        """The number of what tells of it; None if nobody need hear."""
        if change.off:
            done: object = changing.cancel(self.connection, row.id, self.now, whole=change.whole)
        else:
            wanted = {"starts_at": change.starts, "ends_at": change.ends, "place": change.place or None}
            given = {name: value for name, value in wanted.items() if value is not None}
            done = (changing.change_all if change.whole else changing.change)(self.connection, row.id, self.now, **given)
        if not done:
            raise _Same
        # what was scheduled about it before was dropped for this
        return next((each.id for each in announced.about(self.connection, row, announced.OF_EVENT, stages=(Stage.SCHEDULED,))), None)

    def _told(self, row: Any, school: Any, number: int | None) -> Plan:
        found = drafts.draft(self.connection, number) if number is not None else None
        if found is None:
            return Plan(row.title)
        price: Price = Costing(self.connection, school, self.now, self.terms).price(found)
        said, zone = bodies.in_each(self.connection, found), ZoneInfo(school.timezone)
        texts = tuple((part.language, said[part.language]) for part in price.parts)
        return Plan(row.title, texts, price, found.send_at and found.send_at.astimezone(zone), self.now.astimezone(zone))

    def apply(self, effect: DoChange) -> None:
        """`Stale` if a word or a number has changed in the same moment: all is heard again."""
        plan, row = self.plan(effect.change), events.by_id(self.connection, effect.change.event)
        if plan.wrong is not None or (effect.proved is None) != (plan.people == 0):
            raise Stale
        about = {"event": row.id, "what": "off" if effect.change.off else "changed"}
        if effect.proved is None:
            audit.write(self.connection, self.now, person_id=self.known.person_id, action="event", outcome="done", about=about)
        elif changes.proving(effect.change, plan).digest == effect.proved.digest:
            gate.spend(self.connection, self.known, effect.proved, self.now, about)
        else:
            raise Stale
        self.do(effect.change, row)


def _desk(at: At) -> Ordering:
    return Ordering(at.connection, at.known, at.now, at.rules.terms)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query))
DOES: Does = {DoChange: lambda at, effect: _desk(at).apply(effect)}
