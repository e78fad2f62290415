"""How far each language of a draft is: who was asked for it, until when, and what they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlmodel import col

from conversations.announcements.drafts import TextState
from conversations.announcements.translating import NoTask, Task, Translated, occurring

from ..database import Stale, upsert
from ..gate import audit
from ..people import Known
from ..tables import School
from . import drafts, translators
from .tables import Announcement, Stage, Text

OPEN = (Stage.DRAFT,)
"""Stages at which words can still be written."""


@dataclass(frozen=True)
class Waiting:
    """One language of one draft, as the clock finds it: something falls due."""

    number: int
    language: str


def task_of(connection: Connection, known: Known, number: int, language: str = "") -> Task | NoTask:
    """What somebody may translate of a draft, or (number 0) of the draft that has waited longest."""
    if not number:
        found = _longest(connection, known.person_id)
        return NoTask.NOTHING if found is None else task_of(connection, known, *found)
    row = drafts.row_of(connection, number)
    mine = translators.tags_of(connection, known.person_id, row.school_id) if row is not None else ()
    if row is None or not (mine or row.author_id == known.person_id):
        return NoTask.NO_SUCH
    if row.stage not in OPEN:
        return NoTask.OVER
    return _task(connection, known, row, [tag for tag in mine if tag in (language or tag)])


def _task(connection: Connection, known: Known, row: Any, mine: Sequence[str]) -> Task | NoTask:
    draft = drafts.draft(connection, row.id)
    assert draft is not None
    open_ones = [text for text in draft.texts[1:] if text.language in mine and text.state is not TextState.APPROVED]
    if not open_ones:
        return NoTask.DONE if any(text.language in mine for text in draft.texts[1:]) else NoTask.NOT_LISTED
    text = next((text for text in open_ones if text.required), open_ones[0])
    digest = drafts.source_hash(draft.body)
    kept = text_of(connection, row.id, text.language)
    return Task(
        number=row.id,
        language=text.language,
        source_language=draft.language,
        source=draft.body,
        digest=digest,
        before=text.body,
        terms=occurring(translators.terms(connection, row.school_id, text.language), draft.body),
        machine=machine_of(kept, digest),
        own=row.author_id == known.person_id,
        others=translators.next_after(connection, row.school_id, text.language, None, but=known.person_id) is not None,
    )


def _longest(connection: Connection, person_id: int) -> tuple[int, str] | None:
    """The draft and language that somebody was asked for first, and that nobody has written yet."""
    query: Any = (
        select(col(Text.announcement_id), col(Text.language))
        .join(Announcement, col(Announcement.id) == col(Text.announcement_id))
        .where(col(Text.asked_of) == person_id, col(Text.due_at).is_not(None), col(Announcement.stage).in_(OPEN))
        .order_by(col(Text.asked_at), col(Text.id))
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else (found.announcement_id, found.language)


def text_of(connection: Connection, number: int, language: str) -> Any:
    """The row of one language of a draft, or None."""
    return connection.execute(select(Text).where(col(Text.announcement_id) == number, col(Text.language) == language)).one_or_none()


def hold(connection: Connection, number: int) -> Any:
    """The row of a draft that words can still be written for, held until this transaction ends; None if it is past that."""
    query = select(Announcement).where(col(Announcement.id) == number, col(Announcement.stage).in_(OPEN))
    return connection.execute(query.with_for_update()).one_or_none()


_ASK = upsert(
    lambda insert: (made := insert(Text)).on_conflict_do_update(
        index_elements=["announcement_id", "language"],
        set_={name: made.excluded[name] for name in ("asked_of", "asked_at", "due_at", "nudged")},
    )
)


def ask(connection: Connection, number: int, language: str, *, of: int | None, at: datetime | None, due: datetime | None) -> None:
    """Somebody is asked for the words, or (`at` is None) will be at `due`; or (`of` is None) nobody is left to ask."""
    row = {"announcement_id": number, "language": language, "source_hash": "", "nudged": False}
    connection.execute(_ASK[connection.dialect.name], {**row, "asked_of": of, "asked_at": at, "due_at": due})


def nudged(connection: Connection, number: int, language: str, due: datetime) -> None:
    mine = [col(Text.announcement_id) == number, col(Text.language) == language]
    connection.execute(update(Text).where(*mine).values(nudged=True, due_at=due))


def postpone(connection: Connection, waiting: Waiting, due: datetime) -> None:
    mine = [col(Text.announcement_id) == waiting.number, col(Text.language) == waiting.language]
    connection.execute(update(Text).where(*mine).values(due_at=due))


def due(connection: Connection, now: datetime, *, most: int = 20) -> list[Waiting]:
    """The languages for which something falls due, the longest due first."""
    query: Any = (
        select(col(Text.announcement_id), col(Text.language))
        .join(Announcement, col(Announcement.id) == col(Text.announcement_id))
        .where(col(Text.due_at) <= now, col(Announcement.stage).in_(OPEN))
        .order_by(col(Text.due_at), col(Text.id))
        .limit(most)
    )
    return [Waiting(row.announcement_id, row.language) for row in connection.execute(query)]


def approve(connection: Connection, known: Known, done: Translated, now: datetime) -> Any:
    """Keep what a translator has written and seen, as approved by them; the draft's row.

    `Stale` where the draft, its source or this language is not any more as they saw it: they are heard again, and told.
    """
    row = hold(connection, done.number)
    source = drafts.source_of(connection, done.number)
    if row is None or source is None or drafts.source_hash(source[1]) != done.digest or _is_done(connection, done):
        raise Stale
    if done.language not in translators.tags_of(connection, known.person_id, row.school_id):
        raise Stale
    drafts.write_text(connection, done.number, done.language, done.body, by=known.person_id)
    drafts.approve_text(connection, done.number, done.language, by=known.person_id, now=now)
    mine = [col(Text.announcement_id) == done.number, col(Text.language) == done.language]
    connection.execute(update(Text).where(*mine).values(source_hash=done.digest))  # whatever the source is by now
    about: dict[str, str | int] = {"announcement": done.number, "language": done.language, "own": int(row.author_id == known.person_id)}
    audit.write(connection, now, person_id=known.person_id, action="translate", outcome="approved", about=about)
    return row


def _is_done(connection: Connection, done: Translated) -> bool:
    kept = text_of(connection, done.number, done.language)
    return kept is not None and kept.approved_at is not None and kept.source_hash == done.digest


def written(connection: Connection, number: int) -> list[Any]:
    """The rows of a draft's other languages that somebody has written or was asked for."""
    source = drafts.source_of(connection, number)
    query = select(Text).where(col(Text.announcement_id) == number, or_(col(Text.body).is_not(None), col(Text.asked_of).is_not(None)))
    return [text for text in connection.execute(query.order_by(col(Text.language))) if source is not None and text.language != source[0]]


