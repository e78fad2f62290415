"""A message arrives: one transaction, from the webhook to the outbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

import locales
from conversations import say
from conversations.dialogue import hear
from conversations.effects import AskForCall, Forget, ForgetChild, Leave, LinkChat, NotMe, Return, SetLanguage, Unlink
from conversations.events import group
from conversations.events.event import GiveCalendar
from conversations.flows import FLOWS
from conversations.reply import Reply
from conversations.state import Memory, Turn, Unreadable, shown_as
from conversations.steps import Turns
from conversations.talk import LookUp
from conversations.who import Who
from locales import orders, reading, redaction
from storage import doubts, due, inbox, outbox, people, places
from storage.events import groups as group_rows
from storage.people import Known
from storage.surveys import copies
from storage.tables import Kind

from . import effects, flood, rendering
from .channels.base import Received
from .events import groups
from .lookups import answer, school
from .surveys import apart, resting
from .turning import At, Rules

log = structlog.get_logger()

SKEW = timedelta(seconds=2)
"""Providers count in whole seconds, and their clock is not ours."""
FORGOTTEN = "forgotten"
LAPSES = "lapses"
LAPSE = timedelta(hours=72)
"""After so long a silence the place somebody named is forgotten with the list it was named for."""
LET_GO = timedelta(minutes=10)
"""After the last text to an address that was erased; a status callback may still come for it until then."""
UNASKED_REST = timedelta(minutes=1)
"""An answer that comes sooner than this after a question nobody asked for was perhaps meant for something else."""


@dataclass(frozen=True)
class Taken:
    """What became of a message: new or seen before, and how many texts answer it."""

    new: bool
    texts: int = 0
    flood: bool = False
    """It was more than we answer."""

    @property
    def seen(self) -> str:
        """For the metrics."""
        return "flood" if self.flood else "new" if self.new else "again"


def take(connection: Connection, received: Received, now: datetime, rules: Rules) -> Taken:
    """Hear one message and write down everything that follows from it. Run in one transaction, it happens once or not at all."""
    known = people.at(connection, received.channel, received.address)
    address_id = known.address_id if known else None
    text = None if apart.may_answer(known, received.text) else redaction.kept(received.text)
    inbound_id = inbox.record(connection, received.channel, received.provider_id, text=text, now=now, address_id=address_id)
    if inbound_id is None:
        return Taken(new=False)
    if received.group and (received.left is not None or received.moved_to):
        return _of_group(connection, known, received, now)
    known = known or _met(connection, received, inbound_id, now)
    if received.left is not None:
        return _left_or_back(connection, known, left=received.left, now=now)
    if flood.resting(known, now):
        if received.group or not flood.must_be_heard(received.text, known, now):
            return Taken(new=True, flood=True)
    elif flood.is_one(connection, known, inbound_id, now, rules.answers_per_minute):
        return _enough(connection, known, inbound_id, now)
    known = people.texted(connection, known, received.to)
    if received.group:
        return _in_group(connection, known, inbound_id, received, now)
    if known.unreachable_at is not None:
        people.set_reachable(connection, known.address_id, since=None)
    if known.doubted_at is None and known.role is not None and now - known.heard_at >= doubts.SILENT:
        doubts.doubt(connection, known.address_id, now)
        known = replace(known, doubted_at=now)
    return _turn(connection, known, received, inbound_id, now=now, rules=rules)


def _met(connection: Connection, received: Received, inbound_id: int, now: datetime) -> Known:
    """Somebody new."""
    known = people.meet(connection, received.channel, received.address, now, language=_guess(received))
    inbox.belongs_to(connection, inbound_id, known.address_id)
    return known


def _turn(connection: Connection, known: Known, received: Received, inbound_id: int, *, now: datetime, rules: Rules) -> Taken:
    in_crisis = known.calm_until is not None and known.calm_until > now
    who = replace(who_is(known), in_crisis=in_crisis, child_line=rules.child_line)
    try:
        memory = Memory.from_json(known.memory)
    except Unreadable as unreadable:
        return _alarm(connection, known, unreadable, inbound_id, now=now, rules=rules)
    if memory.open is not None and memory.open.flow == "introduce":  # it asks the same, and knows the same of nobody
        who = replace(who, doubted=False)
    reply = _read(connection, known, memory, received, now)
    turn = drive(hear(FLOWS, memory, reply, who), At(connection, known, now, rules, message=inbound_id))
    if apart.answers(memory, turn):
        copies.mark(connection, inbound_id)
    elif apart.inside(known):
        copies.keep(connection, inbound_id, redaction.kept(received.text))
    if flood.resting(known, now) and flood.said_enough(connection, known):
        turn = replace(turn, said=(), prompt=None)
    if received.late and not turn.silent:
        turn = replace(turn, said=(say.late(who), *turn.said))
    return Taken(new=True, texts=finish(connection, known, turn, Kind.REPLY, now=now, rules=rules, inbound_id=inbound_id))


def finish(
    connection: Connection, known: Known, turn: Turn, kind: Kind, *, now: datetime, rules: Rules, inbound_id: int | None = None
) -> int:
    """Apply a turn's effects, keep what is on the screen, and put what is said into the outbox; how many texts that is."""
    language = _language_after(turn) or known.language or "en"
    for effect in turn.effects:
        effects.apply(effect, At(connection, known, now, rules, language))
        match effect:
            case Forget() | ForgetChild() | NotMe():
                known = _met_again(connection, known, now, lets_go=turn.memory.open is None)
            case LinkChat() | Unlink():
                known = people.by_address_id(connection, known.address_id) or known
    said = rendering.rendered(turn, language, taps=rendering.taps(known.channel, known.address))
    memory = shown_as(turn.memory, said.labels).to_json()
    revision = people.end_turn(connection, known, memory, now if kind is Kind.REPLY else None)
    if turn.memory.tells_where and kind is Kind.REPLY:  # what we begin keeps nothing longer
        due.set_due(connection, LAPSES, known.address_id, revision, now + LAPSE)
    if kind is Kind.REPLY and resting.is_asked(turn.memory):
        due.set_due(connection, resting.RESTS, known.address_id, revision, now + LAPSE)
    if turn.nudge and known.stopped_at is None and not any(isinstance(effect, Leave) for effect in turn.effects):
        due.set_due(connection, "silence", known.address_id, revision, now + timedelta(hours=rules.nudge_after_hours))
    if turn.silent:
        return 0
    number = turn.prompt.number if turn.prompt else 0
    calendar = _calendar(turn, known, language)
    more = {"question": number, "calendar": calendar, "private": apart.asks(turn) or None}
    rows = rendering.rows(known, kind, said, now, inbound_id=inbound_id, **more)
    outbox.write(connection, rows)
    return len(rows)


