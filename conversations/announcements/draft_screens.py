"""What every screen of a draft is made of: going on with another one, and the notes that stand above it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..steps import Next
from ..talk import Json, Talk
from ..words import LanguageName, Words, _
from .drafts import Change, Changed, Draft

TO, WHEN, KIND, WORDS, PREVIEW, SEND = "to", "when", "kind", "words", "preview", "send"
APPROVE, WHERE, LACK = "approve", "where", "lack"
"""The steps, by which `Next` names them; the first six are the numbers of the list."""
NOTES: Mapping[str, Words] = {
    "changed": _("Changed."),
    "previewed": _("The texts above are what families get."),
    "blocked": _("It goes only to whom the carrier blocked it. Say it in other words: capitals, links and money are what carriers block."),
    "kept": _("Nothing was changed."),
    "night": _("At night nothing leaves: it is set for the morning after."),
}


def turn_of(talk: Talk) -> int:
    return int(talk.about.get("turn", 0))


def shown_next(talk: Talk, found: Draft, step: str = "", **about: Json) -> Next:
    """Another screen of the draft, as it stands by then."""
    return Next("draft", {"draft": found.number, "turn": turn_of(talk) + 1, **({"step": step} if step else {}), **about})


async def change(talk: Talk, found: Draft, change: Change, note: str = "") -> object:
    """Change it, and show it again."""
    after = await talk.look_up(Changed(change, turn_of(talk)))
    if after is None:
        talk.say(_("Draft {n} is not here, or it is not yours to send. Nothing was sent.", n=found.number))
        return None
    return shown_next(talk, found, **({"note": note} if note else {}))


def moment(when: datetime, now: datetime) -> Words:
    """Today only by the hour."""
    return _("at {time}", time=when.time()) if when.date() == now.date() else _("{when}", when=when)


def language(tag: str) -> Words:
    return _("{language}", language=LanguageName(tag))
