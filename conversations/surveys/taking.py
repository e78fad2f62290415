"""Taking part in a survey: what is looked up on the way, how each question is asked and read, and what is kept in the end. Pure.

A conversation's stored answers go by the names of the questions. What is chosen of several with buttons comes one press at a time,
each under a name of its own ("help", "help+1", …); words kept instead of an answer begin with a quotation mark, which no choice can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..talk import Json, LookUp
from . import definition as define
from .definition import Definition, Kind, Texts
from .expressions import Given

FLOW = "survey"
TEXT, KIOSK, PHONE, LIAISON, PAPER = "text", "kiosk", "phone", "liaison", "paper"
"""How an answer came, as `storage.surveys.tables.Response.method` has it."""
LANGUAGE = "language of the form"
"""What is asked first of somebody who was handed the phone."""
COMMENT = '"'
"""Stands before words that are kept although they answer nothing."""
DONE = "="
"""Of several choices: all of them are said. The key of the button too."""
MOST_PRESSES = 40
"""Of the buttons under one question; then what is chosen counts."""


class Word(Enum):
    """How people say which of several (msgctxt "survey")."""

    ALL = "all of them"
    NONE = "none of them"


@dataclass(frozen=True)
class WordIn(LookUp[Word | None]):
    """Whether a text says all, or none."""

    text: str


@dataclass(frozen=True)
class Form:
    """A survey as somebody is asked it."""

    id: int
    slug: str
    school: str
    definition: Definition
    languages: tuple[str, ...]
    """Those it may be asked in; the first is its own."""
    anonymous: bool
    open: bool
    until: datetime | None
    """By the school's clock."""
    taken: bool = False
    """They have taken part already."""

    def language(self, theirs: str | None) -> str:
        """The one somebody is asked in."""
        return theirs if theirs in self.languages else self.definition.language

    def title(self, language: str) -> str:
        return text(self.definition.title, language, self.definition.language)


@dataclass(frozen=True)
class Elsewhere:
    """The survey of a school that they do not belong to."""

    school: str
    """Its name."""


@dataclass(frozen=True)
class FormOf(LookUp[Form | None]):
    """The survey of an id. `about` is the phone that somebody answers for, or the code of a paper form; empty: their own."""

    survey: int
    about: str = ""


@dataclass(frozen=True)
class SurveyCalled(LookUp[int | Elsewhere | None]):
    """The survey that a folded text is the name of: the open one, else the last that was."""

    name: str


@dataclass(frozen=True)
class SlipIn(LookUp[str | None]):
    """The code of a paper form of a survey, however it was typed; None where it has printed no such code."""

    survey: int
    text: str


@dataclass(frozen=True)
class Answered:
    """An effect: these are somebody's answers. `about` as in `FormOf`."""

    survey: int
    answers: Mapping[str, Given]
    complete: bool
    method: str
    language: str
    about: str = ""


# Reading what was stored


def given(definition: Definition, stored: Mapping[str, Json]) -> dict[str, Given]:
    """The answers in a conversation so far, with words that were kept instead of one beside it ("safe_comment")."""
    found: dict[str, Given] = {}
    notes: set[str] = set()
    comments: dict[str, Given] = {}
    while (question := define.next_question(definition, found)) is not None:
        if question.kind is Kind.NOTE:
            notes.add(question.name)
            found[question.name] = None
            continue
        value = settled(question, stored)
        if value is None:
            break
        found[question.name] = meant(question, value)
        if isinstance(value, str) and value.startswith(COMMENT):
            comments[f"{question.name}_comment"] = value.removeprefix(COMMENT)
    return {**{name: value for name, value in found.items() if name not in notes}, **comments}


def settled(question: define.Question, stored: Mapping[str, Json]) -> Json | None:
    """What was said to a question in the end; None while it is open. "" is skipped."""
    said = [stored[key] for n in range(MOST_PRESSES) if (key := pressed(question.name, n)) in stored]
    if not said:
        return None
    if not presses(question, said[-1]):
        return said[-1]
    return DONE + " ".join(toggled(said)) if len(said) >= MOST_PRESSES else None


def presses(question: define.Question, stored: Json) -> bool:
    """It is one press of a button, and more may come."""
    return question.kind is Kind.SELECT_MULTIPLE and str(stored).startswith("+")


def toggled(said: list[Json]) -> tuple[str, ...]:
    """What is chosen after these presses."""
    picked: list[str] = []
    for press in said:
        key = str(press)[1:]
        picked = [each for each in picked if each != key] if key in picked else [*picked, key]
    return tuple(picked)


def pressed(name: str, n: int) -> str:
    """What the n-th question for more choices of a question is called."""
    return f"{name}+{n}" if n else name


def meant(question: define.Question, stored: Json) -> Given:
    """A stored answer as the survey's expressions and its results see it; None where it was skipped, or there are only words."""
    if not isinstance(stored, str):
        return stored
    if stored.startswith(COMMENT):
        return None
    return (stored.removeprefix(DONE) if question.kind is Kind.SELECT_MULTIPLE else stored) or None


def text(texts: Texts, language: str, instead: str) -> str:
    """Its words in a language, else in another."""
    return texts.get(language) or texts.get(instead, "")
