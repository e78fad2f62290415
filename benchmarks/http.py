"""The signed inbound turn over HTTP, committed and answered, against the floor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

import psutil
from sqlalchemy import text

from storage.database import Database, open_database

from . import floor, texts, world
from .rounds import Compared, heading

PLENTY = 30.0
"""Seconds a server may take to start."""


@dataclass
class Server:
    """A server under load, and what it should have written by now."""

    name: str
    port: int
    url: str
    process: psutil.Process
    answered: int = 0
    waves: int = 0

    @property
    def busy(self) -> float:
        """Seconds of processor it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def wave(self, says: str, people: int) -> float:
        """Seconds until everybody has been answered. Anything but 2xx ends the run."""
        self.waves += 1
        command = [sys.executable, "-m", "benchmarks.client", str(self.port), says, str(people), str(self.waves)]
        seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if seen["bad"] or seen["ok"] != people:
            raise SystemExit(f"{self.name} answered {seen['bad']} of {people} with something else than 2xx.")
        self.answered += people
        return float(seen["seconds"])


def measure(engine: str, *, rounds: int, people: int, aim: str) -> Compared:
    """Whole conversations of many numbers, by turns at our server and at the floor."""
    heading(f"Over HTTP on {engine}: {' / '.join(texts.SCRIPT)}, {people} numbers, {texts.CONCURRENCY} connections")
    with world.engine(engine) as make, _floor(make("floor")) as base, _ours(make("ours")) as ours:
        database = open_database(ours.url)
        _round(ours, base, database, people)  # everybody has been heard once; what can be cached is
        before = ours.busy, base.busy
        timed = [_round(ours, base, database, people) for _ in range(rounds)]
        turns = people * len(texts.SCRIPT)
        busy = [(server.busy - was) / rounds / turns * 1e6 for server, was in zip((ours, base), before, strict=True)]
        _check(ours, database, "SELECT count(*), count(distinct inbound_id) FROM outbox JOIN inbound ON inbound.id = inbound_id")
        _check(ours, database, "SELECT count(*), count(*) FROM inbound")
        database.close()
        floors = open_database(base.url)
        _check(base, floors, "SELECT count(*), count(*) FROM inbound")
        floors.close()
    print(f"  processor time of the servers, a turn: ours {busy[0]:,.0f} µs, the floor {busy[1]:,.0f} µs")
    return Compared(f"our turn ÷ the floor, {engine}", [turns / a for a, _ in timed], [turns / b for _, b in timed], aim)


def _round(ours: Server, base: Server, database: Database, people: int) -> tuple[float, float]:
    """Seconds of each for one conversation of everybody."""
    spent = [0.0, 0.0]
    for says in texts.SCRIPT:
        for n, server in enumerate((ours, base)):
            spent[n] += server.wave(says, people)
        world.hand_off_all(database)
    return spent[0], spent[1]


def _check(server: Server, database: Database, query: str) -> None:
    """Every answered request is on disk."""
    rows, different = database.run_now(lambda connection: tuple(connection.execute(text(query)).one()))
    if not rows >= different == server.answered:
        raise SystemExit(f"{server.name} answered {server.answered} messages and kept {rows} rows: {query}")


@contextmanager
def _floor(url: str) -> Iterator[Server]:
    floor.make_tables(url)
    port = world.free_port()
    with running([sys.executable, "-m", "benchmarks.floor", url, str(port)], port) as process:
        yield Server("The floor", port, url, psutil.Process(process.pid))


@contextmanager
def _ours(url: str) -> Iterator[Server]:
    world.furnish(url)
    port = world.free_port()
    with running([sys.executable, "-m", "benchmarks.ours"], port, **environment(url, port)) as process:
        yield Server("Our server", port, url, psutil.Process(process.pid))


def environment(url: str, port: int) -> dict[str, str]:
    """The settings of a school with SMS."""
    return {
        "DATABASE_URL": url,
        "PORT": str(port),
        "PUBLIC_URL": texts.PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": texts.TOKEN,
        "TWILIO_FROM": "+16615550100",
    }


@contextmanager
def running(command: list[str], port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers /healthz, until it is no longer needed."""
    process = subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PLENTY)


def wait_for(port: int) -> None:
    end = monotonic() + PLENTY
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
        except OSError:
            if monotonic() > end:
                raise
            sleep(0.005)
        else:
            return
