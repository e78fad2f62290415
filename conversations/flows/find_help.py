"""Find help near a place: three at a time, details by number, and never an empty answer without a next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from .. import say
from ..effects import CountLookUp, ShowedHelp
from ..folding import fold
from ..keywords import Keyword
from ..lists import AT, ELSEWHERE, MORE, OPEN
from ..needs import NEEDS, SAFETY, TO_TEXT
from ..opening import DAYS_AHEAD, NowHere, at_night, day_meant, open_at, opens_on
from ..questions import Choice, CityOf, Layout, Place, Shown, Unclear, ZipOf, chosen
from ..reply import Reply
from ..talk import Json, LookUp, Talk
from ..words import Hours, Miles, Words, _, as_is, joined

PAGE = 3
MOST_OTHERS = 3
MOST_PICKS = 30
MOST_WORDS = 6
"""Words of an answer that may name a town: "cerca de east los angeles"."""


@dataclass(frozen=True)
class Listing:
    """One service at one place, in the person's language where somebody translated it."""

    id: str
    name: str
    phone: str = ""
    miles: float | None = None
    """None: by phone or everywhere, rather than at a place."""
    hours: tuple[Hours, ...] = ()
    hours_text: str = ""
    address: str = ""
    languages: tuple[str, ...] = ()
    """Tags or names, as the source has them."""
    no_id: bool = False
    note: str = ""
    """What to bring, who may come, what it costs: one line."""
    checked: date | None = None


@dataclass(frozen=True)
class Nearest(LookUp[tuple[Listing, ...]]):
    """The listings for a need around a ZIP code, nearest first, then those by phone; at most 12."""

    need: str
    zip: str
    language: str


async def find_help(talk: Talk) -> None:
    need = str(talk.about["need"])
    search = Search(need, str(talk.about.get("zip", talk.who.school.zip)), "zip" in talk.about, day=str(talk.about.get("day", "")))
    for turn in range(MOST_PICKS):
        found = await talk.look_up(Nearest(need, search.zip, talk.who.language or "en"))
        if search.fresh:
            await talk.do(f"counted {turn}", CountLookUp(need, search.zip, len(found), found[0].miles if found else None))
        found = tuple(each for each in found if each.id != talk.about.get("without"))
        if not found:
            return _say_none(talk, search)
        if "private" in talk.about:  # they fear for their papers
            found = tuple(sorted(found, key=lambda each: not each.no_id))
        now = await talk.look_up(NowHere())
        listed = _open_then(found, search, now)
        found = listed or found
        here = found[search.page * PAGE : search.page * PAGE + PAGE]
        detail = next((each for each in here if each.id == search.detail), None)
        if detail is not None:
            _say_detail(talk, need, detail)
        else:
            city = await talk.look_up(CityOf(search.zip)) if search.given else None
            _say_page(talk, search, here, city, opens=bool(listed))
            _say_closed(talk, search, here, now)
        if "private" not in talk.about:
            await talk.do(f"shown {turn}", ShowedHelp(need, (search.detail,) if detail else ()))
        more = len(found) > (search.page + 1) * PAGE
        if talk.aside and detail is None and "bare" not in talk.about:
            talk.say(_lettered(len(here), more=more))
        pick = await talk.ask(_pick(f"pick-{turn}", here, more=more, detail=detail is not None, elsewhere=talk.who.taps))
        if pick == ELSEWHERE:
            pick = AT + await talk.ask(Place(f"where-{turn}", _("Where? Send a ZIP code or a city, or share your location."), nudge=False))
        search = search.after(pick)
    return talk.say(say.rest(talk.who))


@dataclass(frozen=True)
class Search:
    """What is looked for, where, and which part of it is on the screen."""

    need: str
    zip: str
    given: bool
    """They named the place; otherwise it is the school's, and we say so."""
    day: str = ""
    """Only what is open on this day (ISO), where something is."""
    page: int = 0
    detail: str = ""
    fresh: bool = True

    def after(self, pick: str) -> Search:
        if pick == MORE:
            return replace(self, page=self.page + 1, detail="", fresh=False)
        if pick.startswith(AT):
            return Search(self.need, pick.removeprefix(AT), given=True, day=self.day)
        if pick.startswith(OPEN):
            return replace(self, day=pick.removeprefix(OPEN), page=0, detail="", fresh=False)
        return replace(self, detail=pick, fresh=False)


