"""What a conversation looks up about what families write back, and what it does to their threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import locales
from conversations.replies import words
from conversations.replies.asking import Asks
from conversations.replies.threads import (
    Answer,
    BackOn,
    ComeBack,
    GoAway,
    Inbox,
    Lately,
    RepliesTo,
    Said,
    Standing,
    ThisMessage,
    Thread,
    ThreadOf,
    ThreadShown,
    ToLiaison,
    Waiting,
    WrittenIn,
)
from conversations.words import Words, _, as_is
from locales import asking, days, orders, reading
from storage import inbox, outbox, people
from storage.database import Stale
from storage.gate import audit
from storage.people import Known
from storage.replies import duty, threads
from storage.replies.threads import Heard
from storage.tables import Kind

from .. import rendering
from ..turning import Answers, At, Does

LookedUp = RepliesTo | ThisMessage | WrittenIn | ThreadOf | Waiting | BackOn
Done = ToLiaison | Answer | ThreadShown | GoAway | ComeBack

IN_PIECES = timedelta(minutes=15)
"""So soon after their last words nobody is told again that a person answers."""
SOON = timedelta(hours=3)
"""A question about something that begins within it cannot wait for a digest."""
AT_HAND = timedelta(hours=72)
"""What a liaison was told of since then she may answer without its number."""
GOES_ON = timedelta(hours=1)
"""After an answer of hers more words may be for the same family."""
READ_ACTION = "read a thread"


@dataclass(frozen=True)
class Desk:
    """One person, at one moment, in one transaction. `message` is the one that is being heard."""

    connection: Connection
    known: Known
    now: datetime
    message: int = 0

    def answer(self, query: LookedUp) -> Any:
        match query:
            case RepliesTo():
                return self.replies_to(query)
            case ThisMessage():
                return self.message
            case WrittenIn(message):
                return self.written_in(message)
            case ThreadOf(number, text):
                return self.thread_of(number, text)
            case Waiting(mine):
                return self.waiting(mine=mine)
            case BackOn(text):
                return days.read_day(text, self.today(), self.known.language or "en")

    def apply(self, effect: Done) -> None:
        match effect:
            case ToLiaison(message):
                self.to_liaison(message)
            case Answer(number, text):
                self.send(number, text)
            case ThreadShown(number):
                self.show(number)
            case GoAway(until):
                self.go_away(until)
            case ComeBack():
                duty.come_back(self.connection, self.known.person_id)

    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.known.school_timezone)).date()

    # Of families

    def replies_to(self, query: RepliesTo) -> Lately:
        heard = threads.heard_lately(self.connection, self.known.person_id, self.now)
        row = threads.open_at(self.connection, self.known.address_id)
        if heard is None and not threads.goes_on(row, self.now):
            return Lately()
        newest = self._newest(query.question, heard, row)
        if heard is not None and (said := facts(heard, query.text)):
            return Lately(said, newest=newest)
        return Lately(inbox=self._inbox(heard, row), newest=newest)

    def _newest(self, question: int, heard: Heard | None, row: Any) -> bool:
        """What we sent, or a person answered, is later on the screen than the open question."""
        shown = outbox.shown(self.connection, self.known.address_id, question) if question else None
        if not question or shown is None or shown.at is None:
            return True
        answered = row.answered_at if row is not None else None
        return any(at is not None and at > shown.at for at in (heard.at if heard is not None else None, answered))

    def _inbox(self, heard: Heard | None, row: Any) -> Inbox:
        school_id = heard.school_id if heard is not None else row.school_id
        if duty.first(self.connection, school_id, self.known.language, self.now) is None:
            return Inbox.NOBODY
        noted = row is not None and threads.unanswered(row) and self.now - row.last_at < IN_PIECES
        return Inbox.NOTED if noted else Inbox.OPEN

    def to_liaison(self, message: int) -> None:
        heard = threads.heard_lately(self.connection, self.known.person_id, self.now)
        row = threads.open_at(self.connection, self.known.address_id)
        text = inbox.text_of(self.connection, self.known.address_id, message) or ""
        number = threads.write(
            self.connection,
            self.known.address_id,
            school_id=row.school_id if row is not None else heard.school_id if heard is not None else self.known.school_id,
            announcement_id=heard.number if heard is not None else None,
            message=message,
            urgent=asking.urgent(text) or (heard is not None and self._soon(heard)),
            now=self.now,
        )
        threads.assign(self.connection, threads.by_number(self.connection, number), self.now)

    def _soon(self, heard: Heard) -> bool:
        """What they were told of begins within hours. On its own day a weekday's name means that day, and "today" does."""
        zone = ZoneInfo(self.known.school_timezone)
        sent_on = heard.at.astimezone(zone).date()
        found = [asking.begins(heard.body, day, _tag(heard.language)) for day in (sent_on, sent_on - timedelta(days=1))]
        noted = _day(heard.about.get("date")), _hour(heard.about.get("time"))
        begins = [(noted[0] or day, noted[1] or hour) for day, hour in found]
        moments = [datetime.combine(day, hour, zone) for day, hour in begins if isinstance(day, date) and isinstance(hour, time)]
        return any(timedelta(0) <= moment - self.now <= SOON for moment in moments)

    # Of those who answer

    def written_in(self, message: int) -> str | None:
        text = inbox.text_of(self.connection, self.known.address_id, message)
        order = orders.read(text) if text else None
        return order.text if order is not None and order.number is not None else text

    def thread_of(self, number: int, text: str = "") -> Thread:
        row = threads.by_number(self.connection, number)
        if row is None or not duty.may_answer(self.connection, self.known.person_id, row.school_id):
            return Thread(number, Standing.NONE)
        return self._thread(row, text)

    def _thread(self, row: Any, text: str = "") -> Thread:
        zone = ZoneInfo(row.timezone)
        said = tuple(
            Said(theirs, at.astimezone(zone).replace(tzinfo=None), each) for theirs, at, each in threads.said(self.connection, row.id)
        )
        asked_at = row.last_at.astimezone(zone)
        return Thread(
            number=row.id,
            standing=Standing.OPEN if threads.is_open(row) else Standing.CLOSED,
            language=row.language or "",
            asked_at=asked_at.replace(tzinfo=None, second=0, microsecond=0),
            today=asked_at.date() == self.now.astimezone(zone).date(),
            about=words.short(threads.text_before(self.connection, row.announcement_id, self.known.language)),
            said=said,
            mine=row.assigned_to == self.known.person_id,
            waits=threads.unanswered(row),
            foreign=foreign(text, row.language),
        )

    def waiting(self, *, mine: bool) -> tuple[Thread, ...]:
        here = [each for each in people.schools_of(self.connection, self.known.person_id, duty.ANSWER) if self._may(each)]
        if mine:
            rows = threads.at_hand(self.connection, self.known.person_id, told=self.now - AT_HAND, answered=self.now - GOES_ON)
            return tuple(self._thread(row) for row in rows if row.school_id in here)
        return tuple(self._thread(row) for row in threads.waiting(self.connection, here))

    def _may(self, school_id: int) -> bool:
        return duty.may_answer(self.connection, self.known.person_id, school_id)

    def send(self, number: int, text: str) -> None:
        """To the address of the thread, and to no other. What does not hold any more is heard again from the start."""
        row = threads.by_number(self.connection, number)
        if not threads.is_open(row) or not self._may(row.school_id):
            raise Stale
        threads.answer(self.connection, row, self.known.person_id, self.now)
        family = people.by_address_id(self.connection, row.address_id)
        assert family is not None
        said = rendering.Rendered(locales.render(words.from_a_person(family.school_name, text), family.language or "en"))
        outbox.write(self.connection, rendering.rows(family, Kind.REPLY, said, self.now, thread_id=number))

    def show(self, number: int) -> None:
        about = {"thread": number}
        audit.write(self.connection, self.now, person_id=self.known.person_id, action=READ_ACTION, outcome="shown", about=about)
        row = threads.by_number(self.connection, number)
        if row.assigned_to == self.known.person_id:
            threads.told(self.connection, [number], self.now)

    def go_away(self, until: date | None) -> None:
        zone = ZoneInfo(self.known.school_timezone)
        moment = None if until is None else datetime.combine(until, time(0), zone)
        duty.go_away(self.connection, self.known.person_id, self.now, moment)
        threads.pass_on(self.connection, self.known.person_id, self.now)


