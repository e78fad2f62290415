"""Choose the language to be spoken to in."""

from __future__ import annotations

from ..effects import SetLanguage
from ..questions import LanguageChoice
from ..talk import Talk
from ..words import _, as_is


async def language(talk: Talk) -> None:
    names = {tag: as_is(name) for tag, name in talk.who.school.languages}
    chosen = await talk.ask(LanguageChoice("language", _("Which language? / ¿Qué idioma?"), names))
    await talk.do("set", SetLanguage(chosen))
    talk.say(_("All right, English from now on. Text what you need, or MENU."))
