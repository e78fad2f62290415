"""A text about who comes, as a row of words that mean something here: numbers, people, yes and no. Folded, in every language at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from conversations.events.household import Word
from conversations.folding import fold

from .catalogs import LANGUAGES
from .lexicon import lexicon, raw
from .phrases import Hit, Phrases, Tokens, written_out

TAPPED = {"👍": " yes ", "👌": " yes ", "✅": " yes ", "👎": " no "}
SIGNS = {"+": " plus ", "&": " and "}
GLUED = "#"
"""Before letters that stood against a number: "2a 3k" is 2, #a, 3, #k."""
PAUSE = ","

_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_GLUE = re.compile(r"(?<![^\W\d_])(\d+)([^\W\d_]+)")
_PIECES = re.compile(r"[,.;:!?¡¿\n()]+")


@dataclass(frozen=True)
class Item:
    """A phrase of the text: what it may mean here, or the number it is. Nothing of both: a word we do not know."""

    said: Tokens
    means: frozenset[Word] = frozenset()
    number: int | None = None
    in_words: bool = False
    """The number is written out: "una" may be no number at all."""

    def is_any(self, *words: Word) -> bool:
        return not self.means.isdisjoint(words)

    @property
    def pause(self) -> bool:
        return self.said == (PAUSE,)

    @property
    def unknown(self) -> bool:
        return not self.means and self.number is None and not self.pause


def items(text: str, called: str = "") -> list[Item]:
    """The text in its phrases, of those that begin together the longest. `called` is what the event is called: it says nothing."""
    words = tokens(text)
    names = frozenset(fold(called).split())
    return list(_items(words, names))


def tokens(text: str) -> Tokens:
    """Folded words, with a comma wherever there is a pause, and no hours."""
    for sign, word in (TAPPED | SIGNS).items():
        text = text.replace(sign, word)
    pieces = [fold(_GLUE.sub(_unglued, _CLOCK.sub(" ", piece)).replace("#", " qqq")) for piece in _PIECES.split(text)]
    words = [word.replace("qqq", GLUED) for piece in pieces if piece for word in (*piece.split(), PAUSE)]
    return tuple(words[:-1])


def whole(words: Tokens) -> frozenset[Word]:
    """What a text means that is nothing but this, courtesy around it left out."""
    said = tuple(word for word in words if word != PAUSE)
    return _known().whole.get(said) or _known().whole.get(_core(said), frozenset())


def _core(words: Tokens) -> Tokens:
    courtesy = lexicon().courtesy
    kept = [n for n, word in enumerate(words) if word not in courtesy]
    return words[kept[0] : kept[-1] + 1] if kept else words


def _unglued(found: re.Match[str]) -> str:
    """A short form or a unit that stands against its number; a longer word had just lost its space."""
    number, letters = found.groups()
    return f"{number} #{letters}" if len(letters) == 1 else f"{number} {letters}"


def _items(words: Tokens, names: frozenset[str]) -> Iterator[Item]:
    known, numbers, place = _known(), lexicon().numbers, 0
    hits: dict[int, list[Hit[Word]]] = defaultdict(list)
    for hit in known.phrases.find(words):
        hits[hit.start].append(hit)
    while place < len(words):
        word = words[place]
        length = max((hit.end - place for hit in hits[place]), default=0)
        means = frozenset(meant for hit in hits[place] if hit.end - place == length for meant in known.meant[words[place : place + length]])
        value = _number(words, place, numbers)
        if value is not None and (length < value[1] or means <= {Word.SMALL, Word.WITHOUT, Word.ADULTS}):
            number, taken = value
            yield Item(words[place : place + taken], frozenset(), number, in_words=not word.isdecimal())
            place += taken
        elif length:
            yield Item(words[place : place + length], means)
            place += length
        else:
            means = frozenset({Word.SMALL}) if word in names or word in lexicon().courtesy else frozenset()
            yield Item((word,), means)
            place += 1


def _number(words: Tokens, place: int, numbers: Mapping[Tokens, Mapping[str, int]]) -> tuple[int, int] | None:
    """A number that begins here, and how many words it takes."""
    if words[place].isdecimal() and words[place].isascii():
        return int(words[place][:6]), 1
    for length in (3, 2, 1):
        said = words[place : place + length]
        if found := numbers.get(said):
            return next(iter(found.values())), len(said)
    return None


@dataclass(frozen=True)
class _Known:
    phrases: Phrases[Word]
    meant: Mapping[Tokens, frozenset[Word]]
    whole: Mapping[Tokens, frozenset[Word]]


@cache
def _known() -> _Known:
    """The catalogs' words of this context, written out."""
    inside: dict[Tokens, set[Word]] = defaultdict(set)
    whole_: dict[Tokens, set[Word]] = defaultdict(set)
    for word in Word:
        for tag in LANGUAGES:
            for listed in raw(tag, "household", word.value):
                for phrase in written_out(listed):
                    said = _said(phrase, short=word in {Word.ADULTS, Word.CHILDREN})
                    (whole_ if phrase.startswith("=") else inside)[said].add(word)
    phrases = Phrases[Word]()
    for said, words in inside.items():
        phrases.add(said, next(iter(words)))
    return _Known(phrases, {k: frozenset(v) for k, v in inside.items()}, {k: frozenset(v) for k, v in whole_.items()})


def _said(phrase: str, *, short: bool) -> Tokens:
    """A single letter is a short form, and stands against its number."""
    words = tuple(fold(phrase.removeprefix("=")).split())
    return (GLUED + words[0],) if short and len(words) == 1 and len(words[0]) == 1 else words


def languages(words: Tokens) -> Iterator[str]:
    """The languages named in a text: the tag of one of ours, the name of another."""
    known = lexicon()
    for length in (2, 1):
        for place in range(len(words)):
            said = words[place : place + length]
            if said in known.languages:
                yield known.languages[said]
            elif said in known.tongues:
                yield known.tongues[said].name
