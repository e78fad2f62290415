"""Typing mistakes: the one known word that a mistyped one stands for, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_ALIKE = frozenset({"cs", "cz", "sz", "bv", "ck", "kq", "cq", "gj", "hj", "ly", "iy", "iu"})
"""First letters that sound alike or lie side by side."""
_EXACT = 3
"""Words up to this length must be typed right."""
_LONG = 8
"""Words of this length and more may have two mistakes, behind the first letter; shorter ones, one. At 7, Shafter was a shelter."""


class Typos:
    """The words worth recognising, and those that are words of their own and never "corrected"."""

    def __init__(self, targets: Iterable[str], known: frozenset[str]) -> None:
        self.known = known
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(targets):
            if len(word) > _EXACT and not word.isdigit():
                self._by_length[len(word)].append(word)
        self._seen: dict[str, str] = {}

    def correct(self, word: str) -> str:
        """The nearest word worth recognising; the word itself if it is known, short, or near none."""
        if len(word) <= _EXACT or word in self.known or not word.isalpha():
            return word
        if word not in self._seen:
            if len(self._seen) > 4096:  # noqa: PLR2004
                self._seen.clear()
            self._seen[word] = self._nearest(word)
        return self._seen[word]

    def _nearest(self, word: str) -> str:
        near = [
            (away, word[0] != target[0], target)
            for length in range(len(word) - 2, len(word) + 3)
            for target, away, _place in extract(word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=2, limit=None)
            if (away <= 1 and _begins_alike(word, target)) or (min(length, len(word)) >= _LONG and word[0] == target[0])
        ]
        return min(near)[2] if near else word


def _begins_alike(word: str, target: str) -> bool:
    """People seldom miss the first letter, unless it is mute, sounds like another, or was swapped with the second."""
    first = word[0] + target[0]
    swapped = word[:2] == target[1::-1]
    mute = word == target[1:] or (target[0] == "h" and word[0] == target[1])
    return first[0] == first[1] or swapped or mute or first in _ALIKE or first[::-1] in _ALIKE
