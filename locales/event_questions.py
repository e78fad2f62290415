"""Questions about an event, read from the words of every language at once."""

from __future__ import annotations

from functools import cache

from conversations.events.asked import ASKED
from conversations.folding import fold

from .catalogs import LANGUAGES
from .lexicon import raw
from .phrases import Phrases, written_out

MOST_WORDS = 14


def read(text: str) -> str | None:
    """Which question it asks; the longest phrase counts. None if it asks none, or is too long to be one."""
    words = tuple(fold(text).split())
    if not words or len(words) > MOST_WORDS:
        return None
    hits = list(_known().find(words))
    return max(hits, key=lambda hit: hit.end - hit.start).value if hits else None


@cache
def _known() -> Phrases[str]:
    phrases = Phrases[str]()
    for asked in ASKED:
        for tag in LANGUAGES:
            for listed in raw(tag, "event question", asked):
                for phrase in written_out(listed):
                    phrases.add(tuple(fold(phrase).split()), asked)
    return phrases
