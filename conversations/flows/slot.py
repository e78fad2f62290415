"""A household picks a time of an appointment, moves it, or waits for one; what else is asked is a conversation of its own, as with events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from ..events.answering import Problem, SaveAnswer, WouldBe, too_late
from ..events.appointments import FreeTimes, PickTime, all_set, at
from ..events.event import PEOPLE, Answer, Event, EventOf, MyRsvp, PartStat
from ..keywords import Keyword
from ..questions import Choice, Shown, YesNo
from ..reply import Reply
from ..steps import Next
from ..talk import Talk
from ..words import LanguageName, Words, _, as_is, joined

A_SCREEN = 6
"""Times in one text."""
MORE = "more"
ONE = Answer(PartStat.ACCEPTED, adults=1)
Times = tuple[tuple[int, datetime], ...]


@dataclass(frozen=True)
class Pick(Choice):
    """A number of the list; MORE for the next ones."""

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword is Keyword.MORE and MORE in self.choices:
            return MORE
        return super().read(reply, shown)


async def slot(talk: Talk) -> object:
    """`about` has the event, and whether they want another time than they have."""
    event = await talk.look_up(EventOf(int(talk.about["event"])))
    if event is None:
        return None
    outcome = await talk.look_up(WouldBe(event.id, ONE))
    mine = await talk.look_up(MyRsvp(event.id))
    title, had = event.title(talk.who.language), mine.time if mine is not None else None
    if outcome.problem is not None or outcome.standing is None:
        talk.say(too_late(event, outcome.problem or Problem.CLOSED, talk.who))
        return None
    if had is not None and not talk.about.get("change"):
        talk.say(all_set(event, title, had))
        return None
    free, place = await talk.look_up(FreeTimes(event.id)), outcome.standing.of(PEOPLE)
    if had is not None and not free:
        talk.say(joined(" ", _("No other time is free."), all_set(event, title, had)))
        return None
    if not free or place is None or not place.held:
        return await _full(talk, event, title)
    number, when = await _picked(talk, event, title, free)
    await talk.do("picked", PickTime(event.id, number))
    return Next("slot_more", {"event": event.id, "when": when.isoformat()})


async def _picked(talk: Talk, event: Event, title: str, free: Times) -> tuple[int, datetime]:
    """Some times on each screen; after the last come the first again."""
    screens = [free[n : n + A_SCREEN] for n in range(0, len(free), A_SCREEN)]
    by_key = {str(number): (number, when) for number, when in free}
    for page in count():
        here = screens[page % len(screens)]
        options: dict[str, Words] = {str(number): _("{when}", when=when) for number, when in here}
        if len(screens) > 1:
            options[MORE] = _("More")
        chosen = await talk.ask(Pick(f"time {page}", _which(event, title), choices=options, nudge=False))
        if chosen != MORE:
            break
    return by_key[chosen]


def _which(event: Event, title: str) -> Words:
    where = joined(", ", as_is(title), as_is(event.place) if event.place else None)
    return _("{event}. Which time is good for you?", event=where)


async def _full(talk: Talk, event: Event, title: str) -> object:
    """Wait for a time, or a call: nobody is left without either."""
    mine = await talk.look_up(MyRsvp(event.id))
    place = mine.of(PEOPLE) if mine is not None else None
    if place is not None and place.waiting:
        talk.say(
            _(
                "No time is free just now. You are #{place} on the waiting list of {title}. We text you when one is free.",
                place=place.position,
                title=as_is(title),
            )
        )
        return None
    options: Mapping[str, Words] = {"wait": _("text me when one is free"), "call": _("a person calls me")}
    words = _("All times for {title} are taken.", title=as_is(title))
    if await talk.ask(Choice("full", words, choices=options, nudge=False)) == "call":
        return Next("call_me")
    await talk.do("waits", SaveAnswer(event.id, ONE, tell=False))
    talk.say(_("You are on the waiting list of {title}. When a time is free we text you, and keep it for 2 hours.", title=as_is(title)))
    return None


async def slot_more(talk: Talk) -> None:
    """An interpreter, where there is one for them; then all that we know."""
    event = await talk.look_up(EventOf(int(talk.about["event"])))
    if event is None:
        return
    title, language = event.title(talk.who.language), talk.who.language
    when = datetime.fromisoformat(str(talk.about["when"]))
    mine = await talk.look_up(MyRsvp(event.id))
    asked = mine is not None and "interpreter" in mine.needs
    if language and language in event.offered.interpreters and language != event.language and not asked:
        words = joined(" ", _("Saved: {event}.", event=at(event, title, when)), _wanted(language))
        if await talk.ask(YesNo("interpreter", words, nudge=False)):
            needs = {"interpreter": language}
            await talk.do("needs", SaveAnswer(event.id, Answer(PartStat.ACCEPTED, adults=1, needs=needs), tell=False))
    talk.say(all_set(event, title, when))


def _wanted(language: str) -> Words:
    return _("Would you like an interpreter for {language}?", language=LanguageName(language))
