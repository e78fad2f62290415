"""Clear writing, with the numbers that only the languages know."""

from __future__ import annotations

from conversations.announcements.writing import Advice, Clear, advice
from locales import clarity


def of(text: str, language: str, school: str) -> Advice:
    """What there is to say of a text that goes to a school's families."""
    found = clarity.of(text, language)
    return advice(text, school, Clear(found.level, found.hard, found.longest))
