"""How an answer is read while something is being written: most of it is text to be sent, and is kept as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..keywords import Keyword
from ..questions import Layout, Question, Shown, Unclear, chosen
from ..reply import Reply
from ..talk import Json
from ..words import Words, _
from . import composing
from .hints import refuse_code
from .orders import Verb


class Made(Enum):
    """What somebody who is writing has just done."""

    TEXT = "text"
    HEAD = "head"
    """Text behind SEND: it may name its audience first."""
    NUMBER = "number"
    CHOSE = "chose"
    YES = "yes"
    NO = "no"
    DONE = "done"
    SHOW = "show"
    MOVE = "move"
    EMPTY = "empty"
    LONG = "long"


@dataclass(frozen=True)
class Said:
    """One answer. `text` is what they wrote, the key they chose, or the numbers they gave; `language` the one its words tell."""

    made: Made
    text: str = ""
    language: str = ""

    @property
    def kept(self) -> str:
        return f"{self.made.value}|{self.language}|{self.text}"

    @classmethod
    def from_kept(cls, kept: str) -> Said:
        made, language, text = kept.split("|", 2)
        return cls(Made(made), text, language)


_ALONE = {Verb.DONE: Made.DONE, Verb.SEND: Made.DONE, Verb.EDIT: Made.SHOW, Verb.PREVIEW: Made.SHOW}


@dataclass(frozen=True)
class Piece(Question[Said]):
    """The next piece of a draft. Whatever it is but a code, it is an answer: nobody who writes is told that they were not understood."""

    def read(self, reply: Reply, shown: Shown) -> str:
        _refuse_code(reply)
        return said(reply).kept

    def load(self, stored: Json) -> Said:
        return Said.from_kept(str(stored))


@dataclass(frozen=True)
class Step(Question[Said]):
    """A number of the list, a yes, or text."""

    choices: Mapping[str, Words] = field(default_factory=dict)
    other_numbers: bool = field(default=False, kw_only=True)
    """A number that is not on the list is text: "5" may be an hour."""

    def options(self) -> Mapping[str, Words]:
        return self.choices

    def read(self, reply: Reply, shown: Shown) -> str:
        _refuse_code(reply)
        if reply.pressed is not None or (reply.number is not None and composing.edit(reply.text) is None):
            key = chosen(reply, shown)
            if key is not None:
                return Said(Made.CHOSE, key).kept
            if not self.other_numbers or reply.pressed is not None:
                raise Unclear(_("Please answer with a number from {low} to {high}.", low=1, high=len(shown)))
            return _text(reply.text, "", Made.TEXT).kept
        made = said(reply)
        if made.made is Made.EMPTY:
            raise Unclear(_("I found no words in your message."))
        return made.kept

    def load(self, stored: Json) -> Said:
        made = Said.from_kept(str(stored))
        if made.made is Made.CHOSE and made.text not in self.choices:
            raise ValueError(stored)
        return made


@dataclass(frozen=True)
class Again(Step):
    """The same numbers, which they have seen: the list is not said again."""

    layout = Layout.LISTED


def said(reply: Reply) -> Said:
    """What a reply is in the middle of writing."""
    order, text, language = reply.order, reply.text, reply.speaks or ""
    if order is not None and order.verb is Verb.SEND and composing.mark_of(order.text) is not None:
        return _text(order.text, language, Made.HEAD if order.head else Made.TEXT)
    if order is not None and order.verb is Verb.MOVE and order.number is not None and order.text.isdecimal():
        return Said(Made.MOVE, f"{order.number} {order.text}")
    if order is not None and not order.text and order.verb in _ALONE:
        return Said(_ALONE[order.verb])
    if reply.pressed is not None or not text.strip():
        return Said(Made.EMPTY)
    if reply.number is not None and composing.edit(text) is None:
        return Said(Made.NUMBER, str(reply.number))
    if reply.keyword in {Keyword.YES, Keyword.OK}:
        return Said(Made.YES, text)
    if reply.keyword is Keyword.NO:
        return Said(Made.NO, text)
    return _text(text, language, Made.TEXT)


def _refuse_code(reply: Reply) -> None:
    """Neither as it stands nor as the new words of a line."""
    edit = composing.edit(reply.text)
    refuse_code(reply.text if edit is None else edit[1])


def _text(text: str, language: str, made: Made) -> Said:
    return Said(Made.LONG, str(len(text))) if len(text) > composing.MOST else Said(made, text, language)
