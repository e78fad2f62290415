"""Compose on a phone: what is to be sent comes in one piece or in many, in any order, and becomes a draft."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..announcements import composing
from ..announcements.audience import Audience
from ..announcements.audience_words import Vocabularies, Vocabulary, labelled
from ..announcements.composing import Line
from ..announcements.drafts import Saved
from ..announcements.hints import how_to_edit, no_such_line, too_long
from ..announcements.steps import Made, Piece, Said
from ..steps import Next
from ..talk import Talk
from ..words import Words, _, as_is, joined, ngettext

MOST_PIECES = 60
"""Answers in one composing; then it is kept as it is."""


async def announce(talk: Talk) -> object:
    known = await talk.look_up(Vocabularies())
    if not known.schools:
        talk.say(not_yours(talk))
        return None
    writing = Writing(known, talk.who.language or "en")
    if "text" in talk.about:
        made = Made.HEAD if talk.about.get("head", True) else Made.TEXT
        writing = writing.after(Said(made, str(talk.about["text"]), str(talk.about.get("language", ""))), first=True)
    for n in range(MOST_PIECES):
        if writing.finished:
            break
        writing = writing.after(await talk.ask(Piece(f"piece {n}", writing.words, nudge=False)))
    texts = writing.texts
    if not texts:
        talk.say(_("There is no text, so nothing was kept. SEND families: … begins again."))
        return None
    number = await talk.look_up(Saved("news", writing.audience or known.own, next(iter(texts)), tuple(texts.items())))
    return Next("draft", {"draft": number, "new": True, **({"label": writing.label} if writing.label else {})})


def not_yours(talk: Talk) -> Words:
    return _(
        "Only coordinators, principals and managers can send to many. Nothing was kept. To reach the school: {phone}.",
        phone=talk.who.school.phone,
    )


@dataclass(frozen=True)
class Writing:
    """A draft while it is being written: its pieces as they came, and what was said of the last one."""

    known: Vocabulary
    language: str
    audience: Audience | None = None
    label: str = ""
    """What stood before the first colon and names nobody."""
    pieces: tuple[composing.Piece, ...] = ()
    note: Words | None = None
    finished: bool = False
    warned: bool = False
    """They know that a part is missing."""

    @property
    def texts(self) -> dict[str, str]:
        return composing.texts(self.pieces, self.known.labels, self.language)

    @property
    def words(self) -> Words:
        if self.note is not None:
            return self.note
        if not self.pieces:
            return _("What shall it say? Send the text, in one piece or in several, and then DONE.")
        parts, of = composing.missing(self.pieces)
        if parts:
            return _("Here: {here} of {of}. Missing: {missing}.", here=of - len(parts), of=of, missing=_numbers(parts))
        return ngettext(
            "{n} piece is here, {characters} characters. Send more, or DONE. EDIT shows it by number.",
            "{n} pieces are here, {characters} characters in all. Send more, or DONE. EDIT shows them by number.",
            len(self.pieces),
            characters=sum(len(each.text) for each in self.pieces),
        )

    def after(self, said: Said, *, first: bool = False) -> Writing:
        """With one more answer."""
        here = replace(self, note=None, warned=False)
        match said.made:
            case Made.HEAD | Made.TEXT | Made.CHOSE:
                return here.with_text(said, first=first)
            case Made.YES | Made.NO:
                return replace(here, note=_("I did not add “{text}”. More text, or DONE when it is all there.", text=as_is(said.text)))
            case Made.NUMBER:
                return here.with_number(said)
            case Made.MOVE:
                number, to = said.text.split()
                return here.with_move(int(number), int(to))
            case Made.DONE:
                return here.at_its_end(warned=self.warned)
            case Made.SHOW:
                return replace(here, note=here.shown())
            case Made.EMPTY:
                return replace(
                    here, note=_("I found no words in your message. Photos and voice cannot be sent to many. Send the text, or DONE.")
                )
            case Made.LONG:
                return replace(here, note=too_long(int(said.text), composing.MOST))

    def with_text(self, said: Said, *, first: bool) -> Writing:
        if said.made is not Made.HEAD and (edit := composing.edit(said.text)) and 1 <= edit[0] <= len(self.pieces):
            return self.with_edit(*edit)
        text = said.text
        audience, label = self.audience, self.label
        if said.made is Made.HEAD:
            named, text, unknown = self.opened(text)
            audience, label = named or audience, unknown or label
        if not text.strip():
            return replace(self, audience=audience, label=label)
        pieces = (*self.pieces, composing.Piece(text, said.language))
        long = max((len(each) for each in composing.texts(pieces, self.known.labels, self.language).values()), default=0)
        if long > composing.LONGEST:
            return replace(self, audience=audience, note=too_long(long, composing.LONGEST))
        parts, of = composing.missing(pieces)
        at_once = first and of == 0 and len(text) <= composing.AT_ONCE
        return replace(self, audience=audience, label=label, pieces=pieces, finished=at_once or (of > 0 and not parts))

    def opened(self, text: str) -> tuple[Audience | None, str, str]:
        """The audience before the text; a phone's mark stays with the text."""
        mark = composing.mark_of(text)
        if mark is None or not mark.sure:
            return labelled(text, self.known)
        audience, rest, label = labelled(mark.text, self.known)
        return audience, f"({mark.part}/{mark.of}) {rest}", label

    def with_number(self, said: Said) -> Writing:
        number = int(said.text)
        if not 1 <= number <= len(self.pieces):
            return self.with_text(said, first=False)
        text = self.pieces[number - 1].text
        return replace(self, note=_("{n}: {text}\nTo change it send {n}: and the new words.", n=number, text=as_is(text)))

    def with_edit(self, number: int, words: str) -> Writing:
        pieces = list(self.pieces)
        if not words:
            del pieces[number - 1]
            return replace(self, pieces=tuple(pieces), note=_("Piece {n} is gone. Send more, or DONE.", n=number))
        mark = composing.mark_of(pieces[number - 1].text)
        pieces[number - 1] = composing.Piece(f"({mark.part}/{mark.of}) {words}" if mark and mark.sure else words)
        return replace(self, pieces=tuple(pieces), note=_("Piece {n} is new. Send more, or DONE.", n=number))

    def with_move(self, number: int, to: int) -> Writing:
        if not (1 <= number <= len(self.pieces) and 1 <= to <= len(self.pieces)):
            return replace(self, note=no_such_line(len(self.pieces)))
        lines = composing.moved([Line(each.text) for each in self.pieces], number, to)
        by_text = {each.text: each for each in self.pieces}
        moved = replace(self, pieces=tuple(by_text[each.text] for each in lines))
        return replace(moved, note=moved.shown())

    def at_its_end(self, *, warned: bool) -> Writing:
        parts, of = composing.missing(self.pieces)
        if not self.pieces:
            return replace(self, note=_("There is no text yet. Send it, or DROP."))
        if parts and not warned:
            note = _(
                "Of {of} parts {missing} has not come. Send it, or DONE once more to go on without it.", of=of, missing=_numbers(parts)
            )
            return replace(self, note=note, warned=True)
        return replace(self, finished=True)

    def shown(self) -> Words:
        """All pieces by number, and how they are changed."""
        listed = [as_is(f"{n} {each.text}") for n, each in enumerate(self.pieces, 1)]
        return joined("\n", *listed, how_to_edit())


def _numbers(parts: tuple[int, ...]) -> Words:
    return as_is(", ".join(map(str, parts)))
