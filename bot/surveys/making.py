"""What staff look up while they make a survey on a phone, and how it is kept beside the draft of its invitation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update
from sqlmodel import col

import locales
from conversations.folding import fold
from conversations.surveys import asking, bank, making
from conversations.surveys.definition import Definition
from conversations.surveys.making import Drafted, KeepSurvey, NameFits, Ready, ReadySurvey, RemindOf
from conversations.words import Words
from locales import reading
from storage.announcements import authors, drafts
from storage.people import Known
from storage.surveys import definitions
from storage.surveys.tables import Survey, SurveyStage
from storage.surveys.views import SURVEY
from storage.tables import Kind

from ..turning import Answers
from . import reminding
from .opening import usual
from .secrets import Secrets

LookedUp = ReadySurvey | NameFits | KeepSurvey | RemindOf
MOST_WORDS, LONGEST = 3, 20
"""Of a name that is texted."""


@dataclass(frozen=True)
class Making:
    """In one transaction, for one of the staff."""

    connection: Connection
    known: Known
    now: datetime
    secrets: Secrets

    def answer(self, query: LookedUp) -> Any:
        match query:
            case ReadySurvey(name):
                return self.ready(name)
            case NameFits(name):
                return self.wrong(name)
            case KeepSurvey():
                return self.keep(query)
            case RemindOf(name):
                return self.remind(name)

    @property
    def schools(self) -> list[Any]:
        return authors.schools(self.connection, self.known.person_id)

    def ready(self, name: str) -> Ready | None:
        for school in self.schools:
            if (found := definitions.newest(self.connection, school.id, name)) is not None:
                return Ready(json.dumps(found.definition.to_json()), found.anonymous)
        if name not in bank.BANK:
            return None
        school = next(iter(self.schools), None)
        spoken = [tag for tag in (school.languages if school is not None else ()) if tag in locales.LANGUAGES]
        first = self.known.language or "en"
        tags = [first, *(tag for tag in spoken if tag != first)]
        return Ready(json.dumps(bank.definition(name, locales.render, tags).to_json()))

    def wrong(self, name: str) -> Words | None:
        read = reading.read(name)
        means = read.keyword or read.need or read.number is not None or read.language or read.crisis or read.leaving
        schools = {school.keyword for school in self.schools}
        if not name or means or len(name) > LONGEST or len(name.split()) > MOST_WORDS or name in schools:
            return making.no_name(name)
        for school in self.schools:
            found = definitions.opened(self.connection, school.id, name)
            if found is not None and found.closes_at is not None:
                return making.is_open(name, found.closes_at.astimezone(ZoneInfo(school.timezone)))
        return None

    def remind(self, name: str) -> int | Words | None:
        there = [found for school in self.schools if (found := definitions.newest(self.connection, school.id, name)) is not None]
        survey = next((found for each in there if (found := definitions.opened(self.connection, each.school_id, name)) is not None), None)
        secret = self.secrets.of(survey.id) if survey is not None else None
        if survey is None or secret is None:
            return making.not_open(name) if there else None
        return reminding.draft(self.connection, survey, secret, self.known.person_id, self.now) or making.too_few(name)

    def keep(self, query: KeepSurvey) -> Drafted:
        """The text of each language is the whole survey in it: it is translated, read and approved like any other."""
        school = authors.whose(query.audience, self.schools)
        closes = usual(self.connection, school.id, self.now)
        made = definitions.save(
            self.connection,
            school_id=school.id,
            slug=fold(query.name),
            definition=Definition.from_json(json.loads(query.definition)),
            author_id=self.known.person_id,
            now=self.now,
            anonymous=query.anonymous,
        )
        said = [tag for tag in made.definition.languages if not definitions.lacks_words(made.definition, tag)]
        number = drafts.save(
            self.connection,
            school_id=school.id,
            author_id=self.known.person_id,
            kind=Kind.SURVEY,
            audience=query.audience,
            language=made.definition.language,
            texts={tag: asking.whole(made.definition, tag) for tag in said},
            now=self.now,
            about={SURVEY: made.id},
        )
        for tag in said:
            if made.approved(tag):
                drafts.approve_text(self.connection, number, tag, by=self.known.person_id, now=self.now)
        mine = update(Survey).where(col(Survey.id) == made.id, col(Survey.stage) == SurveyStage.DRAFT)
        self.connection.execute(mine.values(announcement_id=number, closes_at=closes))
        return Drafted(number, closes)


ANSWERS: Answers = dict.fromkeys(
    get_args(LookedUp), lambda at, query: Making(at.connection, at.known, at.now, at.rules.secrets).answer(query)
)
