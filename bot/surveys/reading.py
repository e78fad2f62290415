"""What staff look up about surveys by text, and the draft that tells families what was heard. Whose school it is, is seen to here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args

from sqlalchemy import Connection

import locales
from conversations.announcements.audience import of_school
from conversations.folding import fold
from conversations.surveys import telling
from conversations.surveys.assessment import StandingHere
from conversations.surveys.results import Published
from conversations.surveys.telling import Answered, KeepHeard, ResultsOf, Surveys, Told
from conversations.words import Words, joined
from locales.lexicon import entries
from locales.texted import SMALL_WORDS
from storage import people
from storage.announcements import authors, drafts
from storage.events import views
from storage.gate import locks
from storage.people import Known
from storage.surveys import assessments, definitions, snapshots
from storage.surveys.definitions import Kept
from storage.surveys.tables import SurveyStage
from storage.tables import Kind

from ..announcements import pricing
from ..desk import ROLES
from ..turning import Answers
from . import reporting
from .reporting import Report

LookedUp = ResultsOf | Surveys | KeepHeard | Told | StandingHere
MOST_TEXTS = 3
MOST_THEMES = 3


@dataclass(frozen=True)
class Reading:
    """In one transaction, for one of the staff."""

    connection: Connection
    known: Known
    now: datetime
    language: str

    def answer(self, query: LookedUp) -> Any:
        match query:
            case Surveys():
                return tuple(dict.fromkeys(survey.slug for school in self.schools for survey in asked(self.connection, school)))
            case ResultsOf(name):
                survey = self.survey(name, self.schools)
                return survey and self.answered(survey)
            case Told(name):
                survey = self.survey(name, self.mine)
                return survey.id if survey is not None and publish(self.connection, survey, self.now) else None
            case KeepHeard(number, did):
                return self.heard(number, did)
            case StandingHere():
                rows = [row for school in self.schools if (row := assessments.newest(self.connection, school)) is not None]
                return assessments.standing(self.connection, rows[0]) if rows else None

    @property
    def schools(self) -> list[int]:
        """Where they may ask: who rings families may; not whoever is locked, or may be somebody else."""
        if self.known.doubted or locks.locked(self.connection, self.known.person_id):
            return []
        theirs = views.schools_of(self.connection, self.known)
        return [each for each in theirs if not ROLES.isdisjoint(people.roles(self.connection, self.known.person_id, each))]

    @property
    def mine(self) -> list[int]:
        """Where they may announce."""
        there = {school.id for school in authors.schools(self.connection, self.known.person_id)}
        return [each for each in self.schools if each in there]

    def survey(self, name: str, schools: list[int]) -> Kept | None:
        """The newest that was opened, of the first of their schools that has one."""
        found = [survey for school in schools for survey in asked(self.connection, school) if survey.slug == name]
        return found[-1] if found else None

    def answered(self, survey: Kept) -> Answered:
        published = publish(self.connection, survey, self.now)
        return Answered(in_texts(reporting.of_survey(self.connection, survey, published, self.language)))

    def heard(self, number: int, did: str) -> int | None:
        survey = definitions.kept(self.connection, number)
        if survey is None or survey.school_id not in self.mine:
            return None
        return keep_heard(self.connection, survey, self.now, did=did, language=self.language, author_id=self.known.person_id)


def asked(connection: Connection, school_id: int) -> list[Kept]:
    """The surveys of a school that have been opened, by name and version."""
    return [survey for survey in definitions.listed(connection, school_id) if survey.stage is not SurveyStage.DRAFT]


def publish(connection: Connection, survey: Kept, now: datetime) -> list[Published]:
    """What is told of a survey from now on."""
    return snapshots.publish(connection, survey, now, small_words())


@cache
def small_words() -> frozenset[str]:
    """That say nothing by themselves, in every language."""
    return frozenset(fold(word) for tag in locales.LANGUAGES for word in entries(tag, "open answers", SMALL_WORDS))


def in_texts(report: Report) -> tuple[Words, ...]:
    """The whole school's tables in a few texts; the last line says what found no room."""
    lines = [joined(": ", Words(report.title, verbatim=True), telling.answers(report.n))]
    questions = list(_questions(report)) if report.n else []
    for n, words in enumerate(questions):
        left = [telling.there_is_more(len(questions) - n)]
        if _texts([*lines, words, *(left if n + 1 < len(questions) else [])], report.language) > MOST_TEXTS:
            return (*lines, *left)
        lines.append(words)
    return tuple(lines)


def _questions(report: Report) -> Iterator[Words]:
    for chart in report.charts:
        yield telling.question(chart.title, [(line.label, line.percent) for line in chart.lines])
    for spoken in report.spoken:
        if spoken.lines:
            yield telling.said_often(spoken.title, [f"{name} ({count})" for name, count, _quotes in spoken.lines])


def _texts(lines: list[Words], language: str) -> int:
    return pricing.billed(locales.render(joined("\n", *lines), language)).count


# What we heard


def keep_heard(connection: Connection, survey: Kept, now: datetime, *, did: str, language: str, author_id: int | None) -> int | None:
    """A draft to the school's families in each language of the survey; None where nothing is told.

    What the school did is said in its author's language only: the others are asked of translators, as in every draft.
    """
    published = snapshots.told(connection, survey.id)
    school = next((each for each in people.schools(connection) if each.id == survey.school_id), None)
    tags = [language, *(tag for tag in definitions.asked_in(survey) if tag in locales.LANGUAGES and tag != language)]
    if not published or school is None:
        return None
    texts = {
        tag: f"{school.name}: {heard(reporting.of_survey(connection, survey, published, tag), did)}" for tag in (tags[:1] if did else tags)
    }
    return drafts.save(
        connection,
        school_id=survey.school_id,
        author_id=author_id,
        kind=Kind.NEWS,
        audience=of_school(school.keyword),
        language=language,
        texts=texts,
        now=now,
    )


def heard(report: Report, did: str) -> str:
    """What families read: of each question the answer that most gave, and the themes named most often."""
    begins = telling.you_said if did else telling.we_heard
    lines = [begins(report.title, report.n)]
    for chart in report.charts:
        if chart.lines:
            most = max(chart.lines, key=lambda line: line.bar.count)
            lines.append(telling.most_said(chart.title, most.label, most.percent))
    lines += [
        telling.said_often(spoken.title, [name for name, _count, _quotes in spoken.lines[:MOST_THEMES]])
        for spoken in report.spoken
        if spoken.lines
    ]
    return locales.render(joined("\n", *lines, telling.we_did(did) if did else telling.thanks()), report.language)


ANSWERS: Answers = dict.fromkeys(
    get_args(LookedUp), lambda at, query: Reading(at.connection, at.known, at.now, at.known.language or "en").answer(query)
)
