"""Remind those who come, ask those who have not answered, thank those who were there: what the clock does for events, by their hours.

Whatever was missed is done at the next look, as long as it makes sense; nothing is done twice, for what was done is written down with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import locales
from conversations.events import appointments, near, telling
from conversations.events.event import APPOINTMENT
from conversations.words import Words, joined
from storage import outbox, reaching
from storage.announcements import drafts
from storage.announcements.tables import Stage
from storage.events import announced, checks, reminding, rsvps, views
from storage.events.announced import NUDGE, OF_EVENT, WHAT
from storage.events.audience import CAME, SILENT, of_event
from storage.people import Known
from storage.tables import Kind

from .. import rendering
from ..announcements.announce import announce
from . import changing

AHEAD = timedelta(hours=48)
"""No reminder is further before an event."""
TO_COME = timedelta(days=120)
"""Events whose silent families may be asked again."""
THANKS = "thanks"
THANKED_WITHIN = timedelta(hours=40)
"""Later than this a thank-you is odd."""

AfterEvent = Callable[[Connection, Any, datetime], Words | None]
AFTER_EVENT: list[AfterEvent] = []
"""Each is given an event's row the morning after, once, and may add its question to the thanks."""


def remind(connection: Connection, now: datetime) -> int:
    """All reminders that are due; how many texts."""
    return sum(_remind(connection, row, now) for row in reminding.between(connection, now, now + AHEAD))


def _remind(connection: Connection, row: Any, now: datetime) -> int:
    if row.kind == APPOINTMENT:
        return _remind_times(connection, row, now)
    zone = ZoneInfo(row.zone)
    starts, due = row.starts_at.astimezone(zone), near.due(row.starts_at.astimezone(zone), now.astimezone(zone))
    if due is None:
        return 0
    which, at = due
    view = views.view(connection, row)
    sent = 0
    for rsvp in reminding.unreminded(connection, row.id, which, at, now):
        reminding.reminded(connection, rsvp.id, which)
        known = reaching.where_to_write(connection, rsvp.person_id)
        standing = rsvps.standing(connection, row.id, rsvp.household)
        if known is None or standing is None:
            continue
        language = known.language or "en"
        soon = which == near.HOURS and at.date() == starts.date()
        sent += write(connection, known, Kind.REMINDER, telling.reminder(view, standing, view.title(language), soon=soon), now)
    return sent


def _remind_times(connection: Connection, row: Any, now: datetime) -> int:
    """Of an appointment everybody is reminded of their own time."""
    zone, sent = ZoneInfo(row.zone), 0
    view = views.view(connection, row)
    for slot in reminding.unreminded_times(connection, row.id, now):
        starts = slot.starts_at.astimezone(zone)
        which, at = near.due(starts, now.astimezone(zone)) or ("", None)
        known = reaching.where_to_write(connection, slot.person_id)
        if at is None or which in slot.reminded or slot.taken_at >= at or known is None:
            continue
        reminding.time_reminded(connection, slot.id, which)
        soon = which == near.HOURS and at.date() == starts.date()
        sent += write(connection, known, Kind.REMINDER, appointments.reminder(view, view.title(known.language), starts, soon=soon), now)
    return sent


def write(connection: Connection, known: Known, kind: Kind, words: Words, now: datetime) -> int:
    """Texts to one person, in their language; how many."""
    text = locales.render(words, known.language or "en")
    rows = [rendering.row(known, kind, each, now) for each in rendering.texts(known.channel, known.address, text)]
    outbox.write(connection, rows)
    return len(rows)


# Those who have not answered


def nudge(connection: Connection, now: datetime) -> int:
    """Ask again where it is time; how many announcements. The gate was passed for the invitation, and its price told of these."""
    return sum(_nudge(connection, row, now) for row in reminding.between(connection, now, now + TO_COME))


def _nudge(connection: Connection, row: Any, now: datetime) -> int:
    zone = ZoneInfo(row.zone)
    invitation = drafts.row_of(connection, row.announcement_id) if row.announcement_id is not None else None
    if row.stage != "open" or invitation is None or invitation.started_at is None or invitation.stage not in {Stage.RUNNING, Stage.DONE}:
        return 0
    if (invitation.about or {}).get(announced.EVENT) != row.id:  # another session of the series, whose invitation it is, asks again
        return 0
    before = [each for each in announced.about(connection, row, announced.EVENT) if each.about.get(NUDGE)]
    last = max([invitation.started_at, *(each.created_at for each in before)])
    until = checks.answers_until(row).astimezone(zone)
    at = near.next_nudge(last.astimezone(zone), until)
    if len(before) >= near.NUDGES or at is None or not at <= now <= until - near.LEAST or not near.is_day(now.astimezone(zone)):
        return 0
    draft = drafts.draft(connection, invitation.id)
    assert draft is not None
    texts = {text.language: text.body for text in draft.texts if text.body and text.state.value == "approved"}
    if draft.language not in texts or any(text.required and text.language not in texts for text in draft.texts):
        return 0
    announce(
        connection,
        school_id=row.school_id,
        kind=Kind.INVITATION.value,
        audience=of_event(row.id, SILENT),
        language=draft.language,
        texts=texts,
        now=now,
        until=until,
        about={announced.EVENT: row.id, NUDGE: len(before) + 1},
    )
    return 1


# Afterwards


def thank(connection: Connection, now: datetime) -> int:
    """Thank whoever was there, the next morning; how many announcements."""
    return sum(_thank(connection, row, now) for row in reminding.ended(connection, now - THANKED_WITHIN, now))


def _thank(connection: Connection, row: Any, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(row.zone))
    due = near.morning_after(row.ends_at.astimezone(ZoneInfo(row.zone)))
    if local < due or not near.is_day(local) or _thanked(connection, row):
        return 0
    more = [words for hook in AFTER_EVENT if (words := hook(connection, row, now)) is not None]
    changing.say(
        connection,
        row,
        of_event(row.id, CAME),
        lambda title: joined("\n", telling.thanks(title), *more),
        now,
        kind=Kind.REMINDER.value,
        what=[THANKS],
        until=now + THANKED_WITHIN,
    )
    return 1


def _thanked(connection: Connection, row: Any) -> bool:
    return any(THANKS in each.about.get(WHAT, ()) for each in announced.about(connection, row, OF_EVENT))
