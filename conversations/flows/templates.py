"""TEMPLATES: who speaks a language reads the urgent texts in it, and approves them for the night on which they are needed."""

from __future__ import annotations

from ..announcements.approving import ApproveTemplate, ToApprove, Unapproved
from ..announcements.urgent import TEMPLATES
from ..questions import Choice, YesNo
from ..steps import Next
from ..talk import Talk
from ..words import LanguageName, Words, _, as_is

AT_ONCE = 9
"""Lines of the list; the others come when these are approved."""


async def templates(talk: Talk) -> object:
    found = await talk.look_up(ToApprove())
    if not found:
        talk.say(_("There is no urgent text that you have to approve. URGENT uses those that are approved."))
        return None
    schools = len({each.school for each in found})
    options = {each.key: _title(each, schools) for each in found[:AT_ONCE]}
    key = await talk.ask(Choice("which", _("Not approved yet. Which one do you read now?"), choices=options, nudge=False))
    chosen = next((each for each in found if each.key == key), None)
    if chosen is None:  # somebody else was quicker
        return Next("templates")
    gaps = {"language": LanguageName(chosen.language), "text": as_is(chosen.words)}
    question = _("{language}: “{text}” Is it good as it is? What stands in braces is filled in when it leaves.", **gaps)
    if await talk.ask(YesNo("good", question, nudge=False)):
        await talk.do("approved", ApproveTemplate(chosen))
        talk.say(_("Approved.") if len(found) == 1 else _("Approved. The next one: TEMPLATES."))
        return None
    talk.say(_("It stays unapproved, so it cannot leave. Whoever runs this can change the words."))
    return None


def _title(each: Unapproved, schools: int) -> Words:
    gaps = {"title": TEMPLATES[each.slug].title, "language": LanguageName(each.language)}
    if schools > 1:
        return _("{school}: {title}, {language}", school=as_is(each.school.upper()), **gaps)
    return _("{title}, {language}", **gaps)
