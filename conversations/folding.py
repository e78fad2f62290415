"""Fold a text so that two ways of typing the same words become one."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_NOT_WORDS = re.compile(r"[^\w\s']+|_")


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation or emoji, plain digits, single spaces. An apostrophe is dropped: "can't" is "cant"."""
    bare = text.lower().replace("`", "") if text.isascii() else _bare(text)
    return " ".join(_NOT_WORDS.sub(" ", bare.replace("'", "")).split())


def _bare(text: str) -> str:
    """Lower case, in ASCII as far as that goes."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_QUOTES)).casefold()
    return "".join(_plain(c) for c in decomposed if not unicodedata.combining(c))


def _plain(character: str) -> str:
    """The ASCII digit for a digit of any script; anything else as it is."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)
