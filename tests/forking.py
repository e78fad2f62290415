"""Platica again and again, killed and started in a moment: one process has read all the code, and forks.

Run as a script it is that process: it takes a line of JSON for each one wanted, and answers with its id.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from serving_process import PASSED_ON, ROOT, STARTED, Platica, _only_this_machine, until

READ_LATE = ("bot.channels.telegram", "twilio.rest.api", "httpcore", "uvicorn.protocols.http.httptools_impl")
"""What each would read at its start."""


class Nursery:
    """Where they come from. It knows nothing of any database; with it go all that it made."""

    def __enter__(self) -> Self:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"PYTHONPATH": str(ROOT)}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen([sys.executable, __file__], env=environment, **pipes)
        return self

    def __exit__(self, *_exception: object) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def fork(self, **wanted: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def platica(self, *arguments: str, folder: Path) -> Forked:
        return Forked(*arguments, folder=folder, nursery=self)


class Forked(Platica):
    """One of them."""

    def __init__(self, *arguments: str, folder: Path, nursery: Nursery) -> None:
        super().__init__(*arguments, folder=folder)
        self.nursery = nursery
        self.pid: int | None = None

    def start(self) -> Self:
        STARTED.add(self.log)
        self.log.touch()
        self.pid = self.nursery.fork(arguments=self.arguments, environment=self.environment, log=str(self.log))
        return self

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def stop(self, within: float = 15.0) -> int:
        self._signal(signal.SIGTERM, within)
        return 0

    def _signal(self, what: int, within: float = 5.0) -> None:
        if self.alive:
            assert self.pid is not None
            os.kill(self.pid, what)
            until(lambda: not self.alive, within, lambda: f"{self.arguments} does not end:\n{self.said}")

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid or 0, 0) if self.pid else None
        except ProcessLookupError:
            self.pid = None
        return self.pid is not None

    @property
    def exit_code(self) -> int | None:
        return None if self.alive else 1


def serve_forks() -> None:
    """Until nobody wants any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that none stays as a ghost
    made = []
    for line in sys.stdin:
        wanted = json.loads(line)
        if not (pid := os.fork()):
            live(**wanted)
        made.append(pid)
        print(pid, flush=True)  # noqa: T201 - that is the answer
    for pid in made:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def live(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """As a process of its own lives; does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    random.seed()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    written = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.chdir(Path(log).parent)
    sys.argv = ["platica", *arguments]
    code: Any = 1
    try:
        cli.main()
    except SystemExit as ends:
        code = ends.code or 0
    except BaseException:  # noqa: BLE001 - a fork must never go on with what its parent does
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.addaudithook(_only_this_machine)
    from bot import cli, serving
    from storage import places

    for late in READ_LATE:
        importlib.import_module(late)
    serving.locales.warm()
    places.load()
    serve_forks()
