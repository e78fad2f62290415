"""What is wrong with a definition, each with the sheet and the row where it can be mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from . import expressions
from .definition import OTHER_NAME, SELECTS, Choice, Definition, Kind, Question, steps
from .expressions import BadExpression

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
MOST_QUESTIONS = 100
MOST_CHOICES = 60
LONGEST = 1000
"""Characters of a text."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""Of a question. XLSForm has the dot too, which reads like the end of a sentence."""
_CHOICE_NAME = re.compile(r"[^\s'\"]{1,80}")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Problem:
    """What stands in the way, and where."""

    sheet: str
    row: int
    says: str

    def __str__(self) -> str:
        return f"Sheet {self.sheet}, row {self.row}: {self.says}" if self.row else f"Sheet {self.sheet}: {self.says}"


def problems(definition: Definition) -> tuple[Problem, ...]:
    """Everything that stands in the way of asking it; empty: nothing does."""
    found = [*_whole(definition), *_names(definition)]
    for question in definition.questions:
        found += [Problem(SURVEY, question.row, says) for says in _question(question, definition)]
        found += _choices(question, definition.language)
    known = {step.name for step in steps(definition)}
    for question in definition.questions:
        found += [Problem(SURVEY, question.row, says) for says in _expressions(question, known)]
    return tuple(dict.fromkeys(found or _cycles(steps(definition))))


def notes(definition: Definition) -> tuple[Problem, ...]:
    """What its author should know, and what does not stand in the way."""
    return (*_later(definition), *_untranslated(definition))


def _whole(definition: Definition) -> Iterator[Problem]:
    if not any(question.kind is not Kind.NOTE for question in definition.questions):
        yield Problem(SURVEY, 0, "there is no question.")
    if len(definition.questions) > MOST_QUESTIONS:
        yield Problem(
            SURVEY, definition.questions[MOST_QUESTIONS].row, f"there are more than {MOST_QUESTIONS} questions: split the survey."
        )
    if not definition.title.get(definition.language, "").strip():
        yield Problem(SETTINGS, 0, "there is no form_title: families read it first.")


def _names(definition: Definition) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for step in steps(definition):
        folded = step.name.casefold()
        if folded in first:
            yield Problem(
                SURVEY, step.row, f"there is a question “{step.name}” already{_in_row(first[folded])}: every question needs its own name."
            )
        first.setdefault(folded, step.row)


def _in_row(row: int) -> str:
    return f" in row {row}" if row else ""


def _question(question: Question, definition: Definition) -> Iterator[str]:
    if not NAME.fullmatch(question.name):
        yield f"“{question.name}” cannot be a name: letters, digits, _ and -, beginning with a letter."
    elif len(question.name) > _LONGEST_NAME:
        yield f"the name “{question.name[:20]}…” is longer than {_LONGEST_NAME} characters."
    if not question.label.get(definition.language, "").strip():
        yield f"“{question.name}” has no words in {definition.language}, the survey's own language."
    yield from _texts(question)
    scale = question.scale
    if question.kind is Kind.RANGE and scale is not None and (scale.step <= 0 or scale.end <= scale.start):
        yield f"a range goes up from its start to its end, and not from {scale.start} to {scale.end} by {scale.step}."
    if question.or_other and question.choice_filter:
        yield "or_other and a choice_filter do not go together: write “other” as a choice."
    if question.or_other and OTHER_NAME in {choice.name for choice in question.choices}:
        yield f"or_other adds a choice “{OTHER_NAME}”, and its list has one already: leave one out."


def _texts(question: Question) -> Iterator[str]:
    for texts in (question.label, question.hint, question.constraint_message):
        for tag, text in texts.items():
            if len(text) > LONGEST:
                yield f"its text in {tag} is longer than {LONGEST} characters."
            if "${" in text:
                yield "a text cannot repeat an answer (${…}): what somebody said is not sent back to a phone that others may hold."


