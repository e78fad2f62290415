"""Street data: a member of staff texts what a family said, in a sentence and without who. NOTE no bus after five #supports.

A focus group is noted the same way, with how many took part: NOTE #focus 12 … The tags are the pillars of a community school, its key
conditions for learning and its cornerstone commitments. To a family these are ordinary words.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..announcements.audience import COMMUNITY, FAMILIES, PARTNERS, STAFF
from ..announcements.orders import Order, Verb
from ..talk import LookUp
from ..words import Words, _, as_is, joined, ngettext, pgettext

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..state import Turn

Obeyed = Generator[LookUp[Any], Any, "Turn | None"]

NOTE, FOCUS = "note", "focus group"
"""How it was heard, as `storage.surveys.tables.Note.method` has it."""
PILLARS = ("supports", "engagement", "leadership", "learning")
TAGS: Mapping[str, Words] = {
    "supports": pgettext("to text", "#SUPPORTS"),
    "engagement": pgettext("to text", "#ENGAGEMENT"),
    "leadership": pgettext("to text", "#LEADERSHIP"),
    "learning": pgettext("to text", "#LEARNING"),
    "environment": pgettext("to text", "#ENVIRONMENT"),
    "instruction": pgettext("to text", "#INSTRUCTION"),
    "feelings": pgettext("to text", "#FEELINGS"),
    "system": pgettext("to text", "#SYSTEM"),
    "assets": pgettext("to text", "#ASSETS"),
    "justice": pgettext("to text", "#JUSTICE"),
    "culture": pgettext("to text", "#CULTURE"),
    "shared": pgettext("to text", "#SHARED"),
}
"""Four pillars; four key conditions (environment, instruction, social and emotional, system of supports); four commitments (strengths and
assets, racially just and restorative climates, culturally relevant instruction, shared decisions)."""
WHO = (FAMILIES, STAFF, PARTNERS, COMMUNITY)
"""Tags that say who said it; without one, families."""
SHOWN = 140
"""Characters of a note that are said back."""


@dataclass(frozen=True)
class Jotted:
    """A note as it is kept."""

    text: str
    """Redacted; empty where nothing of it may be kept."""
    tags: tuple[str, ...] = ()
    group: str = FAMILIES
    method: str = NOTE
    people: int = 1
    strange: tuple[str, ...] = ()
    """Words with a # that are no tags of ours."""


@dataclass(frozen=True)
class NoteIn(LookUp[Jotted | None]):
    """The note in a text; None to whoever may not keep any."""

    text: str


@dataclass(frozen=True)
class LastNote(LookUp[int | None]):
    """The last that they may still take back."""


@dataclass(frozen=True)
class KeepNote:
    """An effect."""

    note: Jotted


@dataclass(frozen=True)
class ForgetNote:
    """An effect: it was a mistake."""

    number: int


@dataclass(frozen=True)
class TakesBack(LookUp[bool]):
    """Whether a text is the word that takes something back."""

    text: str


def note(hearing: Hearing, order: Order) -> Obeyed:
    """Keep it, and say just what was kept. In the middle of a text to be sent it is a word of that."""
    if hearing.drafting:
        return None
    found: Jotted | None = yield NoteIn(order.text)
    if found is None:
        return None
    if not order.text:
        return (yield from hearing.again(how_to()))
    if (yield TakesBack(order.text)):
        return (yield from _take_back(hearing))
    if not found.text:
        return (yield from hearing.again(_("Nothing was kept: it spoke of papers or immigration, or had no words. Please leave that out.")))
    turn = yield from hearing.again(kept(found))
    return replace(turn, effects=(KeepNote(found), *turn.effects))


def _take_back(hearing: Hearing) -> Obeyed:
    number: int | None = yield LastNote()
    if number is None:
        return (
            yield from hearing.again(
                _("There is no note of the last 10 minutes to take back. For an older one ask whoever runs this service.")
            )
        )
    turn = yield from hearing.again(_("Taken back: the note is gone."))
    return replace(turn, effects=(ForgetNote(number), *turn.effects))


def kept(found: Jotted) -> Words:
    """What stands there now, and how to undo it."""
    short = found.text if len(found.text) <= SHOWN else f"{found.text[: SHOWN - 1].rstrip()}…"
    group = ngettext("Noted, a group of {n} person: “{text}”", "Noted, a group of {n} people: “{text}”", found.people, text=as_is(short))
    noted = group if found.method == FOCUS else _("Noted, and not who said it: “{text}”", text=as_is(short))
    strange = _("No tag of ours: {words}.", words=as_is(" ".join(f"#{each}" for each in found.strange))) if found.strange else None
    tags = joined(" ", *(TAGS[tag] for tag in found.tags)) if found.tags else None
    return joined(" ", noted, tags, strange, _("Names in it, or a mistake? Text NOTE UNDO within 10 minutes."))


def how_to() -> Words:
    return joined(
        " ",
        _(
            "Text NOTE and what was said, without names: NOTE no bus after five #SUPPORTS. Of a group of 12: NOTE #FOCUS 12 and what they said. Tags:"
        ),
        *TAGS.values(),
    )


OBEY: Mapping[Verb, Callable[[Hearing, Order], Obeyed]] = {Verb.NOTE: note}
