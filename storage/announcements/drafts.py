"""Drafts and their texts as they are kept, and whether their words are fresh."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import col

from conversations.announcements.audience import Audience
from conversations.announcements.drafts import Draft, TextIn, TextState

from ..database import upsert
from ..prepared import Prepared
from ..tables import Kind
from .tables import Announcement, SchoolLanguage, Stage, Text


def source_hash(body: str) -> str:
    """What a translation stands for; another hash than its source's now: stale."""
    return hashlib.sha256(body.encode()).hexdigest()


def save(
    connection: Connection,
    *,
    school_id: int,
    author_id: int | None,
    kind: Kind,
    audience: Audience,
    language: str,
    texts: Mapping[str, str],
    now: datetime,
    about: Mapping[str, Any] | None = None,
    **more: Any,
) -> int:
    """A new draft; its number. `texts` holds the source and whatever translations came with it, none of them approved but the source."""
    row = {"school_id": school_id, "author_id": author_id, "kind": kind, "audience": audience.to_json(), "language": language}
    defaults = {"about": dict(about or {}), "stage": Stage.DRAFT, "why": "", "digest": "", "created_at": now, "cursor": 0, "planned": False}
    made = insert(Announcement).values(**{**row, **defaults, **more}).returning(col(Announcement.id))
    number = int(connection.execute(made).scalar_one() or 0)
    for tag, body in {language: texts[language], **texts}.items():
        write_text(connection, number, tag, body, by=author_id)
    approve_text(connection, number, language, by=author_id, now=now)
    return number


_WRITE = upsert(
    lambda insert: (made := insert(Text)).on_conflict_do_update(
        index_elements=["announcement_id", "language"],
        set_={
            "body": made.excluded.body,
            "source_hash": made.excluded.source_hash,
            "written_by": made.excluded.written_by,
            "approved_by": None,
            "approved_at": None,
        },
    )
)


def write_text(connection: Connection, number: int, language: str, body: str, *, by: int | None) -> None:
    """The words of one language are these now, of the source as it is now; approved by nobody yet."""
    source = source_of(connection, number)
    stands_for = source_hash(body if source is None or source[0] == language else source[1])
    row = {"announcement_id": number, "language": language, "body": body, "source_hash": stands_for, "written_by": by, "nudged": False}
    connection.execute(_WRITE[connection.dialect.name], row)


def approve_text(connection: Connection, number: int, language: str, *, by: int | None, now: datetime) -> None:
    mine = [col(Text.announcement_id) == number, col(Text.language) == language]
    connection.execute(update(Text).where(*mine).values(approved_by=by, approved_at=now, due_at=None))


def source_of(connection: Connection, number: int) -> tuple[str, str] | None:
    """The source's language and words."""
    query = select(col(Text.language), col(Text.body)).join(Announcement, col(Announcement.id) == col(Text.announcement_id))
    found = connection.execute(query.where(col(Text.announcement_id) == number, col(Text.language) == col(Announcement.language)))
    row = found.one_or_none()
    return None if row is None else (row.language, row.body or "")


_ROW_OF = Prepared(select(Announcement).where(col(Announcement.id) == bindparam("number")))
_REQUIRED = Prepared(
    select(col(SchoolLanguage.language))
    .where(col(SchoolLanguage.school_id) == bindparam("school"), col(SchoolLanguage.required))
    .order_by(col(SchoolLanguage.language))
)


def row_of(connection: Connection, number: int) -> Any:
    """The row of an announcement, or None."""
    return _ROW_OF.first(connection, number=number)


def required(connection: Connection, school_id: int) -> list[str]:
    """The languages that a school's notices must be in."""
    return [row.language for row in _REQUIRED.rows(connection, school=school_id)]


def draft(connection: Connection, number: int) -> Draft | None:
    """An announcement at any stage, as conversations see it."""
    row = row_of(connection, number)
    if row is None:
        return None
    texts = _texts(connection, row)
    audience = Audience.from_json(row.audience)
    return Draft(number, Kind(row.kind).value, str(row.stage), row.language, audience, texts, row.send_at, row.about, row.why)


def _texts(connection: Connection, row: Any) -> tuple[TextIn, ...]:
    kept = {text.language: text for text in connection.execute(select(Text).where(col(Text.announcement_id) == row.id))}
    needed = required(connection, row.school_id)
    others = sorted({tag for tag in {*kept, *needed} if "-x-" not in tag} - {row.language})
    now = kept[row.language].source_hash
    return tuple(_text(kept.get(tag), tag, now, required=tag in needed) for tag in (row.language, *others))


def _text(kept: Any, language: str, source: str, *, required: bool) -> TextIn:
    if kept is None or (kept.body is None and kept.asked_at is None):
        return TextIn(language, TextState.MISSING, required=required)
    if kept.body is None:
        return TextIn(language, TextState.ASKED, required=required)
    fresh = kept.source_hash == source
    state = TextState.STALE if not fresh else TextState.APPROVED if kept.approved_at is not None else TextState.WRITTEN
    return TextIn(language, state, kept.body, required)


def set_stage(connection: Connection, number: int, stage: Stage, *, of: tuple[Stage, ...], **more: Any) -> bool:
    """Move an announcement on from one of the stages `of`; False if it was at another."""
    mine = [col(Announcement.id) == number, col(Announcement.stage).in_(of)]
    return connection.execute(update(Announcement).where(*mine).values(stage=stage, **more)).rowcount == 1
