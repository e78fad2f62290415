"""What a survey is: its questions in every language, when each is asked, and which answers fit. Pure; JSON in and out.

A definition is a list that the one flow of surveys walks through: `next_question` says what comes after the answers there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ..words import _
from . import expressions
from .expressions import Given

Texts = Mapping[str, str]
"""By language tag."""
Answers = Mapping[str, Given]
"""By question; what was skipped is there, and empty."""

OTHER_NAME = "other"
OTHER = _("Other")
"""The label of the choice that `or_other` adds, where the survey has no words for it."""
PLEASE_SAY = _("What would you say? In your own words.")
"""The question behind it."""
SHORT_ENOUGH = 5
"""Questions of a survey by text; three is better."""


class Kind(StrEnum):
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    INTEGER = "integer"
    RANGE = "range"
    TEXT = "text"
    NOTE = "note"
    """Said, and not asked."""


SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})


@dataclass(frozen=True)
class Choice:
    name: str
    """What is stored; for ever."""
    label: Texts
    columns: Mapping[str, str] = field(default_factory=dict)
    """Further columns of its row, which a choice filter may look at."""
    row: int = field(default=0, compare=False)
    """Where it stood in the file; 0: nowhere."""


@dataclass(frozen=True)
class Scale:
    """The numbers of a range, both ends among them."""

    start: int = 0
    end: int = 10
    step: int = 1

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.start <= number <= self.end and (number - self.start) % self.step == 0


@dataclass(frozen=True)
class Question:
    """One question. Its name is its identity, in the answers and in every export."""

    kind: Kind
    name: str
    label: Texts
    """Empty only behind `or_other`: `PLEASE_SAY`."""
    hint: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    scale: Scale | None = None
    required: bool = False
    relevant: str = ""
    """An expression; asked only where it holds."""
    constraint: str = ""
    constraint_message: Texts = field(default_factory=dict)
    choice_filter: str = ""
    or_other: bool = False
    row: int = field(default=0, compare=False)

    def text(self, language: str, instead: str) -> str:
        """Its words in a language, else in the survey's own."""
        return self.label.get(language) or self.label.get(instead, "")


