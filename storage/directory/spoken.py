"""The tag of a language that a feed names somehow: "Spanish", "spa", "Chinese (Cantonese)"."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from conversations.folding import fold

from .feed import Language

_ALSO = {
    "chinese mandarin": "zh",
    "mandarin": "zh",
    "chinese cantonese": "yue",
    "cantonese": "yue",
    "farsi": "fa",
    "filipino tagalog": "tl",
    "tagalog": "tl",
    "castilian": "es",
    "espanol": "es",
    "punjabi": "pa",
    "cambodian": "km",
    "american sign language": "ase",
    "sign language": "ase",
    "asl": "ase",
    "mixteco": "mix",
}
_THREE_LETTERS = {
    "eng": "en",
    "spa": "es",
    "vie": "vi",
    "tgl": "tl",
    "zho": "zh",
    "chi": "zh",
    "cmn": "zh",
    "kor": "ko",
    "rus": "ru",
    "ara": "ar",
    "pan": "pa",
    "fas": "fa",
    "per": "fa",
    "hye": "hy",
    "khm": "km",
    "fra": "fr",
    "por": "pt",
    "jpn": "ja",
    "hin": "hi",
    "ukr": "uk",
}


def language(code: str, name: str) -> Language | None:
    """Its tag where we know it, and the name the source gives it; None if it says nothing."""
    given, called = code.strip().lower(), " ".join(name.split())
    tag = _THREE_LETTERS.get(given, given) or _tags().get(fold(called), "")
    return Language(tag, called or _names().get(tag, given)) if tag or called else None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {tag: str(name) for tag, name in Locale("en").languages.items() if "_" not in tag}


@lru_cache(maxsize=1)
def _tags() -> dict[str, str]:
    return {**{fold(name): tag for tag, name in _names().items()}, **_ALSO}
