"""Tell households of places that are kept for them, and until when; and that their time is over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events import telling
from conversations.events.event import Event
from conversations.words import Words
from storage import reaching
from storage.events import events, places, rsvps, views
from storage.events.places import News, NewsKind
from storage.tables import Kind

from .reminding import write


def tell(connection: Connection, now: datetime) -> int:
    """Let offers lapse, make new ones, and say so; how many texts. A change of what they asked for: it is told while they rest, too."""
    return sum(_tell(connection, news, now) for news in places.due_offers(connection, now))


def _tell(connection: Connection, news: News, now: datetime) -> int:
    """Every phone of a household hears of it: whichever answers, answers for all."""
    view = views.view(connection, events.by_id(connection, news.event_id))
    sent = 0
    for person_id in rsvps.people_of(connection, news.household) or ((news.person_id,) if news.person_id is not None else ()):
        known = reaching.where_to_write(connection, person_id)
        if known is not None:
            sent += write(connection, known, Kind.CHANGE, words(view, news, view.title(known.language)), now)
    return sent


def words(event: Event, news: News, title: str) -> Words:
    if news.until is None or news.kind is NewsKind.LAPSED:
        return telling.lapsed(title)
    until = news.until.astimezone(ZoneInfo(event.zone))
    if news.kind is NewsKind.WHOLE:
        return telling.kept_whole(event, title, news.resource, news.places, until=until)
    return telling.kept_part(event, title, news.resource, news.places, wanted=news.wanted, until=until)
