"""Introductions, a school's wave each day: who is next, how the last week went, and whether it goes on.

`welcomed` is what every sender of something routine must ask first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, exists, func, or_, select, update
from sqlmodel import col

from ..database import upsert
from ..prepared import Prepared
from ..tables import Address, Kind, Membership, Outbox, Person, School, State
from .tables import Introduction, Stage, Wave

LOOKS_BACK = timedelta(days=7)
FEWEST = 20
"""Introductions below which a share says nothing."""
MOST_LOST = 0.05
"""Share of those introduced who said STOP or WRONG, or could not be reached: above it, nobody more is introduced."""

_handed_off = exists().where(
    col(Outbox.address_id) == col(Address.id),
    col(Outbox.kind) == Kind.INTRODUCTION,
    or_(col(Outbox.state) == State.SENT, col(Outbox.state) == State.DELIVERED),
)
_WELCOMED = Prepared(
    select(
        col(Introduction.stage), _handed_off.label("arrived"), exists().where(col(Membership.person_id) == col(Person.id)).label("joined")
    )
    .select_from(Address)
    .join(Person, col(Person.id) == col(Address.person_id))
    .join(Introduction, col(Introduction.address_id) == col(Address.id), isouter=True)
    .where(col(Address.id) == bindparam("address"))
)


def welcomed(connection: Connection, address_id: int) -> bool:
    """Whether something routine may go to an address: it joined by itself, or its introduction has left and was not refused."""
    found = _WELCOMED.first(connection, address=address_id)
    if found is None:
        return False
    if found.stage is None:
        return bool(found.joined)
    return found.stage == Stage.ANSWERED or (found.stage == Stage.SENT and bool(found.arrived))


def awaits(connection: Connection, address_id: int) -> bool:
    """Whether an address was imported and has not been introduced yet: we ask it nothing a second time."""
    return stage_of(connection, address_id) is not None and not welcomed(connection, address_id)


def stage_of(connection: Connection, address_id: int) -> Stage | None:
    """How far an address is; None if it was never imported."""
    found = connection.execute(select(col(Introduction.stage)).where(col(Introduction.address_id) == address_id)).scalar_one_or_none()
    return None if found is None else Stage(found)


def move_on(connection: Connection, address_id: int, stage: Stage, *, sent_at: datetime | None = None) -> None:
    """An introduction goes on; nothing happens where an address was never imported."""
    more = {"sent_at": sent_at} if sent_at is not None else {}
    connection.execute(update(Introduction).where(col(Introduction.address_id) == address_id).values(stage=stage, **more))


def leave_school(connection: Connection, person_id: int) -> None:
    """The number is somebody else's: who has it now has no part in a school."""
    connection.execute(delete(Membership).where(col(Membership.person_id) == person_id))


# Who is next

_may: list[ColumnElement[bool]] = [
    col(Introduction.stage) == Stage.WAITING,
    col(Person.stopped_at).is_(None),
    col(Address.unreachable_at).is_(None),
]


def _of_people(*what: Any) -> Any:
    return (
        select(*what)
        .select_from(Introduction)
        .join(Address, col(Address.id) == col(Introduction.address_id))
        .join(Person, col(Person.id) == col(Address.person_id))
    )


def schools_waiting(connection: Connection) -> Sequence[Any]:
    """The rows of the schools with somebody to introduce."""
    somebody = exists().where(col(Introduction.school_id) == col(School.id), col(Introduction.stage) == Stage.WAITING)
    return connection.execute(select(School).where(somebody).order_by(col(School.id))).all()


def next_ones(connection: Connection, school_id: int, most: int, *, quiet_since: datetime) -> list[int]:
    """The addresses to introduce now, oldest first: nobody who is just talking with us."""
    query = _of_people(col(Introduction.address_id)).where(
        col(Introduction.school_id) == school_id, *_may, col(Address.heard_at) <= quiet_since
    )
    return list(connection.execute(query.order_by(col(Introduction.id)).limit(most)).scalars())


