"""A simulated assessment: whatever is told of it is what somebody counts who kept a log of every form."""

import random
from collections import Counter
from datetime import timedelta
from functools import partial

import openpyxl
import pytest
from sqlalchemy import insert
from test_cli import run

from conversations.surveys import tables
from conversations.surveys.asking import asked, translated
from conversations.surveys.assessment import Reached, Standing
from conversations.surveys.definition import Definition
from storage.surveys import answers, assessments, batches, definitions, seals, snapshots
from storage.surveys import themes as kept_themes
from storage.surveys.assessments import Unready
from storage.surveys.tables import Note

_FORM = asked("Is it safe? 1) very 2) a little 3) no\nWhat helps? [] food [] rides\nHow many kids? #\nWhat first?", "en", "Climate")
_HECHO = translated(_FORM, "¿Es seguro? 1) mucho 2) poco 3) no\n¿Qué ayuda? [] comida [] viajes\n¿Cuántos niños? #\n¿Qué primero?", "es")
FORM = Definition({"en": "Climate", "es": "Clima"}, "en", _HECHO.questions)
SAFE, HELPS, KIDS, FIRST = (question.name for question in FORM.questions)
CHOICES = [[choice.name for choice in question.choices] for question in FORM.questions]
WORDS = ("lights", "bus", "lunch", "fence")
SMALL = {"more", "please"}
LANGUAGES = ("en", "es", "vi")
METHODS = ("text", "kiosk", "paper", "phone", "liaison")


class Town:
    """Households and staff who answer, refuse, stop, and try twice; and the log of every form that was taken."""

    def __init__(self, database, clock, dice, *, households, staff):
        self.run, self.clock, self.dice = database.run_now, clock, dice
        self.people = [("families", f"p{n}") for n in range(households)] + [("staff", f"p{households + n}") for n in range(staff)]
        self.sizes = {"families": households, "staff": staff}
        self.number = self.run(partial(assessments.begin, school_id=1, name="Spring", sizes=self.sizes, now=clock()))
        self.secret = seals.fresh()
        self.log, self.moved, self.again = [], 0, 0
        self.survey = self.run(self.opened)

    def opened(self, connection):
        made = definitions.save(connection, school_id=1, slug="climate", definition=FORM, author_id=None, now=self.clock())
        definitions.approve(connection, made.id, "es", by=None, now=self.clock())
        return definitions.open_now(connection, made.id, now=self.clock(), closes_at=self.clock() + timedelta(days=9))

    def lives(self, connection):
        """Everybody once, in any order; some a second time by another way. What is told on the way is kept."""
        told = []
        for group, who in self.dice.sample(self.people, len(self.people)):
            refuses, stopped = self.dice.random() < 0.3, self.dice.random() < 0.1
            if not refuses:
                self.answers(connection, group, who, self.dice.choice(METHODS[1:] if stopped else METHODS))
            if self.dice.random() < 0.15 and not refuses:
                self.answers(connection, group, who, self.dice.choice(METHODS))
            if self.dice.random() < 0.05:
                self.answers(connection, group, None, "paper")
            if self.dice.random() < 0.1 and batches.move(connection, self.survey, self.secret, self.clock()):
                self.moved = len(self.log)
                told.append((self.moved, snapshots.publish(connection, self.survey, self.clock(), SMALL)))
        for method, people in (("focus group", 11), ("note", 3)):
            note = {"school_id": 1, "assessment_id": self.number, "text": "It is dark at the gate.", "tags": [], "day": self.clock().date()}
            connection.execute(insert(Note).values(**note, method=method, people=people, group="families"))
        batches.close(connection, self.survey, self.secret, self.clock())
        told.append((len(self.log), snapshots.publish(connection, definitions.kept(connection, self.survey.id), self.clock(), SMALL)))
        return told

    def answers(self, connection, group, who, method):
        said = {
            SAFE: self.dice.choices([*CHOICES[0], None], [9, 3, 2, 1])[0],
            HELPS: [name for name in CHOICES[1] if self.dice.random() < 0.4],
            KIDS: self.dice.randint(0, 5),
            FIRST: self.dice.choice((*(f"more {word} please" for word in WORDS), "")),
        }
        form = {"group": group, "language": self.dice.choices(LANGUAGES, [5, 4, 1])[0], "method": method, "answers": said}
        taken = answers.finish(
            connection, self.survey, self.secret, who=who, complete=True, now=self.clock(), perhaps_again=who is None, **form
        )
        known = [each["who"] for each in self.log]
        assert taken == (who is None or who not in known), "a person counts once, whichever way they come"
        if taken:
            self.log.append({**form, "who": who})


def recount(forms, table, start, end, **where):
    """By somebody who has only the forms, and a pencil."""
    cells = [*table.names, None][start:end]
    found = 0
    for form in forms:
        if form["who"] is None or any(form[name] not in values for name, values in where.items()):
            continue
        said = form["answers"][table.question.name]
        if table.choice is not None:
            cell = table.choice.name if table.choice.name in said else None
        elif table.question.name == KIDS:
            cell = str(said)
        else:
            cell = said
        found += cell in cells
    return found


def counting(log, n):
    """The first n forms that count in tables: batches move all that came so far, and what is told is of whole batches."""
    return [form for form in log if form["who"] is not None][:n]


