"""Platica again and again, killed and started in a moment: one process has read all the code, and forks.

Run as a script it is that process: it takes a line of JSON for each one wanted, and answers with its id.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any, Self

from serving_process import PASSED_ON, ROOT, START_WITHIN, STARTED, Platica, _only_this_machine, until

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

    def ask(self, **wanted: Any) -> int | None:
        """The id of a new one; `of` an old one its exit code, once it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def platica(self, *arguments: str, folder: Path, **environment: str) -> Forked:
        return Forked(self, *arguments, folder=folder, **environment)


@cache
def nursery() -> Nursery:
    """The one of this process, for as long as it lives."""
    ours = Nursery().__enter__()
    atexit.register(ours.__exit__)
    return ours


class Forked(Platica):
    """One of them."""

    def __init__(self, nursery: Nursery, *arguments: str, folder: Path, **environment: str) -> None:
        super().__init__(*arguments, folder=folder, **environment)
        self.nursery = nursery
        self._pid: int | None = None
        self._code: int | None = None

    @property
    def pid(self) -> int:
        assert self._pid is not None
        return self._pid

    def start(self) -> Self:
        STARTED.add(self.log)
        self.log.touch()
        self._code = None
        self._pid = self.nursery.ask(arguments=self.arguments, environment=self.environment, log=str(self.log))
        return self

    def kill(self) -> None:
        if self._pid is not None and self.exit_code is None:
            os.kill(self._pid, signal.SIGKILL)
            self.ended()

    def stop(self, within: float = 15.0) -> int:
        os.kill(self.pid, signal.SIGTERM)
        return self.ended(within)

    def ended(self, within: float = START_WITHIN) -> int:
        until(lambda: self.exit_code is not None, within, lambda: f"{self.arguments} does not end:\n{self.said}")
        assert self._code is not None
        return self._code

    @property
    def exit_code(self) -> int | None:
        if self._code is None and self._pid is not None:
            self._code = self.nursery.ask(of=self._pid)
        return self._code


def serve_forks() -> None:
    """Until nobody wants any more."""
    alive: set[int] = set()
    for line in sys.stdin:
        wanted = json.loads(line)
        if "of" in wanted:
            answer = _exit_code(wanted["of"], alive)
        elif answer := os.fork():
            alive.add(answer)
        else:
            live(**wanted)
        print(json.dumps(answer), flush=True)  # noqa: T201 - that is the answer
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _exit_code(pid: int, alive: set[int]) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    alive.discard(pid)
    return os.waitstatus_to_exitcode(status)


def live(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """As a process of its own lives; does not return."""
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
