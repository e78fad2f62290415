"""What a carrier blocked, once more in other words: a draft of its own, for those only who did not get it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update
from sqlmodel import col

from conversations.announcements.audience import BLOCKED, SCHOOL, Audience, Criterion
from conversations.announcements.drafts import AGAIN_OF, BLOCKED_WORDS, TextState

from ..tables import Kind
from . import drafts
from .tables import Announcement, Stage

AGAIN_AS = "again_as"
"""Of an announcement's `about`: the draft for whom it was blocked."""
KEPT = ("event",)
"""What of `about` belongs to the words."""


def resend(connection: Connection, number: int, author_id: int, now: datetime) -> int:
    """The number of the draft for whom `number` was blocked: a new one, or the one there is already. Whose it is, was looked at."""
    row, found = drafts.row_of(connection, number), drafts.draft(connection, number)
    assert found is not None
    if (there := row.about.get(AGAIN_AS)) is not None and drafts.row_of(connection, there).stage != Stage.CANCELLED:
        return int(there)
    about = {name: row.about[name] for name in KEPT if name in row.about}
    made = drafts.save(
        connection,
        school_id=row.school_id,
        author_id=author_id,
        kind=Kind(found.kind),
        audience=_missed(found.audience, number),
        language=found.language,
        texts={text.language: text.body for text in found.texts if text.state is TextState.APPROVED},
        about={**about, AGAIN_OF: number, BLOCKED_WORDS: drafts.source_hash(found.body)},
        now=now,
    )
    connection.execute(update(Announcement).where(col(Announcement.id) == number).values(about={**row.about, AGAIN_AS: made}))
    return made


def _missed(audience: Audience, number: int) -> Audience:
    """At every school it went to."""
    named: dict[str, Any] = {each.value: None for clause in audience.include for each in clause if each.kind == SCHOOL}
    return Audience(tuple((Criterion(SCHOOL, keyword), Criterion(BLOCKED, str(number))) for keyword in named))
