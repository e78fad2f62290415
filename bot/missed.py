"""What Twilio received for us while we were down or failing: fetched from its list, and answered once, oldest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from storage import due, inbox, people

from . import metrics
from .channels import base
from .channels.base import Received
from .channels.twilio import Twilio
from .house import House

log = structlog.get_logger()

OLDEST = timedelta(hours=24)
OVERLAP = timedelta(minutes=10)
"""Looked at again before the last recorded message: two that came together may have been recorded apart."""


async def fetch(house: House, channel: Twilio) -> int:
    """Receive what we have not; how many those were. Never from before the first start."""
    since = await house.database.run(partial(_since, now=house.now()))
    try:
        listed = await channel.missed(since, also=await house.database.run(people.numbers))
    except base.DeliveryError as error:
        log.warning("cannot_fetch_missed", code=error.code)
        return 0
    have = await house.database.run(partial(_recorded, ids=[received.provider_id for received in listed]))
    new = [received for received in listed if received.provider_id not in have]
    for received in new:
        await _receive(house, received)
    if new:
        log.info("fetched_missed", messages=len(new))
    return len(new)


async def _receive(house: House, received: Received) -> None:
    """One that breaks us keeps nobody else waiting; it is in the list the next time too."""
    try:
        await house.receive(received)
    except Exception:  # whatever it is, those after it are heard
        log.exception("cannot_receive_missed")
        metrics.ALARMS.labels("cannot_receive_missed").inc()


def _since(connection: Connection, now: datetime) -> datetime:
    first_start = datetime.fromisoformat(due.first_fact(connection, "first start", now.isoformat()))
    last = inbox.last_received(connection, "sms")
    return max(first_start, now - OLDEST, *([last - OVERLAP] if last else []))


def _recorded(connection: Connection, ids: list[str]) -> set[str]:
    return inbox.recorded(connection, "sms", ids) if ids else set()
