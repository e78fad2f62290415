"""What a conversation looks up about surveys, and how its answers are put away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never, get_args

from sqlalchemy import Connection

from conversations.announcements.audience import FAMILIES
from conversations.surveys.hearing import LastAsked, OnScreen
from conversations.surveys.taking import KIOSK, LIAISON, PHONE, Answered, Form, FormOf, SlipIn, SurveyCalled, WordIn
from locales import surveying
from storage import people, sealing
from storage.people import Known
from storage.surveys import answers, definitions, views
from storage.surveys.definitions import Kept

from ..turning import Answers, At, Does
from . import apart, slips
from .secrets import Secrets

READ = timedelta(minutes=1)
"""An answer that comes sooner than this after an invitation was perhaps meant for something else."""
RESTS = timedelta(hours=72)
"""After so long a bare number is asked about, and what is half answered is put away."""
SMS = "sms"
LookedUp = FormOf | SurveyCalled | LastAsked | WordIn | SlipIn
OF_SOMEBODY_ELSE = frozenset({KIOSK, LIAISON, PHONE})


@dataclass(frozen=True)
class Desk:
    """In one transaction, for one person, at one moment."""

    connection: Connection
    known: Known
    now: datetime
    secrets: Secrets

    def answer(self, query: LookedUp) -> Any:
        match query:
            case FormOf(survey_id, about):
                return self.form(survey_id, about)
            case SurveyCalled(name):
                return views.called(self.connection, self.known, name)
            case LastAsked():
                return self.last_asked()
            case WordIn(text):
                return surveying.word(text)
            case SlipIn(survey_id, text):
                secret = self.secrets.of(survey_id)
                return None if secret is None else slips.read(secret, survey_id, text)
            case _:
                assert_never(query)

    def form(self, survey_id: int, about: str) -> Form | None:
        survey = definitions.kept(self.connection, survey_id)
        if survey is None:
            return None
        found = views.form(self.connection, survey)
        secret = self.secrets.of(survey_id) if found.open else None
        if secret is None:
            return replace(found, open=False)
        return replace(found, taken=answers.took_part(self.connection, survey, secret, self.who(about)))

    def last_asked(self) -> OnScreen | None:
        found = views.last_asked(self.connection, self.known.address_id)
        return OnScreen(found[0], READ <= self.now - found[1] <= RESTS) if found is not None else None

    def who(self, about: str) -> str:
        """Whom a participation is of: the person, or whoever the phone is of that somebody answers for, or a paper form."""
        if not about:
            return f"p{self.known.person_id}"
        if not about.startswith("+"):
            return slips.who(about)
        theirs = people.at(self.connection, SMS, about)
        return f"p{theirs.person_id}" if theirs is not None else f"n{sealing.in_use().lookup(about)}"

    def put_away(self, effect: Answered) -> bool:
        """Who took part, and apart from it what they said. False where they had taken part, or it is over."""
        survey = definitions.kept(self.connection, effect.survey)
        secret = self.secrets.of(effect.survey)
        if survey is None or secret is None:
            return False
        theirs = people.at(self.connection, SMS, effect.about) if effect.about else self.known
        nobody = effect.method == KIOSK
        return answers.finish(
            self.connection,
            survey,
            secret,
            who=None if nobody else self.who(effect.about),
            group=self.group(survey, theirs, effect.method),
            language=effect.language,
            method=effect.method,
            complete=effect.complete,
            answers=apart.redacted(survey.definition, effect.answers),
            now=self.now,
            person_id=theirs.person_id if theirs is not None and not nobody else None,
            perhaps_again=nobody,
        )

    def group(self, survey: Kept, theirs: Known | None, method: str) -> str:
        """At a kiosk and on behalf of a phone that nobody knows it is families whom one asks."""
        if theirs is None or method == KIOSK:
            return FAMILIES
        return views.group_of(self.connection, theirs.person_id, survey.school_id)


def _desk(at: At) -> Desk:
    return Desk(at.connection, at.known, at.now, at.rules.secrets)


ANSWERS: Answers = dict.fromkeys(get_args(LookedUp), lambda at, query: _desk(at).answer(query))
DOES: Does = {Answered: lambda at, effect: _desk(at).put_away(effect)}
