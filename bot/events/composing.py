"""An invitation as it leaves: put together from people's words and the event as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.events.invitation import BUTTONS, invitation
from storage.announcements.planning import IN_SOURCE
from storage.events import events, views
from storage.events.announced import EVENT, NUDGE


def buttons(about: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """One press answers for the household; how many is asked next."""
    spoken = language.partition(IN_SOURCE)[0]
    return tuple((locales.render(words, spoken), f"e:{about[EVENT]}:{n}") for n, words in enumerate(BUTTONS))


def composed(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> str:
    """The whole text in a language; the body as it is where the event is gone."""
    row = events.by_id(connection, int(about[EVENT]))
    if row is None:
        return body
    spoken = language.partition(IN_SOURCE)[0]
    return locales.render(invitation(views.view(connection, row), body, again=bool(about.get(NUDGE))), spoken)
