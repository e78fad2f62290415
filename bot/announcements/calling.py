"""Call lists: opened by name, good until an hour, logged each time; by phone they go to the phone on file, and are erased like a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select
from sqlmodel import col

import locales
from conversations.announcements.account import reason
from conversations.announcements.calling import MOST, ShowCallList, ToRing, ToRingFor
from storage import outbox, people
from storage.announcements import authors, ledger
from storage.announcements.ledger import Missed
from storage.announcements.tables import CallList
from storage.tables import Kind

from .. import gate, rendering
from ..turning import Answers, At, Does

GOOD_FOR = timedelta(hours=24)
IN_ONE_TEXT = 20


def to_ring(connection: Connection, number: int) -> list[Missed]:
    """Those whom nothing of ours will reach any more, and who did not say STOP."""
    return [each for each in ledger.missed(connection, number, to_call=True) if each.channel == "sms"]


def opened(connection: Connection, number: int, name: str, now: datetime, good_for: timedelta = GOOD_FOR) -> datetime:
    """Until when this person's list of it is good; a new one where theirs is over."""
    if (until := open_until(connection, number, name, now)) is None:
        until = now + good_for
        connection.execute(insert(CallList).values(announcement_id=number, name=name, made_at=now, until=until))
    return until


def open_until(connection: Connection, number: int, name: str, now: datetime) -> datetime | None:
    """Until when this person's list of it is good, if it still is."""
    mine = [col(CallList.announcement_id) == number, col(CallList.until) > now]
    for row in connection.execute(select(col(CallList.name), col(CallList.until)).where(*mine)):
        if row.name == name:
            until: datetime = row.until
            return until
    return None


def line(each: Missed, language: str = "en") -> str:
    from ..lookups import as_said  # noqa: PLC0415 - it asks us

    return f"{as_said(each.address)}  {each.language or '?'}  {locales.render(reason(each.why), language)}"


# By phone


def _found(at: At, query: ToRingFor) -> ToRing | None:
    row = authors.row_of(at.connection, at.known.person_id, query.number)
    if row is None:
        return None
    zone = ZoneInfo(authors.school_of(at.connection, row.school_id).timezone)
    until = open_until(at.connection, query.number, query.name, at.now) or at.now + GOOD_FOR
    return ToRing(len(to_ring(at.connection, query.number)), until.astimezone(zone))


def show(at: At, effect: ShowCallList) -> None:
    """Through the gate. As texts with a code: they leave at once or not at all, and their words are erased with those."""
    rows = to_ring(at.connection, effect.number) if authors.row_of(at.connection, at.known.person_id, effect.number) is not None else []
    gate.spend(at.connection, at.known, effect.action, at.now, {"announcement": effect.number, "numbers": len(rows)})
    opened(at.connection, effect.number, effect.name, at.now)
    to = people.on_file(at.connection, at.known.person_id) or at.known
    texts = [line(each, at.language) for each in rows[:MOST]]
    outbox.write(at.connection, [rendering.row(to, Kind.CODE, text, at.now) for text in _in_texts(texts)])


def _in_texts(lines: Sequence[str]) -> list[str]:
    return ["\n".join(lines[start : start + IN_ONE_TEXT]) for start in range(0, len(lines), IN_ONE_TEXT)]


ANSWERS: Answers = {ToRingFor: _found}
DOES: Does = {ShowCallList: show}
