"""Pieces of a draft, as a phone sends them, put together: in their order, in their languages, and no word of them lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..folding import fold

LONGEST = 1600
"""Characters of one language: what a single text can hold."""
MOST = 8000
"""Characters of a draft in all its languages."""
AT_ONCE = 320
"""A longer first piece without a mark may have another behind it."""
MOST_PARTS = 20
_BARE_PARTS = 9
"""Up to so many parts "2/3" without brackets may be a mark; "12/18" is a day."""
_MARK = re.compile(r"\s*(?:\((\d{1,2})\s?/\s?(\d{1,2})\)|(\d)/(\d)(?=[\s:.)])[:.)]?)[ \t]*")
_MARK_BEHIND = re.compile(r"\s*\((\d{1,2})\s?/\s?(\d{1,2})\)\s*$")
_EDIT = re.compile(r"\s*(\d{1,3})\s*:(?!\d)\s*(.*)", re.DOTALL)
_LABEL = re.compile(r"(?:^[ \t]*|(?<=[.!?…])[ \t]+(?=[A-ZÑ]{2,20}[ \t]*:))([^\W\d_]{2,20})[ \t]*:[ \t]*(?!/)", re.MULTILINE)
"""At the beginning of a line; behind a sentence only in capitals, where a phone has swallowed the line."""
_LINE = re.compile(r"(\s*\n\s*|(?<=[.!?…])\s+(?=\S))")


@dataclass(frozen=True)
class Piece:
    """One text of a draft as it came."""

    text: str
    language: str = ""
    """The one its words tell, if they tell one."""


@dataclass(frozen=True)
class Mark:
    """A phone's own "(2/3)"."""

    part: int
    of: int
    text: str
    """Without it."""
    sure: bool
    """In brackets; without them it takes two that fit each other."""


@dataclass(frozen=True)
class Line:
    """A sentence or a line of a text, and the space that parts it from the next."""

    text: str
    after: str = ""


def mark_of(text: str) -> Mark | None:
    """The mark at the beginning or the end of a piece, if it has one."""
    if (found := _MARK.match(text)) is not None:
        part, of = int(found[1] or found[3]), int(found[2] or found[4])
        rest, sure, most = text[found.end() :], found[1] is not None, MOST_PARTS if found[1] else _BARE_PARTS
    elif (found := _MARK_BEHIND.search(text)) is not None:
        part, of, rest, sure, most = int(found[1]), int(found[2]), text[: found.start()], True, MOST_PARTS
    else:
        return None
    return Mark(part, of, rest, sure) if 1 <= part <= of <= most and of > 1 else None


def marks(pieces: Sequence[Piece]) -> list[Mark | None]:
    """The mark of each piece, where it is one: bare ones count when another piece bears out how many there are."""
    found = [mark_of(each.text) for each in pieces]
    parts: dict[int, set[int]] = {}
    for mark in found:
        if mark is not None:
            parts.setdefault(mark.of, set()).add(mark.part)
    return [mark if mark is not None and (mark.sure or len(parts[mark.of]) > 1) else None for mark in found]


def missing(pieces: Sequence[Piece]) -> tuple[tuple[int, ...], int]:
    """The parts that the marks promise and that have not come, and of how many; `((), 0)` without marks."""
    found = [mark for mark in marks(pieces) if mark is not None]
    if not found:
        return (), 0
    of = max(mark.of for mark in found)
    here = {mark.part for mark in found}
    return tuple(part for part in range(1, of + 1) if part not in here), of


def in_order(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces as they belong, without their marks. Those without a mark stay at their place; one that came twice is there once."""
    found = marks(pieces)
    unique = {(mark.of, mark.part, mark.text): n for n, mark in reversed(list(enumerate(found))) if mark is not None}
    kept = [n for n, mark in enumerate(found) if mark is None or unique[mark.of, mark.part, mark.text] == n]
    marked = [(mark, n) for n in kept if (mark := found[n]) is not None]
    by_part = iter(sorted(marked, key=lambda each: (each[0].of, each[0].part, each[1])))
    ordered = []
    for n in kept:
        if found[n] is None:
            ordered.append(pieces[n])
        else:
            mark, place = next(by_part)
            ordered.append(replace(pieces[place], text=mark.text))
    return tuple(ordered)


def texts(pieces: Sequence[Piece], labels: Mapping[str, str], language: str) -> dict[str, str]:
    """What the pieces say in each language, the source first. What stands under no label is in `language`, or in the one its words tell."""
    ordered = in_order(pieces)
    told = {each.language for each in ordered if each.language}
    parts: dict[str, list[str]] = {}
    for tag, text in sections(_joined(pieces, ordered, labels), labels):
        if text.strip():
            parts.setdefault(tag, []).append(text.strip())
    if "" in parts:
        own = next(iter(told)) if len(told) == 1 and len(parts) == 1 else language
        before = {own: [*parts.pop(""), *parts.pop(own, [])]}
        parts = {**before, **parts}
    return {tag: "\n".join(found) for tag, found in parts.items()}


def sections(text: str, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A text by the labels in it ("EN:", "Español:"), each at the beginning of a line; "" is the language of what stands before the first."""
    tag, start = "", 0
    for found in _LABEL.finditer(text):
        if (named := labels.get(fold(found[1]))) is not None:
            yield tag, text[start : found.start()]
            tag, start = named, found.end()
    yield tag, text[start:]


def _joined(pieces: Sequence[Piece], ordered: Sequence[Piece], labels: Mapping[str, str]) -> str:
    """One text. What a phone has cut goes on in the same line; what was sent apart is a line of its own."""
    cut = any(mark is not None for mark in marks(pieces))
    text = ""
    for each in ordered:
        label = _LABEL.match(each.text)
        begins = label is not None and fold(label[1]) in labels
        text += ("" if not text else "\n" if begins or not cut else _space(text, each.text)) + each.text
    return text


def _space(before: str, after: str) -> str:
    return "" if before[-1:].isspace() or after[:1].isspace() else " "


# By number


def edit(text: str) -> tuple[int, str] | None:
    """Which line a text gives new words, and which: "3: new words"; empty words delete it. "3:30 we meet" is none."""
    found = _EDIT.fullmatch(text)
    return (int(found[1]), found[2].strip()) if found else None


def lines(text: str) -> tuple[Line, ...]:
    """A text by its lines and sentences; put together again they are the text."""
    parts = _LINE.split(text)
    return tuple(Line(parts[n], parts[n + 1] if n + 1 < len(parts) else "") for n in range(0, len(parts), 2))


def whole(parts: Sequence[Line]) -> str:
    return "".join(each.text + each.after for each in parts)


def changed(parts: Sequence[Line], number: int, words: str) -> tuple[Line, ...]:
    """Line `number` with other words, or without any: gone. `IndexError` where there is no such line."""
    place = _place(len(parts), number)
    if words:
        return (*parts[:place], replace(parts[place], text=words), *parts[place + 1 :])
    left = (*parts[:place], *parts[place + 1 :])
    if left and place == len(left):
        return (*left[:-1], replace(left[-1], after=""))
    return left


def moved(parts: Sequence[Line], number: int, to: int) -> tuple[Line, ...]:
    """Line `number` at the place of line `to`. The spaces between lines stay where they are."""
    words = [each.text for each in parts]
    words.insert(_place(len(parts), to), words.pop(_place(len(parts), number)))
    return tuple(Line(text, each.after) for text, each in zip(words, parts, strict=True))


def _place(many: int, number: int) -> int:
    if not 1 <= number <= many:
        raise IndexError(number)
    return number - 1
