"""Answer a look-up: the services for a need around a ZIP code.

A new question takes three statements, however many listings there are, each through an index and each prepared once:

1. how wide to look: the smallest box of 1 to 100 miles that holds twelve services; counting stops at twelve;
2. the nearest in the circle around that box, with all there is to show; where twelve are not near, those by phone as well;
3. their hours and languages.

The search runs on `offer (need, latitude, longitude)`, where the import leaves nothing hidden, inactive or vanished. What it reads
grows with the services inside the box, which is small where they are many; a hundred thousand elsewhere cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import phonenumbers
from babel import Locale, UnknownLocaleError
from sqlalchemy import BindParameter, Connection, Engine, Float, Row, Select, String, case, cast, func, literal, null, select, union_all
from sqlalchemy.sql import ColumnElement, bindparam
from sqlmodel import col

from conversations.flows.find_help import Listing, Nearest
from conversations.needs import FAMILY
from conversations.words import Hours

from ..places import DEGREE_MILES, Spot, miles, point
from ..prepared import Prepared
from ..upkeep import Fact
from .tables import Language, Location, Offer, Phone, Schedule, Service, ServiceAtLocation, ServiceTranslation

MOST = 12
MOST_KEPT = 1000
"""Answers that are kept, each of some 10 kB at most."""
RINGS = (1, 2.5, 5, 10, 25, 50)
"""Miles from the middle of the box to its sides."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_CANDIDATES = 24
"""More than are shown: among equally near ones, the language offered and the name decide."""


def zip_known(zip_code: str) -> bool:
    """Whether a look-up around this ZIP code can find anything at all."""
    return point(zip_code) is not None


class _Kept(NamedTuple):
    """Answers of one edition of the directory; the database draws a new one whenever anything in it changes."""

    edition: str
    answers: dict[Nearest, tuple[Listing, ...]]


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_EDITION = Prepared(select(col(Fact.value)).where(col(Fact.name) == "edition"))


def nearest(connection: Connection, query: Nearest) -> tuple[Listing, ...]:
    """What `look_up` finds; kept until the directory changes, for many ask the same, and "more" asks it again."""
    edition = _EDITION.first(connection)
    if edition is None:
        return look_up(connection, query)
    kept = _kept.get(connection.engine)
    if kept is None or kept.edition != edition.value or len(kept.answers) > MOST_KEPT:
        kept = _kept[connection.engine] = _Kept(edition.value, {})
    found = kept.answers.get(query)
    if found is None:
        found = kept.answers[query] = look_up(connection, query)
    return found


def look_up(connection: Connection, query: Nearest) -> tuple[Listing, ...]:
    """At most twelve, one for each service, nearest first and those by phone last; none around a ZIP code nobody knows.

    Equally near ones (to a tenth of a mile): what the source says before what was guessed, then those who speak the person's
    language, then by name.
    """
    spot = point(query.zip)
    if spot is None:
        return ()
    where: dict[str, Any] = {
        "needs": FAMILY.get(query.need, (query.need,)),
        "latitude": spot.latitude,
        "longitude": spot.longitude,
        "shrink": max(math.cos(math.radians(spot.latitude)), 0.1),
        "language": query.language,
    }
    radius = _HOW_WIDE.rows(connection, **where)[0][0]
    where["radius"] = radius * math.sqrt(2)
    rows = _one_each((_NEAR if radius < RINGS[-1] else _NEAR_OR_BY_PHONE).rows(connection, **where))
    details = _details_of(connection, [row.id for row in rows])
    ranked = sorted((_rank(row, details[row.id], spot, query.language) for row in rows), key=lambda each: each[:-1])
    return tuple(_listing(row, details[row.id], far, query.language) for far, *_, row in ranked[:MOST])


