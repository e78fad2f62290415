"""The places of an event: who holds them, who waits, and to whom a freed one is offered. Nobody is ever split unasked.

All of it happens under a lock of the event's row (SQLite: the one writer), so that whatever arrives at once is in a line.
First come, first served, all or nothing for each household and kind of place. Whoever is first and cannot be served whole is
offered what there is ("3 places are left for your 5"), and has them kept meanwhile; once they pass, the next in line is asked.
So a smaller household overtakes only those who were asked. Nothing is said from here: `due_offers` tells the clock what to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from conversations.events.event import CHILDCARE, PEOPLE, RESOURCES, RIDE, Places

from ..prepared import Prepared
from . import checks
from .tables import Claim, Event, EventStage, Rsvp

HELD, WAITING, OFFERED = "held", "waiting", "offered"
GOOD_FOR = timedelta(hours=2)
"""How long an offer stands. Its clock stops at night."""
DAY_FROM, DAY_TO = time(8), time(20)
LIMITS = {PEOPLE: "capacity", CHILDCARE: "childcare", RIDE: "rides"}
"""The column of `Event` that says how many there are."""
ENOUGH = 1 << 30
"""Places where there is no limit."""


class NewsKind(Enum):
    """What a household must hear."""

    WHOLE = "all they wait for is kept for them"
    PART = "some of what they wait for is kept for them: wait for all, or take these"
    LAPSED = "they did not answer in time, and are still in line"


@dataclass(frozen=True)
class News:
    """Something to tell a household, in the same transaction."""

    kind: NewsKind
    event_id: int
    household: str
    person_id: int | None
    """Who answered last for it."""
    resource: str
    places: int
    """That are kept, or were."""
    wanted: int
    until: datetime | None = None


_LOCKED = Prepared(select(Event).where(col(Event.id) == bindparam("event_id")).with_for_update())
_CLAIMS = Prepared(select(Claim).where(col(Claim.rsvp_id) == bindparam("rsvp_id")))


def lock(connection: Connection, event_id: int) -> Any:
    """The event's row, which nobody else changes until the end of the transaction. `NoSuchEvent`."""
    row = _LOCKED.first(connection, event_id=event_id)
    if row is None:
        raise checks.NoSuchEvent(event_id)
    return row


# What a household wants


def settle(connection: Connection, event_id: int, household: str, wants: Mapping[str, int], now: datetime) -> tuple[Places, ...]:
    """From now on a household that has answered wants this many of each kind, and of no other; what it comes to.

    Who wants no more than they hold and were offered has it. Who wants more than is free waits, or is asked about a part. What it
    leaves is offered to others. A kind that the event does not offer is left out.
    """
    event = lock(connection, event_id)
    return settle_locked(connection, event, _rsvp(connection, event_id, household), wants, now)


def settle_locked(connection: Connection, event: Any, rsvp_id: int, wants: Mapping[str, int], now: datetime) -> tuple[Places, ...]:
    """The same, of a row that `lock` gave and an answer that is written."""
    had = {claim.resource: claim for claim in _CLAIMS.rows(connection, rsvp_id=rsvp_id)}
    for resource in RESOURCES:
        wanted = wants.get(resource, 0) if is_offered(event, resource) else 0
        _want(connection, (event.id, rsvp_id), resource, wanted, claim=had.get(resource), now=now)
    for resource in RESOURCES:
        if resource in had or resource in wants:
            _pass_on(connection, event, resource, now, asking=rsvp_id)
    return standing(connection, event, rsvp_id)


def _want(connection: Connection, whose: tuple[int, int], resource: str, wanted: int, *, claim: Any, now: datetime) -> None:
    if claim is None and wanted > 0:
        return _join_line(connection, whose, resource, wanted, held=0, now=now)
    if claim is None:
        return None
    if wanted <= 0:
        connection.execute(delete(Claim).where(col(Claim.id) == claim.id))
    elif wanted <= claim.held + claim.offered:
        _set(connection, claim.id, amount=wanted, held=wanted, offered=0, passed=0, whole=False, state=HELD, offered_until=None)
    elif claim.state == HELD:
        connection.execute(delete(Claim).where(col(Claim.id) == claim.id))
        _join_line(connection, whose, resource, wanted, held=claim.held, now=now)
    else:
        _set(connection, claim.id, amount=wanted, passed=0, whole=False)
    return None


