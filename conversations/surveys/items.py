"""One question of a survey: how it is said, and how an answer to it is read in whatever way people give it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..folding import fold
from ..keywords import Keyword
from ..questions import Layout, Question, Shown, Unclear, chosen
from ..reply import Reply
from ..talk import Json, LookUp
from ..words import Words, _, as_is, joined
from . import definition as define
from .definition import OTHER, OTHER_NAME, PLEASE_SAY, Answers, Definition, Kind, Scale, Texts
from .taking import COMMENT, DONE, Form, Word, WordIn, meant, pressed, presses, text

LONGEST = 1000
"""Characters that are kept of somebody's own words."""
_SHORT = 3
_NUMBERS = re.compile(r"\W*\d{1,2}(?:\W+(?:[^\W\d_]{1,3}\W+)?\d{1,2})+\W*")
"""Several numbers, with a short word between two of them: "1 3", "1,3", "1 y 3"."""
_WHOLE = re.compile(r"\D*?(-?\d{1,6})\D{0,20}")


@dataclass(frozen=True)
class Item(Question[Json]):
    """One question of a survey. Whatever stands in it, nobody is asked more than twice."""

    form: Form
    asked: define.Question
    language: str
    answers: Answers = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    """Of several, pressed so far."""
    taps: bool = False

    def options(self) -> Mapping[str, Words]:
        labels = {choice.name: self._label(choice.name, choice.label) for choice in self.asked.choices}
        if self.taps and self.asked.kind is Kind.SELECT_MULTIPLE:
            return {**{key: _marked(label) if key in self.picked else label for key, label in labels.items()}, DONE: self._said(_("Done"))}
        return labels

    def wants(self, reply: Reply) -> LookUp[Word | None] | None:
        return WordIn(reply.text) if self.asked.kind is Kind.SELECT_MULTIPLE and reply.pressed is None else None

    def read(self, reply: Reply, shown: Shown) -> Json:
        if reply.keyword is Keyword.SKIP:
            return self._skip()
        if reply.media or reply.nowhere or not (fold(reply.text) or reply.pressed is not None):
            raise Unclear(self._hint())
        stored = self._read(reply, shown)
        if stored is None:
            raise Unclear(self._hint(), keeps=COMMENT + _own_words(reply))
        if not presses(self.asked, stored) and not define.fits(self.asked, meant(self.asked, stored), self.answers):
            raise Unclear(self._unfit(), keeps=COMMENT + _own_words(reply))
        return stored

    def load(self, stored: Json) -> Json:
        """Choices that a change further up took away are asked again."""
        if isinstance(stored, str) and (stored == "" or stored.startswith(COMMENT)):
            return stored
        names = {choice.name for choice in self.asked.choices}
        if self.asked.kind is Kind.SELECT_MULTIPLE and not (str(stored)[:1] in {"+", DONE} and set(str(stored)[1:].split()) <= names):
            raise ValueError(stored)
        if self.asked.kind is Kind.SELECT_ONE and stored not in names:
            raise ValueError(stored)
        return stored

    def _read(self, reply: Reply, shown: Shown) -> Json | None:
        match self.asked.kind:
            case Kind.SELECT_ONE:
                return chosen(reply, shown) or self._named(reply.text)
            case Kind.SELECT_MULTIPLE:
                return self._several(reply, shown)
            case Kind.INTEGER | Kind.RANGE:
                return reply.number if reply.number is not None else _whole(reply.text)
        if reply.need is not None and reply.zip is not None:
            return None  # "food 93307" looks for food, whatever is asked
        return _own_words(reply)

    def _several(self, reply: Reply, shown: Shown) -> str | None:
        """One press more; or all of them in one text: numbers, names, "all"."""
        keys = [key for key, _label in shown if key != DONE]
        if reply.pressed is not None:
            key = chosen(reply, shown)
            return DONE + " ".join(self.picked) if key == DONE else key and f"+{key}"
        if reply.found is Word.ALL:
            return DONE + " ".join(key for key in keys if key != OTHER_NAME)
        if reply.found is Word.NONE:
            return self._one(self._named(reply.text)) or DONE
        if reply.number is not None or _NUMBERS.fullmatch(reply.text):
            numbers = [reply.number] if reply.number is not None else [int(each) for each in re.findall(r"\d+", reply.text)]
            inside = all(1 <= number <= len(keys) for number in numbers)
            return DONE + " ".join(dict.fromkeys(keys[number - 1] for number in numbers)) if inside else None
        named = [self._named(part) for part in re.split(r"[,;/\n]", reply.text) if fold(part)]
        return DONE + " ".join(dict.fromkeys(name for name in named if name)) if named and all(named) else None

    def _one(self, name: str | None) -> str | None:
        return name and DONE + name

    def _named(self, text: str) -> str | None:
        """The choice that a text is the label of, in any language."""
        said = fold(text)
        return next((each.name for each in self.asked.choices if said in {fold(label) for label in each.label.values()}), None)

    # Words

    def _skip(self) -> str:
        if self.asked.required:
            raise Unclear(self._said(_("This one decides what is asked next: please answer it if you can.")), keeps="")
        return ""

    def _hint(self) -> Words:
        match self.asked.kind:
            case Kind.SELECT_ONE:
                return self._said(_("Please reply with one number. SKIP is fine too."))
            case Kind.SELECT_MULTIPLE:
                return self._said(_("Please reply with the numbers, for example 1 3. SKIP is fine too."))
            case Kind.RANGE:
                return self._between(self.asked.scale or Scale())
            case Kind.INTEGER:
                return self._said(_("Please reply with a number. SKIP is fine too."))
        return self._said(_("I found no words in your message. SKIP is fine too."))

    def _unfit(self) -> Words:
        said = text(self.asked.constraint_message, self.language, self.form.definition.language)
        return as_is(said) if said else self._hint()

    def _between(self, scale: Scale) -> Words:
        return self._said(_("Please reply with a number from {low} to {high}. SKIP is fine too.", low=scale.start, high=scale.end))

    def _label(self, name: str, label: Texts) -> Words:
        said = text(label, self.language, self.form.definition.language)
        return as_is(said) if said or name != OTHER_NAME else self._said(OTHER)

    def _said(self, words: Words) -> Words:
        return replace(words, language=self.language)


