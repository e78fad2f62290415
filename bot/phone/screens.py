"""What the phones show, read from what was received and from the outbox. Nothing is kept for the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from storage import people, places
from storage.people import Known
from storage.tables import Inbound, Outbox, State

from ..channels import segments
from . import phones
from .phones import Handset

MOST_MESSAGES = 200
"""Of one phone, the latest."""
ERASED = "(erased)"
TO_COME = (State.WAITING, State.SENDING)

Json = dict[str, Any]


def page(connection: Connection, now: datetime, price: float) -> Json:
    """Everything the page shows. `price` is of one segment, in dollars."""
    school = people.first_school(connection)
    keyword = school.keyword.upper() if school else "MESA"
    spot = places.point(school.zip) if school else None
    return {
        "school": {"name": school.name, "keyword": keyword} if school else None,
        "price": price,
        "here": [spot.latitude, spot.longitude] if spot else [0.0, 0.0],
        "phones": [screen(connection, phone, keyword, now) for phone in phones.all_phones(connection)],
    }


def screen(connection: Connection, phone: Handset, keyword: str, now: datetime) -> Json:
    """One phone, with its messages in the order they reached it."""
    known = people.at(connection, phones.CHANNEL, phone.address)
    heard = _latest(connection, Inbound, known)
    told = _latest(connection, Outbox, known)
    shown = [*map(_mine, heard), *_ours(told, {_pressed(row) for row in heard}, phone)]
    return {
        "address": phone.address,
        "look": phone.look,
        "title": phone.title,
        "language": (known and known.language) or phone.language,
        "hints": [hint.format(keyword=keyword) for hint in phone.hints],
        "stopped": known is not None and known.stopped_at is not None,
        "blocked": known is not None and known.unreachable_at is not None,
        "writing": any(row.state in TO_COME and row.due_at <= now for row in told),
        "messages": sorted((message for message in shown if message), key=_when)[-MOST_MESSAGES:],
    }


def was_shown(connection: Connection, address: str, data: str) -> bool:
    """Whether a phone has ever shown the button that sends this back."""
    rows = _latest(connection, Outbox, people.at(connection, phones.CHANNEL, address))
    return any(data == each for row in rows for _label, each in row.buttons or ())


def _latest(connection: Connection, table: type[Inbound | Outbox], known: Known | None) -> list[Any]:
    """The last rows of an address, oldest first."""
    if known is None:
        return []
    mine = select(table).where(col(table.address_id) == known.address_id)
    return [*connection.execute(mine.order_by(col(table.id).desc()).limit(MOST_MESSAGES))][::-1]


def _mine(row: Any) -> Json | None:
    """What its owner did. A press shows on its button instead."""
    kind = row.provider_id.partition("-")[0]
    if kind == "press":
        return None
    text = ERASED if row.text is None else row.text
    return {"id": row.provider_id, "from": "me", "kind": kind, "text": text, "at": row.received_at.isoformat(), "state": "delivered"}


def _pressed(row: Any) -> str:
    """The data of the button a press was of: "press-q:3:0-…"."""
    kind, _, rest = row.provider_id.partition("-")
    return rest.partition("-")[0] if kind == "press" else ""


def _ours(rows: Iterable[Any], pressed: set[str], phone: Handset) -> Iterable[Json]:
    """What we said, but for what has not left yet."""
    for row in rows:
        if row.state not in TO_COME:
            yield {
                "id": f"out-{row.id}",
                "from": "bot",
                "kind": "text",
                "text": ERASED if row.text is None else row.text,
                "at": (row.handed_off_at or row.created_at).isoformat(),
                "state": row.state,
                "reason": row.reason,
                "buttons": [[label, data, data in pressed] for label, data in row.buttons or ()],
                "live": row.buttons_live,
                "ask_location": row.ask_location,
                "segments": _billed(row.text or "") if phone.look == "sms" else None,
            }


def _billed(text: str) -> Json:
    """What a text costs; `room` is what fits into as many segments."""
    billed = segments.segments(text)
    alone, joined = (160, 153) if billed.encoding == "GSM-7" else (70, 67)
    room = alone if billed.count <= 1 else joined * billed.count
    return {"encoding": billed.encoding, "units": billed.units, "count": billed.count, "room": room}


def _when(message: Json) -> tuple[datetime, bool]:
    """An answer may carry the very moment of what it answers, and comes after it."""
    return datetime.fromisoformat(message["at"]), message["from"] == "bot"
