"""What the command line does with announcements: shows one before it leaves, schedules it, and accounts for those there are."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

import locales
from conversations import gate as words
from conversations.announcements.account import Account, reason, status, who_missed
from conversations.announcements.audience import Audience
from conversations.announcements.audience_words import read
from conversations.announcements.drafts import Draft, TextIn, TextState
from conversations.announcements.price import Price
from locales import audience as spoken
from locales.saying import language_name
from storage.announcements import authors, course, drafts, ledger
from storage.announcements.ledger import Missed
from storage.announcements.tables import Announcement
from storage.tables import Kind

from .. import gate
from ..members import Unfit
from . import calling, writing
from .announce import NotAnnounced, announce, in_time, look_at
from .costing import Costing
from .languages import school_called
from .terms import Terms

NEWEST = 30
"""Announcements that the list shows."""
BEGINNING = 40
LONGEST_LIST = timedelta(days=7)
"""Numbers on a call list are not for keeping."""


@dataclass(frozen=True)
class Wanted:
    """What somebody would announce. Hours are by the school's clock where they name no other."""

    keyword: str
    to: str
    texts: Mapping[str, str]
    """The source first."""
    kind: str = Kind.NEWS.value
    at: str = ""
    until: str = ""

    @property
    def language(self) -> str:
        return next(iter(self.texts), "")


def plan(connection: Connection, *, wanted: Wanted, terms: Terms, now: datetime) -> list[str]:
    """Who would get it, the price and what there is to say of the words. `Unfit` if it cannot be announced so; nothing is kept."""
    school = school_called(connection, wanted.keyword)
    _, price = _looked_at(connection, school, wanted, terms, now)
    advice = [line for tag, body in wanted.texts.items() for line in writing.of(body, tag, school.name).lines]
    lines = [*price.lines, *dict.fromkeys(advice)]
    return [*_lacking(connection, school.id, wanted), *(locales.render(line, "en") for line in lines)]


def schedule(connection: Connection, *, wanted: Wanted, terms: Terms, now: datetime) -> str:
    """Past the gate, by the operator, and into the clock's hands. `Unfit` as `plan`."""
    school = school_called(connection, wanted.keyword)
    draft, _price = _looked_at(connection, school, wanted, terms, now)
    number = announce(
        connection,
        school_id=school.id,
        kind=draft.kind,
        audience=draft.audience,
        language=draft.language,
        texts=wanted.texts,
        now=now,
        send_at=draft.send_at,
        until=_until(school, wanted),
    )
    gate.by_operator(connection, words.ANNOUNCE, now, {"announcement": number})
    at = drafts.row_of(connection, number).send_at.astimezone(ZoneInfo(school.timezone))
    return f"Announcement {number} starts {at:%Y-%m-%d %H:%M}. Until then it can be taken back: platica announcement {number} --cancel"


def _looked_at(connection: Connection, school: Any, wanted: Wanted, terms: Terms, now: datetime) -> tuple[Draft, Price]:
    """What it would be, and its price. `Unfit` for what stands in its way."""
    if wanted.kind == Kind.URGENT:
        raise Unfit("Something urgent needs words that were approved beforehand and a second person: a coordinator texts URGENT.")
    if not wanted.texts:
        raise Unfit("There are no words to send: give them with --en or --es, or in a file with --text.")
    draft = _draft(school, wanted)
    try:
        look_at(connection, school_id=school.id, kind=draft.kind, audience=draft.audience, language=draft.language, texts=wanted.texts)
        in_time(draft.send_at, _until(school, wanted), now)
    except NotAnnounced as unfit:
        raise Unfit(str(unfit)) from unfit
    price = Costing(connection, school, now, terms).price(draft)
    if price.blocked is not None:
        raise Unfit(locales.render(price.blocked, "en"))
    return draft, price


def _until(school: Any, wanted: Wanted) -> datetime | None:
    return _moment(wanted.until, school.timezone, "--until")


def _draft(school: Any, wanted: Wanted) -> Draft:
    texts = tuple(TextIn(tag, TextState.APPROVED, body) for tag, body in wanted.texts.items())
    send_at = _moment(wanted.at, school.timezone, "--at")
    return Draft(0, wanted.kind, "draft", wanted.language, _audience(school, wanted.to), texts, send_at)


def _audience(school: Any, to: str) -> Audience:
    found = read(to, spoken.vocabulary({school.keyword: school.name}))
    if found is None:
        raise Unfit(f'Nobody is called "{to}": name them like "families", "families es", "staff + partners" or "all not staff".')
    return found


def _moment(text: str, zone: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(f'{option} {text} is no time: write it like "2026-12-03 16:30", by the school\'s clock.') from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _lacking(connection: Connection, school_id: int, wanted: Wanted) -> Iterator[str]:
    for tag in drafts.required(connection, school_id):
        if tag in wanted.texts and tag != wanted.language:
            yield f"The {language_name(tag, 'en')} text counts as approved: whoever runs this command answers for it."


# Those there are


def listed(connection: Connection) -> list[str]:
    """The newest, a line each: number, stage, kind, its first words and how many it reached."""
    query = select(col(Announcement.id), col(Announcement.stage), col(Announcement.kind)).order_by(col(Announcement.id).desc())
    return [_line(connection, row) for row in connection.execute(query.limit(NEWEST)).all()]


def _line(connection: Connection, row: Any) -> str:
    books = ledger.account(connection, row.id)
    source = drafts.source_of(connection, row.id)
    text = " ".join(source[1].split()) if source else ""
    begins = text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}..."
    reached = f", reached {books.reached} of {books.intended}" if books.intended else ""
    return f"{row.id}  {row.stage}, {row.kind}{reached}: {begins}"


