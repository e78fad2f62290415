"""Which messages are answers to a survey: no word of them is written down anywhere but with the survey's own answers."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.effects import TellStaff
from conversations.replies.threads import ToLiaison
from conversations.state import Memory, Turn
from conversations.surveys import definition as define
from conversations.surveys.definition import Definition
from conversations.surveys.expressions import Given
from conversations.surveys.notes import KeepNote
from conversations.surveys.taking import FLOW, Answered
from locales import orders, redaction
from storage import people
from storage.people import Known

FOR_SOMEBODY = (TellStaff, ToLiaison)
"""Effects that put the message itself before a person."""


def inside(known: Known) -> bool:
    """They are in the middle of a survey."""
    before = known.memory.get("open") if known.memory else None
    return before is not None and before.get("flow") == FLOW


def may_answer(known: Known | None, text: str) -> bool:
    """Whatever they write now may be an answer. An order of staff is none."""
    if known is None or not inside(known):
        return False
    return known.roles.isdisjoint(people.STAFF) or orders.read(text) is None


def answers(before: Memory, turn: Turn) -> bool:
    """The message that led to this turn was said in a survey, or of a family, and not to somebody."""
    if any(isinstance(effect, FOR_SOMEBODY) for effect in turn.effects):
        return False
    inside = any(each is not None and each.flow == FLOW for each in (before.open, turn.memory.open))
    return inside or any(isinstance(effect, Answered | KeepNote) for effect in turn.effects)


def redacted(definition: Definition, given: Mapping[str, Given]) -> dict[str, Given]:
    """The answers as they may be kept: their own words without numbers of papers and the like."""
    chosen = {each.name for each in define.steps(definition) if each.kind in define.SELECTS}
    return {name: redaction.kept(said) if isinstance(said, str) and name not in chosen else said for name, said in given.items()}


def asks(turn: Turn) -> bool:
    """What we say tells what somebody answered, or what a family said."""
    return (turn.memory.open is not None and turn.memory.open.flow == FLOW) or any(isinstance(effect, KeepNote) for effect in turn.effects)
