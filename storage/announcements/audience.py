"""Whom an audience is, in SQL: who is in it now, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlmodel import col

from conversations.announcements.account import FILTERED
from conversations.announcements.audience import BLOCKED, GROUP, GROUPS, LANGUAGE, ROLE, SCHOOL, TOPIC, Audience, Clause
from conversations.announcements.drafts import Counted
from conversations.topics import MUTABLE, Topic

from .. import reaching
from ..tables import Kind, Membership, Outbox, Person, Preference, School, State
from .circumstances import ROUTINE

FEWEST = 10
"""Of an audience that must not be told apart, a smaller total is not said."""
TOPICS: dict[Kind, Topic] = {
    Kind.INVITATION: Topic.EVENTS,
    Kind.SURVEY: Topic.SURVEYS,
    Kind.NEWS: Topic.NEWS,
    Kind.FOLLOW_UP: Topic.SURVEYS,
}
"""What a kind of text is about, where a family can do without it."""


@dataclass(frozen=True)
class Meaning:
    """What a kind of criterion says of a `Person`."""

    clause: Callable[[str], ColumnElement[bool]]
    sensitive: bool = False
    """Who is in it is silent, or in trouble: its numbers are said from ten on, and it combines with nothing."""


NO_CHANNEL = "no channel"
"""Why they get nothing: nothing of ours goes by theirs here."""
AT_ONCE = frozenset({Kind.URGENT, Kind.CHANGE})
"""Nothing of a person's keeps these waiting but the night."""


def _muted(topic: str, person: Any) -> ColumnElement[bool]:
    """A topic is a word of ours, so that it can be found in the list's JSON as it stands."""
    named = cast(col(Preference.muted), String).like(f'%"{topic}"%')
    return exists().where(col(Preference.person_id) == person, named)


def _language(tag: str) -> ColumnElement[bool]:
    return col(Person.language) == tag if tag else col(Person.language).is_(None)


def _topic(name: str) -> ColumnElement[bool]:
    if name not in MUTABLE:
        raise ValueError(f'There is no topic "{name}": it is one of {", ".join(MUTABLE)}.')
    return ~_muted(name, col(Person.id))


def _blocked(number: str) -> ColumnElement[bool]:
    """An announcement did not reach them since a carrier blocked it, or since it was halted then. Neither ever changes."""
    filtered = and_(col(Outbox.state) == State.FAILED, col(Outbox.reason) == FILTERED)
    halted = and_(col(Outbox.state) == State.SKIPPED, col(Outbox.reason) == "halted")
    mine = [col(Outbox.announcement_id) == int(number), col(Outbox.person_id) == col(Person.id)]
    return exists().where(*mine, or_(filtered, halted))


CRITERIA: dict[str, Meaning] = {LANGUAGE: Meaning(_language), TOPIC: Meaning(_topic), BLOCKED: Meaning(_blocked)}
"""By the kind of a criterion. What is said of a part in a school is in `_PARTS`: all of a clause's must hold of one and the same part."""


def _group(name: str) -> ColumnElement[bool]:
    if name not in GROUPS:
        raise ValueError(f'There is no group "{name}": it is one of {", ".join(GROUPS)}.')
    return col(Membership.role).in_(GROUPS[name])


_PARTS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    SCHOOL: lambda keyword: (
        col(Membership.school_id) == select(col(School.id)).where(col(School.keyword) == keyword.casefold()).scalar_subquery()
    ),
    GROUP: _group,
    ROLE: lambda role: col(Membership.role) == role,
}


def register(kind: str, clause: Callable[[str], ColumnElement[bool]], *, sensitive: bool = False) -> None:
    """Let audiences name something more: a committee, an answer to an event. `clause` makes of a value a condition on `Person`.

    `ValueError` if the name is taken.
    """
    if kind in CRITERIA or kind in _PARTS:
        raise ValueError(f'"{kind}" is the name of a criterion already.')
    CRITERIA[kind] = Meaning(clause, sensitive)


def is_sensitive(audience: Audience) -> bool:
    return any(each.kind in CRITERIA and CRITERIA[each.kind].sensitive for each in audience.criteria)


def check(audience: Audience) -> None:
    """`ValueError` with a sentence for whoever wrote it, if nobody can be found by it, or it would tell people apart."""
    for each in sorted(audience.criteria, key=lambda criterion: criterion.kind):
        if each.kind not in CRITERIA and each.kind not in _PARTS:
            raise ValueError(f'Nobody can be found by "{each.kind}": an audience is made of {", ".join([*_PARTS, *CRITERIA])}.')
    alone = len(audience.include) == 1 and len(audience.include[0]) == 1 and not audience.exclude
    if is_sensitive(audience) and not alone:
        raise ValueError("An audience that would tell who is silent or in trouble combines with nothing: name it alone.")


