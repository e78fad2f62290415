"""What was spent: segments of a sender's day, and a school's money of a month."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import col

from ..database import upsert
from ..prepared import Prepared
from .tables import SenderDay, Spending

_SEGMENTS = Prepared(
    upsert(
        lambda insert: (made := insert(SenderDay)).on_conflict_do_update(
            index_elements=["sender", "day"], set_={"segments": col(SenderDay.segments) + made.excluded.segments}
        )
    )
)
_MONEY = Prepared(
    upsert(
        lambda insert: (made := insert(Spending)).on_conflict_do_update(
            index_elements=["school_id", "month"], set_={"microdollars": col(Spending.microdollars) + made.excluded.microdollars}
        )
    )
)


def segments(connection: Connection, sender: str, day: date) -> int:
    """How many a sender has handed off on a day."""
    query = select(col(SenderDay.segments)).where(col(SenderDay.sender) == sender, col(SenderDay.day) == day)
    return connection.execute(query).scalar_one_or_none() or 0


def count_segments(connection: Connection, sender: str, day: date, more: int) -> None:
    _SEGMENTS.do(connection, sender=sender, day=day, segments=more)


def money(connection: Connection, school_id: int, month: str) -> int:
    """Microdollars a school has spent in a month on texts it began."""
    query = select(col(Spending.microdollars)).where(col(Spending.school_id) == school_id, col(Spending.month) == month)
    return connection.execute(query).scalar_one_or_none() or 0


def count_money(connection: Connection, school_id: int, month: str, more: int) -> None:
    _MONEY.do(connection, school_id=school_id, month=month, microdollars=more)
