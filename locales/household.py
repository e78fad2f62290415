"""Read who comes from a family's own words; see `conversations.events.household`. In doubt it reads nothing, and we ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from conversations.events.event import PartStat
from conversations.events.household import MEALS, OLDEST, Household, Wishes, Word

from . import counting, household_words
from .counting import Unsure
from .household_words import Item, items, tokens, whole
from .lexicon import lexicon

MOST_WORDS = 60
MOST_UNKNOWN = 4
"""Words we do not know beside others that say clearly who comes."""
SURE = (Word.COMING, Word.I_AM_COMING)
SAYS = (*SURE, Word.NOT_COMING, Word.TAKES_BACK, Word.PERHAPS)

_SENTENCES = re.compile(r"(?<=[.!?\n])\s+|\n")


def read(text: str, called: str = "") -> Household | None:
    """What a text says; None where it says nothing of who comes, or nothing that is sure. `called` is the event's code or title."""
    said = " ".join(each for each in _SENTENCES.split(text) if "?" not in each)
    words = tokens(said)
    if not words or len(words) > MOST_WORDS:
        return None
    try:
        found = _whole(words) or _read(items(said, called), wishes(text))
        return found and replace(found, bare=_is_bare(words))
    except Unsure:
        return None


def _is_bare(words: tuple[str, ...]) -> bool:
    """One word, or a sentence that is an answer only by itself; "cant" says it all."""
    said = [word for word in words if word != household_words.PAUSE and word not in lexicon().courtesy]
    inside = any(item.is_any(Word.NOT_COMING, Word.TAKES_BACK) for item in items(" ".join(words)))
    return bool(whole(words)) or (len(said) <= 1 and not inside)


def _whole(words: tuple[str, ...]) -> Household | None:
    means = whole(words)
    pieces = _pieces(words)
    if len(pieces) > 1 and not means and any(whole(piece) == {Word.NOT_COMING} for piece in (pieces[0], pieces[-1])):
        return _nobody(words)
    if Word.NOTHING in means:
        raise Unsure
    if means & {Word.COMING, Word.I_AM_COMING}:
        return Household(PartStat.ACCEPTED, 1 if Word.I_AM_COMING in means else None)
    return Household(PartStat.DECLINED) if Word.NOT_COMING in means else None


def _pieces(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    ends = [n for n, word in enumerate(words) if word == household_words.PAUSE]
    return [words[start:end] for start, end in zip((0, *(end + 1 for end in ends)), (*ends, len(words)), strict=True)]


def _nobody(words: tuple[str, ...]) -> Household | None:
    """Like "no, we move that week", but not "no, we are 5": a no of its own."""
    row = items(" ".join(word for word in words if word != household_words.PAUSE))
    if any(item.number or item.is_any(Word.PERHAPS, Word.ASKS) for item in row[1:]):
        raise Unsure
    sure = any(item.is_any(*SURE) and not item.is_any(Word.SMALL) for item in row)
    if sure:
        raise Unsure
    return Household(PartStat.DECLINED)


def _read(row: list[Item], wished: Wishes) -> Household | None:
    said = [item for item in row if not item.pause]
    if said[0].is_any(Word.ASKS) and not said[0].is_any(*SAYS, Word.ME) and not any(item.is_any(Word.TAKES_BACK) for item in row):
        return None
    if any(item.is_any(Word.NOTHING) for item in row):
        return None
    if any(item.is_any(Word.TAKES_BACK, Word.NOT_COMING) for item in row):
        return _declined(row)
    if any(item.is_any(Word.PERHAPS) for item in row):
        return replace(counting.count(row, singles=False), partstat=PartStat.TENTATIVE, wishes=wished)
    found = counting.count(row)
    if found.partstat is PartStat.DECLINED:
        return found
    return replace(found, wishes=wished) if _is_sure(found, said) else None


def _declined(row: list[Item]) -> Household | None:
    """A no; not one about somebody else ("my husband cant"), nor one beside a yes or another number."""
    place = max(n for n, item in enumerate(row) if item.is_any(Word.TAKES_BACK, Word.NOT_COMING))
    first = next(n for n, item in enumerate(row) if item.is_any(Word.TAKES_BACK, Word.NOT_COMING))
    if first and row[first - 1].is_any(*counting.NOUNS) and not row[first].is_any(Word.TAKES_BACK):
        return None
    if any(item.is_any(Word.PERHAPS) for item in row):
        return None
    after = row[place + 1 :]
    if after and after[0].is_any(*SURE):
        after = after[1:]
    if any(item.number is not None or (item.is_any(*SURE) and not item.is_any(Word.SMALL)) for item in after):
        return None
    if any(item.is_any(*SURE) and not item.is_any(Word.SMALL) for item in row[: max(first - 1, 0)]):
        return None
    return Household(PartStat.DECLINED)


def _is_sure(found: Household, said: Sequence[Item]) -> bool:
    """There is a yes or a number of people, and not too much that we do not know."""
    unknown = sum(item.unknown for item in said)
    yes = any(item.is_any(*SURE) for item in said)
    counts = any(item.number is not None and not counting.of_an_hour(after) for item, after in pairwise([*said, Item(())]))
    numbered = counts and (found.adults is not None or found.children is not None)
    if yes or numbered:
        return unknown <= MOST_UNKNOWN
    return unknown <= (said[0].number is not None) and (found.people is not None or (found.adults is not None))


def ages(text: str) -> tuple[int, ...] | None:
    """Ages and nothing else: "3, 6 and 9", "2 5 y 8", "6 months and 4"; None if it is anything else."""
    row = [item for item in items(text) if not item.pause]
    found: list[int] = []
    for place, item in enumerate(row):
        if item.number is not None:
            unit = row[place + 1] if place + 1 < len(row) else None
            found.append(0 if unit is not None and unit.is_any(Word.MONTHS) else item.number)
        elif item.is_any(*counting.YOUNG) and (place == 0 or row[place - 1].number is None):
            continue
        elif not item.is_any(Word.AND, Word.YEARS, Word.MONTHS, Word.AGES, Word.AGED, Word.SMALL) or item.is_any(*SURE, Word.NEGATES):
            return None
    return tuple(found) if found and max(found) <= OLDEST else None


def wishes(text: str) -> Wishes:
    """What they need, wherever they say it."""
    row = items(text)
    needs = {word for item in row for word in item.means}
    named = next(household_words.languages(tokens(text)), "") if Word.INTERPRETER in needs else None
    meal = next((word.value for word in MEALS if word in needs), "")
    return Wishes(named, Word.RIDE in needs, meal, Word.WHEELCHAIR.value if Word.WHEELCHAIR in needs else "")
