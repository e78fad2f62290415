"""Is this still you? Numbers change hands: after a long silence nothing personal is said before the answer. In two languages at once."""

from __future__ import annotations

from dataclasses import dataclass

from ..effects import NotMe, StillMe
from ..keywords import Keyword
from ..questions import Choice, Layout, Shown
from ..reply import Reply
from ..steps import Next
from ..talk import Talk
from ..words import _

ME, OTHER = "me", "other"
FOR_ANYBODY = frozenset({"call_me", "join", "menu", "housing", "interpreter"})
"""What a new owner may go on with in the same breath: conversations that look up nothing of a person."""


@dataclass(frozen=True)
class MeOrOther(Choice):
    """A plain yes or no. "ok" is neither: a stranger says it too."""

    layout = Layout.INLINE

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword in {Keyword.YES, Keyword.STILL_ME}:
            return ME
        if reply.keyword in {Keyword.NO, Keyword.NOT_ME, Keyword.WRONG}:
            return OTHER
        return super().read(reply, shown)


async def still_you(talk: Talk) -> object:
    """What they had asked for in the meantime comes after the answer: `then`, with what it is about."""
    words = _(
        "{school}: we have not heard from this phone for a long time. Is this still you? / "
        "Hace mucho que no sabemos de este teléfono. ¿Sigue siendo usted? Reply / Responda:",
        school=talk.who.school.name,
    )
    answers = {ME: _("yes / sí"), OTHER: _("no")}
    is_me = await talk.ask(MeOrOther("still you", words, answers, nudge=False)) == ME
    await talk.do("answered", StillMe() if is_me else NotMe())
    if not is_me:
        talk.say(
            _(
                "Sorry. We start no more texts to this number. Need help? Text FOOD. To hear from us: {keyword}.\n"
                "Perdón. Ya no le escribimos a este número. ¿Necesita ayuda? Mande COMIDA. Para recibir avisos: {keyword}.",
                keyword=talk.who.school.keyword,
            )
        )
    then = str(talk.about.get("then", ""))
    if then and (is_me or then in FOR_ANYBODY):
        return Next(then, {key: value for key, value in talk.about.items() if key != "then"})
    if is_me:
        talk.say(_("Thank you, all is as before. Text what you need, or MENU."))
    return False
