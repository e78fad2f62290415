"""What the command line does with what a survey has found: shows it, writes it to files, sets it beside others, tends its themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import locales
from conversations.folding import fold
from conversations.surveys import results, tables, telling, themes
from conversations.surveys.results import Bar, Published
from conversations.surveys.tables import Table
from conversations.surveys.themes import Theme
from storage import people
from storage.surveys import counts, snapshots
from storage.surveys import themes as kept_themes
from storage.surveys.definitions import Kept
from storage.surveys.themes import Untouchable

from ..members import Unfit
from . import books, charts, page, reading, reporting
from .office import Desk
from .reporting import Chart, Report

LANGUAGE = "en"
"""Of what the command line says."""


@dataclass(frozen=True)
class Findings:
    """One survey that was opened once, at an operator's desk."""

    desk: Desk
    survey: Kept
    published: tuple[Published, ...]

    @classmethod
    def of(cls, desk: Desk, named: str, version: int = 0) -> Findings:
        """The newest version that was opened, or the one of a number. What can be told of it by now is told."""
        name = fold(named)
        there = [each for each in reading.asked(desk.connection, desk.school.id) if each.slug == name and version in {0, each.version}]
        if not there:
            desk.survey(named)
            raise Unfit(f"“{name}” has not been opened" + (f" in version {version}." if version else " yet: nobody has answered it."))
        return cls(desk, there[-1], tuple(reading.publish(desk.connection, there[-1], desk.now)))

    def report(self, language: str = LANGUAGE) -> Report:
        return reporting.of_survey(self.desk.connection, self.survey, self.published, language)

    # Shown

    def lines(self, drawn_from: int = 0) -> Iterator[str]:
        """Everything told, as text; with `drawn_from` how sure each share is, of a sample of so many drawn by lot."""
        report = self.report()
        yield f"{report.title} ({self.survey.slug}, version {self.survey.version}, {self.survey.stage.value})"
        yield locales.render(telling.answers(report.n), LANGUAGE)
        for chart in (*report.charts, *report.parts):
            yield from _chart(chart, drawn_from)
        for spoken in report.spoken:
            yield f"\n{spoken.title}"
            for name, count, quotes in spoken.lines:
                yield f"  {count:>6}  {name}"
                yield from (f"          “{quote}”" for quote in quotes)
        if report.n:
            yield from ("", *self._notes(report, drawn_from))

    def _notes(self, report: Report, drawn_from: int) -> Iterator[str]:
        if not report.final:
            yield "By group, by language, what only some were asked and themes: once, after the close."
        if drawn_from:
            yield f"Margins are those of a sample of {drawn_from:,} drawn by lot (95 of 100 such samples)."
        else:
            yield locales.render(telling.how_to_read(), LANGUAGE)

    def beside(self, others: Mapping[str, Findings]) -> Iterator[str]:
        """Its shares, and those of others beside them, as finely as all were told."""
        there = tables.tables(self.survey.definition, LANGUAGE)
        yield "this  " + "  ".join(others)
        for table in there:
            tellings = [found.seen(table) for found in (self, *others.values())]
            yield from _compared(table, reporting.side_by_side(table, tellings))

    def seen(self, table: Table) -> Mapping[tuple[int, int], int]:
        """What is told of a table of this name and these cells; nothing where it was another then."""
        mine = {each.name: each for each in tables.tables(self.survey.definition, LANGUAGE)}.get(table.name)
        return results.view(table.name, self.published) if mine is not None and mine.names == table.names else {}

    def district(self) -> Mapping[str, Mapping[tuple[int, int], int]]:
        """All schools that ask the same and have told something, as one; by table."""
        found = [self, *self._elsewhere()]
        there = tables.tables(self.survey.definition, LANGUAGE)
        return {table.name: results.together([each.seen(table) for each in found]) for table in there}

    def _elsewhere(self) -> Iterator[Findings]:
        for school in people.schools(self.desk.connection):
            if school.id != self.desk.school.id:
                desk = Desk(self.desk.connection, school, self.desk.now)
                mine = [each for each in reading.asked(self.desk.connection, school.id) if each.slug == self.survey.slug]
                for survey in mine[-1:]:
                    yield Findings(desk, survey, tuple(snapshots.told(self.desk.connection, survey.id)))

    def beside_the_district(self) -> Iterator[str]:
        yield "this school  all schools"
        found = self.district()
        for table in tables.tables(self.survey.definition, LANGUAGE):
            yield from _compared(table, reporting.side_by_side(table, [self.seen(table), found[table.name]]))

    # Written

    def write_xlsx(self, path: Path) -> str:
        books.write_xlsx(self.report(), path)
        return f"{path}: the figures, the themes, and a codebook."

    def write_csv(self, path: Path) -> str:
        return f"{path}, and its codebook in {books.write_csv(self.report(), path)}."

    def write_pdf(self, path: Path) -> str:
        tags = [tag for tag in self.desk.school.languages if tag in locales.LANGUAGES] or [LANGUAGE]
        path.write_bytes(page.page([self.report(tag) for tag in tags], self.desk.school.name))
        return f"{path}: a page for the committee. Read it before you hand it on: what people wrote is in it."

    def write_pictures(self, folder: Path) -> str:
        """A picture of each question in the school's first language."""
        report = self.report(next(iter(self.desk.school.languages), LANGUAGE))
        folder.mkdir(parents=True, exist_ok=True)
        noted = charts.Noted(f"{self.desk.school.name} · {report.title}", locales.render(telling.answers(report.n), report.language))
        drawn = [chart for chart in report.charts if chart.lines]
        for n, chart in enumerate(drawn, 1):
            (folder / books.picture_name(report, chart, n)).write_bytes(charts.png(chart, noted))
        return f"{len(drawn)} pictures are in {folder}."

    # Themes

    def themes(self, question: str) -> tuple[str, dict[int, Theme]]:
        """The open question that is meant, and its themes; found now if there are none yet."""
        names = [each.name for each in tables.open_questions(self.survey.definition)]
        if not names or (question and question not in names):
            raise Unfit(f"“{self.survey.slug}” has no open question {question}. It has: {', '.join(names) or 'none'}.")
        name = question or names[0]
        newest = counts.newest(self.desk.connection, self.survey.id)
        if newest is None:
            raise Unfit("No answers have been moved yet: there must be ten of them.")
        return name, kept_themes.propose(self.desk.connection, self.survey.id, name, newest, reading.small_words())

    def tend(self, question: str, *, rename: str, merge: str, words: str) -> Iterator[str]:
        """Change the themes as asked, and show them."""
        name, there = self.themes(question)
        numbers = list(there)
        try:
            if rename:
                number, text = _numbered(rename, numbers, "--rename 2=lights")
                kept_themes.rename(self.desk.connection, number, text)
            if words:
                number, text = _numbered(words, numbers, "--words 2=light,lamp")
                kept_themes.change_words(self.desk.connection, self.survey.id, number, themes.spoken(text.replace(",", " ").split()))
            if merge:
                into, other = _numbered(merge, numbers, "--merge 2=3")
                kept_themes.merge(self.desk.connection, self.survey.id, into, _place(other, numbers, "--merge 2=3"))
        except Untouchable as why:
            raise Unfit(str(why)) from why
        yield f"{name}: an answer belongs to the first theme that it has a word of."
        kept = kept_themes.kept(self.desk.connection, self.survey.id, name)
        yield from (f"{n:>3}  {theme.name}: {', '.join(theme.words)}" for n, theme in enumerate(kept.values(), 1))

    # Told to families

    def tell(self, did: str, language: str) -> str:
        tag = language or next((each for each in self.desk.school.languages if each in locales.LANGUAGES), LANGUAGE)
        number = reading.keep_heard(self.desk.connection, self.survey, self.desk.now, did=did, language=tag, author_id=None)
        if number is None:
            raise Unfit("Nothing is told yet: there must be ten answers.")
        return f"Draft {number} tells families what was heard. A coordinator reads it and texts SEND {number}."


