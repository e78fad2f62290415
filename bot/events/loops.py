"""The clock's part in events: open what is invited to, offer what is free, remind, ask again, thank. Small units, safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from storage.events import announced

from . import groups, offering, reminding

if TYPE_CHECKING:
    from ..house import House

EVERY = timedelta(seconds=30)
Unit = Callable[[Connection, datetime], int]
UNITS: tuple[Unit, ...] = (offering.tell, reminding.remind, reminding.nudge, reminding.thank)


class Events:
    """What one process remembers between two looks: nothing that matters."""

    def __init__(self) -> None:
        self.next_look: datetime | None = None

    async def go_on(self, house: House, now: datetime) -> None:
        await house.database.run(announced.open_invited)
        if self.next_look is not None and now < self.next_look:
            return
        self.next_look = now + EVERY
        for unit in UNITS:
            if await house.database.run(partial(_at, unit, now)):
                house.wake()
        await groups.go_on(house, now)


def _at(unit: Unit, now: datetime, connection: Connection) -> int:
    return unit(connection, now)
