"""No count under ten can be worked out from what a survey tells: a solver tries, with everything that was ever told."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from solver import Worlds
from surveys import Answered

from conversations.surveys import tables
from conversations.surveys.definition import Choice, Definition, Kind, Question
from conversations.surveys.suppressing import LEAST, by_block, finest, in_blocks, tell

ROWS = some.lists(some.integers(0, 60), min_size=2, max_size=6)
FORM = Definition(
    {"en": "Gate"},
    "en",
    (
        Question(Kind.SELECT_ONE, "safe", {"en": "Safe?"}, choices=tuple(Choice(each, {"en": each}) for each in ("yes", "so", "no"))),
        Question(Kind.SELECT_MULTIPLE, "help", {"en": "Help?"}, choices=(Choice("food", {"en": "food"}), Choice("ride", {"en": "ride"}))),
        Question(
            Kind.SELECT_ONE,
            "why",
            {"en": "Why not?"},
            choices=(Choice("dark", {"en": "dark"}), Choice("cars", {"en": "cars"})),
            relevant="${safe} = 'no'",
        ),
    ),
)


# What is told of one table


def test_a_small_count_is_told_together_with_its_neighbour():
    """Three of 120 said "not at all", one gave no answer: they are told together with who said "a little"."""
    told = tell([70, 34, 12, 3, 1], ())

    assert [(0, 1), (1, 2), (2, 5)] == finest(told)
    assert [70, 34, 16] == [told[each] for each in finest(told)]


def test_fewer_than_ten_are_not_told_at_all():
    """Nine families are not a school."""
    assert {} == tell([5, 4], ())
    assert {(0, 2): 10} == tell([5, 5], ())


def test_what_grew_by_fewer_than_ten_is_not_told_anew():
    """Between two publications seven more said "no": the second tells "so" and "no" together, and the third both again."""
    first = tell([20, 15, 12], ())
    second = tell([40, 30, 19], [first])
    third = tell([60, 45, 30], [first, second])

    assert [(0, 1), (1, 2), (2, 3)] == finest(first)
    assert [(0, 1), (1, 3)] == finest(second)
    assert [(0, 1), (1, 2), (2, 3)] == finest(third)


@given(some.lists(ROWS, min_size=1, max_size=6))
@settings(max_examples=100)
def test_parts_are_told_with_their_whole_and_every_part_grows_by_ten(steps):
    """Everything ever told of a table is one tree of ranges, and no two tellings of a range are closer than ten."""
    row, told = [0] * len(steps[0]), []
    for more in steps:
        row = [was + (more[n] if n < len(more) else 0) for n, was in enumerate(row)]
        told.append(tell(row, told))
    ranges = {each for one in told for each in one}
    tellings = {each: [one[each] for one in told if each in one] for each in ranges}

    assert all(
        a[1] <= b[0] or b[1] <= a[0] or set(range(*a)) <= set(range(*b)) or set(range(*b)) <= set(range(*a)) for a in ranges for b in ranges
    )
    assert all(now - was >= LEAST for each in tellings.values() for was, now in zip([0, *each], each, strict=False))
    assert all(sum(one[each] for each in finest(one)) == one[0, len(row)] for one in told if one)


# By group


def test_small_groups_stand_together():
    """Eight of the staff and seven partners are told as fifteen others; three of the staff alone take the next larger group with them."""
    assert [("families",), ("partners", "staff")] == in_blocks({"families": 90, "staff": 8, "partners": 7})
    assert [("families", "staff")] == in_blocks({"families": 90, "staff": 3})
    assert [("families",), ("partners", "staff")] == in_blocks({"families": 90, "staff": 3, "partners": 12})


def test_a_group_is_told_only_as_finely_as_every_group_may_be():
    """Families' 30 "no" would give away the 2 of the staff, who are all "no" besides: both are told "so" and "no" together."""
    rows = {"families": [40, 20, 30], "staff": [15, 9, 2]}
    told = tell([55, 29, 32], ())
    found = by_block(rows, [("families",), ("staff",)], told)

    assert [(0, 1), (1, 3)] == finest(found)
    assert [(40, 15), (50, 11)] == [found[each] for each in finest(found)]


# The solver


