"""A survey that somebody began and left: after three days of silence what they said counts as it is, marked incomplete, and leaves their screen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from conversations.state import Conversation, Memory, Unreadable
from conversations.surveys import taking
from conversations.surveys.taking import FLOW, TEXT, Answered
from storage import due, people
from storage.due import DueRow
from storage.people import Known
from storage.tables import Due

from .desk import Desk
from .secrets import Secrets

RESTS = "survey rests"
"""The kind of its due row. Every turn in a survey sets it anew."""


def is_asked(memory: Memory) -> bool:
    """A survey is the open conversation."""
    return memory.open is not None and memory.open.flow == FLOW


def fall_due(connection: Connection, known: Known, row: DueRow, now: datetime, secrets: Secrets) -> int:
    """Put away what they said in every survey on their screen. Nothing is said."""
    if due.is_done(connection, row.id):
        with suppress(Unreadable):  # their next message sounds the alarm
            memory = Memory.from_json(known.memory)
            desk = Desk(connection, known, now, secrets)
            for each in (*memory.paused, *([memory.open] if memory.open is not None else [])):
                put_away(desk, each)
            people.end_turn(connection, known, without(memory).to_json(), None)
    return 0


def turn_in(connection: Connection, survey_id: int, now: datetime, secrets: Secrets) -> int:
    """A survey is about to close: what those in the middle of it have said counts as it is. How many had it on their screen."""
    waits = select(col(Due.address_id)).where(col(Due.kind) == RESTS).order_by(col(Due.address_id))
    found = [people.by_address_id(connection, each) for each in connection.execute(waits).scalars().all()]
    return sum(_turned_in(connection, known, survey_id, now, secrets) for known in found if known is not None)


def _turned_in(connection: Connection, known: Known, survey_id: int, now: datetime, secrets: Secrets) -> bool:
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable:  # their next message sounds the alarm
        return False
    there = (*memory.paused, *([memory.open] if memory.open is not None else []))
    mine = [each for each in there if each.flow == FLOW and each.about.get("survey") == survey_id]
    for each in mine:
        put_away(Desk(connection, known, now, secrets), each)
    if mine:
        emptied = {id(each): replace(each, answers={}) for each in mine}  # it stays, so that a late answer hears that it is over
        paused = tuple(emptied.get(id(each), each) for each in memory.paused)
        left = replace(memory, open=emptied.get(id(memory.open), memory.open), paused=paused)
        people.end_turn(connection, known, left.to_json(), None)
    return bool(mine)


def put_away(desk: Desk, kept: Conversation) -> None:
    """Whoever has answered nothing has not taken part."""
    form = desk.form(int(kept.about["survey"]), str(kept.about.get("for", ""))) if kept.flow == FLOW else None
    answers = taking.given(form.definition, kept.answers) if form is not None and form.open and not form.taken else {}
    if form is None or not any(value is not None for value in answers.values()):
        return
    about = str(kept.about.get("for", ""))
    language = form.language(str(kept.answers.get(taking.LANGUAGE, "")) or desk.known.language)
    desk.put_away(Answered(form.id, answers, complete=False, method=str(kept.about.get("way", TEXT)), language=language, about=about))


def without(memory: Memory) -> Memory:
    """The screen with no survey on it."""
    still = None if is_asked(memory) else memory.open
    return replace(memory, open=still, paused=tuple(each for each in memory.paused if each.flow != FLOW))
