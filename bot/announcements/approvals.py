"""What the command line does with urgent templates: show them in every language, and approve one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

import locales
from conversations.announcements.urgent import TEMPLATES
from locales.saying import language_name
from storage import people
from storage.announcements import urgent

from ..members import Unfit
from . import templates
from .languages import school_called


def shown(connection: Connection, *, keyword: str) -> list[str]:
    """Every template in every language a school needs, and whether it is approved."""
    school = school_called(connection, keyword) if keyword else people.first_school(connection)
    if school is None:
        raise Unfit("There is no school yet: set one up with `platica school add`.")
    missing = templates.lacking(connection, school)
    lines = []
    for slug in TEMPLATES:
        lines.append(slug)
        for tag in templates.needed(connection, school):
            state = (
                "approved" if tag not in missing[slug] else "NOT APPROVED" if templates.words_of(slug, tag) else "NO WORDS in this language"
            )
            lines.append(f"  {tag}  {state}: {templates.words_of(slug, tag) or '-'}")
    return lines


def approve(connection: Connection, *, keyword: str, slug: str, tag: str, now: datetime) -> str:
    """By whoever has the command line, in the name of who speaks the language and has read it."""
    school = school_called(connection, keyword)
    if slug not in TEMPLATES:
        raise Unfit(f"{slug} is no urgent text. There are: {', '.join(TEMPLATES)}.")
    if not templates.words_of(slug, tag):
        raise Unfit(f"There are no words of ours in {tag}: the languages with a catalog are {', '.join(locales.LANGUAGES)}.")
    urgent.approve_template(connection, school.id, slug, tag, words=templates.hash_of(slug, tag), by=None, now=now)
    return f"{school.name}: “{templates.words_of(slug, tag)}” is approved in {language_name(tag, 'en')} until its words change."
