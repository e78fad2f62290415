"""Change an event or call it off, and tell everybody whom it concerns: by the ledger, in words of ours, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.announcements.audience import Audience
from conversations.events import telling
from conversations.events.telling import PLACE, TIME
from conversations.words import Words
from storage.announcements import course, drafts
from storage.announcements.tables import Stage
from storage.events import announced, checks, events, lifecycle, views
from storage.events.announced import OF_EVENT, WHAT
from storage.events.audience import AFFECTED, EVERYBODY, of_event
from storage.events.tables import EventStage

from ..announcements.announce import announce

SAID = {"starts_at": TIME, "ends_at": TIME, "zone": TIME, "place": PLACE, "map_link": PLACE}
"""Changes that whoever was invited must hear of, by column."""
TOLD = (EventStage.OPEN, EventStage.CLOSED)
"""Stages of an event that families know of."""
SOON = timedelta(minutes=1)


def change(connection: Connection, event_id: int, now: datetime, **changes: Any) -> frozenset[str]:
    """Change columns of an event; which are really others. Another time or place is told to whom it concerns. An `EventProblem` says what is wrong."""
    really = events.change(connection, event_id, now, **changes)
    tell(connection, event_id, really, now)
    return really


def change_all(connection: Connection, event_id: int, now: datetime, **changes: Any) -> frozenset[str]:
    """The same of a session and of all after it, told once."""
    later = views.later(connection, events.by_id(connection, event_id))
    really = frozenset[str]().union(*(events.change(connection, each.id, now, **changes) for each in later))
    tell(connection, event_id, really, now, whole=True)
    return really


def tell(connection: Connection, event_id: int, columns: Iterable[str], now: datetime, *, whole: bool = False) -> int | None:
    """Announce that these columns are others; the number, or None where nobody need hear of it. `whole`: of all sessions from this one on.

    Two changes in a minute are one text: what was to be told and has not left is told with this.
    """
    row = events.by_id(connection, event_id)
    what = {SAID[name] for name in columns if name in SAID}
    if not what or row.stage not in TOLD or checks.begun(row) <= now:
        return None
    what |= _unsaid(connection, row, now)
    announced.forget_texts(connection, [each.id for each in announced.about(connection, row, announced.EVENT)])
    view = views.view(connection, row)
    return say(
        connection,
        row,
        of_event(event_id, AFFECTED),
        lambda title: telling.changed(view, title, what, whole=whole),
        now,
        what=what,
        until=checks.begun(row),
    )


def cancel(connection: Connection, event_id: int, now: datetime, *, whole: bool = False) -> bool:
    """It does not take place: whoever was invited or has answered hears it, of `whole` a series once. False if it was over or called off before."""
    row = events.by_id(connection, event_id)
    view = views.view(connection, row) if row is not None else None
    rest = [each for each in views.later(connection, row) if each.id != event_id] if view is not None and whole else []
    if view is None or not lifecycle.cancel(connection, event_id, now):
        return False
    for each in rest:
        lifecycle.cancel(connection, each.id, now)
        _unsaid(connection, each, now)
    _unsaid(connection, row, now)
    for number in _its_own(connection, row):
        course.cancel(connection, number, now)
        course.halt(connection, number, now)
    if row.stage in TOLD and row.ends_at > now:
        whom = of_event(event_id, EVERYBODY)
        say(connection, row, whom, lambda title: telling.cancelled(view, title, whole=bool(rest)), now, until=max(row.ends_at, now + SOON))
    return True


def _its_own(connection: Connection, row: Any) -> list[int]:
    """Its invitation and nudges, unless other sessions of a series go on with them."""
    sessions = events.of_series(connection, row.series_id) if row.series_id is not None else []
    if any(each.id != row.id and each.stage in events.ALIVE for each in sessions):
        return []
    nudges = [each.id for each in announced.about(connection, row, announced.EVENT)]
    return sorted({*nudges, *([row.announcement_id] if row.announcement_id is not None else [])})


def _unsaid(connection: Connection, row: Any, now: datetime) -> set[str]:
    """What was to be told of an event and has not begun to leave is dropped; what it was about."""
    unsaid: set[str] = set()
    for each in announced.about(connection, row, OF_EVENT, stages=(Stage.SCHEDULED,)):
        if course.cancel(connection, each.id, now):
            unsaid |= set(each.about.get(WHAT, ())) & {TIME, PLACE}
    return unsaid


def say(
    connection: Connection,
    row: Any,
    whom: Audience,
    words: Callable[[str], Words],
    now: datetime,
    *,
    kind: str = "change",
    what: Iterable[str] = (),
    until: datetime | None = None,
) -> int:
    """Announce a sentence of ours to people of an event, in every language there is; its number. `words` takes the title in a language.

    Required languages that we do not speak get English: what is called off in a text nobody has translated would be called off for nobody.
    """
    view = views.view(connection, row)
    tags = {*locales.LANGUAGES, *drafts.required(connection, row.school_id)}
    texts = {tag: locales.render(words(view.title(tag)), tag) for tag in sorted(tags)}
    return announce(
        connection,
        school_id=row.school_id,
        kind=kind,
        audience=whom,
        language="en",
        texts=texts,
        now=now,
        until=until,
        about={OF_EVENT: row.id, WHAT: sorted(what)},
    )
