"""One-time codes: one open per person, ten minutes, three tries; of the code itself only a keyed hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import col

from .. import sealing
from ..tables import Kind, Outbox, Person, State
from .tables import CodeState, GateCode

DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
TRIES = 3


@dataclass(frozen=True)
class Code:
    """The gate's question to a person, as it is kept."""

    id: int
    person_id: int
    action: str
    digest: str
    hash: str | None
    asked_at: datetime
    until: datetime
    tries: int
    state: CodeState


def chance() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def hold(connection: Connection, person_id: int) -> None:
    """Nobody else opens, tries or spends a code of this person until the transaction is over."""
    connection.execute(select(col(Person.id)).where(col(Person.id) == person_id).with_for_update())


def hashed(person_id: int, digest: str, code: str) -> str:
    """Bound to the person and the action. Its key is not in the database: who reads the one cannot try all codes without the other."""
    key = sealing.in_use().keys[0].derived(b"gate")
    return hmac.new(key, f"{person_id}\n{digest}\n{code}".encode(), hashlib.sha256).hexdigest()


def begin(connection: Connection, person_id: int, now: datetime, *, action: str, digest: str, code: str | None) -> None:
    """Ask a person for a code; what they were asked for before is void."""
    void_open(connection, person_id)
    made = {"person_id": person_id, "action": action, "digest": digest, "hash": code and hashed(person_id, digest, code)}
    connection.execute(insert(GateCode).values(**made, asked_at=now, until=now + GOOD_FOR, tries=0, state=CodeState.OPEN))


def open_code(connection: Connection, person_id: int) -> Code | None:
    query = _CODE.where(col(GateCode.person_id) == person_id, col(GateCode.state) == CodeState.OPEN)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else Code(**found)


def fits(code: Code, given: str) -> bool:
    """Compared in constant time."""
    return code.hash is not None and hmac.compare_digest(code.hash, hashed(code.person_id, code.digest, given))


def missed(connection: Connection, code: Code) -> int:
    """Note a wrong try; how many are left. With the last the code is void."""
    connection.execute(update(GateCode).where(col(GateCode.id) == code.id).values(tries=code.tries + 1))
    left = TRIES - code.tries - 1
    if left <= 0:
        void_open(connection, code.person_id)
    return left


def proved(connection: Connection, code: Code) -> bool:
    """Close a code as proved, once: False if another has."""
    mine = [col(GateCode.id) == code.id, col(GateCode.state) == CodeState.OPEN]
    moved = connection.execute(update(GateCode).where(*mine).values(state=CodeState.PROVED)).rowcount == 1
    _forget_texts(connection, code.person_id)
    return moved


def spend(connection: Connection, person_id: int, action: str, digest: str) -> bool:
    """Use a proof for the very action it was given for, once; False if there is none."""
    proof = [col(GateCode.person_id) == person_id, col(GateCode.action) == action, col(GateCode.digest) == digest]
    newest = select(func.max(col(GateCode.id))).where(*proof, col(GateCode.state) == CodeState.PROVED).scalar_subquery()
    mine = [col(GateCode.id) == newest, col(GateCode.state) == CodeState.PROVED]
    return connection.execute(update(GateCode).where(*mine).values(state=CodeState.SPENT)).rowcount == 1


def void_open(connection: Connection, person_id: int) -> None:
    _void(connection, person_id, CodeState.OPEN)


def void_all(connection: Connection, person_id: int) -> None:
    """What is open, and what is proved and not yet carried out."""
    _void(connection, person_id, CodeState.OPEN, CodeState.PROVED)


def asked_since(connection: Connection, person_id: int, moment: datetime) -> list[Code]:
    query = _CODE.where(col(GateCode.person_id) == person_id, col(GateCode.asked_at) > moment)
    return [Code(**row) for row in connection.execute(query.order_by(col(GateCode.id))).mappings()]


_CODE: Any = select(*(col(getattr(GateCode, each.name)) for each in fields(Code)))


def _void(connection: Connection, person_id: int, *states: CodeState) -> None:
    mine = [col(GateCode.person_id) == person_id, col(GateCode.state).in_(states)]
    connection.execute(update(GateCode).where(*mine).values(state=CodeState.VOID))
    _forget_texts(connection, person_id)


def _forget_texts(connection: Connection, person_id: int) -> None:
    """The texts that carried codes: those that wait do not leave any more, and of the others the words are erased."""
    mine = [col(Outbox.person_id) == person_id, col(Outbox.kind) == Kind.CODE]
    waiting = [*mine, col(Outbox.state) == State.WAITING]
    connection.execute(update(Outbox).where(*waiting).values(state=State.SKIPPED, reason="void", text=None))
    gone = [*mine, col(Outbox.text).is_not(None), col(Outbox.state) != State.SENDING]
    connection.execute(update(Outbox).where(*gone).values(text=None))
