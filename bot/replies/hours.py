"""What the command line does about who answers and rings: the hours of calls, and who is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from storage import people
from storage.people import Known
from storage.replies import duty, threads, windows

from ..lookups import as_said
from ..members import Unfit, parse_address

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?")
_DAY = 24 * 60


def window(connection: Connection, *, address: str, day: str, span: str, capacity: int) -> str:
    """Set the hours of a weekday at which somebody rings families; 0 calls take them away."""
    known = _answers(connection, address)
    if day.casefold()[:3] not in DAYS:
        raise Unfit(f"{day} is no day of the week: write mon, tue, wed, thu, fri, sat or sun.")
    begins, ends = _span(span)
    changed = windows.add(connection, known.school_id, known.person_id, DAYS.index(day.casefold()[:3]), begins, ends, capacity)
    if not capacity:
        return f"{address} rings nobody then any more." if changed else f"{address} had no such hours."
    calls = "1 call" if capacity == 1 else f"{capacity} calls"
    return f"{address} rings families {day.casefold()[:3]} {_clock(begins)}-{_clock(ends)}, {calls} an hour."


def _span(span: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(span.replace(" ", ""))
    if found and max(int(found[2] or 0), int(found[4] or 0)) >= windows.HOUR:
        found = None
    begins, ends = (int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)) if found else (0, 0)
    if not 0 <= begins < ends <= _DAY or ends - begins < windows.HOUR:
        raise Unfit(f"{span} is no time of an hour or more: write it by the 24-hour clock, like 9:00-12:00 or 13:30-15:30.")
    return begins, ends


def listed(connection: Connection, *, now: datetime) -> Iterator[str]:
    """Every window, in words; who is away now is marked."""
    for row in windows.listed(connection):
        known = people.on_file(connection, row.person_id)
        who = (as_said(known.address) if known.channel == "sms" else f"{known.channel}:{known.address}") if known else "nobody reachable"
        away = " (away)" if duty.is_away(connection, row.person_id, now) else ""
        yield f"{row.keyword.upper()}  {DAYS[row.weekday]} {_clock(row.begins)}-{_clock(row.ends)}  {row.capacity} an hour  {who}{away}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def away(connection: Connection, *, address: str, until: str, now: datetime) -> str:
    """What would come to somebody goes to the next, until the beginning of a day or until they are back."""
    known = _answers(connection, address)
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise Unfit(f"{until} is no day: write it like 2026-12-01.") from None
    zone = ZoneInfo(known.school_timezone)
    moment = None if day is None else datetime.combine(day, time(0), zone)
    if moment is not None and moment <= now:
        raise Unfit(f"{until} is not after today: write the day they are back.")
    duty.go_away(connection, known.person_id, now, moment)
    passed = threads.pass_on(connection, known.person_id, now)
    until_when = f"until {day}" if day is not None else f"until `platica calls back {address}`"
    return f"{address} is away {until_when}. Threads that go to the next: {passed}."


def back(connection: Connection, *, address: str) -> str:
    known = _answers(connection, address)
    return f"{address} is back." if duty.come_back(connection, known.person_id) else f"{address} was not away."


def _answers(connection: Connection, address: str) -> Known:
    known = people.at(connection, *parse_address(address))
    if known is None or not duty.may_answer(connection, known.person_id, known.school_id):
        raise Unfit(f"{address} answers no families: give them a part with `platica people add {address} --role liaison --school KEYWORD`.")
    return known
