"""Links to calendar files on the school's own host: signed, so that nobody finds one by counting, and about no person.

`/event/12-es/<signature>.ics` is an event in Spanish, `/event/mesa/<signature>.ics` all that a school has to come.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from conversations.events.group import LINK
from storage import people, sealing
from storage.events import events, views
from storage.events.tables import EventStage

from .. import metrics

if TYPE_CHECKING:
    from ..house import House

_PURPOSE = b"event link"
_BYTES = 9
"""Of a signature: twelve characters of a link."""
_NAME = re.compile(r"(\d{1,18}|[^\W\d_]\w{0,40})(?:-([a-z]{2,3}(?:-[A-Za-z]{2,4})?))?")
PATH = "/event/{name}/{signature}.ics"
SHOWN = (EventStage.OPEN, EventStage.CLOSED, EventStage.CANCELLED)
MEDIA_TYPE = "text/calendar; charset=utf-8"
GOOD_FOR = "public, max-age=300"
"""A calendar that follows a feed asks again after five minutes."""


def to_event(public_url: str, event_id: int, language: str = "") -> str:
    """Where an event's calendar file is."""
    return _link(public_url, f"{event_id}", language)


def to_school(public_url: str, keyword: str, language: str = "") -> str:
    """Where all that a school has to come is, for a calendar that follows it."""
    return _link(public_url, keyword.casefold(), language)


def _link(public_url: str, what: str, language: str) -> str:
    name = f"{what}-{language}" if language else what
    return f"{public_url.rstrip('/')}/event/{name}/{_signatures(name)[0]}.ics"


def _signatures(name: str) -> list[str]:
    """The first is ours; the others are of keys that are on their way out."""
    digests = [hmac.digest(key.derived(_PURPOSE), name.encode(), hashlib.sha256)[:_BYTES] for key in sealing.in_use().keys]
    return [base64.urlsafe_b64encode(digest).decode() for digest in digests]


def in_group(event_id: int) -> str:
    """What a link in a group puts behind /start: signed too, for not every event is everybody's."""
    return f"{LINK}{event_id}-{_signatures(f'group {event_id}')[0]}"


def of_group(payload: str) -> int | None:
    """The event of such a link; None if it is none of ours."""
    number, _dash, signature = payload.removeprefix(LINK).partition("-")
    ours = number.isascii() and number.isdecimal() and signed(f"group {number}", signature)
    return int(number) if ours else None


def signed(name: str, signature: str) -> bool:
    return any(hmac.compare_digest(each.encode(), signature.encode()) for each in _signatures(name))


async def answer(house: House, request: Request) -> Response:
    """The file of a signed link. A link that is not ours and one whose event is gone look the same."""
    name, signature = request.path_params["name"], request.path_params["signature"]
    found = _NAME.fullmatch(name)
    if found is None or not signed(name, signature):
        metrics.REFUSED.labels("signature").inc()
        return _nothing()
    unit = partial(file_of, what=found[1], language=found[2] or "", now=house.now())
    content = await house.database.run(unit)
    if content is None:
        return _nothing()
    headers = {"cache-control": GOOD_FOR, "content-disposition": f'inline; filename="event-{found[1]}.ics"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _nothing() -> Response:
    return PlainTextResponse("There is no such event here.", 404)


def file_of(connection: Connection, what: str, language: str, now: datetime) -> bytes | None:
    """The calendar file of an event by its id, or of a school by its keyword; None if there is none."""
    if not what.isdecimal():
        return of_school(connection, what, language, now)
    row = events.by_id(connection, int(what))
    if row is None or row.stage not in SHOWN:
        return None
    from . import calendar  # noqa: PLC0415 - a third of a second to import, and few ask

    return calendar.ics([views.view(connection, row)], language=language, stamp=now)


def of_school(connection: Connection, keyword: str, language: str, now: datetime) -> bytes | None:
    """All events to come of a school, those that were called off too."""
    school = people.school_called(connection, keyword)
    if school is None:
        return None
    from . import calendar  # noqa: PLC0415

    rows = events.coming(connection, now, school.id, stages=SHOWN)
    return calendar.ics([views.view(connection, row) for row in rows], language=language, name=school.name, stamp=now)
