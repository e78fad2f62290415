"""What the command line does with people: add one, and see who waits for a call."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
from sqlalchemy import Connection

import locales
from conversations.folding import fold
from storage import calls, outbox, people
from storage.gate import audit

from .house import utc_now
from .lookups import as_said


class Unfit(Exception):
    """What was given cannot be used; the sentence says why."""


def add(connection: Connection, *, address: str, role: str, keyword: str, language: str) -> str:
    """Give somebody a part in a school, and say what was done. Does not bring back who said STOP."""
    if role not in people.ROLES:
        raise Unfit(f"{role} is not a role. Roles are: {', '.join(people.ROLES)}.")
    if language and language not in locales.LANGUAGES:
        raise Unfit(f"{language} is not a language of ours yet. There are: {', '.join(locales.LANGUAGES)}.")
    school = people.school_called(connection, fold(keyword))
    if school is None:
        raise Unfit(f"No school has the keyword {keyword}.")
    channel, plain = parse_address(address)
    known = people.meet(connection, channel, plain, utc_now())
    if language:
        people.set_language(connection, known, language, guessed=False)
    added = people.add_member(connection, known.person_id, school.id, role, utc_now())
    if added:
        people.log_consent(connection, known.address_id, utc_now(), what="join", how="added by staff")
    return f"{address} is {role} at {school.name}." if added else f"{address} already was {role} at {school.name}."


def parse_address(address: str) -> tuple[str, str]:
    """Channel and plain address of "+16615550100" or "telegram:123456"; `Unfit` for anything else."""
    channel, _colon, plain = address.partition(":")
    if channel in {"telegram", "phone"} and plain:
        if channel == "telegram" and not plain.lstrip("-").isdecimal():
            raise Unfit(f"{address} is not a Telegram address: they look like telegram:123456.")
        return channel, plain
    try:
        number = phonenumbers.parse(address, "US")
    except phonenumbers.NumberParseException:
        raise Unfit(f"{address} is not an address: they look like +16615550100 or telegram:123456.") from None
    if not phonenumbers.is_possible_number(number):
        raise Unfit(f"{address} is not a number anybody could have.")
    return "sms", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def calls_waiting(connection: Connection) -> list[dict[str, str]]:
    """A row for each call that waits, longest first, in words."""
    return [
        {
            "number": f"{call.id} !" if call.inbound_id is not None and call.seen_at is None else str(call.id),
            "since": call.asked_at.astimezone(ZoneInfo(call.timezone)).strftime("%Y-%m-%d %H:%M"),
            "school": call.school,
            "call": call.number or (as_said(call.address) if call.channel == "sms" else f"{call.channel}:{call.address}"),
            "when": call.when,
            "language": call.language or "?",
            "why": call.why,
        }
        for call in calls.waiting(connection)
    ]


def read_message(connection: Connection, *, call_id: int, now: datetime) -> str:
    """What was said by somebody in danger, once. The look is logged, and when the first was. `Unfit` where there is no such call."""
    if not calls.waits(connection, call_id):
        raise Unfit(f"No call number {call_id} waits: `platica inbox` shows those that do.")
    said = calls.see(connection, call_id, now)
    audit.write(
        connection, now, person_id=None, action="read a message", outcome="refused" if said is None else "shown", about={"call": call_id}
    )
    return said or f"Call {call_id} has no message to show: it was read before, or erased, or never had one. Please ring them."


def texts(connection: Connection, *, address: str) -> list[str]:
    """What became of the last texts to an address, newest first, without their words; `Unfit` where nobody is known."""
    known = people.at(connection, *parse_address(address))
    if known is None:
        raise Unfit(f"Nobody has written from {address}, and nobody brought it.")
    zone = ZoneInfo(known.school_timezone)
    return [
        " ".join(part for part in (row.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"), row.kind, row.state, row.reason) if part)
        for row in outbox.newest(connection, known.address_id)
    ] or ["Nothing was texted there yet."]


def call_done(connection: Connection, *, call_id: int) -> bool:
    return calls.done(connection, call_id, utc_now())
