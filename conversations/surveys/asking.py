"""A survey as a coordinator texts it: one question a line, its choices behind it or below it, numbered from 1.

    How was the night? 1) good 2) ok 3) bad 4) other…
    How did you come? [] bus [] car [] on foot
    How many came with you? #
    How likely will you come again? (1-5)
    What should we do better?

Numbered choices: one of them. Boxes: several. "…" behind the last: other, in their own words. # is a number, (1-5) a scale; nothing
behind a question: their own words. A translation has the same shape in another language, and is put beside it by `translated`.

Unreadable  it is no survey; says what to write instead
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..folding import fold
from ..words import Words, _
from .definition import OTHER_NAME, SELECTS, Choice, Definition, Kind, Question, Scale

MOST = 10
"""Questions; longer ones come as a file."""
LONGEST = 300
MOST_CHOICES = 12

_MARK = re.compile(r"(?<!\S)\(?(\d{1,2}|[a-l])\s*(?:[).:=]|-(?=\s))\s*(?=[^\s\d]|\d+\s*[^\W\d_])")
_BARE = re.compile(r"(?<!\S)(\d{1,2})\s+(?=[^\W\d_])")
_BOX = re.compile(r"\[\s*\d{0,2}\s*\]\s*")
_SCALE = re.compile(r"\(?\s*(\d{1,3})\s*[-–]\s*(\d{1,3})\s*\)?$")
_NUMBER = re.compile(r"\(?#\)?$")
_OTHER = re.compile(r"\s*(?:…|\.\.\.|_{2,})\s*$")
_LONGEST_NAME = 30


class Unreadable(Exception):
    """Not a survey; `words` say what to write."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.singular)
        self.words = words


@dataclass
class _Line:
    """A question being read."""

    text: str
    kind: Kind = Kind.TEXT
    choices: list[str] = field(default_factory=list)
    scale: Scale | None = None
    or_other: bool = False


def asked(body: str, language: str, title: str) -> Definition:
    """The survey in a message; raises `Unreadable`."""
    lines = _lines(body)
    questions = tuple(_question(n, line, language) for n, line in enumerate(lines, 1))
    return Definition({language: title}, language, questions)


def translated(definition: Definition, body: str, language: str) -> Definition:
    """The survey with its words in one language more, which have the same shape; raises `Unreadable`."""
    lines = _lines(body)
    if len(lines) != len(definition.questions):
        raise Unreadable(_("There are {n} questions, and here are {m}: one on each line.", n=len(definition.questions), m=len(lines)))
    return replace(
        definition, questions=tuple(_beside(n, *each, language) for n, each in enumerate(zip(definition.questions, lines, strict=True), 1))
    )


def to_translate(definition: Definition) -> str:
    """What whoever translates it has before them: its title on the first line, then as somebody would text it."""
    return whole(definition, definition.language)


def whole(definition: Definition, language: str) -> str:
    """Title and questions in one language, as somebody would text them."""
    return f"{definition.title.get(language, '')}\n{as_texted(definition, language)}"


def translated_whole(definition: Definition, body: str, language: str) -> Definition:
    """The same, back in another language; raises `Unreadable`."""
    title, _break, rest = body.strip().partition("\n")
    found = translated(definition, rest, language)
    return replace(found, title={**definition.title, language: " ".join(title.split())})


def worded(definition: Definition, body: str, language: str) -> Definition:
    """The survey with these words of one language (`whole`); raises `Unreadable`.

    What was texted may be texted anew in its own language, with other questions; whatever came as a form keeps its shape.
    """
    if body.strip() == whole(definition, language).strip():
        return definition
    if language != definition.language or not _was_texted(definition):
        return translated_whole(definition, body, language)
    title, _break, rest = body.strip().partition("\n")
    found = asked(rest, language, " ".join(title.split()))
    if found.questions == definition.questions:
        return replace(definition, title=found.title)
    return replace(found, slug=definition.slug, edition=definition.edition)


def _was_texted(definition: Definition) -> bool:
    """It is nothing but what a text can say."""
    try:
        found = asked(as_texted(definition, definition.language), definition.language, "-")
    except Unreadable:
        return False
    return [(each.name, each.kind) for each in found.questions] == [(each.name, each.kind) for each in definition.questions]


def as_texted(definition: Definition, language: str) -> str:
    """The survey as somebody would text it, for who translates it."""
    return "\n".join(_texted(question, language) for question in definition.questions)


def _texted(question: Question, language: str) -> str:
    boxes = question.kind is Kind.SELECT_MULTIPLE
    labels = [choice.label.get(language, "") for choice in question.choices] + (["…"] if question.or_other else [])
    choices = [f"{'[]' if boxes else f'{n})'} {label}" for n, label in enumerate(labels, 1)]
    scale = [f"({question.scale.start}-{question.scale.end})"] if question.scale else ["#"] if question.kind is Kind.INTEGER else []
    return " ".join((question.label.get(language, ""), *choices, *scale))


def _lines(body: str) -> list[_Line]:
    found: list[_Line] = []
    for each in body.splitlines():
        text = " ".join(each.split())
        option = _option_below(text, found[-1]) if found else None
        if option is not None:
            found[-1].choices.append(option)
        elif text:
            found.append(_line(text))
    if not found or not any(fold(line.text) for line in found):
        raise Unreadable(_("I found no question. One on each line, for example: How was the night? 1) good 2) ok 3) bad"))
    if len(found) > MOST:
        raise Unreadable(_("More than {n} questions by text: send them as a form, or ask fewer. Three is best.", n=MOST))
    for n, line in enumerate(found, 1):
        _settle(n, line)
    return found


