"""A household answers an event: who comes, then only what is missing, and always what we understood.

Each piece is saved as soon as it is said, and each question is a flow of its own: what comes next depends on places that others
take meanwhile, so nothing that was decided on them is run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..events import answering
from ..events.answering import Decide, Problem, SaveAnswer, WouldBe, code, named, packed, too_late, unpacked, where_and_when, who
from ..events.appointments import given_back
from ..events.event import CHILDCARE, PEOPLE, Answer, CalendarLink, Event, EventOf, GiveCalendar, PartStat, Places, Standing
from ..events.household import Household, Wishes
from ..events.questions import Ages, Needs, WhoComes
from ..events.series import MyDates
from ..events.telling import calendar_link
from ..questions import Choice, YesNo
from ..steps import Next
from ..talk import Json, Talk
from ..words import LanguageName, Words, _, joined, ngettext

TAKE, WAIT = "take", "wait"


async def rsvp(talk: Talk) -> object:
    """`about` has the event, and what they said of who comes if they said it."""
    event = await talk.look_up(EventOf(int(talk.about["event"])))
    if event is None or event.stage in {"over", "cancelled", "draft"}:
        return _end(talk, _over(event, talk.who.language))
    said = unpacked(talk.about)
    if said is not None and said.partstat is PartStat.DECLINED:
        several = len(await talk.look_up(MyDates(event.id))) > 1
        return Next("series_leave", {"event": event.id}) if several else await _saved(talk, event, said)
    if event.picks:
        return Next("slot", {key: value for key, value in talk.about.items() if key in {"event", "change"}})
    problem = (await talk.look_up(WouldBe(event.id, Answer(PartStat.ACCEPTED, 1)))).problem
    if problem is not None:
        return _end(talk, too_late(event, problem, talk.who))
    if said is None or (said.counted is None and said.children is None and said.partstat is PartStat.ACCEPTED):
        wishes = said.wishes if said is not None else Wishes()
        told = await talk.ask(
            WhoComes("who", _how_many(talk, event, changes=bool(talk.about.get("change"))), called=event.code, nudge=False)
        )
        said = replace(told, wishes=told.wishes or wishes)
    return await _saved(talk, event, said)


async def _saved(talk: Talk, event: Event, said: Household) -> object:
    language = talk.who.language
    answer = answering.answer(said, event, language)
    outcome = await talk.look_up(WouldBe(event.id, answer))
    if outcome.problem is not None or outcome.standing is None:
        return _end(talk, too_late(event, outcome.problem or Problem.CLOSED, talk.who))
    await talk.do("saved", SaveAnswer(event.id, answer))
    if said.partstat is PartStat.DECLINED and event.picks:
        return _end(talk, given_back(event, event.title(language)))
    if said.partstat is PartStat.DECLINED:
        return _end(
            talk, _("Saved: nobody comes to {title}. If that changes: {code} and how many.", title=named(event, language), code=code(event))
        )
    mixed = said.adults is not None or said.children is not None
    told = who(answer.adults, answer.children, answer.needs, mixed=mixed)
    if said.partstat is PartStat.TENTATIVE:
        return _end(talk, _perhaps(event, told if said.counted else None))
    return _next(talk, event, said, outcome.standing, told)


def _next(talk: Talk, event: Event, said: Household, standing: Standing, told: Words) -> object:
    people, care = standing.of(PEOPLE), standing.of(CHILDCARE)
    about: dict[str, Json] = {"event": event.id, **packed(said), "asks": " ".join(_missing(talk, event, said))}
    if people is not None and people.could_split:
        talk.say(_("Saved: {who}.", who=told))
        return Next("rsvp_split", {**about, "resource": PEOPLE, **_numbers(people)})
    if people is not None and people.waiting:
        talk.say(_full(event, told, people, talk.who.language))
        return Next("rsvp_more", {**about, "waits": True})
    if care is not None and (care.could_split or care.waiting):
        talk.say(_("Saved: {who}.", who=told))
        return Next("rsvp_split" if care.could_split else "rsvp_care", {**about, "resource": CHILDCARE, **_numbers(care)})
    if about["asks"]:
        talk.say(_("Great! Saved: {who}.", who=told))
    return Next("rsvp_more", about)


def _numbers(places: Places) -> dict[str, Json]:
    return {"free": places.held + places.offered, "wanted": places.wanted, "position": places.position}


async def rsvp_split(talk: Talk) -> object:
    """Some places are kept, fewer than they need: nobody is split without asking."""
    about = talk.about
    free, wanted, resource = int(about["free"]), int(about["wanted"]), str(about["resource"])
    options = {WAIT: _("wait for all {wanted}", wanted=wanted), TAKE: _("take {free}", free=free)}
    chosen = await talk.ask(Choice("split", _left(free, wanted, resource), choices=options, nudge=False))
    await talk.do("decided", Decide(int(about["event"]), resource, chosen, whole=True))
    rest = {key: value for key, value in about.items() if key not in {"resource", "free", "wanted", "position"}}
    if chosen == WAIT:
        talk.say(_("All right: you wait for all {wanted}. We text you when there is room.", wanted=wanted))
        return Next("rsvp_more", {**rest, "waits": resource == PEOPLE})
    if resource != PEOPLE:
        return Next("rsvp_more", rest)
    return await _in_part(talk, rest, free)


async def _in_part(talk: Talk, rest: Mapping[str, Json], free: int) -> object:
    """So many of them come; who it is they settle among themselves."""
    event, said = await talk.look_up(EventOf(int(rest["event"]))), unpacked(rest)
    if event is None or said is None:
        return None
    fewer = replace(said, people=free, adults=None, children=None, ages=())
    await talk.do("fewer", SaveAnswer(event.id, answering.answer(fewer, event, talk.who.language), tell=False))
    asks = " ".join(each for each in str(rest["asks"]).split() if each != "ages")
    return Next("rsvp_more", {"event": event.id, **packed(fewer), "asks": asks})


def _left(free: int, wanted: int, resource: str) -> Words:
    if resource == PEOPLE:
        return ngettext("{n} place is left for your {wanted}.", "{n} places are left for your {wanted}.", free, wanted=wanted)
    return ngettext(
        "{n} child care place is left for your {wanted}.", "{n} child care places are left for your {wanted}.", free, wanted=wanted
    )


async def rsvp_care(talk: Talk) -> object:
    """Child care is full, the seats are not."""
    about = talk.about
    words = _("Child care is full, but you can still come. You are #{place} on the list for child care:", place=int(about["position"]))
    options = {"come": _("come anyway"), "only": _("only if a place opens")}
    chosen = await talk.ask(Choice("care", words, choices=options, nudge=False))
    if chosen == "come":
        return Next("rsvp_more", {key: value for key, value in about.items() if key not in {"resource", "free", "wanted", "position"}})
    event = await talk.look_up(EventOf(int(about["event"])))
    said = unpacked(about)
    if event is not None and said is not None:
        answer = answering.answer(replace(said, partstat=PartStat.TENTATIVE), event, talk.who.language)
        await talk.do("only", SaveAnswer(event.id, answer))
    return _end(talk, _("All right. If a place opens, we text you and keep it for 2 hours."))


async def rsvp_more(talk: Talk) -> object:
    """What is missing, each of it skippable; at the end all that we know."""
    event = await talk.look_up(EventOf(int(talk.about["event"])))
    said = unpacked(talk.about)
    if event is None or said is None:
        return None
    asks, care, other = str(talk.about["asks"]).split(), True, ""
    if talk.about.get("waits") and not asks:
        return None
    if "ages" in asks:
        ages = await talk.ask(Ages("ages", _which_ages(said), known=bool(said.children), nudge=False))
        said, care = _aged(said, ages or ()), ages != ()
    if "interpreter" in asks:
        said = await _interpreter(talk, said)
    if "needs" in asks:
        named_ = await talk.ask(Needs("needs", _which_needs(event), nudge=False))
        said, other = _wishing(said, named_), str(named_.get("other", ""))
    answer = answering.answer(said, event, talk.who.language)
    needs = {key: value for key, value in {**answer.needs, "other": other}.items() if value and (care or key != "childcare")}
    if asks:
        await talk.do("saved", SaveAnswer(event.id, replace(answer, needs=needs), tell=False))
    mixed = said.adults is not None or said.children is not None
    if not talk.about.get("waits"):
        await talk.do("calendar", GiveCalendar(event.id))
    link = "" if talk.about.get("waits") else await talk.look_up(CalendarLink(event.id))
    all_of_it = _set(talk, event, who(answer.adults, answer.children, needs, mixed=mixed))
    return _end(talk, joined("\n", all_of_it, calendar_link(link)) if link else all_of_it)


def _which_ages(said: Household) -> Words:
    if not said.children:
        return _("Kids for child care? Send their ages (example: 3 6 9), or 0. Or SKIP.")
    return ngettext(
        "Your kid's age for child care? (example: 6) Or SKIP.", "Your kids' ages for child care? (example: 3 6 9) Or SKIP.", said.children
    )


def _aged(said: Household, ages: tuple[int, ...]) -> Household:
    """With more ages than children there are more children."""
    if not ages:
        return said
    children = max(said.children or 0, len(ages))
    people = None if said.people is None or said.people < children else said.people
    return replace(said, ages=ages, children=children, people=people)


def _wishing(said: Household, named_: Mapping[str, Json]) -> Household:
    before = said.wishes
    meal, access = str(named_.get("meal", before.meal)), str(named_.get("access", before.access))
    return replace(said, wishes=replace(before, ride=before.ride or "ride" in named_, meal=meal, access=access))


async def _interpreter(talk: Talk, said: Household) -> Household:
    words = _("Would you like an interpreter for {language}?", language=LanguageName(talk.who.language or "es"))
    wanted = await talk.ask(YesNo("interpreter", words, nudge=False))
    return replace(said, wishes=replace(said.wishes, interpreter=talk.who.language)) if wanted else said


def _missing(talk: Talk, event: Event, said: Household) -> list[str]:
    """At most three questions, of what is offered and not said yet."""
    offered, language, asks = event.offered, talk.who.language, []
    if offered.childcare is not None and not said.ages and said.children != 0 and not (said.adults is not None and said.children is None):
        asks.append("ages")
    foreign = language in offered.interpreters and language != event.language
    if foreign and said.wishes.interpreter is None:
        asks.append("interpreter")
    wished = said.wishes.ride or said.wishes.meal or said.wishes.access
    if (offered.rides is not None or offered.meal) and not wished:
        asks.append("needs")
    return asks


def _end(talk: Talk, words: Words) -> object:
    """The last word of a conversation."""
    talk.say(words)
    return None


# Words


def _how_many(talk: Talk, event: Event, *, changes: bool) -> Words:
    head = joined(", ", named(event, talk.who.language), where_and_when(event))
    if changes:
        return _("{event}. Who comes now? Example: 2 adults 3 kids. If nobody comes: 0.", event=head)
    return _("{event}. How many of you come? Example: 2 adults 3 kids. If nobody comes: 0.", event=head)


def _which_needs(event: Event) -> Words:
    things = [
        (event.offered.rides is not None, _("a ride")),
        (event.offered.meal, _("a special meal")),
        (event.offered.accessible, _("wheelchair access")),
    ]
    listed = joined(", ", *(words for there, words in things if there))
    return _("Do you need any of these: {things}? Tell us, or reply NO.", things=listed)


def _set(talk: Talk, event: Event, told: Words) -> Words:
    if talk.about.get("waits"):
        return _(
            "Noted: {who}. You are on the waiting list of {title}. CHANGE or CANT anytime.", who=told, title=named(event, talk.who.language)
        )
    return answering.all_set(event, told, talk.who.language)


def _full(event: Event, told: Words, people: Places, language: str | None) -> Words:
    return _(
        "Saved: {who}. {title} is full: you are #{place} on the waiting list. We text you when there is room for all of you. CHANGE or CANT anytime.",
        who=told,
        title=named(event, language),
        place=people.position,
    )


def _perhaps(event: Event, told: Words | None) -> Words:
    if told is None:
        return _("Saved: perhaps. No places are kept for a maybe. When you know: {code} 4 (or how many), or {code} 0.", code=code(event))
    return _(
        "Saved: perhaps, {who}. No places are kept for a maybe. When you know: {code} 4 (or how many), or {code} 0.",
        who=told,
        code=code(event),
    )


def _over(event: Event | None, language: str | None) -> Words:
    if event is not None and event.stage == "cancelled":
        return _("{title} was cancelled. To see what there is: EVENTS.", title=named(event, language))
    if event is not None and event.stage == "over":
        return _("{title} is over. To see what there is: EVENTS.", title=named(event, language))
    return _("That event is not open. To see what there is: EVENTS.")
