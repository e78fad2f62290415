"""What conversations look up and do about the times of an appointment. Whose school it is, is seen to here; who looks at who comes is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events import appointments as words
from conversations.events.appointments import FreeTimes, Offer, OfferTo, PickTime, SendOffer, Taken, TimesTaken
from conversations.events.event import APPOINTMENT, PEOPLE
from conversations.events.invitation import invitation
from conversations.words import _, as_is
from storage import people, reaching
from storage.database import Stale
from storage.events import checks, events, lifecycle, places, reports, slots, views
from storage.events.tables import EventStage
from storage.gate import audit
from storage.people import Known
from storage.tables import Kind

from ..turning import Answers, At, Does
from .coordinating import Coordinating
from .reminding import write

LookedUp = FreeTimes | TimesTaken | OfferTo
Done = PickTime | SendOffer


@dataclass(frozen=True)
class Desk:
    """In one transaction, for one person. `language` is the one the turn is answered in."""

    connection: Connection
    known: Known
    now: datetime
    language: str = "en"

    def answer(self, query: LookedUp) -> Any:
        match query:
            case FreeTimes(event):
                row = places.lock(self.connection, event)
                return tuple(
                    (slot.id, slot.starts_at.astimezone(ZoneInfo(row.zone))) for slot in slots.free(self.connection, event, self.now)
                )
            case TimesTaken(code):
                row = self.called(code)
                return row and self.taken(row)
            case OfferTo(code, number):
                row = self.called(code)
                return row and self.offer(row, number)

    def apply(self, effect: Done) -> None:
        match effect:
            case PickTime(event, time):
                self.pick(event, time)
            case SendOffer(event, person):
                self.send(event, person)

    def called(self, code: str) -> Any:
        """Of whoever rings families, at their schools."""
        row = Coordinating(self.connection, self.known, self.now).called(code)
        return row if row is not None and row.kind == APPOINTMENT else None

    # Families

    def pick(self, event_id: int, slot_id: int) -> None:
        """`Stale` if somebody was first: the message is heard again, and finds it gone."""
        try:
            made = slots.take(self.connection, event_id, slot_id, self.known.person_id, self.now, language=self.language)
        except (slots.SlotTaken, checks.NotOpen, checks.TooLate) as first:
            raise Stale from first
        event = views.view(self.connection, events.by_id(self.connection, event_id))
        mine = slots.mine(self.connection, event_id, self.known.person_id)
        for other in filter(None, (people.by_address_id(self.connection, each) for each in made.confirm)):
            when = mine.starts_at.astimezone(ZoneInfo(event.zone))
            write(self.connection, other, Kind.CHANGE, words.picked(event, event.title(other.language), when), self.now)

    # Staff

    def taken(self, row: Any) -> Taken:
        audit.write(self.connection, self.now, person_id=self.known.person_id, action="event", outcome="shown", about={"event": row.id})
        waiting = reports.report(self.connection, row.id).places[PEOPLE].households_waiting
        return Taken(row.title, row.code, tuple(booked(self.connection, row)), waiting)

    def offer(self, row: Any, number: str) -> Offer:
        """To a family of that school which something may go to."""
        from ..members import Unfit, parse_address  # noqa: PLC0415 - the house asks us

        try:
            known = people.at(self.connection, *parse_address(number))
        except Unfit:
            return Offer(row.id, 0, row.title, _("Which family? For example: OFFER {code} 661-555-0123.", code=row.code.upper()))
        if known is None or "family" not in people.roles(self.connection, known.person_id, row.school_id):
            return Offer(row.id, 0, row.title, _("{number} is no family of the school.", number=as_is(number)))
        if reaching.where_to_write(self.connection, known.person_id) is None or row.stage not in {EventStage.DRAFT, EventStage.OPEN}:
            return Offer(row.id, 0, row.title, _("Nothing may be sent to {number} about that just now.", number=as_is(number)))
        return Offer(row.id, known.person_id, row.title)

    def send(self, event_id: int, person_id: int) -> None:
        """A draft is open from then on, as when its invitation leaves."""
        lifecycle.open_(self.connection, event_id)
        known = reaching.where_to_write(self.connection, person_id)
        if known is None:
            raise Stale
        event = views.view(self.connection, events.by_id(self.connection, event_id))
        language = known.language or "en"
        body = event.texts.get(language) or event.texts[event.language]
        write(self.connection, known, Kind.REMINDER, invitation(event, body), self.now)  # of no week's texts: it is for them alone
        about: dict[str, str | int] = {"event": event_id, "what": "offered"}
        audit.write(self.connection, self.now, person_id=self.known.person_id, action="event", outcome="done", about=about)


def booked(connection: Connection, row: Any) -> list[tuple[datetime, tuple[str, str] | None]]:
    """The times of an appointment by the school's clock, each with a number to call and a language, or nobody."""
    zone = ZoneInfo(row.zone)
    every = slots.of_event(connection, row.id)
    return [(slot.starts_at.astimezone(zone), number_of(connection, slot.person_id) if slot.taken_at else None) for slot in every]


def number_of(connection: Connection, person_id: int | None) -> tuple[str, str]:
    """A number, where they have one; nothing of whoever is gone."""
    from ..lookups import as_said  # noqa: PLC0415 - it asks us

    known = people.on_file(connection, person_id) if person_id is not None else None
    if known is None:
        return "", ""
    number = as_said(known.address) if known.channel == "sms" else f"{known.channel}:{known.address}"
    return number, known.language or ""


def _desk(at: At) -> Desk:
    return Desk(at.connection, at.known, at.now, at.language)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query))
DOES: Does = dict.fromkeys(get_args(Done), lambda at, effect: _desk(at).apply(effect))
