"""Answering for a household: what is looked up on the way, what it changes, and how it is said again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..folding import fold
from ..linking import Tried
from ..needs import NEEDS
from ..talk import Json, LookUp
from ..who import Who
from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .event import Answer, Event, PartStat, Standing
from .household import Household, Wishes, Word

# What is looked up


class Problem(Enum):
    """Why an answer does not count."""

    CLOSED = "closed"
    LATE = "late"


@dataclass(frozen=True)
class Outcome:
    """What an answer would come to, now: the event is locked until the turn is over, so it stays true."""

    standing: Standing | None
    problem: Problem | None = None


@dataclass(frozen=True)
class WouldBe(LookUp[Outcome]):
    event: int
    answer: Answer
    whole: bool = True
    """Of a series: for every session to come, and the worst of what it comes to."""

    def __hash__(self) -> int:
        return hash((self.event, self.answer.partstat, self.answer.adults, self.answer.children, str(self.answer.needs)))


@dataclass(frozen=True)
class OnScreen:
    """The event that the last text to an address was about, where we sent it unasked."""

    event: int
    plain: bool
    """It was there long enough to be read, and not too long ago: a bare "4" is meant for it."""


@dataclass(frozen=True)
class LastInvited(LookUp[OnScreen | None]):
    """What a bare answer to an address would be meant for."""


@dataclass(frozen=True)
class Mine(LookUp[tuple[tuple[Event, Standing], ...]]):
    """The events to come that their household has answered, the nearest first."""


@dataclass(frozen=True)
class AboutEvent(LookUp[str | None]):
    """Which question about an event a text asks: a key of `conversations.events.asked.ASKED`; None if it asks none."""

    text: str


@dataclass(frozen=True)
class HouseholdCode(LookUp[str]):
    """A new code for the other parent's phone; the one before is void."""


@dataclass(frozen=True)
class TryHousehold(LookUp[Tried]):
    """Whether a code joins the household of whoever texts it to another. A wrong one is counted."""

    code: str


# What it changes


@dataclass(frozen=True)
class SaveAnswer:
    """The household's answer, all of it anew. The others of the household hear of it."""

    event: int
    answer: Answer
    tell: bool = True
    """Not where it is only what we asked for, a moment later."""
    whole: bool = True
    """Of a series: for every session to come."""


@dataclass(frozen=True)
class Decide:
    """About places that are kept for them, fewer than they want or all: take them, wait for all, or let them go."""

    event: int
    resource: str
    what: str
    """One of "take", "wait" and "pass"."""
    whole: bool = False
    """Of a series: at every session to come."""


@dataclass(frozen=True)
class JoinHousehold:
    """The phone that showed this code and the one that texts it are one household. Both hear of it."""

    code: str


# An answer on its way through a conversation


def packed(said: Household) -> dict[str, Json]:
    """As a conversation is started with it."""
    numbers = {key: getattr(said, key) for key in ("people", "adults", "children")}
    wishes = {
        key: value for key, value in vars(said.wishes).items() if value not in {None, "", False} or (key == "interpreter" and value == "")
    }
    kept: dict[str, Json] = {key: value for key, value in numbers.items() if value is not None}
    ages: dict[str, Json] = {"ages": " ".join(map(str, said.ages))} if said.ages else {}
    return {"partstat": said.partstat.value, **kept, **ages, **wishes}


def unpacked(about: Mapping[str, Json]) -> Household | None:
    if "partstat" not in about:
        return None
    interpreter = about.get("interpreter")
    wishes = Wishes(
        None if interpreter is None else str(interpreter), bool(about.get("ride")), str(about.get("meal", "")), str(about.get("access", ""))
    )
    people, adults, children = (int(about[key]) if key in about else None for key in ("people", "adults", "children"))
    ages = tuple(int(age) for age in str(about.get("ages", "")).split())
    return Household(PartStat(str(about["partstat"])), people, adults, children, ages, wishes)


def answer(said: Household, event: Event, language: str | None) -> Answer:
    """What is saved of it: only what the event offers is needed. Children alone come with one grown-up."""
    adults, children = said.counted or (1 if said.children is not None else 0, said.children or 0)
    return Answer(said.partstat, adults, children, needs_of(said, event, adults + children, children, language))


