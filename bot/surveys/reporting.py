"""What has been told of a survey, as it is read: a chart for each question, in one language. Texts, tables, pictures and pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

import locales
from conversations.surveys import assessment, results, tables, telling
from conversations.surveys.definition import OTHER, OTHER_NAME, Definition, Question
from conversations.surveys.results import Bar, Published, Themes
from conversations.surveys.suppressing import Told
from conversations.surveys.tables import Table
from conversations.surveys.themes import Theme
from conversations.words import Words, as_is, joined
from locales import redaction
from storage.surveys import snapshots
from storage.surveys import themes as kept_themes
from storage.surveys.definitions import Kept


@dataclass(frozen=True)
class Line:
    """A bar, with what it stands for."""

    label: str
    bar: Bar
    name: str
    """In files: the choices' own names."""

    @property
    def percent(self) -> int:
        return results.percent(self.bar.share)


@dataclass(frozen=True)
class Chart:
    """One question. No lines: nothing of it can be told."""

    question: Question
    title: str
    lines: tuple[Line, ...]
    part: str = ""
    """The group or language it is of; empty: everybody."""


@dataclass(frozen=True)
class Spoken:
    """An open question: its themes, the most frequent first, each with a few answers."""

    question: Question
    title: str
    of: int
    lines: tuple[tuple[str, int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Report:
    """A survey as it is told in one language."""

    survey: Kept
    language: str
    n: int
    """0: nothing is told yet."""
    final: bool
    charts: tuple[Chart, ...]
    parts: tuple[Chart, ...] = ()
    """By group, by language, and of those who may have answered before."""
    spoken: tuple[Spoken, ...] = ()

    @property
    def title(self) -> str:
        return self.survey.definition.title.get(self.language) or self.survey.definition.title.get(self.survey.definition.language, "")


def report(survey: Kept, published: Sequence[Published], language: str, themes: Mapping[int, Theme]) -> Report:
    """Everything told of a survey. `themes` are those people have left, by number."""
    definition = survey.definition
    there = tables.tables(definition, language)
    last = published[-1] if published else Published(0, 0)
    seen = {table.name: results.view(table.name, published) for table in there}
    return Report(
        survey,
        language,
        last.n,
        last.final,
        tuple(_charts(definition, there, seen, language)),
        (*_parts(definition, there, last, language), *_again(definition, there, published, language)),
        tuple(_spoken(definition, last.themes, themes, language)),
    )


def of_survey(connection: Connection, survey: Kept, published: Sequence[Published], language: str) -> Report:
    """The same, with the themes as they are kept."""
    themes: dict[int, Theme] = {}
    for question in tables.open_questions(survey.definition):
        themes |= kept_themes.kept(connection, survey.id, question.name)
    return report(survey, published, language, themes)


def told(connection: Connection, survey: Kept, language: str) -> Report:
    """What was told so far, and nothing new."""
    return of_survey(connection, survey, snapshots.told(connection, survey.id), language)


def side_by_side(one: Table, tellings: Sequence[Told]) -> list[list[Bar]]:
    """The same bars of several surveys."""
    found = results.alike(tellings)
    whole = [sum(told.values()) for told in found]
    made = [[Bar(each, count, of) for each, count in told.items()] for told, of in zip(found, whole, strict=True)]
    return [[bar for bar in bars if bar.range == (0, 1)] for bars in made] if one.choice is not None else made


def _charts(definition: Definition, there: Iterable[Table], seen: Mapping[str, Told], language: str, part: str = "") -> Iterator[Chart]:
    for question, mine in groupby(there, key=lambda table: table.question):
        lines = tuple(line for table in mine for line in _lines(table, results.bars(table, seen[table.name]), language))
        yield Chart(question, _title(definition, question, language), lines, part)


def _parts(definition: Definition, there: Sequence[Table], last: Published, language: str) -> Iterator[Chart]:
    for what, by in last.by.items():
        for n, block in enumerate(by.blocks):
            seen = {name: {each: row[n] for each, row in ranges.items()} for name, ranges in by.tables.items()}
            mine = [table for table in there if table.name in seen]
            yield from _charts(definition, mine, seen, language, part=locales.render(called(what, block), language))


def _again(definition: Definition, there: Sequence[Table], published: Sequence[Published], language: str) -> Iterator[Chart]:
    """Whoever may have answered before, by themselves."""
    seen = {table.name: told for table in there if (told := results.view(table.name, published, again=True))}
    mine = [table for table in there if table.name in seen]
    yield from _charts(definition, mine, seen, language, part=locales.render(telling.perhaps_again(), language))


def _spoken(definition: Definition, told: Mapping[str, Themes], themes: Mapping[int, Theme], language: str) -> Iterator[Spoken]:
    for question in tables.open_questions(definition):
        if (mine := told.get(question.name)) is not None:
            ordered = sorted((number for number in mine.counts if number in themes), key=lambda number: -mine.counts[number])
            lines = ((themes[each].name, mine.counts[each], tuple(_quotable(mine.quotes.get(each, ())))) for each in ordered)
            yield Spoken(question, _title(definition, question, language), mine.asked, tuple(lines))


def _quotable(said: Iterable[str]) -> Iterator[str]:
    """Answers that name nobody and no number, as far as we can see."""
    return (each for each in said if redaction.quotable(each))


def _lines(table: Table, bars: Iterable[Bar], language: str) -> Iterator[Line]:
    for bar in bars:
        name = " ".join((*table.names, "")[bar.range[0] : bar.range[1]]).strip()
        yield Line(locales.render(tables.called(table, *bar.range), language), bar, name or table.name)


def _title(definition: Definition, question: Question, language: str) -> str:
    """Behind "other" that of the question it belongs to."""
    before = {each.name: each for each in definition.questions}.get(question.name.removesuffix(f"_{OTHER_NAME}"))
    if question.label or before is None:
        return locales.render(tables.title(question, language, definition.language), language)
    return f"{_title(definition, before, language)} {locales.render(OTHER, language)}:"


def called(what: str, block: Sequence[str]) -> Words:
    """A block of groups or of languages in words: "staff, community partners"."""
    if what == "group":
        return joined(", ", *(assessment.called(name) for name in block))
    return joined(", ", *(as_is(locales.LANGUAGES.get(tag, tag)) for tag in block))
