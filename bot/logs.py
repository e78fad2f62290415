"""Structured logs: events and ids, never a text, a number or a token."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

import structlog

from .settings import Settings


def start(settings: Settings) -> None:
    """Everything goes to stderr: ours as events, libraries' only from warnings on."""
    last = structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            last,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(_Wordless("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[libraries], level=logging.WARNING)
    for name in ("httpx", "httpcore", "urllib3", "twilio", "telegram", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # some quote what they could not read


def broke(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would log of a task nobody waits for: it would quote the exception's words."""
    error = context.get("exception")
    structlog.get_logger().error("task_broke", exc_info=(type(error), error, error.__traceback__) if error is not None else None)


class _Wordless(logging.Formatter):
    """A library's traceback ends in the exception's own words: only where it came from is kept."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return str(_without_values(None, "", {"exc_info": ei}))


def _without_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception's own words may hold what somebody wrote: only where it came from is kept."""
    caught = event.pop("exc_info", None)
    if caught:
        kind, error, trace = sys.exc_info() if caught is True else caught
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        inner = [type(each).__name__ for each in getattr(error, "exceptions", ())]
        event["error"], event["at"] = ", ".join([getattr(kind, "__name__", "?"), *inner]), places[-6:]
    return event
