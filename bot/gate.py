"""The gate: what reaches many, exports or deletes passes here, and every time leaves a line in the audit log.

`ask` sends a code to the address on file, `prove` tries one, `spend` uses the proof for the very action it was given for.
The number a text comes from is a hint: whoever forges it gets no code, and the real phone hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

import locales
from conversations import say
from conversations.gate import ANNOUNCE, FORGET_OWN, WEIGHTS, Action, Asked, MayAsk, Prove, Refusal, Standing, Weight, may
from storage import outbox, people
from storage.gate import audit, codes, locks, totp
from storage.people import Known
from storage.tables import Kind

from . import rendering

CODES_AN_HOUR = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WRONG_A_DAY = 10
TOLD = ("coordinator", "principal", "manager")
"""Who hears that somebody was locked."""
OPERATORS = frozenset({"stop", "lock", "unlock", "authenticator", "authenticator removed"})
"""What only the command line does, besides every action."""

DONE = "done"
About = Mapping[str, str | int]


class NotProved(Exception):
    """Something gated was about to happen without its proof: a flow must ask `confirmed` first. Nothing has happened."""


def standing(connection: Connection, known: Known, query: MayAsk, now: datetime) -> Standing:
    """Whether this person may go up to the gate with this action now. What they were asked already, they may still answer."""
    if not _may(connection, known, query.action):
        return Standing(Refusal.NOT_YOURS)
    if locks.locked(connection, known.person_id):
        return Standing(Refusal.LOCKED)
    lately = codes.asked_since(connection, known.person_id, now - HOUR)
    if len(lately) >= CODES_AN_HOUR and query.digest not in {code.digest for code in lately}:
        return Standing(Refusal.TOO_OFTEN)
    app = _by_app(connection, known, query.action)
    return Standing(app=app) if app or people.on_file(connection, known.person_id) else Standing(Refusal.UNREACHABLE)


def ask(connection: Connection, known: Known, action: Action, now: datetime, *, chance: Callable[[], str] = codes.chance) -> Refusal | None:
    """Ask for a code. What was open for this person is void; the new code goes to the address on file and nowhere else."""
    codes.hold(connection, known.person_id)
    note = _Note(connection, known, now, action.name, action.digest)
    stands = standing(connection, known, MayAsk(action.name, action.digest), now)
    if stands.refusal is not None:
        return note.refused(stands.refusal)
    if len(codes.asked_since(connection, known.person_id, now - HOUR)) >= CODES_AN_HOUR:
        return note.refused(Refusal.TOO_OFTEN)
    code = None if stands.app else chance()
    codes.begin(connection, known.person_id, now, action=action.name, digest=action.digest, code=code)
    note("asked for a code")
    if code is not None:
        _send(connection, known, action, code, now)
    return None


def prove(connection: Connection, known: Known, query: Prove, now: datetime) -> Refusal | None:
    """Try a code, or that of an authenticator. None: proved, once, for this action with this content."""
    codes.hold(connection, known.person_id)
    note = _Note(connection, known, now, query.action, query.digest)
    if locks.locked(connection, known.person_id):
        return note.refused(Refusal.LOCKED)
    code = codes.open_code(connection, known.person_id)
    if code is None:
        return note.refused(Refusal.OVER)
    if (code.action, code.digest) != (query.action, query.digest):
        codes.void_open(connection, known.person_id)
        return note.refused(Refusal.CHANGED)
    if now >= code.until:
        codes.void_open(connection, known.person_id)
        return note.refused(Refusal.EXPIRED)
    fits = codes.fits(code, query.given)
    if not (fits or totp.use(connection, known.person_id, query.given, now)):
        return _wrong(connection, known, code, note)
    codes.proved(connection, code)
    if fits and (to := people.on_file(connection, known.person_id)) is not None:  # whoever read the code has that phone in hand
        people.heard(connection, to.address_id, now)
    note("proved")
    return None


def spend(connection: Connection, known: Known, action: Action, now: datetime, about: About | None = None) -> None:
    """The gate opens for what was proved, once. Call it in the transaction that does it; raises `NotProved`."""
    codes.hold(connection, known.person_id)
    if locks.locked(connection, known.person_id) or not codes.spend(connection, known.person_id, action.name, action.digest):
        raise NotProved(f"{action.name} has no proof to spend: its flow must ask `confirmed` first.")
    _Note(connection, known, now, action.name, action.digest)(DONE, about)


def by_owner(connection: Connection, known: Known, action: Action, now: datetime, about: About | None = None) -> None:
    """What somebody does with their own address, asked and answered on it. What hangs on a staff member's is more: they prove it."""
    if WEIGHTS.get(action.name) is not Weight.OWN:
        raise NotProved(f"{action.name} is nothing that one does with one's own address.")
    if action.name == FORGET_OWN and people.is_staff(connection, known.person_id):
        spend(connection, known, action, now, about)
    else:
        _Note(connection, known, now, action.name, action.digest)(DONE, about)


