"""Authenticator apps (RFC 6238: six digits, a new code every 30 seconds)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from ..database import upsert
from .tables import GateApp

SECONDS = 30
AROUND = (0, -1, 1)
"""Steps whose code is taken: clocks differ, and people type slowly."""

_SET = upsert(
    lambda insert: (made := insert(GateApp)).on_conflict_do_update(
        index_elements=["person_id"], set_={"secret": made.excluded.secret, "since": made.excluded.since, "step": made.excluded.step}
    )
)


def new_secret() -> str:
    return pyotp.random_base32()


def uri(secret: str, name: str, issuer: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, name=name, issuer=issuer).provisioning_uri()


def step_of(secret: str, given: str, now: datetime) -> int | None:
    """The step whose code was given; None if it is no code of this moment. Every step is compared, in constant time."""
    current, totp = int(now.timestamp()) // SECONDS, pyotp.TOTP(secret)
    matching = [current + near for near in AROUND if hmac.compare_digest(totp.generate_otp(current + near).encode(), given.encode())]
    return matching[0] if matching else None


def enrol(connection: Connection, person_id: int, secret: str, step: int, now: datetime) -> None:
    """From now on this app makes their codes. The code that confirmed it is used up."""
    connection.execute(_SET[connection.dialect.name], {"person_id": person_id, "secret": secret, "since": now, "step": step})


def remove(connection: Connection, person_id: int) -> bool:
    return connection.execute(delete(GateApp).where(col(GateApp.person_id) == person_id)).rowcount == 1


def enrolled(connection: Connection, person_id: int) -> bool:
    return connection.execute(select(col(GateApp.since)).where(col(GateApp.person_id) == person_id)).first() is not None


def use(connection: Connection, person_id: int, given: str, now: datetime) -> bool:
    """Take a code of their app, once: the same step, or an earlier one, is refused."""
    secret = connection.execute(select(col(GateApp.secret)).where(col(GateApp.person_id) == person_id)).scalar_one_or_none()
    step = step_of(secret, given, now) if secret is not None else None
    if step is None:
        return False
    newer = [col(GateApp.person_id) == person_id, col(GateApp.step) < step]
    return connection.execute(update(GateApp).where(*newer).values(step=step)).rowcount == 1
