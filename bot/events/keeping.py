"""Make an event with its invitation's draft; change one, call one off, and tell everybody whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.announcements.audience import Audience, of_school
from conversations.events import codes, telling
from conversations.events.telling import PLACE, TIME
from conversations.words import Words
from storage.announcements import course, drafts
from storage.announcements import tables as announced
from storage.announcements.tables import Announcement, Stage
from storage.events import checks, events, views
from storage.events.audiences import AFFECTED, EVERYBODY, of_event
from storage.events.events import New
from storage.events.tables import EventStage
from storage.tables import Kind, School

from ..announcements.announce import announce

EVENT = "event"
"""Of an announcement's `about`: the event that it invites to."""


@dataclass(frozen=True)
class Made:
    event: int
    code: str
    invitation: int
    """The number of the draft."""


def make(
    connection: Connection,
    school: School,
    new: New,
    now: datetime,
    *,
    description: str = "",
    language: str = "",
    author_id: int | None = None,
) -> Made:
    """A new event and the draft of its invitation. Without a code it is called by a word of its title. An `EventProblem` says what is wrong."""
    assert school.id is not None
    event_id, code = _made(connection, school.id, new, now, author_id)
    number = draft(
        connection, school, event_id, title=new.title, description=description, now=now, language=language, author_id=author_id
    )
    return Made(event_id, code, number)


def _made(connection: Connection, school_id: int, new: New, now: datetime, author_id: int | None) -> tuple[int, str]:
    taken: checks.EventProblem | None = None
    for code in [new.code] if new.code else _free(new.title):
        try:
            return events.make(connection, school_id, replace(new, code=code), now, author_id=author_id), checks.code(code)
        except (checks.CodeTaken, checks.BadCode) as problem:
            taken = problem
    assert taken is not None
    raise taken


def _free(title: str) -> Iterator[str]:
    yield from codes.from_title(title)


def draft(
    connection: Connection,
    school: School,
    event_id: int,
    *,
    title: str,
    description: str,
    now: datetime,
    language: str = "",
    author_id: int | None = None,
) -> int:
    """The draft of an event's invitation to a school's families, its source in `language`, else in the school's first."""
    tag = language or next(iter(school.languages), "en")
    number = drafts.save(
        connection,
        school_id=school.id or 0,
        author_id=author_id,
        kind=Kind.INVITATION,
        audience=of_school(school.keyword),
        language=tag,
        texts={tag: body(title, description)},
        now=now,
        about={EVENT: event_id},
    )
    events.invite_with(connection, event_id, number)
    return number


def body(title: str, description: str) -> str:
    """As an invitation keeps it: the title is the first line."""
    return f"{title}\n{description}".strip()


def reword(connection: Connection, row: Any, title: str, description: str, now: datetime) -> bool:
    """Other words in the source language: translations of them are stale. False where nothing is other, or the invitation has left."""
    invitation = drafts.row_of(connection, row.announcement_id) if row.announcement_id is not None else None
    source = drafts.source_of(connection, row.announcement_id) if invitation is not None else None
    said = body(title, description)
    if invitation is None or invitation.stage != "draft" or source is None or source[1] == said:
        return False
    drafts.write_text(connection, invitation.id, source[0], said, by=None)
    drafts.approve_text(connection, invitation.id, source[0], by=None, now=now)
    return True


# What is changed


SAID = {"starts_at": TIME, "ends_at": TIME, "zone": TIME, "place": PLACE, "map_link": PLACE}
"""Changes that whoever was invited must hear of, by column."""


def change(connection: Connection, event_id: int, now: datetime, **changes: Any) -> frozenset[str]:
    """Change columns of an event; which are really others. Another time or place is told at once to whom it concerns."""
    really = events.change(connection, event_id, now, **changes)
    tell_change(connection, event_id, really, now)
    return really


def tell_change(connection: Connection, event_id: int, really: frozenset[str], now: datetime) -> int | None:
    """The number of the announcement; None where nobody need hear of it. The last one counts: an earlier one that waits is dropped."""
    row = events.by_id(connection, event_id)
    what = frozenset(SAID[name] for name in really if name in SAID)
    if not what or row.stage not in {EventStage.OPEN, EventStage.CLOSED}:
        return None
    unsaid = _drop_waiting(connection, row, now)
    view = views.view(connection, row)
    whom = of_event(event_id, AFFECTED)
    return _announce(connection, row, whom, lambda title: telling.changed(view, title, what | unsaid), now, until=row.starts_at)


def cancel(connection: Connection, event_id: int, now: datetime) -> bool:
    """It does not take place: whoever was invited or has answered hears it at once. False if it was over or called off before."""
    row = events.by_id(connection, event_id)
    if row is None or not events.set_stage(connection, event_id, EventStage.CANCELLED, of=events.ALIVE, sequence=row.sequence + 1):
        return False
    _drop_waiting(connection, row, now)
    if row.announcement_id is not None and not _others_use(connection, row):
        course.cancel(connection, row.announcement_id, now)
        course.halt(connection, row.announcement_id, now)
    if row.stage is not EventStage.DRAFT and row.starts_at > now:
        view = views.view(connection, row)
        whom = of_event(event_id, EVERYBODY)
        _announce(connection, row, whom, lambda title: telling.cancelled(view, title), now, until=row.ends_at)
    return True


def _others_use(connection: Connection, row: Any) -> bool:
    """Other sessions of a series go on with the same invitation."""
    sessions = events.of_series(connection, row.series_id) if row.series_id is not None else []
    return any(each.id != row.id and each.stage != EventStage.CANCELLED for each in sessions)


def _drop_waiting(connection: Connection, row: Any, now: datetime) -> frozenset[str]:
    """What was to be told of an event and has not begun is replaced; what it would have said."""
    waiting = announced.about(connection, row.school_id, OF_EVENT, row.id, stages=(Stage.SCHEDULED,))
    unsaid: set[str] = set()
    for each in waiting:
        if course.cancel(connection, each.id, now):
            unsaid |= set(each.about.get(WHAT, ()))
    return frozenset(unsaid)
