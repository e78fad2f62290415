"""Make an event, and the draft of its invitation with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import filterfalse
from typing import Any, TypeVar

from sqlalchemy import Connection

from conversations.announcements.audience import of_school
from conversations.events import codes
from conversations.events.event import APPOINTMENT, parts
from locales import reading
from storage.announcements import drafts
from storage.events import announced, checks, events, slots
from storage.events.announced import EVENT
from storage.events.events import New
from storage.events.tables import EventStage
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
    times: Sequence[tuple[datetime, datetime]] = (),
    sessions: Sequence[tuple[datetime, datetime]] = (),
    needed: int = 0,
) -> Made:
    """A new event and the draft of its invitation. Without a code it is called by a word of its title. An `EventProblem` says what is wrong.

    With `times` it is an appointment, and families pick one. With `sessions` it is a series, completed by coming to `needed` of them
    (0: to all).
    """
    assert school.id is not None
    if sessions:
        series, code = _series(connection, school.id, new.title, now, code=new.code, needed=needed)
        new = replace(new, code=code, more={**new.more, "series_id": series})
    event_id, code = _made(connection, school.id, new, now, author_id)
    if times:
        slots.add(connection, event_id, times, now)
    number = draft(connection, school, event_id, title=new.title, description=description, now=now, language=language, author_id=author_id)
    for starts, ends in sessions[1:]:
        session_id = events.make(connection, school.id, replace(new, starts_at=starts, ends_at=ends), now, author_id=author_id)
        events.invite_with(connection, session_id, number)
    return Made(event_id, code, number)


def session(connection: Connection, school: School, new: New, now: datetime, *, description: str = "", language: str = "") -> Made:
    """A new session of a recurring event: the first makes the series and the invitation, which all of them share."""
    assert school.id is not None
    others = [row for row in events.of_uid(connection, school.id, new.uid) if row.series_id is not None]
    if not others:
        series, code = _series(connection, school.id, new.title, now)
        first = replace(new, code=code, more={**new.more, "series_id": series})
        return make(connection, school, first, now, description=description, language=language)
    like = others[-1]
    event_id = events.make(connection, school.id, replace(new, code=like.code, more={**new.more, "series_id": like.series_id}), now)
    events.invite_with(connection, event_id, like.announcement_id)
    if like.stage != EventStage.DRAFT:
        events.set_stage(connection, event_id, EventStage.OPEN, of=(EventStage.DRAFT,))
    return Made(event_id, like.code, like.announcement_id)


T = TypeVar("T")


def _made(connection: Connection, school_id: int, new: New, now: datetime, author_id: int | None) -> tuple[int, str]:
    def tried(code: str) -> int:
        return events.make(connection, school_id, replace(new, code=code), now, author_id=author_id)

    return (tried(new.code), checks.code(new.code)) if new.code else _called(new.title, tried, bare=_is_bare(new))


def check(connection: Connection, school: School, new: New, now: datetime) -> str:
    """The code it would have if it were made now; nothing is written. An `EventProblem` says what is in the way."""
    school_id = school.id or 0
    if new.code:
        return events.check(connection, school_id, new, now)
    return _called(new.title, lambda code: events.check(connection, school_id, replace(new, code=code), now), bare=_is_bare(new))[1]


def _series(connection: Connection, school_id: int, title: str, now: datetime, *, code: str = "", needed: int = 0) -> tuple[int, str]:
    def tried(word: str) -> int:
        return events.new_series(connection, school_id, word, now, sessions_to_complete=needed)

    return (tried(code), checks.code(code)) if code else _called(title, tried)


def _called(title: str, tried: Callable[[str], T], *, bare: bool = False) -> tuple[T, str]:
    """What can be made under the first word of a title that is free, and the word. `bare`: it is texted alone, so it means nothing else."""
    words = codes.from_title(title)
    for code in filterfalse(_means_else, words) if bare else words:
        with suppress(checks.CodeTaken, checks.BadCode):
            return tried(code), checks.code(code)
    raise checks.BadCode(title)


def _is_bare(new: New) -> bool:
    """The word of an appointment stands alone: what follows it otherwise is how many come."""
    return new.more.get("kind") == APPOINTMENT


def _means_else(code: str) -> bool:
    heard = reading.read(code)
    return heard.need is not None or heard.keyword is not None or heard.language is not None


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


class TitlesLack(checks.EventProblem):
    """The invitation has left, so each of its languages must be given the new title at once: nobody may read the old one."""

    def __init__(self, languages: list[str]) -> None:
        lacking = " ".join(f'--title-in "{tag}: …"' for tag in languages)
        super().__init__(f"The invitation has left already, so every language that it is in needs the new title now: add {lacking}.")


class NoText(checks.EventProblem):
    """A title alone is no translation."""

    def __init__(self, language: str) -> None:
        super().__init__(f"The invitation has no text in {language} yet, so it has no title there: its translation brings one.")


def retitle(connection: Connection, row: Any, titles: Mapping[str, str], now: datetime) -> None:
    """Another title in people's words, by language, "" standing for the source's; the descriptions stay.

    Of a draft, a translation that is not given is stale, and goes its way again. `TitlesLack` where it has left.
    """
    invitation = drafts.draft(connection, row.announcement_id) if row.announcement_id is not None else None
    if invitation is None:
        return
    source, *others = invitation.texts
    given = {tag or source.language: title for tag, title in titles.items()}
    if unwritten := sorted(given.keys() - {text.language for text in invitation.texts if text.body}):
        raise NoText(unwritten[0])
    lacking = [text.language for text in others if text.body and text.language not in given]
    if source.language in given and lacking and invitation.stage != "draft":
        raise TitlesLack(lacking)
    for text in (source, *others):  # the source first: what a translation stands for is the new one
        if text.language in given:
            drafts.write_text(connection, invitation.number, text.language, body(given[text.language], parts(text.body)[1]), by=None)
            drafts.approve_text(connection, invitation.number, text.language, by=None, now=now)
    announced.forget_texts(connection, [invitation.number])
