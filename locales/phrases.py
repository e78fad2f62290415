"""Phrases that are looked for inside a message, and how a catalog writes many of them as one.

"stop/quit texting me/" stands for four phrases: a slash parts the choices of a word, and an empty choice may be left out.
"_" joins the words of one choice: "a/the/somebody_elses car".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, TypeVar

V = TypeVar("V")

Tokens = tuple[str, ...]
Slot = tuple[Tokens, ...]
"""The choices at one place of a phrase."""
Choices = tuple[dict[str, list[Tokens]], bool]
"""A slot made ready: its choices by their first word, and whether it may be left out."""


@dataclass(frozen=True)
class Hit(Generic[V]):
    """A phrase found in a message: from word `start` up to word `end`."""

    start: int
    end: int
    value: V
    phrase: Tokens


@dataclass
class Phrases(Generic[V]):
    """Phrases of one or more words, found anywhere in a message on word boundaries."""

    by_first: dict[str, dict[int, dict[Tokens, V]]] = field(default_factory=dict)
    """By first word, then by length: a message is looked up, not compared."""
    patterns: dict[str, list[tuple[tuple[Choices, ...], V]]] = field(default_factory=dict)
    """Phrases with choices, by each word they may begin with. Written out they would be a hundred times as many."""

    def add(self, phrase: Tokens, value: V) -> None:
        self.by_first.setdefault(phrase[0], {}).setdefault(len(phrase), {}).setdefault(phrase, value)

    def add_choices(self, slots: tuple[Slot, ...], value: V) -> None:
        """A phrase given as the choices of each of its words; of one length it is as good as a plain one."""
        ready = tuple(_ready(slot) for slot in slots)
        for place, (firsts, optional) in enumerate(ready):
            for first in firsts:
                self.patterns.setdefault(first, []).append((ready[place:], value))
            if not optional:
                return

    def find(self, words: Tokens) -> Iterator[Hit[V]]:
        """Every phrase, in the order of the message; of those that begin together the longest first."""
        for start, word in enumerate(words):
            hits = [
                Hit(start, start + length, known[phrase], phrase)
                for length, known in self.by_first.get(word, {}).items()
                if (phrase := words[start : start + length]) in known
            ]
            for slots, value in self.patterns.get(word, ()):
                hits += [Hit(start, end, value, words[start:end]) for end in _ends(slots, words, start) if end > start]
            yield from sorted(hits, key=lambda hit: -hit.end) if len(hits) > 1 else hits


def _ready(slot: Slot) -> Choices:
    firsts: dict[str, list[Tokens]] = {}
    for choice in slot:
        if choice:
            firsts.setdefault(choice[0], []).append(choice)
    return firsts, () in slot


def _ends(slots: tuple[Choices, ...], words: Tokens, at: int) -> Iterator[int]:
    """Where the words from `at` on end the phrase."""
    if not slots:
        yield at
        return
    firsts, optional = slots[0]
    for choice in firsts.get(words[at], ()) if at < len(words) else ():
        if words[at : at + len(choice)] == choice:
            yield from _ends(slots[1:], words, at + len(choice))
    if optional:
        yield from _ends(slots[1:], words, at)


def choices(phrase: str) -> list[list[str]]:
    """The choices of each word of a phrase, as a catalog writes it."""
    return [[choice.replace("_", " ") for choice in word.split("/")] for word in phrase.removeprefix("=").split()]


def written_out(listed: str) -> Iterator[str]:
    """Every phrase of an entry, its choices written out: "no/ more texts" is "no more texts" and "more texts"."""
    for each in listed.split(","):
        alone = "=" if each.lstrip().startswith("=") else ""
        for words in product(*choices(each.strip())):
            if phrase := " ".join(word for word in words if word):
                yield alone + phrase
