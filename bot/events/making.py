"""What a conversation looks up, and keeps, while somebody makes an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events import making as words
from conversations.events.event import APPOINTMENT
from conversations.events.making import Checked, CheckEvent, Here, KeepEvent, Plan, ReadEvent
from conversations.words import Words
from locales import gathering
from storage.announcements import authors
from storage.events import checks, slots
from storage.events.events import New
from storage.people import Known

from ..turning import Answers
from . import keeping

LookedUp = ReadEvent | CheckEvent | KeepEvent | Here


@dataclass(frozen=True)
class Making:
    """In one transaction, for one of the staff, at the school they talk with or else the first where they may."""

    connection: Connection
    known: Known
    now: datetime

    def answer(self, query: LookedUp) -> Any:
        match query:
            case Here():
                return self.local
            case ReadEvent(text):
                return gathering.read(text, self.local.date(), self.known.language or "en")
            case CheckEvent(plan):
                return self.check(plan)
            case KeepEvent(plan, language):
                return self.keep(plan, language).invitation

    @property
    def school(self) -> Any:
        mine = authors.schools(self.connection, self.known.person_id)
        return next((school for school in mine if school.id == self.known.school_id), mine[0])

    @property
    def local(self) -> datetime:
        return self.now.astimezone(ZoneInfo(self.school.timezone))

    def check(self, plan: Plan) -> Checked:
        try:
            if plan.every and not 0 < len(plan.times) <= slots.MOST:
                raise checks.NoTimes(plan.title)
            return Checked(keeping.check(self.connection, self.school, _new(plan), self.now))
        except checks.EventProblem as problem:
            return Checked(wrong=in_words(problem))

    def keep(self, plan: Plan, language: str) -> keeping.Made:
        return keeping.make(
            self.connection,
            self.school,
            _new(plan),
            self.now,
            description=plan.description,
            language=language,
            author_id=self.known.person_id,
            times=plan.times,
            sessions=plan.sessions,
        )


def _new(plan: Plan) -> New:
    more = {"place": plan.place, "capacity": plan.capacity, "childcare": plan.childcare, "rides": plan.rides, "meal": plan.meal}
    if plan.every:
        more["kind"] = APPOINTMENT
    return New(plan.code, plan.title, plan.starts, plan.ends, more={**more, "interpreters": list(plan.interpreters)})


def in_words(problem: checks.EventProblem) -> Words:
    """The same sentence in the reader's language, by the school's clock."""
    match problem:
        case checks.EndsBeforeStart(starts=starts, ends=ends):
            return words.ends_before(starts, ends)
        case checks.StartsInThePast(starts=starts):
            return words.in_the_past(starts)
        case checks.CodeTaken(code=code, title=title, starts=starts):
            return words.taken(code, title, starts)
        case checks.BadCode(code=code):
            return words.bad_code(code)
        case checks.DeadlineAfterStart(until=until, starts=starts):
            return words.late_deadline(until, starts)
        case checks.NoTimes(title=title):
            return words.no_times(title)
        case checks.HasTimes(title=title):
            return words.has_times(title)
        case checks.TooFewPlaces(limit=there, taken=has):
            return words.too_few(there, has)
        case _:
            return words.no_title()


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: Making(at.connection, at.known, at.now).answer(query))
