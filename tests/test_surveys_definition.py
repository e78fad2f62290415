"""Surveys as they are written down: what is asked next, which answers fit, and what is wrong with one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.surveys import expressions, validating
from conversations.surveys.definition import Choice, Definition, Kind, Question, Scale, as_asked, fits, kept, next_question, steps
from conversations.surveys.expressions import BadExpression


def ask(name, kind=Kind.TEXT, *choices, **more):
    label = more.pop("label", {"en": f"{name}?"})
    return Question(kind, name, label, choices=tuple(Choice(each, {"en": each}) for each in choices), **more)


def survey(*questions, **more):
    return Definition({"en": "Night"}, "en", tuple(questions), **more)


def said(definition):
    return [str(each) for each in validating.problems(definition)]


HELP = ask("help", Kind.SELECT_ONE, "yes", "no", row=2)


# Expressions


@pytest.mark.parametrize(
    ("expression", "answers", "expected"),
    [
        ("", {}, True),
        ("${help} = 'yes'", {"help": "yes"}, True),
        ("${help} = 'yes'", {}, False),
        ("${help} = ''", {"help": None}, True),
        ("${help} != 'no' and ${kids} > 2", {"help": "yes", "kids": 3}, True),
        ("${kids} >= 3 or false()", {"kids": 2}, False),
        ("${kids} < 3", {}, False),
        ("${kids} = 2", {"kids": 2}, True),
        ("not(${kids} = 2)", {"kids": 2}, False),
        ("selected(${ways}, 'bus')", {"ways": ["walk", "bus"]}, True),
        ("selected(${ways}, 'bus')", {"ways": "walk business"}, False),
        ("count-selected(${ways}) = 2", {"ways": ["walk", "bus"]}, True),
        ("string-length(${why}) <= 3", {"why": "bus"}, True),
        ("(${a} = 'x' or ${b} = 'x') and ${c} = ‘x’", {"a": "x", "c": "x"}, True),
        ("${a} = 'x' or ${b} = 'x' and ${c} = 'x'", {"a": "x"}, True),
        ("${a} = -1", {"a": -1}, True),
    ],
)
def test_an_expression_means_what_xlsform_says(expression, answers, expected):
    """What is not answered is empty; "and" binds more than "or"; a word processor's quotes are quotes."""
    assert expected is expressions.holds(expression, answers)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("${help} == 'yes'", "not expected"),
        ("${help} = 'yes", "nothing we know"),
        ("${help} =", "breaks off"),
        ("(${help} = 'yes'", "not closed"),
        ("regex(., '[0-9]+')", "regex() is not supported"),
        ("${a} + 1 > 2", "“+ 1 > 2” is nothing we know"),
        ("selected(${a})", "takes 2 and not 1"),
        ("../a = 1", "nothing we know"),
        ("__import__('os')", "not supported"),
        ("(" * 50 + "1" + ")" * 50, "brackets"),
        ("1 = 1 or " * 200 + "1 = 1", "longer"),
    ],
)
def test_what_cannot_be_read_is_named(expression, says):
    """A sentence, never a crash, and nothing is ever executed."""
    with pytest.raises(BadExpression, match=r".") as bad:
        expressions.read(expression)

    assert says in str(bad.value)


@given(st.text(alphabet="${}ab.'()=<>! andornt1-,", max_size=60))
def test_any_text_is_an_expression_or_a_sentence(text):
    """Whatever stands in a cell, it is read or refused."""
    try:
        held = expressions.holds(text, {"a": "b"}, own=1)
    except BadExpression:
        return

    assert isinstance(held, bool)


# Walking through


def test_what_is_asked_depends_on_what_was_said():
    """A question stands behind the answer that leads to it; without it the survey is at its end."""
    definition = survey(HELP, ask("what", relevant="${help} = 'yes'"))

    asked = [next_question(definition, answers) for answers in ({}, {"help": "no"}, {"help": "yes"}, {"help": "yes", "what": ""})]

    assert ["help", None, "what", None] == [question and question.name for question in asked]


def test_other_is_one_choice_more_and_a_question_behind_it():
    """ "Other, please say" needs no more than a word in the file."""
    definition = survey(ask("ride", Kind.SELECT_ONE, "bus", or_other=True))
    ride, other = steps(definition)

    assert (["bus", "other"], "ride_other") == ([choice.name for choice in ride.choices], other.name)
    assert "ride_other" == next_question(definition, {"ride": "other"}).name
    assert next_question(definition, {"ride": "bus"}) is None


def test_choices_follow_an_answer():
    """Streets of the town that was said; where there is none the question is left out."""
    streets = tuple(Choice(name, {"en": name}, {"town": town}) for name, town in [("oak", "north"), ("elm", "north"), ("bay", "south")])
    question = Question(Kind.SELECT_ONE, "street", {"en": "Street?"}, choices=streets, choice_filter="town = ${town}")

    assert ["oak", "elm"] == [choice.name for choice in as_asked(question, {"town": "north"}).choices]
    assert as_asked(question, {"town": "west"}) is None


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (HELP, ["yes", "", None], ["maybe", 1]),
        (ask("ways", Kind.SELECT_MULTIPLE, "bus", "walk", required=True), [["bus"], "bus walk"], [["fly"], [], "", None]),
        (ask("kids", Kind.INTEGER, constraint=". >= 0 and . <= 12"), [0, 12], [13, -1, "two", True]),
        (ask("mark", Kind.RANGE, scale=Scale(1, 9, 2)), [1, 9], [0, 2, 10, True]),
        (ask("why", constraint="string-length(.) < 5"), ["bus"], ["because", 5]),
    ],
)
def test_an_answer_fits_its_question_or_not(question, good, bad):
    """Its kind, its list, its constraint; to skip is right where nothing is required."""
    assert [True] * len(good) == [fits(question, each, {}) for each in good]
    assert [False] * len(bad) == [fits(question, each, {}) for each in bad]


