"""What the author of an announcement is told while it runs."""

from __future__ import annotations

from ..words import Words, _


def filtered(number: int, left: int) -> Words:
    """A carrier blocks it."""
    return _(
        "Announcement {number} is paused: a carrier blocks its words as spam. {left} have not left. "
        "GO ON {number} sends them as they are, HALT {number} ends it; then AGAIN {number} makes a draft in other words for those it missed.",
        number=number,
        left=left,
    )


def misconfigured(number: int, code: str, left: int) -> Words:
    """The provider does not take our texts."""
    return _(
        "Announcement {number} is paused: the carrier does not accept our sender (code {code}). {left} have not left. "
        "Tell whoever runs Platica, then GO ON {number}.",
        number=number,
        code=code,
        left=left,
    )


def out_of_money(number: int, left: int) -> Words:
    """The month's budget is spent."""
    return _(
        "Announcement {number} waits: this month's budget for texts is spent. {left} have not left. "
        "They leave when there is money again; HALT {number} ends it.",
        number=number,
        left=left,
    )


def through(number: int, reached: int, intended: int, waiting: int) -> Words:
    """The account, when all that could leave has left."""
    if waiting:
        return _(
            "Announcement {number}: {reached} of {intended} reached, {waiting} wait until they may get it. WHO {number} says who did not get it.",
            number=number,
            reached=reached,
            intended=intended,
            waiting=waiting,
        )
    if reached < intended:
        return _(
            "Announcement {number} is through: {reached} of {intended} reached. WHO {number} says who did not get it.",
            number=number,
            reached=reached,
            intended=intended,
        )
    return _("Announcement {number} is through: all {intended} reached.", number=number, intended=intended)


def not_yours(number: int) -> Words:
    """The author lost the role between the draft and its time."""
    return _("Announcement {number} was not sent: you no longer announce for this school. Nobody got it.", number=number)


def not_approved(number: int, languages: str) -> Words:
    """A required text is missing or stale at its time."""
    return _(
        "Announcement {number} was not sent: its text is not approved in: {languages}. It is a draft again, nobody got it.",
        number=number,
        languages=languages,
    )


def help_at_hand() -> Words:
    """The line under a text that is not in their language."""
    return _("Help with this text in your language: reply CALL.")
