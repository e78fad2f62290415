"""Move an event or call it off: what will be sent and to how many, then the second factor, then it is done and told."""

from __future__ import annotations

from dataclasses import replace

from ..announcements.draft_screens import moment
from ..announcements.urgent import shown
from ..events.changes import Change, DoChange, Plan, PlanOf, proving
from ..events.event import EventOf
from ..questions import Choice, YesNo
from ..talk import Talk
from ..words import Words, _, as_is, joined, ngettext
from .confirm import confirmed

ONE, ALL = "one", "all"


async def event_change(talk: Talk) -> None:
    change = await _of_which_dates(talk, Change.unpacked(talk.about))
    plan = await talk.look_up(PlanOf(change))
    if plan.wrong is not None:
        talk.say(joined(" ", plan.wrong, _("Nothing was changed.")))
    elif plan.people == 0:
        await _untold(talk, change, plan)
    else:
        await _told(talk, change, plan)


async def _of_which_dates(talk: Talk, change: Change) -> Change:
    """Of a series one date or all; to another day or hour only one is moved."""
    event = await talk.look_up(EventOf(change.event))
    if event is None or len(event.dates) < 2 or change.starts is not None:  # noqa: PLR2004 - one date is no choice
        return change
    options = {
        ONE: _("only {day}", day=event.starts.date()),
        ALL: ngettext("all {n} dates from then on", "all {n} dates from then on", len(event.dates)),
    }
    chosen = await talk.ask(Choice("dates", _("Which dates?"), choices=options, nudge=False))
    return replace(change, whole=chosen == ALL)


async def _untold(talk: Talk, change: Change, plan: Plan) -> None:
    """Nobody has been invited, or all have said no."""
    title = as_is(plan.title)
    sure = (
        _("Nobody need be told. Call off {title}?", title=title) if change.off else _("Nobody need be told. Change {title}?", title=title)
    )
    if await talk.ask(YesNo("sure", sure, nudge=False)):
        await talk.do("changed", DoChange(change))
        talk.say(_done(change, plan))
    else:
        talk.say(_("All right, nothing was done."))


async def _told(talk: Talk, change: Change, plan: Plan) -> None:
    """The text by text, as it will leave, before the code."""
    assert plan.price is not None
    talk.say(joined("\n", _("This will be sent:"), shown(plan.texts)))
    talk.say(joined(" ", *plan.price.lines))
    if plan.price.blocked is not None:
        talk.say(joined(" ", plan.price.blocked, _("Nothing was changed.")))
        return
    what = proving(change, plan)
    if not await confirmed(talk, what):
        return
    await talk.do("changed", DoChange(change, what))
    talk.say(_done(change, plan))


def _done(change: Change, plan: Plan) -> Words:
    title = as_is(plan.title)
    done = _("{title} is called off.", title=title) if change.off else _("{title} is changed.", title=title)
    if not plan.people or plan.leaves is None or plan.now is None:
        return done
    told = ngettext("{n} phone is told {when}.", "{n} phones are told {when}.", plan.people, when=moment(plan.leaves, plan.now))
    return joined(" ", done, told)
