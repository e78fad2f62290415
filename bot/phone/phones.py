"""Which phones the page has: four from the start, and those somebody added. Each is an address of the channel "phone"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Literal

from sqlalchemy import Connection, select
from sqlmodel import col

from storage import people
from storage.announcements import translators
from storage.tables import Address

from ..rendering import taps

CHANNEL = "phone"
LAST = 99
"""Place of the page's coordinator among those who translate."""
MOST = 24
"""Phones on one page."""

Look = Literal["sms", "telegram"]
NAMES = {"sms": "Phone", "telegram": "Telegram"}
HINTS = {"sms": ("{keyword}", "food", "comida", "help"), "telegram": ("/start {keyword}", "food", "comida", "help")}


class NoRoom(Exception):
    """The sentence says what to do instead."""


@dataclass(frozen=True)
class Handset:
    """One phone of the page. `hints` are messages worth trying; "{keyword}" in one is the school's."""

    address: str
    title: str
    language: str = ""
    """What its owner reads, until they tell us."""
    hints: tuple[str, ...] = ()

    @property
    def look(self) -> Look:
        return "telegram" if taps(CHANNEL, self.address) else "sms"


COORDINATOR = "sms-coordinator"
FIRST = (
    Handset("sms-es", "A family · español", "es", ("comida 93307", "{keyword}", "ocupo ayuda con la renta")),
    Handset("sms-en", "A parent · English", "en", ("{keyword}", "food", "help")),
    Handset("telegram-1", "A family on Telegram", "", ("/start {keyword}", "comida", "menu")),
    Handset(COORDINATOR, "The coordinator", "en", ("SEND families: Mesa Verde: no school on Friday.", "inbox", "drafts")),
)


def all_phones(connection: Connection) -> list[Handset]:
    """The first four, then the others in the order they were added."""
    query = select(col(Address.address)).where(col(Address.channel) == CHANNEL).order_by(col(Address.id))
    first = {phone.address for phone in FIRST}
    return [*FIRST, *(_added(address) for address in connection.execute(query).scalars() if address not in first)]


def add(connection: Connection, look: Look, now: datetime) -> Handset:
    """One more phone, kept as an address; `NoRoom` when the page is full, `LookupError` where there is no school yet."""
    known = all_phones(connection)
    if len(known) >= MOST:
        raise NoRoom(f"There are {MOST} phones already. Use one of them; each can join, leave and come back.")
    taken = {phone.address for phone in known}
    alike = sum(phone.look == look for phone in known)
    address = next(name for n in count(alike + 1) if (name := f"{look}-{n}") not in taken)
    people.meet(connection, CHANNEL, address, now)
    return _added(address)


def seed(connection: Connection, now: datetime) -> bool:
    """Make the coordinator's phone of the page a coordinator of the school; False if it was. Part of the sample school."""
    known = people.meet(connection, CHANNEL, COORDINATOR, now)
    if not people.add_member(connection, known.person_id, known.school_id, "coordinator", now):
        return False
    people.set_language(connection, known, "en", guessed=False)
    return True


def may_translate(connection: Connection) -> None:
    """The page's coordinator approves her own words in every language of the school: nobody else on the page could."""
    known = people.at(connection, CHANNEL, COORDINATOR)
    if known is None or known.role != "coordinator":
        return
    for tag in known.school_languages:
        translators.add(connection, known.school_id, tag, known.person_id, LAST)


def _added(address: str) -> Handset:
    look, _, number = address.partition("-")
    title = f"{NAMES[look]} {number}" if look in NAMES and number.isdecimal() else address
    return Handset(address, title, hints=HINTS["telegram" if taps(CHANNEL, address) else "sms"])
