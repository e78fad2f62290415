"""What every desk of the command line stands on: one school, in one transaction, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.folding import fold
from storage import people

from .members import Unfit


@dataclass(frozen=True)
class AtSchool:
    connection: Connection
    school: Any
    now: datetime

    @classmethod
    def of(cls, connection: Connection, keyword: str, now: datetime) -> Self:
        """`Unfit` where no school has the keyword."""
        school = people.school_called(connection, fold(keyword))
        if school is None:
            raise Unfit(f"No school has the keyword {keyword}.")
        return cls(connection, school, now)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.school.timezone)

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)
