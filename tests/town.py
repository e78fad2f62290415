"""A whole town for tests of processes: Platica as it is run, a Twilio and a Telegram on loopback, and a database to look into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conftest
import httpx2
import sqlalchemy
from emulators.telegram_emulator import TOKEN as BOT_TOKEN
from emulators.telegram_emulator import TelegramEmulator
from emulators.twilio_emulator import TwilioEmulator
from emulators.twilio_requests import ACCOUNT, OURS, TOKEN
from forking import nursery
from serving_process import START_WITHIN, Platica, until
from sqlalchemy import text

from storage.database import _psycopg

LAYOUTS = {"sqlite": (("serve",),), "postgresql": (("serve",),), "apart": (("serve", "--no-deliver"),) * 2 + (("deliver",),) * 2} | {
    "four": (("serve", "--no-deliver"), *((("deliver",),) * 4))
}
"""What runs: everything in one process, or the web and the delivery apart, two of each; or one web and four who deliver."""


@dataclass
class Town:
    twilio: TwilioEmulator
    telegram: TelegramEmulator
    database_url: str
    processes: list[Platica]

    @property
    def webs(self) -> list[Platica]:
        return [each for each in self.processes if "serve" in each.arguments]

    def start(self) -> None:
        for each in self.processes:
            each.start()
        self.healthy()

    def healthy(self) -> None:
        for each in self.webs:
            each.healthy()

    def texts(self, sender: str, body: str, *, copies: int = 1, web: int = 0, opt_out_type: str = "") -> list[int]:
        """Somebody texts us: Twilio has it in its list, and posts it, signed. What the webhook answered."""
        what = {"from": sender, "body": body, "copies": copies, "webhook": f"{self.webs[web].url}/twilio/messages"}
        more = {"opt_out_type": opt_out_type} if opt_out_type else {}
        answer = httpx2.post(f"{self.twilio.url}/_inbound", json=what | more, timeout=30, trust_env=False)
        return list(answer.json()["answers"])

    def got(self, address: str) -> list[str]:
        """The texts that Twilio has taken for somebody."""
        return [each["body"] for each in list(self.twilio.accepted) if each["to"] == address]

    def gets(self, address: str, count: int = 1, within: float = START_WITHIN) -> list[str]:
        """Wait until somebody has so many texts."""
        until(lambda: len(self.got(address)) >= count, within, lambda: f"{len(self.got(address))} of {count}\n{self.said}")
        return self.got(address)

    def reads(self, chat: int, count: int = 1, within: float = START_WITHIN) -> list[str]:
        """Wait until somebody on Telegram has so many messages."""
        sent = lambda: [each["text"] for each in self.telegram.calls() if int(each["chat_id"]) == chat]  # noqa: E731 - two lines, one use
        until(lambda: len(sent()) >= count, within, lambda: f"{len(sent())} of {count}\n{self.said}")
        return sent()

    def settled(self, within: float = START_WITHIN) -> None:
        """Wait until nothing waits any more, nor is on its way."""
        waits = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')"
        until(
            lambda: self.rows(waits) == [(0,)], within, lambda: f"{self.rows('SELECT state, count(*) FROM outbox GROUP BY 1')}\n{self.said}"
        )

    def rows(self, query: str, **where: object) -> list[tuple[object, ...]]:
        """What a query finds; of one that changes something, nothing."""
        engine = sqlalchemy.create_engine(_psycopg(self.database_url) if "postgres" in self.database_url else self.database_url)
        try:
            with engine.begin() as connection:
                found = connection.execute(text(query), where)
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            engine.dispose()

    @property
    def said(self) -> str:
        """All that the processes wrote."""
        return "\n".join(each.said for each in self.processes)


@contextmanager
def town(
    layout: str,
    database_url: str,
    folder: Path,
    *,
    providers: Any = (TwilioEmulator, TelegramEmulator),
    **environment: str,
) -> Iterator[Town]:
    """A town of one of the `LAYOUTS`, not started yet. `environment` adds settings; an empty one takes one away."""
    with ExitStack() as stack:
        twilio, telegram = (stack.enter_context(provider()) for provider in providers)
        given = {
            "DATABASE_URL": database_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": OURS,
            "TWILIO_API_URL": twilio.url,
            "TELEGRAM_TOKEN": BOT_TOKEN,
            "TELEGRAM_SECRET": "a-secret-of-the-test",
            "TELEGRAM_API_URL": telegram.url,
            "PLATICA_KEY": conftest.KEY,
            "PLATICA_LEASE_SECONDS": "3",
            "PLATICA_SMS_PER_SECOND": "500",
            **environment,
        }
        processes: list[Platica] = [nursery().platica(*arguments, folder=folder) for arguments in LAYOUTS[layout]]
        for each in processes:
            public_url = {"PUBLIC_URL": each.url if "serve" in each.arguments else processes[0].url}
            each.environment |= {name: value for name, value in (public_url | given).items() if value}
            stack.callback(each.kill)
        yield Town(twilio, telegram, database_url, processes)


@contextmanager
def a_database(layout: str, folder: Path, fixture: object) -> Iterator[str]:
    """The address of a database with the sample school, for tests that share one. `fixture` gets the session's fixtures by name."""
    if layout == "sqlite":
        shutil.copy(fixture("sqlite_template"), folder / "platica.db")  # type: ignore[operator]
        yield f"sqlite:///{folder}/platica.db"
        return
    server = fixture("postgres")  # type: ignore[operator]
    name = f"town_{folder.name}_{abs(hash(folder)) % 10**6}".lower().replace("-", "_")
    server.psql(f'CREATE DATABASE "{name}" TEMPLATE template_platica;')
    yield server.get_uri(name)
    server.psql(f'DROP DATABASE "{name}" WITH (FORCE);')
