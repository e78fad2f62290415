"""What is on a screen, as it is kept: sealed like a text, and the answers to a survey sealed once more, with the survey's secret.

So a copy of the database, with its key, tells of nobody what they were answering when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Dialect

from conversations.surveys.taking import FLOW

from .sealing import SealedJson
from .surveys import seals

_SEALED = "sealed"

SecretOf = Callable[[int], bytes | None]
_secret_of: SecretOf | None = None


def use(secret_of: SecretOf) -> None:
    """Where this process finds the secrets of surveys. Until then what is sealed stays sealed."""
    global _secret_of  # noqa: PLW0603 - one process, one folder
    _secret_of = secret_of


class Screen(SealedJson):
    """The column of it."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return super().process_bind_param(_each(value, _apart), dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return _each(super().process_result_value(value, dialect), _together)


def _each(memory: Any, change: Callable[[Mapping[str, Any], SecretOf], list[Any]]) -> Any:
    """The same memory; each survey that is open or paused on it with other answers."""
    if not memory or _secret_of is None or not any(map(_is_survey, (memory.get("open"), *memory.get("paused", ())))):
        return memory
    secret_of = _secret_of

    def changed(kept: Any) -> Any:
        return {**kept, "answers": change(kept, secret_of)} if _is_survey(kept) else kept

    return {**memory, "open": changed(memory["open"]), "paused": [changed(each) for each in memory["paused"]]}


def _is_survey(kept: Any) -> bool:
    return bool(kept) and kept.get("flow") == FLOW and isinstance(kept["about"].get("survey"), int) and bool(kept["answers"])


def _apart(kept: Mapping[str, Any], secret_of: SecretOf) -> list[Any]:
    if kept["answers"][0][0] == _SEALED:
        return list(kept["answers"])
    secret = secret_of(kept["about"]["survey"])
    return [] if secret is None else [[_SEALED, seals.seal_screen(secret, json.dumps(kept["answers"]))]]


def _together(kept: Mapping[str, Any], secret_of: SecretOf) -> list[Any]:
    """Nothing, where the survey is over and its secret gone: then it is asked no further either."""
    (name, sealed), *_more = kept["answers"]
    if name != _SEALED:
        return list(kept["answers"])
    secret = secret_of(kept["about"]["survey"])
    opened = None if secret is None else seals.open_screen(secret, sealed)
    return [] if opened is None else list(json.loads(opened))