def people_of(audience: Audience, *, before: datetime | None = None) -> Select[Any]:
    """The ids of whoever is in an audience; of those who were there `before` a moment, if it is given. `ValueError` as `check`."""
    return select(col(Person.id)).where(is_in(audience, before=before))


def is_in(audience: Audience, *, before: datetime | None = None) -> ColumnElement[bool]:
    """That a `Person` is in an audience: for a query that looks at a few people at a time."""
    check(audience)
    there = [col(Person.created_at) <= before] if before is not None else []
    left_out = [not_(_one_of(audience.exclude, None))] if audience.exclude else []
    return and_(_one_of(audience.include, before), *left_out, *there)


def _one_of(clauses: Sequence[Clause], before: datetime | None) -> ColumnElement[bool]:
    return or_(false(), *(_holds(clause, before) for clause in clauses))


def _holds(clause: Clause, before: datetime | None) -> ColumnElement[bool]:
    """Everybody is in an empty clause."""
    parts = [_PARTS[each.kind](each.value) for each in clause if each.kind in _PARTS]
    others = [CRITERIA[each.kind].clause(each.value) for each in clause if each.kind in CRITERIA]
    if parts and before is not None:
        parts.append(col(Membership.since) <= before)
    part = [exists().where(col(Membership.person_id) == col(Person.id), *parts)] if parts else []
    return and_(col(Person.id) > 0, *part, *others)


def counted(connection: Connection, audience: Audience, kind: str, now: datetime, channels: frozenset[str] | None = None) -> Counted:
    """How many would get something of a kind now (`people`), and besides them how many would not. `ValueError` as `check`."""
    return _counted(reach(connection, audience, kind, now, channels), sensitive=is_sensitive(audience))


def reach(connection: Connection, audience: Audience, kind: str, now: datetime, channels: frozenset[str] | None = None) -> list[Any]:
    """How many there are of each language and channel, and why they would get nothing ("": they would). Not for an eye where it is sensitive.

    `channels` are those that are set up; None: all.
    """
    topic = TOPICS.get(Kind(kind))
    found = reaching.reachable().where(is_in(audience, before=now)).subquery()
    muted = [(_muted(topic, found.c.person_id), "muted")] if topic else []
    unset = [(found.c.channel.not_in(channels), NO_CHANNEL)] if channels is not None else []
    why = case((found.c.why_not.in_([reaching.STOPPED, reaching.UNREACHABLE]), found.c.why_not), *muted, *unset, else_="")
    query = select(why, func.coalesce(found.c.language, ""), found.c.channel, func.count()).group_by(why, found.c.language, found.c.channel)
    return list(connection.execute(query).all())


def resting(connection: Connection, audience: Audience, kind: str, at: datetime, routine: timedelta) -> int:
    """How many would get it later: a rest, the week's one text, not introduced yet. One number, so that no reason is told from another."""
    if kind in AT_ONCE:
        return 0
    found = reaching.reachable().where(is_in(audience, before=at)).subquery()
    mine = found.c.person_id
    calm = exists().where(col(Person.id) == mine, col(Person.calm_until) > at)
    paused = exists().where(col(Preference.person_id) == mine, col(Preference.paused_until) > at)
    asked = found.c.why_not.in_([reaching.SILENT, reaching.UNANSWERED, reaching.UNKNOWN])
    waits = or_(calm, paused, asked, *([_had_one(mine, at - routine)] if Kind(kind) in ROUTINE else []))
    gone = found.c.why_not.in_([reaching.STOPPED, reaching.UNREACHABLE])
    topic = TOPICS.get(Kind(kind))
    wanted = [not_(_muted(topic, mine))] if topic else []
    query = select(func.count()).select_from(found).where(func.coalesce(not_(gone), true()), waits, *wanted)
    return connection.execute(query).scalar_one()


def _had_one(person: ColumnElement[int], since: datetime) -> ColumnElement[bool]:
    """A routine text left for them lately, or is on its way; by the index `outbox_routine`."""
    routine = literal_column("outbox.kind").in_([literal_column(f"'{kind.value}'") for kind in ROUTINE])
    return exists().where(col(Outbox.person_id) == person, routine, col(Outbox.handed_off_at) > since)


def _counted(rows: Iterable[Any], *, sensitive: bool) -> Counted:
    languages, channels, left_out = Counter[str](), Counter[str](), Counter[str]()
    for why, language, channel, n in rows:
        if why:
            left_out[why] += n
        else:
            languages[language] += n
            channels[channel] += n
    total = channels.total()
    if sensitive:
        return Counted(total) if total >= FEWEST else Counted(shown=False)
    return Counted(total, _most_first(languages), _most_first(channels), _most_first(left_out))


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
