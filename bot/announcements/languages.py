"""What the command line does with a school's languages: which are required, who translates, and which words the school uses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from conversations.folding import fold
from locales.saying import language_name
from storage import people
from storage.announcements import translators

from ..members import Unfit, parse_address

SHARE = 15.0
"""Per cent of a school's pupils from which on notices must be in their language (California Education Code 48985)."""
COLUMNS = ("language", "term", "says")
LONGEST_TERM = 80
MOST_TERMS = 2000
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def set_language(connection: Connection, *, keyword: str, tag: str, percent: float | None, required: bool | None) -> str:
    """Say whether notices of a school must be in a language; by its share where nothing else is said."""
    school = school_called(connection, keyword)
    _tag(tag)
    if percent is not None and not 0 <= percent <= 100:  # noqa: PLR2004
        raise Unfit(f"{percent:g} is no share of the pupils: give a number from 0 to 100, like --percent 41.5.")
    if percent is None and required is None:
        raise Unfit(
            f"Say how many per cent of the pupils speak it (--percent 41.5; from {SHARE:g} on it is required), or --required or --optional."
        )
    must = percent is not None and percent >= SHARE if required is None else required
    translators.set_language(connection, school.id, tag, percent=percent, required=must)
    share = f" ({percent:g} % of the pupils)" if percent is not None else ""
    says = "required: nothing is announced before it is approved" if must else "optional"
    lines = [f"{school.name}: {language_name(tag, 'en')}{share} is {says}."]
    if must and tag != "en" and not translators.order(connection, school.id, tag):
        lines.append(f"Nobody is listed who translates it: platica people translates ADDRESS {tag} --school {keyword.upper()}")
    return "\n".join(lines)


def translates(connection: Connection, *, address: str, tag: str, keyword: str, place: int, remove: bool) -> str:
    """Put a member of the staff on the list of who translates into a language, or take them off it."""
    _tag(tag)
    known = people.at(connection, *parse_address(address))
    if known is None:
        raise Unfit(f"Nobody is known at {address}: add them first with `platica people add`.")
    school = school_called(connection, keyword) if keyword else _only_school(connection, known.person_id, address)
    if remove:
        gone = translators.remove(connection, school.id, tag, known.person_id)
        listed = "no longer translates" if gone else "was not listed for"
        return f"{address} {listed} {language_name(tag, 'en')} at {school.name}."
    if set(people.STAFF).isdisjoint(people.roles(connection, known.person_id, school.id)):
        part = f"platica people add {address} --role liaison --school {school.keyword.upper()}"
        raise Unfit(f"{address} does not work at {school.name}: give them a part first, with `{part}`.")
    if place < 1:
        raise Unfit("The order begins with 1: who is asked first.")
    translators.add(connection, school.id, tag, known.person_id, place)
    return f"{address} translates {language_name(tag, 'en')} for {school.name}, and is asked as number {place}."


def school_called(connection: Connection, keyword: str) -> Any:
    school = people.school_called(connection, fold(keyword))
    if school is None:
        raise Unfit(f"No school has the keyword {keyword}.")
    return school


def _only_school(connection: Connection, person_id: int, address: str) -> Any:
    mine = [school for school in people.schools(connection) if people.roles(connection, person_id, school.id)]
    if len(mine) != 1:
        raise Unfit(f"{address} has a part in {len(mine)} schools: say which with --school KEYWORD.")
    return mine[0]


def _tag(tag: str) -> None:
    if not _TAG.fullmatch(tag):
        raise Unfit(f"{tag} is no language tag: they look like es, vi or zh-Hant.")


# The glossary


@dataclass(frozen=True)
class Glossary:
    """A file of terms: by language, folded term and what is said for it; and what could not be used."""

    says: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


def read_glossary(path: Path) -> Glossary:
    """The rows of a CSV with the columns language, term and says. `Unfit` if it is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = [fold(name) for name in rows.fieldnames or ()]
            if missing := [name for name in COLUMNS if name not in names]:
                raise Unfit(f"{path.name} lacks the column {', '.join(missing)}: its first line must be language,term,says.")
            return _glossary(
                {fold(name): value or "" for name, value in row.items() if isinstance(value, str | None) and name} for row in rows
            )
    except OSError as error:
        raise Unfit(f"{path} cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise Unfit(f"{path.name} is not a CSV file in UTF-8: save it anew as “CSV UTF-8”.") from None


def _glossary(rows: Iterator[Mapping[str, str]]) -> Glossary:
    says: dict[str, dict[str, str]] = {}
    rejected = []
    for n, row in enumerate(rows, 2):
        tag, term, word = row.get("language", "").strip(), fold(row.get("term", "")), " ".join(row.get("says", "").split())
        if wrong := _wrong(tag, term, word, says):
            rejected.append(f"row {n}: {wrong}")
        else:
            says.setdefault(tag, {})[term] = word
    return Glossary(says, tuple(rejected))


def _wrong(tag: str, term: str, word: str, says: Mapping[str, Mapping[str, str]]) -> str:
    if not _TAG.fullmatch(tag):
        return f"“{tag}” is no language tag, like es"
    if not term or not word:
        return "the term or what is said for it is missing"
    if max(len(term), len(word)) > LONGEST_TERM:
        return f"longer than {LONGEST_TERM} characters: a glossary has words, not sentences"
    if term in says.get(tag, {}) and says[tag][term] != word:
        return f"“{term}” stands above already, with another word"
    return f"more than {MOST_TERMS:,} terms" if sum(map(len, says.values())) >= MOST_TERMS else ""


def import_glossary(connection: Connection, *, glossary: Glossary, keyword: str, write: bool) -> list[str]:
    """What would change, or has, a line each; what was rejected, with the reason."""
    school = school_called(connection, keyword)
    lines = [f"rejected, {each}" for each in glossary.rejected]
    for tag, says in sorted(glossary.says.items()):
        had = translators.terms(connection, school.id, tag)
        new = [term for term in says if term not in had]
        other = [term for term in says if had.get(term, says[term]) != says[term]]
        lines += [f"{tag}: new: {term} = {says[term]}" for term in new]
        lines += [f"{tag}: changed: {term} = {says[term]} (was {had[term]})" for term in other]
        lines.append(f"{tag}: {len(new)} new, {len(other)} changed, {len(says) - len(new) - len(other)} as they were.")
        if write:
            translators.set_terms(connection, school.id, tag, says)
    return lines or ["The file has no terms."]
