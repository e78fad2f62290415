"""All that is held on one address: shown to whoever has a right to it, and erased.

What stays after erasing: the consent log and the audit log (both append-only), on an address without its value; message rows
without text or link, so that a repeated delivery is still known and the ledger adds up; and a keyed hash by which a STOP is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlmodel import SQLModel, col

from conversations.flows.forget import Held

from . import people
from .announcements.tables import Announcement, Approver, TemplateApproval, Text, Translator
from .database import Stale
from .events import households, rsvps
from .events.tables import Attendance, Event, EventGroup, EventPost, Household, Rsvp, Slot
from .gate import forgotten
from .gate.tables import Audit, Forgotten, GateApp, GateCode, GateLock
from .people import Known
from .replies.tables import Absence, CallWindow, Thread
from .roster.tables import Introduction
from .sealing import Sealed
from .surveys.tables import Response, Silent, Survey
from .tables import Address, Call, Consent, Due, FollowUp, Inbound, LinkCode, Membership, Outbox, Person, Preference, School, State

OF_ADDRESS: tuple[type[SQLModel], ...] = (Call, Due, FollowUp, Introduction, LinkCode, Thread, EventGroup, EventPost)
"""Tables whose rows go with the address."""
OF_PERSON: tuple[type[SQLModel], ...] = (
    Membership,
    Preference,
    GateCode,
    GateApp,
    GateLock,
    Translator,
    Approver,
    Absence,
    CallWindow,
    Rsvp,
    Household,
    Attendance,
    Slot,
    Silent,
)
"""Tables whose rows go with the person's last address."""
EMPTIED: tuple[type[SQLModel], ...] = (Address, Inbound, Outbox, Response)
"""Tables whose rows stay, without what they said and whom they meant."""
KEPT: tuple[type[SQLModel], ...] = (Consent, Audit, Forgotten, Announcement, Text, TemplateApproval, Event, Survey)
"""The proofs, and what somebody wrote or approved for a school. A table that points to a person or an address stands in one of these four."""


def summary(connection: Connection, known: Known) -> Held:
    """How much is held on an address, in numbers."""

    def count(table: Any, *where: Any) -> int:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()

    heard = count(Inbound, col(Inbound.address_id) == known.address_id, col(Inbound.text).is_not(None))
    said = count(Outbox, col(Outbox.address_id) == known.address_id, col(Outbox.text).is_not(None))
    joined = select(func.min(col(Consent.at))).where(col(Consent.address_id) == known.address_id, col(Consent.what) == "join")
    since: datetime | None = connection.execute(joined).scalar_one_or_none()
    return Held(
        roles=people.roles(connection, known.person_id),
        staff=people.is_staff(connection, known.person_id),
        texts=heard + said,
        calls=count(Call, col(Call.address_id) == known.address_id, col(Call.done_at).is_(None)),
        linked=people.address_count(connection, known.person_id) > 1,
        since=since and since.astimezone(ZoneInfo(known.school_timezone)).date(),
    )


def held(connection: Connection, known: Known) -> dict[str, Any]:
    """Everything, as plain JSON values. A text that is older than 30 days is not held, and its place says so with null."""
    mine = known.address_id
    roles: Any = select(col(School.keyword), col(Membership.role), col(Membership.since)).join(
        School, col(School.id) == col(Membership.school_id)
    )
    agreed = select(col(Consent.at), col(Consent.what), col(Consent.how), col(Consent.wording)).where(col(Consent.address_id) == mine)
    calls = select(col(Call.asked_at), col(Call.when), col(Call.number), col(Call.why), col(Call.done_at)).where(
        col(Call.address_id) == mine
    )
    chosen = select(col(Preference.since), col(Preference.muted), col(Preference.paused_until)).where(
        col(Preference.person_id) == known.person_id
    )
    looked = select(col(FollowUp.looked_at), col(FollowUp.need), col(FollowUp.services))
    locks = select(col(GateLock.since), col(GateLock.why), col(GateLock.lifted_at)).where(col(GateLock.person_id) == known.person_id)
    app = select(col(GateApp.since)).where(col(GateApp.person_id) == known.person_id)
    named: Any = select(col(Response.day), col(Survey.slug), col(Response.answers)).join(Survey, col(Survey.id) == col(Response.survey_id))
    gated = select(col(Audit.at), col(Audit.action), col(Audit.outcome)).where(col(Audit.person_id) == known.person_id)
    return {
        "channel": known.channel,
        "address": known.address,
        "language": known.language,
        "language_guessed": known.language_guessed,
        "stopped_at": _plain(known.stopped_at),
        "unreachable_at": _plain(known.unreachable_at),
        "doubted_at": _plain(known.doubted_at),
        "looked_for": _rows(connection, looked.where(col(FollowUp.address_id) == mine)),
        "roles": _rows(connection, roles.where(col(Membership.person_id) == known.person_id).order_by(col(Membership.id))),
        "consent": _rows(connection, agreed.order_by(col(Consent.id))),
        "topics": _rows(connection, chosen),
        "calls": _rows(connection, calls.order_by(col(Call.id))),
        "messages": _messages(connection, mine),
        "screen": known.memory,
        "authenticator_since": _plain(connection.execute(app).scalar_one_or_none()),
        "locks": _rows(connection, locks.order_by(col(GateLock.id))),
        "events": rsvps.held(connection, known.person_id),
        "surveys": _rows(connection, named.where(col(Response.person_id) == known.person_id)),
        "gate": _rows(connection, gated.order_by(col(Audit.id))),
    }


