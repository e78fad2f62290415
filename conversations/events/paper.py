"""What stands on paper at the door: the poster and the sign-in sheet."""

from __future__ import annotations

from ..words import Words, _, as_is, joined
from . import invitation
from .event import Event


def when_and_where(event: Event) -> Words:
    return joined(", ", invitation.when(event), as_is(event.place) if event.place else None)


def welcome() -> Words:
    return _("Welcome! Please sign in with your phone.")


def text_this(code: str, number: str) -> Words:
    return _("Text HERE {code} to {number}, or scan the square. Your whole family is counted.", code=code, number=number)


def by_text() -> Words:
    return _("By text message")


def by_telegram() -> Words:
    return _("On Telegram")


def how_to_sign(*, names: bool) -> Words:
    if names:
        return _("One line for each person or household. If you signed in with your phone, you need not sign here.")
    return _("One line for each household, without names. If you signed in with your phone, you need not sign here.")


def columns(*, names: bool) -> tuple[Words, ...]:
    there = (_("No."), _("Name") if names else None, _("Adults"), _("Children"), _("Language"))
    return tuple(each for each in there if each is not None)
