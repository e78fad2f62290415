"""A household cannot come to a series: on one date, or any more."""

from __future__ import annotations

from ..events.answering import SaveAnswer, code, named
from ..events.event import Answer, EventOf, PartStat
from ..events.series import MyDates
from ..questions import Choice
from ..talk import Talk
from ..words import Words, _, ngettext

A_SCREEN = 4
"""Dates to choose from; a later one can be missed later."""
ALL = "all"
NOT_COMING = Answer(PartStat.DECLINED)


async def series_leave(talk: Talk) -> None:
    event = await talk.look_up(EventOf(int(talk.about["event"])))
    if event is None:
        return
    dates, title = await talk.look_up(MyDates(event.id)), named(event, talk.who.language)
    options: dict[str, Words] = {str(number): _("only on {day}", day=at.date()) for number, at in dates[:A_SCREEN]}
    options[ALL] = ngettext("on none of the {n} dates", "on none of the {n} dates", len(dates))
    chosen = await talk.ask(Choice("miss", _("{title}: when can you not come?", title=title), choices=options, nudge=False))
    if chosen == ALL:
        await talk.do("left", SaveAnswer(event.id, NOT_COMING))
        talk.say(_("Saved: you have left {title}. To come back: {code} and how many.", title=title, code=code(event)))
        return
    await talk.do("missed", SaveAnswer(int(chosen), NOT_COMING, whole=False))
    day = next(at.date() for number, at in dates if str(number) == chosen)
    talk.say(_("Saved: you miss {title} on {day}. The other dates stay as they are.", title=title, day=day))