def _open_then(found: tuple[Listing, ...], search: Search, now: datetime) -> tuple[Listing, ...]:
    """Those open on the day that is asked for. Who needs to be safe sees all: not every place of refuge says when it is open."""
    if not search.day or search.need in SAFETY:
        return found
    return tuple(each for each in found if opens_on(each.hours, date.fromisoformat(search.day), now))


@dataclass(frozen=True)
class Pick(Choice):
    """1 to 3 for details, MORE for others, a ZIP code or a city to look elsewhere."""

    layout = Layout.LISTED

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        if reply.meaning in DAYS_AHEAD and reply.need is None and reply.zip is None:
            return NowHere()
        words = fold(reply.text).split()
        asks_elsewhere = reply.keyword is None and reply.need is None and not (reply.zip or reply.number or reply.pressed)
        return ZipOf(reply.place or " ".join(words)) if asks_elsewhere and 0 < len(words) <= MOST_WORDS else None

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.need is not None:
            raise Unclear(_("I did not understand."))
        if isinstance(reply.found, datetime):
            return f"{OPEN}{day_meant(reply.meaning, reply.found)}"
        if zip_code := reply.zip or reply.found:
            return f"{AT}{zip_code}"
        if reply.keyword is Keyword.MORE and MORE not in self.choices:
            raise Unclear(_("That is all we know nearby. Another area: send a ZIP code. 211 knows more: call it, free, 24 hours."))
        places = sum(option not in {MORE, ELSEWHERE} for option, _label in shown)
        if reply.number is not None and not 1 <= reply.number <= places:  # a button may stand for more than a place, a number never
            raise Unclear(_beyond(places, more=MORE in self.choices))
        key = MORE if reply.keyword is Keyword.MORE else chosen(reply, shown)
        if key is None:
            raise Unclear(_("I did not understand. Send a number from the list, a ZIP code or a city."))
        return key

    def load(self, stored: Json) -> str:
        """Any pick fits: a listing that has gone since simply shows its page again."""
        return str(stored)


def _pick(name: str, here: tuple[Listing, ...], *, more: bool, detail: bool, elsewhere: bool) -> Pick:
    options: dict[str, Words] = {each.id: as_is(str(n)) for n, each in enumerate(here, 1)}
    if more:
        options[MORE] = _("More")
    if elsewhere:
        options[ELSEWHERE] = _("Another area")
    return Pick(name, _footer(len(here), more=more, detail=detail), options, nudge=False)


def _beyond(shown: int, *, more: bool) -> Words:
    if more:
        return _("The list has 1-{n}. MORE shows others.", n=shown)
    return _("The list has 1-{n}.", n=shown) if shown > 1 else _("The list has only 1.")


def _footer(shown: int, *, more: bool, detail: bool) -> Words:
    if detail and more:
        return _("Others on the list: reply 1-{n}, or MORE.", n=shown)
    if detail:
        return _("Others on the list: reply 1-{n}.", n=shown) if shown > 1 else _("For something else, text what you need.")
    if more:
        return _("Reply 1-{n} for details, MORE for others.", n=shown)
    return _("Reply 1-{n} for details.", n=shown) if shown > 1 else _("Reply 1 for details.")


def _lettered(shown: int, *, more: bool) -> Words:
    """In passing the numbers belong to the question that stays open."""
    last = chr(ord("A") + shown - 1)
    if more:
        return _("Reply A-{last} for details, MORE for others.", last=last) if shown > 1 else _("Reply A for details, MORE for others.")
    return _("Reply A-{last} for details.", last=last) if shown > 1 else _("Reply A for details.")


def _say_where(talk: Talk, search: Search, city: str | None) -> None:
    need, place = NEEDS[search.need], near(search.zip, city)
    if search.given and "kept" in talk.about and search.zip == talk.about["zip"]:
        talk.say(_("{need} near {place}. Another area: send a ZIP code or a city.", need=need, place=place))
    elif search.given:
        talk.say(_("{need} near {place}:", need=need, place=place))
    elif "unknown" in talk.about:
        talk.say(
            _("{need} near the school ({zip}), as I do not know that place. Please send a ZIP code or a city.", need=need, zip=search.zip)
        )
    else:
        talk.say(_("{need} near the school ({zip}). Another area: send a ZIP code or a city.", need=need, zip=search.zip))


