"""What it takes to have it running: memory, and how long it takes to start."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter, sleep

import psutil

from . import world
from .http import running
from .rounds import heading

COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]


def measure(*, times: int) -> None:
    heading("At rest: platica serve on SQLite with the sample school and the phone page")
    with world.folder() as folder:
        url = f"sqlite:///{folder}/idle.db"
        world.furnish(url)
        started, memory = zip(*(_serve(url) for _ in range(times)), strict=True)
    helped = [_help() for _ in range(times)]
    print(f"  memory (RSS) after start: {median(memory):.0f} MB [{min(memory):.0f}..{max(memory):.0f}]")
    print(f"  until /healthz answers: {median(started):.2f} s [{min(started):.2f}..{max(started):.2f}]")
    print(f"  platica --help: {median(helped):.2f} s [{min(helped):.2f}..{max(helped):.2f}]")


def _serve(url: str) -> tuple[float, float]:
    port, begun = world.free_port(), perf_counter()
    with running([*COMMAND, "serve"], port, DATABASE_URL=url, PORT=str(port), PLATICA_PHONE="1") as process:
        seconds = perf_counter() - begun
        sleep(2)
        return seconds, psutil.Process(process.pid).memory_info().rss / 1e6


def _help() -> float:
    begun = perf_counter()
    subprocess.run([*COMMAND, "--help"], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - begun
