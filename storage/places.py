"""Where a ZIP code is, and which ZIP code somebody means. Offline, from the `zipcodes` package (GeoNames, CC BY 4.0).

A ZIP code stands for one point, mostly its town; half of them lie within 1.2 miles of the middle of their area, a large rural
one may be 6 miles off. So a distance is only ever "about".
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import zipcodes
from rapidfuzz import process
from rapidfuzz.distance import OSA

from conversations.folding import fold

EARTH_MILES = 3958.8
DEGREE_MILES = math.radians(1) * EARTH_MILES
"""A degree of latitude; one of longitude shrinks with the cosine."""

_CELL = 0.5
_LONG_ENOUGH = 5
"""Letters a name needs before a typo in it is forgiven."""
_BIG_CITY = 5
"""ZIP codes of its own a city in another state needs to be meant without naming that state: Phoenix, but not Home, Pennsylvania."""
_ABBREVIATED = {"st": "saint", "ft": "fort", "mt": "mount", "n": "north", "s": "south", "e": "east", "w": "west"}
_NICKNAMES = {"la": "los angeles", "sf": "san francisco", "nyc": "new york", "new york city": "new york", "vegas": "las vegas"}


@dataclass(frozen=True)
class Spot:
    """A ZIP code and its point; the time zone is an IANA name."""

    zip: str
    city: str
    state: str
    latitude: float
    longitude: float
    timezone: str


class _City(NamedTuple):
    """A ZIP code under the name of a town; `own` tells its proper name from one the post also accepts."""

    zip: str
    state: str
    latitude: float
    longitude: float
    own: bool


@lru_cache(maxsize=4096)
def point(zip_code: str) -> Spot | None:
    """The spot of a five-digit ZIP code; None if there is no such code, or nobody knows where it is (military post)."""
    if len(zip_code) != 5 or not (zip_code.isascii() and zip_code.isdigit()):  # noqa: PLR2004
        return None
    found = next(iter(zipcodes.matching(zip_code)), None)  # type: ignore[no-untyped-call]
    return None if found is None else _spot(found)


def miles(a: tuple[float, float], b: tuple[float, float]) -> float:
    """As the crow flies, in statute miles, between two points of latitude and longitude."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    p, q = math.radians(lat_a), math.radians(lat_b)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(min(1.0, math.sqrt(h)))


def nearest_zip(latitude: float, longitude: float) -> str | None:
    """The ordinary ZIP code around a shared location; None off the map, or with none in the neighbourhood (some 30 miles)."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004
        return None
    row, column = _cell(latitude, longitude)
    around = (spot for r in (-1, 0, 1) for c in (-1, 0, 1) for spot in _atlas().cells.get((row + r, column + c), ()))
    shrink = math.cos(math.radians(latitude))
    best = min(around, key=lambda spot: (spot[0] - latitude) ** 2 + ((spot[1] - longitude) * shrink) ** 2, default=None)
    return None if best is None else best[2]


def zip_of(city_text: str, near_zip: str, *, exact: bool = False) -> str | None:
    """The ZIP code in the middle of a city named as people type it ("Delano", "los angeles", "bakersfeild", "phoenix az").

    In the state of `near_zip` first, the nearest of several. Typos are forgiven only there; a city of another state must be named
    exactly, and be a big one or carry its state, since any word is the name of some hamlet. With `exact` no typo is
    forgiven, and another state must be named.
    """
    name, state = _named(fold(city_text))
    here = point(near_zip)
    home = state or (here.state if here else "")
    cities = _atlas().cities
    named = cities.get(name, ())
    if at_home := [city for city in named if city.state == home]:
        return _middle(at_home, here)
    if state is None and not exact and (elsewhere := _big(named)):
        return _middle(_closest(elsewhere, here), here)
    corrected = None if exact else _corrected(name, home)
    return None if corrected is None else _middle([city for city in cities[corrected] if city.state == home], here)


def load() -> None:
    """Read the map now, up to a second, so that the first family to text does not wait for it."""
    _atlas()


@dataclass(frozen=True)
class _Atlas:
    cells: Mapping[tuple[int, int], Sequence[tuple[float, float, str]]]
    cities: Mapping[str, Sequence[_City]]
    names: Mapping[str, Sequence[str]]
    """The folded names of each state's cities."""
    states: frozenset[str]