def _option_below(text: str, line: _Line) -> str | None:
    """The choice a line is, numbered as the next of the question above it."""
    if box := _BOX.match(text):
        if line.choices and line.kind is not Kind.SELECT_MULTIPLE:
            return None
        line.kind = Kind.SELECT_MULTIPLE
        return text[box.end() :]
    mark = _MARK.match(text)
    if mark is None or _place(mark[1]) != len(line.choices) + 1 or text.endswith("?") or line.scale or line.kind is Kind.SELECT_MULTIPLE:
        return None
    line.kind = Kind.SELECT_ONE
    return text[mark.end() :]


def _line(text: str) -> _Line:
    """A line that begins a question."""
    if box := _BOX.search(text):
        return _Line(_numberless(text[: box.start()]), Kind.SELECT_MULTIPLE, [each for each in _BOX.split(text[box.start() :]) if each])
    end = text.rfind("?") + 1
    marks = _run(_MARK.finditer(text)) or _run((each for each in _BARE.finditer(text) if each.start() >= end), after=end)
    if marks:
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        options = [text[mark.end() : end].strip(" ,;") for mark, end in zip(marks, ends, strict=True)]
        return _Line(_numberless(text[: marks[0].start()]), Kind.SELECT_ONE, options)
    if scale := _SCALE.search(text):
        return _Line(_numberless(text[: scale.start()]), Kind.RANGE, scale=Scale(int(scale[1]), int(scale[2])))
    if number := _NUMBER.search(text):
        return _Line(_numberless(text[: number.start()]), Kind.INTEGER)
    return _Line(_numberless(text))


def _run(marks: Iterable[re.Match[str]], after: int | None = None) -> list[re.Match[str]]:
    """The marks that count 1, 2, 3 … to the end; `after`: only where they begin within a step of it."""
    every = list(marks)
    for start, mark in enumerate(every):
        run = every[start:]
        counted = len(run) > 1 and [_place(each[1]) for each in run] == list(range(1, len(run) + 1))
        if counted and (after is None or (0 < after >= mark.start() - 1)):
            return run
    return []


def _place(mark: str) -> int:
    return int(mark) if mark.isdecimal() else ord(mark) - ord("a") + 1


def _numberless(text: str) -> str:
    """A question without its own number."""
    found = _MARK.match(text)
    return (text[found.end() :] if found and found[1].isdecimal() else text).strip()


def _settle(n: int, line: _Line) -> None:
    """See that a question can be asked."""
    if not fold(line.text):
        raise Unreadable(_("Question {n} has no words before its choices.", n=n))
    if len(line.text) > LONGEST:
        raise Unreadable(_("Question {n} is too long for a text: {most} characters at most.", n=n, most=LONGEST))
    if line.choices and _OTHER.search(line.choices[-1]):
        line.choices.pop()
        line.or_other = True
    if line.kind in SELECTS:
        _settle_choices(n, line)
    elif len(list(_MARK.finditer(line.text))) > 1 or re.search(r"(?<!\S)1\)", line.text):
        raise Unreadable(_("The choices of question {n} are not numbered 1) 2) 3).", n=n))
    if line.scale and line.scale.start >= line.scale.end:
        raise Unreadable(_("The scale of question {n} goes up: (1-5).", n=n))


def _settle_choices(n: int, line: _Line) -> None:
    if len(line.choices) + line.or_other < 2:  # noqa: PLR2004 - one choice is none
        raise Unreadable(_("Question {n} needs two choices or more.", n=n))
    if len(line.choices) > MOST_CHOICES:
        raise Unreadable(_("Question {n} has more than {most} choices, too many for a text.", n=n, most=MOST_CHOICES))
    if not all(fold(each) for each in line.choices) or len({fold(each) for each in line.choices}) < len(line.choices):
        raise Unreadable(_("Question {n} has a choice twice, or one without words.", n=n))


def _question(n: int, line: _Line, language: str) -> Question:
    choices = tuple(Choice(name, {language: label}) for name, label in zip(_names(line.choices), line.choices, strict=True))
    return Question(line.kind, f"q{n}", {language: line.text}, choices=choices, scale=line.scale, or_other=line.or_other, row=n)


def _names(labels: Sequence[str]) -> list[str]:
    """What is stored of a choice: its own words where they are short, Latin and unlike the others'."""
    slugs = ["_".join(fold(label).split()) for label in labels]
    plain = [slug.isascii() and len(slug) <= _LONGEST_NAME and slug != OTHER_NAME for slug in slugs]
    return [slug if good else f"c{n}" for n, (slug, good) in enumerate(zip(slugs, plain, strict=True), 1)]


def _beside(n: int, question: Question, line: _Line, language: str) -> Question:
    same = (question.kind, len(question.choices), question.or_other) == (line.kind, len(line.choices), line.or_other)
    if not same:
        raise Unreadable(_("Question {n} needs the same choices, in the same order.", n=n))
    choices = tuple(
        replace(choice, label={**choice.label, language: label}) for choice, label in zip(question.choices, line.choices, strict=True)
    )
    return replace(question, label={**question.label, language: line.text}, choices=choices)