@dataclass(frozen=True)
class More(Item):
    """The same choices once more, some of them marked."""

    layout = Layout.LISTED


def item(form: Form, question: define.Question, language: str, answers: Answers, *, taps: bool) -> Item:
    return Item(
        question.name, words(form, question, language, answers), form=form, asked=question, language=language, answers=answers, taps=taps
    )


def more(first: Item, n: int, picked: tuple[str, ...]) -> Item:
    """After a press."""
    labels = {key: label for key, label in first.options().items() if key in picked}
    so_far = joined(", ", *labels.values()) if picked else as_is("-")
    said = replace(_("Chosen: {so_far}. Tap more, or Done.", so_far=so_far), language=first.language)
    return More(
        pressed(first.name, n),
        said,
        form=first.form,
        asked=first.asked,
        language=first.language,
        answers=first.answers,
        picked=picked,
        taps=True,
    )


def words(form: Form, question: define.Question, language: str, answers: Answers) -> Words:
    """As in "2 of 3. How safe does your child feel at school? Or SKIP.", without the choices."""
    own = form.definition.language
    label = text(question.label, language, own)
    said = as_is(label) if label else replace(PLEASE_SAY, language=language)
    hint = text(question.hint, language, own)
    scale = _scale(question, language)
    skip = None if question.choices or question.required else replace(_("Or SKIP."), language=language)
    place = _place(form.definition, question, answers)
    number = replace(_("{n} of {all}.", n=place[0], all=place[1]), language=language) if place else None
    return joined(" ", number, said, as_is(f"({hint})") if hint else None, scale, skip)


def _scale(question: define.Question, language: str) -> Words | None:
    if question.kind is not Kind.RANGE:
        return None
    scale = question.scale or Scale()
    return replace(_("({low} to {high})", low=scale.start, high=scale.end), language=language)


def _place(definition: Definition, question: define.Question, answers: Answers) -> tuple[int, int] | None:
    """Which one it is, and of how many there may be; None behind "other", and where there is only one."""
    names = [each.name for each in definition.questions if each.kind is not Kind.NOTE]
    if question.name not in names:
        return None
    later = definition.questions[[each.name for each in definition.questions].index(question.name) + 1 :]
    here = 1 + sum(name in answers for name in names)
    every = here + sum(each.kind is not Kind.NOTE and each.name not in answers and define.may_come(each, answers) for each in later)
    return (here, every) if every > 1 else None


def _marked(label: Words) -> Words:
    return joined(" ", as_is("✓"), label)


def _own_words(reply: Reply) -> str:
    return " ".join(reply.kept.split())[:LONGEST].lstrip(COMMENT)


def _whole(text: str) -> int | None:
    """A whole number with a word around it: "3 kids"."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1]) if found and len(text.split()) <= _SHORT else None
