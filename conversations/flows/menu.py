"""What there is, by number; and going on with what was interrupted."""

from __future__ import annotations

from ..needs import GROUPS, NEEDS
from ..questions import Choice, CityOf, YesNo
from ..steps import Next, Resume
from ..talk import Talk
from ..words import Words, _
from .find_help import near

PERSON, GO_ON = "person", "go on"


async def menu(talk: Talk) -> object:
    options: dict[str, Words] = {GO_ON: _("Go on with: {what}", what=talk.paused)} if talk.paused else {}
    options |= {key: label for key, (label, _needs) in GROUPS.items()}
    options[PERSON] = _("Talk with a person")
    words = _("What do you need?")
    if "zip" in talk.about:
        zip_code = str(talk.about["zip"])
        words = _("What do you need near {place}?", place=near(zip_code, await talk.look_up(CityOf(zip_code))))
    group = await talk.ask(Choice("group", words, options, nudge=False))
    if group == GO_ON:
        return Resume()
    if group == PERSON:
        return Next("call_me")
    needs = GROUPS[group][1]
    need = (
        needs[0] if len(needs) == 1 else await talk.ask(Choice("need", _("Which one?"), {slug: NEEDS[slug] for slug in needs}, nudge=False))
    )
    return Next("find_help", {**talk.about, "need": need})


async def resume(talk: Talk) -> object:
    """Offer what was paused once; NO lets it go, and so does silence."""
    if talk.paused is not None and await talk.ask(YesNo("go_on", _("Shall we go on with {what}?", what=talk.paused), nudge=False)):
        return Resume()
    talk.say(_("All right. Text MENU any time."))
    return False
