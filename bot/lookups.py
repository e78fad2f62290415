"""Answer every look-up a flow can make: from the tables, the ZIP codes, or the calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

import locales
from conversations.desk import CallsHere
from conversations.engine import FlowError
from conversations.flows.find_help import Nearest
from conversations.flows.forget import HeldHere
from conversations.flows.helped import LookedForHere
from conversations.folding import fold
from conversations.gate import AskedLately, MayAsk, Prove
from conversations.linking import CodeHere, NewCode, TryCode, WaysHere
from conversations.opening import NowHere
from conversations.questions import CityOf, DayIn, TimeIn, WhenIn, ZipOf
from conversations.talk import LookUp, SchoolCalled
from conversations.topics import WantedHere
from conversations.who import School
from conversations.wishes import Source, WhereFrom
from storage import holding, linking, outcomes, people, places, preferences
from storage.directory import nearest

from . import areas, desk, gate
from .turning import Answers, At


def answer(query: LookUp[Any], at: At) -> Any:
    """What a flow asked for, by whoever answers such a question. `FlowError` if nobody does."""
    find = ANSWERS.get(type(query))
    if find is None:
        raise FlowError(f"Nothing answers {type(query).__name__}: add it to the ANSWERS of its area, and the area to bot/areas.py.")
    return find(at, query)


def _school_called(at: At, query: SchoolCalled) -> School | None:
    row = people.school_called(at.connection, fold(query.keyword))
    return row and school(row.keyword, row.name, row.zip, row.phone, row.languages)


def _city(_at: At, query: CityOf) -> str | None:
    spot = places.point(query.zip)
    return spot.city if spot else None


def _came_from(at: At, _query: WhereFrom) -> Source | None:
    joined_at = people.joined(at.connection, at.known.address_id)
    return joined_at and Source(_here(at, joined_at.at).date(), joined_at.how)


def _new_code(at: At, _query: CodeHere) -> NewCode:
    texted = people.our_number(at.connection, at.known, at.rules.number)
    return NewCode(linking.begin(at.connection, at.known, at.now), as_said(texted)) if texted else NewCode("", "")


def _here(at: At, when: datetime) -> datetime:
    return when.astimezone(ZoneInfo(at.known.school_timezone))


def _day(at: At, query: DayIn) -> date | None:
    from locales import days  # noqa: PLC0415 - few conversations ask for a day

    return days.read_day(query.text, _here(at, at.now).date(), at.known.language or "en")


def _time(at: At, query: TimeIn) -> time | None:
    from locales import days  # noqa: PLC0415 - few conversations ask for a time

    return days.read_time(query.text, at.known.language or "en")


def _half_day(at: At, query: WhenIn) -> str | None:
    from locales import days  # noqa: PLC0415 - few conversations ask for it

    return days.half_day(query.text) or ("" if days.tells_when(query.text, at.known.language or "en") else None)


_OWN: Answers = {
    Nearest: lambda at, query: nearest.nearest(at.connection, query),
    SchoolCalled: _school_called,
    ZipOf: lambda at, query: places.zip_of(query.city, at.known.school_zip, exact=query.exact),
    CityOf: _city,
    DayIn: _day,
    TimeIn: _time,
    WhenIn: _half_day,
    NowHere: lambda at, _query: _here(at, at.now),
    WhereFrom: _came_from,
    LookedForHere: lambda at, _query: outcomes.looked_for(at.connection, at.known, at.now),
    WantedHere: lambda at, _query: preferences.wanted(at.connection, at.known.person_id, at.now),
    HeldHere: lambda at, _query: holding.summary(at.connection, at.known),
    CodeHere: _new_code,
    TryCode: lambda at, query: linking.tried(at.connection, at.known, query.code, at.now),
    WaysHere: lambda at, _query: linking.ways(at.connection, at.known),
    CallsHere: lambda at, _query: desk.waiting(at.connection, at.known, at.now),
    MayAsk: lambda at, query: gate.standing(at.connection, at.known, query, at.now),
    Prove: lambda at, query: gate.prove(at.connection, at.known, query, at.now),
    AskedLately: lambda at, _query: gate.asked_lately(at.connection, at.known, at.now),
}
ANSWERS: Answers = areas.joined((_OWN, areas.ANSWERS))


def school(keyword: str, name: str, zip_code: str, phone: str, languages: tuple[str, ...] | list[str]) -> School:
    """A school as conversations know it; a language without a catalog is not offered."""
    offered = tuple((tag, locales.LANGUAGES[tag]) for tag in languages if tag in locales.LANGUAGES)
    return School(keyword.upper(), name, zip_code, as_said(phone), offered)


@lru_cache(maxsize=1024)
def as_said(number: str) -> str:
    """As people say a number here: +16615550100 is 661-555-0100."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    national = str(parsed.national_number)
    if parsed.country_code == 1 and len(national) == len("6615550100"):
        return f"{national[:3]}-{national[3:6]}-{national[6:]}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
