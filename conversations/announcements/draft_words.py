"""The words of a draft: translations that come by a label or a reply, lines that are changed by number, and one's own approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..talk import Talk
from ..words import LanguageName, Words, _, as_is, joined
from . import composing
from .audience_words import Vocabularies, Vocabulary
from .draft_screens import WHERE, WORDS, change, language, shown_next, turn_of
from .drafts import Changed, ChangeText, Draft, TextIn, TextState
from .hints import how_to_edit, no_such_line, too_long
from .steps import Made, Said, Step


async def with_text(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    """A translation, by its label or because just one is lacking; else they are asked where it belongs."""
    if len(answer.text) > composing.LONGEST * max(1, len(found.texts)):
        talk.say(too_long(len(answer.text), composing.LONGEST))
        return shown_next(talk, found)
    parts = [(tag, text.strip()) for tag, text in composing.sections(answer.text, known.labels) if text.strip()]
    if parts and all(tag for tag, _text in parts):
        return await _by_label(talk, found, parts)
    wanted = [text.language for text in found.lacking if text.state is not TextState.WRITTEN]
    if len(wanted) == 1 and answer.language in {"", wanted[0]}:
        return await change(talk, found, ChangeText(found.number, wanted[0], answer.text.strip()))
    return shown_next(talk, found, WHERE, text=answer.text.strip())


async def _by_label(talk: Talk, found: Draft, parts: list[tuple[str, str]]) -> object:
    """The source first: a translation says what the source says by then."""
    joined_by_tag: dict[str, str] = {}
    for tag, text in parts:
        joined_by_tag[tag] = f"{joined_by_tag[tag]}\n{text}" if tag in joined_by_tag else text
    for tag in sorted(joined_by_tag, key=lambda tag: tag != found.language):
        await talk.look_up(Changed(ChangeText(found.number, tag, joined_by_tag[tag]), turn_of(talk)))
    return shown_next(talk, found, note="changed")


async def where(talk: Talk, found: Draft) -> object:
    """Text that may be more of the source, or one of its translations."""
    text = str(talk.about["text"])
    options = {
        f"+{found.language}": _("At the end of the {language} text", language=LanguageName(found.language)),
        **{each.language: _("It is the {language} text", language=LanguageName(each.language)) for each in found.texts},
        "": _("Nowhere"),
    }
    answer = await talk.ask(Step("where", _("Where does “{text}” belong?", text=as_is(_beginning(text))), options, nudge=False))
    if answer.made is not Made.CHOSE or not answer.text:
        return shown_next(talk, found, note="kept")
    if answer.text.startswith("+"):
        return await change(talk, found, ChangeText(found.number, found.language, f"{found.body}\n{text}"), "changed")
    return await change(talk, found, ChangeText(found.number, answer.text, text), "changed")


def _beginning(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}..."  # noqa: PLR2004


async def words(talk: Talk, found: Draft) -> object:
    """All lines of all languages, numbered through."""
    known = await talk.look_up(Vocabularies())
    if (given := talk.about.get("text")) is not None:
        answer = Said(Made.TEXT, str(given))
    else:
        answer = await talk.ask(Step("words", joined("\n", *_listed(found), how_to_edit()), nudge=False, other_numbers=True))
    if answer.made is Made.MOVE:
        number, to = (int(each) for each in answer.text.split())
        return await _edited(talk, found, number, lambda lines, at: composing.moved(lines, at, at + to - number))
    if answer.made in {Made.TEXT, Made.HEAD} and (edit := composing.edit(answer.text)) is not None:
        return await _edited(talk, found, edit[0], lambda lines, at: composing.changed(lines, at, edit[1]))
    if answer.made in {Made.TEXT, Made.HEAD}:
        return await _whole(talk, found, known, answer)
    return shown_next(talk, found)


def _listed(found: Draft) -> list[Words]:
    """Each line with its number; each language under its name."""
    listed, n = [], 0
    for text in found.texts:
        lines = composing.lines(text.body) if text.body else ()
        if lines:
            listed.append(joined("", language(text.language), as_is(":")))
        for each in lines:
            n += 1
            listed.append(as_is(f"{n} {each.text}"))
    return listed


async def _edited(talk: Talk, found: Draft, number: int, change: Any) -> object:
    """One line of one language; what is not there is said."""
    before = 0
    for text in found.texts:
        lines = composing.lines(text.body) if text.body else ()
        if before < number <= before + len(lines):
            try:
                body = composing.whole(change(lines, number - before)).strip()
            except IndexError:
                break
            return await _rewritten(talk, found, replace(text, body=body))
        before += len(lines)
    talk.say(no_such_line(sum(len(composing.lines(text.body)) for text in found.texts if text.body)))
    return shown_next(talk, found, WORDS)


async def _rewritten(talk: Talk, found: Draft, text: TextIn) -> object:
    if not text.body:
        talk.say(_("A text needs words. DROP {n} throws the draft away.", n=found.number))
        return shown_next(talk, found, WORDS)
    if len(text.body) > composing.LONGEST:
        talk.say(too_long(len(text.body), composing.LONGEST))
        return shown_next(talk, found, WORDS)
    await talk.look_up(Changed(ChangeText(found.number, text.language, text.body), turn_of(talk)))
    return shown_next(talk, found, note="changed")


async def _whole(talk: Talk, found: Draft, known: Vocabulary, answer: Said) -> object:
    """New words for a whole language: by its label, or the source."""
    parts = [(tag or found.language, text.strip()) for tag, text in composing.sections(answer.text, known.labels) if text.strip()]
    if any(len(text) > composing.LONGEST for _tag, text in parts):
        talk.say(too_long(len(answer.text), composing.LONGEST))
        return shown_next(talk, found, WORDS)
    return await _by_label(talk, found, parts)
