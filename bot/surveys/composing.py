"""The text that asks people to take a survey, put together as it leaves: who asks, what becomes of the answers, and the first question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.surveys import definition as define
from conversations.surveys import items, saying
from conversations.surveys.asking import Unreadable
from conversations.surveys.taking import Form
from conversations.words import Words, as_is, joined
from storage.announcements.planning import IN_SOURCE
from storage.surveys import definitions, views
from storage.surveys.views import REMINDS, SURVEY

from .wording import worded


def composed(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> str:
    """The whole text in a language; the body as it is where the survey is gone, or the words are not of its shape.

    Who reads another language gets the source, with a line in theirs below it.
    """
    survey = definitions.kept(connection, int(about[SURVEY]))
    spoken, mixed, _other = language.partition(IN_SOURCE)
    said, _break, line = body.rpartition("\n") if mixed else (body, "", "")
    try:
        definition = worded(connection, survey, spoken, said) if survey is not None else None
    except Unreadable:
        definition = None
    if survey is None or definition is None:
        return body
    form = replace(views.form(connection, survey), definition=definition, languages=(definition.language, spoken))
    text = locales.render(saying.invitation(form, spoken, _first(form, spoken), again=bool(about.get(REMINDS))), spoken)
    return f"{text}\n{line}" if line else text


def _first(form: Form, language: str) -> Words | None:
    """Its first question with the choices, as an SMS has them; None where something else comes first."""
    question = define.next_question(form.definition, {})
    if question is None or question.kind is define.Kind.NOTE:
        return None
    item = items.item(form, question, form.language(language), {}, taps=False)
    labels = [joined(" ", as_is(f"{n}."), label) for n, label in enumerate(item.options().values(), 1)]
    return joined("\n", item.words, *labels)
