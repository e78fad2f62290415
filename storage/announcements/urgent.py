"""Who has approved an urgent template's words, and who must agree before one leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlmodel import col

from ..database import upsert
from ..gate import locks
from ..tables import Kind, Membership
from .tables import Announcement, Approver, Stage, TemplateApproval
from .translators import reach

SECOND = ("principal", "manager", "coordinator")
"""Who may agree, in the order they are asked; of the same part, who has had it longest is first."""
ASKED_FOR = (Stage.DRAFT,)

_APPROVE = upsert(
    lambda insert: (made := insert(TemplateApproval)).on_conflict_do_update(
        index_elements=["school_id", "template", "language"],
        set_={name: made.excluded[name] for name in ("hash", "approved_by", "approved_at")},
    )
)


def approve_template(
    connection: Connection, school_id: int, slug: str, language: str, *, words: str, by: int | None, now: datetime
) -> None:
    """A person has seen these words (their hash) in this language; None: at the command line."""
    row = {"school_id": school_id, "template": slug, "language": language, "hash": words, "approved_by": by, "approved_at": now}
    connection.execute(_APPROVE[connection.dialect.name], row)


def approvals(connection: Connection, school_id: int) -> dict[tuple[str, str], Any]:
    """By template and language, the row of its approval."""
    rows = connection.execute(select(TemplateApproval).where(col(TemplateApproval.school_id) == school_id)).all()
    return {(row.template, row.language): row for row in rows}


# The second person


def could_agree(connection: Connection, school_id: int, author_id: int | None) -> list[int]:
    """Everybody but the author who may agree now, in the order they are asked: not locked, not stopped, reachable."""
    query = select(col(Membership.person_id), col(Membership.role)).where(
        col(Membership.school_id) == school_id, col(Membership.role).in_(SECOND), col(Membership.person_id) != (author_id or 0)
    )
    rows = sorted(connection.execute(query.order_by(col(Membership.id))), key=lambda row: SECOND.index(row.role))
    listed = dict.fromkeys(row.person_id for row in rows)
    return [each for each in listed if can_agree(connection, each)]


def can_agree(connection: Connection, person_id: int) -> bool:
    known = reach(connection, person_id)
    return known is not None and known.stopped_at is None and not locks.locked(connection, person_id)


def list_approvers(connection: Connection, number: int, people: Sequence[int]) -> None:
    connection.execute(delete(Approver).where(col(Approver.announcement_id) == number))
    for place, person_id in enumerate(people, 1):
        connection.execute(insert(Approver).values(announcement_id=number, person_id=person_id, place=place, answer=""))


def approvers(connection: Connection, number: int) -> list[Any]:
    """The rows of who was listed, in their order."""
    query = select(Approver).where(col(Approver.announcement_id) == number)
    return list(connection.execute(query.order_by(col(Approver.place))).all())


def asked(connection: Connection, number: int, person_id: int, *, at: datetime, until: datetime) -> None:
    mine = [col(Approver.announcement_id) == number, col(Approver.person_id) == person_id]
    connection.execute(update(Approver).where(*mine).values(asked_at=at, until=until))


def answer(connection: Connection, number: int, person_id: int, said: str) -> None:
    mine = [col(Approver.announcement_id) == number, col(Approver.person_id) == person_id]
    connection.execute(update(Approver).where(*mine).values(answer=said))


def agreed(connection: Connection, number: int) -> bool:
    """Whether a second person has said yes; nothing urgent starts before."""
    query = select(col(Approver.person_id)).where(col(Approver.announcement_id) == number, col(Approver.answer) == "yes")
    return connection.execute(query).first() is not None


def hold(connection: Connection, number: int) -> Any:
    """The row of an urgent draft, held until this transaction ends; None if it is past that."""
    query = select(Announcement).where(
        col(Announcement.id) == number, col(Announcement.kind) == Kind.URGENT, col(Announcement.stage).in_(ASKED_FOR)
    )
    return connection.execute(query.with_for_update()).one_or_none()


def due(connection: Connection, now: datetime) -> list[int]:
    """Urgent drafts that wait for nobody who still has time to answer."""
    query = (
        select(col(Announcement.id))
        .join(Approver, col(Approver.announcement_id) == col(Announcement.id))
        .where(col(Announcement.kind) == Kind.URGENT, col(Announcement.stage).in_(ASKED_FOR))
        .group_by(col(Announcement.id))
        .having(func.coalesce(func.max(col(Approver.until)), now) <= now)
    )
    return [int(number) for number in connection.execute(query).scalars() if number is not None]


def asked_of(connection: Connection, person_id: int) -> int | None:
    """The newest urgent draft that somebody was asked to agree to."""
    query = (
        select(func.max(col(Approver.announcement_id)))
        .join(Announcement, col(Announcement.id) == col(Approver.announcement_id))
        .where(col(Approver.person_id) == person_id, col(Approver.asked_at).is_not(None))
    )
    return connection.execute(query).scalar_one_or_none()
