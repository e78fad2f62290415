"""How a survey's questions go out, measured with what only the edge knows: segments as billed, and words that show what is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import locales
from conversations.announcements.writing import Clear
from conversations.surveys import linting
from conversations.surveys.definition import OTHER, Definition, Question
from conversations.surveys.linting import Measured, WarningsOn
from conversations.words import Words
from locales import clarity, surveying

from ..announcements import pricing
from ..turning import Answers


def warnings(definition: Definition, languages: Iterable[str]) -> tuple[Words, ...]:
    """What its author should hear. Of the languages it has words in, and of the school's (`languages`) only those."""
    return linting.warnings(definition, tuple(_measured(definition, set(languages))))


def answer(query: WarningsOn, languages: Iterable[str]) -> tuple[Words, ...]:
    return warnings(Definition.from_json(json.loads(query.definition)), languages)


def _measured(definition: Definition, languages: set[str]) -> Iterator[Measured]:
    for question in definition.questions:
        for tag in definition.languages:
            if text := question.label.get(tag):
                yield _of(question, tag, text, counts=tag == definition.language or tag in languages)


def _of(question: Question, tag: str, text: str, *, counts: bool) -> Measured:
    """What is said in a language nobody here is asked in is not weighed, but its words count."""
    choices = [choice.label.get(tag, "") for choice in question.choices]
    whole = " ".join((text, *choices))
    clear = clarity.of(text, tag)
    return Measured(
        question.name,
        tag,
        pricing.billed(as_sms(question, tag)).count if counts else 1,
        Clear(clear.level, clear.hard, clear.longest) if counts else Clear(),
        surveying.themes(whole),
        surveying.traits(text),
    )


def as_sms(question: Question, tag: str) -> str:
    """A question as it stands in a text, with its numbered choices."""
    labels = [choice.label.get(tag, "") for choice in question.choices]
    labels += [locales.render(OTHER, tag)] if question.or_other else []
    return "\n".join((question.label.get(tag, ""), *(f"{n} {label}" for n, label in enumerate(labels, 1))))


ANSWERS: Answers = {WarningsOn: lambda at, query: answer(query, at.known.school_languages)}
