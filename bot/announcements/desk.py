"""A coordinator's desk: what a conversation looks up about announcements, and what it does to them. Whose school it is, is seen to here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations import gate as words
from conversations.announcements import timing
from conversations.announcements.account import Account, AccountOf
from conversations.announcements.audience import Audience
from conversations.announcements.audience_words import Vocabularies
from conversations.announcements.drafts import (
    ApproveText,
    Change,
    Changed,
    ChangeDraft,
    ChangeText,
    Clock,
    Count,
    Counted,
    Discard,
    Draft,
    DraftOf,
    Drafts,
    GoOn,
    Halt,
    Hold,
    LastScheduled,
    MayApprove,
    Preview,
    Resend,
    Saved,
    Send,
    TextState,
)
from conversations.announcements.price import Price, PriceOf
from conversations.announcements.writing import Advice, AdviceOn
from conversations.flows.draft import content
from locales import audience as spoken
from storage import outbox
from storage.announcements import again, audience, authors, course, drafts, ledger
from storage.announcements.tables import Stage
from storage.database import Stale
from storage.events import events
from storage.people import Known
from storage.tables import Kind

from .. import gate, rendering
from ..turning import Answers, At, Does
from . import bodies, writing
from .costing import Costing
from .terms import NO_TERMS, Terms
from .translating import Loop

AT_ONCE = "at_once"
"""Of an announcement's `about`: nobody chose its hour, so that one taken back has none."""
LookedUp = (
    Vocabularies | DraftOf | Count | Saved | Resend | Changed | Clock | Drafts | LastScheduled | MayApprove | AccountOf | PriceOf | AdviceOn
)
Done = Send | Preview | Change


