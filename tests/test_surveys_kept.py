"""Surveys as they are kept: versions, approvals, open and closed; what is said of a weak one; the bank; the command line."""

from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select
from test_cli import run

import locales
from bot.surveys import exporting, measuring
from conversations.surveys import bank, validating
from conversations.surveys.asking import Unreadable, asked, to_translate, translated
from conversations.surveys.definition import Choice, Definition, Kind, Question
from locales import surveying
from storage.announcements import translators
from storage.surveys import definitions
from storage.surveys.definitions import Unready
from storage.surveys.tables import SurveyStage
from storage.tables import Membership

NIGHT = asked("How was it? 1) good 2) bad\nWhat else?", "en", "Family night")
NOCHE = translated(NIGHT, "¿Qué tal? 1) bien 2) mal\n¿Algo más?", "es")
NOCHE = Definition({"en": "Family night", "es": "Noche familiar"}, "en", NOCHE.questions)


class Shelf:
    """A database with its time."""

    def __init__(self, database, clock):
        self.database, self.now, self.later = database, clock(), clock() + timedelta(days=7)

    def __call__(self, unit, *rest, **more):
        return self.database.run_now(lambda connection: unit(connection, *rest, **more))

    def save(self, definition=NIGHT, **more):
        return self(definitions.save, school_id=1, slug="night", definition=definition, author_id=None, now=self.now, **more)

    def open(self, survey, **more):
        return self(definitions.open_now, survey.id, **{"now": self.now, "closes_at": self.later, **more})


@pytest.fixture
def shelf(database, clock):
    return Shelf(database, clock)


# Kept


def test_a_draft_is_written_over_and_an_open_one_never(shelf):
    """Nobody answers a question that is changed under them: what is open stays, and the next wording is the next version."""
    first, again = shelf.save(), shelf.save(NOCHE)
    shelf(definitions.approve, again.id, "es", by=None, now=shelf.now)
    opened = shelf.open(again)
    second = shelf.save(NOCHE, anonymous=False)

    assert (first.id, 1, NOCHE) == (again.id, again.version, again.definition)
    assert (2, SurveyStage.DRAFT, False) == (second.version, second.stage, second.anonymous)
    assert (SurveyStage.OPEN, NOCHE, True) == (opened.stage, opened.definition, shelf(definitions.kept, opened.id).anonymous)
    with pytest.raises(Unready, match="still open"):
        shelf.open(second)
    assert [True, False] == [shelf(definitions.close, opened.id, now=shelf.now) for _again in range(2)]
    assert shelf(definitions.opened, 1, "night") is None


def test_a_translation_is_approved_for_just_these_words(shelf):
    """It may be asked in Spanish once somebody has read it, and not any more when a word changes, of it or of its source."""
    survey = shelf.save(NOCHE)
    with pytest.raises(Unready, match="in es too"):
        shelf.open(survey)

    assert ("en",) == definitions.asked_in(survey)
    shelf(definitions.approve, survey.id, "es", by=None, now=shelf.now)
    assert ("en", "es") == definitions.asked_in(shelf(definitions.kept, survey.id))
    changed = shelf.save(Definition(NOCHE.title, "en", (*NOCHE.questions, Question(Kind.TEXT, "q3", {"en": "Why?", "es": "¿Por qué?"}))))
    assert (("en",), ["es"]) == (definitions.asked_in(changed), shelf(definitions.lacking, changed))


