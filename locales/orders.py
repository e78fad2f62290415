"""Orders of staff, read from the words of every language at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from conversations.announcements import composing
from conversations.announcements.orders import ALONE, NEVER_ALONE, NUMBERED, WITH_TEXT, Order, Verb
from conversations.folding import fold

from .catalogs import LANGUAGES, catalog

_MOST_WORDS = 4
_THREAD = re.compile(r"\s*[Rr]\s?#?(\d{1,9})\b[\s:.,-]*(.*)", re.DOTALL)
_WORDS = re.compile(r"[\s¿¡\"“(]*/?((?:[^\W\d_]+\s+){0,3}[^\W\d_]+)")
_NUMBER = re.compile(r"[\s#:]*(\d{1,9})(?![\w/.-]*\d|\w)")
_COLON = re.compile(r"\s*:?\s*")


def read(text: str) -> Order | None:
    """The order a message is, or None. Only ask it about what staff wrote: a family's "send food" is no order."""
    if thread := _THREAD.fullmatch(text):
        return Order(Verb.REPLY, int(thread[1]), thread[2].strip())
    if (mark := composing.mark_of(text)) is not None and mark.sure:
        return _piece(text, mark.text)
    found = _WORDS.match(text)
    for words in _beginnings(found[1]) if found else ():
        verb = verbs().get(fold(words))
        if verb is not None:
            return _order(verb, text[text.index(words) + len(words) :])
    return _is_now(text)


def _is_now(text: str) -> Order | None:
    """Like "pizza is now in the library"."""
    code, _space, rest = text.strip().partition(" ")
    found = _WORDS.match(rest) if code.isalnum() else None
    for words in _beginnings(found[1]) if found else ():
        if verbs().get(fold(words)) is Verb.IS_NOW:
            return _order(Verb.IS_NOW, f"{code} {rest[rest.index(words) + len(words) :].strip()}")
    return None


def _piece(text: str, rest: str) -> Order:
    """A piece that a phone has cut and marked, "(2/3) …": of a draft, in whatever order they come. The mark stays with its text."""
    order = read(rest)
    if order is None or order.verb is not Verb.SEND or order.number is not None:
        return Order(Verb.SEND, text=text.strip(), head=False)
    return Order(Verb.SEND, text=text.replace(rest, order.text, 1))


def _beginnings(words: str) -> list[str]:
    """The first words of a message, the longest piece first."""
    ends = [found.end() for found in re.finditer(r"[^\W\d_]+", words)]
    return [words[:end] for end in reversed(ends[:_MOST_WORDS])]


def _order(verb: Verb, rest: str) -> Order | None:
    number = _NUMBER.match(rest) if verb in NUMBERED else None
    said = rest[number.end() :] if number else rest
    said = _COLON.sub("", said, count=1).strip()
    said = said.strip("?! ") if verb in ALONE else said
    if (said and (verb in ALONE or verb not in WITH_TEXT)) or (not said and verb in NEVER_ALONE):
        return None
    return Order(verb, int(number[1]) if number else None, said)


@cache
def verbs() -> Mapping[str, Verb]:
    """Every word of an order, folded, in all languages."""
    return {
        fold(word): verb
        for verb in Verb
        for tag in LANGUAGES
        for word in catalog(tag).pgettext("order", verb.value).split(",")
        if fold(word) != fold(verb.value) or tag == "en"
    }
