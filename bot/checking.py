"""`platica check`: the configuration in words, for somebody who is not an engineer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage import migrating, people, reaching, watching
from storage.database import open_database
from storage.roster import waves
from storage.sealing import WrongKey
from storage.surveys import definitions

from . import keys
from . import settings as settings_module
from .settings import Misconfigured, Settings
from .surveys.secrets import Secrets

OPT_OUT = {
    "default": "STOP, START and HELP are answered by Twilio, in English (PLATICA_TWILIO_OPT_OUT=default).",
    "advanced": "STOP, START and HELP are answered by Twilio's Advanced Opt-Out (PLATICA_TWILIO_OPT_OUT=advanced): set up its words in every language there.",
    "none": "STOP, START and HELP are answered by us (PLATICA_TWILIO_OPT_OUT=none): right only where Twilio has switched its own answers off.",
}


@dataclass(frozen=True)
class Finding:
    ok: bool
    says: str
    grave: bool = True
    """Not right until it is mended; otherwise it is only to be looked at."""


def check() -> list[Finding]:
    """One sentence for each thing that must be right."""
    try:
        settings = settings_module.read()
    except Misconfigured as unreadable:
        return [Finding(ok=False, says=str(unreadable))]
    faults = settings_module.faults(settings)
    wrong = [Finding(ok=False, says=each) for each in faults]
    database = [] if any("DATABASE_URL" in each for each in faults) else _database(settings)
    return [*wrong, *database, *([] if faults else _channels(settings))]


def _database(settings: Settings) -> list[Finding]:
    key = keys.look(settings)
    found = [Finding(ok=False, says=each) for each in key]
    kind = "SQLite: one process, for one school." if settings.sqlite else "PostgreSQL."
    try:
        database = open_database(settings.database_url)
        try:
            return [*found, *database.run_now(partial(_inside, settings=settings, kind=kind, has_key=not key))]
        finally:
            database.close()
    except WrongKey:
        return [*found, Finding(ok=False, says=keys.OTHER)]
    except (SQLAlchemyError, OSError):
        return [*found, Finding(ok=False, says=f"{kind} It cannot be reached: is DATABASE_URL right?")]


def _inside(connection: Connection, settings: Settings, kind: str, *, has_key: bool) -> list[Finding]:
    if wrong := migrating.wrong(connection):
        return [Finding(ok=False, says=f"{kind} {wrong}")]
    schema = Finding(ok=True, says=f"{kind} Schema {migrating.head()}.")
    unfit = _key(connection, settings) if has_key else None
    if unfit is not None or not has_key:
        return [schema, *([unfit] if unfit is not None else [])]
    return [
        schema,
        *_school(connection),
        *_crisis(connection, settings),
        *_elsewhere(connection, settings),
        *_directory(connection),
        *_introductions(connection),
        *_surveys(connection, settings),
    ]


def _key(connection: Connection, settings: Settings) -> Finding | None:
    """Why the key is not this database's; None where it is, or where the first start will make one."""
    written = keys.fits(connection)
    if written is None or (written and (settings.key or keys.file_of(settings).exists())):
        return None
    if not settings.key and not keys.file_of(settings).exists():
        gone = f"The key is gone: put {keys.file_of(settings)} back, or set PLATICA_KEY. Without it nothing that was written can be read."
        return Finding(ok=False, says=gone)
    return Finding(ok=False, says=keys.OTHER)


def _school(connection: Connection) -> list[Finding]:
    every = people.schools(connection)
    none = "There is no school yet: `platica school add`, or `platica demo` for a sample one."
    return [Finding(ok=True, says=f"School: {each.name}, keyword {each.keyword.upper()}.") for each in every] or [
        Finding(ok=False, says=none)
    ]


def _crisis(connection: Connection, settings: Settings) -> list[Finding]:
    if settings_module.wrong_roles(settings):
        return []  # that is said already
    return [_told(connection, each, settings) for each in people.schools(connection)]


