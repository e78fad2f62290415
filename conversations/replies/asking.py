"""What families ask about something they were told of. Each value is the msgid under which a catalog lists how (msgctxt "asks")."""

from __future__ import annotations

from enum import Enum


class Asks(Enum):
    WHEN = "asks when"
    HOUR = "asks the hour"
    END = "asks when it ends"
    PLACE = "asks where"