_JOIN = Prepared(insert(Claim))


def _join_line(connection: Connection, whose: tuple[int, int], resource: str, wanted: int, *, held: int, now: datetime) -> None:
    """At its end. What they hold they keep."""
    row = {"event_id": whose[0], "rsvp_id": whose[1], "resource": resource, "amount": wanted, "held": held}
    _JOIN.changed(connection, **row, offered=0, passed=0, whole=False, state=WAITING, since=now)


def accept(connection: Connection, event_id: int, household: str, resource: str, now: datetime) -> tuple[Places, ...] | None:
    """They take what is kept for them, in part where that is what they were asked; None if nothing is kept any more."""
    event = lock(connection, event_id)
    claim = _claim(connection, event_id, household, resource)
    if claim is None or claim.state != OFFERED:
        return None
    has = claim.held + claim.offered
    _set(connection, claim.id, amount=has, held=has, offered=0, passed=0, whole=False, state=HELD, offered_until=None)
    for other in (CHILDCARE, RIDE) if resource == PEOPLE else ():
        _pass_on(connection, event, other, now, asking=claim.rsvp_id)
    return standing(connection, event, claim.rsvp_id)


def decline(connection: Connection, event_id: int, household: str, resource: str, now: datetime) -> tuple[Places, ...]:
    """They do not wait for it any more; what they hold of it they keep."""
    event = lock(connection, event_id)
    claim = _claim(connection, event_id, household, resource)
    if claim is None:
        return ()
    if claim.held:
        _set(connection, claim.id, amount=claim.held, offered=0, passed=0, whole=False, state=HELD, offered_until=None)
    else:
        connection.execute(delete(Claim).where(col(Claim.id) == claim.id))
    _pass_on(connection, event, resource, now)
    return standing(connection, event, claim.rsvp_id)


def wait_for_all(connection: Connection, event_id: int, household: str, resource: str, now: datetime) -> tuple[Places, ...]:
    """They keep their place in line until there is room for the whole household; a part is not offered again."""
    event = lock(connection, event_id)
    claim = _claim(connection, event_id, household, resource)
    if claim is None:
        return ()
    if claim.state != HELD:
        _set(connection, claim.id, offered=0, passed=0, whole=True, state=WAITING, offered_until=None)
    _pass_on(connection, event, resource, now, asking=claim.rsvp_id)
    return standing(connection, event, claim.rsvp_id)


def leave(connection: Connection, event_id: int, rsvp_id: int, now: datetime) -> None:
    """An answer is about to be erased: its claims go, and what it held is offered to others."""
    event = lock(connection, event_id)
    gone = connection.execute(delete(Claim).where(col(Claim.rsvp_id) == rsvp_id)).rowcount
    for resource in RESOURCES if gone else ():
        _pass_on(connection, event, resource, now)


# How many there are


def is_offered(event: Any, resource: str) -> bool:
    return resource == PEOPLE or getattr(event, LIMITS[resource]) is not None


def limit(event: Any, resource: str) -> int:
    """Places of a kind in all."""
    there: int | None = getattr(event, LIMITS[resource])
    if there is None:
        return ENOUGH if resource == PEOPLE else 0
    return there


_TAKEN = Prepared(
    select(func.coalesce(func.sum(col(Claim.held) + col(Claim.offered)), 0).label("total")).where(
        col(Claim.event_id) == bindparam("event_id"), col(Claim.resource) == bindparam("resource")
    )
)


def taken(connection: Connection, event_id: int, resource: str) -> int:
    """Places that are held, or kept for somebody who was offered them."""
    return int(_TAKEN.first(connection, event_id=event_id, resource=resource).total)


def set_limit(connection: Connection, event_id: int, resource: str, places: int | None, now: datetime) -> None:
    """There are this many from now on; new ones are offered in order. `TooFewPlaces` if more are taken or offered already."""
    event = lock(connection, event_id)
    has = taken(connection, event_id, resource)
    there = ENOUGH if places is None and resource == PEOPLE else places or 0
    if there < has:
        raise checks.TooFewPlaces(resource, there, has)
    connection.execute(update(Event).where(col(Event.id) == event_id).values({LIMITS[resource]: places}))
    _forget_passes(connection, event_id, resource, there - has)
    _pass_on(connection, lock(connection, event.id), resource, now)


