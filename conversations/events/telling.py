"""What families are told of an event once they are invited: that it changes or is called off, that it is near, that a place is free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .event import CHILDCARE, PEOPLE, RIDE, Event, Standing
from .invitation import sentence, signed, when, when_and_where

TIME, PLACE = "time", "place"


def changed(event: Event, title: str, what: Iterable[str], *, whole: bool = False) -> Words:
    """Another time or place; everybody is asked again. `title` is in the reader's language. `whole`: so it is on every later date."""
    what = frozenset(what)
    first = {
        frozenset({TIME}): _("New time for {title}: {when}", title=as_is(title), when=when_and_where(event)),
        frozenset({PLACE}): _("New place for {title}: {when}", title=as_is(title), when=when_and_where(event)),
    }.get(what, _("New time and place for {title}: {when}", title=as_is(title), when=when_and_where(event)))
    if event.picks:
        stays = _("If you have a time, it stays yours. To pick or see it: {code}. You cannot come: {code} 0.", code=_code(event))
        return joined("\n", sentence(first), stays)
    ask = _(
        "Can you still come? If you said yes, your places stay. How many now: text {code} 4, or {code} 0 for nobody.", code=_code(event)
    )
    every = _("It is so on all {n} dates from then on.", n=len(event.dates)) if whole else None
    return joined("\n", joined(" ", sentence(first), every), ask)


def cancelled(event: Event, title: str, *, whole: bool = False) -> Words:
    """Its first word says it all."""
    if whole:
        return _(
            "CANCELLED: {title}, all {n} dates from {day} on. They do not take place. You need not answer.",
            title=as_is(title),
            n=len(event.dates),
            day=event.starts.date(),
        )
    return _("CANCELLED: {title}, {when}. It does not take place. You need not answer.", title=as_is(title), when=when(event))


def reminder(event: Event, standing: Standing, title: str, *, soon: bool) -> Words:
    """What they come to, and what they asked for, confirmed. The school's name is first: it comes weeks after they answered."""
    if soon:
        first = _("Today: {title}, {when}", title=as_is(title), when=when_and_where(event))
    else:
        first = _("See you soon: {title}, {when}", title=as_is(title), when=when_and_where(event))
    away = _("Something has changed? Text {code} and how many come, {code} 0 if nobody.", code=_code(event))
    return joined("\n", sentence(signed(event, title, first)), noted(event, standing), away)


def noted(event: Event, standing: Standing) -> Words:
    """Like "We expect 5 of you. Child care: 2. Spanish interpreter: yes."."""
    people = standing.of(PEOPLE)
    count = people.held if people is not None else standing.adults + standing.children
    return joined(" ", ngettext("We expect {n} of you.", "We expect {n} of you.", count), *_needs(event, standing))


def _needs(event: Event, standing: Standing) -> list[Words]:
    language = str(standing.needs.get("interpreter") or "")
    told = [
        _place(standing, CHILDCARE),
        _place(standing, RIDE),
        _("{language} interpreter: yes.", language=LanguageName(language)) if language and event.offered.interpreters else None,
        _("Meal: noted.") if standing.needs.get("meal") and event.offered.meal else None,
        _("Access: noted.") if standing.needs.get("access") else None,
    ]
    return [words for words in told if words is not None]


def _place(standing: Standing, resource: str) -> Words | None:
    """What they have of it, or that they are still in line."""
    place = standing.of(resource)
    if place is None:
        return None
    if resource == CHILDCARE:
        return _("Child care: {n}.", n=place.held) if place.held else _("Child care: you are on the waiting list.")
    return _("Ride: {n}.", n=place.held) if place.held else _("Ride: you are on the waiting list.")


def calendar_link(link: str) -> Words:
    return _("For your calendar: {link}", link=link)


def thanks(title: str) -> Words:
    return _("Thank you for coming to {title}! It was good to have you there.", title=as_is(title))


def _code(event: Event) -> str:
    return event.code.upper()


# A place is free


def kept_whole(event: Event, title: str, resource: str, places: int, *, until: datetime) -> Words:
    """All they wait for."""
    take = _("Do you want it? 1 yes 2 no")
    return joined("\n", _free(event, title, resource, places), joined(" ", _kept(until), take))


def kept_part(event: Event, title: str, resource: str, places: int, *, wanted: int, until: datetime) -> Words:
    """Some of it: the household is asked before it is split."""
    choose = _("Text 1 and say how you want it; or wait for all, and do nothing.")
    short = _("You asked for {wanted}.", wanted=wanted)
    return joined("\n", joined(" ", _free(event, title, resource, places), short), joined(" ", _kept(until), choose))


def _free(event: Event, title: str, resource: str, places: int) -> Words:
    gaps = {"title": as_is(title), "when": when(event)}
    if event.picks:
        return _("{title}: a time is free.", title=as_is(title))
    if resource == CHILDCARE:
        return ngettext(
            "{title}, {when}: {n} place in child care is free.", "{title}, {when}: {n} places in child care are free.", places, **gaps
        )
    if resource == RIDE:
        return ngettext("{title}, {when}: {n} seat in a ride is free.", "{title}, {when}: {n} seats in a ride are free.", places, **gaps)
    return ngettext("{title}, {when}: {n} place is free.", "{title}, {when}: {n} places are free.", places, **gaps)


def _kept(until: datetime) -> Words:
    return _("It is kept for you until {when}.", when=until)


def lapsed(title: str) -> Words:
    return _("{title}: we did not hear from you, so the place went to the next family. You are still in line.", title=as_is(title))