def lacking(connection: Connection, number: int) -> tuple[str, ...]:
    """The required languages that are not approved, or not of this source: nothing may start before."""
    draft = drafts.draft(connection, number)
    return () if draft is None else tuple(text.language for text in draft.lacking)


def zone_of(connection: Connection, school_id: int) -> str:
    """The time zone of a school."""
    return connection.execute(select(col(School.timezone)).where(col(School.id) == school_id)).scalar_one()


# What a machine makes of it


def machine_of(kept: Any, digest: str) -> str:
    """The machine's draft of just this source; empty if there is none."""
    stands_for, _line, said = (kept.machine if kept is not None and kept.machine else "").partition("\n")
    return said if stands_for == digest else ""


def without_machine(connection: Connection) -> tuple[int, str, str, str] | None:
    """A language that somebody was asked for and no machine was: number, language, the source's language and words."""
    query: Any = (
        select(col(Text.announcement_id), col(Text.language), col(Text.machine))
        .join(Announcement, col(Announcement.id) == col(Text.announcement_id))
        .where(col(Text.due_at).is_not(None), col(Announcement.stage).in_(OPEN))
        .order_by(col(Text.id))
    )
    for row in connection.execute(query):
        source = drafts.source_of(connection, row.announcement_id)
        if source is not None and (row.machine or "").partition("\n")[0] != drafts.source_hash(source[1]):
            return row.announcement_id, row.language, *source
    return None


def keep_machine(connection: Connection, number: int, language: str, source: str, said: str) -> None:
    """What the machine said of a source, or that it had nothing to say: it is asked once."""
    mine = [col(Text.announcement_id) == number, col(Text.language) == language]
    connection.execute(update(Text).where(*mine).values(machine=f"{drafts.source_hash(source)}\n{said}"))
