"""A phone and a chat that are one person: where they want to be written to, and parting them again."""

from __future__ import annotations

from ..effects import Unlink, WriteAt
from ..linking import Ways, WaysHere
from ..questions import Choice, YesNo
from ..talk import Talk
from ..words import Words, _, as_is

PLACES: dict[str, Words] = {"telegram": as_is("Telegram"), "sms": _("Text message")}


async def where(talk: Talk) -> None:
    """`ways` are given when the two are just being linked: then no look-up knows of both yet."""
    given = str(talk.about.get("ways", "")).split()
    channels = tuple(given) or (await talk.look_up(WaysHere())).channels
    options = {channel: PLACES[channel] for channel in PLACES if channel in channels}
    if len(options) < len(PLACES):
        return talk.say(_("Only this phone or chat is known to us, so we write to you here. To link another: LINK."))
    chosen = await talk.ask(Choice("where", _("Where do you want our messages?"), options, nudge=False))
    await talk.do("chosen", WriteAt(chosen))
    if chosen == "telegram":
        return talk.say(_("All right: what we begin comes on Telegram. What you ask is answered where you ask. STOP on either ends both."))
    return talk.say(
        _("All right: what we begin comes as a text message. What you ask is answered where you ask. STOP on either ends both.")
    )


async def unlink(talk: Talk) -> None:
    ways: Ways = await talk.look_up(WaysHere())
    if len(ways.channels) < 2:  # noqa: PLR2004 - a pair
        return talk.say(_("This phone or chat is not linked with another."))
    if ways.staff:
        return talk.say(
            _("This phone or chat belongs to staff, and is not unlinked by text. Please call {phone}.", phone=talk.who.school.phone)
        )
    if not await talk.ask(YesNo("sure", _("Make this phone and the Telegram chat two again?"), nudge=False)):
        return talk.say(_("All right, they stay linked."))
    await talk.do("unlinked", Unlink())
    return talk.say(
        _(
            "Done: they are two again, and neither knows of the other. News comes only where you signed up; to sign up here: {keyword}.",
            keyword=talk.who.school.keyword,
        )
    )
