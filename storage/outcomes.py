"""Whether help was found: the link from a person to what they looked for, for 72 hours at most, and the counts, without the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, delete, func, select, update
from sqlmodel import col

from conversations.flows.helped import NEVER_ASKED, LookedFor

from . import due
from .database import upsert
from .directory.tables import Service, ServiceAtLocation, ServiceTranslation
from .people import Known
from .prepared import Prepared
from .roster import waves
from .tables import FollowUp, LookUpCount, OutcomeCount, Person

DUE = "follow-up"
"""The kind of its due row."""
AFTER = timedelta(hours=48)
LINKED = timedelta(hours=70)
"""The link is void from then on, and the hourly round erases it: within the 72 hours that are promised, even if a round is late."""
AT_MOST_EVERY = timedelta(days=7)
FEWEST = 10
"""A group below this is not shown, nor one that could be told from the others by subtraction."""

_LINK = Prepared(
    upsert(
        lambda insert: (made := insert(FollowUp)).on_conflict_do_update(
            index_elements=["address_id"],
            set_={
                "need": made.excluded.need,
                "services": made.excluded.services,
                "looked_at": made.excluded.looked_at,
                "asked_at": None,
            },
        )
    )
)


def note(connection: Connection, known: Known, need: str, services: Sequence[str], now: datetime) -> None:
    """Remember for a while who looked for what, if we may ask about it at all; the latest look-up counts."""
    if need in NEVER_ASKED or not may_ask(connection, known, now):
        return
    _LINK.changed(connection, address_id=known.address_id, need=need, services=list(services), looked_at=now, asked_at=None)
    due.set_due(connection, DUE, known.address_id, known.revision, now + AFTER)


def may_ask(connection: Connection, known: Known, now: datetime) -> bool:
    """They joined and are welcomed, did not stop, are not in danger, are surely themselves, and were not asked this week."""
    return not (
        known.role is None
        or known.stopped_at is not None
        or known.doubted_at is not None
        or known.unreachable_at is not None
        or (known.calm_until is not None and known.calm_until > now)
        or (known.followed_up_at is not None and now - known.followed_up_at < AT_MOST_EVERY)
    ) and waves.welcomed(connection, known.address_id)


def link(connection: Connection, address_id: int, now: datetime) -> Any:
    """The row of a link: need, services; None where there is none, or it is void."""
    query = select(col(FollowUp.need), col(FollowUp.services)).where(col(FollowUp.address_id) == address_id)
    return connection.execute(query.where(col(FollowUp.looked_at) > now - LINKED)).one_or_none()


def looked_for(connection: Connection, known: Known, now: datetime) -> LookedFor | None:
    found = link(connection, known.address_id, now)
    if found is None:
        return None
    listing = found.services[0] if found.services else ""
    return LookedFor(found.need, listing, _name(connection, listing, known.language or "en") if listing else "")


def asked(connection: Connection, known: Known, now: datetime) -> None:
    """Note that the question goes out."""
    connection.execute(update(FollowUp).where(col(FollowUp.address_id) == known.address_id).values(asked_at=now))
    connection.execute(update(Person).where(col(Person.id) == known.person_id).values(followed_up_at=now))


_COUNT = upsert(
    lambda insert: insert(OutcomeCount).on_conflict_do_update(
        index_elements=["school_id", "day", "need", "service", "answer"], set_={"times": col(OutcomeCount.times) + 1}
    )
)


def count(connection: Connection, known: Known, answer: str, now: datetime) -> None:
    """Count an answer without the person, and erase the link; an answer without a link is nobody's."""
    found = link(connection, known.address_id, now)
    if found is not None:
        day = now.astimezone(ZoneInfo(known.school_timezone)).date()
        service = found.services[0] if found.services else ""
        row = {"school_id": known.school_id, "day": day, "need": found.need, "service": service, "answer": answer, "times": 1}
        connection.execute(_COUNT[connection.dialect.name], row)
    erase(connection, known.address_id)


def erase(connection: Connection, address_id: int) -> None:
    connection.execute(delete(FollowUp).where(col(FollowUp.address_id) == address_id))


def _name(connection: Connection, listing: str, language: str) -> str:
    """What a listing is called, in a language; empty where it is shown no more."""
    translated = (col(ServiceTranslation.service_id) == col(Service.id)) & (col(ServiceTranslation.language) == language)
    query = (
        select(func.coalesce(func.nullif(col(ServiceTranslation.name), ""), col(Service.name)))
        .select_from(ServiceAtLocation)
        .join(Service, col(Service.id) == col(ServiceAtLocation.service_id))
        .join(ServiceTranslation, translated, isouter=True)
        .where(col(ServiceAtLocation.id) == listing, col(Service.hidden_reason).is_(None))
    )
    return str(connection.execute(query).scalar_one_or_none() or "")


# What is shown


@dataclass(frozen=True)
class Outcome:
    """Of one need, or one service: how often it was asked for and found, and what those said who were asked."""

    name: str
    asked: int = 0
    found: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def split(self) -> tuple[int, ...] | None:
        """Found and not found; None where one of the two is a group too small to show."""
        return _shown((self.found, self.asked - self.found))

    @property
    def said(self) -> tuple[int, ...] | None:
        """Yes, not yet, no reach; None where too few answered, or one group is too small."""
        return _shown(tuple(self.answers.get(answer, 0) for answer in ("yes", "not yet", "no reach")))


def _shown(parts: tuple[int, ...]) -> tuple[int, ...] | None:
    return None if sum(parts) < FEWEST or any(0 < part < FEWEST for part in parts) else parts


def by_need(connection: Connection, since: date) -> list[Outcome]:
    """Every need that was asked for ten times and more, the most frequent first."""
    found = func.sum(case((col(LookUpCount.results) > 0, 1), else_=0))
    query = select(col(LookUpCount.need), func.count().label("asked"), found.label("found")).where(col(LookUpCount.day) >= since)
    said = _answers(connection, since, col(OutcomeCount.need))
    rows = connection.execute(query.group_by(col(LookUpCount.need)).having(func.count() >= FEWEST)).all()
    return sorted(
        (Outcome(need, asked, int(of), said.get(need, {})) for need, asked, of in rows), key=lambda each: (-each.asked, each.name)
    )


def by_service(connection: Connection, since: date, language: str = "en") -> list[Outcome]:
    """Every service of which ten and more said whether it helped, those that helped least first."""
    said = _answers(connection, since, col(OutcomeCount.service), col(OutcomeCount.service) != "")
    enough = [Outcome(_name(connection, service, language) or service, answers=answers) for service, answers in said.items()]
    return sorted(
        (each for each in enough if each.said), key=lambda each: (each.answers.get("yes", 0) / sum(each.answers.values()), each.name)
    )


def _answers(connection: Connection, since: date, key: Any, *where: Any) -> dict[str, dict[str, int]]:
    query = select(key, col(OutcomeCount.answer), func.sum(col(OutcomeCount.times))).where(col(OutcomeCount.day) >= since, *where)
    answers: dict[str, dict[str, int]] = {}
    for name, answer, times in connection.execute(query.group_by(key, col(OutcomeCount.answer))):
        answers.setdefault(name, {})[answer] = int(times)
    return answers