def account(connection: Connection, *, number: int) -> list[str]:
    """The books of one, in words: they add up."""
    row = _row(connection, number)
    books = ledger.account(connection, number)
    said = Account(
        number,
        books.stage,
        books.intended,
        delivered=books.delivered,
        sent=books.sent,
        unknown=books.unknown,
        waits=books.waits,
        failures=books.failures,
        skips=books.skips,
    )
    lines = [f"Announcement {number} ({row.kind}) is {row.stage}." + (f" {row.why}" if row.why else "")]
    if not books.planned and books.stage == "running":
        lines.append("Its list is still being written: the figures grow.")
    lines.append(locales.render(status(said), "en"))
    if books.intended:
        lines.append(locales.render(who_missed(said), "en"))
    if books.intended and not ledger.is_private(connection, number):
        lines.append("By language: " + ", ".join(f"{tag or 'unknown'} {n}" for tag, n in books.languages.items()) + ".")
        lines.append("By channel: " + ", ".join(f"{channel} {n}" for channel, n in books.channels.items()) + ".")
    return "\n".join(lines).splitlines()


def write_missed(connection: Connection, *, number: int, path: Path, now: datetime) -> str:
    """Who did not get it, with their numbers, into a CSV file; logged. `Unfit` if it cannot be written."""
    _not_private(connection, number)
    rows = ledger.missed(connection, number)
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(["channel", "address", "language", "state", "why"])
            table.writerows([each.channel, _as_text(each.address), each.language, each.state.value, _why(each)] for each in rows)
    except OSError as error:
        raise Unfit(f"{path} cannot be written ({error.strerror}).") from None
    gate.by_operator(connection, words.EXPORT, now, {"announcement": number, "numbers": len(rows)})
    return f"{len(rows)} rows are in {path}, with numbers: keep it where nobody else reads it, and delete it when it is done."


def call_list(connection: Connection, *, number: int, name: str, hours: float, now: datetime) -> list[str]:
    """The numbers that nothing of ours will reach, for one person, until an hour; nobody who said STOP is in it. Logged each time."""
    row = _not_private(connection, number)
    if not name.strip():
        raise Unfit("Say who rings them: --call-list NAME.")
    if not 0 < hours <= LONGEST_LIST / timedelta(hours=1):
        raise Unfit(f"A call list is good for up to {LONGEST_LIST / timedelta(hours=1):g} hours.")
    until = calling.opened(connection, number, name.strip(), now, timedelta(hours=hours))
    rows = calling.to_ring(connection, number)
    gate.by_operator(connection, words.EXPORT, now, {"announcement": number, "numbers": len(rows)})
    zone = ZoneInfo(authors.school_of(connection, row.school_id).timezone)
    head = f"For {name.strip()}, until {until.astimezone(zone):%Y-%m-%d %H:%M}; destroy it then. {len(rows)} to ring, nobody of them said STOP."
    return [head, *map(calling.line, rows)]


DONE = {
    "halt": (
        course.halt,
        "Nothing more of {n} leaves; what had not left is counted as stopped.",
        "{n} is not running, so there is nothing to stop.",
    ),
    "resume": (course.go_on, "{n} goes on.", "{n} is not paused."),
}


def steer(connection: Connection, *, number: int, what: str, now: datetime) -> str:
    """Stop it (halt), let it go on (resume), or cancel it before it starts. `Unfit` where its stage does not allow it."""
    stage = _row(connection, number).stage
    if what == "cancel":
        done, yes, no = (
            course.cancel(connection, number, now),
            "{n} is cancelled: nothing of it leaves.",
            "{n} has started or is over: --halt stops it.",
        )
    else:
        act, yes, no = DONE[what]
        done = act(connection, number, now)
    if not done:
        raise Unfit(f"{no.format(n=number)} It is {stage}.")
    gate.by_operator(connection, words.ANNOUNCE, now, {"announcement": number, "what": what})
    return yes.format(n=number)


def _row(connection: Connection, number: int) -> Any:
    row = drafts.row_of(connection, number)
    if row is None:
        raise Unfit(f"There is no announcement {number}: platica announcements lists them.")
    return row


def _not_private(connection: Connection, number: int) -> Any:
    if ledger.is_private(connection, number):
        raise Unfit(f"Announcement {number} went to those who had not answered: who they are is shown to nobody.")
    return _row(connection, number)


def _why(each: Missed) -> str:
    return locales.render(reason(each.why), "en")


def _as_text(address: str) -> str:
    """A spreadsheet takes what begins with + for a sum."""
    return f"'{address}" if address.startswith("+") else address