def test_only_who_is_listed_translates_it(shelf):
    """As with announcements: a liaison on the list writes it in her language, in the same shape, and it may be asked in it."""
    survey = shelf.save()
    liaison = shelf(
        lambda connection: connection.execute(select(Membership.person_id).where(Membership.role == "liaison")).scalars().first()
    )
    other = shelf(lambda connection: connection.execute(select(Membership.person_id).where(Membership.role == "family")).scalars().first())
    shelf(translators.add, 1, "es", liaison, 1)
    words = "Noche familiar\n¿Qué tal? 1) bien 2) mal\n¿Algo más?"

    with pytest.raises(Unready, match="listed for es"):
        shelf(definitions.translate, survey.id, "es", words, by=other, now=shelf.now)
    with pytest.raises(Unreadable, match="questions, and here"):
        shelf(definitions.translate, survey.id, "es", "Noche\n¿Qué tal?", by=liaison, now=shelf.now)
    done = shelf(definitions.translate, survey.id, "es", words, by=liaison, now=shelf.now)

    assert (NOCHE, ("en", "es")) == (done.definition, definitions.asked_in(done))
    assert "Family night\nHow was it? 1) good 2) bad\nWhat else?" == to_translate(done.definition)
    shelf.open(done)
    with pytest.raises(Unready, match="stay as they are"):
        shelf(definitions.translate, survey.id, "es", words, by=liaison, now=shelf.now)


def test_what_cannot_be_asked_is_not_kept(shelf):
    """A question that waits for itself, a language with nothing to approve, a last day that is over."""
    with pytest.raises(Unready, match="wait for each other"):
        shelf.save(Definition({"en": "N"}, "en", (Question(Kind.TEXT, "a", {"en": "A?"}, relevant="${a} = 'x'"),)))
    survey = shelf.save()
    with pytest.raises(Unready, match="nothing to approve"):
        shelf(definitions.approve, survey.id, "es", by=None, now=shelf.now)
    with pytest.raises(Unready, match="over"):
        shelf.open(survey, closes_at=shelf.now)
    assert [1] == [each.version for each in shelf(definitions.listed, 1)]


# What is said of a weak one


def warned(*questions, languages=("en", "es")):
    definition = Definition({"en": "T"}, "en", tuple(questions))
    return [locales.render(warning, "en") for warning in measuring.warnings(definition, languages)]


def text(name, words, **more):
    return Question(Kind.TEXT, name, {"en": words}, **more)


def one(name, words, *labels):
    return Question(Kind.SELECT_ONE, name, {"en": words}, choices=tuple(Choice(label, {"en": label}) for label in labels))


def test_five_questions_are_enough():
    """Up to five nothing is said; the sixth loses people."""
    assert [] == warned(*(text(f"q{n}", "What else?") for n in range(5)))
    assert ["6 questions are many: each further one loses people. Three is best, five at most."] == warned(
        *(text(f"q{n}", "What else?") for n in range(6))
    )


def test_a_long_question_is_dear_and_hard():
    """Where a text becomes three, and a sentence has no end."""
    words = "How much do you agree that " + " ".join(["the school communicates appropriately about opportunities"] * 9) + "?"

    assert ["“q” has a long sentence in English: cut it in two.", "“q” takes 4 texts in English: fewer words, or fewer choices."] == warned(
        text("q", words)
    )


@pytest.mark.parametrize(
    ("words", "theme"),
    [
        ("Did you vote in the last election?", "politics"),
        ("How often are you depressed?", "mental problems"),
        ("Has anybody at home used drugs?", "illegal behavior"),
        ("¿A qué iglesia va su familia?", "religion"),
        ("¿Cuánto gana al mes?", "income"),
        ("Do your parents fight at home?", "family relations"),
        ("¿Habla de sexo con su hija?", "sex"),
        ("What did you tell your priest?", "privileged relations"),
        ("How was the food?", None),
        ("¿Qué debemos arreglar primero?", None),
    ],
)
def test_what_needs_a_parents_consent_is_named(words, theme):
    """The eight topics of PPRA and Ed Code 51513, in each of our languages."""
    assert [theme] == [each.value for each in surveying.themes(words)] or [None]
    assert (theme is not None) == any("Ed Code 51513" in line for line in warned(text("q", words)))


