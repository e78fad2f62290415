"""Calendar files that go with a text, where a channel carries files: with the answer of who comes, and with what has changed for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.events.event import PartStat
from storage.announcements.tables import Announcement
from storage.events import events, rsvps
from storage.events.announced import OF_EVENT
from storage.outbox import Row
from storage.tables import Kind

from .. import rendering
from ..channels.base import File
from . import links

log = structlog.get_logger()

MEDIA_TYPE = "text/calendar"


def file_of(connection: Connection, row: Row, now: datetime) -> File | None:
    """What goes with a row, as the event is now; None where nothing does, or the event is gone."""
    if row.calendar is None:
        return None
    what, _dash, language = row.calendar.partition("-")
    event = events.by_id(connection, int(what))
    try:
        content = links.file_of(connection, what, language, now)
    except (ValueError, LookupError) as error:  # the text leaves all the same
        log.error("no_calendar", event=what, error=type(error).__name__)  # noqa: TRY400 - its words may hold a title
        return None
    return None if event is None or content is None else File(f"{event.code}.ics", content, MEDIA_TYPE)


def given(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """The same rows; those that tell somebody who comes of another time or place, or that it is off, get the file that says it to a calendar."""
    numbers = {row.announcement_id for row in rows if _may(row) and row.announcement_id is not None}
    if not numbers:
        return list(rows)
    found = connection.execute(select(col(Announcement.id), col(Announcement.about)).where(col(Announcement.id).in_(numbers)))
    about = {number: int(kept[OF_EVENT]) for number, kept in found if kept and OF_EVENT in kept}
    return [_with_file(connection, row, about) if _may(row) and row.announcement_id in about else row for row in rows]


def _may(row: Row) -> bool:
    return row.kind is Kind.CHANGE and rendering.carries_files(row.channel)


def _with_file(connection: Connection, row: Row, about: Mapping[int | None, Any]) -> Row:
    event = about[row.announcement_id]
    standing = rsvps.standing(connection, event, rsvps.household_of(connection, row.person_id))
    comes = standing is not None and standing.partstat is PartStat.ACCEPTED
    return replace(row, calendar=f"{event}-{row.language}" if row.language else str(event)) if comes else row
