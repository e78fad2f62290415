"""Urgent templates on the phone: whoever reads a language approves their words in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conversations.announcements.approving import ApproveTemplate, ToApprove, Unapproved
from storage import people
from storage.announcements import authors, translators, urgent

from ..turning import Answers, At, Does
from . import templates
from .translating import announces


def to_approve(at: At) -> tuple[Unapproved, ...] | None:
    """Of the schools where they work, what they may approve; None if they work at none."""
    schools = authors.at_work(at.connection, at.known.person_id)
    return tuple(each for school in schools for each in _waiting(at, school)) if schools else None


def _waiting(at: At, school: Any) -> Iterator[Unapproved]:
    for slug, tags in templates.lacking(at.connection, school).items():
        for tag in tags:
            words = templates.words_of(slug, tag)
            if words and _may_approve(at, school.id, tag):
                yield Unapproved(school.keyword, school.name, slug, tag, words)


def _may_approve(at: At, school_id: int, tag: str) -> bool:
    """Whoever is listed for the language; where nobody is, who may announce."""
    listed = translators.order(at.connection, school_id, tag)
    return at.known.person_id in listed if listed else announces(at.connection, at.known.person_id, school_id)


def approve_by_phone(at: At, effect: ApproveTemplate) -> None:
    """Just the words that were shown, by somebody who still may; anything else is left unapproved."""
    if effect.text not in (to_approve(at) or ()):
        return
    school = people.school_called(at.connection, effect.text.school)
    words = templates.hash_of(effect.text.slug, effect.text.language)
    by = at.known.person_id
    urgent.approve_template(at.connection, school.id, effect.text.slug, effect.text.language, words=words, by=by, now=at.now)


ANSWERS: Answers = {ToApprove: lambda at, _query: to_approve(at)}
DOES: Does = {ApproveTemplate: approve_by_phone}
