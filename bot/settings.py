"""Everything that can be set, read once from the environment. Half a channel's settings refuse to start, in one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from storage.people import ROLES

_HOURS = re.compile(r"\s*([01]?\d|2[0-3])(:[0-5]\d)?(\s*,\s*([01]?\d|2[0-3])(:[0-5]\d)?)*\s*")
SHORTEST_LEASE = 15.0
"""Seconds. A send that takes longer than its lease is asked about while it is still on its way, and would be repeated."""


class Misconfigured(Exception):
    """The sentence says which setting to mend, and how."""


class Secret(str):
    """A value that shows itself to nobody by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)" if self else "Secret()"


def _setting(name: str, default: object, says: str) -> Any:
    return field(default=default, metadata={"name": name, "says": says})


@dataclass(frozen=True)
class Settings:
    """One field a setting; `metadata["says"]` is its line in the documentation."""

    database_url: str = _setting("DATABASE_URL", "sqlite:///platica.db", "where everything is kept: sqlite:///FILE or postgresql://…")
    host: str = _setting("HOST", "127.0.0.1", "the address to listen on")
    port: int = _setting("PORT", 8000, "the port to listen on")
    public_url: str = _setting("PUBLIC_URL", "", "how providers reach us: https://…, without a path")
    twilio_account_sid: str = _setting("TWILIO_ACCOUNT_SID", "", "Twilio: the account, AC…")
    twilio_auth_token: Secret = _setting("TWILIO_AUTH_TOKEN", Secret(""), "Twilio: its secret")
    twilio_from: str = _setting("TWILIO_FROM", "", "Twilio: the number we text from, +1…")
    twilio_messaging_service_sid: str = _setting(
        "TWILIO_MESSAGING_SERVICE_SID", "", "Twilio: a messaging service, MG…, instead of one number"
    )
    twilio_api_url: str = _setting("TWILIO_API_URL", "", "Twilio: another host for its API (an emulator); the real one if empty")
    telegram_token: Secret = _setting("TELEGRAM_TOKEN", Secret(""), "Telegram: the bot's token")
    telegram_secret: Secret = _setting("TELEGRAM_SECRET", Secret(""), "Telegram: what its webhook must show; needed with PUBLIC_URL")
    telegram_api_url: str = _setting("TELEGRAM_API_URL", "", "Telegram: another host for its API (an emulator); the real one if empty")
    opt_out: str = _setting("PLATICA_TWILIO_OPT_OUT", "default", "who answers STOP, START and HELP on SMS: default, advanced or none")
    key: Secret = _setting(
        "PLATICA_KEY", Secret(""), "what numbers and texts are sealed with: `platica key new`; while it changes: new,old"
    )
    kept_apart: str = _setting(
        "PLATICA_SECRETS",
        "",
        "the folder of open surveys' secrets, in no backup; beside the SQLite file (FILE.secrets) if empty, else here",
    )
    phone: bool = _setting("PLATICA_PHONE", False, "1: show the phone page at /phone, on this machine only")
    metrics_token: Secret = _setting(
        "PLATICA_METRICS_TOKEN", Secret(""), "what /metrics asks for from other machines (Authorization: Bearer …)"
    )
    crisis_roles: str = _setting("PLATICA_CRISIS_ROLES", "coordinator,principal", "roles that are told when somebody is in danger")
    child_abuse_line: str = _setting(
        "PLATICA_CHILD_ABUSE_LINE", "", "the county's line for reporting child abuse, said beside Childhelp; ring it before you set it"
    )
    nudge_hours: float = _setting("PLATICA_NUDGE_HOURS", 24.0, "hours of silence before an open question is asked once more")
    sms_per_second: float = _setting("PLATICA_SMS_PER_SECOND", 10.0, "texts handed to Twilio a second, by all processes together")
    telegram_per_second: float = _setting(
        "PLATICA_TELEGRAM_PER_SECOND", 25.0, "messages handed to Telegram a second, by all processes together"
    )
    answers_per_minute: int = _setting(
        "PLATICA_ANSWERS_PER_MINUTE",
        60,
        "texts that one number or chat is answered in a minute (in an hour: four times as many); 0: no limit",
    )
    lease_seconds: float = _setting(
        "PLATICA_LEASE_SECONDS", 300.0, "how long after a crash Twilio is asked about a text in flight; its list may lag"
    )
    prices: str = _setting(
        "PLATICA_PRICES", "2026-01-01 0.0123 0.0083", "dollars a segment, with carriers' fees: since, out, in; `;` between lines"
    )
    sms_per_day: int = _setting(
        "PLATICA_SMS_PER_DAY", 0, "segments our number may send a day, as its registration says; a quarter is kept for replies; 0: no limit"
    )
    routine_days: float = _setting(
        "PLATICA_ROUTINE_DAYS", 7.0, "days between two routine texts (invitation, survey, news) to one person; 0: as many as there are"
    )
    budget: float = _setting("PLATICA_BUDGET", 0.0, "dollars a month for texts that a school begins; urgent ones are exempt; 0: no limit")
    wave: int = _setting("PLATICA_WAVE", 100, "how many imported people a school introduces itself to a day; 0: nobody")
    sender_registered: bool = _setting("PLATICA_SENDER_REGISTERED", False, "1: the carriers have confirmed our number's registration")
    translate_hours: float = _setting("PLATICA_TRANSLATE_HOURS", 4.0, "hours of daytime a translator has before the next is asked")
    translate_url: str = _setting("PLATICA_TRANSLATE_URL", "", "a LibreTranslate server whose drafts translators may see; none if empty")
    translate_key: Secret = _setting("PLATICA_TRANSLATE_KEY", Secret(""), "its key, where it asks for one")
    digests: str = _setting("PLATICA_DIGESTS", "8:30,12:30,16:30", "when liaisons are told who wrote, by the school's clock")
    log_json: bool = _setting("PLATICA_LOG_JSON", False, "1: one JSON object a line in the log")

    @property
    def sms(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def telegram(self) -> bool:
        return bool(self.telegram_token)

    @property
    def channels(self) -> frozenset[str]:
        """Those that are set up."""
        return frozenset(name for name, is_set in (("sms", self.sms), ("telegram", self.telegram), ("phone", self.phone)) if is_set)

    @property
    def told_of_danger(self) -> tuple[str, ...]:
        """The roles of PLATICA_CRISIS_ROLES."""
        return tuple(role.strip() for role in self.crisis_roles.split(",") if role.strip())

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secrets_folder(self) -> Path:
        """Of the surveys: see `bot.surveys.secrets`."""
        beside = self.database_url.removeprefix("sqlite:///") + ".secrets" if self.sqlite else "platica.secrets"
        return Path(self.kept_apart or beside)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; `Misconfigured` if they cannot work together."""
    settings = read(environment)
    for wrong in faults(settings):
        raise Misconfigured(wrong)
    return settings


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings as they stand, whether they can work or not; `Misconfigured` where one cannot even be read."""
    given = os.environ if environment is None else environment
    values = {
        each.name: _read(each.metadata["name"], given[each.metadata["name"]], each.default)
        for each in fields(Settings)
        if given.get(each.metadata["name"])
    }
    return Settings(**values)


def _read(name: str, text: str, default: Any) -> Any:
    """The text of a variable as the type of its default."""
    kind = type(default)
    try:
        return text.strip().casefold() in {"1", "true", "yes", "on"} if kind is bool else kind(text.strip())
    except ValueError:
        raise Misconfigured(f"{name} must be a number, and is not.") from None


def faults(settings: Settings) -> list[str]:
    """What cannot work, a sentence each."""
    return [*_wrong(settings), *_out_of_range(settings), *wrong_roles(settings)]


_BETWEEN = {
    "port": (1, 65535),
    "nudge_hours": (0.1, 720),
    "sms_per_second": (0.1, 1000),
    "telegram_per_second": (0.1, 1000),
    "wave": (0, 100_000),
    "answers_per_minute": (0, 100_000),
    "translate_hours": (0.1, 72),
    "sms_per_day": (0, 10_000_000),
    "routine_days": (0, 365),
}
"""The least and the most of each number. (A lease has its own sentence.)"""


def _out_of_range(settings: Settings) -> list[str]:
    named = {each.name: each.metadata["name"] for each in fields(Settings)}
    return [
        f"{named[name]} must be from {least:,} to {most:,}; it is {getattr(settings, name):g}."
        for name, (least, most) in _BETWEEN.items()
        if not least <= getattr(settings, name) <= most
    ]


def wrong_roles(settings: Settings) -> list[str]:
    """Whoever is to be told of danger must have a part that there is."""
    strange = [role for role in settings.told_of_danger if role not in ROLES]
    if settings.told_of_danger and not strange:
        return []
    what = f"names {', '.join(strange)}" if strange else "names nobody"
    return [f"PLATICA_CRISIS_ROLES {what}: set it to roles with commas between, of {', '.join(ROLES)}."]


def _wrong(settings: Settings) -> list[str]:
    sender = settings.twilio_from or settings.twilio_messaging_service_sid
    url = urlsplit(settings.public_url)
    faults = {
        "DATABASE_URL must begin with sqlite:/// or postgresql://.": not settings.database_url.startswith(
            ("sqlite:///", "postgresql://", "postgres://")
        ),
        "PUBLIC_URL must be a whole address without a path, like https://texts.example.org.": bool(settings.public_url)
        and (url.scheme not in {"http", "https"} or not url.netloc or url.path not in {"", "/"}),
        "SMS is half set: TWILIO_ACCOUNT_SID needs TWILIO_AUTH_TOKEN beside it.": settings.sms and not settings.twilio_auth_token,
        "SMS is half set: TWILIO_AUTH_TOKEN needs TWILIO_ACCOUNT_SID beside it.": bool(settings.twilio_auth_token) and not settings.sms,
        "SMS is half set: set TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID.": settings.sms and not sender,
        "SMS is half set: TWILIO_FROM and TWILIO_MESSAGING_SERVICE_SID need TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.": bool(sender)
        and not settings.sms,
        "SMS is half set: Twilio must reach us, so set PUBLIC_URL.": settings.sms and not settings.public_url,
        "Telegram is half set: with PUBLIC_URL it needs TELEGRAM_SECRET (letters, digits, _ and -).": settings.telegram
        and bool(settings.public_url)
        and not settings.telegram_secret,
        "Telegram is half set: TELEGRAM_SECRET needs TELEGRAM_TOKEN.": bool(settings.telegram_secret) and not settings.telegram,
        "TELEGRAM_SECRET may hold only letters, digits, _ and -, 1 to 256 of them.": bool(settings.telegram_secret)
        and not (len(settings.telegram_secret) <= 256 and settings.telegram_secret.replace("_", "a").replace("-", "a").isalnum()),  # noqa: PLR2004
        "PLATICA_CHILD_ABUSE_LINE must be a number that families can ring, like 661-555-0100.": bool(settings.child_abuse_line)
        and sum(letter.isdecimal() for letter in settings.child_abuse_line) not in {10, 11},
        "PLATICA_TWILIO_OPT_OUT must be default, advanced or none.": settings.opt_out not in {"default", "advanced", "none"},
        "PLATICA_TRANSLATE_URL must be a whole address, like https://translate.example.org.": bool(settings.translate_url)
        and (urlsplit(settings.translate_url).scheme not in {"http", "https"} or not urlsplit(settings.translate_url).netloc),
        "PLATICA_TRANSLATE_KEY needs PLATICA_TRANSLATE_URL beside it.": bool(settings.translate_key) and not settings.translate_url,
        "PLATICA_DIGESTS must be hours of a day with commas between, like 8:30,12:30,16:30.": not _HOURS.fullmatch(settings.digests),
        f"PLATICA_LEASE_SECONDS must be {SHORTEST_LEASE:.0f} or more: with less, a slow text could go out twice.": not (
            settings.lease_seconds >= SHORTEST_LEASE
            or _on_this_machine(settings.twilio_api_url if settings.sms else settings.telegram_api_url)
        ),
    }
    return [sentence for sentence, holds in faults.items() if holds]


def _on_this_machine(url: str) -> bool:
    """An emulator's address, which no real person is behind."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
