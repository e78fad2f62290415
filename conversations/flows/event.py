"""Make an event on a phone: one line is enough, what it lacks is asked, and what was assumed is shown once and changed by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from ..announcements.audience_words import Vocabularies
from ..announcements.steps import Again, Made, Piece, Said, Step
from ..events import making
from ..events.event import Event, Offered
from ..events.invitation import dates, sentence, there_is, when
from ..events.making import CheckEvent, Here, KeepEvent, Plan, Read, ReadEvent
from ..steps import Next
from ..talk import Talk
from ..words import Words, _, as_is, joined, ngettext
from .announce import not_yours

MOST = 40
"""Answers to one screen; then it is made as it is."""
TITLE, WHEN, PLACE, CODE, OFFERS, ROOM, TIMES, MAKE = "title", "when", "place", "code", "offers", "room", "times", "make"
MEAL, CHILDCARE, RIDES, INTERPRETER = "meal", "childcare", "rides", "interpreter"
MOST_PLACES = 100_000


async def event(talk: Talk) -> object:
    known = await talk.look_up(Vocabularies())
    if not known.schools:
        talk.say(not_yours(talk))
        return None
    draft = await _begun(talk)
    if draft is None:
        return None
    note: Words | None = None
    for n in range(MOST):
        checked = await talk.look_up(CheckEvent(draft))
        words = joined("\n", note if note != checked.wrong else None, checked.wrong, shown(draft, checked.code))
        ask = Step if n == 0 or note is None else Again
        answer = await talk.ask(ask(f"next {n}", words, _options(draft, checked.code), nudge=False))
        if _agreed(answer) and checked.wrong is None:
            break
        changed, note = await _changed(talk, draft, answer, n)
        tried = await talk.look_up(CheckEvent(changed))
        if tried.wrong is None:
            draft = changed
        else:
            note = tried.wrong
    language = talk.who.language or "en"
    number = await talk.look_up(KeepEvent(draft, language))
    return Next("draft", {"draft": number, "new": True})


async def _begun(talk: Talk) -> Plan | None:
    """The title, the day and the hour: from the line they wrote, else asked for."""
    line = str(talk.about.get("text", ""))
    read = await talk.look_up(ReadEvent(line)) if line else Read()
    title = read.title
    if not title:
        title = (await talk.ask(Piece("title", _("What is it called? Families read this first."), nudge=False))).text.strip()
    now = await talk.look_up(Here())
    starts = _moment(read, now)
    for n in range(MOST):
        if starts is not None:
            break
        answer = await talk.ask(Piece(f"begins {n}", _lacks(read), nudge=False))
        told = await talk.look_up(ReadEvent(answer.text))
        read = replace(read, day=told.day or read.day, starts=told.starts or read.starts, ends=told.ends or read.ends)
        starts = _moment(read, now)
    if starts is None or not title:
        talk.say(_("There is no title or no time yet, so nothing was kept. EVENT and a line begins again."))
        return None
    return Plan(title, starts, making.until(starts, read.ends), read.place, every=read.every, weeks=read.weeks)


def _lacks(read: Read) -> Words:
    if read.day is None and read.starts is None:
        return _("On what day, and when? For example: fri dec 4 6pm")
    return _("At what time? For example: 6pm, or 6-8pm") if read.starts is None else _("On what day? For example: fri dec 4")


def _moment(read: Read, now: datetime) -> datetime | None:
    """A day that has just gone by, without its year, is of next year; nobody plans that far, so it stays as it was written."""
    if read.day is None or read.starts is None:
        return None
    return datetime.combine(read.day, read.starts, now.tzinfo)


# The screen


def shown(plan: Plan, code: str) -> Words:
    """All that families will read but for the description, and how to go on."""
    view = _view(plan, code)
    begin = _("{title}: {when}", title=as_is(plan.title), when=joined(", ", when(view), as_is(plan.place) if plan.place else None))
    text = as_is(plan.description) if plan.description else None
    how = _("A number changes it; other text is added to the invitation. OK makes it, and then comes the invitation.")
    return joined("\n", sentence(begin), text, there_is(view.offered), _times(plan), how)


def _times(plan: Plan) -> Words | None:
    if plan.times:
        return ngettext("{n} time to pick, one family each.", "{n} times to pick, one family each.", len(plan.times))
    return dates(tuple(starts for starts, _ends in plan.sessions))


def _view(plan: Plan, code: str) -> Event:
    offered = Offered(plan.childcare, (0, 12), plan.rides, plan.meal, plan.interpreters)
    zone = str(plan.starts.tzinfo or "")
    return Event(0, code, {}, plan.starts, plan.ends, zone, plan.place, "", offered, plan.starts, "draft", {})


def _options(plan: Plan, code: str) -> dict[str, Words]:
    if plan.times:
        plan = replace(plan, capacity=len(plan.times))
    room = _("as many as come") if plan.capacity is None else as_is(str(plan.capacity))
    return {
        TITLE: _("Title"),
        WHEN: _("When"),
        PLACE: _("Place: {place}", place=as_is(plan.place)) if plan.place else _("Place: not said"),
        CODE: _("Word to text: {code}", code=(plan.code or code).upper()),
        OFFERS: _("Meal, child care, rides, interpreter"),
        ROOM: _("Room for: {room}", room=room),
        TIMES: _how(plan),
        MAKE: _("Make it"),
    }


def _how(plan: Plan) -> Words:
    if plan.every:
        return _("Appointments: every {n} minutes", n=plan.every)
    return _("A series: {n} times, one a week", n=plan.weeks) if plan.sessions else _("Once, for all together")


def _agreed(answer: Said) -> bool:
    return answer.made in {Made.YES, Made.DONE} or (answer.made is Made.CHOSE and answer.text == MAKE)


async def _changed(talk: Talk, plan: Plan, answer: Said, n: int) -> tuple[Plan, Words | None]:
    """With one more answer, and what to say of it."""
    match answer.made:
        case Made.CHOSE if answer.text == OFFERS:
            return await _offers(talk, plan, n), _changed_words()
        case Made.CHOSE if answer.text in _ASKED:
            said = await talk.ask(Piece(f"{answer.text} {n}", _ASKED[answer.text], nudge=False))
            return await _given(talk, plan, answer.text, said.text.strip())
        case Made.TEXT | Made.HEAD:
            text = f"{plan.description}\n{answer.text}".strip()
            return replace(plan, description=text), _("Added to the invitation.")
        case _:
            return plan, _("OK makes it; DROP throws it away.")


_ASKED = {
    TITLE: _("The title?"),
    WHEN: _("When? For example: fri dec 4 6-8pm"),
    PLACE: _("Where? As families know it."),
    CODE: _("Which word shall families text?"),
    ROOM: _("For how many people is there room? 0: as many as come."),
    TIMES: _("Once, every week, or a time for each family? For example: once. Or: 6 weeks. Or: every 20 minutes."),
}


def _changed_words() -> Words:
    return _("Changed.")


async def _given(talk: Talk, plan: Plan, what: str, text: str) -> tuple[Plan, Words]:
    match what:
        case "when":
            return await _at(talk, plan, text)
        case "room":
            count = _count(text)
            if count is None:
                return plan, _("Please answer with a number.")
            return replace(plan, capacity=count or None), _changed_words()
        case "times":
            told = await talk.look_up(ReadEvent(text))
            return replace(plan, every=told.every, weeks=0 if told.every else told.weeks), _changed_words()
        case "title" if text:
            return replace(plan, title=" ".join(text.split())), _changed_words()
        case "place":
            return replace(plan, place=" ".join(text.split())), _changed_words()
        case "code" if text:
            return replace(plan, code=text.split(maxsplit=1)[0]), _changed_words()
    return plan, _("I found no words in your message.")


async def _at(talk: Talk, plan: Plan, text: str) -> tuple[Plan, Words]:
    """Another day, another hour, or both; it stays as long as it was."""
    told = await talk.look_up(ReadEvent(text))
    if told.day is None and told.starts is None:
        return plan, _("I found no day and no time in that.")
    hour: time = told.starts or plan.starts.time()
    starts = datetime.combine(told.day or plan.starts.date(), hour, plan.starts.tzinfo)
    length = plan.ends - plan.starts if plan.ends > plan.starts else making.USUAL
    ends = making.until(starts, told.ends) if told.ends is not None else starts + length
    return replace(plan, starts=starts, ends=ends), _changed_words()


async def _offers(talk: Talk, plan: Plan, n: int) -> Plan:
    """One of the things there can be; a number asks for it again, so that all are a few texts away."""
    choices = {
        MEAL: _("A meal"),
        CHILDCARE: _("Child care"),
        RIDES: _("Rides"),
        INTERPRETER: _("Interpreters"),
    }
    answer = await talk.ask(Step(f"offers {n}", _("What is there for those who come?"), choices, nudge=False))
    match answer.text if answer.made is Made.CHOSE else "":
        case "meal":
            return replace(plan, meal=not plan.meal)
        case "childcare":
            said = await talk.ask(Piece(f"children {n}", _("For how many children? 0: no child care."), nudge=False))
            return replace(plan, childcare=_count(said.text) or None)
        case "rides":
            said = await talk.ask(Piece(f"seats {n}", _("How many seats? 0: no rides."), nudge=False))
            return replace(plan, rides=_count(said.text) or None)
        case "interpreter":
            own = talk.who.language or "en"
            others = tuple(tag for tag, _name in talk.who.school.languages if tag != own)
            return replace(plan, interpreters=() if plan.interpreters else others)
    return plan


def _count(text: str) -> int | None:
    return min(int(text), MOST_PLACES) if text.strip().isdecimal() and len(text) <= len(str(MOST_PLACES)) else None