def _box(radius: ColumnElement[float]) -> ColumnElement[bool]:
    """The offers for the needs asked for, inside a square around the point."""
    latitude, longitude = bindparam("latitude", type_=Float), bindparam("longitude", type_=Float)
    high: ColumnElement[Any] = radius / literal(DEGREE_MILES, Float)
    wide = high / bindparam("shrink", type_=Float)
    return (
        _asked()
        & col(Offer.latitude).between(latitude - high, latitude + high)
        & col(Offer.longitude).between(longitude - wide, longitude + wide)
    )


def _asked() -> ColumnElement[bool]:
    return col(Offer.need).in_(bindparam("needs", expanding=True))


def _how_wide() -> Select[float]:
    def enough(radius: float) -> ColumnElement[bool]:
        some = select(col(Offer.service_id)).where(_box(literal(float(radius), Float))).distinct().limit(MOST).subquery()
        return select(func.count()).select_from(some).scalar_subquery() >= MOST

    return select(case(*((enough(radius), literal(float(radius), Float)) for radius in RINGS[:-1]), else_=literal(float(RINGS[-1]), Float)))


def _found(*, by_phone: bool) -> Select[Any]:
    """The candidates and what to show of them: the best offer of each service near by, and perhaps of each by phone."""
    arms = [_near(), _by_phone()] if by_phone else [_near()]
    shown = union_all(*(select(arm.subquery()) for arm in arms)).subquery("shown")
    return (
        select(
            shown.c.service_at_location_id.label("id"),
            shown.c.service_id,
            shown.c.how,
            shown.c.far,
            *(getattr(Service, name) for name in ("name", "alert", "note", "no_id", "assured_date")),
            col(ServiceTranslation.name).label("translated_name"),
            col(ServiceTranslation.note).label("translated_note"),
            *(getattr(Location, name) for name in ("address", "latitude", "longitude")),
            *(getattr(Phone, name) for name in ("number", "extension")),
        )
        .select_from(shown)
        .join(Service, col(Service.id) == shown.c.service_id)
        .join(ServiceAtLocation, col(ServiceAtLocation.id) == shown.c.service_at_location_id)
        .outerjoin(Location, col(Location.id) == col(ServiceAtLocation.location_id))
        .outerjoin(Phone, (col(Phone.service_at_location_id) == shown.c.service_at_location_id) & (col(Phone.position) == 0))
        .outerjoin(
            ServiceTranslation,
            (col(ServiceTranslation.service_id) == shown.c.service_id)
            & (col(ServiceTranslation.language) == bindparam("language", type_=String)),
        )
    )


def _near() -> Select[Any]:
    north = col(Offer.latitude) - bindparam("latitude", type_=Float)
    east = (col(Offer.longitude) - bindparam("longitude", type_=Float)) * bindparam("shrink", type_=Float)
    offers = _best_of_each(north * north + east * east, _box(bindparam("radius", type_=Float)))
    return select(offers).where(offers.c.place == 1).order_by(offers.c.far, offers.c.how.desc(), offers.c.service_id).limit(_CANDIDATES)


def _by_phone() -> Select[Any]:
    offers = _best_of_each(cast(null(), Float), _asked() & col(Offer.latitude).is_(None))
    return select(offers).where(offers.c.place == 1).order_by(offers.c.how.desc(), offers.c.service_id).limit(_CANDIDATES)


def _best_of_each(far: ColumnElement[Any], where: ColumnElement[bool]) -> Any:
    """The offers that fit, `place` 1 the nearest of its service; "source" sorts behind "guessed"."""
    order = (far, col(Offer.how).desc(), col(Offer.service_at_location_id))
    place = func.row_number().over(partition_by=col(Offer.service_id), order_by=order).label("place")
    return select(col(Offer.service_at_location_id), col(Offer.service_id), col(Offer.how), far.label("far"), place).where(where).subquery()