def test_questions_that_together_tell_who_are_named():
    """Grade and language of a family: in a small school that is one family. Alone, each is fine."""
    grade, language = (
        one("grade", "What grade is your child in?", "k", "1", "2"),
        one("tongue", "What languages are spoken at home?", "en", "mam"),
    )

    assert [] == warned(grade)
    assert [
        "Together “grade”, “tongue” can tell who somebody is: 6 combinations, and groups under 10 are never shown. Leave one out."
    ] == warned(grade, language, text("more", "What else?"))
    assert ["“who” asks who somebody is: then nothing here is anonymous."] == warned(text("who", "What is your full name?"))


@pytest.mark.parametrize("slug", bank.BANK)
def test_the_bank_is_ready_to_be_asked(slug):
    """Three questions in each language, one text each, and nothing to say against them."""
    definition = bank.definition(slug, locales.render, locales.LANGUAGES)

    assert (3, ()) == (definition.asked, validating.problems(definition))
    assert () == measuring.warnings(definition, locales.LANGUAGES)
    assert not any(definitions.lacks_words(definition, tag) for tag in locales.LANGUAGES)


# The command line


@pytest.fixture
def at_mesa(database_url):
    """`platica survey …` on a database with the sample school."""
    return lambda *arguments: run("survey", *arguments, url=database_url)


def test_a_form_goes_in_and_comes_out(at_mesa, tmp_path):
    """Shown first, kept with --yes, approved, written out again."""
    exporting.write(Definition(NOCHE.title, "en", NOCHE.questions, slug="night"), tmp_path / "night.xlsx")
    mesa = ("--school", "mesa")

    shown = at_mesa("import", str(tmp_path / "night.xlsx"), *mesa)
    assert (0, True, "There is none yet") == (shown.returncode, "Nothing is saved yet" in shown.stdout, at_mesa("list", *mesa).stdout[:17])
    assert "Saved: version 1 of “night”, anonymous, a draft." in at_mesa("import", str(tmp_path / "night.xlsx"), *mesa, "--yes").stdout
    assert "approved in es" in at_mesa("approve", "night", "es", *mesa).stdout
    assert "night 1: draft, 2 questions, en, es, anonymous" in at_mesa("list", *mesa).stdout
    assert 0 == at_mesa("export", "night", *mesa, "--to", str(tmp_path / "out.xlsx")).returncode
    assert "How was it?" in [cell.value for cell in openpyxl.load_workbook(tmp_path / "out.xlsx")["survey"]["C"]]
    assert "version 1 of “climate”" in at_mesa("bank", "climate", *mesa, "--yes").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", "gone.xlsx", "--school", "mesa"), "gone.xlsx cannot be read"),
        (("approve", "night", "es", "--school", "mesa"), "has no survey night"),
        (("list", "--school", "nowhere"), "No school has the keyword nowhere."),
        (("bank", "weather"), "There are: climate, needs, assets, after event."),
        (("export", "night", "--school", "mesa", "--to", "night.pdf"), "should end with .xlsx"),
    ],
)
def test_mistakes_at_the_command_line_are_named(at_mesa, arguments, says):
    """Exit 1, one sentence, nothing changed."""
    ran = at_mesa(*arguments)

    assert (1, True) == (ran.returncode, says in ran.stderr)


def test_a_bad_form_is_refused_whole(at_mesa, tmp_path):
    """Each mistake with its row, and nothing is saved even with --yes."""
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (["type", "name", "label"], ["text", "a", "A?"], ["geopoint", "b", "B?"]):
        book.active.append(row)
    book.save(tmp_path / "bad.xlsx")
    ran = at_mesa("import", str(tmp_path / "bad.xlsx"), "--school", "mesa", "--yes")

    assert (1, True, True) == (ran.returncode, "row 3: the type “geopoint”" in ran.stderr, "Nothing is saved." in ran.stderr)
    assert "There is none yet" in at_mesa("list", "--school", "mesa").stdout
