"""Something urgent: who may begin it, who is asked to agree, five minutes each, and that it starts at once when one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never, get_args

import structlog
from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.announcements import urgent as words
from conversations.announcements.audience import FAMILIES, STAFF, Audience, of_school
from conversations.announcements.urgent import (
    MINUTES,
    TEMPLATES,
    Agree,
    AskSecond,
    Decline,
    Ready,
    TemplateCalled,
    Urgent,
    UrgentOf,
    UrgentReady,
    UrgentSaved,
    UrgentSchools,
)
from conversations.words import Words
from storage.announcements import audience, authors, drafts, translators, urgent
from storage.announcements.tables import Stage
from storage.database import Stale
from storage.gate import audit, locks
from storage.people import Known
from storage.tables import Kind, School

from .. import gate
from ..turning import Answers, At, Does
from . import templates
from .translating import announces, tell

if TYPE_CHECKING:
    from ..house import House

log = structlog.get_logger()

FOR_AN_ANSWER = timedelta(minutes=MINUTES)
GOOD_FOR = timedelta(hours=4)
"""What has not left so long after it started would only frighten."""
LookedUp = TemplateCalled | UrgentSchools | UrgentReady | UrgentSaved | UrgentOf
Done = AskSecond | Agree | Decline


@dataclass(frozen=True)
class Alarm:
    """Urgent announcements at one moment, in one transaction."""

    connection: Connection
    now: datetime
    channels: frozenset[str] | None = None
    """Those that are set up; None: all."""

    def answer(self, query: LookedUp, known: Known) -> object:
        match query:
            case TemplateCalled(text):
                return templates.called(text)
            case UrgentSchools():
                return tuple((each.keyword, each.name) for each in authors.schools(self.connection, known.person_id))
            case UrgentReady(keyword):
                return self.ready(known, keyword)
            case UrgentSaved():
                return self.save(query, known)
            case UrgentOf(number, reason):
                return self.urgent(known, number, reason)
            case _:
                assert_never(query)

    def apply(self, effect: Done, known: Known) -> None:
        match effect:
            case AskSecond():
                self.ask_second(effect, known)
            case Agree():
                self.agree(effect, known)
            case Decline(number):
                self.decline(number, known)
            case _:
                assert_never(effect)

    # Looked up

    def ready(self, known: Known, keyword: str) -> Ready:
        school = self._theirs(known, keyword)
        if school is None:
            return Ready()
        second = urgent.could_agree(self.connection, school.id, known.person_id)
        return Ready(may=True, lacking=templates.lacking(self.connection, school), second=len(second))

    def save(self, query: UrgentSaved, known: Known) -> int:
        """A draft in every language the school needs, in the words that were approved beforehand."""
        school = self._theirs(known, query.school)
        if school is None:
            raise authors.NotTheirs("Something urgent is of a school where its author announces.")
        about = {"template": query.slug, **_about(query)}
        texts = self._texts(school, about)
        source = known.language if known.language in texts else next(iter(texts))
        number = drafts.save(
            self.connection,
            school_id=school.id,
            author_id=known.person_id,
            kind=Kind.URGENT,
            audience=of_school(school.keyword, FAMILIES, STAFF),
            language=source,
            texts=texts,
            about=about,
            now=self.now,
        )
        kept = urgent.approvals(self.connection, school.id)
        for tag in texts:
            by = kept[query.slug, tag].approved_by if (query.slug, tag) in kept else None
            drafts.approve_text(self.connection, number, tag, by=by, now=self.now)
        return number

    def urgent(self, known: Known, number: int, reason: str = "") -> Urgent | None:
        """As its author or a listed approver sees it; 0: the newest that somebody was asked to agree to."""
        number = number or urgent.asked_of(self.connection, known.person_id) or 0
        row = drafts.row_of(self.connection, number)
        mine = row is not None and row.author_id == known.person_id
        listed = [each.person_id for each in urgent.approvers(self.connection, number)] if row is not None else []
        if row is None or row.kind != Kind.URGENT or not (mine or known.person_id in listed):
            return None
        school = self._school(row.school_id)
        texts = tuple(self._texts(school, row.about).items())
        return Urgent(
            number=number,
            slug=str(row.about["template"]),
            school=school.name,
            texts=texts,
            people=self._people(row),
            stage=str(row.stage),
            reason=reason or row.why,
            mine=mine,
            listed=known.person_id in listed and announces(self.connection, known.person_id, row.school_id),
            open=bool(listed) and row.stage == Stage.DRAFT and self._stands(row, school, dict(texts)),
        )

    def _stands(self, row: Any, school: Any, texts: Mapping[str, str]) -> bool:
        """Its author may still announce and is not locked, and its words are those that were approved."""
        author = row.author_id
        if author is None or locks.locked(self.connection, author) or not announces(self.connection, author, row.school_id):
            return False
        found = drafts.draft(self.connection, row.id)
        kept = {text.language: text.body for text in found.texts} if found is not None else {}
        return kept == dict(texts) and not templates.lacking(self.connection, school)[str(row.about["template"])]

    # Done

    def ask_second(self, effect: AskSecond, known: Known) -> None:
        """Through the author's gate; from here on the first who may agree has five minutes."""
        row, found = urgent.hold(self.connection, effect.number), self.urgent(known, effect.number, effect.reason)
        if row is None or found is None or not found.mine or found.open or found.action.digest != effect.action.digest:
            raise Stale
        gate.spend(self.connection, known, effect.action, self.now, {"announcement": effect.number})
        drafts.set_stage(self.connection, effect.number, Stage.DRAFT, of=(Stage.DRAFT,), why=effect.reason, digest=effect.action.digest)
        urgent.list_approvers(self.connection, effect.number, urgent.could_agree(self.connection, row.school_id, known.person_id))
        self.ask_next(effect.number)

    def agree(self, effect: Agree, known: Known) -> None:
        """Through the gate of the second person, to just what its author proved; it starts at once."""
        row, found = urgent.hold(self.connection, effect.number), self.urgent(known, effect.number)
        if row is None or found is None or found.mine or not (found.listed and found.open):
            raise Stale
        if effect.action.digest != row.digest:
            raise Stale
        gate.spend(self.connection, known, effect.action, self.now, {"announcement": effect.number})
        urgent.answer(self.connection, effect.number, known.person_id, "yes")
        leaves = {"send_at": self.now, "until": self.now + GOOD_FOR}
        drafts.set_stage(self.connection, effect.number, Stage.SCHEDULED, of=(Stage.DRAFT,), **leaves)
        self._tell(row.author_id, words.starts(effect.number))
        log.info("urgent_agreed", announcement=effect.number)

    def decline(self, number: int, known: Known) -> None:
        """A no is the end of it: whoever is next would not know of it."""
        row = urgent.hold(self.connection, number)
        if row is None or known.person_id not in {each.person_id for each in urgent.approvers(self.connection, number)}:
            raise Stale
        urgent.answer(self.connection, number, known.person_id, "no")
        audit.write(
            self.connection, self.now, person_id=known.person_id, action="urgent", outcome="declined", about={"announcement": number}
        )
        self._over(row, words.declined(number))

    def ask_next(self, number: int) -> None:
        """The next who was not asked yet, and can be; when nobody is left it is over, and its author hears it."""
        row = urgent.hold(self.connection, number)
        if row is None:
            return
        listed = urgent.approvers(self.connection, number)
        left = (each.person_id for each in listed if each.asked_at is None)
        to = next((each for each in left if urgent.can_agree(self.connection, each)), None)
        if to is None:
            self._over(row, words.nobody_agreed(number))
            return
        urgent.asked(self.connection, number, to, at=self.now, until=self.now + FOR_AN_ANSWER)
        if any(each.asked_at is not None for each in listed):
            self._tell(row.author_id, words.asked_next(number))
        self._ask(row, to)

    def _ask(self, row: Any, person_id: int) -> None:
        known = translators.reach(self.connection, person_id)
        found = self.urgent(known, row.id) if known is not None else None
        if known is not None and found is not None:
            texts = dict(found.texts)
            tell(self.connection, known, words.please_agree(found, texts.get(known.language or "", found.texts[0][1])), self.now)

    def _over(self, row: Any, alert: Words) -> None:
        drafts.set_stage(self.connection, row.id, Stage.CANCELLED, of=(Stage.DRAFT,), ended_at=self.now)
        self._tell(row.author_id, alert)

    def _tell(self, person_id: int | None, alert: Words) -> None:
        known = None if person_id is None else translators.reach(self.connection, person_id)
        if known is not None:
            tell(self.connection, known, alert, self.now)

    # What it stands on

    def _theirs(self, known: Known, keyword: str) -> Any:
        """The school of a keyword, if they may announce there; else None."""
        return next((each for each in authors.schools(self.connection, known.person_id) if each.keyword == keyword), None)

    def _school(self, school_id: int) -> Any:
        return self.connection.execute(select(School).where(col(School.id) == school_id)).one()

    def _people(self, row: Any) -> int:
        return audience.counted(self.connection, Audience.from_json(row.audience), Kind.URGENT.value, self.now, self.channels).people

    def _texts(self, school: Any, about: Mapping[str, Any]) -> dict[str, str]:
        given = _given(about)
        tags = [tag for tag in templates.needed(self.connection, school) if templates.words_of(str(about["template"]), tag)]
        return {tag: templates.filled(str(about["template"]), tag, school.name, given) for tag in tags}


