"""Which counts may be told, so that none under ten can be worked out from everything that was ever told. Pure arithmetic.

A table is a row of cells, the choices in their order and "no answer" last. What is told of it are ranges of neighbours: the whole row,
and the parts it was split into, which stay the same for ever, so that all that is ever told of a table is one tree. A range is told
again only when ten more have come to it since it was told last, and parts only together with what they are parts of. So everything that
was told makes, within each range, a table of its parts by the times between, of which only sums are known, every sum ten or more; a cell
of such a table may be ten more or less than it is, and nobody can tell. By group or language a table is told once, when no more will
come, and only where every part has ten in every group: the same argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LEAST = 10
"""Fewer are not told."""

Range = tuple[int, int]
"""Cells from the first to before the second."""
Told = Mapping[Range, int]
"""What is told of a table at one time: a range, and every range it is part of."""


def tell(cells: Sequence[int], before: Iterable[Told]) -> dict[Range, int]:
    """As much of a table as may be told now, after all that was told of it before; nothing before there are ten more."""
    earlier = list(before)
    return _Telling(cells, _last(earlier), _splits(earlier)).told()


def finest(told: Iterable[Range]) -> list[Range]:
    """The ranges that have no part told, in order: together they are the whole."""
    there = set(told)
    return sorted(each for each in there if not any(other != each and _within(other, each) for other in there))


def by_block(cells: Mapping[str, Sequence[int]], blocks: Sequence[Sequence[str]], told: Told) -> dict[Range, tuple[int, ...]]:
    """What may be told of a table by groups of people: along what is told of the whole, wherever every block has ten."""
    rows = [[sum(column) for column in zip(*(cells[name] for name in block if name in cells), strict=True)] for block in blocks]
    sums = {each: tuple(sum(row[each[0] : each[1]]) for row in rows) for each in told}
    found: dict[Range, tuple[int, ...]] = {}
    for each in sorted(told, key=_wide):
        above = [other for other in told if other != each and _within(each, other)]
        together = [other for other in told if _siblings(each, other, told)]
        if all(other in found for other in above) and all(min(sums[other], default=0) >= LEAST for other in (each, *together)):
            found[each] = sums[each]
    return found


def in_blocks(sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Groups of people so that each block has ten: the small ones together, with the next larger where that is not enough."""
    ordered = sorted((name for name, size in sizes.items() if size), key=lambda name: (sizes[name], name))
    small = [name for name in ordered if sizes[name] < LEAST]
    while small and sum(sizes[name] for name in small) < LEAST and len(small) < len(ordered):
        small.append(ordered[len(small)])
    alone: list[tuple[str, ...]] = [(name,) for name in reversed(ordered) if name not in small]
    return [*alone, tuple(sorted(small))] if small else alone


class _Telling:
    """One table at one time."""

    def __init__(self, cells: Sequence[int], last: Told, splits: Mapping[Range, int]) -> None:
        self.cells, self.last, self.splits = cells, last, splits
        self.best: dict[Range, tuple[int, int | None]] = {}

    def told(self) -> dict[Range, int]:
        whole = (0, len(self.cells))
        return dict(self.along(whole)) if self.may(whole) else {}

    def along(self, each: Range) -> Iterable[tuple[Range, int]]:
        yield each, self.count(each)
        at = self.parts(each)[1]
        if at is not None:
            yield from self.along((each[0], at))
            yield from self.along((at, each[1]))

    def parts(self, each: Range) -> tuple[int, int | None]:
        """Into how many parts a range may be split at most, and where first. Of two ways the evener one."""
        if each not in self.best:
            ways = [self.way(each, at) for at in self.places(each) if self.may((each[0], at)) and self.may((at, each[1]))]
            parts, _even, at = max(ways, default=(1, 0, None))
            self.best[each] = parts, at
        return self.best[each]

    def way(self, each: Range, at: int) -> tuple[int, int, int]:
        left, right = (each[0], at), (at, each[1])
        return self.parts(left)[0] + self.parts(right)[0], min(self.count(left), self.count(right)), at

    def places(self, each: Range) -> Iterable[int]:
        """Where it was split once, it is split for ever."""
        return [self.splits[each]] if each in self.splits else range(each[0] + 1, each[1])

    def may(self, each: Range) -> bool:
        return self.count(each) - self.last.get(each, 0) >= LEAST

    def count(self, each: Range) -> int:
        return sum(self.cells[each[0] : each[1]])


def _last(before: Iterable[Told]) -> dict[Range, int]:
    """Each range as it was told last."""
    return {each: count for told in before for each, count in told.items()}


def _splits(before: Iterable[Told]) -> dict[Range, int]:
    found = {}
    for told in before:
        for start, end in told:
            at = next((middle for first, middle in told if first == start and middle < end and (middle, end) in told), None)
            if at is not None:
                found[start, end] = at
    return found


def _within(inner: Range, outer: Range) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _siblings(each: Range, other: Range, told: Told) -> bool:
    """They are the two parts of one range."""
    return (each[1] == other[0] and (each[0], other[1]) in told) or (other[1] == each[0] and (other[0], each[1]) in told)


def _wide(each: Range) -> tuple[int, int]:
    return each[0] - each[1], each[0]
