"""What each effect of a conversation does to what is kept."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

import locales
from conversations import say
from conversations.effects import (
    AskForCode,
    CloseCall,
    CountLookUp,
    CountOutcome,
    Forget,
    ForgetChild,
    Join,
    Leave,
    LetGo,
    LinkChat,
    LockMe,
    NoteShown,
    NotMe,
    Prefer,
    Return,
    SetLanguage,
    ShowedHelp,
    StillMe,
    TellStaff,
    Unlink,
    Welcome,
    WriteAt,
)
from conversations.engine import FlowError
from conversations.linking import linked
from conversations.who import Who
from storage import calls, doubts, holding, inbox, linking, outbox, outcomes, people, preferences
from storage.prepared import Prepared
from storage.replies import threads
from storage.roster import waves
from storage.roster.tables import Stage
from storage.tables import Kind, LookUpCount, State

from . import areas, desk, gate, rendering
from .lookups import school
from .turning import At, Does, Rules

CALM = timedelta(hours=72)
"""After words of danger: so long nothing that we start leaves for them."""


def apply(effect: object, at: At) -> None:
    """Do what a turn asks for. `FlowError` if nobody does."""
    do = DOES.get(type(effect))
    if do is None:
        raise FlowError(f"Nothing does {type(effect).__name__}: add it to the DOES of its area, and the area to bot/areas.py.")
    do(at, effect)


# Joining and leaving


def _consents(at: At, what: str, how: str, wording: str = "") -> None:
    people.log_consent(at.connection, at.known.address_id, at.now, what=what, how=how, wording=wording)


def _join(at: At, effect: Join) -> None:
    """Joining again after STOP is coming back."""
    joined = people.school_called(at.connection, effect.school.casefold())
    people.add_member(at.connection, at.known.person_id, at.known.school_id if joined is None else joined.id, "family", at.now)
    _starts(at)
    waves.move_on(at.connection, at.known.address_id, Stage.ANSWERED)
    _consents(at, "join", effect.how, effect.wording)


def _return(at: At, effect: Return) -> None:
    _starts(at)
    _consents(at, "start", effect.how)


def _starts(at: At) -> None:
    people.start(at.connection, at.known.person_id)
    preferences.end_pause(at.connection, at.known.person_id)


def _leave(at: At, effect: Leave) -> None:
    _stops(at, effect.how, "stopped")


def _stops(at: At, how: str, why: str) -> None:
    people.stop(at.connection, at.known.person_id, at.now)
    _consents(at, "stop", how)
    outbox.skip_unasked(at.connection, at.known.person_id, why)
    threads.close(at.connection, at.known.person_id, at.now)


def _welcome(at: At, effect: Welcome) -> None:
    _consents(at, "join", "introduction", effect.wording)
    waves.move_on(at.connection, at.known.address_id, Stage.ANSWERED)
    doubts.over(at.connection, at.known.address_id)


def _let_go(at: At, _effect: LetGo) -> None:
    """The number stays with us only to know that nothing may go there."""
    _stops(at, "wrong number", "wrong number")
    waves.leave_school(at.connection, at.known.person_id)
    waves.move_on(at.connection, at.known.address_id, Stage.WRONG)


def _still_me(at: At, _effect: StillMe) -> None:
    doubts.over(at.connection, at.known.address_id)
    _consents(at, "still me", "asked and answered")


def _not_me(at: At, _effect: NotMe) -> None:
    threads.close(at.connection, at.known.person_id, at.now)
    doubts.let_go(at.connection, at.known, at.now)


def _link(at: At, effect: LinkChat) -> None:
    """The phone hears of it in the turn's answer; the chat hears it here."""
    chat = linking.link(at.connection, at.known, effect.code, at.now)
    where = school(chat.school_keyword, chat.school_name, chat.school_zip, chat.school_phone, chat.school_languages)
    text = locales.render(linked(Who(where)), chat.language or "en")
    outbox.write(at.connection, [rendering.row(chat, Kind.REPLY, text, at.now)])


# At the gate


def _forget(at: At, effect: Forget) -> None:
    gate.by_owner(at.connection, at.known, effect.action, at.now)
    holding.forget(at.connection, at.known, at.now, how="asked and answered")


# Help and danger


_COUNT = Prepared(insert(LookUpCount))


def _count(at: At, found: CountLookUp) -> None:
    row = {
        "school_id": at.known.school_id,
        "day": at.now.astimezone(ZoneInfo(at.known.school_timezone)).date(),
        "need": found.need,
        "zip": found.zip,
        "language": at.language,
        "channel": at.known.channel,
        "results": found.results,
        "nearest_miles": found.nearest_miles,
    }
    _COUNT.changed(at.connection, **row)


def _tell_staff(at: At, effect: TellStaff) -> None:
    """Leave them in peace, queue a call, and text trained staff that there is one. Neither carries what was said."""
    people.calm(at.connection, at.known.person_id, at.now + CALM)
    calls.ask(
        at.connection,
        school_id=at.known.school_id,
        address_id=at.known.address_id,
        when="now",
        number="",
        why=effect.crisis.value,
        now=at.now,
        inbound_id=inbox.newest(at.connection, at.known.address_id),
    )
    clock = at.now.astimezone(ZoneInfo(at.known.school_timezone)).time()
    rows = []
    for staff in people.staff_addresses(at.connection, at.known.school_id, at.rules.crisis_roles):
        if staff.stopped_at is None and staff.person_id != at.known.person_id:
            text = locales.render(say.staff_alert(effect.crisis, clock), staff.language or "en")
            rows.append(rendering.row(staff, Kind.ALERT, text, at.now, **_waits_for_nothing(staff.channel, at.rules)))
    if rows:
        outbox.write(at.connection, rows)


def _waits_for_nothing(channel: str, rules: Rules) -> dict[str, object]:
    """An alert to a channel that is not set would wait for ever: it is skipped at once, and the books say why."""
    set_ = rules.channels is None or channel in rules.channels
    return {} if set_ else {"state": State.SKIPPED, "reason": "channel not set"}


_OWN: Does = {
    SetLanguage: lambda at, effect: people.set_language(at.connection, at.known, effect.language, guessed=effect.guessed),
    Prefer: lambda at, effect: preferences.prefer(at.connection, at.known.person_id, effect, at.now),
    LinkChat: _link,
    WriteAt: lambda at, effect: linking.write_at(at.connection, at.known.person_id, effect.channel, at.now),
    Unlink: lambda at, _effect: linking.unlink(at.connection, at.known, at.now),
    StillMe: _still_me,
    NotMe: _not_me,
    Join: _join,
    Leave: _leave,
    Return: _return,
    Welcome: _welcome,
    LetGo: _let_go,
    TellStaff: _tell_staff,
    CountLookUp: _count,
    ShowedHelp: lambda at, effect: outcomes.note(at.connection, at.known, effect.need, effect.services, at.now),
    CountOutcome: lambda at, effect: outcomes.count(at.connection, at.known, effect.answer, at.now),
    AskForCode: lambda at, effect: gate.ask(at.connection, at.known, effect.action, at.now),
    LockMe: lambda at, _effect: gate.not_me(at.connection, at.known, at.now),
    NoteShown: lambda at, effect: gate.by_owner(at.connection, at.known, effect.action, at.now),
    Forget: _forget,
    ForgetChild: lambda at, _effect: holding.forget(at.connection, at.known, at.now, how="a child"),
    CloseCall: lambda at, effect: desk.close(at.connection, at.known, effect.number, at.now),
}
DOES: Does = areas.joined((_OWN, areas.DOES))
