"""From a turn to the text that leaves: its language, its list of options, and the form its channel carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import locales
from conversations.questions import Layout
from conversations.state import Prompt, Turn
from conversations.words import _
from storage.people import Known
from storage.tables import Kind

from .channels import segments

SHARE_LOCATION = _("Share my location")

LONGEST = {"sms": 1600, "telegram": 4096, "phone": 1600}
"""Characters one text of a channel can hold."""


@dataclass(frozen=True)
class Rendered:
    """One answer. `labels` are the options as the person reads them, by key."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    ask_location: str = ""


def taps(channel: str, address: str) -> bool:
    """Whether an address shows buttons. The page has phones of both kinds: "telegram-2" shows them, "sms-1" does not."""
    return channel == "telegram" or (channel == "phone" and address.startswith("telegram"))


def carries_files(channel: str) -> bool:
    """Whether a file can go with a text there."""
    return channel == "telegram"


def rendered(turn: Turn, language: str, *, taps: bool) -> Rendered:
    """Everything a turn says, as one text, with its question last."""
    lines = [locales.render(words, language) for words in turn.said]
    if turn.prompt is None:
        return Rendered("\n".join(lines))
    labels = {key: locales.render(words, language) for key, words in turn.prompt.options.items()}
    lines.extend(_asked(turn.prompt, locales.render(turn.prompt.words, language), labels, taps=taps))
    buttons = tuple((label, f"q:{turn.prompt.number}:{n}") for n, label in enumerate(labels.values())) if taps else ()
    location = locales.render(SHARE_LOCATION, language) if taps and turn.prompt.place else ""
    return Rendered("\n".join(lines), buttons, labels, location)


def _asked(prompt: Prompt, question: str, labels: Mapping[str, str], *, taps: bool) -> list[str]:
    """The question and its options. Where there are buttons they carry the options."""
    if taps or prompt.layout is Layout.LISTED:
        return [question]
    if prompt.layout is Layout.INLINE:
        return [" ".join([question, *(f"{n} {label}" for n, label in enumerate(labels.values(), 1))])]
    return [question, *(f"{n}. {label}" for n, label in enumerate(labels.values(), 1))]


def texts(channel: str, address: str, text: str) -> list[str]:
    """The texts it takes to carry this one, as they are billed: nearly always one."""
    if not taps(channel, address):
        text = segments.fold(text)
    longest = LONGEST[channel]
    return [text] if len(text) <= longest else segments.split(text, longest)


def row(known: Known, kind: Kind, text: str, now: datetime, **more: Any) -> dict[str, Any]:
    """An outbox row to somebody's address."""
    to = {"person_id": known.person_id, "address_id": known.address_id, "channel": known.channel}
    return {**to, "kind": kind, "text": text, "created_at": now, **more}


def rows(known: Known, kind: Kind, said: Rendered, now: datetime, **more: Any) -> list[dict[str, Any]]:
    """One row for each text; the question, its number, its buttons and a calendar file go with the last."""
    *first, last = texts(known.channel, known.address, said.text)
    buttons = [list(button) for button in said.buttons] or None
    question, calendar = more.pop("question", 0), more.pop("calendar", None)
    final = row(known, kind, last, now, buttons=buttons, ask_location=said.ask_location, question=question, calendar=calendar, **more)
    return [*(row(known, kind, text, now, **more) for text in first), final]
