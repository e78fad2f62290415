"""CALL LIST 27: the numbers an announcement did not reach, for one person to ring."""

from __future__ import annotations

from .. import gate
from ..announcements.calling import MOST, ShowCallList, ToRingFor
from ..announcements.urgent import Reason
from ..talk import Talk
from ..words import _, as_is, ngettext
from .confirm import confirmed


async def call_list(talk: Talk) -> None:
    """Bound to the announcement, to who rings and to how many they are; the list goes to the phone on file."""
    number = int(talk.about["number"])
    name = str(talk.about.get("name", "")) or await talk.ask(
        Reason("name", _("Who rings them? Send a name: it is written down."), nudge=False)
    )
    found = await talk.look_up(ToRingFor(number, name))
    if found is None:
        talk.say(_("There is no draft {n} of your school that you may send. DRAFTS: what there is.", n=number))
        return
    if not found.people:
        talk.say(_("Of {n} there is nobody to ring: whoever did not get it said STOP, or may get it yet.", n=number))
        return
    gaps = {"number": number, "name": as_is(name)}
    summary = ngettext(
        "Show {n} number that {number} did not reach, for {name} to ring.",
        "Show {n} numbers that {number} did not reach, for {name} to ring.",
        found.people,
        **gaps,
    )
    what = gate.action(gate.EXPORT, summary, {"announcement": number, "name": name, "people": found.people})
    if not await confirmed(talk, what):
        return
    await talk.do("shown", ShowCallList(number, name, what))
    talk.say(
        _(
            "For {name}, until {when}: the numbers are on the phone on file. Delete them then. Nobody of them said STOP.",
            name=as_is(name),
            when=found.until,
        )
    )
    if found.people > MOST:
        talk.say(_("These are the first {most}; whoever runs this has them all.", most=MOST))
