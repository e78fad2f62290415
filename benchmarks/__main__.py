"""python -m benchmarks [part …] [--quick]

Each part runs on each engine in a process of its own and for a bounded time: one that breaks takes nothing from the others.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from . import announcements, http, idle, peer, scale, surveys
from .rounds import Compared

ENGINES = ("sqlite", "postgresql")
PARTS = ("http", "peer", "people", "directory", "planning", "draining", "replies", "memory", "results", "responses", "asking", "idle")
GROUPS = {"announcements": ("planning", "draining", "replies", "memory"), "surveys": ("results", "responses", "asking")}
"""Several parts under one name."""
NO_ENGINE = frozenset({"peer", "idle"})
"""Measured once, on SQLite."""
TO_TIDY = 60
"""Seconds that a part whose time is over has to stop what it started."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured. `minutes` is what one part may take on one engine."""

    rounds: int
    people: int
    """Over HTTP, and for a peer."""
    many: int
    copies: int
    planned: int
    drained: int
    replies: int
    memory: int
    answered: int
    """Responses to a survey."""
    asked: int
    """People who are asked while others look something up."""
    minutes: float


SIZES = {
    "full": Sizes(7, 1000, 1_000_000, 249, 100_000, 10_000, 40, 1_000_000, 100_000, 50_000, 30),
    "quick": Sizes(3, 300, 100_000, 50, 100_000, 10_000, 40, 100_000, 100_000, 5000, 10),
    "tiny": Sizes(1, 40, 2000, 2, 1000, 300, 2, 2000, 2000, 50, 5),
}
"""What is tiny measures nothing: it shows that a part still runs."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast it is, as ratios. See benchmarks/README.md.")
    named = [*PARTS, *GROUPS]
    parser.add_argument("part", nargs="*", metavar="part", choices=[[], *named], help=f"which of {', '.join(named)}; all if none is named")
    parser.add_argument("--size", choices=tuple(SIZES), default="full", help="tiny only shows that it runs")
    parser.add_argument("--quick", action="store_const", const="quick", dest="size", help="fewer rounds and smaller sizes")
    parser.add_argument("--engine", choices=ENGINES, help="one database engine only")
    parser.add_argument("--minutes", type=float, help="how long a part may take on an engine")
    asked = parser.parse_args()
    wanted = list(_wanted(asked.part or PARTS, (asked.engine,) if asked.engine else ENGINES))
    if len(wanted) == 1 and asked.engine:
        for compared in run(*wanted[0], SIZES[asked.size]):
            compared.show()
        return 0
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    minutes = asked.minutes or SIZES[asked.size].minutes
    lost = [(part, engine, why) for part, engine in wanted if (why := _apart(part, engine, asked.size, minutes))]
    for part, engine, why in lost:
        print(f"NOT MEASURED: {part} on {engine}: {why}. Again: python -m benchmarks {part} --engine {engine} --size {asked.size}")
    return 1 if lost else 0


def _wanted(parts: tuple[str, ...] | list[str], engines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Part and engine; what knows no engine once."""
    for part in (each for name in parts for each in GROUPS.get(name, (name,))):
        for engine in engines[:1] if part in NO_ENGINE else engines:
            yield part, engine


def _apart(part: str, engine: str, size: str, minutes: float) -> str:
    """Run one part in a process of its own; why there is no figure of it, if so. Interrupted, it stops what it has started."""
    command = [sys.executable, "-u", "-m", "benchmarks", part, "--engine", engine, "--size", size]
    begun = perf_counter()
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            ended = process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            ended = _stop(process) and None
    print(f"  ({part} on {engine}: {perf_counter() - begun:.0f} s)", flush=True)
    if ended is None:
        return f"its {minutes:g} minutes were over"
    return f"it broke with {ended}" if ended else ""


def _stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(TO_TIDY)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def run(part: str, engine: str, size: Sizes) -> list[Compared]:
    """One part on one engine."""
    rounds = size.rounds
    match part:
        case "http":
            return [http.measure(engine, rounds=rounds, people=size.people, aim="≥ 0.2" if engine == "sqlite" else "≥ 0.3")]
        case "people":
            return [asyncio.run(scale.measure_people(engine, rounds=rounds, people=size.many))]
        case "directory":
            return [scale.measure_directory(engine, rounds=rounds, copies=size.copies)]
        case "peer":
            return asyncio.run(peer.measure(rounds=rounds, people=size.people, kept=2 * size.people, turns_kept=min(60, size.people)))
        case "planning":
            return [announcements.measure_planning(engine, rounds=min(rounds, 5), people=size.planned)]
        case "draining":
            return [announcements.measure_draining(engine, rounds=min(rounds, 5), people=size.drained)]
        case "replies":
            announcements.measure_replies(engine, replies=size.replies, waiting=size.drained)
        case "memory":
            announcements.measure_memory(engine, few=min(10_000, size.memory // 2), many=size.memory)
        case "results" | "responses" | "asking":
            return surveys.measure(part, engine, rounds=min(rounds, 5), answered=size.answered, asked=size.asked)
        case _:
            idle.measure(times=min(rounds, 5))
    return []


if __name__ == "__main__":
    sys.exit(main())
