"""Whom an event concerns, as audiences name it: `Criterion("event", "12 coming")`. Importing this module lets audiences name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, not_, or_, select
from sqlmodel import col

from conversations.announcements.audience import Audience, Criterion
from conversations.events.event import PEOPLE, PartStat

from ..announcements.audience import register
from ..tables import Outbox, Person, State
from .tables import Attendance, Claim, Event, Household, Rsvp

EVENT = "event"
COMING, AFFECTED, EVERYBODY, SILENT, THERE = "coming", "affected", "everybody", "silent", "there"
"""Who has places; who has answered with anything but a no, or not yet; who was invited or has answered; who was invited and has not
answered; who was at the door."""
LEFT = (State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED)
"""States of a text that somebody may have."""


def of_event(event_id: int, who: str) -> Audience:
    return Audience(((Criterion(EVENT, f"{event_id} {who}"),),))


def _theirs(household: Any) -> ColumnElement[bool]:
    """A household, as answers and attendance write it, is this `Person`'s."""
    joined = select(literal("h") + cast(col(Household.number), String)).where(col(Household.person_id) == col(Person.id))
    return or_(household == literal("p") + cast(col(Person.id), String), household == joined.correlate(Person).scalar_subquery())


def _answered(event_id: int, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(Rsvp.event_id) == event_id, _theirs(col(Rsvp.household)), *which).correlate(Person)


def _invited(event_id: int) -> ColumnElement[bool]:
    """They may have the invitation. What has not left says the new words when it does."""
    invitation = select(col(Event.announcement_id)).where(col(Event.id) == event_id).scalar_subquery()
    mine = [col(Outbox.announcement_id) == invitation, col(Outbox.person_id) == col(Person.id), col(Outbox.state).in_(LEFT)]
    return exists().where(*mine).correlate(Person)


def _coming(event_id: int) -> ColumnElement[bool]:
    """They said yes and have places."""
    held = exists().where(col(Claim.rsvp_id) == col(Rsvp.id), col(Claim.resource) == PEOPLE, col(Claim.held) > 0)
    return _answered(event_id, col(Rsvp.partstat) == PartStat.ACCEPTED, held)


def _affected(event_id: int) -> ColumnElement[bool]:
    yes = _answered(event_id, col(Rsvp.partstat) != PartStat.DECLINED)
    return or_(yes, and_(_invited(event_id), not_(_answered(event_id))))


def _everybody(event_id: int) -> ColumnElement[bool]:
    return or_(_answered(event_id), _invited(event_id))


def _silent(event_id: int) -> ColumnElement[bool]:
    return and_(_invited(event_id), not_(_answered(event_id)))


def _there(event_id: int) -> ColumnElement[bool]:
    mine = [col(Attendance.event_id) == event_id, _theirs(col(Attendance.household))]
    return exists().where(*mine).correlate(Person)


WHO: dict[str, Callable[[int], ColumnElement[bool]]] = {
    COMING: _coming,
    AFFECTED: _affected,
    EVERYBODY: _everybody,
    SILENT: _silent,
    THERE: _there,
}


def _clause(value: str) -> ColumnElement[bool]:
    """Of "12 coming". `ValueError` if it is nothing like it."""
    number, _space, who = value.partition(" ")
    if not number.isdecimal() or who not in WHO:
        raise ValueError(f'"{value}" names nobody of an event: write its number and one of {", ".join(WHO)}, like "12 coming".')
    return WHO[who](int(number))


register(EVENT, _clause)