def _calendar(turn: Turn, known: Known, language: str) -> str | None:
    """The calendar file that goes with what a turn says."""
    given = [effect.event for effect in turn.effects if isinstance(effect, GiveCalendar)]
    return f"{given[-1]}-{language}" if given and rendering.carries_files(known.channel) else None


def _met_again(connection: Connection, known: Known, now: datetime, *, lets_go: bool) -> Known:
    """The last text after erasing needs an address: that of a stranger, who is let go as soon as it has left, unless they go on."""
    stranger = people.meet(connection, known.channel, known.address, now)
    if lets_go:
        due.set_due(connection, FORGOTTEN, stranger.address_id, stranger.revision + 1, now + LET_GO)
    return stranger


def drive(turns: Turns, at: At) -> Turn:
    """Run a turn, fetching whatever the flow looks up; the same question is asked of the data once."""
    found: dict[LookUp[Any], Any] = {}
    result: Any = None
    try:
        while True:
            query = turns.send(result)
            if query not in found:
                found[query] = answer(query, at)
            result = found[query]
    except StopIteration as end:
        turn: Turn = end.value
        return turn


def who_is(known: Known) -> Who:
    return Who(
        school=school(known.school_keyword, known.school_name, known.school_zip, known.school_phone, known.school_languages),
        language=known.language,
        guessed=known.language_guessed,
        joined=known.role is not None and not known.doubted,
        roles=frozenset() if known.doubted else known.roles,
        doubted=known.doubted,
        stopped=known.stopped_at is not None,
        has_phone=known.channel == "sms" or not rendering.taps(known.channel, known.address),
        taps=rendering.taps(known.channel, known.address),
    )


