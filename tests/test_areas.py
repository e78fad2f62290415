"""Nothing a conversation can ask for is left without somebody who answers."""

import importlib
import pkgutil

import pytest

import conversations
from bot import areas, effects, lookups
from conversations.engine import FlowError
from conversations.talk import LookUp


def everywhere():
    """Every class of the conversations' room."""
    for found in pkgutil.walk_packages(conversations.__path__, "conversations."):
        module = importlib.import_module(found.name)
        yield from (each for each in vars(module).values() if isinstance(each, type) and each.__module__ == found.name)


def test_every_look_up_of_a_conversation_is_answered_by_one_area():
    """A flow that asks for something nobody finds would leave a family without an answer."""
    asked = {each for each in everywhere() if issubclass(each, LookUp) and each is not LookUp}

    assert asked == set(lookups.ANSWERS)


def test_every_effect_of_a_conversation_is_done_by_one_area():
    """What a flow promises is done by somebody."""
    promised = {each for each in everywhere() if each.__module__ == "conversations.effects"}

    assert set() == {each.__name__ for each in promised - set(effects.DOES)}


def test_what_two_areas_claim_stops_at_the_start():
    """Two answers to one question would hide one another, and nobody would know which counts."""
    with pytest.raises(FlowError, match="int is answered or done by two areas"):
        areas.joined(({int: str}, {int: repr}))


@pytest.mark.parametrize(("do", "words"), [(lookups.answer, "Nothing answers int"), (effects.apply, "Nothing does int")])
def test_what_no_area_knows_says_where_to_add_it(do, words):
    """Whoever writes the next feature reads where it belongs."""
    with pytest.raises(FlowError, match=words):
        do(1, None)