def started_since(connection: Connection, school_id: int, since: datetime) -> int:
    query = select(func.count()).select_from(Introduction)
    return connection.execute(query.where(col(Introduction.school_id) == school_id, col(Introduction.sent_at) >= since)).scalar_one()


# How it goes


@dataclass(frozen=True)
class Week:
    """How a school's introductions of the last seven days went, or of those since somebody let them go on."""

    introduced: int
    answered: int
    lost: int
    """They said STOP or WRONG, or could not be reached."""
    halted_at: datetime | None

    @property
    def too_many(self) -> bool:
        return self.introduced >= FEWEST and self.lost > self.introduced * MOST_LOST


def week(connection: Connection, school_id: int, now: datetime) -> Week:
    wave = connection.execute(select(Wave).where(col(Wave.school_id) == school_id)).one_or_none()
    since = max(now - LOOKS_BACK, wave.resumed_at) if wave and wave.resumed_at else now - LOOKS_BACK
    failed = exists().where(
        col(Outbox.address_id) == col(Introduction.address_id), col(Outbox.kind) == Kind.INTRODUCTION, col(Outbox.state) == State.FAILED
    )
    gone = or_(col(Introduction.stage).in_([Stage.WRONG, Stage.BROKEN]), col(Person.stopped_at).is_not(None), failed)
    counts = _of_people(
        func.count(),
        func.coalesce(func.sum(case((and_(col(Introduction.stage) == Stage.ANSWERED, ~gone), 1), else_=0)), 0),
        func.coalesce(func.sum(case((gone, 1), else_=0)), 0),
    ).where(col(Introduction.school_id) == school_id, col(Introduction.sent_at) >= since)
    introduced, answered, lost = connection.execute(counts).one()
    return Week(introduced, int(answered), int(lost), wave.halted_at if wave else None)


@dataclass(frozen=True)
class Standing:
    """How the introductions of a school stand."""

    keyword: str
    waiting: int
    week: Week

    def __str__(self) -> str:
        halted = " Halted: find out why, then `platica people waves --resume`." if self.week.halted_at is not None else ""
        done = f"{self.week.introduced} introduced this week, {self.week.answered} answered"
        return f"{self.keyword}: {self.waiting} wait; {done}, {self.week.lost} said STOP or WRONG or could not be reached.{halted}"


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """Every school that ever imported somebody."""
    somebody = exists().where(col(Introduction.school_id) == col(School.id))
    schools = connection.execute(select(School).where(somebody).order_by(col(School.id))).all()
    return [Standing(school.keyword.upper(), _waiting(connection, school.id), week(connection, school.id, now)) for school in schools]


def _waiting(connection: Connection, school_id: int) -> int:
    found: int = connection.execute(_of_people(func.count()).where(col(Introduction.school_id) == school_id, *_may)).scalar_one()
    return found


def in_words(connection: Connection, now: datetime) -> list[str]:
    return [str(each) for each in standings(connection, now)]


_HALT = upsert(
    lambda insert: (made := insert(Wave)).on_conflict_do_update(index_elements=["school_id"], set_={"halted_at": made.excluded.halted_at})
)


def halt(connection: Connection, school_id: int, now: datetime) -> None:
    """Nobody more of this school is introduced until somebody has looked."""
    connection.execute(_HALT[connection.dialect.name], {"school_id": school_id, "halted_at": now})


def resume(connection: Connection, now: datetime) -> list[str]:
    """Let every halted school go on, counting anew; their keywords."""
    halted = select(col(School.keyword)).join(Wave, col(Wave.school_id) == col(School.id)).where(col(Wave.halted_at).is_not(None))
    keywords = [keyword.upper() for keyword in connection.execute(halted.order_by(col(School.id))).scalars()]
    connection.execute(update(Wave).where(col(Wave.halted_at).is_not(None)).values(halted_at=None, resumed_at=now))
    return keywords
