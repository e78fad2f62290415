"""Surveys as coordinators text them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.surveys import validating
from conversations.surveys.asking import Unreadable, as_texted, asked, translated
from conversations.surveys.definition import Kind, Scale


def ask(body):
    return asked(body, "en", "Family night").questions


def shape(body):
    return [(question.kind.value, question.label["en"], [choice.label["en"] for choice in question.choices]) for question in ask(body)]


NIGHT = ("select_one", "How was the night?", ["good", "ok", "bad"])


@pytest.mark.parametrize(
    "body",
    [
        "How was the night? 1) good 2) ok 3) bad",
        "How was the night? 1. good 2. ok 3. bad",
        "How was the night? 1 good 2 ok 3 bad",
        "How was the night? (1) good, (2) ok, (3) bad",
        "How was the night? a) good b) ok c) bad",
        "How was the night?\n1) good\n2) ok\n3) bad",
        "1. How was the night? 1) good 2) ok 3) bad",
        "  How  was the night?\n\n 1: good\n 2: ok\n 3: bad\n",
    ],
)
def test_choices_are_read_however_they_are_numbered(body):
    """In a line or one below the other, with brackets, dots, letters or bare."""
    assert [NIGHT] == shape(body)


def test_several_questions_one_a_line():
    """Every kind there is, marked by a sign and no word of any language."""
    found = ask(
        "How was the night? 1) good 2) ok 3) other…\nHow did you come? [] bus [] car [] on foot\nHow many came? #\n"
        "Will you come again? (1-5)\nWhat should we do better?"
    )

    kinds = [Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.INTEGER, Kind.RANGE, Kind.TEXT]
    assert kinds == [question.kind for question in found]
    assert (True, ["good", "ok"]) == (found[0].or_other, [choice.name for choice in found[0].choices])
    assert ["bus", "car", "on_foot"] == [choice.name for choice in found[1].choices]
    assert (Scale(1, 5), "How many came?") == (found[3].scale, found[2].label["en"])


def test_numbered_questions_are_questions_and_not_choices():
    """ "1. … 2. …" down the page, each with a question mark."""
    assert ["How was it?", "What next?"] == [question.label["en"] for question in ask("1. How was it?\n2. What next?")]


def test_numbers_inside_a_question_stay_in_it():
    """A date, a room, an hour."""
    assert ["Can you come on 12/5 at 6 to room 2?"] == [question.label["en"] for question in ask("Can you come on 12/5 at 6 to room 2?")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "no question"),
        ("  \n ?!", "no question"),
        ("How was it? 1) good 3) bad", "not numbered"),
        ("How was it? 1) good", "not numbered"),
        ("How was it? 1) good 2) Good!", "twice"),
        ("How was it? [] good", "two choices"),
        ("1) good 2) bad", "no question"),
        ("How was it?\n? 1) good 2) bad", "no words before"),
        ("How was it? (5-1)", "goes up"),
        ("x" * 301, "too long"),
        ("\n".join(f"Why {chr(97 + n)}?" for n in range(11)), "More than"),
        ("How? " + " ".join(f"{n}) c{n}x" for n in range(1, 15)), "too many"),
    ],
)
def test_what_cannot_be_asked_is_said(body, says):
    """One sentence that says what to write; nothing is kept."""
    with pytest.raises(Unreadable) as unreadable:
        ask(body)

    assert says in unreadable.value.words.singular


def test_a_translation_has_the_same_shape():
    """What a liaison texts back goes beside the source, choice by choice; another shape is named."""
    body = "How was it? 1) good 2) bad\nWhat else?"
    definition = translated(asked(body, "en", "Night"), "¿Qué tal? 1) bien 2) mal\n¿Algo más?", "es")

    assert [{"en": "good", "es": "bien"}, {"en": "bad", "es": "mal"}] == [choice.label for choice in definition.questions[0].choices]
    assert body == as_texted(definition, "en")
    with pytest.raises(Unreadable, match="same choices"):
        translated(definition, "¿Qué tal? 1) bien 2) mal 3) regular\n¿Algo más?", "es")
    with pytest.raises(Unreadable, match="questions, and here"):
        translated(definition, "¿Qué tal?", "es")


@given(st.text(alphabet="How? 1)2.3[]#(-)…\nab", max_size=60))
def test_any_text_is_a_survey_or_a_sentence(body):
    """Whatever somebody texts, it can be asked or is refused."""
    try:
        definition = asked(body, "en", "Night")
    except Unreadable:
        return

    assert () == validating.problems(definition)
