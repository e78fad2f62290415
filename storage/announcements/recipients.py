"""The one address of each person that something we begin goes to, whatever the announcement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from ..roster.tables import Introduction, Stage
from ..tables import Address, Kind, Membership, Outbox, Person, State

STOPPED, UNREACHABLE, UNKNOWN = "stopped", "unreachable", "not welcomed"
"""Why something would not go there: STOP; the channel cannot reach it; they were imported and do not know yet who we are."""

_Mine = aliased(Address)
_LAST = (
    select(col(_Mine.id))
    .where(col(_Mine.person_id) == col(Person.id))
    .order_by(col(_Mine.unreachable_at).is_not(None), col(_Mine.heard_at).desc(), col(_Mine.id).desc())
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
"""The one they wrote from last; one that cannot be reached only where there is no other."""

_introduced = exists().where(
    col(Outbox.address_id) == col(Address.id),
    col(Outbox.kind) == Kind.INTRODUCTION,
    col(Outbox.state).in_([State.SENT, State.DELIVERED]),
)
WELCOMED: ColumnElement[bool] = or_(
    and_(col(Introduction.stage).is_(None), exists().where(col(Membership.person_id) == col(Person.id))),
    col(Introduction.stage) == Stage.ANSWERED,
    and_(col(Introduction.stage) == Stage.SENT, _introduced),
)
"""As `storage.roster.waves.welcomed`, of a `Person` and an `Address` with its `Introduction` joined, if it has one."""
_WHY_NOT = case(
    (col(Person.stopped_at).is_not(None), STOPPED),
    (col(Address.unreachable_at).is_not(None), UNREACHABLE),
    (~WELCOMED, UNKNOWN),
    else_=null(),
)


def reachable() -> Select[Any]:
    """One row for each person: person_id, address_id, channel, language, and why_not (None: something may go there).

    Narrow it with `.where` on `Person`: only the people asked for are looked at.
    """
    return (
        select(
            col(Person.id).label("person_id"),
            col(Address.id).label("address_id"),
            col(Address.channel),
            col(Person.language),
            _WHY_NOT.label("why_not"),
        )
        .select_from(Person)
        .join(Address, col(Address.id) == _LAST)
        .join(Introduction, col(Introduction.address_id) == col(Address.id), isouter=True)
    )
