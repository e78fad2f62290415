"""What each effect of a conversation does to what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

import locales
from conversations import say
from conversations.announcements.translating import AskForTranslation, Translated
from conversations.effects import (
    AskForCall,
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
from storage.people import Known
from storage.prepared import Prepared
from storage.replies import threads
from storage.roster import waves
from storage.roster.tables import Stage
from storage.tables import Kind, LookUpCount, State

from . import desk, gate, rendering
from .announcements import desk as announcing
from .announcements import urgent
from .announcements.terms import NO_TERMS, Terms
from .announcements.translating import Loop
from .lookups import school
from .replies import desk as replies
from .replies import ringing

CALM = timedelta(hours=72)
"""After words of danger: so long nothing that we start leaves for them."""


@dataclass(frozen=True)
class Rules:
    """What a deployment decides about a turn."""

    crisis_roles: tuple[str, ...] = ("coordinator", "principal")
    """Who is told at once when somebody is in danger."""
    nudge_after_hours: float = 24.0
    answers_per_minute: int = 60
    """To one address; see `bot.flood`."""
    number: str = ""
    """The one we text from, where texts are set up with a number of our own."""
    channels: frozenset[str] | None = None
    """Those that are set; None: all of them."""
    terms: Terms = NO_TERMS
    """Of announcements."""
    child_line: str = ""
    """The county's line for reporting child abuse, as it is said."""


def apply(effect: object, connection: Connection, known: Known, *, now: datetime, rules: Rules, language: str = "en") -> None:
    """Do what a turn asks for. `language` is the one the turn is answered in."""
    match effect:
        case SetLanguage() | Prefer() | LinkChat() | WriteAt() | Unlink() | StillMe() | NotMe():
            _chosen(connection, known, effect, now)
        case Join(school, how, wording):
            _join(connection, known, school, now)
            waves.move_on(connection, known.address_id, Stage.ANSWERED)
            people.log_consent(connection, known.address_id, now, what="join", how=how, wording=wording)
        case Leave(how):
            people.stop(connection, known.person_id, now)
            people.log_consent(connection, known.address_id, now, what="stop", how=how)
            outbox.skip_unasked(connection, known.person_id, "stopped")
            threads.close(connection, known.person_id, now)
        case Return(how):
            people.start(connection, known.person_id)
            preferences.end_pause(connection, known.person_id)
            people.log_consent(connection, known.address_id, now, what="start", how=how)
        case Welcome() | LetGo():
            _introduced(connection, known, effect, now)
        case AskForCall() | TellStaff():
            _call(connection, known, effect, now=now, rules=rules)
        case CountLookUp() | ShowedHelp() | CountOutcome():
            _about_help(connection, known, effect, now, language)
        case AskForCode() | LockMe() | NoteShown() | Forget() | ForgetChild() | CloseCall():
            _at_the_gate(connection, known, effect, now)
        case _:
            _at_work(connection, known, effect, now=now, rules=rules)


def _at_work(connection: Connection, known: Known, effect: object, *, now: datetime, rules: Rules) -> None:
    """What staff do while they announce, translate or answer."""
    match effect:
        case AskForTranslation() | Translated():
            Loop(connection, now, rules.terms.translate_hours).apply(effect, known)
        case effect if isinstance(effect, announcing.Done):
            announcing.Desk(connection, known, now, rules.terms).apply(effect)
        case effect if isinstance(effect, urgent.Done):
            urgent.Alarm(connection, now).apply(effect, known)
        case effect if isinstance(effect, replies.Done):
            replies.Desk(connection, known, now).apply(effect)
        case _:
            raise FlowError(f"Nothing does {type(effect).__name__}: add a case to bot/effects.py.")


def _call(connection: Connection, known: Known, effect: AskForCall | TellStaff, *, now: datetime, rules: Rules) -> None:
    if isinstance(effect, TellStaff):
        _tell_staff(connection, known, effect, now=now, rules=rules)
        return
    ringing.ask(connection, known, effect, now)


def _chosen(
    connection: Connection, known: Known, effect: SetLanguage | Prefer | LinkChat | WriteAt | Unlink | StillMe | NotMe, now: datetime
) -> None:
    match effect:
        case SetLanguage(language, guessed):
            people.set_language(connection, known, language, guessed=guessed)
        case Prefer():
            preferences.prefer(connection, known.person_id, effect, now)
        case LinkChat(code):
            _link(connection, known, code, now)
        case WriteAt(channel):
            linking.write_at(connection, known.person_id, channel, now)
        case Unlink():
            linking.unlink(connection, known, now)
        case StillMe():
            doubts.over(connection, known.address_id)
            people.log_consent(connection, known.address_id, now, what="still me", how="asked and answered")
        case NotMe():
            threads.close(connection, known.person_id, now)
            doubts.let_go(connection, known, now)