_READ: Mapping[str, Callable[[str], object]] = {"day": date.fromisoformat, "time": time.fromisoformat, "place": str}


def _about(query: UrgentSaved) -> dict[str, str]:
    """The gaps as plain JSON."""
    gaps = {"day": query.day and query.day.isoformat(), "time": query.time and query.time.isoformat("minutes"), "place": query.place}
    return {gap: str(gaps[gap]) for gap in TEMPLATES[query.slug].gaps}


def _given(about: Mapping[str, Any]) -> dict[str, object]:
    return {gap: _READ[gap](str(about[gap])) for gap in TEMPLATES[str(about["template"])].gaps}


async def go_on(house: House, now: datetime) -> None:
    """Whoever had five minutes and said nothing: the next is asked."""
    for number in await house.database.run(partial(urgent.due, now=now)):
        await house.database.run(partial(_ask_next, number=number, now=now, channels=house.terms.channels))
        house.wake()


def _ask_next(connection: Connection, number: int, now: datetime, channels: frozenset[str] | None) -> None:
    if number in urgent.due(connection, now):
        Alarm(connection, now, channels).ask_next(number)


def _alarm(at: At) -> Alarm:
    return Alarm(at.connection, at.now, at.rules.terms.channels)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _alarm(at).answer(query, at.known))
DOES: Does = dict.fromkeys(get_args(Done), lambda at, effect: _alarm(at).apply(effect, at.known))
