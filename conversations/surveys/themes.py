"""What open answers have in common: the words that many of them share. A method anybody can follow, and people have the last word.

Each answer is taken apart into its words, folded ("Más SEGURIDAD" → "mas seguridad"), without the small words of every language, and
without an ending of number ("lights", "light"; "noches", "noche"). A word that enough answers have is a theme; a word found nearly always
with it goes into it. Every answer belongs to one theme at most, the first in the list of which it has a word: so themes add up.
People give themes other names, other words, and put two into one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from ..folding import fold

SHORTEST = 3
"""Letters of a word that says something."""
MOST = 8
"""Themes that are proposed."""
LEAST = 3
"""Answers a word must be in to be proposed."""
MOST_WORDS = 20_000
"""Different words that are counted at all, so that memory stays what it is."""
TOGETHER = 0.6
"""Of the answers with a rarer word: so many must have the theme's own for it to go with that."""


@dataclass(frozen=True)
class Theme:
    """A name, and the words of which an answer must have one."""

    name: str
    words: tuple[str, ...]


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAME = re.compile(r"(?<=[\w,;] )[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+|\b(?i:mrs?|ms|miss|dra?|sra?|srta|maestr[oa]|teacher|coach|principal)\b\.? +\w+")
"""What may be somebody's name: a capital in the middle of a sentence, or a word behind a title. It makes no theme."""


def words(text: str, small: Collection[str] = ()) -> dict[str, str]:
    """What an answer speaks of: each word as it is compared, and as it was said. `small` are folded words that say nothing alone."""
    said = ((*_read(word), word.lower()) for word in _WORD.findall(_NAME.sub(" ", text)))
    return {stem: word for folded, stem, word in said if len(folded) >= SHORTEST and folded not in small}


def propose(answers: Iterable[str], small: Collection[str] = (), least: int = LEAST) -> tuple[Theme, ...]:
    """The words that most answers share, each with those that come along with it. The order is that of how often."""
    said: Counter[str] = Counter()
    forms: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for answer in answers:
        found = words(answer, small)
        if len(forms) < MOST_WORDS:
            said.update(found.keys())
            forms.update(found.items())
            pairs.update(combinations(sorted(found), 2))
        if len(pairs) > 10 * MOST_WORDS:
            pairs = Counter({pair: n for pair, n in pairs.items() if n > 1})
    names: dict[str, str] = {}
    for stem, form in sorted(forms, key=lambda each: (-forms[each], len(each[1]), each)):
        names.setdefault(stem, form)
    return tuple(Theme(names[theme[0]], theme) for theme in _proposed(said, pairs, least))


def _proposed(said: Counter[str], pairs: Counter[tuple[str, str]], least: int) -> Iterator[tuple[str, ...]]:
    ordered = sorted((word for word, n in said.items() if n >= least), key=lambda word: (-said[word], word))
    taken: set[str] = set()
    for word in ordered[: MOST * 4]:
        if word in taken:
            continue
        along = [other for other in ordered if other not in taken and other != word and _along(word, other, said, pairs)]
        taken |= {word, *along}
        yield (word, *along)


def _along(word: str, other: str, said: Counter[str], pairs: Counter[tuple[str, str]]) -> bool:
    both = pairs[min(word, other), max(word, other)]
    return said[other] <= said[word] and both >= TOGETHER * said[other]


def place(text: str, themes: Sequence[Theme], small: Collection[str] = ()) -> int | None:
    """Which theme an answer belongs to: the first that it has a word of."""
    found = words(text, small)
    return next((n for n, theme in enumerate(themes) if any(word in found for word in theme.words)), None)


def named(theme: Theme, name: str) -> Theme:
    return replace(theme, name=" ".join(name.split()))


def merged(themes: Sequence[Theme], into: int, other: int) -> tuple[Theme, ...]:
    """Two as one, under the name and in the place of the first."""
    one = replace(themes[into], words=tuple(dict.fromkeys((*themes[into].words, *themes[other].words))))
    return tuple(one if n == into else theme for n, theme in enumerate(themes) if n != other)


def spoken(typed: Iterable[str]) -> tuple[str, ...]:
    """Words as somebody types them, the way answers are read."""
    return tuple(dict.fromkeys(_stem(word) for text in typed for word in fold(text).split()))


@lru_cache(maxsize=10_000)
def _read(word: str) -> tuple[str, str]:
    """Folded, and as it is compared. The same words come again and again."""
    folded = fold(word)
    return folded, _stem(folded)


def _stem(word: str) -> str:
    for ending in "se":
        if word.endswith(ending) and len(word) > SHORTEST:
            word = word[:-1]
    return word
