"""The course of an announcement that has started: paused, gone on, halted, held rows woken, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, not_, or_, select, update
from sqlmodel import col

from ..tables import Outbox, State
from . import drafts
from .audience import NO_CHANNEL
from .tables import Announcement, Stage

NOT_BY_ITSELF = datetime(9000, 1, 1, tzinfo=UTC)
"""What is paused is due when somebody lets it go on."""
WENT_ON = "went_on"
"""Of an announcement's `about`: when somebody let it go on."""
AT_ONCE = 2000
"""Rows that are woken in one breath."""


def pause(connection: Connection, number: int, why: str) -> bool:
    """Hold all that has not left until somebody lets it go on; False if it was paused already, or is over."""
    if not drafts.set_stage(connection, number, Stage.PAUSED, of=(Stage.RUNNING,), why=why):
        return False
    _move(connection, number, (State.WAITING,), state=State.HELD, reason="paused", due_at=NOT_BY_ITSELF)
    return True


def go_on(connection: Connection, number: int, now: datetime) -> bool:
    """What was paused goes on. What the carrier says later of texts that left before is no reason to pause it again."""
    found = drafts.row_of(connection, number)
    if found is None:
        return False
    about = {**found.about, WENT_ON: now.isoformat()}
    if not drafts.set_stage(connection, number, Stage.RUNNING, of=(Stage.PAUSED,), why="", about=about):
        return False
    paused = [col(Outbox.announcement_id) == number, col(Outbox.state) == State.HELD, col(Outbox.reason) == "paused"]
    connection.execute(update(Outbox).where(*paused).values(state=State.WAITING, reason="", due_at=now))
    return True


def author(connection: Connection, number: int) -> int | None:
    """Who is told how it goes."""
    return connection.execute(select(col(Announcement.author_id)).where(col(Announcement.id) == number)).scalar_one_or_none()


def remark(connection: Connection, number: int, why: str) -> bool:
    """Note what stands in the way of a running one; False if it was noted before."""
    mine = [col(Announcement.id) == number, col(Announcement.stage) == Stage.RUNNING, col(Announcement.why) != why]
    return connection.execute(update(Announcement).where(*mine).values(why=why)).rowcount == 1


def still_of(connection: Connection, row_id: int) -> int | None:
    """The running announcement a row is of; None if it left before somebody let it go on: what it says is known by then."""
    query = select(col(Announcement.id), col(Announcement.about), col(Outbox.handed_off_at))
    query = query.join(Outbox, col(Outbox.announcement_id) == col(Announcement.id))
    found = connection.execute(query.where(col(Outbox.id) == row_id, col(Announcement.stage) == Stage.RUNNING)).one_or_none()
    if found is None:
        return None
    went_on = found.about.get(WENT_ON)
    old = went_on is not None and (found.handed_off_at is None or found.handed_off_at <= datetime.fromisoformat(went_on))
    return None if old else found.id


def halt(connection: Connection, number: int, now: datetime) -> bool:
    """What has not left stays unsent, and is counted; so is whoever has no row yet (`plan` goes on). False if nothing runs."""
    if not drafts.set_stage(connection, number, Stage.STOPPED, of=(Stage.RUNNING, Stage.PAUSED), ended_at=now):
        return False
    _move(connection, number, (State.WAITING, State.HELD), state=State.SKIPPED, reason="halted")
    return True


def cancel(connection: Connection, number: int, now: datetime) -> bool:
    """Nothing of it ever leaves; False if it has started, or is no more."""
    return drafts.set_stage(connection, number, Stage.CANCELLED, of=(Stage.DRAFT, Stage.SCHEDULED), ended_at=now)


def lay_to_rest(connection: Connection, now: datetime) -> None:
    """A backup was put back: what ran when it was made has gone out by now, as far as it did; what was to start has started."""
    begun = {Stage.SCHEDULED: Stage.CANCELLED, Stage.RUNNING: Stage.STOPPED, Stage.PAUSED: Stage.STOPPED}
    for was, becomes in begun.items():
        connection.execute(update(Announcement).where(col(Announcement.stage) == was).values(stage=becomes, ended_at=now, why="restored"))


