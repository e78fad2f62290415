"""The words of urgent templates in each language, and who has approved them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

import locales
from conversations.announcements.urgent import TEMPLATES
from conversations.folding import fold
from locales.catalogs import catalog
from storage.announcements import drafts, urgent


def words_of(slug: str, language: str) -> str:
    """A template as it stands in a language, its gaps open; empty where there are no words in it."""
    return locales.render(TEMPLATES[slug].blank, language) if language in locales.LANGUAGES else ""


def hash_of(slug: str, language: str) -> str:
    """What an approval stands for; other words need another one."""
    return hashlib.sha256(words_of(slug, language).encode()).hexdigest()


def filled(slug: str, language: str, school: str, given: Mapping[str, object]) -> str:
    return locales.render(TEMPLATES[slug].filled(school, given), language)


def called(text: str) -> str:
    """The template that somebody calls so in any language; empty if there is none."""
    said = fold(text)
    names = {fold(slug): slug for slug in TEMPLATES}
    for slug, template in TEMPLATES.items():
        for tag in locales.LANGUAGES:
            names |= {fold(word): slug for word in catalog(tag).pgettext("template", slug).split(",")}
            names[fold(locales.render(template.title, tag))] = slug
    return names.get(said, "")


def needed(connection: Connection, school: Any) -> tuple[str, ...]:
    """The languages an urgent text of a school must be in."""
    return tuple(drafts.required(connection, school.id)) or tuple(school.languages[:1])


def lacking(connection: Connection, school: Any) -> dict[str, tuple[str, ...]]:
    """By slug, the required languages in which nobody has approved just these words."""
    kept = urgent.approvals(connection, school.id)

    def fresh(slug: str, tag: str) -> bool:
        return bool(words_of(slug, tag)) and (slug, tag) in kept and kept[slug, tag].hash == hash_of(slug, tag)

    tags = needed(connection, school)
    return {slug: tuple(tag for tag in tags if not fresh(slug, tag)) for slug in TEMPLATES}
