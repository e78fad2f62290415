"""What the clock does for announcements that wait for people: translators, and who must agree to an urgent one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from . import machine, translating, urgent

if TYPE_CHECKING:
    from ..house import House


async def go_on(house: House, now: datetime) -> None:
    """One look, every second: it is an index scan of what is due, nearly always empty."""
    await urgent.go_on(house, now)
    await translating.go_on(house, now)
    await machine.go_on(house)
