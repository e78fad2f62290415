"""What is said about replies: to families, and to those who answer them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from ..who import Who
from ..words import LanguageName, Words, _, as_is, joined, ngettext
from .threads import Said, Thread

MOST = 60
"""Characters of a message in a list."""
MOST_LISTED = 6


def short(text: str, most: int = MOST) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


# To families


def quoted(sentences: Sequence[str]) -> Words:
    """What they were told already, in the words they were told it in."""
    return _('From our last message: "{text}"', text=as_is(" ".join(sentences)))


def fact(about: str, words: Words) -> Words:
    """A fact, and of what."""
    return joined(" ", _("About «{about}»:", about=as_is(short(about, 40))), words)


def to_liaison(who: Who) -> Words:
    return _("Your question went to the school's liaison; she answers here. Urgent: call {phone}.", phone=who.school.phone)


def nobody(who: Who) -> Words:
    return _("I cannot answer that, and nobody can read it here now. Please call {phone}.", phone=who.school.phone)


def from_a_person(school: str, text: str) -> Words:
    """A liaison's own words. Who reads them knows that a person wrote them."""
    return _("{school}, a person of the school: {text}", school=as_is(school), text=as_is(text))


# To those who answer


def digest(threads: Sequence[tuple[Thread, str]], still: Sequence[int], *, urgent: bool) -> Words:
    """Who wrote, in which language, and how it begins."""
    n = len(threads)
    first = (
        _("Urgent, a family wrote:")
        if urgent and n == 1
        else _("Urgent, {n} families wrote:", n=n)
        if urgent
        else ngettext("{n} family wrote:", "{n} families wrote:", n)
    )
    lines = [_line(thread, text) for thread, text in threads[:MOST_LISTED]]
    more = _("And {n} more: THREADS.", n=n - MOST_LISTED) if n > MOST_LISTED else None
    late = _("Still waiting: {list}.", list=", ".join(f"R{number}" for number in still[:MOST_LISTED])) if still else None
    how = (
        _("Reply R{number} and your answer.", number=threads[0][0].number) if threads else _("Reply R{number} to read it.", number=still[0])
    )
    return joined("\n", first if threads else None, *lines, more, late, how)


def _line(thread: Thread, text: str) -> Words:
    return _("R{number} ({language}): «{text}»", number=thread.number, language=language(thread.language), text=as_is(short(text)))


def language(tag: str) -> object:
    return LanguageName(tag) if tag else _("language not known")


def waiting(threads: Sequence[Thread]) -> Words:
    """What THREADS says."""
    if not threads:
        return _("Nobody waits for an answer.")
    lines = [_line(thread, _last(thread)) for thread in threads[: 2 * MOST_LISTED]]
    more = _("And {n} more.", n=len(threads) - 2 * MOST_LISTED) if len(threads) > 2 * MOST_LISTED else None
    first = ngettext("{n} family waits for an answer:", "{n} families wait for an answer:", len(threads))
    return joined("\n", first, *lines, more, _("Reply R{number} and your answer.", number=threads[0].number))


def _last(thread: Thread) -> str:
    return next((said.text for said in reversed(thread.said) if said.theirs), "")


def shown(thread: Thread) -> Words:
    """A thread's last messages."""
    about = _("About «{about}»:", about=as_is(thread.about)) if thread.about else None
    head = _("R{number} ({language})", number=thread.number, language=language(thread.language))
    lines = [_spoken(said) for said in thread.said] or [_("Its words are older than 30 days, and erased.")]
    return joined("\n", head, about, *lines, _("Reply R{number} and your answer.", number=thread.number))


def _spoken(said: Said) -> Words:
    if said.theirs:
        return _("{at} family: {text}", at=said.at, text=as_is(said.text))
    return _("{at} school: {text}", at=said.at, text=as_is(said.text))


def asked(thread: Thread) -> Words:
    """Which thread that is, told so that nobody takes it for another."""
    when: datetime | time | None = thread.asked_at
    if isinstance(when, datetime) and thread.today:
        when = when.time()
    return _(
        "R{number} ({language}; asked {when}: «{text}»)",
        number=thread.number,
        language=language(thread.language),
        when=when if when is not None else "?",
        text=as_is(short(_last(thread), 40)),
    )


def sure(thread: Thread, text: str, why: Words | None) -> Words:
    """Asked before the words go anywhere."""
    question = _("Send «{text}» to {thread}?", text=as_is(short(text)), thread=asked(thread))
    return joined(" ", why, question)


def sent(thread: Thread) -> Words:
    return _("Sent to R{number}.", number=thread.number)


def not_sent() -> Words:
    return _("Nothing was sent. To answer a family: R, its number and your words. THREADS lists who waits.")


def earlier_not_sent() -> Words:
    return _("Your earlier words were not sent.")


def no_thread(number: int) -> Words:
    return _("There is no R{number} to answer. THREADS lists who waits.", number=number)


def closed(number: int) -> Words:
    return _("R{number} is closed: that family wants no more texts, or the number is not theirs any more. Nothing was sent.", number=number)


def too_long(most: int) -> Words:
    return _("That is longer than {most} characters. Please send it shorter. Nothing was sent.", most=most)


# Away


def away(until: object | None) -> Words:
    """From now on, until a day or until they say so."""
    if until is None:
        return _("All right: what families write goes to the next from now on. Text BACK AGAIN when you are back.")
    return _("All right: what families write goes to the next until {day}. Text BACK AGAIN if you are back earlier.", day=until)


def here() -> Words:
    return _("Welcome back. What families write comes to you again; THREADS lists who waits.")
