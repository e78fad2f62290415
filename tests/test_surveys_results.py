"""What a survey tells: counts that are right, in both databases; themes of open answers; surveys side by side."""

from collections import Counter

import pytest
from surveys import Answered

from conversations.surveys import results, tables, themes
from conversations.surveys.asking import asked
from conversations.surveys.results import Bar, Published
from conversations.surveys.suppressing import finest
from conversations.surveys.themes import Theme
from storage.surveys import themes as kept_themes
from storage.surveys.themes import Untouchable

FORM = asked(
    "Is it safe? 1) very 2) a little 3) no\nWhat helps? [] food [] rides\nHow many kids? #\nHow likely will you come? (1-5)\nWhat first?",
    "en",
    "Climate",
)
SAFE, HELPS, KIDS, LIKELY, FIRST = (question.name for question in FORM.questions)
VERY, LITTLE, NO = (choice.name for choice in FORM.questions[0].choices)
FOOD, RIDES = (choice.name for choice in FORM.questions[1].choices)


def said(n):
    """What the nth family says."""
    safe = [VERY, VERY, LITTLE, NO, None][n % 5]
    first = ["More lights at the gate", "The light is broken", "The bus", "Buses come late", "Nothing"][n % 5]
    return {SAFE: safe, HELPS: [FOOD] if n % 2 else [FOOD, RIDES], KIDS: n % 4, LIKELY: 1 + n % 5, FIRST: first}


@pytest.fixture
def answered(database):
    return Answered(database, FORM)


def family(n, **more):
    return {"answers": said(n), "language": "es" if n % 2 else "en", **more}


# Counting


def test_what_is_counted_is_what_was_said(answered):
    """A hundred answers in ten batches: every figure is that of somebody who counts them one by one."""
    for batch in range(10):
        answered.answer([family(batch * 10 + n) for n in range(10)])
    (told,) = answered.publish()
    there = {table.name: table for table in tables.tables(FORM, "en")}
    bars = {name: {bar.range: bar.count for bar in results.bars(there[name], known)} for name, known in told.known.items()}

    assert (100, 10) == (told.n, told.batches)
    assert {(0, 1): 40, (1, 2): 20, (2, 3): 20, (3, 4): 20} == bars[SAFE]
    assert ({(0, 1): 100}, {(0, 1): 50}) == ({(0, 1): told.known[f"{HELPS}/{FOOD}"][0, 2]}, bars[f"{HELPS}/{RIDES}"])
    assert sum(bars[KIDS].values()) == sum(bars[LIKELY].values()) == 100


def test_who_may_have_answered_before_is_told_apart(answered):
    """Paper without a code and a kiosk may be somebody's second: they stand in no other table, and in one of their own from ten on."""
    answered.answer([family(n) for n in range(12)] + [family(n, perhaps_again=True) for n in range(5)])
    (first,) = answered.publish()
    answered.answer([family(n, perhaps_again=True) for n in range(5, 10)])
    second = answered.publish()[-1]

    assert (12, {}) == (first.n, first.again)
    assert (12, 10, first.known) == (second.n, second.again[SAFE][0, 4], second.known)


def test_it_is_told_anew_when_ten_more_have_answered(answered):
    """Asked for again at once it says the same; the ninth new answer changes nothing, the tenth does."""
    answered.answer([family(n) for n in range(10)])
    first = answered.publish()
    again = answered.publish()
    answered.answer([family(n) for n in range(9)])
    nine = answered.publish()
    answered.answer([family(9)])
    ten = answered.publish()

    assert first == again == nine
    assert [10, 20] == [one.n for one in ten]


def test_groups_and_languages_are_told_once_it_is_closed(answered):
    """While it is open only the whole school is told; at the close each group and language of ten or more."""
    answered.answer([family(n, group="staff" if n % 4 == 0 else "families") for n in range(80)])
    (still_open,) = answered.publish()
    answered.answer([family(n) for n in range(4)])
    closed = answered.close()

    assert ({}, {}) == (still_open.by, still_open.themes)
    assert closed == answered.publish()
    assert (80, True, {"group", "language"}) == (closed[-1].n, closed[-1].final, set(closed[-1].by))
    by = closed[-1].by["group"]
    assert (("families",), ("staff",)) == by.blocks
    assert (60, 20) == by.tables[SAFE][0, 4]