def _chart(chart: Chart, drawn_from: int) -> Iterator[str]:
    yield f"\n{chart.title}" + (f" ({chart.part})" if chart.part else "")
    for line in chart.lines:
        yield f"  {line.bar.count:>6}  {line.percent:>3} %  {line.label}{_margin(line.bar, drawn_from)}"
    if not chart.lines:
        yield f"  {locales.render(telling.nothing_apart(), LANGUAGE)}"


def _margin(bar: Bar, drawn_from: int) -> str:
    found = results.margin(bar, drawn_from) if drawn_from else None
    return f"  ({results.percent(found[0])}-{results.percent(found[1])} %)" if found else ""


def _compared(table: Table, bars: Iterable[list[Bar]]) -> Iterator[str]:
    each = list(bars)
    title = locales.render(tables.title(table.question, LANGUAGE, next(iter(table.question.label), LANGUAGE)), LANGUAGE)
    yield f"\n{title}"
    if not each or not each[0]:
        yield f"  {locales.render(telling.nothing_apart(), LANGUAGE)}"
    for row in zip(*each, strict=True):
        shares = "  ".join(f"{results.percent(bar.share):>3} %" for bar in row)
        moved = f"  {results.change(row[1], row[0]):+}" if len(row) == 2 else ""  # noqa: PLR2004 - the one other
        yield f"  {shares}{moved}  {locales.render(tables.called(table, *row[0].range), LANGUAGE)}"


def _numbered(given: str, numbers: list[int], example: str) -> tuple[int, str]:
    place, sign, text = given.partition("=")
    if not sign or not text.strip():
        raise Unfit(f"{given} cannot be read: write it like {example}.")
    return _place(place, numbers, example), text.strip()


def _place(given: str, numbers: list[int], example: str) -> int:
    """The theme at a place in the list as it is shown."""
    if not (given.strip().isdecimal() and 0 < int(given) <= len(numbers)):
        raise Unfit(f"There is no theme {given}: write it like {example}, with the numbers of the list.")
    return numbers[int(given) - 1]


def earlier(desk: Desk, found: Findings, version: int) -> Findings:
    """An earlier wave of the same survey."""
    if version == found.survey.version:
        raise Unfit("That is the same version: name an earlier one.")
    return Findings.of(desk, found.survey.slug, version)
