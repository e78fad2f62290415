"""What a turn's look-ups and effects are given, and how each finds the area that answers or does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from storage.people import Known

from .announcements.terms import NO_TERMS, Terms
from .surveys.secrets import Secrets


@dataclass(frozen=True)
class Rules:
    """What a deployment decides about a turn."""

    crisis_roles: tuple[str, ...] = ("coordinator", "principal")
    """Who is told at once when somebody is in danger."""
    nudge_after_hours: float = 24.0
    answers_per_minute: int = 60
    """To one address; see `bot.flood`."""
    number: str = ""
    """The one we text from, where texts are set up with a number of our own."""
    channels: frozenset[str] | None = None
    """Those that are set; None: all of them."""
    terms: Terms = NO_TERMS
    """Of announcements."""
    child_line: str = ""
    """The county's line for reporting child abuse, as it is said."""
    secrets: Secrets = field(default_factory=lambda: Secrets(Path("platica.secrets")))
    """Of open surveys."""


@dataclass(frozen=True)
class At:
    """One moment of one person's conversation, in one transaction."""

    connection: Connection
    known: Known
    now: datetime
    rules: Rules = field(default_factory=Rules)
    language: str = "en"
    """The one the turn is answered in."""
    message: int = 0
    """The one that is being heard; 0 where nobody wrote."""


Answers = Mapping[type, Callable[[At, Any], Any]]
"""Of an area: what finds each thing that its flows look up."""
Does = Mapping[type, Callable[[At, Any], object]]
"""Of an area: what does each of its effects."""
