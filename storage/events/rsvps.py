"""Answers to events: one for a household, whoever of it has sent it, and the places that go with it.

Only what was answered is a row. Who has not answered is the ledger of the invitation without these (`storage.events.reports`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import col

from conversations.events.event import APPOINTMENT, CHILDCARE, PEOPLE, RIDE, Answer, PartStat, Standing

from .. import reaching
from ..database import upsert
from ..prepared import Prepared
from ..tables import Person
from . import checks, events, places
from .tables import Attendance, Event, EventStage, Household, Rsvp, Slot


@dataclass(frozen=True)
class Answered:
    """What an answer came to."""

    standing: Standing
    before: Standing | None
    """None: it is their first."""
    confirm: tuple[int, ...]
    """Address ids of the others of the household, one for each of them: they hear of a change too. Nobody who said STOP."""

    @property
    def changed(self) -> bool:
        return self.before is not None and _said(self.before) != _said(self.standing)


def _said(standing: Standing) -> tuple[Any, ...]:
    return standing.partstat, standing.adults, standing.children, dict(standing.needs)


_ANEW = ("person_id", "language", "partstat", "adults", "children", "needs", "answered_at")
_KEEP = Prepared(
    upsert(
        lambda insert: (
            (made := insert(Rsvp))
            .on_conflict_do_update(index_elements=["event_id", "household"], set_={name: made.excluded[name] for name in _ANEW})
            .returning(col(Rsvp.id))
        )
    )
)
_OF_HOUSEHOLD = Prepared(select(Rsvp).where(col(Rsvp.event_id) == bindparam("event_id"), col(Rsvp.household) == bindparam("household")))
_NUMBER = Prepared(select(col(Household.number)).where(col(Household.person_id) == bindparam("person_id")))


def answer(
    connection: Connection, event_id: int, person_id: int, said: Answer, now: datetime, *, language: str | None = None, late: bool = False
) -> Answered:
    """A person answers for their household, or changes what was answered. All of it is told anew: what is not in `said` is not wanted.

    `NotOpen` or `TooLate` where it does not count; a no counts until it is over. `late` lets staff enter what came on paper.
    """
    row = places.lock(connection, event_id)
    may_answer(row, now, late=late or said.partstat is PartStat.DECLINED)
    household = household_of(connection, person_id)
    before = standing(connection, event_id, household)
    if said.partstat is PartStat.DECLINED:
        said = Answer(PartStat.DECLINED)  # who does not come needs nothing
    who = {"event_id": event_id, "household": household, "person_id": person_id, "language": language}
    rsvp_id = _write(connection, who, said, now)
    if row.kind == APPOINTMENT and said.partstat is not PartStat.ACCEPTED:
        _give_back_time(connection, event_id, household)
    has = places.settle_locked(connection, row, rsvp_id, wants(row, said), now)
    after = Standing(event_id, said.partstat, said.adults, said.children, said.needs, has, household)
    return Answered(after, before, others_of(connection, household, person_id))


def _give_back_time(connection: Connection, event_id: int, household: str) -> None:
    theirs = [col(Slot.event_id) == event_id, col(Slot.person_id).in_(people_of(connection, household))]
    connection.execute(update(Slot).where(*theirs).values(person_id=None, taken_at=None, reminded=""))


def _write(connection: Connection, who: Mapping[str, Any], said: Answer, now: datetime) -> int:
    row = {**who, "partstat": said.partstat, "adults": said.adults, "children": said.children, "needs": dict(said.needs) or None}
    return int(_KEEP.first(connection, **row, answered_at=now, nudges=0, reminded="").id)


def may_answer(row: Any, now: datetime, *, late: bool = False) -> None:
    """`NotOpen` or `TooLate` where an answer does not count any more, or not yet."""
    if row.stage != EventStage.OPEN and not (late and row.stage == EventStage.CLOSED):
        raise checks.NotOpen(row.title, str(row.stage))
    until = checks.answers_until(row)
    if now >= until and not late:
        raise checks.TooLate(row.title, until.astimezone(ZoneInfo(row.zone)))


def wants(event: Any, said: Answer) -> Mapping[str, int]:
    """The places an answer asks for. A maybe asks for none of the people's; whoever knows the children's ages counts those who may stay."""
    if said.partstat not in {PartStat.ACCEPTED, PartStat.TENTATIVE}:
        return {}
    people = said.adults + said.children if said.partstat is PartStat.ACCEPTED else 0
    ages = said.needs.get("ages")
    young = sum(bool(event.childcare_from <= age <= event.childcare_to) for age in ages) if ages else int(said.needs.get("childcare", 0))
    wanted = {PEOPLE: people, CHILDCARE: young, RIDE: int(said.needs.get("ride", 0))}
    return {resource: count for resource, count in wanted.items() if count > 0}


def standing(connection: Connection, event_id: int, household: str) -> Standing | None:
    """Where a household stands; None if it has not answered."""
    row = _OF_HOUSEHOLD.first(connection, event_id=event_id, household=household)
    if row is None:
        return None
    event = events.by_id(connection, event_id)
    has, time = places.standing(connection, event, row.id), _time(connection, event, household)
    return Standing(event_id, PartStat(row.partstat), row.adults, row.children, row.needs or {}, has, household, time)


def _time(connection: Connection, event: Any, household: str) -> datetime | None:
    """That they have picked of an appointment."""
    if event.kind != APPOINTMENT:
        return None
    theirs = [col(Slot.event_id) == event.id, col(Slot.person_id).in_(people_of(connection, household))]
    at: datetime | None = connection.execute(select(col(Slot.starts_at)).where(*theirs).limit(1)).scalar_one_or_none()
    return at and at.astimezone(ZoneInfo(event.zone))


def household_of(connection: Connection, person_id: int) -> str:
    """How a person's household is written: "h12" where phones were joined, else "p34"."""
    row = _NUMBER.first(connection, person_id=person_id)
    return f"p{person_id}" if row is None else f"h{row.number}"


