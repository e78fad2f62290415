"""What the command line does at the gate: lock and unlock, set up authenticators, give out and erase what is held, show the log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import segno
from sqlalchemy import Connection

from conversations import gate as words
from conversations.effects import Leave
from conversations.gate import Refusal
from storage import holding, people
from storage.gate import audit, totp
from storage.people import Known

from . import effects, gate
from .members import Unfit, parse_address
from .turning import At

OUTCOMES = {
    "asked for a code": "a code was sent, or asked of the authenticator",
    "proved": "the right code was given",
    gate.DONE: "done",
    "locked": "locked",
    Refusal.NOT_YOURS.value: "refused: their role may not",
    Refusal.LOCKED.value: "refused: they are locked",
    Refusal.TOO_OFTEN.value: "refused: too many codes in an hour",
    Refusal.UNREACHABLE.value: "refused: no address on file can be reached",
    Refusal.WRONG.value: "a wrong code was given",
    Refusal.CHANGED.value: "refused: the code was for another content",
    Refusal.EXPIRED.value: "refused: the code was too old",
    Refusal.OVER.value: "refused: no code was open",
    "approved": "done",
    "declined": "they said no",
    "linked": "connected",
    "unlinked": "parted",
    "shown": "shown",
    "refused": "refused",
}
ACTIONS = {
    words.FORGET_OWN: "erase what is held on themselves",
    words.EXPORT_OWN: "see what is held on themselves",
    words.FORGET: "erase what is held on an address",
    words.EXPORT: "export what is held",
    words.ANNOUNCE: "announce to many",
    "translate": "approve a translation",
    "urgent": "agree to something urgent",
    words.ACT_FOR: "act for a family",
    "read a thread": "read what a family wrote",
    "not me": "said that it was not they who asked",
    "wrong codes": "gave too many wrong codes",
    "lock": "lock somebody",
    "unlock": "unlock somebody",
    "stop": "record a STOP for somebody",
    "authenticator": "set up an authenticator",
    "authenticator removed": "remove an authenticator",
    "restored": "put a backup back",
    "link": "connect a chat with a phone",
    "unlink": "part a chat from a phone",
    "inbox": "see by text who waits for a call",
    "call made": "note that a call was made",
    "read a message": "read what somebody in danger wrote",
}


def lock(connection: Connection, *, address: str, now: datetime) -> str:
    locked = gate.lock(connection, _known(connection, address), now)
    return f"{address} is locked: nothing gated passes." if locked else f"{address} was locked already."


def unlock(connection: Connection, *, address: str, now: datetime) -> str:
    unlocked = gate.unlock(connection, _known(connection, address), now)
    return f"{address} is unlocked." if unlocked else f"{address} was not locked."


def stop(connection: Connection, *, address: str, now: datetime) -> str:
    """On behalf of somebody who said it in person or on the telephone; a number that we do not know yet is stopped for good measure."""
    known = people.meet(connection, *parse_address(address), now)
    if known.stopped_at is not None:
        return f"{address} has said STOP already."
    effects.apply(Leave("by staff"), At(connection, known, now))
    gate.by_operator(connection, "stop", now, {"person": known.person_id})
    return f"Nothing that we start leaves for {address} any more, until they text START or join again."


def authenticator_for(connection: Connection, *, address: str) -> tuple[str, str]:
    """A new secret and its URI, for a staff member. Nothing is kept until `confirm`."""
    known = _known(connection, address)
    if not people.is_staff(connection, known.person_id):
        raise Unfit(f"{address} has no part in a school that needs an authenticator: give them one with `platica people add`.")
    secret = totp.new_secret()
    return secret, totp.uri(secret, address, f"Platica {known.school_name}")


def confirm(connection: Connection, *, address: str, secret: str, given: str, now: datetime) -> str:
    """The app shows the right code: from now on it is asked for."""
    known = _known(connection, address)
    step = totp.step_of(secret, "".join(given.split()), now)
    if step is None:
        raise Unfit("That is not the code the app should show now. Is the clock of the phone right? Nothing is changed: try again.")
    totp.enrol(connection, known.person_id, secret, step, now)
    gate.by_operator(connection, "authenticator", now, {"person": known.person_id})
    return f"From now on {address} uses this app for what reaches many."


def remove_authenticator(connection: Connection, *, address: str, now: datetime) -> str:
    known = _known(connection, address)
    if not totp.remove(connection, known.person_id):
        return f"{address} had no authenticator."
    gate.by_operator(connection, "authenticator removed", now, {"person": known.person_id})
    return f"{address} gets codes by text again."


def drawn(uri: str) -> str:
    """A QR code for a terminal."""
    picture = io.StringIO()
    segno.make_qr(uri, error="l").terminal(picture, compact=True, border=2)
    return picture.getvalue()


def export(connection: Connection, *, address: str, now: datetime) -> str:
    """Everything held on an address, as JSON."""
    known = _known(connection, address)
    held = holding.held(connection, known)
    gate.by_operator(connection, words.EXPORT, now, {"person": known.person_id, "messages": len(held["messages"])})
    return json.dumps(held, ensure_ascii=False, indent=2) + "\n"


def forget(connection: Connection, *, address: str, now: datetime) -> str:
    known = people.at(connection, *parse_address(address))
    if known is None:
        return f"Nothing is held on {address}."
    erased = holding.forget(connection, known, now, how="operator")
    gate.by_operator(connection, words.FORGET, now, {"person": known.person_id, **erased})
    return f"Erased what was held on {address}: {erased['inbound'] + erased['outbox']} messages. The proof of joining and leaving stays, without the address."


def log_in_words(connection: Connection, *, days: int, now: datetime) -> Iterator[str]:
    """The audit log of so many days, a line each, oldest first. No number is in it, and no text."""
    school = people.first_school(connection)
    zone = ZoneInfo(school.timezone if school is not None else "UTC")
    roles: dict[int, str] = {}
    for row in audit.since(connection, now - timedelta(days=days)):
        if row.person_id is not None and row.person_id not in roles:
            roles[row.person_id] = ", ".join(people.roles(connection, row.person_id)) or "nobody now"
        who = "operator" if row.person_id is None else f"person {row.person_id} ({roles[row.person_id]})"
        about = ", ".join(f"{name} {value if name != 'digest' else value[:8]}" for name, value in row.about.items())
        at = row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        yield f"{at}  {who}: {ACTIONS.get(row.action, row.action)}: {OUTCOMES.get(row.outcome, row.outcome)}" + (
            f" [{about}]" if about else ""
        )


def _known(connection: Connection, address: str) -> Known:
    known = people.at(connection, *parse_address(address))
    if known is None:
        raise Unfit(f"Nothing is held on {address}.")
    return known
