"""Begin to hear from the school: language first, then a welcome that says all that carriers require."""

from __future__ import annotations

from ..effects import AskForCall, Join, SetLanguage
from ..questions import LanguageChoice, Text, YesNo
from ..steps import Next
from ..talk import SchoolCalled, Talk
from ..who import School
from ..words import Words, _, as_is

WORDING = "2026-11"
"""The version of the words below, as the consent log names it. A new wording, a new version."""

OTHER = "other"


async def join(talk: Talk) -> None:
    keyword = str(talk.about.get("school", talk.who.school.keyword))
    school = await talk.look_up(SchoolCalled(keyword)) or talk.who.school
    await talk.do("joined", Join(school.keyword, str(talk.about.get("how", "keyword")), WORDING))

    languages: dict[str, Words] = {tag: as_is(name) for tag, name in school.languages}
    languages[OTHER] = _("Other language / otro idioma")
    language = await talk.ask(LanguageChoice("language", _("{school}. Which language? / ¿Qué idioma?", school=school.name), languages))
    if language == OTHER:
        return await _other_language(talk, school)

    await talk.do("language set", SetLanguage(language))
    welcome(talk, school)
    return None


async def may_join(talk: Talk) -> object:
    """The school's word stands in a sentence that may mean something else: "quiero una mesa"."""
    school = talk.who.school
    words = _("Do you want to get texts from {school} about events and help nearby?", school=school.name)
    if await talk.ask(YesNo("join", words, nudge=False)):
        return Next("join", {"school": school.keyword, "how": "keyword"})
    talk.say(_("All right. Text MENU any time."))
    return None


def welcome(talk: Talk, school: School) -> None:
    """Everything that carriers and families must have heard before the first text that we start."""
    talk.say(
        _(
            "{school} texts: help finding services, events, short surveys. About 1 a week. Msg & data rates may apply. HELP for help, STOP to end.",
            school=school.name,
        )
    )
    talk.say(_("We never ask for money, passwords, papers or immigration status. Try: FOOD, RENT, or CALL to talk to a person."))
    if talk.who.taps:
        talk.say(_("Telegram keeps this chat on its servers. We erase our copy after 30 days."))


async def _other_language(talk: Talk, school: School) -> None:
    """Never silent, never English only: a person who can find an interpreter is asked to call."""
    named = await talk.ask(
        Text(
            "other language",
            _("Which language do you speak? Write its name, and your town if you like. / ¿Qué idioma habla?"),
            at_most=60,
            not_a_need=True,
        )
    )
    number = ""
    if not talk.who.has_phone:
        number = await talk.ask(Text("number", _("Which phone number should the school call?"), at_most=40, not_a_need=True))
    await talk.do("call asked", AskForCall("any", number, why=f"language: {named}"))
    talk.say(
        _(
            "Thank you. We asked the school to call you in your language ({language}). You can also call {phone}. In danger: 911.",
            language=named,
            phone=school.phone,
        )
    )
