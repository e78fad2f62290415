"""Who may announce where, and what they have in hand there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from conversations.announcements.audience import SCHOOL, Audience
from conversations.announcements.drafts import Brief, ChangeDraft
from conversations.announcements.stages import SHOWN
from conversations.folding import fold
from conversations.gate import ANNOUNCE, MAY, may

from ..people import STAFF
from ..prepared import Prepared
from ..tables import Kind, Membership, School
from . import drafts
from .tables import Announcement, Stage, Translator

ROLES = tuple(role for role in MAY if may(role, ANNOUNCE))
BEGINNING = 40
OPEN = (Stage.DRAFT, Stage.SCHEDULED, Stage.RUNNING, Stage.PAUSED)


class NotTheirs(Exception):
    """Somebody would announce at a school where they may not: whoever lets them must look first. Nothing has happened."""


_MINE = select(col(Membership.school_id)).where(col(Membership.person_id) == bindparam("person"), col(Membership.role).in_(ROLES))
_SCHOOLS = Prepared(select(School).where(col(School.id).in_(_MINE)).order_by(col(School.id)))


def schools(connection: Connection, person_id: int) -> list[Any]:
    """The schools where somebody may announce, in the order they were set up."""
    return _SCHOOLS.rows(connection, person=person_id)


def at_work(connection: Connection, person_id: int) -> list[Any]:
    """The schools whose staff somebody is, in the order they were set up."""
    mine = select(col(Membership.school_id)).where(col(Membership.person_id) == person_id, col(Membership.role).in_(STAFF))
    return list(connection.execute(select(School).where(col(School.id).in_(mine)).order_by(col(School.id))))


def row_of(connection: Connection, person_id: int, number: int) -> Any:
    """The row of an announcement at one of their schools, or None."""
    row = drafts.row_of(connection, number)
    return row if row is not None and any(school.id == row.school_id for school in schools(connection, person_id)) else None


def school_of(connection: Connection, school_id: int) -> Any:
    return connection.execute(select(School).where(col(School.id) == school_id)).one()


def whose(audience: Audience, mine: list[Any]) -> Any:
    """The first school an audience is of: its name stands above the text. `NotTheirs` if any of it is of another's school, or of none."""
    keywords = [each.keyword for each in mine]
    for clause in audience.include:
        named = [fold(each.value) for each in clause if each.kind == SCHOOL]
        if not named or not set(named) <= set(keywords):
            raise NotTheirs("An audience is of the schools where its author announces.")
    named = [fold(each.value) for clause in audience.include for each in clause if each.kind == SCHOOL]
    return next((school for school in mine if school.keyword in named), None)


def change(connection: Connection, wanted: ChangeDraft) -> bool:
    """Another audience, kind or time; False if it is no draft any more."""
    values: dict[str, Any] = {}
    if wanted.audience is not None:
        values["audience"] = wanted.audience.to_json()
    if wanted.kind not in {None, Kind.URGENT.value}:  # what is urgent was approved beforehand, and begins as that
        values["kind"] = Kind(wanted.kind)
    if wanted.send_at is not None or wanted.at_once:
        values["send_at"] = None if wanted.at_once else wanted.send_at
    if wanted.until is not None:
        values["until"] = wanted.until
    mine = [col(Announcement.id) == wanted.number, col(Announcement.stage) == Stage.DRAFT]
    return bool(values) and connection.execute(update(Announcement).where(*mine).values(**values)).rowcount == 1


def listed(connection: Connection, person_id: int, below: int = 0) -> tuple[Brief, ...]:
    """What is open at their schools, the newest first, from below a number: one more than a list shows."""
    here = [school.id for school in schools(connection, person_id)]
    query = select(col(Announcement.id), col(Announcement.stage), col(Announcement.send_at))
    query = query.where(col(Announcement.school_id).in_(here), col(Announcement.stage).in_(OPEN))
    query = query.where(col(Announcement.id) < below) if below else query
    rows = connection.execute(query.order_by(col(Announcement.id).desc()).limit(SHOWN + 1)).all()
    return tuple(Brief(row.id, str(row.stage), _beginning(connection, row.id), row.send_at) for row in rows)


def _beginning(connection: Connection, number: int) -> str:
    source = drafts.source_of(connection, number)
    text = " ".join(source[1].split()) if source else ""
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}..."


def last_scheduled(connection: Connection, person_id: int, now: datetime) -> int | None:
    """The newest of their own that waits for its hour."""
    mine = [col(Announcement.author_id) == person_id, col(Announcement.stage) == Stage.SCHEDULED]
    return connection.execute(select(col(Announcement.id)).where(*mine).order_by(col(Announcement.id).desc()).limit(1)).scalar_one_or_none()


def reads(connection: Connection, person_id: int, school_id: int, language: str) -> bool:
    """They are listed for a language at a school, or nobody is."""
    here = [col(Translator.school_id) == school_id, col(Translator.language) == language]
    listed = set(connection.execute(select(col(Translator.person_id)).where(*here)).scalars())
    return not listed or person_id in listed
