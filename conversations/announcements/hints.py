"""Sentences that help whoever is writing, wherever they write."""

from __future__ import annotations

from ..gate import shows_code
from ..questions import Unclear
from ..words import Words, _


def refuse_code(text: str) -> None:
    """`Unclear` for what opens the gate: a code in a draft would reach everybody."""
    if shows_code(text):
        raise Unclear(_("That looks like a code of ours, so I did not keep it. Nothing is done with it here."))


def how_to_edit() -> Words:
    return _("“2: new words” changes 2, “2:” takes it away, “MOVE 2 1” puts it first. DONE when it is right.")


def no_such_line(many: int) -> Words:
    return _("There are numbers from 1 to {n}.", n=many)


def too_long(characters: int, most: int) -> Words:
    return _(
        "That makes {n} characters, and one text can have {most}. I did not keep this message: please send it shorter.",
        n=characters,
        most=most,
    )
