"""What is forgotten and when: a table of rules, what each has erased, and the proof that nothing older is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlmodel import SQLModel, col

from .database import upsert
from .events.tables import Event, Rsvp
from .gate.codes import GOOD_FOR
from .outcomes import AT_MOST_EVERY, LINKED
from .replies.tables import Thread
from .surveys.tables import Note, Response, Survey
from .tables import Call, FollowUp, Inbound, Kind, LinkCode, Outbox, Person, State
from .upkeep import Erasure

NAMED = timedelta(days=365)
"""Long enough for the report of the year."""
BODIES = timedelta(days=30)
HOUR = timedelta(hours=1)
LATE = timedelta(hours=2)
"""The clock looks every hour: what is older than its rule by less than this is about to go."""


@dataclass(frozen=True)
class Rule:
    """What is erased, so long after a moment."""

    name: str
    says: str
    table: type[SQLModel]
    moment: Any
    kept: timedelta
    """After the moment."""
    there: tuple[ColumnElement[bool], ...] = ()
    """What has not been erased yet."""
    becomes: Mapping[str, Any] | None = None
    """What is left of the row; None: it is deleted."""

    def erase(self, connection: Connection, now: datetime) -> int:
        old = [self.moment < now - self.kept, *self.there]
        change: Any = delete(self.table) if self.becomes is None else update(self.table).values(**self.becomes)
        return connection.execute(change.where(*old)).rowcount

    def oldest(self, connection: Connection) -> datetime | None:
        """The moment of the oldest that is still there."""
        found: datetime | None = connection.execute(select(func.min(self.moment)).where(*self.there)).scalar_one_or_none()
        return found

    def overdue(self, connection: Connection, now: datetime) -> int:
        """How many rows should be gone, and are not."""
        query = select(func.count()).select_from(self.table).where(self.moment < now - self.kept - LATE, *self.there)
        return connection.execute(query).scalar_one()


RULES = (
    Rule("inbound", "texts we received", Inbound, col(Inbound.received_at), BODIES, (col(Inbound.text).is_not(None),), {"text": None}),
    Rule(
        "outbox",
        "texts we wrote",
        Outbox,
        col(Outbox.created_at),
        BODIES,
        (col(Outbox.text).is_not(None),),
        {"text": None, "buttons": None, "calendar": None},
    ),
    Rule(
        "codes",
        "texts with a code of the gate",
        Outbox,
        col(Outbox.created_at),
        GOOD_FOR,
        (col(Outbox.kind) == Kind.CODE, col(Outbox.state) != State.SENDING, col(Outbox.text).is_not(None)),
        {"text": None, "buttons": None},
    ),
    Rule(
        "danger",
        "that somebody was in danger, once the 72 hours of calm are over",
        Person,
        col(Person.calm_until),
        timedelta(),
        (col(Person.calm_until).is_not(None),),
        {"calm_until": None},
    ),
    Rule("link_codes", "codes that link a phone and a chat, once they are void", LinkCode, col(LinkCode.until), HOUR),
    Rule("follow_up", "who looked for what, kept to ask once whether it helped", FollowUp, col(FollowUp.looked_at), LINKED),
    Rule(
        "followed_up",
        "when somebody was asked whether it helped",
        Person,
        col(Person.followed_up_at),
        AT_MOST_EVERY,
        (col(Person.followed_up_at).is_not(None),),
        {"followed_up_at": None},
    ),
    Rule(
        "needs",
        "ages and needs of families who answered to an event, so long after it",
        Rsvp,
        select(col(Event.ends_at)).where(col(Event.id) == col(Rsvp.event_id)).correlate(Rsvp).scalar_subquery(),
        BODIES,
        (col(Rsvp.needs).is_not(None),),
        {"needs": None},
    ),
    Rule(
        "note_authors",
        "who wrote a note down, kept for ten minutes so that they can take it back",
        Note,
        col(Note.undo_until),
        timedelta(),
        (col(Note.undo_by).is_not(None),),
        {"undo_by": None, "undo_until": None},
    ),
    Rule(
        "named_answers",
        "who answered a survey with names, so long after it closed",
        Response,
        select(col(Survey.closed_at)).where(col(Survey.id) == col(Response.survey_id)).correlate(Response).scalar_subquery(),
        NAMED,
        (col(Response.person_id).is_not(None),),
        {"person_id": None},
    ),
    Rule("threads", "that a family wrote to a liaison", Thread, col(Thread.last_at), BODIES),
    Rule("calls", "calls that were made", Call, col(Call.done_at), BODIES, (col(Call.done_at).is_not(None),)),
)
"""A new thing that is kept for a while is a line here."""

_NOTE = upsert(
    lambda insert: (made := insert(Erasure)).on_conflict_do_update(
        index_elements=["rule", "day"],
        set_={"at": made.excluded.at, "rows": col(Erasure.rows) + made.excluded.rows, "last": made.excluded.last},
    )
)


def erase(connection: Connection, now: datetime) -> dict[str, int]:
    """Forget what the rules say, and note how much that was, rule by rule."""
    erased = {rule.name: rule.erase(connection, now) for rule in RULES}
    day = now.astimezone(UTC).date()
    for name, rows in erased.items():
        connection.execute(_NOTE[connection.dialect.name], {"rule": name, "day": day, "at": now, "rows": rows, "last": rows})
    return erased


@dataclass(frozen=True)
class Standing:
    """How it is with a rule."""

    rule: Rule
    erased: int
    """In all."""
    run_at: datetime | None
    last: int
    oldest: datetime | None
    overdue: int


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """Rule by rule, asked of the tables themselves."""
    return [_standing(connection, rule, now) for rule in RULES]


def _standing(connection: Connection, rule: Rule, now: datetime) -> Standing:
    mine = col(Erasure.rule) == rule.name
    total = connection.execute(select(func.sum(col(Erasure.rows))).where(mine)).scalar_one_or_none() or 0
    run = connection.execute(
        select(col(Erasure.at), col(Erasure.last)).where(mine).order_by(col(Erasure.day).desc()).limit(1)
    ).one_or_none()
    return Standing(rule, int(total), run and run.at, run.last if run else 0, rule.oldest(connection), rule.overdue(connection, now))
