"""People translating for people: what is asked of a liaison, what she writes beside the source, and what she approves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AskForTranslation:
    """An effect: the first who translates into each of these languages is asked for the words of a draft."""

    number: int
    languages: tuple[str, ...]
