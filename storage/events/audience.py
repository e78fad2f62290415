"""Audiences that name an event: `Criterion("event", "12:coming")`, `Criterion("event silent", "12")`.

Who was invited and has not answered is told as a total only, from ten on. Both phones of a household are in it.
"""

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

EVENT, SILENT = "event", "event silent"
ACCEPTED, COMING, WAITING, MAYBE, DECLINED, CAME = "accepted", "coming", "waiting", "maybe", "declined", "came"
AFFECTED, EVERYBODY = "affected", "everybody"
"""Who has answered with anything but a no, or has the invitation and not answered; who has the invitation or has answered."""
HAVE_IT = (State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED)
"""States of an invitation that somebody may have. One that has not left says the new words when it does."""


def of_event(event_id: int, which: str) -> Audience:
    """Whoever stands so: ACCEPTED (said yes), COMING (and has a place), WAITING (has none yet), MAYBE, DECLINED, CAME, AFFECTED, EVERYBODY, SILENT."""
    return Audience(((Criterion(SILENT, str(event_id)) if which == SILENT else Criterion(EVENT, f"{event_id}:{which}"),),))


def _theirs(table: Any) -> ColumnElement[bool]:
    """That a row is of the person's household."""
    number = select(literal("h") + cast(col(Household.number), String)).where(col(Household.person_id) == col(Person.id)).correlate(Person)
    return or_(col(table.household) == literal("p") + cast(col(Person.id), String), col(table.household) == number.scalar_subquery())


def _answered(event_id: int, *more: Any) -> ColumnElement[bool]:
    return exists().where(col(Rsvp.event_id) == event_id, _theirs(Rsvp), *more)


def _holds(*what: Any) -> ColumnElement[bool]:
    return exists().where(col(Claim.rsvp_id) == col(Rsvp.id), col(Claim.resource) == PEOPLE, *what)


def _has_invitation(event_id: int) -> ColumnElement[bool]:
    invitation = select(col(Event.announcement_id)).where(col(Event.id) == event_id).scalar_subquery()
    return exists().where(
        col(Outbox.announcement_id) == invitation, col(Outbox.person_id) == col(Person.id), col(Outbox.state).in_(HAVE_IT)
    )


def _affected(event_id: int) -> ColumnElement[bool]:
    goes_on = _answered(event_id, col(Rsvp.partstat) != PartStat.DECLINED)
    return or_(goes_on, and_(_has_invitation(event_id), not_(_answered(event_id))))


_YES = col(Rsvp.partstat) == PartStat.ACCEPTED
_STANDS: dict[str, Callable[[int], ColumnElement[bool]]] = {
    ACCEPTED: lambda event_id: _answered(event_id, _YES),
    COMING: lambda event_id: _answered(event_id, _YES, _holds(col(Claim.held) > 0)),
    WAITING: lambda event_id: _answered(event_id, _YES, _holds(col(Claim.held) == 0)),
    MAYBE: lambda event_id: _answered(event_id, col(Rsvp.partstat) == PartStat.TENTATIVE),
    DECLINED: lambda event_id: _answered(event_id, col(Rsvp.partstat) == PartStat.DECLINED),
    CAME: lambda event_id: exists().where(col(Attendance.event_id) == event_id, _theirs(Attendance)),
    AFFECTED: _affected,
    EVERYBODY: lambda event_id: or_(_answered(event_id), _has_invitation(event_id)),
}


def _stands(value: str) -> ColumnElement[bool]:
    number, _colon, which = value.partition(":")
    if which not in _STANDS:
        raise ValueError(f'Nobody can be "{which}" of an event: it is one of {", ".join(_STANDS)}.')
    return _STANDS[which](_id(number))


def _silent(value: str) -> ColumnElement[bool]:
    """Invited (a row of the invitation's ledger), and no answer of the household."""
    event_id = _id(value)
    invitation = select(col(Event.announcement_id)).where(col(Event.id) == event_id).scalar_subquery()
    invited = exists().where(col(Outbox.announcement_id) == invitation, col(Outbox.person_id) == col(Person.id))
    return invited & not_(_answered(event_id, col(Rsvp.partstat) != PartStat.NEEDS_ACTION))


def _id(number: str) -> int:
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f'"{number}" is no number of an event.')
    return int(number)


register(EVENT, _stands)
register(SILENT, _silent, sensitive=True)
