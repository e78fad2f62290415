"""A note of staff: what was said, its tags, and nothing that tells who."""

from __future__ import annotations

import re
from functools import cache

from conversations.announcements.audience import FAMILIES
from conversations.announcements.orders import Verb
from conversations.folding import fold
from conversations.surveys.notes import FOCUS, NOTE, TAGS, WHO, Jotted

from . import orders, redaction
from .catalogs import LANGUAGES
from .lexicon import entries

LONGEST = 1000
_TAG = re.compile(r"#\s?([^\W\d_]+)(?:\s?(\d{1,3})\b)?")
_NUMBER = re.compile(r"(?<![\w-])(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?![\w-])")
_ADDRESS = re.compile(r"\S+@\S+\.\w+|@\w{3,}|https?://\S+")


def read(text: str) -> Jotted:
    """The note in a text."""
    tags: list[str] = []
    group, method, people = FAMILIES, NOTE, 1
    strange: list[str] = []
    for found in _TAG.finditer(text):
        known = _tags().get(fold(found[1]))
        if known in WHO:
            group = str(known)
        elif known == FOCUS:
            method, people = FOCUS, max(1, int(found[2] or 1))
        elif known is not None:
            tags.append(known)
        else:
            strange.append(found[1])
    return Jotted(_said(text), tuple(dict.fromkeys(tags)), group, method, people, tuple(strange))


def takes_back(text: str) -> bool:
    return orders.verbs().get(fold(text)) is Verb.UNDO


def _said(text: str) -> str:
    """Without tags and numbers; empty where nothing is left that may be kept."""
    words = re.sub(r"\s+", " ", _TAG.sub(_untagged, text)).strip(" ,;:-")
    if not fold(words):
        return ""
    kept = redaction.kept(words[:LONGEST])
    return "" if kept == redaction.REDACTED else _ADDRESS.sub(redaction.REDACTED, _NUMBER.sub(redaction.REDACTED, kept))


def _untagged(found: re.Match[str]) -> str:
    """What stays of a tag among the words: a number behind it, unless it says how many a group were; of a strange one its word."""
    known = _tags().get(fold(found[1]))
    return found[0].removeprefix("#") if known is None else "" if known == FOCUS else found[2] or ""


@cache
def _tags() -> dict[str, str]:
    """Folded words to tags, in every language."""
    return {fold(said): tag for tag in (*TAGS, *WHO, FOCUS) for language in LANGUAGES for said in entries(language, "note tag", tag)}
