"""python -m benchmarks [part …] [--quick]"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform

from . import announcements, http, idle, peer, scale
from .rounds import Compared

PARTS = ("http", "peer", "people", "directory", "announcements", "idle")
ENGINES = ("sqlite", "postgresql")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast it is, as ratios. See benchmarks/README.md.")
    parser.add_argument("part", nargs="*", metavar="part", choices=[[], *PARTS], help=f"which of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes: five minutes rather than twenty")
    parser.add_argument("--engine", choices=ENGINES, help="one database engine only")
    asked = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for part in asked.part or PARTS:
        for engine in (asked.engine,) if asked.engine else ENGINES:
            for compared in run(part, engine, quick=asked.quick):
                compared.show()


def run(part: str, engine: str, *, quick: bool) -> list[Compared]:
    """One part on one engine; those that know no engine run once, with SQLite."""
    rounds = 3 if quick else 7
    if part == "http":
        aim = "≥ 0.2" if engine == "sqlite" else "≥ 0.3"
        return [http.measure(engine, rounds=rounds, people=300 if quick else 1000, aim=aim)]
    if part == "people":
        return [asyncio.run(scale.measure_people(engine, rounds=rounds, people=100_000 if quick else 1_000_000))]
    if part == "directory":
        return [scale.measure_directory(engine, rounds=rounds, copies=50 if quick else 249)]
    if part == "peer" and engine == "sqlite":
        return asyncio.run(peer.measure(rounds=rounds, people=300 if quick else 1000, kept=2000, turns_kept=60))
    if part == "announcements":
        return announcements.measure(engine, quick=quick)
    if part == "idle" and engine == "sqlite":
        idle.measure(times=3 if quick else 5)
    return []


if __name__ == "__main__":
    main()