def test_answers_that_nothing_leads_to_any_more_are_dropped():
    """Who goes back and says no has not told what help they need."""
    definition = survey(HELP, ask("what", relevant="${help} = 'yes'"), ask("last"))

    assert {"help": "no", "last": "x"} == kept(definition, {"help": "no", "what": "food", "last": "x"})


def test_a_definition_survives_the_database():
    """Through JSON and back it is the same."""
    definition = survey(
        ask("ride", Kind.SELECT_ONE, "bus", or_other=True, hint={"en": "One."}, required=True),
        ask("mark", Kind.RANGE, scale=Scale(1, 5), relevant="${ride} = 'bus'", constraint=". > 1", constraint_message={"en": "More."}),
        slug="night",
        edition="3",
    )

    assert definition == Definition.from_json(json.loads(json.dumps(definition.to_json())))


@pytest.mark.parametrize(
    "stored", [{}, {"title": {}, "language": "en", "slug": "", "edition": "", "questions": [{"kind": "fly", "name": "a"}]}]
)
def test_what_is_no_definition_is_refused(stored):
    """A row somebody has meddled with is no survey."""
    with pytest.raises(ValueError, match=r"not a definition|fly"):
        Definition.from_json(stored)


# What is wrong


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([], "Sheet survey: there is no question."),
        (
            [ask("a", row=2), ask("A", row=3)],
            "Sheet survey, row 3: there is a question “A” already in row 2: every question needs its own name.",
        ),
        (
            [ask("a", relevant="${b} = 'x'", row=2), ask("b", relevant="${a} = 'x'", row=3)],
            "Sheet survey, row 2: “a” → “b” → “a”: these wait for each other, so that none is ever asked.",
        ),
        (
            [ask("a", relevant="${a} = 'x'", row=2)],
            "Sheet survey, row 2: “a” → “a”: these wait for each other, so that none is ever asked.",
        ),
        ([ask("a", relevant="${z} = 'x'", row=2)], "Sheet survey, row 2: relevant speaks of a question “z”, and there is none."),
        ([ask("a", relevant=". = 'x'", row=2)], "Sheet survey, row 2: relevant has a “.”, which only a constraint can: write ${name}."),
        (
            [ask("a", Kind.SELECT_ONE, "x", choice_filter="town = 'n'", row=2)],
            "Sheet survey, row 2: choice_filter speaks of a column “town”, and the choices have none.",
        ),
        (
            [ask("a", constraint="count(.)", row=2)],
            "Sheet survey, row 2: constraint cannot be read: count() is not supported; there are "
            + ", ".join(f"{name}()" for name in expressions._FUNCTIONS)
            + ".",
        ),
        (
            [ask("two words", row=2)],
            "Sheet survey, row 2: “two words” cannot be a name: letters, digits, _ and -, beginning with a letter.",
        ),
        ([ask("a", label={}, row=2)], "Sheet survey, row 2: “a” has no words in en, the survey's own language."),
        (
            [ask("a", Kind.RANGE, scale=Scale(5, 1), row=2)],
            "Sheet survey, row 2: a range goes up from its start to its end, and not from 5 to 1 by 1.",
        ),
        (
            [ask("a", label={"en": "Hi ${b}"}, row=2), ask("b", row=3)],
            "Sheet survey, row 2: a text cannot repeat an answer (${…}): what somebody said is not sent back to a phone that others may hold.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_row(questions, sentence):
    """One sentence each, that says where to look."""
    assert [sentence] == said(survey(*questions))


def test_a_question_that_waits_for_its_own_other_is_a_cycle():
    """What `or_other` adds stands behind its question, and so cannot lead to it."""
    assert "“a” → “a_other” → “a”" in said(survey(ask("a", Kind.SELECT_ONE, "x", or_other=True, relevant="${a_other} != ''", row=2)))[0]


def test_choices_are_looked_at_too():
    """No name twice, none with a space, none without words."""
    choices = (Choice("a", {"en": "A"}, row=2), Choice("a", {"en": "B"}, row=3), Choice("c d", {"en": "C"}, row=4), Choice("e", {}, row=5))
    found = said(survey(Question(Kind.SELECT_ONE, "q", {"en": "Q?"}, choices=choices, row=2)))

    assert [2, 3, 4, 5] == [int(each.split("row ")[1].split(":")[0]) for each in found]


def test_what_its_author_should_know_is_said_beside_it():
    """A question that waits for a later one, and words that one language lacks, stand in nobody's way."""
    definition = survey(ask("a", relevant="${b} = 'x'", row=2), ask("b", label={"en": "B?", "es": "¿B?"}, row=3))

    assert () == validating.problems(definition)
    assert [2, 2] == [note.row for note in validating.notes(definition)]
