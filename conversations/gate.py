"""The gate's own words: what can be done only behind it, who may ask for it, and how it refuses. Nothing here opens it; `bot/gate.py` does."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .talk import LookUp
from .words import Words

FORGET_OWN, EXPORT_OWN = "forget own", "export own"
ACT_FOR = "act for"
ANNOUNCE, EXPORT, FORGET = "announce", "export", "forget"


class Weight(Enum):
    """How much an action reaches."""

    OWN = "own"
    """Whoever asks, at the address that asks."""
    ONE = "one"
    """One other family."""
    MANY = "many"


DIGITS = 6
"""Of a code."""

WEIGHTS: Mapping[str, Weight] = {
    FORGET_OWN: Weight.OWN,
    EXPORT_OWN: Weight.OWN,
    ACT_FOR: Weight.ONE,
    FORGET: Weight.ONE,
    ANNOUNCE: Weight.MANY,
    EXPORT: Weight.MANY,
}
"""Every action there is; any other name is refused."""

_OWN = frozenset({FORGET_OWN, EXPORT_OWN})
MAY: Mapping[str, frozenset[str]] = {
    "family": _OWN,
    "staff": _OWN,
    "partner": _OWN,
    "community": _OWN,
    "liaison": _OWN | {ACT_FOR},
    "coordinator": _OWN | {ACT_FOR, ANNOUNCE, EXPORT},
    "principal": _OWN | {ACT_FOR, ANNOUNCE, EXPORT},
    "manager": frozenset(WEIGHTS),
}


_CODE = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)")
_MOST_BESIDES = 4
"""Words around a code that leave it one: "the code is 552811"."""


def shows_code(text: str) -> bool:
    """Whether a message is a code and hardly more: wherever it was texted, it is neither kept nor said again."""
    digits = sum(each.isdecimal() for each in text)
    found = _CODE.search(text) if digits == DIGITS else None
    return found is not None and len((text[: found.start()] + text[found.end() :]).split()) <= _MOST_BESIDES


def may(role: str, action: str) -> bool:
    """Whether a role may ask for an action at all. Who does not know a role or an action says no."""
    return action in WEIGHTS and action in MAY.get(role, frozenset())


@dataclass(frozen=True)
class Action:
    """What shall be done. The digest is of its exact content, so a code for one draft opens nothing for another."""

    name: str
    summary: Words
    """What will happen, and to how many: "Send the text to 412 phones." """
    digest: str


def action(name: str, summary: Words, content: Mapping[str, object]) -> Action:
    """An action over its content: the draft, the audience, the price; all that a person agrees to. Plain JSON values only."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Action(name, summary, hashlib.sha256(f"{name}\n{canonical}".encode()).hexdigest())


class Refusal(Enum):
    """Why the gate stays shut. The value stands in the audit log, and behind "refused:" in a screen's answers."""

    NOT_YOURS = "not theirs to do"
    LOCKED = "locked"
    TOO_OFTEN = "too many codes"
    UNREACHABLE = "no address on file"
    WRONG = "wrong code"
    CHANGED = "another content"
    EXPIRED = "too old"
    OVER = "no code is open"


@dataclass(frozen=True)
class Standing:
    """Whether somebody may go up to the gate now, and with what."""

    refusal: Refusal | None = None
    app: bool = False
    """Their authenticator makes the code; none is texted."""


@dataclass(frozen=True)
class MayAsk(LookUp[Standing]):
    """How the person stands before this action."""

    action: str
    digest: str


@dataclass(frozen=True)
class Prove(LookUp[Refusal | None]):
    """Try a code on an action. None: it is proved, and stays so until it is spent."""

    action: str
    digest: str
    given: str


class Asked(Enum):
    """What was asked of the gate in somebody's name in the last 24 hours."""

    NOTHING = "nothing"
    SOMETHING = "something"
    DONE = "done"
    """Asked, proved, and carried out."""


@dataclass(frozen=True)
class AskedLately(LookUp[Asked]):
    """Whether NOTME means anything from this person now."""
