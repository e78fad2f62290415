"""Feeds made by hand, for the tests of the directory: services a given number of miles from a ZIP code."""

from storage.directory.feed import AtLocation, Feed, Language, Location, Organization, Phone, Schedule, Service
from storage.places import DEGREE_MILES, point

HERE = "96001"
"""Redding: far from the sample school."""
LINE = Phone("+15305550131")


def service(key, *needs, name="", status="active", **more):
    details = {"description": "", "alert": "", "note": "", "no_id": False, "assured_date": None, "translations": (), **more}
    kept = tuple(need if isinstance(need, tuple) else (need, "source") for need in needs or ("food",))
    return Service(str(key), "o", name or f"Sample Service {key}", status=status, needs=kept, **details)


def place(key, miles):
    """A location that many miles north of the ZIP code."""
    spot = point(HERE)
    return Location(
        str(key), "", f"{key} Sample St, Redding", HERE, spot.latitude + miles / DEGREE_MILES, spot.longitude, approximate=False
    )


def at(service_key, place_key=None, phones=(LINE,), schedules=(), languages=()):
    """A service at a place, or by phone."""
    where = None if place_key is None else str(place_key)
    spoken = tuple(Language(code, name) for code, name in languages)
    return AtLocation(f"{service_key} {place_key}", str(service_key), where, tuple(phones), tuple(schedules), spoken)


def feed(services, places=(), at_locations=(), source="hand"):
    return Feed(source, "by hand", (Organization("o", "Sample"),), tuple(places), tuple(services), tuple(at_locations))


def at_miles(*miles, need="food"):
    """One service at each of these distances."""
    numbers = range(len(miles))
    services = [service(n, need) for n in numbers]
    return feed(services, [place(n, far) for n, far in zip(numbers, miles, strict=True)], [at(n, n) for n in numbers])


def weekly(byday="MO", opens="09:00", closes="17:00"):
    return Schedule(byday, opens, closes)