def by_operator(connection: Connection, action: str, now: datetime, about: About | None = None) -> None:
    """Who has the command line has the machine: that is the factor. It is written down all the same."""
    if action not in WEIGHTS and action not in OPERATORS:
        raise NotProved(f"{action} is no action of the gate.")
    audit.write(connection, now, person_id=None, action=action, outcome=DONE, about=about)


def asked_lately(connection: Connection, known: Known, now: datetime) -> Asked:
    """What was asked in this person's name in the last 24 hours."""
    if not codes.asked_since(connection, known.person_id, now - DAY):
        return Asked.NOTHING
    return Asked.DONE if audit.count(connection, known.person_id, DONE, now - DAY) else Asked.SOMETHING


def not_me(connection: Connection, known: Known, now: datetime) -> None:
    """NOTME: somebody else used this number. Nothing gated passes for it any more, and the others are told."""
    _lock(connection, known, "not me", now)


def lock(connection: Connection, known: Known, now: datetime) -> bool:
    """By the operator. False if they were locked already."""
    codes.hold(connection, known.person_id)
    codes.void_all(connection, known.person_id)
    by_operator(connection, "lock", now, {"person": known.person_id})
    return locks.lock(connection, known.person_id, "operator", now)


def unlock(connection: Connection, known: Known, now: datetime) -> bool:
    """By the operator, and by nobody else. Their wrong guesses are forgiven with it."""
    by_operator(connection, "unlock", now, {"person": known.person_id})
    return locks.unlock(connection, known.person_id, now)


@dataclass(frozen=True)
class _Note:
    """A pen for the audit log, with who and what already written."""

    connection: Connection
    known: Known
    now: datetime
    action: str
    digest: str = ""

    def __call__(self, outcome: str, about: About | None = None) -> None:
        digest = {"digest": self.digest} if self.digest else {}
        about = {**digest, **(about or {})}
        audit.write(self.connection, self.now, person_id=self.known.person_id, action=self.action, outcome=outcome, about=about)

    def refused(self, refusal: Refusal) -> Refusal:
        self(refusal.value)
        return refusal


def _may(connection: Connection, known: Known, name: str) -> bool:
    if WEIGHTS.get(name) is Weight.OWN:
        return True
    where = None if name == ANNOUNCE else known.school_id  # at which school they announce is seen to by who does it
    return any(may(role, name) for role in people.roles(connection, known.person_id, where))


def _by_app(connection: Connection, known: Known, name: str) -> bool:
    """Who has an authenticator uses it for what reaches many."""
    return WEIGHTS[name] is Weight.MANY and totp.enrolled(connection, known.person_id)


def _send(connection: Connection, known: Known, action: Action, code: str, now: datetime) -> None:
    to = people.on_file(connection, known.person_id)
    assert to is not None, "standing() has refused it"
    text = locales.render(say.code(known.school_name, code, action.summary), known.language or "en")
    outbox.write(connection, [rendering.row(to, Kind.CODE, text, now)])


def _wrong(connection: Connection, known: Known, code: codes.Code, note: _Note) -> Refusal:
    left = codes.missed(connection, code)
    note(Refusal.WRONG.value)
    since = max(note.now - DAY, locks.last_lifted(connection, known.person_id) or note.now - DAY)
    if audit.count(connection, known.person_id, Refusal.WRONG.value, since) >= WRONG_A_DAY:
        _lock(connection, known, "wrong codes", note.now)
        return Refusal.LOCKED
    return Refusal.WRONG if left > 0 else Refusal.OVER


def _lock(connection: Connection, known: Known, why: str, now: datetime) -> None:
    codes.hold(connection, known.person_id)
    codes.void_all(connection, known.person_id)
    if not locks.lock(connection, known.person_id, why, now):
        return
    _Note(connection, known, now, why)("locked")
    others = [each for each in people.staff_addresses(connection, known.school_id, TOLD) if each.person_id != known.person_id]
    words = say.locked_alert(known.address[-4:])
    told = [each for each in others if each.stopped_at is None]
    outbox.write(connection, [rendering.row(each, Kind.ALERT, locales.render(words, each.language or "en"), now) for each in told])
