"""What is held on an address: told, or erased, at that address and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .. import gate
from ..effects import Forget, NoteShown
from ..questions import Choice, YesNo
from ..steps import Next
from ..talk import LookUp, Talk
from ..words import Words, _, as_is, joined, ngettext
from .confirm import confirmed

HERE = {"address": "the one that asks"}


@dataclass(frozen=True)
class Held:
    """How much is held on an address."""

    roles: tuple[str, ...] = ()
    staff: bool = False
    texts: int = 0
    """Messages whose words we still have, theirs and ours."""
    calls: int = 0
    """Calls they wait for."""
    since: date | None = None
    """The day they first agreed to hear from us."""
    linked: bool = False
    """They are the same person at another address too."""


@dataclass(frozen=True)
class HeldHere(LookUp[Held]):
    """What is held on the address that asks."""


async def forget(talk: Talk) -> bool:
    """False when it was done: nothing that was paused is offered again."""
    held = await talk.look_up(HeldHere())
    question = _(
        "Erase what we keep for this phone: language, messages, calls, your part in the school? We keep only the proof that you joined or left."
    )
    if not await talk.ask(YesNo("erase", question, nudge=False)):
        talk.say(_("All right, nothing was erased."))
        return True
    what = gate.action(gate.FORGET_OWN, _("This erases what we keep for this phone."), HERE)
    if held.staff and not await confirmed(talk, what):
        return True
    await talk.do("forgotten", Forget(what))
    talk.say(_("Erased. You get no more texts from us. You can also delete this chat on your phone."))
    talk.say(_("Not you? Text {keyword} to join again.", keyword=talk.who.school.keyword))
    return False


async def my_data(talk: Talk) -> object:
    """How much there is, and no word of it: somebody else may hold the phone."""
    held = await talk.look_up(HeldHere())
    await talk.do("noted", NoteShown(gate.action(gate.EXPORT_OWN, _("What we keep for this phone."), HERE)))
    talk.say(
        _(
            "We keep for this phone: its number, the language, and the words of {texts} messages (erased after 30 days).",
            texts=held.texts,
        )
    )
    if held.roles:
        talk.say(_("Your part in the school: {roles}.", roles=joined(", ", *(ROLES.get(role, as_is(role)) for role in held.roles))))
    if held.since is not None:
        talk.say(_("You joined on {day}; the proof of that stays.", day=held.since))
    if held.calls:
        talk.say(ngettext("You wait for {n} call.", "You wait for {n} calls.", held.calls))
    talk.say(
        _(
            "We do not ask for names, home addresses or papers. The school can give you a full copy: {phone}. To erase it: DELETE.",
            phone=talk.who.school.phone,
        )
    )
    if not held.linked:
        return None
    options = {"where": _("Where we write to you"), "unlink": _("Unlink"), "nothing": _("Leave it so")}
    wish = await talk.ask(Choice("linked", _("Your phone and your Telegram chat are linked."), options, nudge=False))
    return None if wish == "nothing" else Next(wish)


ROLES: dict[str, Words] = {
    "family": _("family"),
    "staff": _("staff"),
    "partner": _("partner"),
    "community": _("community"),
    "liaison": _("liaison"),
    "coordinator": _("coordinator"),
    "principal": _("principal"),
    "manager": _("manager"),
}