def _read(connection: Connection, known: Known, memory: Memory, received: Received, now: datetime) -> Reply:
    """The reply with all that the edge knows about it: the button, the place, and whether it is plain what it answers."""
    reply = reading.read(received.text, language=known.language)
    zip_code = places.nearest_zip(*received.location) if received.location else None
    reply = replace(
        reply,
        pressed=received.pressed,
        start_with=received.start_with or reply.start_with,
        media=received.media and not received.text.strip(),
        answered=received.answered,
        zip=zip_code or reply.zip,
        order=None if known.doubted or known.roles.isdisjoint(people.STAFF) else orders.read(received.text),
        nowhere=received.location is not None and zip_code is None,
    )
    if reply.bare and memory.open is not None and memory.open.asked is not None:
        return replace(reply, plain=_plain(connection, known, memory.open.asked.number, received, now))
    return reply


def _plain(connection: Connection, known: Known, question: int, received: Received, now: datetime) -> bool:
    """The screen rule: a bare answer counts when its question was on the screen, and nothing came over it since."""
    shown = outbox.shown(connection, known.address_id, question)
    if shown is None or shown.at is None or shown.overtaken:
        return False
    said_at = received.sent_at or now
    return said_at >= shown.at - SKEW and not (shown.unasked and now - shown.at < UNASKED_REST)


def _language_after(turn: Turn) -> str | None:
    """The language a turn has set: the next sentence is in it."""
    chosen = [effect.language for effect in turn.effects if isinstance(effect, SetLanguage)]
    return chosen[-1] if chosen else None


def _guess(received: Received) -> str | None:
    """The app's own language is a first guess at the person's."""
    tag = received.language.split("-")[0].casefold()
    return tag if tag in locales.LANGUAGES else None


def _alarm(connection: Connection, known: Known, unreadable: Unreadable, inbound_id: int, *, now: datetime, rules: Rules) -> Taken:
    """A screen this release cannot read stays as it is; the person hears that, and a person of ours looks."""
    log.error("memory_unreadable", address_id=known.address_id, why=str(unreadable))
    who = who_is(known)
    effects.apply(AskForCall("any", why="our fault"), At(connection, known, now, rules))
    _counted(connection, known, now)
    said = rendering.Rendered(locales.render(say.sorry(who), known.language or "en"))
    outbox.write(connection, rendering.rows(known, Kind.REPLY, said, now, inbound_id=inbound_id))
    return Taken(new=True, texts=1)


def _enough(connection: Connection, known: Known, inbound_id: int, now: datetime) -> Taken:
    """Said once; until the rest is over we are silent."""
    _counted(connection, known, now)
    due.set_due(connection, people.RESTING, known.address_id, flood.NO_TURN, now + flood.REST)
    said = rendering.Rendered(locales.render(say.enough(who_is(known)), known.language or "en"))
    outbox.write(connection, rendering.rows(known, Kind.REPLY, said, now, inbound_id=inbound_id))
    return Taken(new=True, texts=1, flood=True)


def _in_group(connection: Connection, known: Known, inbound_id: int, received: Received, now: datetime) -> Taken:
    _counted(connection, known, now)
    order = group.command(received.text)
    words = say.in_group(known.school_name) if order is None else groups.obey(connection, known, received.by, order, now)
    said = rendering.Rendered(locales.render(words, known.language or "en"))
    outbox.write(connection, rendering.rows(known, Kind.REPLY, said, now, inbound_id=inbound_id))
    return Taken(new=True, texts=1)


def _of_group(connection: Connection, known: Known | None, received: Received, now: datetime) -> Taken:
    """We were put out of a group, or it has another number now."""
    if known is not None and received.moved_to:
        group_rows.move(connection, known.address_id, received.moved_to, now)
    elif known is not None:
        groups.left(connection, known.address_id, now)
    return Taken(new=True)


def _counted(connection: Connection, known: Known, now: datetime) -> None:
    """A turn without a conversation: of two messages at once the second is heard again, and the measure of a flood sees both."""
    people.end_turn(connection, known, known.memory or Memory().to_json(), now)


def _left_or_back(connection: Connection, known: Known, *, left: bool, now: datetime) -> Taken:
    """Blocking the bot is STOP said to the app; unblocking takes back just that, and no other STOP."""
    people.set_reachable(connection, known.address_id, since=now if left else None)
    if left and known.stopped_at is None:
        effects.apply(Leave("blocked"), At(connection, known, now))
    elif not left and people.last_consent(connection, known.address_id) == ("stop", "blocked"):
        effects.apply(Return("unblocked"), At(connection, known, now))
    return Taken(new=True)