@lru_cache(maxsize=1)
def _atlas() -> _Atlas:
    cells: defaultdict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
    cities: defaultdict[str, list[_City]] = defaultdict(list)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for spot, also in _ordinary():
        cells[_cell(spot.latitude, spot.longitude)].append((spot.latitude, spot.longitude, spot.zip))
        for n, name in enumerate(map(fold, [spot.city, *also])):
            cities[name].append(_City(spot.zip, spot.state, spot.latitude, spot.longitude, own=n == 0))
            names[spot.state].add(name)
    return _Atlas(dict(cells), dict(cities), {state: sorted(each) for state, each in names.items()}, frozenset(names))


def _ordinary() -> Iterator[tuple[Spot, list[str]]]:
    """Every ZIP code people live in, a hundredth at a time: all at once would take 80 MB."""
    for prefix in range(100):
        for row in zipcodes.similar_to(f"{prefix:02}"):  # type: ignore[no-untyped-call]
            spot = _spot(row) if row["zip_code_type"] == "STANDARD" and row["active"] else None
            if spot is not None:
                yield spot, row["acceptable_cities"]


def _spot(row: Mapping[str, Any]) -> Spot | None:
    latitude, longitude = float(row["lat"] or 0), float(row["long"] or 0)
    if not (latitude and longitude):
        return None
    return Spot(row["zip_code"], row["city"], row["state"], latitude, longitude, row["timezone"])


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude / _CELL), math.floor(longitude / _CELL)


def _named(folded: str) -> tuple[str, str | None]:
    """The name in the words of the map, and the state where the text ends with one ("phoenix az")."""
    words = _NICKNAMES.get(folded, folded).split()
    state = words[-1].upper() if len(words) > 1 and words[-1].upper() in _atlas().states else None
    place = words[:-1] if state else words
    written = " ".join(place)
    return written if written in _atlas().cities else " ".join(_ABBREVIATED.get(word, word) for word in place), state


def _corrected(name: str, state: str) -> str | None:
    """The one city of a state that a misspelt name must be: one slip up to seven letters, two beyond, the first letter right."""
    if len(name) < _LONG_ENOUGH:
        return None
    names = [each for each in _atlas().names.get(state, ()) if each[0] == name[0] and len(each) >= _LONG_ENOUGH]
    most = 1 if len(name) <= 7 else 2  # noqa: PLR2004
    found = process.extract(name, names, scorer=OSA.distance, score_cutoff=most, limit=2)
    if not found or (len(found) > 1 and found[0][1] == found[1][1]):
        return None
    return found[0][0]


def _big(cities: Sequence[_City]) -> list[_City]:
    """Those in states where the name is a big city's."""
    counted = defaultdict(list)
    for city in cities:
        counted[city.state].append(city)
    return [city for same in counted.values() if len(same) >= _BIG_CITY for city in same]


def _closest(cities: Sequence[_City], here: Spot | None) -> list[_City]:
    """All of the nearest state's; without a place to measure from, of the first."""
    nearest = min(cities, key=lambda city: _away(city, here))
    return [city for city in cities if city.state == nearest.state]


def _middle(cities: Sequence[_City], here: Spot | None) -> str:
    """The ZIP code one is in already if it is one of them, else the one nearest to the middle of the town."""
    if here is not None and any(city.zip == here.zip for city in cities):
        return here.zip
    own = [city for city in cities if city.own] or list(cities)
    latitude, longitude = (sum(city[axis] for city in own) / len(own) for axis in (2, 3))  # type: ignore[misc]
    return min(own, key=lambda city: miles((city.latitude, city.longitude), (latitude, longitude))).zip


def _away(city: _City, here: Spot | None) -> float:
    return miles((city.latitude, city.longitude), (here.latitude, here.longitude)) if here else 0.0