def near(zip_code: str, city: str | None) -> Words:
    """A ZIP code by the name of its town, where that is known."""
    return as_is(f"{city} ({zip_code})" if city else zip_code)


def _say_page(talk: Talk, search: Search, here: tuple[Listing, ...], city: str | None, *, opens: bool) -> None:
    if search.page == 0:
        _say_where(talk, search, city)
    if search.page == 0 and search.day and search.need not in SAFETY:
        day = date.fromisoformat(search.day)
        talk.say(_("Open on {day}:", day=day) if opens else _("I know none that is open on {day}. Call 211, free, 24 hours.", day=day))
    if "private" in talk.about and all(each.no_id for each in here):
        talk.say(_("These places ask for no ID."))
    for n, each in enumerate(here, 1):
        talk.say(_line(each, _mark(talk, n)))
    if search.page == 0 and search.need in SAFETY:
        talk.say(_("Does somebody else read this phone? Delete these messages."))
    elif search.page == 0 and search.fresh and not talk.who.joined and not talk.aside:
        talk.say(_("For news from {school}: text {keyword}.", school=talk.who.school.name, keyword=talk.who.school.keyword))
    _say_also(talk, search)


def _say_closed(talk: Talk, search: Search, here: tuple[Listing, ...], now: datetime) -> None:
    """At night, when nothing on the list is open: who answers now."""
    if search.page == 0 and at_night(now) and not any(open_at(each.hours, now) for each in here):
        talk.say(_("None of these is open now. 211 answers now, free, 24 hours."))


def _say_also(talk: Talk, search: Search) -> None:
    """What else they asked for in the same message is one word away."""
    others = [slug for slug in str(talk.about.get("also", "")).split() if slug in TO_TEXT]
    if others and search.page == 0 and search.fresh:
        talk.say(_("Also: text {words}.", words=joined(", ", *(TO_TEXT[slug] for slug in others[:MOST_OTHERS]))))


def _mark(talk: Talk, n: int) -> str:
    if not talk.aside:
        return f"{n}."
    return "-" if "bare" in talk.about else f"{chr(ord('A') + n - 1)}."


def _line(each: Listing, mark: str) -> Words:
    where = _("{distance}", distance=Miles(each.miles)) if each.miles is not None else _("by phone")
    phone = each.phone if each.phone != each.name else ""  # "211" is called what it is dialled
    return joined(", ", as_is(f"{mark} {each.name}"), _given(phone), where, _hours(each))


def _say_detail(talk: Talk, need: str, each: Listing) -> None:
    talk.say(joined(", ", as_is(each.name), _given(each.phone)))
    if need in SAFETY and each.miles is not None:
        talk.say(_("They tell you the place when you call."))
    elif each.address and need not in SAFETY:
        talk.say(as_is(each.address))
    if (hours := _hours(each)) is not None:
        talk.say(_("Open: {hours}", hours=hours))
    no_id = _("No ID asked.") if each.no_id else None
    spoken = _("Speaks: {languages}.", languages=as_is(", ".join(each.languages))) if each.languages else None
    checked = _("Checked {day}.", day=each.checked) if each.checked else None
    if parts := [part for part in (no_id, _given(each.note), spoken, checked) if part is not None]:
        talk.say(joined(" ", *parts))
    if each.miles is not None:
        talk.say(_("Please call before you go."))


def _say_none(talk: Talk, search: Search) -> None:
    need = NEEDS[search.need]
    talk.say(_("{need}: I know no place near {zip}. Call 211, free, 24 hours, in many languages.", need=need, zip=search.zip))
    talk.say(_("Or reply CALL to ask {school} for help.", school=talk.who.school.name))
    _say_also(talk, search)


def _hours(each: Listing) -> Words | None:
    return _("{hours}", hours=each.hours) if each.hours else _given(each.hours_text)


def _given(text: str) -> Words | None:
    return as_is(text) if text else None
