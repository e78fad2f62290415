"""Words that mean the same thing wherever the conversation is.

Each value is the msgid under which a catalog lists what people text for it (msgctxt "keyword").
"""

from __future__ import annotations

from enum import Enum


class Keyword(Enum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    MENU = "menu"
    BACK = "back"
    CALL = "call"
    LANGUAGE = "language"
    YES = "yes"
    NO = "no"
    OK = "ok"
    MORE = "more"
    SKIP = "skip"
    HELLO = "hello"
    THANKS = "thanks"
    FORGET = "forget"
    MY_DATA = "my data"
    NOT_ME = "not me"
    STILL_ME = "still me"
    WRONG = "wrong number"
    LINK = "link"
    UNLINK = "unlink"
    HERE = "here"
    """At the door of an event; only with its four digits."""
    TOPICS = "topics"
    PAUSE = "pause"
    ONLY_URGENT = "only urgent"
    EVERYTHING = "all topics"
    NO_EVENTS = "no events"
    NO_SURVEYS = "no surveys"
    NO_NEWS = "no news"
    INBOX = "inbox"
    TAKE = "take a call"
    DONE = "call made"
    EVENTS = "events"
    CHANGE = "change an answer"
    HOUSEHOLD = "household"


class Crisis(Enum):
    """Why a person must hear 988 or 911 before anything else (msgctxt "crisis")."""

    SELF = "harm to oneself"
    VIOLENCE = "violence at home"
    CHILD = "harm to a child"
    THREAT = "threat to others"


class Leaving(Enum):
    """A wish for no more texts, said in a sentence rather than with a keyword (msgctxt "leaving")."""

    SURE = "wants no more messages"
    DOUBT = "may want no more messages"


class Meaning(Enum):
    """What a sentence is about that is neither a keyword nor a need (msgctxt "meaning"). Of several the first counts."""

    CHILD = "a child writes"
    EVICTED = "lost the home"
    REPORT = "reports a text"
    SCAM = "asks about a suspicious text"
    WHO = "who is this"
    STATUS = "immigration status"
    ANGER = "anger"
    GRATITUDE = "thanks for something"
    TODAY = "asks what is open today"
    TOMORROW = "asks what is open tomorrow"