def differing(told, log):
    """Figures that are not what the log says, and how many there are."""
    there = {table.name: table for table in tables.tables(FORM, "en")}
    wrong, figures = [], 0
    for published in told[-1][1]:
        forms = counting(log, published.n)
        for name, known in published.known.items():
            for (start, end), count in known.items():
                figures += 1
                wrong += [(name, start, end)] * (count != recount(forms, there[name], start, end))
        for what, by in published.by.items():
            for name, ranges in by.tables.items():
                for (start, end), row in ranges.items():
                    figures += len(row)
                    counts = [recount(forms, there[name], start, end, **{what: block}) for block in by.blocks]
                    wrong += [(name, what, start, end)] * (list(row) != counts)
    return wrong, figures


def of_the_log(town):
    """The same standing, from the log alone."""
    people = Counter(form["group"] for form in town.log if form["who"] is not None)
    nameless = Counter(form["group"] for form in town.log if form["who"] is None)
    nameless["families"] += 14
    groups = [Reached(group, size, people[group], people[group] + nameless[group], nameless[group]) for group, size in town.sizes.items()]
    methods = {**Counter(form["method"] for form in town.log), "focus group": 11, "note": 3}
    return Standing("Spring", 1, False, tuple(groups), methods, dict(Counter(form["language"] for form in town.log)), 1)


def played(town):
    told = town.run(town.lives)
    standing = town.run(lambda connection: assessments.standing(connection, assessments.newest(connection, 1)))
    wrong, figures = differing(told, town.log)
    themes = told[-1][1][-1].themes.get(FIRST)
    names = town.run(lambda connection: kept_themes.kept(connection, town.survey.id, FIRST))
    said = Counter(form["answers"][FIRST].split()[1] for form in counting(town.log, told[-1][1][-1].n) if form["answers"][FIRST])
    off = {names[number].name: count for number, count in themes.counts.items() if said[names[number].name] != count} if themes else {}
    return wrong, figures, off, standing


def test_every_figure_of_an_assessment_is_what_its_log_says(database, clock):
    """A hundred households and thirty staff, three languages, seven methods, refusals, second tries and STOPs."""
    town = Town(database, clock, random.Random(7), households=100, staff=30)
    wrong, figures, themes, standing = played(town)

    assert ([], {}) == (wrong, themes)
    assert figures > 20
    assert of_the_log(town) == standing


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_every_figure_of_a_whole_assessment_is_what_its_log_says(database, clock, seed):
    """460 households and 40 staff."""
    town = Town(database, clock, random.Random(seed), households=460, staff=40)
    wrong, figures, themes, standing = played(town)

    assert ([], {}) == (wrong, themes)
    assert figures > 50
    assert of_the_log(town) == standing


# A majority


def test_what_lacks_for_a_majority_is_said():
    """231 of 461 are one; after 142 families there are 89 more to reach."""
    assert (231, 89) == (Reached("families", 461, 142, 142).majority, Reached("families", 461, 142, 142).lacking)
    assert (21, 0) == (Reached("staff", 40, 21, 21).majority, Reached("staff", 40, 21, 21).lacking)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_of_nobody_there_is_no_majority(database, database_url):
    """A group of nobody, no group at all, or a second assessment while one runs: a sentence each, and nothing is kept."""
    begin = partial(run, "assessment", "begin", "--school", "MESA", url=database_url)
    nobody, none = begin("--families", "0"), begin()
    status = run("assessment", "status", "--school", "MESA", url=database_url)
    first, second = begin("--families", "460", "--staff", "40"), begin("--families", "460")

    assert "There are 0 families: of nobody there is no majority." in nobody.stderr
    assert "at least one group" in none.stderr
    assert "No assessment has begun" in status.stderr
    assert "231 of 460 families, 21 of 40 staff" in first.stdout
    assert "still runs" in second.stderr
    with pytest.raises(Unready, match="of nobody"):
        database.run_now(partial(assessments.begin, school_id=1, name="x", sizes={"staff": -1}, now=None))


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_staff_ask_how_the_assessment_is(house, database, clock, database_url, tmp_path):
    """By text in either language and at the command line; a family hears nothing of it."""
    (none,) = await house.hears("ASSESSMENT", "+16615550100")
    town = Town(database, clock, random.Random(3), households=60, staff=12)
    town.run(town.lives)
    families = town.run(lambda connection: assessments.standing(connection, assessments.newest(connection, 1))).groups[0]
    (english,) = await house.hears("How is the assessment?", "+16615550100")
    (spanish,) = await house.hears("¿Cómo va el diagnóstico?", "+16615550100")
    stranger = " ".join(await house.hears("assessment", "+16615550180"))
    shown = run("assessment", "status", "--school", "MESA", "--xlsx", f"{tmp_path}/a.xlsx", url=database_url).stdout
    closed = run("assessment", "close", "--school", "MESA", url=database_url).stdout
    first = next(openpyxl.load_workbook(tmp_path / "a.xlsx")["assessment"].iter_rows(min_row=2, values_only=True))

    assert none.startswith("No assessment has begun here.")
    assert english.startswith(f"Spring (1):\nfamilies: {families.least} of 60")
    assert spanish.startswith("Spring (1):\n")
    assert "Spring" not in stranger
    assert english.splitlines()[1] in shown
    assert ("reached at least", "families", families.least, 60) == first[:4]
    assert "is closed" in closed
