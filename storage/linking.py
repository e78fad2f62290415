"""Codes that join a phone and a chat to one person, and the joining."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, literal, or_, select, update
from sqlmodel import col

from conversations.linking import Tried, Ways

from . import people, sealing
from .database import Stale, upsert
from .events import households
from .gate import audit, codes, locks
from .gate.tables import GateCode, GateLock
from .people import Known
from .tables import Address, Consent, LinkCode, Membership, Outbox, Person, Preference, State

GOOD_FOR = timedelta(minutes=10)
WRONG_AN_HOUR = 5
HOUR = timedelta(hours=1)
WRONG = "wrong link code"
LINK = b"link"
"""What a code is for; others are made of the same table, and each does only what it was shown for."""

_KEEP = upsert(
    lambda insert: (made := insert(LinkCode)).on_conflict_do_update(
        index_elements=["address_id"], set_={"hash": made.excluded.hash, "until": made.excluded.until}
    )
)


def begin(connection: Connection, known: Known, now: datetime, *, chance: Callable[[], str] = codes.chance, purpose: bytes = LINK) -> str:
    """A code for a chat, in place of the one before. No two chats have the same."""
    connection.execute(delete(LinkCode).where(col(LinkCode.until) < now - HOUR))
    code = chance()
    while shown_by(connection, code, purpose) is not None:
        code = chance()
    connection.execute(
        _KEEP[connection.dialect.name], {"address_id": known.address_id, "hash": _hashed(code, purpose), "until": now + GOOD_FOR}
    )
    return code


def tried(connection: Connection, known: Known, code: str, now: datetime) -> Tried:
    """What a code from this phone comes to. A wrong one is counted, and after five in an hour none is looked at."""
    if audit.count(connection, known.person_id, WRONG, now - HOUR) >= WRONG_AN_HOUR:
        return Tried.TOO_OFTEN
    found = shown_by(connection, code)
    chat = found and people.by_address_id(connection, found.address_id)
    if not chat:
        audit.write(connection, now, person_id=known.person_id, action="link", outcome=WRONG)
        return Tried.WRONG
    if found.until <= now:
        return Tried.OLD
    return Tried.STAFF if any(_guarded(connection, each) for each in {known.person_id, chat.person_id}) else Tried.FITS


def link(connection: Connection, known: Known, code: str, now: datetime) -> Known:
    """Join the phone and the chat of a code; the chat as it is now. `Stale` if another message used the code, or changed either, first."""
    found = shown_by(connection, code)
    chat = found and people.by_address_id(connection, found.address_id)
    if not chat:
        raise Stale
    connection.execute(delete(LinkCode).where(col(LinkCode.address_id) == chat.address_id))
    if chat.person_id != known.person_id:
        _join(connection, known, chat, now)
    return people.by_address_id(connection, chat.address_id) or chat


def ways(connection: Connection, known: Known) -> Ways:
    mine = select(col(Address.channel)).where(col(Address.person_id) == known.person_id).order_by(col(Address.id))
    return Ways(tuple(connection.execute(mine).scalars()), staff=_guarded(connection, known.person_id))


def write_at(connection: Connection, person_id: int, channel: str, now: datetime) -> None:
    """What we begin goes to the address of this channel that they wrote from last."""
    mine = col(Address.person_id) == person_id
    of_channel = select(col(Address.id)).where(mine, col(Address.channel) == channel)
    chosen = connection.execute(of_channel.order_by(col(Address.heard_at).desc(), col(Address.id).desc()).limit(1)).scalar_one_or_none()
    connection.execute(update(Address).where(mine).values(chosen_at=None))
    connection.execute(update(Address).where(col(Address.id) == chosen).values(chosen_at=now))


def unlink(connection: Connection, known: Known, now: datetime) -> None:
    """Each address is a person of its own again; the one that agreed first stays who they were. STOP, and a crisis, stay on all.

    Consent belongs to the address: one that never agreed to hear from us itself is a stranger's. `Stale` if another message came first.
    """
    _count(connection, known)
    agreed = select(col(Consent.address_id)).where(col(Consent.what).in_(["join", "import"]), col(Consent.address_id) == col(Address.id))
    mine = select(col(Address.id), agreed.exists().label("agreed")).where(col(Address.person_id) == known.person_id)
    first, *others = sorted(connection.execute(mine).all(), key=lambda each: (not each.agreed, each.id))
    for each in others:
        _part(connection, known, each.id, now, agreed=each.agreed)
    connection.execute(update(Address).where(col(Address.id) == first.id).values(chosen_at=None))
    audit.write(connection, now, person_id=known.person_id, action="unlink", outcome="unlinked")


def _part(connection: Connection, known: Known, address_id: int, now: datetime, *, agreed: bool) -> None:
    """A person for an address that had been another's, with what both had where it agreed to it."""
    same = {name: getattr(known, name) for name in ("language", "language_guessed", "stopped_at", "calm_until")}
    made = insert(Person).values(**same, revision=0, created_at=now).returning(col(Person.id))
    person_id = connection.execute(made).scalar_one()
    connection.execute(update(Address).where(col(Address.id) == address_id).values(person_id=person_id, chosen_at=None))
    connection.execute(update(Outbox).where(col(Outbox.address_id) == address_id).values(person_id=person_id))
    if not agreed:
        return
    part: Any = select(literal(person_id), col(Membership.school_id), col(Membership.role), col(Membership.since))
    parts = part.where(col(Membership.person_id) == known.person_id)
    connection.execute(insert(Membership).from_select(["person_id", "school_id", "role", "since"], parts))
    wish: Any = select(literal(person_id), col(Preference.muted), col(Preference.paused_until), col(Preference.since))
    wishes = wish.where(col(Preference.person_id) == known.person_id)
    connection.execute(insert(Preference).from_select(["person_id", "muted", "paused_until", "since"], wishes))


