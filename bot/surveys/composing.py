"""The text that asks people to take a survey, put together as it leaves: who asks, what becomes of the answers, and the first question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.surveys import definition as define
from conversations.surveys import items, saying
from conversations.surveys.taking import Form
from conversations.words import Words, as_is, joined
from storage.announcements.planning import IN_SOURCE
from storage.surveys import definitions, views
from storage.surveys.views import REMINDS, SURVEY


def composed(connection: Connection, about: Mapping[str, Any], language: str, body: str) -> str:
    """The whole text in a language; the body as it is where the survey is gone."""
    survey = definitions.kept(connection, int(about[SURVEY]))
    if survey is None:
        return body
    form, spoken = views.form(connection, survey), language.partition(IN_SOURCE)[0]
    return locales.render(saying.invitation(form, spoken, _first(form, spoken), again=bool(about.get(REMINDS))), spoken)


def _first(form: Form, language: str) -> Words | None:
    """Its first question with the choices, as an SMS has them; None where something else comes first."""
    question = define.next_question(form.definition, {})
    if question is None or question.kind is define.Kind.NOTE:
        return None
    item = items.item(form, question, form.language(language), {}, taps=False)
    labels = [joined(" ", as_is(f"{n}."), label) for n, label in enumerate(item.options().values(), 1)]
    return joined("\n", item.words, *labels)