@dataclass(frozen=True)
class Desk:
    """In one transaction, at one moment."""

    connection: Connection
    known: Known
    now: datetime
    terms: Terms = NO_TERMS

    def answer(self, query: LookedUp) -> Any:
        match query:
            case DraftOf(number):
                return self.draft(number)
            case Count(whom, kind):
                return self.counted(whom, kind)
            case Saved():
                return self.save(query)
            case Changed(change):
                return self.change(change)
            case Resend(number):
                return again.resend(self.connection, number, self.known.person_id, self.now)
            case PriceOf(number):
                return self.price(number)
            case AdviceOn():
                return self.advice(query)
            case _:
                return self.at_hand(query)

    def at_hand(self, query: Vocabularies | Clock | Drafts | LastScheduled | MayApprove | AccountOf) -> Any:
        match query:
            case AccountOf(number):
                return self.books(number)
            case Vocabularies():
                there = reversed(events.coming(self.connection, self.now, *(each.id for each in self.schools)))
                return spoken.vocabulary({each.keyword: each.name for each in self.schools}, events={row.code: row.id for row in there})
            case Clock(number):
                return self.now.astimezone(self.zone(number))
            case Drafts(below):
                found = authors.listed(self.connection, self.known.person_id, below)
                return tuple(replace(each, send_at=each.send_at and each.send_at.astimezone(self.zone(each.number))) for each in found)
            case MayApprove(number, language):
                return self.may_approve(number, language)
            case LastScheduled():
                return authors.last_scheduled(self.connection, self.known.person_id, self.now)
            case _:
                assert_never(query)

    def apply(self, effect: Done) -> None:
        match effect:
            case Send():
                self.send(effect)
            case Preview(number):
                self.preview(number)
            case _:
                self.change(effect)

    @property
    def schools(self) -> list[Any]:
        return authors.schools(self.connection, self.known.person_id)

    def draft(self, number: int) -> Draft | None:
        """One of their schools' drafts, its hour by the school's clock."""
        if authors.row_of(self.connection, self.known.person_id, number) is None:
            return None
        found = drafts.draft(self.connection, number)
        if found is None or found.send_at is None:
            return found
        return replace(found, send_at=found.send_at.astimezone(self.zone(number)))

    def may_approve(self, number: int, language: str) -> bool:
        row = authors.row_of(self.connection, self.known.person_id, number)
        return row is not None and authors.reads(self.connection, self.known.person_id, row.school_id, language)

    def advice(self, query: AdviceOn) -> Advice:
        row = authors.row_of(self.connection, self.known.person_id, query.number)
        name = self.known.school_name if row is None else authors.school_of(self.connection, row.school_id).name
        found = writing.of(f"{name}: {query.text}" if query.named else query.text, query.language, name)
        if row is None or not bodies.SHAPED & (row.about or {}).keys():
            return found
        return Advice(refused=found.refused or bodies.unfit(self.connection, row.about, query.language, query.text))

    def books(self, number: int) -> Account | None:
        if authors.row_of(self.connection, self.known.person_id, number) is None:
            return None
        kept = ledger.account(self.connection, number)
        ended = {"delivered": kept.delivered, "sent": kept.sent, "unknown": kept.unknown}
        return Account(number, kept.stage, kept.intended, **ended, waits=kept.waits, failures=kept.failures, skips=kept.skips)

    def zone(self, number: int) -> ZoneInfo:
        row = authors.row_of(self.connection, self.known.person_id, number) if number else None
        return ZoneInfo(self.known.school_timezone if row is None else authors.school_of(self.connection, row.school_id).timezone)

    def counted(self, whom: Audience, kind: str) -> Counted:
        authors.whose(whom, self.schools)
        return audience.counted(self.connection, whom, kind, self.now, self.terms.channels)

    def save(self, query: Saved) -> int:
        school = authors.whose(query.audience, self.schools)
        return drafts.save(
            self.connection,
            school_id=school.id,
            author_id=self.known.person_id,
            kind=Kind(query.kind),
            audience=query.audience,
            language=query.language,
            texts=dict(query.texts),
            about=dict(query.about),
            now=self.now,
        )

    # What is changed

    def change(self, change: Change) -> Draft | None:
        """Where the stage does not allow it nothing happens, and the answer says how it stands."""
        found = self.draft(change.number)
        if found is None:
            return None
        match change:
            case ChangeText() | ApproveText() | ChangeDraft():
                self._write(found, change)
            case Discard(number):
                course.cancel(self.connection, number, self.now)
            case Hold(number):
                at_once = {"send_at": None} if found.about.get(AT_ONCE) else {}
                drafts.set_stage(self.connection, number, Stage.DRAFT, of=(Stage.SCHEDULED,), **at_once)
            case Halt(number):
                course.halt(self.connection, number, self.now)
            case GoOn(number):
                course.go_on(self.connection, number, self.now)
            case _:
                assert_never(change)
        return self.draft(change.number)

    def _write(self, found: Draft, change: ChangeText | ApproveText | ChangeDraft) -> None:
        if found.stage != Stage.DRAFT or found.kind == Kind.URGENT:
            return
        match change:
            case ChangeText(number, language, body):
                drafts.write_text(self.connection, number, language, body, by=self.known.person_id)
                if language == found.language:
                    drafts.approve_text(self.connection, number, language, by=self.known.person_id, now=self.now)
                    Loop(self.connection, self.now, self.terms.translate_hours).source_changed(number, found.body, by=self.known.person_id)
            case ApproveText(number, language, body):
                as_seen = (language, TextState.WRITTEN, body)
                if self.may_approve(number, language) and any((each.language, each.state, each.body) == as_seen for each in found.texts):
                    drafts.approve_text(self.connection, number, language, by=self.known.person_id, now=self.now)
            case ChangeDraft():
                if change.audience is not None:
                    authors.whose(change.audience, self.schools)
                authors.change(self.connection, change)

    # The price, and sending

    def price(self, number: int) -> Price:
        """Of a draft of theirs; a flow has looked at it before."""
        found = self.draft(number)
        if found is None:
            raise authors.NotTheirs("A price is of a draft of theirs.")
        row = drafts.row_of(self.connection, number)
        school = authors.school_of(self.connection, row.school_id)
        return Costing(self.connection, school, self.now, self.terms).price(found)

    def send(self, effect: Send) -> None:
        """Through the gate, and into the clock's hands. `Stale` if a word or a number has changed in the same moment: all is heard again."""
        found = self.draft(effect.number)
        if found is not None and found.kind == Kind.URGENT:
            raise gate.NotProved("Something urgent leaves when a second person agrees (`bot/announcements/urgent.py`), and never so.")
        if found is None or found.stage != Stage.DRAFT or found.lacking or found.kind == Kind.URGENT:
            raise Stale
        now_is = words.action(words.ANNOUNCE, effect.action.summary, content(found, self.price(effect.number)))
        if now_is.digest != effect.action.digest:
            raise Stale
        gate.spend(self.connection, self.known, effect.action, self.now, {"announcement": effect.number})
        leaves = timing.leaves(found.send_at, self.now.astimezone(self.zone(effect.number)))
        more = {"send_at": leaves, "digest": effect.action.digest, "about": {**found.about, AT_ONCE: found.send_at is None}}
        if not drafts.set_stage(self.connection, effect.number, Stage.SCHEDULED, of=(Stage.DRAFT,), **more):
            raise Stale

    def preview(self, number: int) -> None:
        """Every language as families get it, before what is said of it."""
        found = self.draft(number)
        for body in self._final(found).values() if found is not None else ():
            outbox.write(self.connection, rendering.rows(self.known, Kind.REPLY, rendering.Rendered(body), self.now))

    def _final(self, found: Draft) -> dict[str, str]:
        """What is really sent in each language that there are words in."""
        return bodies.in_each(self.connection, found)


def _desk(at: At) -> Desk:
    return Desk(at.connection, at.known, at.now, at.rules.terms)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query))
DOES: Does = dict.fromkeys(get_args(Done), lambda at, effect: _desk(at).apply(effect))
