"""A text file that a member of staff sends: its words are as good as typed. What a family sends is never opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from storage import people

from .channels.base import DeliveryError, Received

if TYPE_CHECKING:
    from .house import House

log = structlog.get_logger()

MOST = 20_000
"""Bytes that are read of a file."""
PATIENCE = 8.0
"""Seconds; the provider waits for our answer meanwhile."""


async def opened(house: House, received: Received) -> Received:
    """The message with the words of its file behind its own; as it came where it cannot be read, which they are told."""
    read = getattr(house.channels.get(received.channel), "read_file", None)
    if not received.file or received.group or read is None:
        return received
    if not await house.database.run(lambda connection: _of_staff(connection, received)):
        return received
    try:
        words = await asyncio.wait_for(read(received.file, MOST), PATIENCE)
    except (DeliveryError, TimeoutError):
        log.info("file_unread", channel=received.channel)
        return received
    said = "\n".join(each for each in (received.text.strip(), words) if each)
    return replace(received, text=said, media=not said)


def _of_staff(connection: Connection, received: Received) -> bool:
    known = people.at(connection, received.channel, received.address)
    return known is not None and not known.roles.isdisjoint(people.STAFF)
