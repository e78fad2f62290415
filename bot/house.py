"""All that a running process has in its hands, put together once and passed on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from conversations.announcements.price import MICRO
from storage import screens
from storage.database import Database

from . import attachments, inbox, metrics
from .announcements import pricing, sifting
from .announcements.terms import Terms, terms_of
from .channels.base import Channel, Received
from .inbox import Taken
from .lookups import as_said
from .settings import Settings
from .surveys.secrets import Secrets
from .turning import Rules


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class House:
    """The rooms of one process. Time is passed in, so that tests own it."""

    settings: Settings
    database: Database
    channels: dict[str, Channel] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Who holds a lease."""
    wakers: set[asyncio.Event] = field(default_factory=set)
    """Set, all of them, when a row was written that may leave at once."""
    told: Callable[[], None] | None = None
    """Wakes the deliverers of other processes, where there can be any."""

    def __post_init__(self) -> None:
        screens.use(self.secrets.of)

    @property
    def rules(self) -> Rules:
        return Rules(
            crisis_roles=self.settings.told_of_danger,
            nudge_after_hours=self.settings.nudge_hours,
            number=self.settings.twilio_from,
            answers_per_minute=self.settings.answers_per_minute,
            channels=frozenset(self.channels),
            terms=self.terms,
            child_line=as_said(self.settings.child_abuse_line) if self.settings.child_abuse_line else "",
            secrets=self.secrets,
        )

    @cached_property
    def secrets(self) -> Secrets:
        """Of open surveys."""
        return Secrets(self.settings.secrets_folder)

    @cached_property
    def terms(self) -> Terms:
        """Of announcements, as the settings have them."""
        sms, real = self.channels.get("sms"), self.channels.keys() & {"sms", "telegram"}  # a page to try on prices as a school would
        return terms_of(
            self.settings, per_second=sms.per_second if sms is not None else 1.0, channels=frozenset(self.channels) if real else None
        )

    @cached_property
    def sieving(self) -> sifting.Rules:
        """What is asked of texts that we begin."""
        settings = self.settings
        return sifting.Rules(
            routine=timedelta(days=settings.routine_days),
            per_day={"sms": settings.sms_per_day},
            budget=int(settings.budget * MICRO),
            prices=pricing.tariffs(settings.prices),
        )

    async def receive(self, received: Received) -> Taken:
        """Take one message all the way into the outbox, exactly once; when this returns, it is on disk."""
        received = await attachments.opened(self, received)
        taken = await self.database.run(partial(inbox.take, received=received, now=self.now(), rules=self.rules))
        metrics.INBOUND.labels(received.channel, taken.seen).inc()
        if taken.texts:
            self.wake()
        return taken

    def wake(self) -> None:
        """There is something to deliver."""
        for waker in self.wakers:
            waker.set()
        if self.told is not None:
            self.told()
