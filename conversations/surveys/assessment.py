"""Where an assessment stands: who was reached, of how many, by which methods and in which languages: “How is the assessment?”"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..talk import LookUp
from ..words import LanguageName, Words, _, as_is, joined, ngettext
from . import results, suppressing

METHODS_NEEDED = 3

GROUPS: Mapping[str, Words] = {
    "families": _("families"),
    "staff": _("staff"),
    "partners": _("community partners"),
    "community": _("neighbors"),
}
"""Groups of people by the name they are kept under; others go by that name."""
METHODS: Mapping[str, Words] = {
    "text": _("by text"),
    "kiosk": _("at events"),
    "paper": _("on paper"),
    "phone": _("by phone"),
    "liaison": _("with a liaison"),
    "focus group": _("focus group"),
    "note": _("street data"),
}


@dataclass(frozen=True)
class Reached:
    """A group: how many there are, and how many of them took part."""

    group: str
    size: int
    least: int
    """So many different people at least: those of its largest survey."""
    most: int
    """So many if nobody took part twice."""
    unknown: int = 0
    """Of these: nobody knows whether they took part besides (paper without a code, a focus group, street data)."""

    @property
    def majority(self) -> int:
        """More than half."""
        return self.size // 2 + 1

    @property
    def lacking(self) -> int:
        return max(0, self.majority - self.least)


@dataclass(frozen=True)
class Standing:
    name: str
    wave: int
    closed: bool
    groups: tuple[Reached, ...]
    methods: Mapping[str, int] = field(default_factory=dict)
    """People or answers, by method."""
    languages: Mapping[str, int] = field(default_factory=dict)
    """Answers, by language."""
    surveys: int = 0


@dataclass(frozen=True)
class StandingHere(LookUp[Standing | None]):
    """The last assessment of their schools; None if there is none, or they may not ask."""


def told(standing: Standing) -> Words:
    """In a few texts: a line a group, then methods and languages."""
    name = as_is(f"{standing.name} ({standing.wave})")
    head = _("{name} is over.", name=name) if standing.closed else joined("", name, as_is(":"))
    lines = [head, *(_group(each) for each in standing.groups)]
    return joined("\n", *lines, methods(standing), languages(standing))


def _group(reached: Reached) -> Words:
    """Like "families: 142 of 460 (31%). 89 more for a majority."."""
    share = results.percent(reached.least / reached.size)
    gaps = {"group": called(reached.group), "n": reached.least, "all": reached.size, "percent": share}
    several = reached.most - reached.unknown > reached.least
    said = _("{group}: at least {n} of {all} ({percent}%).", **gaps) if several else _("{group}: {n} of {all} ({percent}%).", **gaps)
    return joined(" ", said, majority(reached), _apart(reached))


def majority(reached: Reached) -> Words:
    """Whether it is one, or how many it lacks."""
    if reached.least > reached.size:
        return _("That is more than there are: is their number right?")
    if not reached.lacking:
        return _("A majority.")
    return ngettext("{n} more for a majority.", "{n} more for a majority.", reached.lacking)


def _apart(reached: Reached) -> Words | None:
    if not reached.unknown:
        return None
    return _("Besides {n} on paper without a code, in groups or in passing, perhaps the same people.", n=reached.unknown)


def methods(standing: Standing) -> Words:
    """Like "Methods: 4 (3 are needed): by text, on paper…"."""
    used = [METHODS.get(name, as_is(name)) for name, count in sorted(standing.methods.items(), key=lambda each: -each[1]) if count]
    head = (
        _("Methods: {n} of {needed}", n=len(used), needed=METHODS_NEEDED)
        if used
        else _("Methods: none yet of {needed}.", needed=METHODS_NEEDED)
    )
    return joined(": ", head, joined(", ", *used)) if used else head


def languages(standing: Standing) -> Words | None:
    """Answers by language; fewer than ten are not told apart."""
    blocks = suppressing.in_blocks(standing.languages)
    counts = [sum(standing.languages[tag] for tag in block) for block in blocks]
    if not counts or sum(counts) < suppressing.LEAST:
        return None
    names = [joined(", ", *(_("{language}", language=LanguageName(tag)) for tag in block)) for block in blocks]
    named = [joined(" ", name, as_is(str(n))) for name, n in zip(names, counts, strict=True)]
    return joined(": ", _("Answers"), joined("; ", *named))


def called(group: str) -> Words:
    return GROUPS.get(group, as_is(group))
