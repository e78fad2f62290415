"""Talk with it in the terminal: the whole engine, a sample school in a database that is thrown away, and you."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection

import locales
from storage import migrating, people
from storage.database import Database, open_database

from . import sample
from .channels import segments
from .channels.base import Handoff, Received, Sent
from .house import House, utc_now
from .members import Unfit
from .outbox import Deliverer
from .settings import Settings

YOU = "+16615550180"
"""Nobody in the sample school: a stranger, until you join."""
OTHERS = {"+16615550100": "Coordinator", "+16615550110": "Liaison"}
"""Staff of the sample school, as a transcript names them."""
SPEAKS = {"en": "(You speak English)", "es": "(You speak Spanish)"}
"""The stage direction for a language you begin in."""
INDENT = " " * 6


class Terminal:
    """A channel that keeps what is said, and to whom, until it is shown."""

    name = "sms"
    taps = False
    carries_at_most = 1600
    per_second = 1000.0

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    async def send(self, handoff: Handoff) -> Sent:
        self.said.append((handoff.address, handoff.message.text))
        return Sent(f"terminal-{handoff.row}", "delivered")

    async def find(self, handoff: Handoff, since: datetime, *, known: Collection[str] = ()) -> Sent | None:
        return None

    def split(self, text: str) -> Sequence[str]:
        return segments.split(text, self.carries_at_most)

    async def close(self) -> None: ...


def chat(console: Console, save: Path | None, language: str) -> None:
    """Read a line, answer it, until the end of input; then write the transcript, if asked to. `Unfit` before anything is said."""
    if language and language not in locales.LANGUAGES:
        raise Unfit(f"{language} is not a language of ours yet. There are: {', '.join(locales.LANGUAGES)}.")
    if save is not None:
        _writable(save)
    script = ["A conversation in the terminal.", "", *([SPEAKS[language]] if language in SPEAKS else [])]
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/chat.db")
        try:
            database.run_now(migrating.upgrade)
            database.run_now(sample.load)
            database.run_now(lambda connection: _stranger(connection, language))
            console.print("You are a family with a phone. Try: comida 93307 · MESA · MENU. To end: Ctrl-D.")
            asyncio.run(_talk(console, database, script))
        finally:
            database.close()
    if save is not None:
        save.write_text("\n".join(script) + "\n", encoding="utf-8")
        console.print(f"Written to {save}.")


def _writable(save: Path) -> None:
    """Found out before the conversation, not after it."""
    try:
        save.open("a", encoding="utf-8").close()
    except OSError as refused:
        raise Unfit(f"Nothing can be written to {save} ({refused.strerror}): name a file in a folder that is there and yours.") from None


def _stranger(connection: Connection, language: str) -> None:
    """You were never here before, except that a language may be given."""
    if language in locales.LANGUAGES:
        known = people.meet(connection, "sms", YOU, utc_now())
        people.set_language(connection, known, language, guessed=False)


async def _talk(console: Console, database: Database, script: list[str]) -> None:
    terminal = Terminal()
    house = House(Settings(), database, {"sms": terminal})
    deliverer = Deliverer(house, terminal)
    while (text := await asyncio.to_thread(_ask)) is not None:
        await house.receive(Received("sms", uuid.uuid4().hex, YOU, text))
        await deliverer.settled()
        script.append(f"You:  {text}")
        for address, said in terminal.said:
            script.extend(_told(console, address, said))
        if not terminal.said:
            console.print("(silence)", style="dim")
        terminal.said.clear()


def _told(console: Console, address: str, said: str) -> list[str]:
    """Show one text on the screen; its lines in the transcript."""
    to = "" if address == YOU else f" to {OTHERS.get(address, 'somebody')}"
    counted = segments.segments(said)
    console.print(said, style="yellow" if to else "green", markup=False)
    console.print(f"{counted.count} × SMS{to}, {counted.encoding}", style="dim")
    first, *more = said.split("\n")
    return [f"Bot{to}:  {first}", *(INDENT + line for line in more)]


def _ask() -> str | None:
    try:
        return input("> ")
    except (EOFError, KeyboardInterrupt):
        return None
