"""A school of one's own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, update
from sqlmodel import col

import locales
from conversations.folding import fold
from storage import people, places
from storage.tables import School

from .members import Unfit, parse_address


def add(connection: Connection, *, keyword: str, name: str, zip_code: str, phone: str, languages: str, number: str = "") -> str:
    """Set a school up, or change the one of that keyword; what was done, in words. `Unfit` names what cannot be."""
    folded = fold(keyword)
    if not folded.isalnum():
        raise Unfit(f"{keyword} cannot be texted as a keyword: it must be one word of letters and digits.")
    if not name.strip():
        raise Unfit("A school needs its name: it stands at the head of what families read.")
    spot = places.point(zip_code)
    if spot is None:
        raise Unfit(f"{zip_code} is no ZIP code with a place.")
    channel, line = parse_address(phone)
    if channel != "sms":
        raise Unfit(f"{phone} is not a number that families can ring.")
    tags = [tag.strip() for tag in languages.split(",") if tag.strip()]
    if not tags or (strange := [tag for tag in tags if tag not in locales.LANGUAGES]):
        raise Unfit(f"{', '.join(strange) if tags else 'No language'}: our languages are {', '.join(locales.LANGUAGES)}.")
    texted = _number(connection, number, folded)
    row = {"name": name.strip(), "zip": spot.zip, "timezone": ZoneInfo(spot.timezone).key, "phone": line, "languages": tags, **texted}
    known = people.school_called(connection, folded)
    if known is None:
        connection.execute(insert(School).values(keyword=folded, **row))
    else:
        connection.execute(update(School).where(col(School.id) == known.id).values(**row))
    return f"{row['name']} ({folded.upper()}), near {spot.city}, {row['timezone']}: {'set up' if known is None else 'changed'}."


def _number(connection: Connection, number: str, keyword: str) -> dict[str, str]:
    """The number families text, where the school is given one of its own. No two schools have the same."""
    if not number:
        return {}
    channel, own = parse_address(number)
    if channel != "sms":
        raise Unfit(f"{number} is not a number that families can text.")
    other = next((each for each in people.schools(connection) if each.number == own and each.keyword != keyword), None)
    if other is not None:
        raise Unfit(f"{number} is the number of {other.name} already: whoever texts it belongs there.")
    return {"number": own}
