"""The first text to somebody a school has brought with it: who we are, why them, and how to end it. In two languages at once.

Nothing routine is sent before it. What they answer sets the language and welcomes them; WRONG lets the number go.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..effects import LetGo, SetLanguage, Welcome
from ..keywords import Keyword
from ..questions import LanguageChoice, Layout, Shown
from ..reply import Reply
from ..talk import SchoolCalled, Talk
from ..words import _, as_is
from .join import welcome

WORDING = "introduction 2026-11"
"""The version of the words below, as the consent log names it. A new wording, a new version."""

WRONG = "wrong"


@dataclass(frozen=True)
class LanguageOrWrong(LanguageChoice):
    """A language, or that the number is somebody else's. The latter has no number in the list: nobody taps it by mistake."""

    layout = Layout.INLINE

    def read(self, reply: Reply, shown: Shown) -> str:
        return WRONG if reply.keyword is Keyword.WRONG else super().read(reply, shown)

    def load(self, stored: object) -> str:
        return WRONG if stored == WRONG else super().load(str(stored))


async def introduce(talk: Talk) -> object:
    school = await talk.look_up(SchoolCalled(str(talk.about.get("school", talk.who.school.keyword)))) or talk.who.school
    talk.say(
        _(
            "{school}, automated texts: help nearby, events, short surveys. About 1 a week. Your number is on the school's list. "
            "Not yours? Reply WRONG. STOP to end. Msg & data rates may apply.\n"
            "Ayuda cerca, eventos, encuestas. Su número está en la lista de la escuela. ¿No es suyo? Responda EQUIVOCADO. STOP para terminar.",
            school=school.name,
        )
    )
    languages = {tag: as_is(name) for tag, name in school.languages}
    language = await talk.ask(LanguageOrWrong("language", _("Reply / Responda:"), languages, nudge=False))
    if language == WRONG:
        await talk.do("let go", LetGo())
        talk.say(_("Sorry. We will not text this number again. / Perdón. No le escribiremos más a este número."))
        return False
    await talk.do("language set", SetLanguage(language))
    await talk.do("welcomed", Welcome(WORDING))
    welcome(talk, school)
    return None
