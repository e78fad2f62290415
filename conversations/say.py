"""Sentences that belong to no single flow: help, danger, leaving, and not having understood."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from .keywords import Crisis
from .who import Who
from .words import Words, _, as_is

if TYPE_CHECKING:
    from .wishes import Source


def help_text(who: Who) -> Words:
    return _(
        "{school}, automated helper. Text what you need, for example FOOD or RENT. MENU: the list. CALL: ask for a call. "
        "Phone: {phone}. Text STOP to end.",
        school=who.school.name,
        phone=who.school.phone,
    )


def hello(who: Who) -> Words:
    return _(
        "Hello! I am the automated helper of {school}. Text what you need, for example FOOD or RENT, or MENU to see everything.",
        school=who.school.name,
    )


def not_understood(who: Who) -> Words:
    """The first words somebody hears who has not told a language yet say how to change it."""
    if who.language is not None:
        return _("I did not understand. Text what you need, for example FOOD or RENT. MENU: the list. CALL: ask for a call.")
    return _(
        "This is {school}. I did not understand. Text what you need, for example FOOD or RENT. MENU: the list. CALL: ask for a call. {languages}",
        school=who.school.name,
        languages=_languages(who),
    )


def _languages(who: Who) -> Words:
    """The way to the other languages, each in its own name: "Español: ESPAÑOL"."""
    return as_is(". ".join(f"{name}: {name.upper()}" for tag, name in who.school.languages if tag != "en"))


def language_set(who: Who) -> Words:
    return _("All right, English from now on. Text what you need, or MENU.")


def no_media(who: Who) -> Words:
    return _(
        "I cannot open photos, files or voice messages, and do not keep them. Please write it in words, or reply CALL to ask for a call."
    )


def rest(who: Who) -> Words:
    return _("Let us stop here for now. Text MENU any time.")


def goodbye(who: Who) -> Words:
    return _("{school}: you will get no more texts from us. Text START to come back. We still answer when you ask.", school=who.school.name)


def welcome_back(who: Who) -> Words:
    return _("Welcome back. You will hear from {school} again. Text STOP to end, HELP for help.", school=who.school.name)


def back_and_not_joined(who: Who) -> Words:
    """To somebody who had ended our texts without ever having joined."""
    return _(
        "You are back: we can text you again, and you are signed up for nothing. Text what you need, for example FOOD or RENT. "
        "For news from {school}: text {keyword}. STOP to end.",
        school=who.school.name,
        keyword=who.school.keyword,
    )


def off_the_map(who: Who) -> Words:
    return _("I do not know that place. Please send a ZIP code or a city.")


def if_it_is_crisis(who: Who) -> Words:
    return _(
        "If you are going through something hard: call or text 988, free, 24 hours. In danger now: call 911. Or reply CALL to ask the school for a call."
    )


def somebody_is_awake(who: Who) -> Words:
    """To somebody who is still in it, some words after the first."""
    return _("I am sorry it hurts this much. Somebody is awake at 988 right now: call or text. You do not need the right words.")


def crisis(kind: Crisis, who: Who) -> tuple[Words, ...]:
    """First the number that answers now, then a person of ours, and the truth about when somebody reads this."""
    if kind is not Crisis.CHILD:
        return (_FIRST[kind], _PERSON)
    county = (_("To report in this county: {line}.", line=who.child_line),) if who.child_line else ()
    return (_FIRST[kind], *county, _DUTY)


def staff_alert(kind: Crisis, at: time) -> Words:
    """To trained staff: that somebody needs them, not what was said, nor who it is."""
    return _(
        "Safety flag ({kind}) at {time}. Someone may be in danger. Please look at once: text INBOX to see whom to call.",
        kind=KIND[kind],
        time=at,
    )


def code(school: str, digits: str, what: Words) -> Words:
    """To the address on file, whoever asked: the code, and what it would do."""
    return _(
        "{school}, code {code}: {what} Good for 10 minutes. Give it to nobody. Not you? Reply NOTME.", school=school, code=digits, what=what
    )


def locked(*, something_done: bool) -> tuple[Words, ...]:
    """To a staff member who did not ask for what was asked in their name."""
    first = _(
        "Locked: nothing can be sent, exported or erased with this number until the school unlocks it. You can still ask for help here."
    )
    done = _("In the last 24 hours something was done with a code of yours. Please call the school now: `platica audit` shows what.")
    return (first, done) if something_done else (first, _("Nothing was sent."))


def locked_alert(ending: str) -> Words:
    """To the other staff: the end of the number is enough for those who know whose it is."""
    return _(
        "The staff number ending in {ending} is locked: somebody else may be using it. Ask them in person, see `platica audit`, then `platica people unlock`.",
        ending=ending,
    )


def who_we_are(who: Who) -> Words:
    return _(
        "An automated helper of {school}: help nearby, events, short surveys. A person: {phone}. STOP ends, DELETE erases what we keep.",
        school=who.school.name,
        phone=who.school.phone,
    )


def where_from(who: Who, source: Source | None) -> Words:
    """How the number came to us, by the consent log. No name is in it."""
    if source is None:
        return _("You wrote to us first. Nobody gave us your number.")
    if source.how == "introduction":
        return _("The school gave us this number, and you agreed on {day}.", day=source.day)
    if source.how == "added by staff":
        return _("A person of the school added this number on {day}.", day=source.day)
    return _("This phone signed up on {day} by texting us.", day=source.day)


def never_money(who: Who) -> Words:
    return _(
        "{school} never asks for money, passwords or papers by text. Do not open a link in such a text. Reply REPORT to tell the school.",
        school=who.school.name,
    )


def reported(who: Who) -> Words:
    return _(
        "Thank you. {school} now knows that you got a suspicious text, and may call you. Do not pay and do not open links.",
        school=who.school.name,
    )


def no_status(who: Who) -> Words:
    """True, and no more than true: we do not promise what others do."""
    return _("We don't ask for or keep immigration status. Please don't text details about it.")


def ask_away(who: Who) -> Words:
    return _("Text what you need, for example FOOD or RENT. Free legal advice: text LEGAL. Or CALL to talk to a person.")


def to_a_child(who: Who) -> tuple[Words, ...]:
    return (
        _(
            "Thanks for asking! These texts are for adults. Ask your grown-up to text {keyword}. Need help? Tell a teacher, or call or text 988.",
            keyword=who.school.keyword,
        ),
    )


def late(who: Who) -> Words:
    return _("Sorry for the late answer: we could not be reached for a while.")


def enough(who: Who) -> Words:
    """Once, to somebody who writes faster than anybody reads."""
    return _("That is more than I can answer at once. Please write again in 10 minutes. In danger: 911.")


def in_group(school: str) -> Words:
    """In a group everybody reads along."""
    return _("I only talk in private, so that nobody reads along. Please write to me directly. ({school})", school=school)


def sorry(who: Who) -> Words:
    return _(
        "Sorry, something is wrong on our side. {school} has been told. Phone: {phone}. In danger: 911.",
        school=who.school.name,
        phone=who.school.phone,
    )


def greeting(school: str) -> Words:
    """For somebody who rings the number the texts come from."""
    return _("Hello, this is {school}. Please stay on the line, we connect you with the school.", school=school)


COMMANDS = {
    "help": _("What I can do"),
    "menu": _("Find help: food, rent, health and more"),
    "language": _("Change the language"),
    "stop": _("No more messages"),
}
"""The command menu of a channel that has one."""

KIND = {
    Crisis.SELF: _("harm to oneself"),
    Crisis.VIOLENCE: _("violence at home"),
    Crisis.CHILD: _("harm to a child"),
    Crisis.THREAT: _("threat to others"),
}
_FIRST = {
    Crisis.SELF: _(
        "I'm automated, but you matter. Free help 24/7: call or text 988. In danger now: call 911. You can also text HOME to 741741.",
    ),
    Crisis.VIOLENCE: _(
        "I'm automated. In danger now: call 911. National Domestic Violence Hotline, 24/7, free: 1-800-799-7233. If others read this phone, delete this.",
    ),
    Crisis.CHILD: _(
        "If a child is in danger now, call 911. To report, 24/7: Childhelp 1-800-422-4453. I am automated.",
    ),
    Crisis.THREAT: _("If anyone may be hurt, call 911 now. I am automated and cannot help with this. School staff are being told."),
}
_PERSON = _("A school counselor or social worker can call you too: reply CALL. Staff may not see this until school hours.")
_DUTY = _("School staff must by law report suspected abuse. Want a staff person to call you? Reply CALL.")
