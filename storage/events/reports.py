"""What an event came to, in counts: answers, places, what was needed and given, and who came against who said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from conversations.events.event import RESOURCES, PartStat

from ..announcements.audience import FEWEST, people_of
from ..tables import Outbox
from . import attendance, checks, events, lifecycle, places, rsvps
from .audience import SILENT, of_event
from .tables import Claim, EventStage


@dataclass(frozen=True)
class Count:
    """Households, and the people in them."""

    households: int = 0
    adults: int = 0
    children: int = 0

    @property
    def people(self) -> int:
        return self.adults + self.children


@dataclass(frozen=True)
class PlacesOf:
    """One kind of place."""

    limit: int | None
    """None: as many as come."""
    held: int
    offered: int
    waiting: int
    """Places that are wanted and not had."""
    households_waiting: int


@dataclass(frozen=True)
class Showing:
    """Of those who answered in a language: how many said yes, how many of them came, and how many came without saying so."""

    said_yes: Count
    came_of_them: Count
    came_besides: Count


@dataclass(frozen=True)
class Report:
    event_id: int
    stage: str
    invited: int
    """People in the ledger of the invitation."""
    unanswered: int | None
    """Of them, nobody of the household has answered. None: fewer than ten, so not said."""
    answers: Mapping[PartStat, Count]
    by_language: Mapping[str, Count]
    """Of those who said yes; "" where it is not known."""
    places: Mapping[str, PlacesOf]
    """By kind; only what is offered."""
    needs: Mapping[str, Any]
    """As `storage.events.lifecycle.needs_of`."""
    came: Count
    came_by_language: Mapping[str, Count]
    came_how: Mapping[str, Count]
    """"code", "qr", "paper"."""
    showing: Mapping[str, Showing]
    """By language."""


def report(connection: Connection, event_id: int) -> Report:
    """`NoSuchEvent` if there is none."""
    event = events.by_id(connection, event_id)
    if event is None:
        raise checks.NoSuchEvent(event_id)
    answered, there = rsvps.of_event(connection, event_id), attendance.of_event(connection, event_id)
    yes = [row for row in answered if row.partstat == PartStat.ACCEPTED]
    return Report(
        event_id=event_id,
        stage=str(event.stage),
        invited=invited(connection, event),
        unanswered=unanswered(connection, event),
        answers={PartStat(each): count(rows) for each, rows in _by(answered, "partstat").items()},
        by_language={tag: count(rows) for tag, rows in _by(yes, "language").items()},
        places={each: _places(connection, event, each) for each in RESOURCES if places.is_offered(event, each)},
        needs=event.tally if event.stage == EventStage.OVER else lifecycle.needs_of(connection, event_id),
        came=count(there),
        came_by_language={tag: count(rows) for tag, rows in _by(there, "language").items()},
        came_how={how: count(rows) for how, rows in _by(there, "how").items()},
        showing=_showing(yes, there),
    )


def count(rows: Iterable[Any]) -> Count:
    """Of rows of answers or of attendance. A line of paper is a household."""
    found = list(rows)
    return Count(len(found), sum(row.adults for row in found), sum(row.children for row in found))


def invited(connection: Connection, event: Any) -> int:
    """People the invitation was meant for, whether it reached them or not."""
    if event.announcement_id is None:
        return 0
    mine = col(Outbox.announcement_id) == event.announcement_id
    return connection.execute(select(func.count()).select_from(Outbox).where(mine)).scalar_one()


def unanswered(connection: Connection, event: Any) -> int | None:
    """Invited people whose household has not answered; None where it is fewer than ten, or it is over and nobody can tell."""
    if event.stage == EventStage.OVER:
        return None
    silent = people_of(of_event(event.id, SILENT)).subquery()
    total = connection.execute(select(func.count()).select_from(silent)).scalar_one()
    return total if total == 0 or total >= FEWEST else None


def _by(rows: Iterable[Any], column: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column) or "", []).append(row)
    return {name: found[name] for name in sorted(found)}


def _places(connection: Connection, event: Any, resource: str) -> PlacesOf:
    mine = [col(Claim.event_id) == event.id, col(Claim.resource) == resource]
    claims = connection.execute(select(Claim).where(*mine)).all()
    line = [claim for claim in claims if claim.state == places.WAITING]
    there = places.limit(event, resource)
    return PlacesOf(
        limit=None if there == places.ENOUGH else there,
        held=sum(claim.held for claim in claims),
        offered=sum(claim.offered for claim in claims),
        waiting=sum(claim.amount - claim.held for claim in line),
        households_waiting=len(line),
    )


def _showing(yes: list[Any], there: list[Any]) -> dict[str, Showing]:
    """By the language of the answer; of those who had not said yes, by that of the door."""
    said, came = {row.household: row for row in yes}, {row.household: row for row in there if row.household is not None}
    besides = [row for row in there if row.household not in said]
    tags = sorted({row.language or "" for row in [*yes, *besides]})
    return {
        tag: Showing(
            count(row for row in yes if (row.language or "") == tag),
            count(came[row.household] for row in yes if (row.language or "") == tag and row.household in came),
            count(row for row in besides if (row.language or "") == tag),
        )
        for tag in tags
    }
