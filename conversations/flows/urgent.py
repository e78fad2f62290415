"""Something urgent, by two people: one who fills a template's gaps and says why, and one who agrees."""

from __future__ import annotations

from datetime import date, time

from ..announcements import urgent as words
from ..announcements.price import PriceOf
from ..announcements.translating import named
from ..announcements.urgent import (
    DAY,
    MINUTES,
    PLACE,
    TEMPLATES,
    TIME,
    Agree,
    AskSecond,
    Decline,
    PlaceName,
    Reason,
    Urgent,
    UrgentOf,
    UrgentReady,
    UrgentSaved,
    UrgentSchools,
)
from ..questions import Choice, Day, Time
from ..steps import Next
from ..talk import Talk
from ..words import Words, _, as_is
from .confirm import confirmed


async def urgent(talk: Talk) -> object:
    """Which text, then its gaps. Nothing is asked that could not be sent in the end."""
    schools = dict(await talk.look_up(UrgentSchools()))
    if not schools:
        talk.say(_("Urgent texts are for the coordinator, the principal or the manager of a school. Danger: call 911."))
        return None
    keyword = next(iter(schools)) if len(schools) == 1 else await talk.ask(_of_which(schools))
    ready = await talk.look_up(UrgentReady(keyword))
    if not ready.second:
        talk.say(_("An urgent text needs a second person who agrees, and nobody else can here. Whoever runs this can add the principal."))
        return None
    if talk.about.get("free"):
        talk.say(_("Only texts that were approved beforehand can be urgent. Nothing was sent; what you wrote before stays as it is."))
    slug = str(talk.about.get("template", "")) or await talk.ask(_which())
    if lacking := ready.lacking.get(slug, ()):
        talk.say(_("The text “{title}” is not approved in {languages} yet, so it cannot leave.", **_named(slug), languages=named(lacking)))
        talk.say(_("Whoever speaks it can approve it on the phone: TEMPLATES."))
        return None
    return Next("urgent_send", {"number": await talk.look_up(await _filled(talk, keyword, slug))})


async def _filled(talk: Talk, school: str, slug: str) -> UrgentSaved:
    """The template with what varies in it."""
    gaps = TEMPLATES[slug].gaps
    day: date | None = await talk.ask(Day("day", _("Which day? For example: today, Friday, 12/5."))) if DAY in gaps else None
    at: time | None = await talk.ask(Time("time", _("At what time? For example: 1:30pm."))) if TIME in gaps else None
    place = await talk.ask(PlaceName("place", _("Where? Only the name of the place."))) if PLACE in gaps else ""
    return UrgentSaved(school, slug, day, at, place)


async def urgent_send(talk: Talk) -> None:
    """Seen in every language, with a reason and the author's own proof; then a second person is asked."""
    number = int(talk.about["number"])
    found = await talk.look_up(UrgentOf(number))
    if found is None or not found.mine or found.open or found.stage != "draft":
        talk.say(_("URGENT {number} is not there to be sent any more.", number=number))
        return
    talk.say(_("URGENT {number}, as it will leave, by day and by night:", number=number))
    talk.say(words.shown(found.texts))
    for line in (await talk.look_up(PriceOf(number))).lines:
        talk.say(line)
    reason = await talk.ask(Reason("reason", _("Why is it urgent? One line, for the second person and the records.")))
    with_reason = await talk.look_up(UrgentOf(number, reason))
    assert with_reason is not None
    if not await confirmed(talk, with_reason.action):
        return
    await talk.do("second", AskSecond(number, reason, with_reason.action))
    talk.say(
        _(
            "URGENT {number}: a second person is asked now, and after {minutes} minutes the next. You hear what comes of it. Not needed any more: DROP {number}.",
            number=number,
            minutes=MINUTES,
        )
    )


async def approve(talk: Talk) -> None:
    """The second person: sees it, agrees with their own proof, or says no."""
    number = int(talk.about["number"])
    found = await talk.look_up(UrgentOf(number))
    if found is None or not found.listed:
        talk.say(
            _own(number)
            if found is not None and found.mine
            else _("There is nothing {number} that you are asked to approve.", number=number)
        )
        return
    if not found.open:
        talk.say(_over(found))
        return
    talk.say(_("URGENT {number}, to {people} people:", number=number, people=found.people))
    talk.say(words.shown(found.texts))
    talk.say(_("Reason: {reason}", reason=as_is(found.reason)))
    choices = {"yes": _("yes, send it"), "no": _("no, do not send it")}
    if await talk.ask(Choice("agree", _("Do you agree?"), choices=choices, nudge=False)) == "no":
        await talk.do("declined", Decline(number))
        talk.say(_("All right. It is not sent, and its author is told."))
    elif await confirmed(talk, found.action):
        await talk.do("agreed", Agree(number, found.action))
        talk.say(_("Thank you. URGENT {number} is leaving now.", number=number))


def _of_which(schools: dict[str, str]) -> Choice:
    choices = {keyword: as_is(name) for keyword, name in schools.items()}
    return Choice("school", _("Of which school?"), choices=choices, nudge=False)


def _which() -> Choice:
    return Choice("template", _("Which urgent text?"), choices={slug: each.title for slug, each in TEMPLATES.items()}, nudge=False)


def _named(slug: str) -> dict[str, object]:
    return {"title": TEMPLATES[slug].title}


def _own(number: int) -> Words:
    return _("URGENT {number} is your own: somebody else must agree to it.", number=number)


def _over(found: Urgent) -> Words:
    if found.stage in {"scheduled", "running", "done"}:
        return _("URGENT {number} has left already: somebody else agreed.", number=found.number)
    return _("URGENT {number} is over and was not sent. Its author can begin again.", number=found.number)