def _link(connection: Connection, known: Known, code: str, now: datetime) -> None:
    """The phone hears of it in the turn's answer; the chat hears it here."""
    chat = linking.link(connection, known, code, now)
    where = school(chat.school_keyword, chat.school_name, chat.school_zip, chat.school_phone, chat.school_languages)
    text = locales.render(linked(Who(where)), chat.language or "en")
    outbox.write(connection, [rendering.row(chat, Kind.REPLY, text, now)])


def _at_the_gate(
    connection: Connection, known: Known, effect: AskForCode | LockMe | NoteShown | Forget | ForgetChild | CloseCall, now: datetime
) -> None:
    match effect:
        case CloseCall(number):
            desk.close(connection, known, number, now)
        case AskForCode(action):
            gate.ask(connection, known, action, now)
        case LockMe():
            gate.not_me(connection, known, now)
        case NoteShown(action):
            gate.by_owner(connection, known, action, now)
        case Forget(action):
            gate.by_owner(connection, known, action, now)
            holding.forget(connection, known, now, how="asked and answered")
        case ForgetChild():
            holding.forget(connection, known, now, how="a child")


def _join(connection: Connection, known: Known, keyword: str, now: datetime) -> None:
    """Joining again after STOP is coming back."""
    school = people.school_called(connection, keyword.casefold())
    people.add_member(connection, known.person_id, known.school_id if school is None else school.id, "family", now)
    people.start(connection, known.person_id)
    preferences.end_pause(connection, known.person_id)


def _introduced(connection: Connection, known: Known, effect: Welcome | LetGo, now: datetime) -> None:
    """Welcomed; or let go, and then the number stays with us only to know that nothing may go there."""
    if isinstance(effect, Welcome):
        people.log_consent(connection, known.address_id, now, what="join", how="introduction", wording=effect.wording)
        waves.move_on(connection, known.address_id, Stage.ANSWERED)
        doubts.over(connection, known.address_id)
        return
    people.stop(connection, known.person_id, now)
    people.log_consent(connection, known.address_id, now, what="stop", how="wrong number")
    outbox.skip_unasked(connection, known.person_id, "wrong number")
    threads.close(connection, known.person_id, now)
    waves.leave_school(connection, known.person_id)
    waves.move_on(connection, known.address_id, Stage.WRONG)


def _about_help(
    connection: Connection, known: Known, effect: CountLookUp | ShowedHelp | CountOutcome, now: datetime, language: str
) -> None:
    match effect:
        case CountLookUp():
            _count(connection, known, effect, now, language)
        case ShowedHelp(need, services):
            outcomes.note(connection, known, need, services, now)
        case CountOutcome(answer):
            outcomes.count(connection, known, answer, now)


_COUNT = Prepared(insert(LookUpCount))


def _count(connection: Connection, known: Known, found: CountLookUp, now: datetime, language: str) -> None:
    row = {
        "school_id": known.school_id,
        "day": now.astimezone(ZoneInfo(known.school_timezone)).date(),
        "need": found.need,
        "zip": found.zip,
        "language": language,
        "channel": known.channel,
        "results": found.results,
        "nearest_miles": found.nearest_miles,
    }
    _COUNT.changed(connection, **row)


def _tell_staff(connection: Connection, known: Known, effect: TellStaff, *, now: datetime, rules: Rules) -> None:
    """Leave them in peace, queue a call, and text trained staff that there is one. Neither carries what was said."""
    people.calm(connection, known.person_id, now + CALM)
    calls.ask(
        connection,
        school_id=known.school_id,
        address_id=known.address_id,
        when="now",
        number="",
        why=effect.crisis.value,
        now=now,
        inbound_id=inbox.newest(connection, known.address_id),
    )
    rows = []
    for staff in people.staff_addresses(connection, known.school_id, rules.crisis_roles):
        if staff.stopped_at is None and staff.person_id != known.person_id:
            text = locales.render(
                say.staff_alert(effect.crisis, now.astimezone(ZoneInfo(known.school_timezone)).time()), staff.language or "en"
            )
            rows.append(rendering.row(staff, Kind.ALERT, text, now, **_waits_for_nothing(staff.channel, rules)))
    if rows:
        outbox.write(connection, rows)


def _waits_for_nothing(channel: str, rules: Rules) -> dict[str, object]:
    """An alert to a channel that is not set would wait for ever: it is skipped at once, and the books say why."""
    set_ = rules.channels is None or channel in rules.channels
    return {} if set_ else {"state": State.SKIPPED, "reason": "channel not set"}
