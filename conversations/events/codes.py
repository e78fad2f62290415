"""The word that families text for an event, made of its title where nobody chose one."""

from __future__ import annotations

from collections.abc import Iterator

from ..folding import fold

SHORTEST, LONGEST = 4, 12
"""Letters: long enough to mean something, short enough to type."""
COMMON = frozenset(
    [
        "night",
        "noche",
        "family",
        "familia",
        "familias",
        "families",
        "meeting",
        "junta",
        "reunion",
        "school",
        "escuela",
        "class",
        "clase",
        "para",
        "padres",
        "with",
        "for",
        "and",
        "the",
        "con",
        "los",
        "las",
        "del",
    ]
)
"""What many events are called tells none of them from another."""
MOST = 40


def from_title(title: str) -> Iterator[str]:
    """Codes an event could have, the best first: its own words, the common ones last, then with a number behind."""
    letters = ("".join(filter(str.isalpha, word))[:LONGEST] for word in fold(title).split())
    words = list(dict.fromkeys(word for word in letters if len(word) > 1))
    ranked = sorted(words, key=lambda word: (word in COMMON, len(word) < SHORTEST)) or ["event"]
    yield from ranked
    yield from (f"{ranked[0]}{n}" for n in range(2, MOST))
