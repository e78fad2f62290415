"""The announcements that an event has had or is to have: what its `about` says finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import col

from ..announcements.tables import Announcement, Stage
from ..tables import Outbox, State
from .tables import Event, EventStage

EVENT = "event"
"""Of an announcement's `about`: the event that it invites to. Its text is put together when it leaves."""
NUDGE = "nudge"
"""Of such a one's `about`: it goes to those who have not answered, for the first time or the second."""
OF_EVENT = "of_event"
"""Of an announcement's `about`: the event that it tells of in words of ours."""
WHAT = "what"
"""Of such a one's `about`: what it is for."""
BEGUN = (Stage.SCHEDULED, Stage.RUNNING, Stage.PAUSED, Stage.DONE, Stage.STOPPED)


def about(connection: Connection, row: Any, key: str, *, stages: tuple[Stage, ...] = BEGUN) -> list[Any]:
    """The announcements whose `about` has this event under a key, the oldest first. `row` is the event's."""
    mine = [col(Announcement.school_id) == row.school_id, col(Announcement.stage).in_(stages)]
    since = [col(Announcement.created_at) >= row.created_at]
    found = connection.execute(select(Announcement).where(*mine, *since).order_by(col(Announcement.id)))
    return [each for each in found if (each.about or {}).get(key) == row.id]


def open_invited(connection: Connection) -> int:
    """Families answer from the moment that an invitation has passed the gate; how many events were opened."""
    passed = select(col(Announcement.id)).where(col(Announcement.stage).in_(BEGUN))
    drafts = [col(Event.stage) == EventStage.DRAFT, col(Event.announcement_id).in_(passed)]
    return connection.execute(update(Event).where(*drafts).values(stage=EventStage.OPEN)).rowcount


def keep_text(connection: Connection, row_id: int, text: str, buttons: Sequence[Sequence[str]] = ()) -> None:
    """The words and buttons of a row as they leave."""
    kept = [list(button) for button in buttons] or None
    connection.execute(update(Outbox).where(col(Outbox.id) == row_id).values(text=text, buttons=kept))


def forget_texts(connection: Connection, numbers: Sequence[int]) -> None:
    """What has not left is put together anew when it does: the event is another one now."""
    waiting = [col(Outbox.announcement_id).in_(numbers), col(Outbox.state).in_([State.WAITING, State.HELD])]
    connection.execute(update(Outbox).where(*waiting).values(text=None))
