"""Make an event, and the draft of its invitation with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversations.announcements.audience import of_school
from conversations.events import codes
from storage.announcements import drafts
from storage.events import checks, events
from storage.events.announced import EVENT
from storage.events.events import New
from storage.tables import Kind, School


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
    number = draft(connection, school, event_id, title=new.title, description=description, now=now, language=language, author_id=author_id)
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