def too_late(connection: Connection, number: int, now: datetime) -> None:
    """Its last moment has come: what still waits does not leave, and who has no row yet gets one that says so (`planning.plan`)."""
    _move(connection, number, (State.WAITING, State.HELD), state=State.SKIPPED, reason="too late")
    drafts.set_stage(connection, number, Stage.RUNNING, of=(Stage.PAUSED,), why="")


def without_channel(connection: Connection, number: int, channels: frozenset[str]) -> int:
    """Rows for a channel that is not set up: nobody would ever take them. How many these were."""
    elsewhere = col(Outbox.channel).not_in(channels)
    return _move(connection, number, (State.WAITING, State.HELD), elsewhere, state=State.SKIPPED, reason=NO_CHANNEL)


def _move(connection: Connection, number: int, states: tuple[State, ...], *those: ColumnElement[bool], **becomes: Any) -> int:
    mine = [col(Outbox.announcement_id) == number, col(Outbox.state).in_(states), *those]
    return connection.execute(update(Outbox).where(*mine).values(**becomes)).rowcount


_DUE = (
    select(col(Outbox.id))
    .where(col(Outbox.state) == State.HELD, col(Outbox.due_at) <= bindparam("now"))
    .order_by(col(Outbox.priority), col(Outbox.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_WAKE = update(Outbox).where(col(Outbox.id).in_(_DUE), col(Outbox.state) == State.HELD).values(state=State.WAITING, reason="")


def wake(connection: Connection, now: datetime, *, most: int = AT_ONCE) -> int:
    """Let held rows that are due be looked at again, what matters most first; how many these were."""
    return connection.execute(_WAKE, {"now": now, "most": most}).rowcount


# What the clock looks at


@dataclass(frozen=True)
class Alive:
    """An announcement that the clock has to do with."""

    number: int
    stage: Stage
    planned: bool
    send_at: datetime | None
    until: datetime | None
    author_id: int | None
    school_id: int


def alive(connection: Connection) -> list[Alive]:
    """What is scheduled, runs or rests, and what was stopped before all its rows were written."""
    unwritten = and_(col(Announcement.stage) == Stage.STOPPED, col(Announcement.planned).is_(False))
    query = select(
        *(col(Announcement.id), col(Announcement.stage), col(Announcement.planned)),
        *(col(Announcement.send_at), col(Announcement.until), col(Announcement.author_id), col(Announcement.school_id)),
    ).where(or_(col(Announcement.stage).in_([Stage.SCHEDULED, Stage.RUNNING, Stage.PAUSED]), unwritten))
    return [_alive(row) for row in connection.execute(query.order_by(col(Announcement.id)))]


def _alive(row: Any) -> Alive:
    return Alive(row.id, Stage(row.stage), row.planned, row.send_at, row.until, row.author_id, row.school_id)


RESTS = ("held", "not welcomed")
"""Holds that may last for days: the account does not wait for them."""
TOLD = "told"
"""Of an announcement's `about`: its author has had the account."""


@dataclass(frozen=True)
class Progress:
    """What is still open: what can leave soon, what rests, and when something left last."""

    opened: int
    rests: int
    last: datetime | None


def progress(connection: Connection, number: int) -> Progress:
    resting = and_(col(Outbox.state) == State.HELD, col(Outbox.reason).in_(RESTS))
    waiting = col(Outbox.state).in_([State.WAITING, State.SENDING, State.HELD])
    sums = select(
        func.count().filter(waiting, not_(resting)).label("opened"),
        func.count().filter(resting).label("rests"),
        func.max(col(Outbox.handed_off_at)).label("last"),
    )
    return Progress(*connection.execute(sums.where(col(Outbox.announcement_id) == number)).one())


def told(connection: Connection, number: int) -> bool:
    """Note that the author has the account; False if they had it."""
    found = drafts.row_of(connection, number)
    if found is None or TOLD in found.about:
        return False
    connection.execute(update(Announcement).where(col(Announcement.id) == number).values(about={**found.about, TOLD: True}))
    return True
