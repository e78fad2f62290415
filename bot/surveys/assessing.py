"""What the command line does with an assessment: begins it, shows whom it has reached, writes that down, closes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import locales
from conversations.surveys import assessment, suppressing
from conversations.surveys.assessment import Standing
from storage.surveys import assessments
from storage.surveys.assessments import Unready

from ..members import Unfit
from . import books
from .office import Desk

HEADING = ("figure", "of", "count", "there are", "percent", "lacking for a majority")


def begin(desk: Desk, name: str, sizes: Mapping[str, int]) -> str:
    try:
        assessments.begin(desk.connection, desk.school.id, " ".join(name.split()), sizes, desk.now)
    except Unready as unready:
        raise Unfit(str(unready)) from unready
    wanted = ", ".join(f"{size // 2 + 1} of {size} {group}" for group, size in sizes.items())
    return f"“{name}” has begun. A majority of each: {wanted}. Open its surveys now; at least {assessment.METHODS_NEEDED} methods."


def status(desk: Desk, xlsx: Path | None) -> Iterator[str]:
    row = assessments.newest(desk.connection, desk.school.id)
    if row is None:
        raise Unfit("No assessment has begun at this school: `platica assessment begin`.")
    standing = assessments.standing(desk.connection, row)
    yield from locales.render(assessment.told(standing), "en").splitlines()
    if standing.surveys > 1:
        yield f"It has {standing.surveys} surveys. Nobody can know who took part in two of them: “at least” is the largest alone."
    if xlsx is not None:
        try:
            books.write_sheets({"assessment": [HEADING, *rows(standing)]}, xlsx)
        except OSError as refused:
            raise Unfit(f"Nothing can be written to {xlsx} ({refused.strerror}).") from refused
        yield f"The figures are in {xlsx}."


def close(desk: Desk) -> str:
    try:
        return f"“{assessments.close(desk.connection, desk.school.id, desk.now)}” is closed. Its figures stay."
    except Unready as unready:
        raise Unfit(str(unready)) from unready


def rows(standing: Standing) -> Iterator[tuple[Any, ...]]:
    """Groups, methods and languages; fewer than ten in a language or by a method are not told apart."""
    for each in standing.groups:
        yield ("reached at least", each.group, each.least, each.size, round(100 * each.least / each.size, 1), each.lacking)
        yield ("reached at most, if nobody took part twice", each.group, each.most, each.size, None, None)
    for figure, counts in (("by method", standing.methods), ("by language", standing.languages)):
        for block in suppressing.in_blocks(counts):
            count = sum(counts[name] for name in block)
            yield (figure, ", ".join(block), count if count >= suppressing.LEAST else "fewer than ten", None, None, None)
