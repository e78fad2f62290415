"""What a deployment decides about announcements, as a turn needs it: prices, the budget, and how fast a sender may send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from conversations.announcements.price import MICRO

from .pricing import Tariff, tariffs

if TYPE_CHECKING:
    from ..settings import Settings


@dataclass(frozen=True)
class Terms:
    prices: tuple[Tariff, ...] = ()
    budget: int = 0
    """Microdollars a month; 0: no limit."""
    per_second: float = 1.0
    """SMS segments that the sender may hand off."""
    per_day: int = 0
    """Its cap; 0: none."""
    translate_hours: float = 4.0
    """Of daytime, that a translator has."""
    routine: timedelta = timedelta(days=7)
    """One routine text in so long."""
    public_url: str = ""
    """Where this deployment is reached; links begin with it."""
    channels: frozenset[str] | None = None
    """Those that are set up; None: all."""


NO_TERMS = Terms()
"""Without prices, budget and cap."""


def terms_of(settings: Settings, *, per_second: float = 1.0, channels: frozenset[str] | None = None) -> Terms:
    """As the settings have them; Nobody is left out where `channels` are not told."""
    return Terms(
        tariffs(settings.prices),
        round(settings.budget * MICRO),
        per_second,
        settings.sms_per_day,
        settings.translate_hours,
        timedelta(days=settings.routine_days),
        settings.public_url,
        channels,
    )
