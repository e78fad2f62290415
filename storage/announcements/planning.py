"""From an announcement to its rows: freeze whom it goes to, write a row for each of them in batches, and end.

A row is written whatever becomes of it, so that the books add up: whoever said STOP has one too, and it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, case, func, literal, select, update
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from conversations.announcements.audience import Audience
from conversations.announcements.drafts import Draft, TextState

from .. import reaching
from ..database import upsert
from ..outbox import PRIORITY
from ..tables import Kind, Outbox, Person, School, State
from . import drafts
from .audience import is_in
from .tables import Announcement, Stage, Text

GOOD_FOR = timedelta(days=14)
"""What has not left so long after the start is too late."""
IN_SOURCE = "-x-"
"""The source with a line for who reads another language is a text of its own: "en-x-vi"."""
WINDOW = 2000
"""Person ids that one batch looks at. A batch takes some 20 ms, and replies go on between two of them."""


def others(connection: Connection, draft: Draft, now: datetime) -> list[str]:
    """The languages in the audience that have no approved and fresh text: who reads them gets the source, with a line in theirs."""
    said = {text.language for text in draft.texts if text.state is TextState.APPROVED}
    found = select(col(Person.language)).where(is_in(draft.audience, before=now)).distinct()
    return sorted(tag for tag in connection.execute(found).scalars() if tag and tag not in said)


def freeze(connection: Connection, draft: Draft, now: datetime, lines: Mapping[str, str]) -> bool:
    """Start: from now on nobody joins the audience, and no word changes. `lines` are for whoever reads another language, by its tag.

    False if it is not to start any more: cancelled, or taken back in the same moment.
    """
    row = drafts.row_of(connection, draft.number)
    until = row.until or now + GOOD_FOR
    if not drafts.set_stage(connection, draft.number, Stage.RUNNING, of=(Stage.SCHEDULED,), started_at=now, until=until):
        return False
    for tag, line in lines.items():
        mixed = draft.language + IN_SOURCE + tag
        drafts.write_text(connection, draft.number, mixed, f"{draft.body}\n{line}", by=None)
        drafts.approve_text(connection, draft.number, mixed, by=None, now=now)
    return True


_INSERT = upsert(lambda insert: insert(Outbox))
_COLUMNS = (
    *("person_id", "address_id", "announcement_id", "language", "channel", "kind", "priority", "buttons", "ask_location", "question"),
    *("state", "reason", "created_at", "due_at", "attempts", "buttons_live"),
)


def plan(connection: Connection, number: int, now: datetime, *, window: int = WINDOW) -> bool:
    """Write the rows of the next people of an announcement; False when all are written, or it is not to be planned now.

    How far it is stands in the same transaction, so that a restart goes on where this one ended, and nobody has two rows.
    """
    found = connection.execute(select(Announcement).where(col(Announcement.id) == number).with_for_update()).one_or_none()
    if found is None or found.planned or found.stage not in {Stage.RUNNING, Stage.STOPPED}:
        return False
    last = connection.execute(select(func.max(col(Person.id)))).scalar_one() or 0
    end = min(found.cursor + window, last)
    connection.execute(_rows(connection, found, found.cursor, end, now))
    connection.execute(update(Announcement).where(col(Announcement.id) == number).values(cursor=end, planned=end >= last))
    return bool(end < last)


def _rows(connection: Connection, found: Any, after: int, upto: int, now: datetime) -> Any:
    """One INSERT … SELECT. Whoever became one with another who has a row already keeps that one."""
    here = is_in(Audience.from_json(found.audience), before=found.started_at)
    who = reaching.reachable().where(col(Person.id) > after, col(Person.id) <= upto, here).subquery()
    state, reason = _begins(who, found.stage)
    kind = Kind(found.kind)
    chosen = select(
        *(who.c.person_id, who.c.address_id, literal(found.id), _language(connection, found, who), who.c.channel),
        *(literal(kind.value), literal(PRIORITY[kind]), literal(found.buttons, JSON(none_as_null=True)), literal(""), literal(0)),
        *(state, reason, literal(now, UTCDateTime()), literal(now, UTCDateTime()), literal(0), literal(value=False)),
    ).where(who.c.person_id > after)
    return _INSERT[connection.dialect.name].from_select(_COLUMNS, chosen.order_by(who.c.person_id)).on_conflict_do_nothing()


def _begins(who: Any, stage: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """State and reason of a new row. Who does not know us yet is not left out: the hand-off holds it until they do."""
    if stage == Stage.STOPPED:
        return literal(State.SKIPPED.value), literal("halted")
    never = who.c.why_not.in_([reaching.STOPPED, reaching.UNREACHABLE])
    return case((never, State.SKIPPED.value), else_=State.WAITING.value), case((never, who.c.why_not), else_="")


def _language(connection: Connection, found: Any, who: Any) -> ColumnElement[str]:
    """Theirs, if it is approved and fresh; else the source with a line in theirs. Nobody knows it: the school's first."""
    said = _said(connection, found)
    mixed = found.language + IN_SOURCE
    lines = [tag.removeprefix(mixed) for tag in said if tag.startswith(mixed)]
    first = connection.execute(select(col(School.languages)).where(col(School.id) == found.school_id)).scalar_one()[:1]
    unknown = first[0] if first and first[0] in said else found.language
    return case(
        (who.c.language.is_(None), unknown),
        (who.c.language.in_([tag for tag in said if IN_SOURCE not in tag]), who.c.language),
        (who.c.language.in_(lines), literal(mixed) + who.c.language),
        else_=found.language,
    )


def _said(connection: Connection, found: Any) -> set[str]:
    """The languages whose text is approved, and of the source as it is."""
    kept = select(col(Text.language), col(Text.source_hash), col(Text.approved_at)).where(col(Text.announcement_id) == found.id)
    texts = {text.language: text for text in connection.execute(kept)}
    now = texts[found.language].source_hash
    return {tag for tag, text in texts.items() if text.source_hash == now and (text.approved_at is not None or tag == found.language)}