def offer_free(connection: Connection, event_id: int, now: datetime) -> None:
    """Offer whatever is free: an event was reopened."""
    event = lock(connection, event_id)
    for resource in RESOURCES:
        _pass_on(connection, event, resource, now)


# The line


def _pass_on(connection: Connection, event: Any, resource: str, now: datetime, *, asking: int | None = None) -> None:
    """Give what is free to those in line, in order. Who is `asking` just now takes it; the others are offered it."""
    if event.stage != EventStage.OPEN or checks.begun(event) <= now:
        return
    free = limit(event, resource) - taken(connection, event.id, resource)
    if free <= 0:
        return
    given = 0
    for claim in connection.execute(_next_in_line(event.id, resource, free)).all():
        given += _give(connection, event, claim, free - given, now=now, asks=claim.rsvp_id == asking)
        if given == free:
            break
    if given:
        _forget_passes(connection, event.id, resource, free - given)


def _give(connection: Connection, event: Any, claim: Any, left: int, *, now: datetime, asks: bool) -> int:
    """How many of those left a household is given, or offered. What is offered in part grows, and they are told anew."""
    lacks, could = claim.amount - claim.held, claim.offered + left
    if claim.state == WAITING and (left <= claim.passed or (claim.whole and lacks > left)):
        return 0
    if asks and lacks <= could:
        _set(connection, claim.id, held=claim.amount, offered=0, passed=0, whole=False, state=HELD, offered_until=None)
    else:
        told = offer_ends(now, event) if asks else None
        _set(connection, claim.id, offered=min(lacks, could), passed=0, state=OFFERED, offered_until=told)
    return int(min(lacks, could) - claim.offered)


_Theirs = aliased(Claim)
_NO_PLACE_YET = exists().where(
    col(_Theirs.rsvp_id) == col(Claim.rsvp_id), col(_Theirs.resource) == PEOPLE, col(_Theirs.held) == 0, col(Claim.resource) != PEOPLE
)
"""Of a household that waits to come at all: nobody goes without child care for somebody who may not come."""


def _next_in_line(event_id: int, resource: str, free: int) -> Any:
    """Whoever could be given some of what is free, and whoever was offered a part only."""
    lacks = col(Claim.amount) - col(Claim.held)
    mine = [col(Claim.event_id) == event_id, col(Claim.resource) == resource, not_(_NO_PLACE_YET)]
    waits = and_(col(Claim.state) == WAITING, col(Claim.passed) < free, or_(not_(col(Claim.whole)), lacks <= free))
    in_part = and_(col(Claim.state) == OFFERED, col(Claim.offered) < lacks)
    return select(Claim).where(*mine, or_(waits, in_part)).order_by(col(Claim.id))


def _forget_passes(connection: Connection, event_id: int, resource: str, free: int) -> None:
    """What somebody passed on is somebody's now: of what will be free next they are asked again."""
    mine = [col(Claim.event_id) == event_id, col(Claim.resource) == resource, col(Claim.state) == WAITING, col(Claim.passed) > free]
    connection.execute(update(Claim).where(*mine).values(passed=max(free, 0)))


# Offers


def offer_ends(now: datetime, event: Any) -> datetime:
    """When an offer made now lapses: after two hours by day (8:00 to 20:00 at the school), at the latest when it begins."""
    zone = ZoneInfo(event.zone)
    local, left = now.astimezone(zone), GOOD_FOR
    if local.time() < DAY_FROM:
        local = datetime.combine(local.date(), DAY_FROM, zone)
    evening = datetime.combine(local.date(), DAY_TO, zone)
    if evening - local < left:
        left -= max(evening - local, timedelta())
        local = datetime.combine(local.date() + timedelta(days=1), DAY_FROM, zone)
    return min((local + left).astimezone(UTC), checks.begun(event))


def due_offers(connection: Connection, now: datetime, most: int = 100) -> list[News]:
    """Let offers lapse whose time is over, pass their places on, and say who must hear what. For the clock, every minute."""
    due = [col(Claim.state) == OFFERED, or_(col(Claim.offered_until).is_(None), col(Claim.offered_until) <= now)]
    events = select(col(Claim.event_id)).where(*due).distinct().limit(most)
    news: list[News] = []
    for event_id in sorted(connection.execute(events).scalars().all()):
        event = lock(connection, event_id)
        news += _lapse(connection, event, now)
        news += _tell(connection, event, now)
    return news


