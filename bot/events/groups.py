"""Posts in groups: one for an event, edited as people answer, at most once a minute and never at night. The button leads to the private chat.

A post is a row of the outbox like any text, so it is never doubled. An edit may be repeated, and is no row: what should stand there is
put together anew at each look, and compared with what was put there last.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection

import locales
from conversations.events import group
from conversations.events.group import Ties
from conversations.words import Words
from storage import outbox, people
from storage.events import groups, views
from storage.events.tables import EventStage
from storage.gate import audit, locks
from storage.people import Known
from storage.tables import Kind

from .. import nights
from ..channels.base import DeliveryError, Message, Moved, PersonLeft, Refused
from ..desk import ROLES
from . import links

if TYPE_CHECKING:
    from ..house import House

CHANNEL = "telegram"
EVERY = timedelta(minutes=1)
"""Between two edits of one post."""
AT_ONCE = 10
"""Edits of one look."""

Buttons = tuple[tuple[str, str], ...]


class Edits(Protocol):
    """A channel whose messages can be edited."""

    async def edit(self, address: str, provider_id: str, message: Message) -> None: ...


@dataclass(frozen=True)
class Change:
    """A post that should say something else."""

    post: Any
    message: Message
    said: str
    error: DeliveryError | None = None


async def go_on(house: House, now: datetime) -> None:
    """Post what is new, and edit what has changed."""
    channel: Any = house.channels.get(CHANNEL)
    bot = getattr(channel, "username", "")  # empty until Telegram has told it
    if not bot:
        return
    if await house.database.run(partial(post, bot=bot, now=now)):
        house.wake()
    due = await house.database.run(partial(changed, bot=bot, now=now))
    if due:
        done = await asyncio.gather(*(_edited(channel, each) for each in due))
        await house.database.run(partial(write, done=done, now=now))


async def _edited(channel: Edits, change: Change) -> Change:
    try:
        await channel.edit(change.post.address, change.post.provider_id, change.message)
    except DeliveryError as error:
        return Change(change.post, change.message, change.said, error)
    return change


def post(connection: Connection, bot: str, now: datetime) -> int:
    """Write the posts that are lacking; how many. At night none is."""
    written = 0
    for event, there in groups.to_post(connection, now):
        if nights.is_night(now, nights.zone(event.zone)):
            continue
        message = message_of(connection, event, bot)
        to = {"person_id": there.person_id, "address_id": there.address_id, "channel": CHANNEL}
        row = {**to, "kind": Kind.GROUP_POST, "text": message.text, "created_at": now, "buttons": [list(each) for each in message.buttons]}
        outbox.write(connection, [row])
        groups.posted(connection, event.id, there.address_id, digest(message), now)
        written += 1
    return written


def changed(connection: Connection, bot: str, now: datetime) -> list[Change]:
    """Posts that say something else than they should."""
    due: list[Change] = []
    made: dict[int, Message] = {}
    for event, there in groups.standing(connection, now):
        if nights.is_night(now, nights.zone(event.zone)):
            continue
        if event.id not in made:
            made[event.id] = message_of(connection, event, bot)
        if digest(made[event.id]) != there.said:
            due.append(Change(there, made[event.id], digest(made[event.id])))
        if len(due) == AT_ONCE:
            break
    return due


def write(connection: Connection, done: list[Change], now: datetime) -> None:
    """What came of each edit. One whose outcome nobody knows is done once more."""
    for each in done:
        match each.error:
            case None:
                groups.edited(connection, each.post.id, now + EVERY, said=each.said)
            case Moved(address=chat):
                groups.move(connection, each.post.address_id, chat, now)
            case PersonLeft():
                left(connection, each.post.address_id, now)
            case Refused():
                groups.is_gone(connection, each.post.id)
            case error:
                groups.edited(connection, each.post.id, now + max(EVERY, timedelta(seconds=error.after or 0)))


def message_of(connection: Connection, row: Any, bot: str) -> Message:
    """A post as it should stand there now: in each language that families are written to, one below the other."""
    view, count = views.view(connection, row), groups.coming(connection, row.id)
    tags = [tag for tag in view.texts if tag in locales.LANGUAGES] or ["en"]
    texts = [locales.render(group.post(view, view.texts.get(tag) or row.title, count), tag) for tag in tags]
    if row.stage == EventStage.CANCELLED:
        return Message("\n\n".join(texts))
    label = " · ".join(dict.fromkeys(locales.render(group.BUTTON, tag) for tag in tags))
    return Message("\n\n".join(texts), ((label, f"https://t.me/{bot}?start={links.in_group(row.id)}"),))


def digest(message: Message) -> str:
    return hashlib.sha256(repr((message.text, message.buttons)).encode()).hexdigest()[:16]


# The group itself


def left(connection: Connection, address_id: int, now: datetime) -> None:
    """We were put out of it."""
    groups.untie(connection, address_id)
    people.set_reachable(connection, address_id, since=now)


def obey(connection: Connection, known: Known, by: str, order: Ties, now: datetime) -> Words:
    """What the group hears. `by` is the private chat of who wrote it: only staff tie a group, and only to their own school."""
    who = people.at(connection, CHANNEL, by)
    theirs = [] if who is None else _schools(connection, who)
    if who is None or not theirs:
        return group.not_you()
    chosen = [each for each in theirs if each.keyword == order.school.casefold()] if order.school else theirs
    if order.on and len(chosen) != 1:
        return group.which([each.keyword.upper() for each in theirs])
    about: dict[str, str | int] = {"what": "on" if order.on else "off"}
    audit.write(connection, now, person_id=who.person_id, action="group", outcome="done", about=about)
    if not order.on:
        groups.untie(connection, known.address_id)
        return group.untied()
    groups.tie(connection, known.address_id, known.person_id, chosen[0].id, now)
    return group.tied(chosen[0].name)


def _schools(connection: Connection, who: Known) -> list[Any]:
    """Where they ring families; none for whoever is locked, or may be somebody else."""
    if who.doubted or locks.locked(connection, who.person_id):
        return []
    theirs = people.schools_of(connection, who.person_id, tuple(ROLES))
    return [school for school in people.schools(connection) if school.id in theirs]
