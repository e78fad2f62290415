"""Where a location is: its address in one line, and a point that its ZIP code bears out."""

from __future__ import annotations

from ..places import Spot, miles, point, zip_of
from . import repair
from .feed import Issue, Location
from .readers.rows import Row

FAR = 50
"""Miles between a point and its ZIP code from which on the point is wrong."""

_SOUTH, _NORTH, _WEST, _EAST = 13.0, 72.0, -180.0, -64.0

Point = tuple[float, float]


def located(row: Row, addresses: list[Row]) -> tuple[Location, list[Issue]]:
    """The location, and what had to be mended. Without a point it is shown as "by phone"."""
    address = next((each for each in addresses if each.get("address_type") != "postal"), Row(row.file, row.number, {}))
    spot, issues = _spot(address)
    at, wrong = _point(row, spot)
    issues += wrong
    approximate = at is None and spot is not None and row.get("location_type") != "virtual"
    latitude, longitude = (spot.latitude, spot.longitude) if approximate and spot else at or (None, None)
    name = repair.name(row.get("name", "alternate_name"))
    return Location(row.get("id"), name, _line(address), spot.zip if spot else "", latitude, longitude, approximate), issues


def _line(address: Row) -> str:
    """Such as "123 Oak St, Suite 4, Bakersfield"; to whose attention it goes is left out."""
    parts = (repair.name(address.get(column)) for column in ("address_1", "address_2", "city"))
    return ", ".join(part.rstrip(",") for part in parts if part)


def _spot(address: Row) -> tuple[Spot | None, list[Issue]]:
    given, state = address.get("postal_code"), address.get("state_province")
    code = repair.zip_code(given, state)
    if code and (spot := point(code)) is not None:
        return spot, []
    issues = [address.issue("postal_code", "is no ZIP code we know; the city is used instead")] if given else []
    city = zip_of(f"{address.get('city')} {state}", "") if state else None
    return (point(city) if city else None), issues


def _point(row: Row, spot: Spot | None) -> tuple[Point | None, list[Issue]]:
    """The point given, turned round if that is what is wrong with it; None if it cannot be right."""
    latitude, longitude = (repair.number_of(row.get(column)) for column in ("latitude", "longitude"))
    if latitude is None or longitude is None:
        unread = [column for column in ("latitude", "longitude") if row.get(column) and repair.number_of(row.get(column)) is None]
        return None, [row.issue(column, "is not a number; the middle of the ZIP code is used") for column in unread]
    if _fits((latitude, longitude), spot):
        return (latitude, longitude), []
    if _fits((longitude, latitude), spot):
        return (longitude, latitude), [row.issue("latitude", "was exchanged with the longitude; turned round")]
    instead = "the middle of the ZIP code is used" if spot else "left out, and so it is shown without a distance"
    return None, [row.issue("latitude", f"with longitude {row.get('longitude')} is not near the address; {instead}")]


def _fits(at: Point, spot: Spot | None) -> bool:
    if not (_SOUTH <= at[0] <= _NORTH and _WEST <= at[1] <= _EAST):
        return False
    return spot is None or miles(at, (spot.latitude, spot.longitude)) <= FAR