_OFFERS = select(Claim, col(Rsvp.household), col(Rsvp.person_id)).join(Rsvp, col(Rsvp.id) == col(Claim.rsvp_id))


def _offers(connection: Connection, event_id: int, *which: Any) -> list[Any]:
    mine = [col(Claim.event_id) == event_id, col(Claim.state) == OFFERED, *which]
    return list(connection.execute(_OFFERS.where(*mine).order_by(col(Claim.id))).all())


def _lapse(connection: Connection, event: Any, now: datetime) -> list[News]:
    """All that are due at once, so that none of them is offered what another lets go."""
    over = _offers(connection, event.id, col(Claim.offered_until) <= now)
    back: dict[str, list[int]] = {}
    for claim in over:
        _set(connection, claim.id, offered=0, state=WAITING, offered_until=None)
        back.setdefault(claim.resource, []).append(claim.id)
    for resource, ids in back.items():
        free = max(0, limit(event, resource) - taken(connection, event.id, resource))
        connection.execute(update(Claim).where(col(Claim.id).in_(ids)).values(passed=min(free, ENOUGH)))
        _pass_on(connection, event, resource, now)
    return [_news(NewsKind.LAPSED, claim) for claim in over]


def _tell(connection: Connection, event: Any, now: datetime) -> list[News]:
    """Offers that nobody has been told of: their time begins. What can be taken no more is taken back in silence."""
    news = []
    for claim in _offers(connection, event.id, col(Claim.offered_until).is_(None)):
        if event.stage != EventStage.OPEN or checks.begun(event) <= now:
            _set(connection, claim.id, offered=0, state=WAITING)
            continue
        until = offer_ends(now, event)
        _set(connection, claim.id, offered_until=until)
        whole = claim.held + claim.offered == claim.amount
        news.append(_news(NewsKind.WHOLE if whole else NewsKind.PART, claim, until))
    return news


def _news(kind: NewsKind, claim: Any, until: datetime | None = None) -> News:
    return News(kind, claim.event_id, claim.household or "", claim.person_id, claim.resource, claim.offered, claim.amount, until)


# Where a household stands


def standing(connection: Connection, event: Any, rsvp_id: int) -> tuple[Places, ...]:
    """What a household has of each kind of place."""
    found = (_places(connection, event, claim) for claim in _CLAIMS.rows(connection, rsvp_id=rsvp_id))
    return tuple(sorted(found, key=lambda each: RESOURCES.index(each.resource)))


def _places(connection: Connection, event: Any, claim: Any) -> Places:
    until = claim.offered_until and claim.offered_until.astimezone(ZoneInfo(event.zone))
    position = _position(connection, claim) if claim.state == WAITING else 0
    return Places(claim.resource, claim.amount, claim.held, claim.offered, until, position)


_POSITION = Prepared(
    select(func.count().label("position"))
    .select_from(Claim)
    .where(
        col(Claim.event_id) == bindparam("event_id"),
        col(Claim.resource) == bindparam("resource"),
        col(Claim.state) == bindparam("state"),
        col(Claim.id) <= bindparam("claim_id"),
    )
)


def _position(connection: Connection, claim: Any) -> int:
    line = {"event_id": claim.event_id, "resource": claim.resource, "state": WAITING}
    return int(_POSITION.first(connection, **line, claim_id=claim.id).position)


def _rsvp(connection: Connection, event_id: int, household: str) -> int:
    mine = [col(Rsvp.event_id) == event_id, col(Rsvp.household) == household]
    found: int | None = connection.execute(select(col(Rsvp.id)).where(*mine)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"Household {household} has not answered to event {event_id}: write the answer first (storage.events.rsvps).")
    return found


def _claim(connection: Connection, event_id: int, household: str, resource: str) -> Any:
    theirs = select(Claim).join(Rsvp, col(Rsvp.id) == col(Claim.rsvp_id))
    mine = [col(Rsvp.event_id) == event_id, col(Rsvp.household) == household, col(Claim.resource) == resource]
    return connection.execute(theirs.where(*mine)).one_or_none()


def _set(connection: Connection, claim_id: int, **values: Any) -> None:
    connection.execute(update(Claim).where(col(Claim.id) == claim_id).values(**values))
