"""`platica check`: the configuration in words, for somebody who is not an engineer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from storage import migrating, people, watching
from storage.database import open_database
from storage.roster import waves

from . import settings as settings_module
from .settings import Misconfigured, Settings


@dataclass(frozen=True)
class Finding:
    ok: bool
    says: str
    grave: bool = True
    """Not right until it is mended; otherwise it is only to be looked at."""


def check() -> list[Finding]:
    """One sentence for each thing that must be right."""
    try:
        settings = settings_module.load()
    except Misconfigured as wrong:
        return [Finding(ok=False, says=str(wrong))]
    return [*_database(settings), *_channels(settings)]


def _database(settings: Settings) -> list[Finding]:
    kind = "SQLite: one process, for one school." if settings.sqlite else "PostgreSQL."
    try:
        database = open_database(settings.database_url)
        try:
            current = database.run_now(migrating.current)
            if current != migrating.head():
                return [Finding(ok=False, says=f"{kind} Its schema is not this release's: run `platica migrate`.")]
            school = database.run_now(people.first_school)
            offers = database.run_now(watching.offers)
            standings = database.run_now(partial(waves.standings, now=datetime.now(UTC)))
        finally:
            database.close()
    except (SQLAlchemyError, OSError):
        return [Finding(ok=False, says=f"{kind} It cannot be reached: is DATABASE_URL right?")]
    return [
        Finding(ok=True, says=f"{kind} Schema {current}."),
        Finding(
            ok=school is not None,
            says=f"School: {school.name}, keyword {school.keyword.upper()}."
            if school
            else "There is no school yet: `platica demo` loads a sample one.",
        ),
        Finding(
            ok=offers > 0,
            says=f"The directory answers for {offers} offers."
            if offers
            else "The directory is empty: `platica directory import PATH --yes`.",
        ),
        *(Finding(ok=False, says=f"Introductions: {each}") for each in standings if each.week.halted_at is not None),
    ]


def _channels(settings: Settings) -> list[Finding]:
    url = settings.public_url
    sms = f"SMS: Twilio sends its messages to {url}/twilio/messages, calls to {url}/twilio/voice. STOP is answered by " + (
        "us." if settings.opt_out == "none" else "Twilio."
    )
    telegram = f"Telegram: by webhook to {url}/telegram." if url else "Telegram: by polling; PUBLIC_URL would let Telegram reach us."
    none = "No channel is set: families cannot write yet. Set the TWILIO_… or TELEGRAM_… settings (README, Go live)."
    found = [Finding(ok=True, says=sms)] if settings.sms else []
    if settings.sms and not settings.sender_registered:
        unregistered = (
            "Carriers drop texts from a number they do not know: register it (10DLC or toll-free), and set PLATICA_SENDER_REGISTERED=1 "
            "when it is confirmed."
        )
        found.append(Finding(ok=False, says=unregistered, grave=False))
    found += [Finding(ok=True, says=telegram)] if settings.telegram else []
    if url and not url.startswith("https://"):
        found.append(Finding(ok=False, says="PUBLIC_URL should begin with https://, or texts travel in the open."))
    return found or [
        Finding(ok=settings.phone, says="Only the phone page: nobody outside this machine can write." if settings.phone else none)
    ]
