"""Whom nothing of ours reaches, for a person to ring: numbers, by name of who rings them, behind the second factor, and not for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..gate import Action
from ..talk import LookUp

MOST = 60
"""Numbers that come as texts; the command line has more."""


@dataclass(frozen=True)
class ToRing:
    """How many there are to ring, and until when a list for this person is good, by the school's clock."""

    people: int
    until: datetime


@dataclass(frozen=True)
class ToRingFor(LookUp[ToRing | None]):
    """Of an announcement of one of the person's schools; None as `DraftOf`. Nobody who said STOP is counted."""

    number: int
    name: str


@dataclass(frozen=True)
class ShowCallList:
    """An effect: the numbers go to the person's phone on file."""

    number: int
    name: str
    action: Action
