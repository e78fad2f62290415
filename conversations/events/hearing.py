"""What a message says of events: the code of one at its beginning, who comes in any words, or a question about it.

Whoever was invited answers days later, in the middle of something else, or changes their mind. A bare "4" counts where an
invitation is the last thing on the screen; words that say by themselves who comes count where it is plain which event they mean.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..keywords import Keyword
from ..linking import Tried
from ..state import Turn
from ..talk import Json, LookUp
from ..words import Words, _, as_is, joined
from . import answering, asked, group
from .answering import AboutEvent, Decide, HouseholdCode, JoinHousehold, LastInvited, Mine, OnScreen, TryHousehold, code, named
from .event import Elsewhere, Event, EventCalled, EventOf, EventsOpenTo, PartStat, Places, Standing
from .group import EventLinked
from .household import AgesIn, Household, HouseholdIn

if TYPE_CHECKING:
    from ..dialogue import Hearing
    from ..steps import Turns

Wish = Generator[LookUp[Any], Any, Turn | None]

FLOWS = frozenset({"rsvp", "rsvp_split", "rsvp_care", "rsvp_more", "rsvp_which", "slot", "slot_more", "series_leave"})
MIDDLE = FLOWS - {"rsvp", "rsvp_which"}
"""Those that ask for something else than who comes."""
GIVES_WAY = frozenset({"find_help", "menu", "offer_call", "resume", "helped", "may_join", "upset"})
"""Conversations that an invitation which came after them takes the place of."""
ANSWERS = frozenset({Keyword.YES, Keyword.NO, Keyword.OK})
BUTTONS = (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE)
"""What the buttons of an invitation say, in their order."""
MOST_REST = 6
"""Words behind a code that may be an answer which we do not understand; more of them are about something else."""


def heard(hearing: Hearing) -> Wish:
    """An answer or a question to an event; None if it is none."""
    reply = hearing.reply
    if reply.keyword is not None and reply.keyword not in ANSWERS:
        return None
    if reply.keyword is None and (turn := (yield from _by_code(hearing))) is not None:
        return turn
    said = yield HouseholdIn(reply.text)
    if said is not None:
        return (yield from _answered(hearing, said))
    return (yield from _asks(hearing, reply.text)) if reply.keyword is None else None


# By its code


def _by_code(hearing: Hearing) -> Wish:
    """Like "PIZZA 5". A need of the same name is the need, unless an answer follows it."""
    reply = hearing.reply
    word, rest = answering.first_word(reply.text)
    if not answering.is_event_word(word):
        return None
    said = (yield HouseholdIn(rest, word)) if rest else None
    if (reply.need is not None and said is None) or len(rest.split()) > MOST_REST * 3:
        return None
    found = yield EventCalled(word)
    if isinstance(found, Elsewhere):
        return (yield from hearing.again(_elsewhere(hearing, found))) if said is not None or not rest else None
    if found is None:
        return None
    if said is not None or not rest:
        return (yield from _starts(hearing, found.id, said))
    if (turn := (yield from _asks(hearing, rest, found))) is not None:
        return turn
    return (yield from _starts(hearing, found.id, None)) if len(rest.split()) <= MOST_REST else None


def _elsewhere(hearing: Hearing, found: Elsewhere) -> Words:
    return _(
        "That is an event of {school}. We are {here}: please ask {school}, or text EVENTS to see ours.",
        school=as_is(found.school),
        here=as_is(hearing.who.school.name),
    )


def _starts(hearing: Hearing, event: int, said: Household | None, flow: str = "rsvp", **more: Json) -> Turns:
    """What was asked about an event before is over with it."""
    before = hearing.memory.open
    about: dict[str, Json] = {**(answering.packed(said) if said is not None else {}), **more}
    if event:
        about["event"] = event
    return (yield from hearing.start(flow, pause=before is None or before.flow not in FLOWS, **about))


# In words


def _answered(hearing: Hearing, said: Household) -> Wish:
    """Who comes, without a code: to an offer, to the invitation on the screen, or to the one event that is open to them."""
    if said.bare and (turn := (yield from _offered(hearing, said))) is not None:
        return turn
    shown = yield LastInvited()
    if hearing.reply.need is not None and not (shown is not None and said.counts):
        return None
    if shown is not None:
        return (yield from _to_screen(hearing, said, shown))
    if said.bare:
        return (yield from _in_line(hearing, said))
    return (yield from _to_the_one(hearing, said))


def _to_screen(hearing: Hearing, said: Household, shown: OnScreen) -> Turns:
    """The rule of the screen: a bare answer counts only while it is plain what it answers."""
    if said.bare and not shown.plain:
        event = yield EventOf(shown.event)
        return (yield from hearing.again(_do_you_mean(hearing, event)))
    if said.partstat is PartStat.ACCEPTED and not said.counts and (turn := (yield from _still(hearing, shown.event))) is not None:
        return turn
    return (yield from _starts(hearing, shown.event, said))


def _still(hearing: Hearing, event_id: int) -> Wish:
    """A yes of who has said before how many come: nothing changes."""
    for event, standing in (yield Mine()):
        if event.id == event_id and standing.partstat is PartStat.ACCEPTED and not event.picks:
            told = answering.who(standing.adults, standing.children, standing.needs, mixed=standing.children > 0)
            return (yield from hearing.again(answering.all_set(event, told, hearing.who.language)))
    return None


def _in_line(hearing: Hearing, said: Household) -> Wish:
    """A yes, a 1 or a 2 to an offer that has lapsed: where they stand in line now."""
    if said.partstat is not PartStat.ACCEPTED or (said.counts and hearing.reply.number not in {1, 2}):
        return None
    for event, standing in (yield Mine()):
        for places in standing.places:
            if places.waiting:
                title = named(event, hearing.who.language)
                words = _(
                    "No place is free just now. You are #{place} on the waiting list of {title}. We text you when there is room.",
                    place=places.position,
                    title=title,
                )
                return (yield from hearing.again(words))
    return None


def _to_the_one(hearing: Hearing, said: Household) -> Wish:
    """Of the events they were invited to, or have answered. Of several we ask which."""
    mine = yield Mine()
    answered = {event.id: event for event, _standing in mine}
    invited = {event.id: event for event in (yield EventsOpenTo(invited=True))}
    there = answered if said.partstat is PartStat.DECLINED and answered else {**invited, **answered}
    if not there:
        return None
    if len(there) == 1:
        return (yield from _starts(hearing, next(iter(there)), said))
    more: dict[str, Json] = {"mine": True} if there is answered else {}
    return (yield from _starts(hearing, 0, said, "rsvp_which", **more))


def _do_you_mean(hearing: Hearing, event: Event) -> Words:
    return _("Do you mean {title}? Then text {code} and how many come, for example {code} 4, or {code} 0.", **_gaps(hearing, event))


# To an offer


def _offered(hearing: Hearing, said: Household) -> Wish:
    """Yes or no to places that are kept for them; where that time is over, how they stand."""
    mine = yield Mine()
    for event, standing in mine:
        for places in standing.places:
            if places.offered > 0 and places.until is not None:
                return (yield from _decides(hearing, said, event, standing, places))
    return None


def _decides(hearing: Hearing, said: Household, event: Event, standing: Standing, places: Places) -> Turns:
    if places.could_split:
        about: dict[str, Json] = {"free": places.held + places.offered, "wanted": places.wanted, "resource": places.resource, "asks": ""}
        whole = Household(standing.partstat, None, standing.adults, standing.children)
        return (yield from _starts(hearing, event.id, whole, "rsvp_split", **about))
    passes = said.partstat is PartStat.DECLINED or hearing.reply.number == len(("take", "pass"))
    title = named(event, hearing.who.language)
    if passes:
        turn = yield from hearing.again(_("All right: the place goes to the next family. {title} stays as it was.", title=title))
        return replace(turn, effects=(*turn.effects, Decide(event.id, places.resource, "pass")))
    if event.picks:
        return (yield from _starts(hearing, event.id, None, "slot"))
    turn = yield from hearing.again(
        _("It is yours: {title}. CHANGE or CANT anytime.", title=joined(", ", title, answering.where_and_when(event)))
    )
    return replace(turn, effects=(*turn.effects, Decide(event.id, places.resource, "take")))


# Questions


def _asks(hearing: Hearing, text: str, event: Event | None = None) -> Wish:
    """Like "what time does it end", answered in the language it is asked in, and nothing else changes."""
    about = yield AboutEvent(text)
    if about is None:
        return None
    event = event or (yield from _spoken_of(hearing))
    if event is None:
        return None
    language = hearing.reply.speaks or hearing.who.language or "en"
    said = replace(asked.answered(event, about, language), language=language)
    if hearing.who.language not in {None, language}:
        said = joined(" ", said, replace(_("(From now on in English: ENGLISH.)"), language=language))
    return (yield from hearing.again(said))


def _spoken_of(hearing: Hearing) -> Generator[LookUp[Any], Any, Event | None]:
    """The event on the screen; or the only one that is theirs, where nothing else is asked for."""
    before = hearing.memory.open
    if before is not None and before.flow in FLOWS and "event" in before.about:
        return (yield EventOf(int(before.about["event"])))  # type: ignore[no-any-return]
    shown = yield LastInvited()
    if shown is not None:
        return (yield EventOf(shown.event))  # type: ignore[no-any-return]
    if hearing.reply.need is not None:
        return None
    mine = yield Mine()
    there = {event.id: event for event, _standing in mine} or {event.id: event for event in (yield EventsOpenTo(invited=True))}
    return next(iter(there.values())) if len(there) == 1 else None


# From `dialogue`


def coded(hearing: Hearing) -> Wish:
    """A code with an answer behind it means its event, whatever is asked just now."""
    reply = hearing.reply
    word, rest = answering.first_word(reply.text)
    if reply.keyword is not None or not rest or not answering.is_event_word(word):
        return None
    said = yield HouseholdIn(rest, word)
    found = (yield EventCalled(word)) if said is not None else None
    return (yield from _starts(hearing, found.id, said)) if isinstance(found, Event) else None


def instead(hearing: Hearing) -> Wish:
    """In the middle of an answer: another answer, or a question about the event. Neither is what was asked for just now."""
    before, reply = hearing.memory.open, hearing.reply
    if before is None or before.flow not in MIDDLE or reply.pressed is not None or before.asked is None:
        return None
    said = yield HouseholdIn(reply.text)
    if said is None:
        return (yield from _asks(hearing, reply.text)) if reply.keyword is None else None
    if said.bare or said.wishes or not (said.partstat is PartStat.DECLINED or said.counts):
        return None
    if before.asked.name == "ages" and (yield AgesIn(reply.text)) is not None:
        return None
    return (yield from _starts(hearing, int(before.about["event"]), said))


def over_it(hearing: Hearing) -> Wish:
    """A bare answer while a question is open that an invitation came after."""
    shown = yield LastInvited()
    if hearing.memory.open is None:
        return None
    if shown is None:
        return (yield from _offer_over_it(hearing))
    said = yield HouseholdIn(hearing.reply.text)
    if said is not None and shown.plain and hearing.memory.open.flow in GIVES_WAY:
        return (yield from _starts(hearing, shown.event, said))
    event = yield EventOf(shown.event)
    return (yield from hearing.again(joined(" ", _do_you_mean(hearing, event), _("For the other question, please answer once more:"))))


def _offer_over_it(hearing: Hearing) -> Wish:
    """The same, where places have been offered meanwhile."""
    for event, standing in (yield Mine()):
        for places in standing.places:
            if places.offered > 0 and places.until is not None:
                take = _(
                    "Do you mean the free place at {title}? Then text {take}.",
                    title=named(event, hearing.who.language),
                    take=_take(event, standing),
                )
                return (yield from hearing.again(joined(" ", take, _("For the other question, please answer once more:"))))
    return None


def _take(event: Event, standing: Standing) -> Words:
    return as_is(code(event) if event.picks else f"{code(event)} {standing.adults + standing.children}")


def lost(hearing: Hearing) -> Wish:
    """Nothing was understood, and an invitation is the last thing on the screen."""
    shown = yield LastInvited()
    if shown is None or hearing.misses > 1:
        return None
    event = yield EventOf(shown.event)
    words = _(
        "I did not understand. For {title} text {code} and how many come, for example {code} 4, or {code} 0.", **_gaps(hearing, event)
    )
    return Turn(replace(hearing.memory, unclear=hearing.misses), (words,))


def _gaps(hearing: Hearing, event: Event) -> dict[str, object]:
    return {"title": named(event, hearing.who.language), "code": code(event)}


def pressed(hearing: Hearing) -> Turns:
    """A button of an invitation says by itself what it answers."""
    button = hearing.reply.pressed
    assert button is not None
    event, option = (yield EventOf(button.event)), button.option
    if event is not None and event.series is not None:
        event = yield EventCalled(event.code)  # the next session
    if not isinstance(event, Event) or not 0 <= option < len(BUTTONS):
        return (yield from hearing.again(_("That button belongs to an earlier question.")))
    return (yield from _starts(hearing, event.id, Household(BUTTONS[option])))


def by_link(hearing: Hearing, word: str) -> Wish:
    """A link from a group has an event's number; one from a poster its code."""
    if word.startswith(group.LINK):
        event: Event | None = yield EventLinked(word)
        return None if event is None else (yield from _starts(hearing, event.id, None))
    found = yield EventCalled(answering.first_word(word)[0])
    return (yield from _starts(hearing, found.id, None)) if isinstance(found, Event) else None


