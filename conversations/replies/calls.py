"""The hours at which a family can be rung, where the school has set them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from ..talk import LookUp
from ..words import Words, _


@dataclass(frozen=True)
class CallHour:
    """An hour with room. Its key is the moment it begins; the times are by the school's clock."""

    key: str
    begins: datetime
    ends: time
    ahead: int
    """Days from today."""


@dataclass(frozen=True)
class CallHours(LookUp[tuple[CallHour, ...] | None]):
    """The next hours with room; None where the school has set none, so that any is as good as another."""


def said(hour: CallHour) -> Words:
    """Today, tomorrow, or the day, and the hour."""
    if hour.ahead == 0:
        return _("today, {opens}-{closes}", opens=hour.begins.time(), closes=hour.ends)
    if hour.ahead == 1:
        return _("tomorrow, {opens}-{closes}", opens=hour.begins.time(), closes=hour.ends)
    return _("{day}, {opens}-{closes}", day=hour.begins.date(), opens=hour.begins.time(), closes=hour.ends)


def yours(n: int, until: time) -> Words:
    """To whoever rings in this hour."""
    return _("Calls to families, yours until {until}: {n}. INBOX shows whom to call.", until=until, n=n)


def missed(n: int) -> Words:
    """To the coordinator, once."""
    return _("Calls to families that nobody made in their hour: {n}. The families were told. INBOX shows whom to call.", n=n)
