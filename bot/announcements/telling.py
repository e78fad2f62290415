"""Tell an announcement's author something, on the address they wrote from last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import col

import locales
from conversations.announcements import telling
from conversations.announcements.account import FILTERED
from conversations.words import Words
from storage import outbox, people, reaching
from storage.announcements import course, ledger
from storage.tables import Kind, Person

from .. import rendering


def tell(connection: Connection, person_id: int | None, words: Words, now: datetime) -> None:
    """Nothing happens where there is nobody to tell: the log and the books say it too."""
    found = connection.execute(reaching.reachable().where(col(Person.id) == person_id)).one_or_none() if person_id else None
    known = people.by_address_id(connection, found.address_id) if found is not None else None
    if known is not None:
        text = locales.render(words, known.language or "en")
        outbox.write(
            connection, [rendering.row(known, Kind.ALERT, each, now) for each in rendering.texts(known.channel, known.address, text)]
        )


def pause(connection: Connection, number: int, code: str, now: datetime) -> bool:
    """Hold what has not left, and say so once; False if it did not run."""
    if not course.pause(connection, number, code):
        return False
    left = ledger.account(connection, number).waiting
    words = telling.filtered(number, left) if code == FILTERED else telling.misconfigured(number, code, left)
    tell(connection, course.author(connection, number), words, now)
    return True


def out_of_money(connection: Connection, number: int, now: datetime) -> None:
    """Say once that it waits for money."""
    if course.remark(connection, number, "budget"):
        words = telling.out_of_money(number, ledger.account(connection, number).waiting)
        tell(connection, course.author(connection, number), words, now)
