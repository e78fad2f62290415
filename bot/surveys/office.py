"""What the command line does with surveys: bring one in, list, write out, approve, open and close."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import locales
from conversations.folding import fold
from conversations.surveys.definition import Definition
from storage.gate import audit
from storage.surveys import batches, definitions
from storage.surveys.definitions import Kept, Unready
from storage.surveys.tables import SurveyStage

from ..at_school import AtSchool
from ..events import when
from ..members import Unfit
from . import exporting, measuring, resting
from .opening import CLOSES, OPEN_FOR
from .secrets import Secrets


@dataclass(frozen=True)
class Desk(AtSchool):
    """The surveys of one school, in one transaction, by the operator's hand."""

    def survey(self, named: str) -> Kept:
        """The newest version of a name."""
        found = definitions.newest(self.connection, self.school.id, fold(named))
        if found is None:
            raise Unfit(
                f"{self.school.name} has no survey {named}: `platica survey list --school {self.school.keyword}` shows those there are."
            )
        return found

    def bring_in(self, definition: Definition, *, slug: str, anonymous: bool, save: bool) -> Iterator[str]:
        """What is weak about it, and with `save` that it is kept."""
        name = fold(slug or definition.slug)
        if not name:
            raise Unfit("The survey has no name that can be texted: give one with --name.")
        for warning in measuring.warnings(definition, self.school.languages):
            yield f"look: {locales.render(warning, 'en')}"
        last = definitions.newest(self.connection, self.school.id, name)
        version = 1 if last is None else last.version + (last.stage is not SurveyStage.DRAFT)
        if not save:
            yield f"It would be version {version} of “{name}”."
            return
        try:
            made = definitions.save(
                self.connection,
                school_id=self.school.id,
                slug=name,
                definition=definition,
                author_id=None,
                now=self.now,
                anonymous=anonymous,
            )
        except Unready as unready:
            raise Unfit(str(unready)) from unready
        yield f"Saved: version {made.version} of “{name}”, {'anonymous' if anonymous else 'named'}, a draft."
        yield from self._next(made)

    def _next(self, survey: Kept) -> Iterator[str]:
        for tag in definitions.lacking(self.connection, survey):
            words = "is not all said" if definitions.lacks_words(survey.definition, tag) else "is not approved"
            yield f"In {tag} it {words} yet, and the school's notices must be in {tag}."

    def listed(self) -> Iterator[str]:
        for survey in definitions.listed(self.connection, self.school.id):
            until = f" until {survey.closes_at.astimezone(self.zone):%a %b %d %H:%M}" if survey.closes_at else ""
            mode = "anonymous" if survey.anonymous else "named"
            tags = ", ".join(f"{tag}" if survey.approved(tag) else f"{tag} (not approved)" for tag in survey.definition.languages)
            yield f"{survey.slug} {survey.version}: {survey.stage.value}{until}, {survey.definition.asked} questions, {tags}, {mode}"

    def export(self, named: str, to: Path) -> str:
        """Write the newest version as a form."""
        survey = self.survey(named)
        try:
            exporting.write(survey.definition, to)
        except OSError as refused:
            raise Unfit(
                f"Nothing can be written to {to} ({refused.strerror}): name a file in a folder that is there and yours."
            ) from refused
        return f"Version {survey.version} of “{survey.slug}” is written to {to}."

    def approve(self, named: str, language: str) -> str:
        """By whoever has the command line, in the name of who speaks the language and has read it."""
        survey = self.survey(named)
        try:
            definitions.approve(self.connection, survey.id, language, by=None, now=self.now)
        except Unready as unready:
            raise Unfit(str(unready)) from unready
        return f"“{survey.slug}” is approved in {language} until its words change."

    def open(self, named: str, until: str, secrets: Secrets) -> str:
        """From now on it is answered. Its secret is made first: without one nobody can take part."""
        survey = self.survey(named)
        closes = self._closes(until)
        secrets.make(survey.id)
        try:
            made = definitions.open_now(self.connection, survey.id, now=self.now, closes_at=closes)
        except Unready as unready:
            raise Unfit(f"“{survey.slug}” cannot be opened. {unready}") from unready
        self._noted(made, "opened")
        said = f"“{made.slug}” is open until {closes.astimezone(self.zone):%a %b %d, %H:%M}, in {', '.join(definitions.asked_in(made))}."
        return f"{said} Its questions stay as they are now. Leave {secrets.folder} out of every backup."

    def close(self, named: str, secrets: Secrets) -> int:
        """Take no more answers and move the last ones; the survey's number. Its secret is destroyed once this is on disk."""
        survey = definitions.opened(self.connection, self.school.id, fold(named)) or self.survey(named)
        resting.turn_in(self.connection, survey.id, self.now, secrets)
        if not batches.close(self.connection, survey, secrets.of(survey.id), self.now):
            raise Unfit(f"“{survey.slug}” is not open.")
        self._noted(survey, "closed")
        return survey.id

    def opened(self, named: str) -> Kept:
        """The version that is open."""
        found = definitions.opened(self.connection, self.school.id, fold(named))
        if found is None:
            raise Unfit(f"“{self.survey(named).slug}” is not open: platica survey open {named} --school {self.school.keyword}")
        return found

    def _noted(self, survey: Kept, outcome: str) -> None:
        audit.write(self.connection, self.now, person_id=None, action="survey", outcome=outcome, about={"survey": survey.id})

    def _closes(self, until: str) -> datetime:
        local = self.now.astimezone(self.zone)
        if not until.strip():
            return datetime.combine((local + OPEN_FOR).date(), CLOSES, self.zone)
        for text in (until, f"{until} {CLOSES:%H:%M}"):
            with suppress(when.Unreadable):
                return when.moment(text, local)
        raise Unfit(f"“{until}” names no day: write it like fri dec 4, or 2026-12-04 18:00.")
