"""What is said around a survey's questions: who asks and what becomes of the answers, thanks, and why there is nothing to answer.

It must be true. Until somebody finishes, their answers stand in the conversation; then they are parted from it, and wait for others.
"""

from __future__ import annotations

from dataclasses import replace

from ..words import Words, _, as_is, joined, ngettext
from .definition import SHORT_ENOUGH
from .taking import KIOSK, LIAISON, PAPER, TEXT, Elsewhere, Form


def first_words(form: Form, language: str, way: str) -> Words:
    """Who asks, what about, how long it takes, and who may see it."""
    if way == LIAISON:
        return joined(" ", _asks(form, language), _("Read each question aloud and text what they say."), _privacy(form, way))
    if way == PAPER:
        return _("“{title}”, from paper: text what stands on the form.", title=as_is(form.title(language)))
    carrier = _("Phone companies or Telegram may keep texts.") if way != KIOSK else None
    return joined(" ", _asks(form, language), _privacy(form, way), carrier)


def _asks(form: Form, language: str) -> Words:
    n = form.definition.asked
    long = _("{n} questions, some minutes.", n=n) if n > SHORT_ENOUGH else None
    how_long = long or ngettext("{n} question, a minute.", "{n} questions, a minute.", n)
    return _("{school} asks: {title} {how_long}", school=form.school, title=as_is(_ended(form.title(language))), how_long=how_long)


def _ended(title: str) -> str:
    """As a sentence."""
    return title if title.endswith((".", "?", "!", "…")) else f"{title}."


def _privacy(form: Form, way: str) -> Words:
    if not form.anonymous:
        return _("Not anonymous: the school sees who answered what.")
    if way == KIOSK:
        return _("Anonymous: nothing says who answered.")
    if way == LIAISON:
        return _("Anonymous: it is kept that they took part, once, and apart from it what they said. You know both: please tell nobody.")
    return _("Anonymous: linked to you until you finish (72 hours at most), then mixed with others.")


def last_words(form: Form, way: str) -> Words:
    """Thanks, and what comes next."""
    if way == KIOSK:
        return _("Thank you! Please hand it to the next person.")
    if way == LIAISON:
        return _("Saved. Please thank them, and tell them: what everybody said is told to all when it closes.")
    if way == PAPER:
        return _("Saved. For the next form: ASK FOR, its code, and the survey's name.")
    if form.until is None:
        return _("Thank you! When it closes, what everybody said is texted to all.")
    return _("Thank you! It closes on {day}; then what everybody said is texted to all.", day=form.until.date())


def refused(form: Form, language: str, way: str) -> Words | None:
    """Why nothing can be answered; None where it can."""
    title = as_is(form.title(language))
    if form.taken and way == LIAISON:
        return _("Whoever has this phone has taken part in “{title}” already. Everybody is asked once.", title=title)
    if form.taken and way == PAPER:
        return _("The form with this code is saved already.")
    if form.taken and way != KIOSK:
        return _("You have taken part in “{title}” already, thank you. Everybody is asked once.", title=title)
    if not form.open and form.until is not None:
        return _(
            "“{title}” closed on {day}, so it takes no more answers. Thank you! To tell us anyway: CALL.",
            title=title,
            day=form.until.date(),
        )
    if not form.open:
        return _("“{title}” takes no answers now. Thank you! To tell us anyway: CALL.", title=title)
    return None


def elsewhere(found: Elsewhere, here: str) -> Words:
    return _("That is a survey of {school}, for its own families. We are {here}.", school=found.school, here=here)


def invitation(form: Form, language: str, question: Words | None, *, again: bool = False) -> Words:
    """The first text of a survey that we send: all that one hears first, and the first question. `again`: to those who have not taken part."""
    tag = form.language(language)
    begin = _("There is still time until {day}.", day=form.until.date()) if again and form.until is not None else None
    how = None if question is not None else _("To answer, text {name}.", name=form.slug.upper())
    said = joined("\n", joined(" ", begin, first_words(form, tag, TEXT)), question, how)
    return replace(said, language=tag)


def no_such_code() -> Words:
    return _("This survey has no form with that code: please read it once more.")