def test_what_was_told_comes_back_as_it_was(answered):
    """Through the database and out again: not a figure changes."""
    answered.answer([family(n) for n in range(40)])
    (told,) = answered.close()

    assert told == Published.from_json(told.n, told.batches, told.to_json())


# Themes


def test_themes_are_the_words_that_many_share():
    """Two ways of asking for light, and the bus in another; the small words of a language are nobody's theme."""
    found = themes.propose([said(n)[FIRST] for n in range(50)], {"the", "more", "come", "nothing"})

    assert [("bus", 20), ("light", 20)] == [
        (theme.name, sum(themes.place(said(n)[FIRST], [theme]) == 0 for n in range(50))) for theme in found[:2]
    ]


def test_an_answer_belongs_to_one_theme():
    """So that themes add up, and putting two together tells nothing about who said both."""
    both = [Theme("light", ("light",)), Theme("bus", ("bus",))]

    assert [0, 1, None] == [themes.place(text, both) for text in ("Light for the bus!", "¡El BUS!", "A bench")]
    assert (Theme("light", ("light", "bus")),) == themes.merged(both, 0, 1)


def test_people_have_the_last_word_on_themes(answered):
    """They rename a theme and put two into one, also after it is told: counts add up. Its words stay as they are then."""
    answered.answer([family(n) for n in range(50)])
    told = answered.close()[-1].themes[FIRST]
    run = answered.database.run_now
    names = {theme.name: number for number, theme in run(lambda connection: kept_themes.kept(connection, answered.id, FIRST)).items()}
    run(lambda connection: kept_themes.merge(connection, answered.id, names["light"], names["bus"]))
    run(lambda connection: kept_themes.rename(connection, names["light"], "light  and bus"))
    after = answered.publish()[-1].themes[FIRST]

    assert {names["light"]: 20, names["bus"]: 20} == told.counts
    assert ({names["light"]: 40}, 50) == (after.counts, after.asked)
    assert "light and bus" == run(lambda connection: kept_themes.kept(connection, answered.id, FIRST))[names["light"]].name
    assert set(after.quotes[names["light"]]) <= {said(n)[FIRST] for n in range(4)}
    with pytest.raises(Untouchable, match="words stay"):
        run(lambda connection: kept_themes.change_words(connection, answered.id, names["light"], ["lamp"]))


# Side by side


def test_two_surveys_are_compared_as_finely_as_both_allow():
    """A wave that told "a little" and "no" together is held against the same of the other."""
    before, after = {(0, 4): 60, (0, 1): 30, (1, 4): 30}, {(0, 4): 90, (0, 1): 50, (1, 4): 40, (1, 2): 20, (2, 4): 20}

    assert [{(0, 1): 30, (1, 4): 30}, {(0, 1): 50, (1, 4): 40}] == results.alike([before, after])
    assert {(0, 1): 80, (1, 4): 70} == results.together([before, {}, after])
    assert 6 == results.change(Bar((0, 1), 30, 60), Bar((0, 1), 50, 90))


def test_a_sample_drawn_by_lot_has_a_margin_and_everybody_has_none():
    """Half of 100 drawn from 400: between 42 and 58 of 100. All of 100 of 100 were asked: nothing is uncertain."""
    low, high = results.margin(Bar((0, 1), 50, 100), 400)

    assert (42, 58) == (round(low * 100), round(high * 100))
    assert results.margin(Bar((0, 1), 50, 100), 100) is None


def test_the_latest_fine_telling_is_shown():
    """What was told finely of sixty is shown until there are more than twice as many."""
    fine, coarse = {(0, 3): 60, (0, 1): 30, (1, 3): 30}, {(0, 3): 100}
    earlier, later = Published(60, 1, {"q": fine}), Published(100, 2, {"q": coarse})

    assert fine == results.view("q", [earlier, later])
    assert {(0, 3): 130} == results.view("q", [earlier, Published(130, 3, {"q": {(0, 3): 130}})])
    assert [(0, 1), (1, 3)] == finest(fine)
    assert Counter() == Counter(results.view("other", [earlier]))
