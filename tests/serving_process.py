"""Platica as a process of its own: started on a free port, watched, stopped, killed.

Run as a script it is `platica`, with one difference: it can talk to this machine only.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parent.parent
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "VIRTUAL_ENV", "PLATICA_KEY")
STARTED: set[Path] = set()
"""The logs of the processes of this run, which `log_watch` reads."""
START_WITHIN = 60.0
"""Seconds. It takes two, on a machine with nothing else to do."""


class Platica:
    """`platica ARGUMENTS` in a given environment. What it writes goes to a file, where it stays when the process is gone."""

    def __init__(self, *arguments: str, folder: Path, **environment: str) -> None:
        self.arguments = arguments
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"PORT": str(self.port), "PYTHONPATH": str(ROOT), "PLATICA_LOG_JSON": "1", **environment}
        self.log = folder / f"{'_'.join(arguments)}_{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def start(self) -> Self:
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        STARTED.add(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, __file__, *self.arguments],
                env=passed_on | self.environment,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def healthy(self) -> Self:
        """Wait until it says that it is well."""
        until(self.is_healthy, START_WITHIN, lambda: f"{self.arguments} does not get well:\n{self.said}")
        return self

    def is_healthy(self) -> bool:
        assert self.exit_code is None, self.said
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """As the power cut does."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stop(self, within: float = START_WITHIN) -> int:
        """As a new release does: ask it to end, and wait for its exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return self.ended(within)

    def ended(self, within: float = START_WITHIN) -> int:
        """The exit code of one that ends by itself."""
        assert self._process is not None
        return self._process.wait(within)

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process is not None else None

    @property
    def said(self) -> str:
        """All that it wrote, in all its lives."""
        return self.log.read_text(encoding="utf-8")


def until(true: Callable[[], object], within: float, otherwise: Callable[[], str] = lambda: "it did not happen") -> None:
    """Look again and again whether something has come true, for so many seconds at most."""
    over = time.monotonic() + within
    while not true():
        assert time.monotonic() < over, otherwise()
        time.sleep(0.02)


def free_port() -> int:
    """A port to listen on, below those that outgoing connections are given."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")


def _only_this_machine(event: str, args: tuple[object, ...]) -> None:
    """No test can reach a real person, nor can what a test starts."""
    if event == "socket.connect" and args[0].family in {socket.AF_INET, socket.AF_INET6}:  # type: ignore[attr-defined]
        host = args[1][0]  # type: ignore[index]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host not in {None, "localhost"} and not ipaddress.ip_address(host).is_loopback:
        raise PermissionError("a test may talk to this machine only")


if __name__ == "__main__":
    sys.addaudithook(_only_this_machine)
    from bot.cli import main

    sys.argv[0] = "platica"
    main()