def _choices(question: Question, language: str) -> Iterator[Problem]:
    if question.kind not in SELECTS:
        return
    if not question.choices:
        yield Problem(SURVEY, question.row, f"“{question.name}” has no choices.")
    if len(question.choices) > MOST_CHOICES:
        yield Problem(SURVEY, question.row, f"“{question.name}” has more than {MOST_CHOICES} choices, too many for a text.")
    twice = [name for name, n in Counter(choice.name for choice in question.choices).items() if n > 1]
    for choice in question.choices:
        yield from (Problem(CHOICES, choice.row, says) for says in _choice(choice, language, twice))


def _choice(choice: Choice, language: str, twice: Iterable[str]) -> Iterator[str]:
    if not _CHOICE_NAME.fullmatch(choice.name):
        yield f"“{choice.name[:40]}” cannot be the name of a choice: no spaces, no quotation marks."
    if choice.name in twice:
        yield f"its list has the name “{choice.name}” twice."
    if not choice.label.get(language, "").strip():
        yield f"“{choice.name}” has no words in {language}, the survey's own language."
    if any(len(text) > LONGEST or "${" in text for text in choice.label.values()):
        yield f"the text of “{choice.name}” is too long, or repeats an answer."


def _expressions(question: Question, known: set[str]) -> Iterator[str]:
    """What cannot be read, or speaks of what is not there."""
    columns = set[str]().union(*(choice.columns for choice in question.choices)) | {"name"}
    for column, text in (("relevant", question.relevant), ("constraint", question.constraint), ("choice_filter", question.choice_filter)):
        try:
            strange = sorted(expressions.questions(text) - known)
            lacking = sorted(expressions.columns(text) - (columns if column == "choice_filter" else set()))
            own = column != "constraint" and expressions.speaks_of_itself(text)
        except BadExpression as bad:
            yield f"{column} cannot be read: {bad}."
            continue
        yield from (f"{column} speaks of a question “{name}”, and there is none." for name in strange)
        yield from (f"{column} speaks of a column “{name}”, and the choices have none." for name in lacking)
        if own:
            yield f"{column} has a “.”, which only a constraint can: write ${{name}}."
    if question.choice_filter and question.kind not in SELECTS:
        yield "only a question with choices can have a choice_filter."


def _waits_for(question: Question) -> frozenset[str]:
    """The questions that must be answered before one knows whether this one is asked, and with which choices."""
    return expressions.questions(question.relevant) | expressions.questions(question.choice_filter)


def _cycles(questions: Iterable[Question]) -> Iterator[Problem]:
    """Questions that wait for each other, so that none is ever asked. Told once, at the first of them."""
    asked = {question.name: question for question in questions}
    waits = {name: _waits_for(question) for name, question in asked.items()}
    told: set[str] = set()
    for name, question in asked.items():
        round_about = () if name in told else _back_to(name, waits)
        if round_about:
            told.update(round_about)
            path = " → ".join(f"“{each}”" for each in (name, *round_about))
            yield Problem(SURVEY, question.row, f"{path}: these wait for each other, so that none is ever asked.")


def _back_to(name: str, waits: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The shortest way from a question over those it waits for back to itself; empty if there is none."""
    ways: list[tuple[str, ...]] = [(each,) for each in sorted(waits[name])]
    seen: set[str] = set()
    for way in ways:
        if way[-1] == name:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, each) for each in sorted(waits.get(way[-1], ()))]
    return ()


def _later(definition: Definition) -> Iterator[Problem]:
    seen: set[str] = set()
    for question in definition.questions:
        for name in sorted(_waits_for(question) - seen - {question.name}):
            if name.removesuffix(f"_{OTHER_NAME}") not in seen:
                yield Problem(SURVEY, question.row, f"“{question.name}” waits for “{name}”, which comes later: it is asked after it.")
        seen.add(question.name)


def _untranslated(definition: Definition) -> Iterator[Problem]:
    for tag in definition.languages[1:]:
        for question in definition.questions:
            if any(not label.get(tag) for label in (question.label, *(choice.label for choice in question.choices))):
                yield Problem(SURVEY, question.row, f"“{question.name}” is not all said in {tag}: the survey cannot be asked in {tag} yet.")