def _details() -> Select[Any]:
    """Hours and languages of several services at places in one statement, in the order they were imported."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    none = literal("", String)
    hours = select(
        col(Schedule.service_at_location_id).label("id"),
        col(Schedule.position).label("position"),
        literal("hours", String).label("kind"),
        *(getattr(Schedule, name) for name in ("byday", "opens_at", "closes_at", "description")),
    ).where(col(Schedule.service_at_location_id).in_(ids))
    spoken = select(
        col(Language.service_at_location_id),
        col(Language.position),
        literal("language", String),
        col(Language.code),
        col(Language.name),
        none,
        none,
    ).where(col(Language.service_at_location_id).in_(ids))
    both = union_all(hours, spoken).subquery()
    return select(both).order_by(both.c.id, both.c.kind, both.c.position)


_HOW_WIDE = Prepared(_how_wide())
_NEAR = Prepared(_found(by_phone=False))
_NEAR_OR_BY_PHONE = Prepared(_found(by_phone=True))
_DETAILS = Prepared(_details())


class _Details(NamedTuple):
    hours: list[tuple[str, str, str]]
    """Days, opens, closes."""
    words: list[str]
    languages: list[tuple[str, str]]
    """Tag and name; either may be empty."""


def _one_each(rows: Iterable[Row[Any]]) -> Sequence[Row[Any]]:
    """A service that has a place near by is not shown by phone as well."""
    kept: dict[str, Row[Any]] = {}
    for row in rows:
        if row.service_id not in kept or kept[row.service_id].far is None:
            kept[row.service_id] = row
    return tuple(kept.values())


def _details_of(connection: Connection, ids: list[str]) -> Mapping[str, _Details]:
    details = {each: _Details([], [], []) for each in ids}
    for each, _, kind, first, second, third, words in _DETAILS.rows(connection, ids=ids) if ids else ():
        if kind == "language":
            details[each].languages.append((first, second))
        elif first:
            details[each].hours.append((first, second, third))
        else:
            details[each].words.append(words)
    return details


def _rank(row: Row[Any], details: _Details, spot: Spot, language: str) -> tuple[Any, ...]:
    """What a row is sorted by, its distance in tenths of a mile first, and the row itself last."""
    far = math.inf if row.far is None else round(miles((spot.latitude, spot.longitude), (row.latitude, row.longitude)), 1)
    speaks = any(code == language for code, _ in details.languages)
    return far, row.how != "source", not speaks, row.translated_name or row.name, row.id, row


def _listing(row: Row[Any], details: _Details, far: float, language: str) -> Listing:
    return Listing(
        id=row.id,
        name=row.translated_name or row.name,
        phone=spoken_number(row.number, row.extension) if row.number else "",
        miles=None if row.far is None else far,
        hours=tuple(hours_of(*each) for each in details.hours),
        hours_text="; ".join(details.words),
        address=row.address or "",
        languages=tuple(named(code, name, language) for code, name in details.languages),
        no_id=row.no_id,
        note=" ".join(filter(None, (row.alert, row.translated_note or row.note))),
        checked=row.assured_date,
    )


@lru_cache(maxsize=4096)
def hours_of(byday: str, opens_at: str, closes_at: str) -> Hours:
    """A schedule row as what is said: "MO,TU" and "09:00", or "3SA"."""
    days = [each[-2:] for each in byday.split(",")]
    nth = byday.split(",", 1)[0][:-2]
    closes = time.fromisoformat(closes_at) if closes_at else None
    return Hours(tuple(DAYS.index(day) for day in days), time.fromisoformat(opens_at), closes, int(nth or 0))


@lru_cache(maxsize=4096)
def spoken_number(number: str, extension: str) -> str:
    """As people write it: "661-555-0131 x12"; a number from elsewhere in the international way; a short code as it is."""
    written = number
    if number.startswith("+1") and len(number) == len("+16615550131"):
        written = f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    elif number.startswith("+"):
        written = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{written} x{extension}" if extension else written


@lru_cache(maxsize=1024)
def named(code: str, name: str, language: str) -> str:
    """A language as people of another call it ("español" for one who reads Spanish); the source's name where we have none."""
    try:
        return str(Locale.parse(language, sep="-").languages.get(code, "") or name or code) if code else name
    except (UnknownLocaleError, ValueError):
        return name or code