def _told(connection: Connection, school: Any, settings: Settings) -> Finding:
    """Whether anybody of a school hears of it when somebody is in danger."""
    roles = settings.told_of_danger
    named = f"When somebody of {school.name} is in danger"
    staff = people.staff_addresses(connection, school.id, roles)
    if not staff:
        add = f"`platica people add ADDRESS --role {roles[0]} --school {school.keyword.upper()}`"
        return Finding(ok=False, says=f"{named}, nobody is told: nobody there is {' or '.join(roles)}. {add}")
    hear = [each for each in staff if each.stopped_at is None]
    if not hear:
        return Finding(
            ok=False, says=f"{named}, nobody is told: everybody who would be has texted STOP. Ask them to text START, or add another."
        )
    reached = [each for each in hear if each.channel in settings.channels]
    if not reached:
        says = f"{named}, nobody is told: they are reached by {', '.join(sorted({each.channel for each in hear}))}, which is not set."
        return Finding(ok=False, says=says, grave=bool(settings.sms or settings.telegram))
    silent = len(staff) - len(reached)
    return Finding(ok=True, says=f"{named}, {len(reached)} of staff are told" + (f" ({silent} more cannot be)." if silent else "."))


def _surveys(connection: Connection, settings: Settings) -> list[Finding]:
    """Each open survey needs its secret, and nobody else needs the folder."""
    secrets = Secrets(settings.secrets_folder)
    found = [Finding(ok=False, says=each) for each in secrets.wrong()]
    for each in definitions.all_open(connection):
        if secrets.of(each.id) is None:
            gone = f"The secret of the survey “{each.slug}” is not in {secrets.folder}, so nobody can take part: set PLATICA_SECRETS as it was, or close it."
            found.append(Finding(ok=False, says=gone))
    return found


def _elsewhere(connection: Connection, settings: Settings) -> list[Finding]:
    """People whom nothing that we begin would reach, since theirs is a channel that is not set up."""
    if not (settings.sms or settings.telegram):
        return []  # a place to try things in; that is said already
    return [
        Finding(
            ok=False,
            says=f"Reached by {channel}, which is not set: {n}. Announcements and reminders leave them out.",
            grave=False,
        )
        for channel, n in reaching.by_channel(connection)
        if channel not in settings.channels
    ]


def _directory(connection: Connection) -> list[Finding]:
    services = watching.services(connection)
    empty = "The directory is empty: `platica directory import PATH --yes`."
    return [Finding(ok=services > 0, says=f"The directory answers with {services} services." if services else empty)]


def _introductions(connection: Connection) -> list[Finding]:
    standings = waves.standings(connection, now=datetime.now(UTC))
    return [Finding(ok=False, says=f"Introductions: {each}") for each in standings if each.week.halted_at is not None]


def _channels(settings: Settings) -> list[Finding]:
    none = "No channel is set: families cannot write yet. Set the TWILIO_… or TELEGRAM_… settings (README, Go live)."
    found = [*(_sms(settings) if settings.sms else []), *(_telegram(settings) if settings.telegram else [])]
    if settings.public_url and not settings.public_url.startswith("https://"):
        open_ = "PUBLIC_URL begins with http://, so texts travel in the open: put a proxy with a certificate in front, and set https://."
        found.append(Finding(ok=False, says=open_))
    return found or [
        Finding(ok=settings.phone, says="Only the phone page: nobody outside this machine can write." if settings.phone else none)
    ]


def _sms(settings: Settings) -> list[Finding]:
    url = settings.public_url.rstrip("/")
    found = [
        Finding(ok=True, says=f"SMS: Twilio sends its messages to {url}/twilio/messages, calls to {url}/twilio/voice."),
        Finding(ok=True, says=OPT_OUT[settings.opt_out]),
    ]
    if settings.opt_out == "advanced" and not settings.twilio_messaging_service_sid:
        found.append(
            Finding(ok=False, says="Advanced Opt-Out belongs to a messaging service: set TWILIO_MESSAGING_SERVICE_SID.", grave=False)
        )
    if not settings.sender_registered:
        unregistered = (
            "Carriers drop texts from a number they do not know: register it (10DLC or toll-free), and set PLATICA_SENDER_REGISTERED=1 "
            "when it is confirmed."
        )
        found.append(Finding(ok=False, says=unregistered, grave=False))
    return found


def _telegram(settings: Settings) -> list[Finding]:
    url = settings.public_url.rstrip("/")
    says = f"Telegram: by webhook to {url}/telegram." if url else "Telegram: by polling; PUBLIC_URL would let Telegram reach us."
    return [Finding(ok=True, says=says)]
