"""The page for a screen at the door: the code of now, a QR code for each channel, and how many are in. Nothing in it is about anybody.

Its address is signed, so that nobody finds one by counting: `/door/12/<signature>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

import locales
from conversations.events import screen
from conversations.events.event import Event
from conversations.events.screen import Door, DoorOf
from conversations.words import Words
from storage import sealing
from storage.events import attendance, events, reports, views
from storage.events.tables import EventStage
from storage.tables import School

from .. import metrics
from ..turning import Answers, At
from . import door, screen_html
from .coordinating import Coordinating

if TYPE_CHECKING:
    from ..house import House

PATH = "/door/{event:int}/{signature}"
_PURPOSE = b"door page"
_BYTES = 16
"""Of a signature: 22 characters that nobody guesses."""


def link(public_url: str, event_id: int) -> str:
    """Where the page of an event is."""
    return f"{public_url.rstrip('/')}/door/{event_id}/{_signatures(event_id)[0]}"


def _signatures(event_id: int) -> list[str]:
    """The first is ours; the others are of keys that are on their way out."""
    digests = [hmac.digest(key.derived(_PURPOSE), str(event_id).encode(), hashlib.sha256)[:_BYTES] for key in sealing.in_use().keys]
    return [base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in digests]


def signed(event_id: int, signature: str) -> bool:
    return any(hmac.compare_digest(each.encode(), signature.encode()) for each in _signatures(event_id))


# By chat


def door_of(at: At, query: DoorOf) -> Door | None:
    row = Coordinating(at.connection, at.known, at.now).called(query.code)
    if row is None:
        return None
    where = at.rules.terms.public_url
    page = link(where, row.id) if where else ""
    zone = ZoneInfo(row.zone)
    if not is_to_open(row, at.now):
        return Door(row.title, "", at.now, "", over=True)
    if at.now < row.starts_at - door.BEFORE:
        return Door(row.title, "", (row.starts_at - door.BEFORE).astimezone(zone), page)
    return Door(row.title, door.changing(row.id, at.now), door.until(at.now).astimezone(zone), page)


def is_to_open(row: Any, now: datetime) -> bool:
    """It takes place, and its door has not been shut for good."""
    return row.stage in door.OPEN and now <= row.ends_at + door.AFTER


# On the web


@dataclass(frozen=True)
class Screen:
    """What the page is made of, at one moment."""

    event: Event
    languages: tuple[str, ...]
    """The school's, as far as we write them."""
    number: str
    """Of the school, where it has one of its own."""
    here: int
    """People who are in."""
    over: bool


async def answer(house: House, request: Request) -> Response:
    """The page of a signed address. One that is not ours and one whose event is gone look the same."""
    event_id, now = int(request.path_params["event"]), house.now()
    if event_id >= 2**63 or not signed(event_id, request.path_params["signature"]):
        metrics.REFUSED.labels("signature").inc()
        return _nothing()
    found = await house.database.run(partial(look, event_id=event_id, now=now))
    if found is None:
        return _nothing()
    bot = getattr(house.channels.get("telegram"), "username", "")
    return HTMLResponse(page(found, now, number=found.number or house.settings.twilio_from, bot=bot), headers=screen_html.HEADERS)


def _nothing() -> Response:
    return PlainTextResponse("There is no such door here.", 404)


def look(connection: Connection, event_id: int, now: datetime) -> Screen | None:
    row = events.by_id(connection, event_id)
    if row is None or row.stage == EventStage.DRAFT:
        return None
    school = connection.execute(select(School).where(col(School.id) == row.school_id)).one()
    spoken = tuple(tag for tag in school.languages if tag in locales.LANGUAGES) or ("en",)
    here = reports.count(attendance.of_event(connection, event_id)).people
    return Screen(views.view(connection, row), spoken, school.number or "", here, over=not is_to_open(row, now))


def page(found: Screen, now: datetime, *, number: str, bot: str) -> str:
    """The whole page. It asks for itself again, and puts what is new in its place."""
    event, tags = found.event, found.languages
    title = ("title", screen_html.said(tags, event.title))
    opens = event.starts - door.BEFORE
    if found.over or now < opens:
        note = screen.shut(called_off=event.stage == EventStage.CANCELLED) if found.over else screen.opens(opens)
        return screen_html.page([title, ("note", _in(tags, note))], first=tags[0])
    code, until = door.changing(event.id, now), door.until(now).astimezone(event.starts.tzinfo)
    by_text = screen.text_this(code, _as_said(number)) if number else None
    links = _links(code, number, bot)
    scan = (screen.or_scan() if by_text else screen.scan()) if links else None
    parts = [
        title,
        ("how", _in(tags, by_text)),
        ("code", [(tags[0], code)]),
        ("scan", _in(tags, scan)),
        ("until", _in(tags, screen.next_code(until))),
        ("here", _in(tags, screen.inside(found.here))),
    ]
    return screen_html.page(parts, codes=links, stale=_in(tags, screen.no_connection()), first=tags[0])


def _in(tags: Sequence[str], words: Words | None) -> screen_html.Lines:
    return screen_html.said(tags, lambda tag: locales.render(words, tag)) if words is not None else ()


def _links(code: str, number: str, bot: str) -> tuple[tuple[str, str], ...]:
    """What the QR codes hold, by the name of the channel."""
    return (
        *((("SMS", door.sms_link(number, code)),) if number else ()),
        *((("Telegram", door.telegram_link(bot, code)),) if bot else ()),
    )


def _as_said(number: str) -> str:
    from ..lookups import as_said  # noqa: PLC0415 - it asks us

    return as_said(number)


ANSWERS: Answers = {DoorOf: door_of}
