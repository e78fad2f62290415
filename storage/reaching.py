"""Where somebody is written to when we begin: one address for each person, however many they have.

The one they chose, else the one they wrote from last; one that may be somebody else's now, or that cannot be reached, only if there is
no other. What a family chose to hear about (`storage.preferences`) and how often it hears from us is not asked here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from . import people
from .people import Known
from .roster.tables import Introduction, Stage
from .tables import Address, Kind, Membership, Outbox, Person, State

STOPPED, UNREACHABLE, SILENT, UNANSWERED, UNKNOWN = "stopped", "unreachable", "silent", "unanswered", "not introduced"
"""Why not: they said STOP; the channel cannot reach them; silent for long, and to be asked first (`bot.still_you.ask`) whether it is still
them; asked, and they have not said so; they do not know yet who we are."""

_Mine, _Part, _First, BROUGHT = aliased(Address), aliased(Membership), aliased(Outbox), aliased(Introduction)
"""Under names of their own, so that a caller can join the same tables."""
_BEST = (
    select(col(_Mine.id))
    .where(col(_Mine.person_id) == col(Person.id))
    .order_by(
        col(_Mine.unreachable_at).is_not(None),
        col(_Mine.doubted_at).is_not(None),
        col(_Mine.chosen_at).is_(None),
        col(_Mine.heard_at).desc(),
        col(_Mine.id).desc(),
    )
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
"""Three rows at most are read for it, by the index `address_of_person`: flat however many people there are."""

_introduced = (
    select(col(_First.id))
    .where(
        col(_First.address_id) == col(Address.id),
        col(_First.kind) == Kind.INTRODUCTION,
        or_(col(_First.state) == State.SENT, col(_First.state) == State.DELIVERED),
    )
    .correlate(Address)
    .exists()
)
_takes_part = select(col(_Part.id)).where(col(_Part.person_id) == col(Person.id)).correlate(Person).exists()
WELCOME = or_(
    and_(col(BROUGHT.stage).is_(None), _takes_part),
    func.coalesce(col(BROUGHT.stage), "") == Stage.ANSWERED,
    and_(func.coalesce(col(BROUGHT.stage), "") == Stage.SENT, _introduced),
)
"""Of a `Person` and an `Address` with `BROUGHT` joined, if it was: what `storage.roster.waves.welcomed` says of one."""
_WHY_NOT = case(
    (col(Person.stopped_at).is_not(None), STOPPED),
    (col(Address.unreachable_at).is_not(None), UNREACHABLE),
    (and_(col(Address.doubted_at).is_not(None), col(Address.asked_at).is_not(None)), UNANSWERED),
    (col(Address.doubted_at).is_not(None), SILENT),
    (~WELCOME, UNKNOWN),
    else_=null(),
)


def reachable() -> Select[Any]:
    """One row for each person: person_id, address_id, channel, language, heard_at, and why_not (None: something may go there).

    Narrow it with `.where` on `Person`, `Address` or a table joined to them: only the people asked for are looked at.
    """
    return (
        select(
            col(Person.id).label("person_id"),
            col(Address.id).label("address_id"),
            col(Address.channel),
            col(Person.language),
            col(Address.heard_at),
            _WHY_NOT.label("why_not"),
        )
        .select_from(Person)
        .join(Address, col(Address.id) == _BEST)
        .join(BROUGHT, col(BROUGHT.address_id) == col(Address.id), isouter=True)
    )


def by_channel(connection: Connection) -> list[tuple[str, int]]:
    """How many people are written to by each channel; whoever said STOP or cannot be reached is not counted."""
    found = reachable().where(col(Person.stopped_at).is_(None), col(Address.unreachable_at).is_(None)).subquery()
    query = select(found.c.channel, func.count()).group_by(found.c.channel).order_by(found.c.channel)
    return [(channel, n) for channel, n in connection.execute(query)]


def where_to_write(connection: Connection, person_id: int) -> Known | None:
    """The address for what we begin with one person; None if nothing may go to any of theirs."""
    found = connection.execute(reachable().where(col(Person.id) == person_id)).one_or_none()
    return None if found is None or found.why_not is not None else people.by_address_id(connection, found.address_id)
