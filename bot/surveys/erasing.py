"""The clock's part in leaving no copy of what was said in a survey: ours once it has arrived, and the provider's where it lets us.

Twilio lets us take the words out of a message; number and time stay with it. From a Telegram chat we take nothing: it is the
family's own, and they may delete it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from storage.surveys import copies
from storage.surveys.copies import Copy

from ..channels.base import DeliveryError, Erasing

if TYPE_CHECKING:
    from ..house import House

log = structlog.get_logger()

AGAIN = timedelta(minutes=10)
"""After a provider has not erased it."""


class Eraser:
    """What one process remembers between two looks."""

    def __init__(self) -> None:
        self.later: dict[tuple[str, str], datetime] = {}
        """When to try those again that were not erased."""

    async def go_on(self, house: House, now: datetime) -> None:
        await house.database.run(partial(copies.forget_ours, now=now))
        self.later = {name: at for name, at in self.later.items() if at > now}
        found = await house.database.run(partial(copies.left, now=now))
        gone = [each for each in found if await self.is_gone(house, each, now)]
        if gone:
            await house.database.run(partial(copies.gone, copies=gone))

    async def is_gone(self, house: House, copy: Copy, now: datetime) -> bool:
        """Nothing is left to erase, or nothing that we could."""
        channel: object = house.channels.get(copy.channel)
        name = (copy.channel, copy.provider_id)
        if not copy.provider_id or not isinstance(channel, Erasing):
            return True
        if name in self.later:
            return False
        try:
            await channel.erase(copy.provider_id)
        except DeliveryError as error:
            self.later[name] = now + AGAIN
            if now - copy.since < copies.GIVEN_UP:
                return False
            log.warning("survey_copy_left", channel=copy.channel, code=error.code)
        return True
