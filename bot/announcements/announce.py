"""The one call by which other features and the command line announce: saved, approved and scheduled, or a sentence that says why not.

NotAnnounced
├── LanguageLacks   a language that the school's notices must be in
├── TextUnfit       no words, too many of them, or a link that hides where it leads
├── TimeUnfit       a time that is over
└── AudienceUnfit   nobody can be found by it, or it would tell people apart
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.announcements import composing, timing
from conversations.announcements.audience import Audience
from conversations.announcements.drafts import KINDS
from conversations.announcements.writing import masked_links
from storage.announcements import audience as audiences
from storage.announcements import authors, drafts
from storage.announcements.tables import Stage
from storage.tables import Kind


class NotAnnounced(Exception):
    """Nothing was kept and nothing leaves. The sentence is for whoever can mend it."""


class LanguageLacks(NotAnnounced): ...


class TextUnfit(NotAnnounced): ...


class TimeUnfit(NotAnnounced): ...


class AudienceUnfit(NotAnnounced): ...


def announce(
    connection: Connection,
    *,
    school_id: int,
    kind: str,
    audience: Audience,
    language: str,
    texts: Mapping[str, str],
    now: datetime,
    approved_by: int | None = None,
    send_at: datetime | None = None,
    until: datetime | None = None,
    about: Mapping[str, Any] | None = None,
    buttons: Sequence[Sequence[str]] | None = None,
    author_id: int | None = None,
) -> int:
    """Its number. The gate is the caller's: spent before, or passed by an operator (`bot.gate`). Raises a `NotAnnounced`.

    `language` is that of the source among `texts`; every text counts as approved by `approved_by` (None: at the command line).
    """
    look_at(connection, school_id=school_id, kind=kind, audience=audience, language=language, texts=texts)
    in_time(send_at, until, now)
    begins = _begins(connection, school_id, kind, send_at, now)
    number = drafts.save(
        connection,
        school_id=school_id,
        author_id=author_id,
        kind=Kind(kind),
        audience=audience,
        language=language,
        texts=texts,
        now=now,
        about=about,
        until=until,
        buttons=[list(button) for button in buttons] if buttons else None,
    )
    for tag in texts:
        drafts.approve_text(connection, number, tag, by=approved_by, now=now)
    drafts.set_stage(connection, number, Stage.SCHEDULED, of=(Stage.DRAFT,), send_at=begins)
    return number


def in_time(send_at: datetime | None, until: datetime | None, now: datetime) -> None:
    """`TimeUnfit` if it would begin in the past, or end before it begins."""
    if send_at is not None and send_at <= now:
        raise TimeUnfit("That time is over: choose a later one, or none, and it leaves at once.")
    if until is not None and until <= (send_at or now):
        raise TimeUnfit("It would be too late before it begins: choose a later last moment.")


def look_at(connection: Connection, *, school_id: int, kind: str, audience: Audience, language: str, texts: Mapping[str, str]) -> None:
    """Raises a `NotAnnounced` for what stands in the way of announcing it, but the hour (`in_time`)."""
    if kind not in KINDS:
        raise TextUnfit(f"{kind} is no kind of announcement: they are {', '.join(KINDS)}.")
    if language not in texts:
        raise LanguageLacks(f"There is no text in {language}, which it is written in.")
    for tag, text in texts.items():
        if not text.strip():
            raise TextUnfit(f"The text in {tag} is empty.")
        if len(text) > composing.LONGEST:
            raise TextUnfit(f"The text in {tag} has {len(text)} characters, and one text holds {composing.LONGEST}: make it shorter.")
        if hosts := masked_links(text):
            raise TextUnfit(f"Links like {hosts[0]} hide where they lead and look like a scam: write the whole address.")
    lacking = [tag for tag in drafts.required(connection, school_id) if tag not in texts]
    if lacking:
        raise LanguageLacks(f"The school's notices must be in {', '.join(lacking)} too: give a text that a person has approved.")
    try:
        audiences.check(audience)
    except ValueError as unfit:
        raise AudienceUnfit(str(unfit)) from unfit


def _begins(connection: Connection, school_id: int, kind: str, send_at: datetime | None, now: datetime) -> datetime:
    """An urgent one at once; any other no sooner than it can be taken back, and by day."""
    if kind == "urgent":
        return send_at or now
    return timing.leaves(send_at, now.astimezone(ZoneInfo(authors.school_of(connection, school_id).timezone)))