def foreign(text: str, language: str | None) -> str:
    """The language a text is plainly in, where that is not the family's; empty where it is, or nobody can tell."""
    speaks = reading.read(text).speaks if text else None
    return speaks if speaks is not None and language is not None and speaks != language else ""


def facts(heard: Heard, text: str) -> tuple[Words, ...]:
    """What a message asks for of what they were told: what its author noted, else the sentences that hold it."""
    asks = asking.asked(text, heard.body)
    if asks is None:
        return ()
    noted = _noted(asks, heard.about)
    if noted is not None and asks is not Asks.PLACE:
        return (words.fact(heard.body, noted),)
    if found := asking.sentences(heard.body, asks, _tag(heard.language)):
        return (words.quoted(found[:2]),)
    return () if noted is None else (words.fact(heard.body, noted),)


def _noted(asks: Asks, about: dict[str, Any]) -> Words | None:
    """As the author noted it. A place is said in their own language where the text says it."""
    day, hour, ends = _day(about.get("date")), _hour(about.get("time")), _hour(about.get("ends"))
    match asks:
        case Asks.PLACE:
            return as_is(str(about["place"])) if about.get("place") else None
        case Asks.END:
            return _("until {time}", time=ends) if ends else None
        case Asks.HOUR:
            return _("{time}", time=hour) if hour else None
        case Asks.WHEN:
            if day and hour:
                return _("{day}, {time}", day=day, time=hour)
            return _("{day}", day=day) if day else _("{time}", time=hour) if hour else None


def _day(noted: Any) -> Any:
    try:
        return date.fromisoformat(str(noted)) if noted else None
    except ValueError:
        return str(noted)


def _hour(noted: Any) -> Any:
    try:
        return time.fromisoformat(str(noted)) if noted else None
    except ValueError:
        return str(noted)


def _tag(language: str) -> str:
    """Of the words themselves: the source with a line in another language is in the source's."""
    return language.split("-x-", maxsplit=1)[0]


def _desk(at: At) -> Desk:
    return Desk(at.connection, at.known, at.now, at.message)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query))
DOES: Does = dict.fromkeys(get_args(Done), lambda at, effect: _desk(at).apply(effect))
