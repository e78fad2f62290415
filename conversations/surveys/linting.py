"""What would make a survey go wrong, said while it is written: too long, hard to read, dear, touchy, or telling who answered. Advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

from ..announcements.writing import LONG_SENTENCE, Clear
from ..talk import LookUp
from ..words import LanguageName, Words, _, as_is, ngettext
from .definition import SHORT_ENOUGH, Definition, Kind, Question

MOST_SEGMENTS = 2
"""Of a question with its choices."""
FEWEST_TOGETHER = 2
"""Questions that tell who somebody is only together."""


class Theme(StrEnum):
    """What a pupil may be asked about only with a parent's written consent (PPRA, 20 USC 1232h; California Ed Code 51513)."""

    POLITICS = "politics"
    MIND = "mental problems"
    SEX = "sex"
    ILLEGAL = "illegal behavior"
    FAMILY = "family relations"
    PRIVILEGED = "privileged relations"
    """With a doctor, a lawyer, a priest."""
    RELIGION = "religion"
    INCOME = "income"


class Trait(StrEnum):
    """What an answer tells of somebody, so that a few together point at one person."""

    NAME = "name"
    """Names, numbers, birthdays, addresses: one is enough."""
    ROLE = "role"
    GRADE = "grade"
    LANGUAGE = "language"
    HOME = "home"
    AGE = "age"
    GENDER = "gender"
    ORIGIN = "origin"
    CHILDREN = "children"
    DISABILITY = "disability"
    TEACHER = "teacher"


@dataclass(frozen=True)
class Measured:
    """A question in one language, as the edge has measured it: sent as an SMS with its choices, and by the words in it."""

    question: str
    language: str
    segments: int = 1
    clear: Clear = field(default_factory=Clear)
    themes: tuple[Theme, ...] = ()
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True)
class WarningsOn(LookUp[tuple[Words, ...]]):
    """What there is to say of a survey at the person's school; `definition` as JSON text."""

    definition: str


def warnings(definition: Definition, measured: Sequence[Measured]) -> tuple[Words, ...]:
    """What its author should hear, the gravest first. Nothing here stands in the way."""
    return (*_telling(definition, measured), *_consent(measured), *_long(definition), *_wording(measured))


def _long(definition: Definition) -> Iterator[Words]:
    if definition.asked > SHORT_ENOUGH:
        yield _("{n} questions are many: each further one loses people. Three is best, five at most.", n=definition.asked)


def _wording(measured: Iterable[Measured]) -> Iterator[Words]:
    for each in measured:
        named = {"question": as_is(each.question), "language": LanguageName(each.language)}
        if each.clear.longest > LONG_SENTENCE:
            yield _("“{question}” has a long sentence in {language}: cut it in two.", **named)
        elif each.clear.hard:
            yield _("“{question}” is hard to read in {language}: shorter words, please.", **named)
        if each.segments > MOST_SEGMENTS:
            yield ngettext(
                "“{question}” takes {n} text in {language}: fewer words, or fewer choices.",
                "“{question}” takes {n} texts in {language}: fewer words, or fewer choices.",
                each.segments,
                **named,
            )


def _consent(measured: Iterable[Measured]) -> Iterator[Words]:
    """Each question once, whatever its languages."""
    for name, theme in dict.fromkeys((each.question, theme) for each in measured for theme in each.themes):
        yield _(
            "“{question}” seems to ask about {theme}: a pupil may be asked that only with a parent's written consent (PPRA, Ed Code 51513)."
            " Ask families only if you must.",
            question=as_is(name),
            theme=THEMES[theme],
        )


def _telling(definition: Definition, measured: Sequence[Measured]) -> Iterator[Words]:
    told = {(trait, each.question) for each in measured for trait in each.traits}
    for name in dict.fromkeys(each.question for each in measured if Trait.NAME in each.traits):
        yield _("“{question}” asks who somebody is: then nothing here is anonymous.", question=as_is(name))
    traits = {trait for trait, _name in told if trait is not Trait.NAME}
    asked = [question for question in definition.questions if any((trait, question.name) in told for trait in traits)]
    if len(traits) >= FEWEST_TOGETHER and len(asked) >= FEWEST_TOGETHER:
        names = ", ".join(f"“{question.name}”" for question in asked)
        yield _(
            "Together {questions} can tell who somebody is: {n} combinations, and groups under 10 are never shown. Leave one out.",
            questions=as_is(names),
            n=prod(map(_answers, asked)),
        )


def _answers(question: Question) -> int:
    """How many different answers there are, about."""
    if question.kind is Kind.RANGE and question.scale is not None:
        return (question.scale.end - question.scale.start) // question.scale.step + 1
    return max(len(question.choices) + question.or_other, 1) if question.choices else 10


THEMES = {
    Theme.POLITICS: _("politics"),
    Theme.MIND: _("mental or psychological problems"),
    Theme.SEX: _("sex"),
    Theme.ILLEGAL: _("illegal behavior"),
    Theme.FAMILY: _("relations in the family"),
    Theme.PRIVILEGED: _("what was told to a doctor, a lawyer or a priest"),
    Theme.RELIGION: _("religion"),
    Theme.INCOME: _("income"),
}