def _count(connection: Connection, known: Known) -> None:
    """The turn of a person that is being changed; `Stale` if another message came first."""
    mine = [col(Person.id) == known.person_id, col(Person.revision) == known.revision]
    if connection.execute(update(Person).where(*mine).values(revision=known.revision + 1)).rowcount != 1:
        raise Stale


def _join(connection: Connection, one: Known, two: Known, now: datetime) -> None:
    """The person who agreed first stays, with what both had; of the other only the proofs are left."""
    for each in sorted((one, two), key=lambda known: known.person_id):
        _count(connection, each)
    agreed = {each.person_id: _agreed(connection, each.person_id) for each in (one, two)}
    stays, goes = sorted((one, two), key=lambda known: (agreed[known.person_id] is None, agreed[known.person_id] or now, known.person_id))
    _keep_what_both_said(connection, stays, goes)
    _move_parts(connection, stays.person_id, goes.person_id)
    households.merge(connection, stays.person_id, goes.person_id, now)
    codes.void_all(connection, goes.person_id)
    _once_each(connection, stays.person_id, goes.person_id)
    single = or_(col(Outbox.announcement_id).is_(None), col(Outbox.announcement_id).not_in(_numbers(stays.person_id)))
    for table in (Address, Outbox, GateCode, GateLock):
        column: Any = col(getattr(table, "person_id"))  # noqa: B009 - each of them has it, their base has not
        moved = update(table).where(column == goes.person_id, *([single] if table is Outbox else []))
        connection.execute(moved.values(person_id=stays.person_id))
    audit.write(connection, now, person_id=stays.person_id, action="link", outcome="linked")


def _keep_what_both_said(connection: Connection, stays: Known, goes: Known) -> None:
    """STOP on either is STOP on both; a language that was chosen wins over a guess."""
    spoken = goes if stays.language is None or (stays.language_guessed and goes.language and not goes.language_guessed) else stays
    values = {
        "stopped_at": stays.stopped_at or goes.stopped_at,
        "calm_until": max((each for each in (stays.calm_until, goes.calm_until) if each), default=None),
        "language": spoken.language,
        "language_guessed": spoken.language_guessed,
    }
    connection.execute(update(Person).where(col(Person.id) == stays.person_id).values(**values))
    emptied = update(Person).where(col(Person.id) == goes.person_id)
    connection.execute(emptied.values(language=None, language_guessed=False, calm_until=None))


def _move_parts(connection: Connection, stays: int, goes: int) -> None:
    """The parts in schools of both; and neither hears what one of them did without."""
    parts = select(col(Membership.school_id), col(Membership.role), col(Membership.since)).where(col(Membership.person_id) == goes)
    for school_id, role, since in connection.execute(parts).all():
        people.add_member(connection, stays, school_id, role, since)
    connection.execute(delete(Membership).where(col(Membership.person_id) == goes))
    both = select(col(Preference.muted), col(Preference.paused_until), col(Preference.since))
    chosen = connection.execute(both.where(col(Preference.person_id).in_([stays, goes]))).all()
    connection.execute(delete(Preference).where(col(Preference.person_id).in_([stays, goes])))
    if chosen:
        until = max((each.paused_until for each in chosen if each.paused_until), default=None)
        muted = sorted({topic for each in chosen for topic in each.muted})
        row = {"person_id": stays, "muted": muted, "paused_until": until, "since": max(each.since for each in chosen)}
        connection.execute(insert(Preference).values(**row))


def _once_each(connection: Connection, stays: int, goes: int) -> None:
    """An announcement that both were to get is got once: what has not left stays here where it has left there, and else there."""
    for one, other, moved in ((stays, goes, True), (goes, stays, False)):
        theirs = _numbers(other)
        if moved:
            theirs = theirs.where(col(Outbox.state).in_([State.SENDING, State.SENT, State.DELIVERED, State.UNKNOWN]))
        doubled = [col(Outbox.person_id) == one, col(Outbox.announcement_id).in_(theirs)]
        unsent = col(Outbox.state).in_([State.WAITING, State.HELD])
        connection.execute(update(Outbox).where(*doubled, unsent).values(state=State.SKIPPED, reason="linked"))


def _numbers(person_id: int) -> Select[Any]:
    """The announcements a person is a recipient of."""
    return select(col(Outbox.announcement_id)).where(col(Outbox.person_id) == person_id, col(Outbox.announcement_id).is_not(None))


def _agreed(connection: Connection, person_id: int) -> datetime | None:
    """When a person first agreed to hear from us, at any of their addresses."""
    query = select(func.min(col(Consent.at))).join(Address, col(Address.id) == col(Consent.address_id))
    return connection.execute(query.where(col(Address.person_id) == person_id, col(Consent.what) == "join")).scalar_one_or_none()


def _guarded(connection: Connection, person_id: int) -> bool:
    """Codes of the gate go to an address on file: that of staff, or of somebody locked, is not changed by a text that may be forged."""
    return people.is_staff(connection, person_id) or locks.locked(connection, person_id)


def shown_by(connection: Connection, code: str, purpose: bytes = LINK) -> Any:
    """The address that shows a code, and until when it is good; None if none does."""
    query = select(col(LinkCode.address_id), col(LinkCode.until)).where(col(LinkCode.hash) == _hashed(code, purpose))
    return connection.execute(query).one_or_none()


def _hashed(code: str, purpose: bytes) -> str:
    """Its key is not in the database: who reads the one cannot try all codes without the other."""
    return hmac.new(sealing.in_use().keys[0].derived(purpose), code.encode(), hashlib.sha256).hexdigest()
