"""Somebody, or some machine, writes faster than anybody reads: one polite sentence, then silence. What must be heard is heard.

Each address has its own measure, so that a flood costs little and keeps nobody else waiting. What counts is what we answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from conversations.keywords import Keyword, Leaving
from locales import reading
from storage import outbox
from storage.people import Known

from .effects import CALM

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HOURFUL = 4
"""Minutes' worth of answers that an hour may hold."""
NOW_AND_THEN = 8
"""One message in so many is measured against the hour, which is slower to look up."""
REST = timedelta(minutes=10)
NO_TURN = -1
"""The revision of a rest's due row: when it falls due there is nothing to do."""
MOST_RESTING = 20
"""Texts that may answer STOP, START and words of danger during a rest; past that they are heard without an answer."""


def resting(known: Known, now: datetime) -> bool:
    return known.resting_until is not None and known.resting_until > now


def is_one(connection: Connection, known: Known, inbound_id: int, now: datetime, per_minute: int) -> bool:
    """Whether an address has had as many answers as it gets. Who takes longer over a message than the measure is not even looked up."""
    since = now - known.heard_at
    if not per_minute or since > 2 * HOUR / (HOURFUL * per_minute):
        return False
    if since <= 2 * MINUTE / per_minute and _had(connection, known, per_minute, now - MINUTE):
        return True
    return inbound_id % NOW_AND_THEN == 0 and _had(connection, known, HOURFUL * per_minute, now - HOUR)


def must_be_heard(text: str, known: Known, now: datetime) -> bool:
    """STOP, START, and words of danger unless they were answered within the last minute."""
    reply = reading.read(text, language=known.language)
    if reply.crisis is not None:
        return known.calm_until is None or known.calm_until <= now + CALM - MINUTE
    return reply.keyword in {Keyword.STOP, Keyword.START} or reply.leaving is Leaving.SURE


def said_enough(connection: Connection, known: Known) -> bool:
    """Even what must be heard has had its answers in this rest."""
    return known.resting_until is not None and _had(connection, known, MOST_RESTING, known.resting_until - REST)


def _had(connection: Connection, known: Known, texts: int, since: datetime) -> bool:
    at = outbox.nth_newest(connection, known.address_id, texts)
    return at is not None and at > since