@dataclass(frozen=True)
class Definition:
    """A whole survey. `language` is that of the source; every question has words in it."""

    title: Texts
    language: str
    questions: tuple[Question, ...]
    slug: str = ""
    """Its `form_id`."""
    edition: str = ""
    """Its author's own count, as XLSForm's `version`; ours is the row in the database."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language it has words in, the source's first."""
        found = {tag for texts in _all_texts(self) for tag in texts}
        return (self.language, *sorted(found - {self.language}))

    @property
    def asked(self) -> int:
        """How many questions there are, notes not counted."""
        return sum(question.kind is not Kind.NOTE for question in self.questions)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": dict(self.title),
            "language": self.language,
            "slug": self.slug,
            "edition": self.edition,
            "questions": [_question_out(question) for question in self.questions],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Definition:
        """What `to_json` made; `ValueError` for anything else."""
        try:
            questions = tuple(map(_question_in, stored["questions"]))
            return cls(_texts(stored["title"]), stored["language"], questions, stored["slug"], stored["edition"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a definition: {error!r}") from error


# Walking through it


def steps(definition: Definition) -> tuple[Question, ...]:
    """Every question there may be: `or_other` is one choice more, and a question behind it, named as XLSForm names it."""
    return tuple(step for question in definition.questions for step in _steps(question))


def next_question(definition: Definition, answers: Answers) -> Question | None:
    """The first that has no answer yet and is to be asked, with the choices there are for it; None: all is said."""
    for question in steps(definition):
        if question.name not in answers and (due := as_asked(question, answers)) is not None:
            return due
    return None


def as_asked(question: Question, answers: Answers) -> Question | None:
    """The question with the choices there are after these answers; None where it is not to be asked."""
    if not expressions.holds(question.relevant, answers):
        return None
    if question.kind not in SELECTS or not question.choice_filter:
        return question
    left = tuple(choice for choice in question.choices if expressions.holds(question.choice_filter, answers, columns=_columns(choice)))
    return replace(question, choices=left) if left else None


def may_come(question: Question, answers: Answers) -> bool:
    """Whether it is to be asked, or may be once what it waits for is answered."""
    return as_asked(question, answers) is not None or not expressions.questions(question.relevant) <= answers.keys()


def fits(question: Question, given: Given, answers: Answers) -> bool:
    """Whether an answer is one of its kind and its constraint holds. `question` is as asked; what is skipped fits where it may be."""
    if given is None or not (given or isinstance(given, int)):
        return not question.required
    return _of_its_kind(question, given) and expressions.holds(question.constraint, answers, own=given)


def kept(definition: Definition, answers: Answers) -> dict[str, Given]:
    """The answers to questions that were rightly asked: somebody may have gone back and changed what led to the others."""
    found: dict[str, Given] = {}
    while (question := next_question(definition, found)) is not None and question.name in answers:
        found[question.name] = answers[question.name]
    return found


def chosen(given: Given) -> tuple[str, ...]:
    """The names of the choices in an answer."""
    if given is None or isinstance(given, bool | int):
        return ()
    return tuple(given.split()) if isinstance(given, str) else tuple(given)


def _of_its_kind(question: Question, given: Given) -> bool:
    match question.kind:
        case Kind.SELECT_ONE:
            return given in {choice.name for choice in question.choices}
        case Kind.SELECT_MULTIPLE:
            picked = chosen(given)
            return bool(picked) and set(picked) <= {choice.name for choice in question.choices}
        case Kind.RANGE:
            return not isinstance(given, bool) and given in (question.scale or Scale())
        case Kind.INTEGER:
            return isinstance(given, int) and not isinstance(given, bool)
        case Kind.TEXT:
            return isinstance(given, str)
    return True


def _columns(choice: Choice) -> dict[str, str]:
    return {**choice.columns, "name": choice.name}


def _steps(question: Question) -> Iterator[Question]:
    if not question.or_other:
        yield question
        return
    yield replace(question, choices=(*question.choices, Choice(OTHER_NAME, {})), or_other=False)
    behind = f"selected(${{{question.name}}}, '{OTHER_NAME}')"
    yield Question(Kind.TEXT, f"{question.name}_{OTHER_NAME}", {}, relevant=behind, row=question.row)


# JSON


def _all_texts(definition: Definition) -> Iterator[Texts]:
    yield definition.title
    for question in definition.questions:
        yield from (question.label, question.hint, question.constraint_message)
        yield from (choice.label for choice in question.choices)


def _question_out(question: Question) -> dict[str, Any]:
    """Without what is empty."""
    every = {
        "kind": question.kind.value,
        "name": question.name,
        "label": dict(question.label),
        "hint": dict(question.hint),
        "choices": [_choice_out(choice) for choice in question.choices],
        "scale": question.scale and [question.scale.start, question.scale.end, question.scale.step],
        "required": question.required,
        "relevant": question.relevant,
        "constraint": question.constraint,
        "constraint_message": dict(question.constraint_message),
        "choice_filter": question.choice_filter,
        "or_other": question.or_other,
    }
    return {key: value for key, value in every.items() if value}


def _choice_out(choice: Choice) -> dict[str, Any]:
    columns = {"columns": dict(choice.columns)} if choice.columns else {}
    return {"name": choice.name, "label": dict(choice.label), **columns}


def _question_in(stored: Mapping[str, Any]) -> Question:
    scale = stored.get("scale")
    return Question(
        Kind(stored["kind"]),
        str(stored["name"]),
        _texts(stored.get("label", {})),
        _texts(stored.get("hint", {})),
        tuple(Choice(each["name"], _texts(each["label"]), _texts(each.get("columns", {}))) for each in stored.get("choices", ())),
        Scale(*scale) if scale else None,
        bool(stored.get("required", False)),
        stored.get("relevant", ""),
        stored.get("constraint", ""),
        _texts(stored.get("constraint_message", {})),
        stored.get("choice_filter", ""),
        bool(stored.get("or_other", False)),
    )


def _texts(stored: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in stored.items()}