def test_the_solver_finds_what_is_there_to_be_found():
    """If a table told 37 of 40, everybody would know the other 3."""
    worlds = Worlds(answer="ab", step=(1,))
    worlds.tell(40)
    free = worlds.gives_away(3, answer="b")
    worlds.tell(37, answer="a")

    assert (False, True) == (free, worlds.gives_away(3, answer="b"))


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("seed", range(2))
def test_nothing_told_gives_away_a_count_under_ten(database, seed):
    """Three batches told one after the other and then the close: no answer under ten, of all, a group, a language or a batch."""
    assert [] == _given_away(Answered(database, FORM), random.Random(seed))


@pytest.mark.soak
@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("seed", range(1000, 1150))
def test_nothing_ever_told_gives_away_a_count_under_ten(database, seed):
    """The same for many more schools, of other sizes."""
    assert [] == _given_away(Answered(database, FORM), random.Random(seed))


def _given_away(survey, dice):
    """Counts under ten that are the same in every world that fits what was told."""
    told, sizes, weights = [], [], {name: dice.random() ** 2 for name in ("so", "no", "ride", "staff", "partners", "es")}
    for _step in range(3):
        survey.answer([_somebody(dice, weights) for _one in range(dice.randint(LEAST, 60))])
        sizes.append(len(survey.rows))
        told = survey.publish()
    told = survey.close()
    worlds = _worlds(told, survey, sizes)
    few = ((where, count) for where in _targets(survey) if (count := survey_count(survey, sizes, where)) < LEAST)
    return [(where, count) for where, count in few if worlds.gives_away(count, **where)]


def _somebody(dice, weights):
    safe = dice.choices(["yes", "so", "no", None], [1, weights["so"], weights["no"], 0.05])[0]
    answers = {"safe": safe, "help": [name for name in ("food", "ride") if dice.random() < weights["ride"]]}
    if safe == "no":
        answers["why"] = dice.choices(["dark", "cars", None], [1, weights["so"], 0.1])[0]
    group = dice.choices(["families", "staff", "partners"], [1, weights["staff"], weights["partners"] / 4])[0]
    return {"answers": answers, "group": group, "language": "es" if dice.random() < weights["es"] else "en"}


AXES = {
    "answers": [(safe, why) for safe in ("yes", "so", "no", None) for why in ("dark", "cars", None) if safe == "no" or why is None],
    "food": (True, False),
    "ride": (True, False),
    "group": ("families", "staff", "partners"),
    "language": ("en", "es"),
}


def _where(table, start, end):
    """The cells of a table's range, as the axes have them."""
    values = [*table.names, None][start:end]
    if table.choice is not None:
        return {table.choice.name: [value is not None for value in values]}
    place = 0 if table.name == "safe" else 1
    return {"answers": [each for each in AXES["answers"] if each[place] in values and (place == 0 or each[0] == "no")]}


def _worlds(told, survey, sizes):
    """Everything told, and besides how many of each group took part, which an assessment tells."""
    there = {table.name: table for table in tables.tables(FORM, "en")}
    steps = [*sizes]
    worlds = Worlds(**AXES, step=range(len(steps)))
    for one in told:
        by_then = [n for n, size in enumerate(steps) if size <= one.n]
        for name, known in one.known.items():
            for (start, end), count in known.items():
                worlds.tell(count, step=by_then, **_where(there[name], start, end))
        for what, by in one.by.items():
            for name, ranges in by.tables.items():
                for (start, end), row in ranges.items():
                    for block, count in zip(by.blocks, row, strict=True):
                        worlds.tell(count, step=by_then, **_where(there[name], start, end), **{what: block})
    for group in AXES["group"]:
        worlds.tell(sum(row["group"] == group for row in survey.rows), group=[group])
    return worlds


def survey_count(survey, sizes, where):
    """How many there really are."""
    found = 0
    for n, row in enumerate(survey.rows):
        said = row["answers"]
        mine = {
            "answers": (said["safe"], said.get("why")),
            "food": "food" in said["help"],
            "ride": "ride" in said["help"],
            "step": next(step for step, size in enumerate(sizes) if n < size),
        }
        found += all({**row, **mine}[name] in values for name, values in where.items())
    return found


def _targets(survey):
    """Every range of every table but the whole, of all, of each group and language that took part, and of each batch."""
    groups = {row["group"] for row in survey.rows}
    for table in tables.tables(FORM, "en"):
        for start in range(table.row):
            for end in range(start + 1, table.row + (start > 0)):
                where = _where(table, start, end)
                yield where
                yield from ({**where, "step": [step]} for step in range(3))
                yield from ({**where, "step": range(step)} for step in range(1, 3))
                yield from ({**where, "group": [group]} for group in sorted(groups))
                yield from ({**where, "language": [tag]} for tag in AXES["language"])
