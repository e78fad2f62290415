"""The price of a draft as things are now: who would get it, in which language and by which channel, and who would not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.announcements import timing
from conversations.announcements.drafts import Draft
from conversations.announcements.price import Price
from storage.announcements import audience
from storage.announcements.tables import Spending

from . import bodies, pricing
from .terms import Terms


@dataclass(frozen=True)
class Costing:
    """Of a draft of a school, at one moment, in one transaction. `school` is its row."""

    connection: Connection
    school: Any
    now: datetime
    terms: Terms

    def price(self, found: Draft) -> Price:
        rows = audience.reach(self.connection, found.audience, found.kind, self.now, self.terms.channels)
        zone = ZoneInfo(self.school.timezone)
        begins = timing.leaves(found.send_at, self.now.astimezone(zone))
        return pricing.price(
            [
                pricing.part(tag, body, sms, others)
                for tag, body, sms, others in _parts(found, rows, bodies.in_each(self.connection, found))
            ],
            kind=found.kind,
            table=self.terms.prices,
            begins=begins,
            sending=pricing.Sending(self.terms.per_second, self.terms.per_day, zone.key),
            left=self._left(begins),
            **self._others(found, rows),
        )

    def _others(self, found: Draft, rows: list[Any]) -> dict[str, Any]:
        """Who waits, and who is left out and why; of those who must not be told apart nothing is said."""
        if audience.is_sensitive(found.audience):
            return {}
        left_out = Counter[str]()
        for why, _language, _channel, n in rows:
            if why:
                left_out[why] += n
        held = audience.resting(self.connection, found.audience, found.kind, self.now, self.terms.routine)
        return {"held": held, "left_out": left_out}

    def _left(self, begins: datetime) -> int | None:
        """Of the month's budget; None: there is none."""
        if not self.terms.budget:
            return None
        mine = [col(Spending.school_id) == self.school.id, col(Spending.month) == f"{begins:%Y-%m}"]
        spent = self.connection.execute(select(col(Spending.microdollars)).where(*mine)).scalar_one_or_none() or 0
        return self.terms.budget - spent


def _parts(found: Draft, rows: list[Any], said: Mapping[str, str]) -> list[tuple[str, str, int, int]]:
    """Language, words, SMS and other phones; who reads another language gets the source. Whoever must not be told apart is one part."""
    apart = not audience.is_sensitive(found.audience)
    many: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for why, language, channel, n in rows:
        if not why:
            many[language if apart and language in said else found.language][channel != "sms"] += n
    return [(tag, said[tag], sms, others) for tag, (sms, others) in sorted(many.items(), key=lambda each: -sum(each[1]))]
