"""The life of an event: open for answers, closed, over or cancelled; and what is erased when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select, update
from sqlmodel import col

from conversations.events.event import PartStat

from . import events, households, places
from .tables import Attendance, Claim, Event, EventStage, Rsvp, Slot

AFTER = timedelta(hours=72)
"""So long after its end an event is over by itself: the paper sheet has been entered, thanks were said."""
GOING_ON = (EventStage.OPEN, EventStage.CLOSED)


def open_(connection: Connection, event_id: int) -> bool:
    """Households answer from now on; False if it was not a draft."""
    return events.set_stage(connection, event_id, EventStage.OPEN, of=(EventStage.DRAFT,))


def close(connection: Connection, event_id: int, now: datetime) -> bool:
    """No more answers, and no more offers; it takes place. False if it was not open."""
    return events.set_stage(connection, event_id, EventStage.CLOSED, of=(EventStage.OPEN,), closed_at=now)


def reopen(connection: Connection, event_id: int, now: datetime) -> bool:
    """Answers count again, and what is free is offered; False if it was not closed."""
    if not events.set_stage(connection, event_id, EventStage.OPEN, of=(EventStage.CLOSED,), closed_at=None):
        return False
    places.offer_free(connection, event_id, now)
    return True


def cancel(connection: Connection, event_id: int, now: datetime, *, sequence: int | None = None) -> bool:
    """It does not take place. Its SEQUENCE rises, so that calendars see it. Who had answered is still known, so as to be told.

    False if it was over or cancelled before, or `sequence` is older than what is here.
    """
    row = places.lock(connection, event_id)
    if sequence is not None and sequence < row.sequence:
        return False
    newer = max(row.sequence + 1, sequence or 0)
    return events.set_stage(connection, event_id, EventStage.CANCELLED, of=events.ALIVE, closed_at=now, sequence=newer)


def finish(connection: Connection, event_id: int, now: datetime) -> bool:
    """It is over: counts stay, and nothing says any more whose they are. False if it has not ended, or was over before.

    A session of a series that goes on keeps its links until the last one is over, for the record of who completed it.
    """
    row = places.lock(connection, event_id)
    if row.ends_at > now or row.stage not in GOING_ON:
        return False
    tally = needs_of(connection, event_id)
    events.set_stage(connection, event_id, EventStage.OVER, of=GOING_ON, closed_at=row.closed_at or now, tally=tally)
    _unlink(connection, _all_over(connection, row))
    return True


def due(connection: Connection, now: datetime, most: int = 1000) -> list[int]:
    """Finish what ended three days ago, and erase the links of what was cancelled; which were finished. For the clock, every hour."""
    ended = select(Event).where(col(Event.ends_at) <= now - AFTER).order_by(col(Event.id)).limit(most)
    going = connection.execute(ended.where(col(Event.stage).in_(GOING_ON))).all()
    finished = [row.id for row in going if finish(connection, row.id, now)]
    linked = [exists().where(col(table.event_id) == col(Event.id), col(table.person_id).is_not(None)) for table in (Rsvp, Attendance)]
    for row in connection.execute(ended.where(col(Event.stage).not_in(events.ALIVE), or_(*linked))).all():
        _unlink(connection, _all_over(connection, places.lock(connection, row.id)))
    return finished


def _all_over(connection: Connection, row: Any) -> list[int]:
    """The events whose links go now: itself, or the whole series once its last session is over."""
    if row.series_id is None:
        return [row.id]
    sessions = events.of_series(connection, row.series_id)
    return [] if any(each.stage in events.ALIVE for each in sessions) else [each.id for each in sessions]


def _unlink(connection: Connection, event_ids: list[int]) -> None:
    """A household has another name now, the same in all of these, so that counts still add up; nobody can be found by it."""
    names: dict[str, str] = {}
    for table in (Rsvp, Attendance):
        rows = select(col(table.id), col(table.household)).where(col(table.event_id).in_(event_ids))
        found = [row for row in connection.execute(rows).all() if row.household is not None]
        changes = [{"row": row.id, "renamed": names.setdefault(row.household, households.random_name())} for row in found]
        if changes:
            one = update(table).where(col(table.id) == bindparam("row")).values(household=bindparam("renamed"), person_id=None)
            connection.execute(one, changes)
    connection.execute(update(Slot).where(col(Slot.event_id).in_(event_ids)).values(person_id=None))


def needs_of(connection: Connection, event_id: int) -> dict[str, Any]:
    """What those who said yes needed, in counts: kept when the needs themselves are erased."""
    yes = [col(Rsvp.event_id) == event_id, col(Rsvp.partstat) == PartStat.ACCEPTED]
    found = [needs or {} for needs in connection.execute(select(col(Rsvp.needs)).where(*yes)).scalars()]
    rides = select(col(Claim.held)).where(col(Claim.event_id) == event_id, col(Claim.resource) == "ride")
    given = sum(connection.execute(rides).scalars())
    return {
        "interpreter": dict(Counter(str(needs["interpreter"]) for needs in found if needs.get("interpreter"))),
        "meal": _having(found, "meal"),
        "access": _having(found, "access"),
        "ride": sum(int(needs.get("ride", 0)) for needs in found),
        "rides_given": given,
        "ages": {str(age): count for age, count in sorted(Counter(age for needs in found for age in needs.get("ages", ())).items())},
    }


def _having(found: list[Mapping[str, Any]], name: str) -> int:
    return sum(1 for needs in found if needs.get(name))
