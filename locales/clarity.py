"""How hard a text is to read, by the formula that is meant for its language; none is meant for all.

English: Flesch-Kincaid grade (Kincaid et al. 1975). Spanish: Fernández Huerta (1959), on the whole text, which is Flesch's ease for
Spanish. Syllables are counted as groups of vowels, which errs by a few in a hundred; on a text of twenty words that is half a grade.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

HARD_GRADE = 6.0
"""English: grades above this are hard for a tired parent."""
HARD_EASE = 70.0
"""Spanish: below this it takes more than primary school."""
LONG_SENTENCE = 18
"""Words."""
FEWEST_WORDS = 12
"""Below that a formula says nothing."""

_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBERISH = re.compile(r"\S*\d\S*")
_ENGLISH = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouydt])ed$")
_SPANISH = re.compile(r"[iuüy]?[aeoáéíóú][iuy]?(?![aeoáéíóú])|[iuüy]?[aeoáéíóú]|[iuüy]+")


@dataclass(frozen=True)
class Clarity:
    """`level` is a US school grade (en) or Fernández Huerta's ease, 0 to 100 (es); None where no formula is known or the text is short."""

    level: float | None
    hard: bool
    longest: int
    """Words of the longest sentence."""


def of(text: str, language: str) -> Clarity:
    """How hard a text is. Dates, hours, prices and links are no words."""
    sentences = [words for part in _SENTENCE.split(text) if (words := _WORD.findall(_NUMBERISH.sub(" ", part)))]
    words = [word for sentence in sentences for word in sentence]
    longest = max(map(len, sentences), default=0)
    formula = FORMULAS.get(language.split("-", maxsplit=1)[0])
    if formula is None or len(words) < FEWEST_WORDS:
        return Clarity(None, longest > LONG_SENTENCE, longest)
    level, hard = formula(words, len(sentences))
    return Clarity(level, hard, longest)


def _flesch_kincaid(words: list[str], sentences: int) -> tuple[float, bool]:
    syllables = sum(max(1, len(_ENGLISH.findall(_SILENT.sub("", word.casefold())))) for word in words)
    grade = round(0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59, 1)
    return grade, grade > HARD_GRADE


def _fernandez_huerta(words: list[str], sentences: int) -> tuple[float, bool]:
    syllables = sum(max(1, len(_SPANISH.findall(unicodedata.normalize("NFC", word.casefold())))) for word in words)
    ease = round(206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences, 1)
    return ease, ease < HARD_EASE


FORMULAS: Mapping[str, Callable[[list[str], int], tuple[float, bool]]] = {"en": _flesch_kincaid, "es": _fernandez_huerta}
