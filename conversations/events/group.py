"""What a group reads: one post for an event, with how many come and nothing about anybody; and what ties a group to a school.

In a group a command is written as Telegram has them: "/events on", "/events off", "/events on MESA".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext
from .event import PEOPLE, Event, parts
from .invitation import sentence, there_is, when_and_where
from .telling import cancelled

BUTTON = _("Answer in private")
"""Under a post; it opens the chat with us."""
LINK = "event-"
"""What a link to the private chat begins with."""
_COMMAND = re.compile(r"/events\s+(on|off)(?:\s+([^\W_]{2,40}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Ties:
    """A group is to get posts of a school's events, or no more."""

    on: bool
    school: str = ""
    """Its keyword as it was typed; empty where none was."""


def command(text: str) -> Ties | None:
    found = _COMMAND.fullmatch(text.strip())
    return found and Ties(found[1].casefold() == "on", found[2] or "")


@dataclass(frozen=True)
class EventLinked(LookUp[Event | None]):
    """The event that a link in a group leads to; None if it is no link of ours."""

    payload: str


# A post


def post(event: Event, body: str, coming: int) -> Words:
    """In the language of `body`: title, then description."""
    title, text = parts(body)
    if event.stage == "cancelled":
        return cancelled(event, title)
    return joined(
        "\n",
        sentence(_("{title}: {when}", title=as_is(title), when=when_and_where(event))),
        as_is(text) if text else None,
        there_is(event.offered),
        _("Please answer by {when}.", when=event.until) if event.until < event.starts and event.stage == "open" else None,
        joined(" ", _coming(coming), _room(event)),
    )


def _coming(people: int) -> Words | None:
    return ngettext("{n} person is coming.", "{n} people are coming.", people) if people else None


def _room(event: Event) -> Words | None:
    left = event.left.get(PEOPLE)
    if event.stage != "open":
        return _("It takes no more answers.")
    if left is None:
        return None
    return ngettext("{n} place is left.", "{n} places are left.", left) if left else _("It is full; there is a waiting list.")


# Tying


def tied(school: str) -> Words:
    return _(
        "From now on this group gets one post for each event of {school}, with how many come. /events off ends it.", school=as_is(school)
    )


def untied() -> Words:
    return _("This group gets no more posts of events. What stands here stays as it is.")


def not_you() -> Words:
    return _("Only staff of a school can do that, from a Telegram account of their own that is linked here (LINK, in private).")


def which(schools: list[str]) -> Words:
    return _("Which school? Write /events on and its word: {schools}.", schools=joined(", ", *(as_is(each) for each in schools)))
