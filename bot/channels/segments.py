"""What a text costs as SMS, how to make it cost less, and how to cut one that is too long.

An SMS is billed in segments. A text of GSM-7 characters alone has 160 septets in one segment, or 153 in each of several; a single
character outside that alphabet (á, an emoji, a curly quote) makes it UCS-2: 70 UTF-16 units, or 67. Nothing here sends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character, which stay together."""
_GSM = _BASIC | _ESCAPED

_SPACES = dict.fromkeys(
    "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "
) | dict.fromkeys("\u2028\u2029", "\n")
_GSM_FOR = (
    dict(zip("áâãêëíîïóôõúûçÁÂÃÀÊËÈÍÎÏÌÓÔÕÒÚÛÙ", "aaaeeiiiooouucAAAAEEEIIIIOOOOUUU", strict=True))
    | dict.fromkeys("‘’‚‛′´`ʻʼ‹›", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", "")
    | {"…": "...", "•": "-", "·": "-", "→": "->", "×": "x", "œ": "oe", "Œ": "OE", "ª": "a", "º": "o", "\u3000": " "}
)
"""What reads the same to a Spanish, English or French reader. No letter whose mark makes it another word elsewhere (ạ, ơ, ł):
a text with one of those is UCS-2 anyway and keeps all its marks."""
_SPACE, _LOOK_ALIKE = (re.compile(f"[{re.escape(''.join(each))}]") for each in (_SPACES, _GSM_FOR))

_ENDS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…।॥؟。！？]+[\"'”’»)\]]*(?=\s)|[।。！？]+"),
    re.compile(r"\s"),
)
"""Where a long text is cut, best first: paragraph, line, sentence, word."""
_ZWJ = "\u200d"


@dataclass(frozen=True)
class Segments:
    """What a text is billed as: `units` are septets of GSM-7 or UTF-16 units, `count` the segments."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def segments(text: str) -> Segments:
    """Count as Twilio bills: packed greedily, an escape pair or a surrogate pair never straddling two segments."""
    if set(text) <= _GSM:
        widths = [2 if c in _ESCAPED else 1 for c in text] if _ESCAPED.intersection(text) else [1] * len(text)
        return _packed("GSM-7", widths, alone=160, joined=153)
    return _packed("UCS-2", [_units(c) for c in text], alone=70, joined=67)


def fold(text: str) -> str:
    """The text as it should go out: typographic spaces plain, and look-alikes of GSM-7 where that saves a segment, but never for an ñ."""
    spaced = _SPACE.sub(lambda found: _SPACES[found[0]], text.replace("\r\n", "\n"))
    if set(spaced) <= _GSM:
        return spaced
    plain = _LOOK_ALIKE.sub(lambda found: _GSM_FOR[found[0]], unicodedata.normalize("NFC", spaced))
    return plain if set(plain) <= _GSM and segments(plain).count < segments(spaced).count else spaced


def split(text: str, at_most: int) -> list[str]:
    """The texts it takes to carry this one, none over `at_most` UTF-16 units; cut where a reader would pause, never inside a character.

    White space at a cut is dropped, and nothing else.
    """
    parts = []
    rest = text
    while length(rest) > at_most:
        cut = _cut(rest, at_most)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part] or [""]


def dear(character: str) -> bool:
    """It makes a whole text UCS-2."""
    return character not in _GSM


def length(text: str) -> int:
    """In UTF-16 units, as providers count their limits."""
    return len(text) + sum(1 for c in text if c > "\uffff")


def _packed(encoding: Literal["GSM-7", "UCS-2"], widths: list[int], *, alone: int, joined: int) -> Segments:
    units = sum(widths)
    return Segments(encoding, units, min(units, 1) if units <= alone else _greedily(widths, joined))


def _greedily(widths: Sequence[int], room: int) -> int:
    if max(widths) == 1:
        return -(-len(widths) // room)
    count, used = 1, 0
    for width in widths:
        if used + width > room:
            count, used = count + 1, 0
        used += width
    return count


def _units(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _cut(text: str, at_most: int) -> int:
    """The best place to cut off a first part that fits. A pause in the first third would leave too little, and is passed over."""
    fits = _fits(text, at_most)
    window = text[: fits + 1]
    for end in _ENDS:
        places = [m.end() for m in end.finditer(window) if len(window[: m.end()].rstrip()) <= fits and m.end() > fits // 3]
        if places:
            return places[-1]
    return _whole(text, fits)


def _fits(text: str, at_most: int) -> int:
    """How many characters fit in `at_most` units; at least one, or nothing would ever go out."""
    used = 0
    for place, character in enumerate(text):
        used += _units(character)
        if used > at_most:
            return max(place, 1)
    return len(text)


def _whole(text: str, place: int) -> int:
    """The nearest place at or before `place` that is not inside a character as a reader sees it."""
    for cut in range(place, 0, -1):
        if not _clings(text, cut):
            return cut
    return place


def _clings(text: str, place: int) -> bool:
    """The character at `place` belongs to the one before it: a mark, a joined emoji, a flag's second half, an Indic conjunct."""
    before, after = text[place - 1], text[place]
    return (
        unicodedata.category(after).startswith("M")
        or _ZWJ in {before, after}
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
        or (_flag(after) and _flags_before(text, place) % 2 == 1)
    )


_VIRAMA = 9
"""The combining class of the sign that ties two Indic consonants into one."""


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, place: int) -> int:
    start = place
    while start and _flag(text[start - 1]):
        start -= 1
    return place - start
