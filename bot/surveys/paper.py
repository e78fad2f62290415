"""Enter paper forms, and what was asked by phone or face to face: a row for each. Who took part already is counted once.

Columns are the names of the questions (or their numbers on the form), and of choice: code, phone, group, language, method.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from conversations.announcements.audience import FAMILIES, GROUPS
from conversations.folding import fold
from conversations.surveys import definition as define
from conversations.surveys.definition import SELECTS, Kind, Question
from conversations.surveys.expressions import Given
from locales import redaction
from storage import people
from storage.roster import reading
from storage.surveys import answers
from storage.surveys.definitions import Kept

from ..members import Unfit, parse_address
from . import slips

PAPER = "paper"
METHODS = (PAPER, "phone", "liaison", "focus group")
ABOUT = {
    "code": {"code", "codigo"},
    "phone": {"phone", "telefono", "number"},
    "group": {"group", "grupo"},
    "language": {"language", "idioma"},
    "method": {"method", "metodo"},
}


@dataclass(frozen=True)
class Sheet:
    """One filled-in form."""

    who: str | None
    """As `answers.who_hash` has it; None: neither a code nor a phone stands on it."""
    person_id: int | None
    group: str
    language: str
    method: str
    answers: Mapping[str, Given]


def read(connection: Connection, survey: Kept, secret: bytes, path: Path) -> list[Sheet]:
    """The forms in a CSV or .xlsx file; `Unfit` names the row that cannot be taken."""
    try:
        rows = list(reading.rows(path))
    except reading.BadRoster as bad:
        raise Unfit(str(bad)) from bad
    (_number, heading), *lines = rows or [(1, [])]
    questions = _questions(survey)
    about = {name: place for place, cell in enumerate(heading) for name, called in ABOUT.items() if fold(cell) in called}
    asked = {place: questions[fold(cell)] for place, cell in enumerate(heading) if fold(cell) in questions and place not in about.values()}
    if not asked:
        names = ", ".join(each.name for each in define.steps(survey.definition) if each.kind is not Kind.NOTE)
        raise Unfit(
            f"{path.name} needs a heading with the questions ({names}, or 1, 2, 3…); code, phone, group, language and method may stand beside them."
        )
    return list(_sheets(connection, survey, secret, lines, about=about, asked=asked))


def _questions(survey: Kept) -> dict[str, Question]:
    """By name, and by number as the form has them."""
    steps = [each for each in define.steps(survey.definition) if each.kind is not Kind.NOTE]
    return {**{str(n): each for n, each in enumerate(steps, 1)}, **{fold(each.name): each for each in steps}}


def _sheets(
    connection: Connection,
    survey: Kept,
    secret: bytes,
    rows: list[tuple[int, list[str]]],
    *,
    about: Mapping[str, int],
    asked: Mapping[int, Question],
) -> Iterator[Sheet]:
    for row, cells in rows:
        given = {name: cells[place].strip() if place < len(cells) else "" for name, place in about.items()}
        said = {question.name: cells[place].strip() if place < len(cells) else "" for place, question in asked.items()}
        try:
            who, person_id = _who(connection, survey, secret, given)
            yield Sheet(who, person_id, _group(given), _language(survey, given), _method(given), _answers(survey, asked.values(), said))
        except Unfit as unfit:
            raise Unfit(f"Row {row}: {unfit}") from unfit


def _who(connection: Connection, survey: Kept, secret: bytes, given: Mapping[str, str]) -> tuple[str | None, int | None]:
    """A phone tells more than a code: whoever answered by text too is counted once."""
    if given.get("phone"):
        known = people.at(connection, *parse_address(given["phone"]))
        if known is not None:
            return f"p{known.person_id}", known.person_id
        if not given.get("code"):
            raise Unfit("nobody has that number here: leave it out, or add them first (platica people add).")
    if not given.get("code"):
        return None, None
    code = slips.read(secret, survey.id, given["code"])
    if code is None:
        raise Unfit(f"“{given['code']}” is no code of this survey's forms: read it once more, or leave it out.")
    return slips.who(code), None


def _group(given: Mapping[str, str]) -> str:
    group = fold(given.get("group", "")) or FAMILIES
    if group not in GROUPS:
        raise Unfit(f"“{given['group']}” is no group: {', '.join(GROUPS)}.")
    return group


def _language(survey: Kept, given: Mapping[str, str]) -> str:
    tag = given.get("language", "").casefold() or survey.definition.language
    if tag not in survey.definition.languages:
        raise Unfit(f"it is not asked in “{given['language']}”, only in {', '.join(survey.definition.languages)}.")
    return tag


def _method(given: Mapping[str, str]) -> str:
    method = fold(given.get("method", "")) or PAPER
    if method not in METHODS:
        raise Unfit(f"“{given['method']}” is no method: {', '.join(METHODS)}.")
    return method


def _answers(survey: Kept, asked: Any, said: Mapping[str, str]) -> dict[str, Given]:
    """What was rightly asked, of what stands on the form. An empty cell is a question that was left out."""
    found: dict[str, Given] = {}
    for question in asked:
        found[question.name] = _given(question, said[question.name]) if said[question.name] else None
    notes = {each.name: None for each in define.steps(survey.definition) if each.kind is Kind.NOTE or each.name not in found}
    kept = define.kept(survey.definition, {**notes, **found})
    for question in asked:
        due = define.as_asked(question, kept) if question.name in kept else None
        if due is not None and kept[question.name] is not None and not define.fits(due, kept[question.name], kept):
            raise Unfit(f"“{said[question.name]}” is no answer to {question.name}.")
    if not any(value is not None for value in kept.values()):
        raise Unfit("nothing is answered: fill it in, or delete the row.")
    return {name: value for name, value in kept.items() if name in found}


def _given(question: Question, text: str) -> Given:
    match question.kind:
        case Kind.SELECT_ONE:
            return _choice(question, text)
        case Kind.SELECT_MULTIPLE:
            parts = re.split(r"[,;/|]+", text) if re.search(r"[,;/|]", text) or _named(question, text) else text.split()
            return " ".join(dict.fromkeys(_choice(question, part) for part in parts if part.strip()))
        case Kind.INTEGER | Kind.RANGE:
            if not re.fullmatch(r"-?\d{1,9}", text):
                raise Unfit(f"“{text}” is no whole number, which {question.name} asks for.")
            return int(text)
    return redaction.kept(text)


def _choice(question: Question, text: str) -> str:
    said = text.strip()
    if said.isascii() and said.isdecimal() and 1 <= int(said) <= len(question.choices):
        return question.choices[int(said) - 1].name
    if (named := _named(question, said)) is None:
        raise Unfit(f"“{said}” is no choice of {question.name}: write its number on the form, from 1 to {len(question.choices)}.")
    return named


def _named(question: Question, text: str) -> str | None:
    """By its name, or its words in any language."""
    if question.kind not in SELECTS:
        return None
    folded = fold(text)
    return next((each.name for each in question.choices if folded in {fold(each.name), *map(fold, each.label.values())}), None)


def enter(connection: Connection, survey: Kept, secret: bytes, sheets: list[Sheet], now: datetime) -> str:
    """Put them away; in words."""
    counted = [sheet for sheet in sheets if _entered(connection, survey, secret, sheet, now)]
    doubled = len(sheets) - len(counted)
    nameless = sum(sheet.who is None for sheet in counted)
    again = f" {doubled} had taken part already." if doubled else ""
    perhaps = (
        f" {nameless} have neither code nor phone: they are counted apart, as perhaps somebody's second, and twice if entered twice."
        if nameless
        else ""
    )
    return f"{len(sheets)} forms: {len(counted)} counted.{again}{perhaps}"


def _entered(connection: Connection, survey: Kept, secret: bytes, sheet: Sheet, now: datetime) -> bool:
    return answers.finish(
        connection,
        survey,
        secret,
        who=sheet.who,
        group=sheet.group,
        language=sheet.language,
        method=sheet.method,
        complete=True,
        answers=sheet.answers,
        now=now,
        person_id=sheet.person_id,
        perhaps_again=sheet.who is None,
    )