def people_of(connection: Connection, household: str) -> tuple[int, ...]:
    """The ids of whoever belongs to a household as it is written; nobody of one whose link was erased."""
    kind, number = household[:1], household[1:]
    if not number.isdecimal() or kind not in {"p", "h"}:
        return ()
    if kind == "p":
        return (int(number),)
    found = select(col(Household.person_id)).where(col(Household.number) == int(number)).order_by(col(Household.person_id))
    return tuple(connection.execute(found).scalars())


def others_of(connection: Connection, household: str, person_id: int) -> tuple[int, ...]:
    """The address that each of the others used last. Nobody who said STOP, or cannot be reached."""
    return addresses_of(connection, [each for each in people_of(connection, household) if each != person_id])


def addresses_of(connection: Connection, person_ids: list[int]) -> tuple[int, ...]:
    """Where each of these people is written to. Nobody who said STOP, cannot be reached, or may be somebody else now."""
    if not person_ids:
        return ()
    found = reaching.reachable().where(col(Person.id).in_(person_ids)).order_by(col(Person.id))
    return tuple(row.address_id for row in connection.execute(found) if row.why_not is None)


def remove(connection: Connection, event_id: int, rsvp_id: int, now: datetime) -> None:
    """An answer goes as if it had never been; its places are free."""
    places.leave(connection, event_id, rsvp_id, now)
    connection.execute(delete(Rsvp).where(col(Rsvp.id) == rsvp_id))


def of_event(connection: Connection, event_id: int) -> list[Any]:
    """All answers to an event, in the order of their first."""
    return list(connection.execute(select(Rsvp).where(col(Rsvp.event_id) == event_id).order_by(col(Rsvp.id))).all())


def to_come(connection: Connection, household: str, now: datetime) -> list[Any]:
    """The answers of a household to events that are not over, the nearest first."""
    query = select(Rsvp).join(Event, col(Event.id) == col(Rsvp.event_id)).where(col(Rsvp.household) == household, col(Event.ends_at) > now)
    return list(connection.execute(query.order_by(col(Event.starts_at), col(Event.id))).all())


def held(connection: Connection, person_id: int) -> list[dict[str, Any]]:
    """What is held on a person and their household about events, as plain JSON values."""
    household = household_of(connection, person_id)
    of_event = [col(Event.code), col(Event.title), col(Event.starts_at)]
    answers: Any = select(*of_event, col(Rsvp.partstat), col(Rsvp.adults), col(Rsvp.children), col(Rsvp.needs)).join(
        Event, col(Event.id) == col(Rsvp.event_id)
    )
    was_there: Any = select(*of_event, col(Attendance.at), col(Attendance.adults), col(Attendance.children), col(Attendance.name)).join(
        Event, col(Event.id) == col(Attendance.event_id)
    )
    times: Any = select(*of_event, col(Slot.starts_at).label("slot")).join(Event, col(Event.id) == col(Slot.event_id))
    found = [
        *connection.execute(answers.where(col(Rsvp.household) == household).order_by(col(Rsvp.id))).mappings(),
        *connection.execute(was_there.where(col(Attendance.household) == household).order_by(col(Attendance.id))).mappings(),
        *connection.execute(times.where(col(Slot.person_id) == person_id).order_by(col(Slot.id))).mappings(),
    ]
    return [{name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()} for row in found]
