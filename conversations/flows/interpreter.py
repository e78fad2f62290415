"""Somebody speaks a language that we do not: named back in its own name, and a person is offered, never only English."""

from __future__ import annotations

from ..effects import AskForCall, SetLanguage
from ..keywords import Keyword
from ..questions import LanguageChoice, Layout, Shown, Text
from ..reply import Reply
from ..talk import Talk
from ..words import Words, _, as_is

CALL = "call"


async def interpreter(talk: Talk) -> None:
    """Of an Indigenous language the town is asked: whoever looks for an interpreter must know it."""
    tongue, town = str(talk.about["tongue"]), ""
    if "town" in talk.about:
        town = await talk.ask(Town("town", _town(tongue), at_most=60, not_a_need=True))
    else:
        options: dict[str, Words] = {CALL: _("phone call")} | {tag: as_is(name) for tag, name in talk.who.school.languages}
        chosen = await talk.ask(_Offer("language", as_is(f"{tongue}:"), options, nudge=False))
        if chosen != CALL:
            await talk.do("language set", SetLanguage(chosen))
            return talk.say(_("All right, English from now on. Text what you need, or MENU."))
    number = ""
    if not talk.who.has_phone:
        number = await talk.ask(Text("number", _("Which phone number should the school call?"), at_most=40, not_a_need=True))
    spoken = f"{tongue}, {town}" if town else tongue
    await talk.do("asked", AskForCall("any", number, why=f"language: {spoken}"))
    return talk.say(
        _(
            "Noted: {language}. {school} will look for somebody who speaks it and call you. You can also call {phone}. In danger: 911.",
            language=spoken,
            school=talk.who.school.name,
            phone=talk.who.school.phone,
        )
    )


def _town(tongue: str) -> Words:
    return _(
        "Thank you. Somebody who speaks {language} can be asked to call you. Which town are you from? Write it, or reply 1 for the call.",
        language=tongue,
    )


class _Offer(LanguageChoice):
    layout = Layout.INLINE


class Town(Text):
    """The name of a town, or a 1: call me without it."""

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.number == 1 or reply.keyword in {Keyword.YES, Keyword.OK, Keyword.SKIP, Keyword.NO}:
            return ""
        return super().read(reply, shown)