def events(hearing: Hearing) -> Turns:
    return (yield from hearing.start("events"))


def change(hearing: Hearing) -> Turns:
    """CHANGE: of the events they have answered, else of those that are open."""
    mine = yield Mine()
    if len(mine) == 1:
        return (yield from hearing.start("rsvp", event=mine[0][0].id, change=True))
    if mine:
        return (yield from hearing.start("rsvp_which", mine=True, change=True))
    return (yield from hearing.start("events"))


def household(hearing: Hearing) -> Turns:
    """HOUSEHOLD shows a code; from the other phone it joins the two."""
    if not hearing.reply.code:
        return (yield from hearing.again(_household_code((yield HouseholdCode()))))
    tried = yield TryHousehold(hearing.reply.code)
    turn = yield from hearing.again(_tried(tried))
    return replace(turn, effects=(*turn.effects, JoinHousehold(hearing.reply.code))) if tried is Tried.FITS else turn


def joined_households() -> Words:
    """Heard on both phones."""
    return _("Done: this phone and the other answer for one household now. What one answers for an event, both hear.")


def _household_code(digits: str) -> Words:
    return _("From the other parent's phone, text HOUSEHOLD {code} to us within 10 minutes. Give the code to nobody else.", code=digits)


def _tried(tried: Tried) -> Words:
    match tried:
        case Tried.FITS:
            return joined_households()
        case Tried.TOO_OFTEN:
            return _("Too many codes that do not fit. Please try again in an hour.")
        case _:
            return _("That code does not fit, or is too old. Text HOUSEHOLD from the other phone for a new one.")
