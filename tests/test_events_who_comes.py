"""What families text about who comes is read as they meant it, or asked about."""

import pytest
from households import labelled, score

from conversations.events.answering import packed, unpacked
from conversations.events.event import PartStat
from conversations.events.household import Household, Wishes
from locales import event_questions, household


@pytest.mark.parametrize("name", ["households_en", "households_es", "households_fourth_en", "households_fourth_es"])
def test_who_comes_is_read_as_it_was_meant(name):
    """Of what is read at least 98 in 100 are as the family meant it, and at most 20 in 100 answers are asked about."""
    found = score(labelled(name))

    assert found.precision >= 0.98, found.missed
    assert found.back <= 0.20, found.missed


@pytest.mark.parametrize(
    "name", ["households_fresh_en", "households_fresh_es", "households_third", "households_held_en", "households_held_es"]
)
def test_what_was_written_later_is_not_guessed_at(name):
    """Messages written after the reader are asked about rather than misread."""
    found = score(labelled(name))

    assert found.precision >= 0.98, found.missed


@pytest.mark.parametrize("name", ["households_en", "households_es"])
def test_there_are_enough_messages_of_each_language(name):
    """A figure stands on at least 150 messages, none of them twice."""
    messages = [text for text, _meant in labelled(name)]

    assert len(set(messages)) == len(messages) >= 150


def test_a_wish_in_the_same_sentence_is_heard():
    """Who writes all in one line is not asked for it again."""
    found = household.read("yes 3 kids, i need a spanish interpreter and a ride, no pork please")

    assert found == Household(PartStat.ACCEPTED, children=3, wishes=Wishes("es", ride=True, meal="no pork"))


@pytest.mark.parametrize(
    ("text", "ages"),
    [("2 5 and 8", (2, 5, 8)), ("6 meses y 4", (0, 4)), ("3,6,9", (3, 6, 9)), ("45", None), ("2 kids", None), ("no", None)],
)
def test_ages_are_read_as_ages(text, ages):
    """Numbers in a row are ages of children, months are a baby, and nothing else is an age."""
    assert household.ages(text) == ages


@pytest.mark.parametrize("text", ["4", "yes", "sí", "no", "0", "👍"])
def test_a_word_that_needs_its_question_says_so(text):
    """A bare answer counts only where it is plain what it answers."""
    found = household.read(text)

    assert found is not None
    assert found.bare


@pytest.mark.parametrize("text", ["cant", "no podemos", "somos 5", "we are 5", "actually 4"])
def test_words_that_say_it_all_need_no_question(text):
    """A change of mind is heard days later too."""
    found = household.read(text)

    assert found is not None
    assert not found.bare


def test_what_was_said_survives_the_way_through_a_conversation():
    """Nothing of an answer is lost between two messages."""
    said = Household(PartStat.ACCEPTED, 5, 2, 3, (2, 5, 8), Wishes("", ride=True, meal="no pork", access="wheelchair"))

    assert unpacked(packed(said)) == said


@pytest.mark.parametrize(
    ("text", "asked"),
    [("what time does it end", "ends"), ("a qué hora termina", "ends"), ("dónde es?", "where"), ("is it free", "costs"), ("hello", None)],
)
def test_a_question_about_an_event_is_told_from_an_answer(text, asked):
    """A question is answered, and never counted as coming."""
    assert event_questions.read(text) == asked
    assert household.read(text) is None


def test_a_long_text_or_a_strange_number_is_not_guessed_at():
    """Years, rooms and phone numbers count nobody."""
    assert household.read("we are 2026") is None
    assert household.read("5 " * 100) is None
