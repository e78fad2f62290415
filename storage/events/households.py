"""Two phones of one household: they answer to events as one, and stay two people.

Each is written to, in their own language, and STOP of one is not STOP of the other. (`storage.linking` makes one person of two addresses.)
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from ..database import upsert
from . import rsvps
from .tables import Attendance, Event, EventStage, Household, Rsvp, Slot

_KEEP = upsert(
    lambda insert: (made := insert(Household)).on_conflict_do_update(index_elements=["person_id"], set_={"number": made.excluded.number})
)


def join_people(connection: Connection, one: int, two: int, now: datetime) -> str:
    """The households of two people become one; how it is written. Of two answers to one event the later stays."""
    before = {rsvps.household_of(connection, one), rsvps.household_of(connection, two)}
    members = sorted({person for household in before for person in rsvps.people_of(connection, household)})
    for person in members:
        connection.execute(_KEEP[connection.dialect.name], {"person_id": person, "number": members[0]})
    name = f"h{members[0]}"
    for household in sorted(before - {name}):
        rename(connection, household, name, now)
    return name


def leave(connection: Connection, person_id: int, now: datetime) -> None:
    """They answer for themselves again; what was answered stays with the others."""
    household = rsvps.household_of(connection, person_id)
    others = [each for each in rsvps.people_of(connection, household) if each != person_id]
    connection.execute(delete(Household).where(col(Household.person_id) == person_id))
    if not others or household.startswith("p"):
        return
    alone = len(others) == 1
    left = f"p{others[0]}" if alone else f"h{others[0]}"
    if alone:
        connection.execute(delete(Household).where(col(Household.person_id) == others[0]))
    else:
        connection.execute(update(Household).where(col(Household.person_id).in_(others)).values(number=others[0]))
    if left != household:
        rename(connection, household, left, now)
    for table in (Rsvp, Attendance):
        theirs = [col(table.household) == left, col(table.person_id) == person_id]
        connection.execute(update(table).where(*theirs).values(person_id=others[0]))


def rename(connection: Connection, household: str, name: str, now: datetime) -> None:
    """A household is written in another way; where both have answered, the later answer stays, where both were there, both count."""
    _rename_answers(connection, household, name, now)
    there = select(col(Attendance.event_id)).where(col(Attendance.household) == name)
    both = update(Attendance).where(col(Attendance.household) == household, col(Attendance.event_id).in_(there))
    connection.execute(both.values(household=random_name(), person_id=None))
    connection.execute(update(Attendance).where(col(Attendance.household) == household).values(household=name))


def _rename_answers(connection: Connection, household: str, name: str, now: datetime) -> None:
    theirs = select(Rsvp).join(Event, col(Event.id) == col(Rsvp.event_id)).where(col(Event.stage) != EventStage.OVER)
    had = {row.event_id: row for row in connection.execute(theirs.where(col(Rsvp.household) == name))}
    for row in connection.execute(theirs.where(col(Rsvp.household) == household).order_by(col(Rsvp.event_id))).all():
        other = had.get(row.event_id)
        if other is not None:
            goes, stays = sorted((row, other), key=lambda each: (each.answered_at, each.id))
            rsvps.remove(connection, row.event_id, goes.id, now)
            row = stays  # noqa: PLW2901 - whichever it is has the name from now on
        connection.execute(update(Rsvp).where(col(Rsvp.id) == row.id).values(household=name))


def random_name() -> str:
    """Of a household that nobody can be found by any more."""
    return f"x{secrets.token_hex(8)}"


def merge(connection: Connection, stays: int, goes: int, now: datetime) -> None:
    """Two people are found to be one (LINK): what either answered is theirs, and the household of either."""
    if connection.execute(select(col(Household.number)).where(col(Household.person_id).in_([stays, goes]))).first() is None:
        rename(connection, f"p{goes}", f"p{stays}", now)
    else:
        join_people(connection, stays, goes, now)
        connection.execute(delete(Household).where(col(Household.person_id) == goes))
    for table in (Rsvp, Attendance, Slot):
        connection.execute(update(table).where(col(table.person_id) == goes).values(person_id=stays))


def forget(connection: Connection, person_id: int, now: datetime) -> None:
    """Before a person is erased. The answer of their household stays, if there is somebody else in it; what is past stays as a count."""
    leave(connection, person_id, now)
    begun = select(col(Event.id)).where(col(Event.starts_at) <= now)
    past = update(Rsvp).where(col(Rsvp.person_id) == person_id, col(Rsvp.event_id).in_(begun))
    for row in connection.execute(select(Rsvp).where(col(Rsvp.person_id) == person_id, col(Rsvp.event_id).in_(begun))).all():
        nobody = {"household": random_name(), "person_id": None, "needs": None}
        connection.execute(past.where(col(Rsvp.id) == row.id).values(**nobody))
    alone = select(Rsvp).where(col(Rsvp.person_id) == person_id).order_by(col(Rsvp.event_id))
    for row in connection.execute(alone).all():
        rsvps.remove(connection, row.event_id, row.id, now)
    for attendance_id in connection.execute(select(col(Attendance.id)).where(col(Attendance.person_id) == person_id)).scalars().all():
        nobody = {"household": random_name(), "person_id": None, "name": None}
        connection.execute(update(Attendance).where(col(Attendance.id) == attendance_id).values(**nobody))
    connection.execute(update(Slot).where(col(Slot.person_id) == person_id).values(person_id=None, taken_at=None, reminded=""))
