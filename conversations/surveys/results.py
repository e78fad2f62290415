"""What has been told of a survey, and how it is read: bars with counts and shares, two surveys side by side, a sample's uncertainty.

A share is of everybody who was asked, whether they gave an answer or not. All of this is worked out from what was told, never from
the answers: it can give nothing away that has not been told before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import suppressing
from .suppressing import Range, Told
from .tables import Table

FRESH = 0.5
"""Of all answers: what was told of fewer is not shown any more, however fine it was."""
SURE = 1.96
"""Standard deviations on either side: 95 of 100 samples."""


@dataclass(frozen=True)
class ByBlock:
    """A survey by group or by language: each block of them has ten or more."""

    blocks: tuple[tuple[str, ...], ...]
    tables: Mapping[str, Mapping[Range, Sequence[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Themes:
    """An open question: how many answers belong to each theme, and to none that may be told; with a few words of each theme."""

    asked: int
    counts: Mapping[int, int]
    """By the theme's number."""
    quotes: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """What was told at one time. `final`: once it was closed; only then is it told by group, by language and by theme."""

    n: int
    """Answers of people who count once."""
    batches: int
    """The last that is in `known`."""
    known: Mapping[str, Told] = field(default_factory=dict)
    final: bool = False
    by: Mapping[str, ByBlock] = field(default_factory=dict)
    themes: Mapping[str, Themes] = field(default_factory=dict)
    again: Mapping[str, Told] = field(default_factory=dict)
    """Of those who may be somebody's second, told for themselves."""

    def to_json(self) -> dict[str, Any]:
        return {
            "known": _told_out(self.known),
            "again": _told_out(self.again),
            "final": self.final,
            "by": {
                what: {
                    "blocks": [list(block) for block in by.blocks],
                    "tables": {name: {_out(each): list(row) for each, row in rows.items()} for name, rows in by.tables.items()},
                }
                for what, by in self.by.items()
            },
            "themes": {
                name: {
                    "asked": of.asked,
                    "counts": {str(number): n for number, n in of.counts.items()},
                    "quotes": {str(number): list(said) for number, said in of.quotes.items()},
                }
                for name, of in self.themes.items()
            },
        }

    @classmethod
    def from_json(cls, n: int, batches: int, kept: Mapping[str, Any]) -> Published:
        by = {
            what: ByBlock(
                tuple(tuple(block) for block in of["blocks"]),
                {name: {_in(each): tuple(row) for each, row in rows.items()} for name, rows in of["tables"].items()},
            )
            for what, of in kept["by"].items()
        }
        themes = {
            name: Themes(
                of["asked"], {int(each): n for each, n in of["counts"].items()}, {int(each): s for each, s in of["quotes"].items()}
            )
            for name, of in kept["themes"].items()
        }
        return cls(n, batches, _told_in(kept["known"]), kept["final"], by, themes, _told_in(kept["again"]))


@dataclass(frozen=True)
class Bar:
    """A range of a table's cells, how many answered so, and of how many who were asked."""

    range: Range
    count: int
    of: int

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


def view(table: str, published: Sequence[Published], *, again: bool = False) -> Told:
    """The finest that was told of a table lately, the latest of those; empty if nothing was."""
    every = [each.again if again else each.known for each in published]
    told = [each[table] for each in every if table in each]
    most = max((_whole(each) for each in told), default=0)
    fresh = [each for each in told if _whole(each) >= FRESH * most]
    return max(reversed(fresh), key=lambda each: len(suppressing.finest(each)), default={})


def bars(table: Table, told: Told) -> list[Bar]:
    """The bars of a table, in order. Of a choice among several only that it was chosen; none where nothing can be told apart."""
    found = [Bar(each, told[each], _whole(told)) for each in suppressing.finest(told)]
    return [bar for bar in found if bar.range != (0, table.row) and (table.choice is None or bar.range == (0, 1))]


def by_block(table: Table, told: Mapping[Range, Sequence[int]], block: int) -> list[Bar]:
    """The bars of one block of people."""
    return bars(table, {each: row[block] for each, row in told.items()})


# Side by side


def alike(tables: Sequence[Told]) -> list[Told]:
    """The same ranges of all of them: as fine as each allows. Empty where one has nothing."""
    if not tables or not all(tables):
        return []
    finest = [suppressing.finest(told) for told in tables]
    ends = sorted(set.intersection(*({end for _start, end in ranges} for ranges in finest)))
    ranges = list(zip([0, *ends], ends, strict=False))
    return [
        {each: sum(told[part] for part in parts if each[0] <= part[0] and part[1] <= each[1]) for each in ranges}
        for told, parts in zip(tables, finest, strict=True)
    ]


def together(tables: Sequence[Told]) -> Told:
    """Several schools as one: only those that have told something, and only as finely as all of them have."""
    found = alike([told for told in tables if told])
    return {each: sum(told[each] for told in found) for each in found[0]} if found else {}


def change(before: Bar, after: Bar) -> int:
    """Percentage points, of rounded shares as they are read."""
    return percent(after.share) - percent(before.share)


def percent(share: float) -> int:
    """As one says it; halves upwards."""
    return math.floor(share * 100 + 0.5)


def margin(bar: Bar, population: int) -> tuple[float, float] | None:
    """Between which shares that of all lies, 95 times of 100 (Wilson's interval, with the correction for a finite population).

    Only for a sample that was drawn by lot. Who answers because they like to is no such sample, and there is no figure for how far it
    is from everybody: None is what to say then, and what is said where everybody was counted.
    """
    if bar.of <= 0 or population <= bar.of:
        return None
    n = bar.of * (population - 1) / (population - bar.of)
    middle = (bar.share + SURE**2 / (2 * n)) / (1 + SURE**2 / n)
    half = SURE / (1 + SURE**2 / n) * math.sqrt(bar.share * (1 - bar.share) / n + SURE**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _whole(told: Told) -> int:
    """Of how many: ranges that leave nothing out begin at the first cell, and one of them is the whole row, or all together are."""
    return sum(told[each] for each in suppressing.finest(told))


def _told_out(known: Mapping[str, Told]) -> dict[str, dict[str, int]]:
    return {name: {_out(each): n for each, n in told.items()} for name, told in known.items()}


def _told_in(kept: Mapping[str, Mapping[str, int]]) -> dict[str, Told]:
    return {name: {_in(each): n for each, n in told.items()} for name, told in kept.items()}


def _out(each: Range) -> str:
    return f"{each[0]}-{each[1]}"


def _in(each: str) -> Range:
    start, end = each.split("-")
    return int(start), int(end)
