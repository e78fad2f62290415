"""The course of an announcement that has started: paused, gone on, halted, held rows woken, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update
from sqlmodel import col

from ..tables import Outbox, State
from . import drafts
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


def halt(connection: Connection, number: int, now: datetime) -> bool:
    """What has not left stays unsent, and is counted; so is whoever has no row yet (`plan` goes on). False if nothing runs."""
    if not drafts.set_stage(connection, number, Stage.STOPPED, of=(Stage.RUNNING, Stage.PAUSED), ended_at=now):
        return False
    _move(connection, number, (State.WAITING, State.HELD), state=State.SKIPPED, reason="halted")
    return True


def cancel(connection: Connection, number: int, now: datetime) -> bool:
    """Nothing of it ever leaves; False if it has started, or is no more."""
    return drafts.set_stage(connection, number, Stage.CANCELLED, of=(Stage.DRAFT, Stage.SCHEDULED), ended_at=now)


def too_late(connection: Connection, number: int) -> None:
    """Its last moment has come: what still waits does not leave."""
    _move(connection, number, (State.WAITING, State.HELD), state=State.SKIPPED, reason="too late")


def _move(connection: Connection, number: int, states: tuple[State, ...], **becomes: Any) -> None:
    mine = [col(Outbox.announcement_id) == number, col(Outbox.state).in_(states)]
    connection.execute(update(Outbox).where(*mine).values(**becomes))


_WAKE = (
    select(col(Outbox.id))
    .where(col(Outbox.state) == State.HELD, col(Outbox.due_at) <= bindparam("now"))
    .order_by(col(Outbox.priority), col(Outbox.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def wake(connection: Connection, now: datetime, *, most: int = AT_ONCE) -> int:
    """Let held rows that are due be looked at again, what matters most first; how many these were."""
    ids = list(connection.execute(_WAKE, {"now": now, "most": most}).scalars())
    if ids:
        held = [col(Outbox.id).in_(ids), col(Outbox.state) == State.HELD]
        connection.execute(update(Outbox).where(*held).values(state=State.WAITING, reason=""))
    return len(ids)


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


def finish(connection: Connection, number: int, now: datetime) -> bool:
    """It is done if every row is written and none waits or is on its way; False if not."""
    open_states = [State.WAITING, State.HELD, State.SENDING]
    waits = select(col(Outbox.id)).where(col(Outbox.announcement_id) == number, col(Outbox.state).in_(open_states)).limit(1)
    if connection.execute(waits).first() is not None:
        return False
    return drafts.set_stage(connection, number, Stage.DONE, of=(Stage.RUNNING,), ended_at=now)
