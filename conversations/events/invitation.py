"""What an invitation really says: people's words for it, and around them the day, the place, what there is, and how to answer.

It is put together at the last moment, for a preview, for the price and for the hand-off alike, from the event as it is then.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .event import Event, Offered, parts

_MIDNIGHT = time()
BUTTONS = (_("We come"), _("We can't come"))
"""Under an invitation, where they can be shown; a press says which, from 0."""


def invitation(event: Event, body: str, *, again: bool = False) -> Words:
    """`body` is the text in the reader's language: title, then description. `again` says that nobody has answered yet."""
    title, text = parts(body)
    first = _("{title}: {when}", title=as_is(title), when=when_and_where(event))
    begin = signed(event, body, joined("", _("We have not heard from you yet. ") if again else None, first))
    return joined(
        "\n",
        sentence(begin),
        as_is(text) if text else None,
        dates(event.dates),
        there_is(event.offered),
        _deadline(event),
        how_to_answer(event),
    )


def signed(event: Event, said: str, words: Words) -> Words:
    """With the school's name in front, unless people's own words in it have that."""
    named = not event.school_name or event.school_name.casefold() in said.casefold()
    return words if named else joined("", as_is(f"{event.school_name}: "), words)


def sentence(words: Words) -> Words:
    return joined("", words, as_is("."))


def when_and_where(event: Event) -> Words:
    """Like "Fri, Dec 4, 6pm to 8pm, cafeteria"."""
    return joined(", ", when(event), as_is(event.place) if event.place else None, as_is(event.map_link) if event.map_link else None)


def when(event: Event) -> Words:
    """By the school's clock; an event of whole days has no hours."""
    if event.starts.time() == event.ends.time() == _MIDNIGHT:
        last = (event.ends - timedelta(hours=1)).date()
        first = event.starts.date()
        return _("{day}", day=first) if last <= first else _("{day} to {last}", day=first, last=last)
    if event.starts.date() == event.ends.date():
        return _("{day}, {start} to {end}", day=event.starts.date(), start=event.starts.time(), end=event.ends.time())
    return _("{start} to {end}", start=_moment(event.starts), end=_moment(event.ends))


def _moment(at: datetime) -> Words:
    return _("{when}", when=at)


def there_is(offered: Offered) -> Words | None:
    """What comes with it, in one sentence; None if nothing does."""
    things = [*_for_all(offered), *(_("{language} interpreter", language=LanguageName(each)) for each in offered.interpreters)]
    return _("Free: {things}.", things=joined(", ", *things)) if things else None


def _for_all(offered: Offered) -> list[Words]:
    low, high = offered.ages
    things = [
        (offered.meal, _("a meal")),
        (offered.childcare, _("child care (ages {low}-{high})", low=low, high=high)),
        (offered.rides, _("rides")),
    ]
    return [words for there, words in things if there]


def dates(of: tuple[datetime, ...]) -> Words | None:
    """Of a series, and what an answer to it means."""
    if len(of) <= 1:
        return None
    return ngettext(
        "{n} date, the last on {last}. One answer counts for all.",
        "{n} dates, the last on {last}. One answer counts for all.",
        len(of),
        last=of[-1].date(),
    )


def _deadline(event: Event) -> Words | None:
    return _("Please answer by {when}.", when=event.until) if event.until < event.starts else None


def how_to_answer(event: Event) -> Words:
    """Teaches a word and a number; never a word of the carriers."""
    code = event.code.upper()
    if event.picks:
        return _("To pick a time, text {code}. You cannot come: {code} 0.", code=code)
    return _("How many of you come? For example 4: text {code} 4. Nobody: {code} 0.", code=code)


def people(count: int) -> Words:
    return ngettext("{n} person", "{n} people", count)
