"""The codes on paper forms: each counts once, and says nothing about whoever fills it in.

A code is five letters of chance and three that only the survey's secret makes of them. So none is kept anywhere until it was used
(as a hash, see `storage.surveys.answers`), a slip of the pen is noticed, and nobody can make one up. Without the secret it is paper.
"""

from __future__ import annotations

import re
from secrets import SystemRandom

from storage.surveys import seals

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look alike on paper, and without U, so that chance writes no word."""
_BY_CHANCE, _PROOF = 5, 3


def new(secret: bytes, survey_id: int, count: int) -> list[str]:
    """So many codes, each another."""
    chance, made = SystemRandom(), dict[str, None]()
    while len(made) < count:
        made[_whole(secret, survey_id, "".join(chance.choices(LETTERS, k=_BY_CHANCE)))] = None
    return list(made)


def read(secret: bytes, survey_id: int, text: str) -> str | None:
    """The code in a text, however it was typed; None where this survey has printed no such code."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if code == _whole(secret, survey_id, code[:_BY_CHANCE]) else None


def who(code: str) -> str:
    """Whom a participation is of."""
    return f"s{code}"


def as_printed(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _whole(secret: bytes, survey_id: int, by_chance: str) -> str:
    number = int(seals.hashed(secret, f"{survey_id} slip {by_chance}")[:16], 16)
    return by_chance + "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(_PROOF))