def _messages(connection: Connection, address_id: int) -> list[dict[str, Any]]:
    """Theirs and ours, in the order of time."""
    heard: Any = select(col(Inbound.received_at).label("at"), col(Inbound.text)).where(col(Inbound.address_id) == address_id)
    words = and_(col(Text.announcement_id) == col(Outbox.announcement_id), col(Text.language) == col(Outbox.language))
    text: Any = func.coalesce(col(Outbox.text), col(Text.body), type_=Sealed())
    said: Any = select(col(Outbox.created_at).label("at"), text.label("text"), col(Outbox.kind), col(Outbox.state))
    said = said.select_from(Outbox).join(Text, words, isouter=True)
    rows = [{"from": "them", **row} for row in _rows(connection, heard.order_by(col(Inbound.id)))]
    rows += [{"from": "us", **row} for row in _rows(connection, said.where(col(Outbox.address_id) == address_id).order_by(col(Outbox.id)))]
    return sorted(rows, key=lambda row: str(row["at"]))


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in connection.execute(query).mappings()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# Forgetting


def forget(connection: Connection, known: Known, now: datetime, *, how: str) -> Mapping[str, int]:
    """Erase our side of an address; how many rows were erased, by table. `Stale` if another message of theirs came first."""
    mine = [col(Person.id) == known.person_id, col(Person.revision) == known.revision]
    if connection.execute(update(Person).where(*mine).values(revision=known.revision + 1)).rowcount != 1:
        raise Stale
    people.log_consent(connection, known.address_id, now, what="forget", how=how)
    erased = _erase_texts(connection, known.address_id)
    for table in OF_ADDRESS:
        erased[str(table.__tablename__)] = _delete(connection, table, "address_id", known.address_id)
    if people.address_count(connection, known.person_id) == 1:
        households.forget(connection, known.person_id, now)
        erased |= _erase_person(connection, known.person_id)
    else:
        _unlink(connection, known, now)
    _erase_value(connection, known, now)
    return erased


def _erase_texts(connection: Connection, address_id: int) -> dict[str, int]:
    heard = update(Inbound).where(col(Inbound.address_id) == address_id).values(text=None, address_id=None, thread_id=None)
    said = update(Outbox).where(col(Outbox.address_id) == address_id)
    for state, becomes in ((State.WAITING, State.SKIPPED), (State.HELD, State.SKIPPED), (State.SENDING, State.UNKNOWN)):
        connection.execute(said.where(col(Outbox.state) == state).values(state=becomes, reason="forgotten"))
    emptied = said.values(text=None, thread_id=None, buttons=None, calendar=None, buttons_live=False, provider_id=None)
    return {"inbound": connection.execute(heard).rowcount, "outbox": connection.execute(emptied).rowcount}


NOBODY = {"language": None, "language_guessed": False, "calm_until": None, "followed_up_at": None}


def _erase_person(connection: Connection, person_id: int) -> dict[str, int]:
    """A STOP stays: it is the proof."""
    connection.execute(update(Person).where(col(Person.id) == person_id).values(**NOBODY))
    connection.execute(update(Response).where(col(Response.person_id) == person_id).values(person_id=None))
    return {str(table.__tablename__): _delete(connection, table, "person_id", person_id) for table in OF_PERSON}


def _unlink(connection: Connection, known: Known, now: datetime) -> None:
    """The person goes on at their other addresses; this one is somebody of its own, of whom nothing is known."""
    nobody = insert(Person).values(stopped_at=known.stopped_at, language_guessed=False, revision=0, created_at=now)
    person_id = connection.execute(nobody.returning(col(Person.id))).scalar_one()
    connection.execute(update(Address).where(col(Address.id) == known.address_id).values(person_id=person_id))
    connection.execute(update(Outbox).where(col(Outbox.address_id) == known.address_id).values(person_id=person_id))


EMPTY = {"memory": None, "unreachable_at": None, "doubted_at": None, "asked_at": None, "chosen_at": None}


def _erase_value(connection: Connection, known: Known, now: datetime) -> None:
    forgotten.keep(connection, known.channel, known.address, known.address_id, now)
    connection.execute(update(Address).where(col(Address.id) == known.address_id).values(**EMPTY))
    people.move(connection, known.address_id, f"forgotten {known.address_id}")


def _delete(connection: Connection, table: Any, column: str, value: int) -> int:
    return connection.execute(delete(table).where(col(getattr(table, column)) == value)).rowcount
