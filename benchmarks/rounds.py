"""Interleaved rounds and what is printed of them. On a machine shared with others only ratios taken side by side mean anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Compared:
    """Rates of two things, measured by turns: one of ours and one of the other's in each round."""

    what: str
    ours: Sequence[float]
    other: Sequence[float]
    """Turns a second."""
    aim: str = ""

    @property
    def ratios(self) -> list[float]:
        return [ours / other for ours, other in zip(self.ours, self.other, strict=True)]

    def show(self) -> None:
        ratios = sorted(self.ratios)
        aim = f", aim {self.aim}" if self.aim else ""
        print(f"  {self.what}: {median(ratios):.2f} [{ratios[0]:.2f}..{ratios[-1]:.2f}]{aim}")
        print(f"      {median(self.ours):,.0f} against {median(self.other):,.0f} a second, {len(ratios)} rounds")


def heading(text: str) -> None:
    print(f"\n{text}")
