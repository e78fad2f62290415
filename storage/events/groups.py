"""Groups on Telegram that read of a school's events, and the one post that each has of an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from conversations.announcements.audience import Audience, of_school
from conversations.events.event import PEOPLE

from .. import people
from ..announcements.tables import Announcement
from ..tables import Address, Kind, Outbox, Person, School, State
from .tables import Claim, Event, EventGroup, EventPost, EventStage

NOT_POSTED = ("appointment",)
"""Kinds of events that concern one household each."""


def tie(connection: Connection, address_id: int, person_id: int, school_id: int, now: datetime) -> None:
    """A group belongs to a school from now on, whatever it belonged to before. It is its day and night that count there."""
    untie(connection, address_id)
    connection.execute(insert(EventGroup).values(address_id=address_id, school_id=school_id, since=now))
    zone = people.zone_of(connection, school_id)
    connection.execute(update(Person).where(col(Person.id) == person_id).values(timezone=zone, stopped_at=None))
    people.set_reachable(connection, address_id, since=None)


def untie(connection: Connection, address_id: int) -> bool:
    """It gets no more posts, and those that it has stay as they are. False if it belonged to no school."""
    connection.execute(delete(EventPost).where(col(EventPost.address_id) == address_id))
    return connection.execute(delete(EventGroup).where(col(EventGroup.address_id) == address_id)).rowcount == 1


def move(connection: Connection, address_id: int, chat: str, now: datetime) -> None:
    """Telegram has made it another kind of group, under another number: old posts cannot be edited any more, so it gets new ones."""
    connection.execute(delete(EventPost).where(col(EventPost.address_id) == address_id))
    there = people.at(connection, "telegram", chat)
    if there is None:
        people.move(connection, address_id, chat)
        return
    tied = connection.execute(select(EventGroup).where(col(EventGroup.address_id) == address_id)).one_or_none()
    if tied is not None:
        untie(connection, address_id)
        tie(connection, there.address_id, there.person_id, tied.school_id, now)


def to_post(connection: Connection, now: datetime) -> list[tuple[Any, Any]]:
    """Events with the groups that have no post of them yet: (event, group). Only what a school's families are all invited to.

    Of a series the nearest session is posted, and no other.
    """
    had, other = aliased(EventPost), aliased(Event)
    same = [col(had.address_id) == col(EventGroup.address_id), col(other.id) == col(had.event_id)]
    posted = exists().where(*same, (col(other.id) == col(Event.id)) | (col(other.series_id) == col(Event.series_id)))
    where = [col(Event.stage) == EventStage.OPEN, col(Event.starts_at) > now, col(Event.kind).not_in(NOT_POSTED), ~posted]
    reached = [col(Address.unreachable_at).is_(None), col(Person.stopped_at).is_(None)]
    groups = _groups(col(Event.id).label("event_id"), col(Announcement.audience), col(School.keyword))
    joined = groups.join(Event, col(Event.school_id) == col(EventGroup.school_id)).join(
        Announcement, col(Announcement.id) == col(Event.announcement_id)
    )
    found = connection.execute(joined.where(*where, *reached).order_by(col(Event.starts_at), col(Event.id))).all()
    rows = _events(connection, [each.event_id for each in found if _is_for_all(each.audience, each.keyword)])
    first: dict[tuple[int, str], tuple[Any, Any]] = {}
    for group in found:
        if group.event_id in rows:
            event = rows[group.event_id]
            first.setdefault((group.address_id, f"s{event.series_id}" if event.series_id else f"e{event.id}"), (event, group))
    return list(first.values())


def _groups(*more: Any) -> Any:
    asked: Any = select(col(Address.id).label("address_id"), col(Address.person_id), *more)
    from_group = asked.select_from(EventGroup).join(Address, col(Address.id) == col(EventGroup.address_id))
    return from_group.join(Person, col(Person.id) == col(Address.person_id)).join(School, col(School.id) == col(EventGroup.school_id))


def _is_for_all(audience: Mapping[str, Any], keyword: str) -> bool:
    return Audience.from_json(audience) == of_school(keyword)


def _events(connection: Connection, event_ids: Sequence[int]) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(select(Event).where(col(Event.id).in_(event_ids)))}


def posted(connection: Connection, event_id: int, address_id: int, said: str, next_at: datetime) -> None:
    """The row that was just written for a group is its post of an event."""
    mine = [col(Outbox.address_id) == address_id, col(Outbox.kind) == Kind.GROUP_POST]
    row = connection.execute(select(func.max(col(Outbox.id))).where(*mine)).scalar_one()
    post = {"event_id": event_id, "address_id": address_id, "outbox_id": row, "said": said, "next_at": next_at, "gone": False}
    connection.execute(insert(EventPost).values(**post))


def standing(connection: Connection, now: datetime) -> list[tuple[Any, Any]]:
    """Posts that may be edited now, with their events: (event, post). Of an event that has begun what stands there stays."""
    asked: Any = select(
        *(col(EventPost.id), col(EventPost.event_id), col(EventPost.address_id), col(EventPost.said)),
        *(col(Outbox.provider_id), col(Address.address)),
    )
    there = asked.join(Outbox, col(Outbox.id) == col(EventPost.outbox_id)).join(Address, col(Address.id) == col(EventPost.address_id))
    alive = [col(EventPost.gone).is_(False), col(EventPost.next_at) <= now, col(Address.unreachable_at).is_(None)]
    sent = [col(Outbox.state).in_([State.SENT, State.DELIVERED]), col(Outbox.provider_id).is_not(None)]
    coming = exists().where(col(Event.id) == col(EventPost.event_id), col(Event.starts_at) > now)
    found = connection.execute(there.where(*alive, *sent, coming).order_by(col(EventPost.next_at), col(EventPost.id))).all()
    rows = _events(connection, sorted({post.event_id for post in found}))
    return [(rows[post.event_id], post) for post in found]


def edited(connection: Connection, post_id: int, next_at: datetime, *, said: str | None = None) -> None:
    """What stands there now, if it is known, and when it may be edited again."""
    more = {} if said is None else {"said": said}
    connection.execute(update(EventPost).where(col(EventPost.id) == post_id).values(next_at=next_at, **more))


def is_gone(connection: Connection, post_id: int) -> None:
    """Somebody has deleted it: it is not posted again."""
    connection.execute(update(EventPost).where(col(EventPost.id) == post_id).values(gone=True))


def coming(connection: Connection, event_id: int) -> int:
    """People who have a place."""
    held = select(func.coalesce(func.sum(col(Claim.held)), 0)).where(col(Claim.event_id) == event_id, col(Claim.resource) == PEOPLE)
    return int(connection.execute(held).scalar_one())
