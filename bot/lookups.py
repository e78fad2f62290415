"""Answer every look-up a flow can make: from the tables, the ZIP codes, or the calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from sqlalchemy import Connection

import locales
from conversations.announcements.translating import PendingOf, TaskOf
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
from conversations.replies.calls import CallHours
from conversations.talk import LookUp, SchoolCalled
from conversations.topics import WantedHere
from conversations.who import School
from conversations.wishes import Source, WhereFrom
from storage import holding, linking, outcomes, people, places, preferences
from storage.directory import nearest
from storage.people import Known

from . import desk, gate
from .announcements import desk as announcing
from .announcements import urgent
from .announcements.terms import NO_TERMS, Terms
from .announcements.translating import Loop
from .replies import desk as replies
from .replies import ringing


def answer(
    query: LookUp[Any], connection: Connection, known: Known, now: datetime, *, number: str = "", terms: Terms = NO_TERMS, message: int = 0
) -> Any:
    """`number` is the one we text from, if there is one; `terms` are those of announcements; `message` is the one that is being heard."""
    match query:
        case Nearest():
            return nearest.nearest(connection, query)
        case SchoolCalled(keyword):
            row = people.school_called(connection, fold(keyword))
            return row and school(row.keyword, row.name, row.zip, row.phone, row.languages)
        case ZipOf() | CityOf():
            return _place(query, known)
        case DayIn() | TimeIn() | WhenIn() | NowHere():
            return _calendar(query, known, now)
        case WhereFrom():
            joined = people.joined(connection, known.address_id)
            return joined and Source(joined.at.astimezone(ZoneInfo(known.school_timezone)).date(), joined.how)
        case LookedForHere() | WantedHere() | HeldHere():
            return _of_theirs(query, connection, known, now)
        case CodeHere() | TryCode() | WaysHere():
            return _linking(query, connection, known, now, number)
        case MayAsk() | Prove() | AskedLately() | CallsHere():
            return _at_the_gate(query, connection, known, now)
        case _:
            return _at_work(query, connection, known, now, terms=terms, message=message)


def _at_work(query: LookUp[Any], connection: Connection, known: Known, now: datetime, *, terms: Terms, message: int) -> Any:
    """What staff ask for while they announce, translate or answer."""
    match query:
        case TaskOf() | PendingOf():
            return Loop(connection, now, terms.translate_hours).answer(query, known)
        case query if isinstance(query, announcing.LookedUp):
            return announcing.Desk(connection, known, now, terms).answer(query)
        case query if isinstance(query, urgent.LookedUp):
            return urgent.Alarm(connection, now).answer(query, known)
        case CallHours():
            return ringing.hours(connection, known, now)
        case query if isinstance(query, replies.LookedUp):
            return replies.Desk(connection, known, now, message).answer(query)
        case _:
            raise FlowError(f"Nothing answers {type(query).__name__}: add a case to bot/lookups.py.")


def _place(query: ZipOf | CityOf, known: Known) -> str | None:
    if isinstance(query, ZipOf):
        return places.zip_of(query.city, known.school_zip, exact=query.exact)
    spot = places.point(query.zip)
    return spot.city if spot else None


def _of_theirs(query: LookedForHere | WantedHere | HeldHere, connection: Connection, known: Known, now: datetime) -> Any:
    match query:
        case LookedForHere():
            return outcomes.looked_for(connection, known, now)
        case WantedHere():
            return preferences.wanted(connection, known.person_id, now)
        case HeldHere():
            return holding.summary(connection, known)


def _linking(query: CodeHere | TryCode | WaysHere, connection: Connection, known: Known, now: datetime, number: str) -> Any:
    if isinstance(query, TryCode):
        return linking.tried(connection, known, query.code, now)
    if isinstance(query, WaysHere):
        return linking.ways(connection, known)
    texted = people.our_number(connection, known, number)
    return NewCode(linking.begin(connection, known, now), as_said(texted)) if texted else NewCode("", "")


def _at_the_gate(query: MayAsk | Prove | AskedLately | CallsHere, connection: Connection, known: Known, now: datetime) -> Any:
    match query:
        case CallsHere():
            return desk.waiting(connection, known, now)
        case MayAsk():
            return gate.standing(connection, known, query, now)
        case Prove():
            return gate.prove(connection, known, query, now)
        case AskedLately():
            return gate.asked_lately(connection, known, now)


def _calendar(query: DayIn | TimeIn | WhenIn | NowHere, known: Known, now: datetime) -> date | time | datetime | str | None:
    from locales import days  # noqa: PLC0415 - few conversations ask for a day

    here, language = now.astimezone(ZoneInfo(known.school_timezone)), known.language or "en"
    if isinstance(query, NowHere):
        return here
    if isinstance(query, WhenIn):
        return days.half_day(query.text) or ("" if days.tells_when(query.text, language) else None)
    if isinstance(query, TimeIn):
        return days.read_time(query.text, language)
    return days.read_day(query.text, here.date(), language)


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
