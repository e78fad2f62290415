"""What is really sent of an announcement: its text, or what another feature makes of it. For the preview, the price and the hand-off alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.announcements.drafts import Draft
from conversations.words import Words
from storage.announcements.tables import Announcement
from storage.events import announced
from storage.outbox import Row
from storage.surveys import views

from .. import rendering
from ..events.composing import buttons, composed
from ..surveys import composing as surveys
from ..surveys import wording

Composer = Callable[[Connection, Mapping[str, Any], str, str], str]
"""Of an announcement's `about`, a language and the text in it."""
COMPOSERS: Mapping[str, Composer] = {announced.EVENT: composed, views.SURVEY: surveys.composed}
"""By the key of `about` that asks for it. To add one, add a line."""

BUTTONS: Mapping[str, Callable[[Mapping[str, Any], str], tuple[tuple[str, str], ...]]] = {announced.EVENT: buttons}
"""By the same keys: what can be pressed under it, in a language; label and data."""

UNFIT: Mapping[str, Callable[[Connection, Mapping[str, Any], str, str], Words | None]] = {views.SURVEY: wording.unfit}
"""By the same keys: what keeps a text from being what the feature needs, in words for its author."""
SHAPED = UNFIT.keys()


def unfit(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> Words | None:
    check = next((UNFIT[key] for key in about if key in UNFIT), None)
    return check(connection, about, language, body) if check is not None else None


def final(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> str:
    composer = next((COMPOSERS[key] for key in about if key in COMPOSERS), None)
    return composer(connection, about, language, body) if composer and body else body


def in_each(connection: Connection, found: Draft) -> dict[str, str]:
    """What is really sent of a draft in each language that there are words in."""
    return {text.language: final(connection, found.about, text.language, text.body) for text in found.texts if text.body}


def completed(connection: Connection, rows: Sequence[Row], full: list[Row]) -> tuple[list[Row], frozenset[int]]:
    """Rows with the words they stand for, and the ids of those whose words were put together just now. `full` are the same, as kept."""
    changed = {new.id: (new.announcement_id or 0) for old, new in zip(rows, full, strict=True) if new.text != old.text}
    abouts = _abouts(connection, set(changed.values()))
    done: dict[tuple[int, str], str] = {}
    made = frozenset(row_id for row_id, number in changed.items() if number in abouts)
    for n, row in enumerate(full):
        if row.id in made:
            same = changed[row.id], row.language or ""
            if same not in done:
                done[same] = final(connection, abouts[same[0]], same[1], row.text)
            full[n] = replace(row, text=done[same], buttons=_buttons(abouts[same[0]], row))
    return full, made


def _buttons(about: Mapping[str, Any], row: Row) -> tuple[tuple[str, str], ...]:
    """Those that a feature puts under its text, where they can be shown; else those the row has."""
    maker = next((BUTTONS[key] for key in about if key in BUTTONS), None)
    return maker(about, row.language or "") if maker is not None and rendering.taps(row.channel, row.address) else row.buttons


def _abouts(connection: Connection, numbers: set[int]) -> dict[int, Mapping[str, Any]]:
    """Of those that somebody puts together."""
    if not numbers:
        return {}
    found = connection.execute(select(col(Announcement.id), col(Announcement.about)).where(col(Announcement.id).in_(numbers)))
    return {number: about for number, about in found if about and COMPOSERS.keys() & about.keys()}


def keep(connection: Connection, rows: Sequence[Row]) -> None:
    """Remember the words as they leave: should the provider be asked about one, it is asked for just these."""
    for row in rows:
        announced.keep_text(connection, row.id, row.text, row.buttons)
