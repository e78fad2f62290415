"""The phone page as a channel: a text for it never leaves this machine. The page itself is in `bot.phone`."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from . import segments
from .base import Handoff, Sent


class Phone:
    """Handing off is only telling the page to look: what it shows it reads from the outbox."""

    name = "phone"
    taps = True  # some of its phones do; which, their address says (`rendering.taps`)
    carries_at_most = 1600
    per_second = 1000.0

    def __init__(self) -> None:
        self.listeners: set[asyncio.Event] = set()
        """One for each open page of this process; set when there may be something new to see."""
        self.closed = False

    async def send(self, handoff: Handoff) -> Sent:
        self.changed()
        return Sent(f"phone-{handoff.row}", "delivered")

    async def find(self, handoff: Handoff, since: datetime, *, known: Collection[str] = ()) -> Sent | None:
        """None, always: the row is all there is of the text, so handing it off once more shows it once."""
        return None

    def split(self, text: str) -> Sequence[str]:
        return segments.split(text, self.carries_at_most)

    async def close(self) -> None:
        """Let the open pages go; a stop would wait for them."""
        self.closed = True
        self.changed()

    def changed(self) -> None:
        """There may be something new to see."""
        for listener in self.listeners:
            listener.set()