def needs_of(said: Household, event: Event, people: int, children: int, language: str | None) -> dict[str, Any]:
    offered, wishes = event.offered, said.wishes
    needs: dict[str, Any] = {}
    if offered.childcare is not None and children:
        needs["childcare"] = children
        if said.ages:
            needs["ages"] = list(said.ages)
    if offered.interpreters and wishes.interpreter is not None:
        needs["interpreter"] = wishes.interpreter or language or offered.interpreters[0]
    if offered.rides is not None and wishes.ride:
        needs["ride"] = max(people, 1)
    if offered.meal and wishes.meal:
        needs["meal"] = wishes.meal
    if wishes.access:
        needs["access"] = wishes.access
    return needs


# Said again

SAID: Mapping[str, Words] = {
    Word.VEGETARIAN.value: _("vegetarian food"),
    Word.NO_PORK.value: _("food without pork"),
    Word.HALAL.value: _("halal food"),
    Word.ALLERGY.value: _("a food allergy"),
    Word.WHEELCHAIR.value: _("wheelchair access"),
}


def who(adults: int, children: int, needs: Mapping[str, Any], *, mixed: bool = True) -> Words:
    """Like "2 adults, 3 kids (2, 5, 8), Spanish interpreter". Not `mixed`: nobody said who of them is a child."""
    if not mixed:
        return joined(", ", ngettext("{n} person", "{n} people", adults + children), *_needed(needs))
    grown = ngettext("{n} adult", "{n} adults", adults) if adults else None
    return joined(", ", grown, _young(children, needs.get("ages") or ()) if children else None, *_needed(needs))


def _young(children: int, ages: Any) -> Words:
    if not ages:
        return ngettext("{n} kid", "{n} kids", children)
    return ngettext("{n} kid ({ages})", "{n} kids ({ages})", children, ages=", ".join(map(str, ages)))


def _needed(needs: Mapping[str, Any]) -> list[Words]:
    tag = str(needs.get("interpreter") or "")
    told = [
        _("{language} interpreter", language=LanguageName(tag)) if tag else None,
        _("a ride") if needs.get("ride") else None,
        *(SAID.get(str(needs[key]), as_is(str(needs[key]))) for key in ("meal", "access", "other") if needs.get(key)),
    ]
    return [words for words in told if words is not None]


def named(event: Event, language: str | None) -> Words:
    return as_is(event.title(language))


def where_and_when(event: Event) -> Words:
    return joined(", ", _("{when}", when=event.starts), as_is(event.place) if event.place else None)


def all_set(event: Event, told: Words, language: str | None) -> Words:
    where = joined(", ", named(event, language), where_and_when(event))
    if len(event.dates) > 1:
        return _(
            "You're set: {event}, then until {last}. {who}. One answer counts for every date; we remind you each time. Can't come once, or at all: CANT.",
            event=where,
            last=event.dates[-1].date(),
            who=told,
        )
    return _("You're set: {event}. {who}. CHANGE or CANT anytime.", event=where, who=told)


def code(event: Event) -> str:
    return event.code.upper()


def is_event_word(text: str) -> bool:
    """It could be the code of an event: one folded word, and no need by itself."""
    return text.isalnum() and not text.isdecimal() and 2 <= len(text) <= 20 and text not in NEEDS  # noqa: PLR2004 - as storage.events.checks has it


def first_word(text: str) -> tuple[str, str]:
    """The first word, folded, and what follows it: "pizza somos 5", "PIZZA: 5"."""
    word, _space, rest = text.strip().partition(" ")
    folded = fold(word).split()
    return (folded[0], " ".join((*folded[1:], rest)).strip()) if folded else ("", "")


def too_late(event: Event, problem: Problem, reader: Who) -> Words:
    """An answer does not count any more; a person may know a way."""
    title, phone = named(event, reader.language), reader.school.phone
    if problem is Problem.LATE:
        return _(
            "Answers for {title} counted until {when}. Please call {phone}: maybe there is room.",
            title=title,
            when=event.until,
            phone=phone,
        )
    return _("{title} takes no more answers. Please call {phone}: maybe there is room.", title=title, phone=phone)
