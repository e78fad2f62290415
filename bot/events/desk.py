"""What a family's conversation looks up about events, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never, get_args

from sqlalchemy import Connection, select
from sqlmodel import col

import locales
from conversations.events.answering import (
    AboutEvent,
    Decide,
    HouseholdCode,
    JoinHousehold,
    LastInvited,
    Mine,
    OnScreen,
    Outcome,
    Problem,
    SaveAnswer,
    TryHousehold,
    WouldBe,
    code,
    who,
)
from conversations.events.appointments import given_back
from conversations.events.door import Arrive, TryDoor
from conversations.events.event import (
    Answer,
    CalendarLink,
    Event,
    EventCalled,
    EventOf,
    EventsOpenTo,
    GiveCalendar,
    MyRsvp,
    PartStat,
    Standing,
)
from conversations.events.group import EventLinked
from conversations.events.hearing import joined_households
from conversations.events.household import AgesIn, HouseholdIn, WishesIn
from conversations.words import Words, _, as_is, joined
from locales import event_questions, household
from storage import outbox, people
from storage.events import checks, events, joining, places, rsvps, screens, series, views
from storage.events.tables import Claim, EventStage, Rsvp
from storage.people import Known
from storage.tables import Kind

from .. import rendering
from ..turning import Answers, At, Does
from . import door, links

READ = timedelta(minutes=1)
"""An answer that comes sooner than this after an invitation was perhaps meant for something else."""
RESTS = timedelta(hours=72)
"""After so long a bare number is asked about."""
LookedUp = WouldBe | LastInvited | Mine | AboutEvent | HouseholdCode | TryHousehold | HouseholdIn | AgesIn | WishesIn | TryDoor
Done = SaveAnswer | Decide | JoinHousehold | Arrive


@dataclass(frozen=True)
class Desk:
    """In one transaction, at one moment."""

    connection: Connection
    known: Known
    now: datetime

    def answer(self, query: LookedUp) -> Any:
        match query:
            case HouseholdIn(text, called):
                return household.read(text, called)
            case AgesIn(text):
                return household.ages(text)
            case WishesIn(text):
                return household.wishes(text)
            case AboutEvent(text):
                return event_questions.read(text)
            case TryDoor():
                return door.answer(query, self.connection, self.known, self.now)
            case _:
                return self.of_theirs(query)

    def of_theirs(self, query: WouldBe | LastInvited | Mine | HouseholdCode | TryHousehold) -> Any:
        match query:
            case WouldBe():
                return self.would_be(query)
            case LastInvited():
                return self.last_invited()
            case Mine():
                return tuple(self.mine())
            case HouseholdCode():
                return joining.begin(self.connection, self.known, self.now)
            case TryHousehold(code):
                return joining.tried(self.connection, self.known, code, self.now)
            case _:
                assert_never(query)

    def apply(self, effect: Done, language: str) -> None:
        match effect:
            case SaveAnswer():
                self.save(effect, language)
            case Decide(event, resource, what, whole):
                decide = {"take": places.accept, "wait": places.wait_for_all, "pass": places.decline}[what]
                for each in self.sessions(event, whole=whole):
                    decide(self.connection, each, self.household, resource, self.now)
            case JoinHousehold(code):
                self.join(code)
            case Arrive(event, came, adults, children):
                sizes = None if adults is None else (adults, children)
                door.arrive(self.connection, self.known.person_id, event, self.now, how=came, sizes=sizes, language=language)
            case _:
                assert_never(effect)

    @property
    def household(self) -> str:
        return rsvps.household_of(self.connection, self.known.person_id)

    def would_be(self, query: WouldBe) -> Outcome:
        """Tried under the event's lock and taken back: until the turn is over nobody else's answer comes between."""
        places.lock(self.connection, query.event)
        trial = self.connection.begin_nested()
        try:
            made = self.answered(query.event, query.answer, whole=query.whole)
            return Outcome(next((each for each in made if _waits(each.standing)), made[0]).standing)
        except checks.NotOpen:
            return Outcome(None, Problem.CLOSED)
        except checks.TooLate:
            return Outcome(None, Problem.LATE)
        finally:
            trial.rollback()

    def last_invited(self) -> OnScreen | None:
        found = screens.last_event(self.connection, self.known.address_id)
        if found is None:
            return None
        event_id, at = found
        session = series.session_now(self.connection, events.by_id(self.connection, event_id), self.now)
        return OnScreen(session.id, READ <= self.now - at <= RESTS)

    def mine(self) -> list[tuple[Event, Standing]]:
        household = self.household
        answered = [each.event_id for each in rsvps.to_come(self.connection, household, self.now)]
        found = [(events.by_id(self.connection, each), rsvps.standing(self.connection, each, household)) for each in answered]
        open_ = [(row, standing) for row, standing in found if row.stage == "open" and standing is not None]
        first = {row.id for row in series.nearest(row for row, _standing in open_)}
        return [(views.view(self.connection, row), standing) for row, standing in open_ if row.id in first]

    def answered(self, event_id: int, answer: Answer, *, whole: bool, language: str | None = None) -> list[rsvps.Answered]:
        """To one event, or to every session of its series that is to come."""
        row = events.by_id(self.connection, event_id)
        if row.series_id is not None and whole:
            return series.enrol(self.connection, row.series_id, self.known.person_id, answer, self.now, language=language)
        return [rsvps.answer(self.connection, event_id, self.known.person_id, answer, self.now, language=language)]

    def sessions(self, event_id: int, *, whole: bool) -> list[int]:
        row = events.by_id(self.connection, event_id)
        if row.series_id is None or not whole:
            return [event_id]
        return [each.id for each in series.coming_to(self.connection, row.series_id, self.known.person_id, self.now)]

    # What is changed

    def save(self, effect: SaveAnswer, language: str) -> None:
        """Whoever waits for all of it goes on doing so."""
        wholes = self.waits_for_all(effect.event)
        made = self.answered(effect.event, effect.answer, whole=effect.whole, language=language)[0]
        for resource in wholes:
            places.wait_for_all(self.connection, effect.event, self.household, resource, self.now)
        if effect.tell and (made.before is None or made.changed):
            for address_id in made.confirm:
                self.confirm(address_id, effect)

    def waits_for_all(self, event_id: int) -> list[str]:
        mine = [col(Claim.event_id) == event_id, col(Rsvp.household) == self.household, col(Claim.whole).is_(True)]
        return list(
            self.connection.execute(select(col(Claim.resource)).join(Rsvp, col(Rsvp.id) == col(Claim.rsvp_id)).where(*mine)).scalars()
        )

    def confirm(self, address_id: int, effect: SaveAnswer) -> None:
        """To another phone of the household."""
        other = people.by_address_id(self.connection, address_id)
        if other is None:
            return
        language = other.language or "en"
        event = views.view(self.connection, events.by_id(self.connection, effect.event))
        text = locales.render(told(event, effect, language), language)
        outbox.write(self.connection, [rendering.row(other, Kind.CHANGE, text, self.now)])

    def join(self, digits: str) -> None:
        """The phone that texted it hears of it in the turn's answer; the other hears it here."""
        other = joining.join(self.connection, self.known, digits, self.now)
        text = locales.render(joined_households(), other.language or "en")
        outbox.write(self.connection, [rendering.row(other, Kind.REPLY, text, self.now)])


