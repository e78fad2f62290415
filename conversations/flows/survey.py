"""A survey: one flow for all of them. It walks through a pinned definition with the answers it has, and hands them in at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..questions import LanguageChoice
from ..steps import Next
from ..surveys import definition as define
from ..surveys import items, taking
from ..surveys.definition import Kind
from ..surveys.expressions import Given
from ..surveys.items import Item
from ..surveys.saying import first_words, last_words, refused
from ..surveys.taking import COMMENT, KIOSK, MOST_PRESSES, TEXT, Answered, Form, FormOf
from ..talk import Json, Talk
from ..words import Words, _, as_is


async def survey(talk: Talk) -> object:
    """`about`: which ("survey"), how it is taken ("way"), for which phone ("for"), and whether its first text was sent before ("asked")."""
    way, about = str(talk.about.get("way", TEXT)), str(talk.about.get("for", ""))
    form = await talk.look_up(FormOf(int(talk.about["survey"]), about))
    language = talk.who.language or "en"
    why = _("There is no such survey any more.") if form is None else refused(form, language, way)
    if form is None or why is not None:
        talk.say(why or _("There is no such survey any more."))
        return None
    if way == KIOSK and len(form.languages) > 1:
        language = await talk.ask(_which_language(talk, form))
    taken = Taking(talk, form, form.language(language), way)
    if not talk.about.get("asked"):
        talk.say(taken.said(first_words(form, taken.language, way)))
    answers = await taken.all()
    await talk.do("answered", Answered(form.id, answers, complete=True, method=way, language=taken.language, about=about))
    talk.say(taken.said(last_words(form, way)))
    return Next("survey", {key: value for key, value in talk.about.items() if key != "asked"}) if way == KIOSK else None


@dataclass(frozen=True)
class Taking:
    """Somebody's way through a survey."""

    talk: Talk
    form: Form
    language: str
    way: str

    async def all(self) -> dict[str, Given]:
        """The answers, once every question has one."""
        definition, stored = self.form.definition, dict[str, Json]()
        answers: dict[str, Given] = {}
        while (question := define.next_question(definition, answers)) is not None:
            if question.kind is Kind.NOTE:
                self.talk.say(as_is(question.text(self.language, definition.language)))
                answers[question.name] = None
                continue
            item = items.item(self.form, question, self.language, answers, taps=self.talk.who.taps)
            stored |= await self.asked(item)
            answers[question.name] = taking.meant(question, taking.settled(question, stored) or "")
        return taking.given(definition, stored)

    async def asked(self, item: Item) -> dict[str, Json]:
        """One question: its answer, or every press of its buttons, by the names they are stored under."""
        presses: dict[str, Json] = {}
        for n in range(MOST_PRESSES):
            asked = item if n == 0 else items.more(item, n, taking.toggled(list(presses.values())))
            presses[asked.name] = said = await self.talk.ask(asked)
            if taking.settled(item.asked, presses) is not None:
                break
        if str(said).startswith(COMMENT):
            self.talk.say(self.said(_("Thank you, I saved your words as a comment.")))
        return presses

    def said(self, words: Words) -> Words:
        """In the language of the questions."""
        return replace(words, language=self.language)


def _which_language(talk: Talk, form: Form) -> LanguageChoice:
    """Of somebody who was handed the school's phone."""
    names = {tag: as_is(name) for tag, name in talk.who.school.languages if tag in form.languages}
    return LanguageChoice(taking.LANGUAGE, as_is(" / ".join(form.title(tag) for tag in names)), choices=names, nudge=False)
