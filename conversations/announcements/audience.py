"""Whom something goes to: a union of clauses without others. It is counted while a draft is written and frozen when it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

FAMILIES, STAFF, PARTNERS, COMMUNITY = "families", "staff", "partners", "community"
GROUPS: Mapping[str, tuple[str, ...]] = {
    FAMILIES: ("family",),
    STAFF: ("staff", "liaison", "coordinator", "principal", "manager"),
    PARTNERS: ("partner",),
    COMMUNITY: ("community",),
}
"""The interest-holder groups of the California Community Schools Partnership Program, as the roles that make them."""

SCHOOL, GROUP, LANGUAGE, ROLE, TOPIC, BLOCKED = "school", "group", "language", "role", "topic", "blocked"
"""What a criterion can ask for here. `storage.announcements.audience.CRITERIA` answers each, and those that other features add."""


@dataclass(frozen=True)
class Criterion:
    """One thing that holds of a person: `Criterion("school", "mesa")`, `Criterion("group", "families")`, `Criterion("language", "es")`."""

    kind: str
    value: str


Clause = tuple[Criterion, ...]
"""All of these hold."""


@dataclass(frozen=True)
class Audience:
    """Everybody of whom one clause of `include` holds and none of `exclude`."""

    include: tuple[Clause, ...]
    exclude: tuple[Clause, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: `{"include": [[["group", "families"]]], "exclude": []}`."""
        return {"include": _to_json(self.include), "exclude": _to_json(self.exclude)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(_from_json(kept["include"]), _from_json(kept["exclude"]))

    @property
    def criteria(self) -> frozenset[Criterion]:
        """Every criterion that is named, on either side."""
        return frozenset(each for clause in (*self.include, *self.exclude) for each in clause)


def of_school(keyword: str, *groups: str) -> Audience:
    """The groups of one school; its families where none is named."""
    return Audience(tuple((Criterion(SCHOOL, keyword.casefold()), Criterion(GROUP, group)) for group in groups or (FAMILIES,)))


def _to_json(clauses: Sequence[Clause]) -> list[list[list[str]]]:
    return [[[each.kind, each.value] for each in clause] for clause in clauses]


def _from_json(kept: Sequence[Sequence[Sequence[str]]]) -> tuple[Clause, ...]:
    return tuple(tuple(Criterion(str(kind), str(value)) for kind, value in clause) for clause in kept)
