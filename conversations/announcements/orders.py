"""What staff text to work with: an order begins with its word, wherever the conversation is. "SEND families: …", "DROP 27", "R12 …".

A family's message is never read as one. STOP comes before every order, and what follows the word is text to be sent, not said:
neither danger nor need is heard in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verb(Enum):
    """Each value is the msgid under which a catalog lists its words (msgctxt "order"). Carriers' words are never among them."""

    SEND = "send"
    URGENT = "urgent"
    EDIT = "edit"
    DROP = "drop"
    UNDO = "undo"
    HALT = "halt"
    GO_ON = "go on"
    AGAIN = "again"
    """What a carrier blocked, in other words."""
    DRAFTS = "drafts"
    STATUS = "status"
    WHO = "who did not get it"
    CALL_LIST = "call list"
    """"CALL LIST 27 Dana": the numbers it did not reach, for her to ring."""
    TRANSLATE = "translate"
    APPROVE = "approve"
    TEMPLATES = "templates"
    """Urgent texts that nobody has approved."""
    PREVIEW = "preview"
    REPLY = "reply"
    """"R12 …": to the family of a thread."""
    THREADS = "threads"
    AWAY = "away"
    BACK_AGAIN = "back again"
    DONE = "done"
    """A draft in pieces is all there."""
    EVENT = "event"
    """"EVENT pizza night fri 6pm cafeteria" makes one."""
    HOW_MANY = "how many for"
    """"how many for pizza?" Of events, as those that follow."""
    WHO_NEEDS = "who needs"
    CLOSE = "close"
    REOPEN = "reopen"
    CAPACITY = "capacity"
    PAPER = "paper"
    DOOR = "door"
    """"DOOR PIZZA": the code of now, and the page that shows it."""
    MOVE = "move"
    """"MOVE 3 1": a line of a draft to another place. "MOVE pizza to fri 7pm": an event."""
    IS_NOW = "is now"
    """"pizza is now in the library": the one order whose words stand behind the code of an event."""
    CALL_OFF = "call off"
    NOTE = "note"
    """"NOTE no bus after five #supports": what a family said, without who."""
    TIMES = "times"
    """Of an appointment: who comes when."""
    OFFER = "offer"
    WHO_COMPLETED = "who completed"
    RESULTS = "results"
    """"RESULTS climate": what a survey found."""
    HEARD = "what we heard"
    """"HEARD climate": a draft that tells families so. Text behind a colon: what the school did."""
    ASSESSMENT = "assessment"
    ASK = "ask"
    """"ASK families: How was the night? 1) good 2) ok 3) bad" makes a survey."""
    ASK_FOR = "ask for"
    """"ASK FOR 661-555-0123 climate": staff text what a family says."""
    REMIND = "remind"
    """"REMIND climate": those who have not taken part."""
    KIOSK = "kiosk"
    """"KIOSK climate": many people on one phone. Alone: no more."""


OF_SURVEYS = frozenset({Verb.RESULTS, Verb.HEARD, Verb.ASSESSMENT, Verb.ASK, Verb.ASK_FOR, Verb.KIOSK, Verb.REMIND})
"""Orders whose text is the name of a survey, or begins one."""
OF_EVENTS = frozenset(
    {
        Verb.HOW_MANY,
        Verb.WHO_NEEDS,
        Verb.CLOSE,
        Verb.REOPEN,
        Verb.CAPACITY,
        Verb.PAPER,
        Verb.DOOR,
        Verb.IS_NOW,
        Verb.CALL_OFF,
        Verb.TIMES,
        Verb.OFFER,
        Verb.WHO_COMPLETED,
    }
)
"""Orders whose text begins with the code of an event, or names a language."""
NUMBERED = (
    frozenset(Verb)
    - OF_EVENTS
    - OF_SURVEYS
    - {Verb.DRAFTS, Verb.TEMPLATES, Verb.THREADS, Verb.AWAY, Verb.BACK_AGAIN, Verb.DONE, Verb.EVENT, Verb.ASK, Verb.NOTE}
    - {Verb.DRAFTS, Verb.TEMPLATES, Verb.THREADS, Verb.AWAY, Verb.BACK_AGAIN, Verb.DONE, Verb.EVENT}
)
"""Orders that may name what they are about by its number."""
ALONE = frozenset({Verb.DRAFTS, Verb.TEMPLATES, Verb.THREADS, Verb.UNDO, Verb.BACK_AGAIN, Verb.DONE, Verb.ASSESSMENT})
"""Orders that are the whole message."""
NEVER_ALONE = frozenset({Verb.IS_NOW, Verb.CALL_OFF, Verb.HEARD, Verb.ASK_FOR})
"""Orders that are none without what they are about: "cancel" alone is a carrier's word, and stops everything."""
BEGIN = frozenset({Verb.SEND, Verb.URGENT, Verb.EVENT, Verb.ASK})
"""Orders whose text begins something new, wherever they stand."""
WITH_TEXT = OF_EVENTS | frozenset(
    {
        Verb.SEND,
        Verb.URGENT,
        Verb.CALL_LIST,
        Verb.REPLY,
        Verb.AWAY,
        Verb.EDIT,
        Verb.TRANSLATE,
        Verb.APPROVE,
        Verb.MOVE,
        Verb.EVENT,
        Verb.RESULTS,
        Verb.HEARD,
        Verb.ASK,
        Verb.NOTE,
        Verb.ASK_FOR,
        Verb.KIOSK,
        Verb.REMIND,
    }
)
"""Orders that text may follow; of the others it makes ordinary words: "status of my call"."""


@dataclass(frozen=True)
class Order:
    """One order: its verb, the number it names, and the text behind it as it was typed."""

    verb: Verb
    number: int | None = None
    text: str = ""
    head: bool = True
    """The word itself was there; without it this is a piece of a draft by its mark alone."""