def told(event: Event, effect: SaveAnswer, language: str) -> Words:
    """What the rest of the household hears of an answer."""
    answer, title = effect.answer, as_is(event.title(language))
    if event.series is not None and not effect.whole:
        title = joined(", ", title, _("{day}", day=event.starts.date()))
    if answer.partstat is PartStat.DECLINED and event.picks:
        return given_back(event, event.title(language))
    if answer.partstat is PartStat.DECLINED:
        return _("{title}: your household has answered that nobody comes. {code} and how many changes it.", title=title, code=code(event))
    who_comes = who(answer.adults, answer.children, answer.needs, mixed=answer.children > 0)
    if answer.partstat is PartStat.TENTATIVE:
        return _("{title}: your household has answered: perhaps, {who}. CHANGE or CANT anytime.", title=title, who=who_comes)
    return _("{title}: your household has answered: {who}. CHANGE or CANT anytime.", title=title, who=who_comes)


def _waits(standing: Standing) -> bool:
    """For a place, for some of them, or for child care."""
    return any(place.waiting or place.offered for place in standing.places)


def _desk(at: At) -> Desk:
    return Desk(at.connection, at.known, at.now)


def _link(at: At, query: CalendarLink) -> str:
    """To the event's calendar file; empty where the file itself goes, or this deployment is not reached from outside."""
    where = "" if rendering.carries_files(at.known.channel) else at.rules.terms.public_url
    return links.to_event(where, query.event, at.known.language or "") if where else ""


def _linked(at: At, query: EventLinked) -> Event | None:
    number = links.of_group(query.payload)
    row = events.by_id(at.connection, number) if number is not None else None
    return None if row is None or row.stage == EventStage.DRAFT else views.view(at.connection, row)


ANSWERS: Answers = {
    **dict.fromkeys((EventCalled, EventOf, EventsOpenTo, MyRsvp), lambda at, query: views.answer(query, at.connection, at.known, at.now)),
    **dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query)),
    CalendarLink: _link,
    EventLinked: _linked,
}
DOES: Does = {
    **dict.fromkeys(get_args(Done), lambda at, effect: _desk(at).apply(effect, at.language)),
    GiveCalendar: lambda _at, _effect: None,  # it goes with the answer's own row, see `bot.inbox.finish`
}
