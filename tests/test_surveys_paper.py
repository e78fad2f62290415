"""Paper: forms with codes that count once, entered afterwards; opening and closing at the command line."""

import csv
import re
from functools import partial

import pypdfium2
import pytest
from sqlalchemy import select
from test_cli import run

from bot.surveys import slips
from bot.surveys.secrets import Secrets
from storage.surveys import batches, definitions, seals
from storage.surveys.tables import Participation, Pending, Response

FORM = [
    ["type", "name", "label::English (en)", "label::Español (es)", "relevant"],
    ["select_one how or_other", "night", "How was the night?", "¿Qué tal la noche?", ""],
    ["select_multiple way", "came", "How did you come?", "¿Cómo vino?", ""],
    ["range", "again", "How likely will you come again?", "¿Vendría otra vez?", "${night} = 'good'"],
    ["text", "more", "What else?", "¿Algo más?", ""],
]
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Español (es)"],
    ["how", "good", "good", "bien"],
    ["how", "bad", "bad", "mal"],
    ["way", "bus", "bus", "autobús"],
    ["way", "car", "car", "carro"],
    ["way", "foot", "on foot", "a pie"],
]
MESA = ("--school", "mesa")


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.fixture
def night(database, database_url, tmp_path):
    """The open survey "night" of the sample school, at the command line."""
    folder = tmp_path / "night"
    folder.mkdir()
    write(folder / "survey.csv", FORM)
    write(folder / "choices.csv", CHOICES)
    write(folder / "settings.csv", [["form_title", "form_title_es", "default_language"], ["Family night", "Noche familiar", "en"]])
    night = Night(database, database_url, tmp_path)
    night("import", str(folder), *MESA, "--name", "night", "--yes")
    night("approve", "night", "es", *MESA)
    return night


class Night:
    def __init__(self, database, url, folder):
        self.run, self.url, self.folder = database.run_now, url, folder
        self.secrets = Secrets(folder / "secrets")

    def __call__(self, *arguments):
        return run("survey", *arguments, url=self.url, PLATICA_SECRETS=str(self.secrets.folder))

    def opened(self):
        assert "“night” is open until" in self("open", "night", *MESA).stdout
        return self

    def codes(self, count):
        return slips.new(self.secrets.of(1), 1, count)

    def enter(self, *rows, yes=("--yes",)):
        return self("paper", "night", write(self.folder / "forms.csv", rows), *MESA, *yes)

    def rows(self, table):
        return self.run(lambda connection: connection.execute(select(table.__table__)).mappings().all())

    def said(self):
        """What is kept, once it is all moved."""
        self.run(lambda c: batches.move(c, definitions.kept(c, 1), self.secrets.of(1), definitions.kept(c, 1).opened_at, rest=True))
        return [(row["method"], row["group"], row["perhaps_again"], row["answers"]) for row in self.rows(Response)]


def test_forms_are_printed_each_with_a_code_that_counts(night):
    """A page each, in both languages, with the choices numbered as they are entered; in one language when asked for."""
    night.opened()
    ran = night("slips", "night", *MESA, "--count", "3", "--pdf", str(night.folder / "forms.pdf"))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(night.folder / "forms.pdf")]
    codes = [re.search(r"\b\w{4}-\w{4}\b", page)[0] for page in pages]

    assert (0, 3, 3) == (ran.returncode, len(pages), len(set(codes)))
    assert [True] * 3 == [slips.read(night.secrets.of(1), 1, code.lower()) is not None for code in codes]
    for words in (
        "Family night / Noche familiar",
        "1. How was the night? / ¿Qué tal la noche?",
        "2 bad / mal",
        "3 Other / Otr",
        " 0 1 2 3 ",
    ):
        assert words in pages[0]
    assert 0 == night("slips", "night", *MESA, "--count", "1", "--language", "es", "--pdf", str(night.folder / "es.pdf")).returncode
    spanish = pypdfium2.PdfDocument(night.folder / "es.pdf")[0].get_textpage().get_text_range()
    assert (True, False) == ("1. ¿Qué tal la noche?" in spanish, "How was" in spanish)


def test_forms_are_entered_once(night):
    """Shown first. Who has a code counts once, however often the file is entered; without one apart; a family's number counts with its texts."""
    first, second = night.opened().codes(2)
    rows = (
        ["Código", "phone", "group", "night", "came", "again", "more"],
        [slips.as_printed(first), "", "", "1", "1 3", "9", "More pizza, SSN 123-45-6789"],
        [second, "", "staff", "mal", "", "7", ""],
        ["", "+1 661 555 0120", "", "3", "car; on foot", "", "a"],
        ["", "", "", "good", "", "", ""],
    )
    shown = night.enter(*rows, yes=())
    assert ("4 forms: 4 counted. 1 have neither code nor phone", True) == (shown.stdout[:49], "Nothing is changed yet" in shown.stdout)
    assert 0 == len(night.rows(Pending))

    night.enter(*rows)
    assert "4 forms: 1 counted. 3 had taken part already." in night.enter(*rows).stdout
    assert (5, 3) == (len(night.rows(Pending)), len(night.rows(Participation)))
    said = night.said()
    assert ("paper", "families", False, {"night": "good", "came": "bus foot", "again": 9, "more": "More pizza, SSN [redacted]"}) in said
    assert ("paper", "staff", False, {"night": "bad", "came": None, "more": None}) in said
    assert ("paper", "families", False, {"night": "other", "came": "car foot", "more": "a"}) in said
    assert 2 == said.count(("paper", "families", True, {"night": "good", "came": None, "again": None, "more": None}))


WRONG = {
    ("2222-2222", "", "1", ""): "Row 2: “2222-2222” is no code of this survey's forms",
    ("", "+16615550199", "1", ""): "Row 2: nobody has that number here",
    ("", "call me", "1", ""): "Row 2:",
    ("", "", "4", ""): "Row 2: “4” is no choice of night: write its number on the form, from 1 to 3.",
    ("", "", "good", "11"): "Row 2: “11” is no answer to again.",
    ("", "", "good", "often"): "Row 2: “often” is no whole number",
    ("", "+16615550120", "", ""): "Row 2: nothing is answered",
}


def test_a_form_that_cannot_be_read_is_named_by_its_row(night):
    """Nothing is counted, whatever stands in the other rows."""
    night.opened()
    said = {cells: night.enter(["code", "phone", "night", "again"], cells, ["", "", "bad", ""]) for cells in WRONG}

    assert [] == [says for cells, says in WRONG.items() if not said[cells].stderr.startswith(says)]
    assert ({1}, []) == ({ran.returncode for ran in said.values()}, night.rows(Pending))


def test_it_opens_once_and_closes_for_good(night):
    """Before it is open there is no paper; afterwards its secret is gone and no form counts."""
    assert "“night” is not open: platica survey open" in night.enter(["night"], ["1"]).stderr
    night.opened()
    assert "It is open already" in night("open", "night", *MESA).stderr
    night.enter(["night"], ["1"])
    assert "is closed" in night("close", "night", *MESA).stdout

    assert ([], 1, []) == (night.secrets.kept(), len(night.rows(Response)), night.rows(Pending))
    assert "is not open" in night("close", "night", *MESA).stderr
    assert "is not open" in night.enter(["night"], ["1"]).stderr
    assert "names no day" in night("open", "night", *MESA, "--until", "soon").stderr


async def test_a_form_is_entered_by_text_once(night, house):
    """Whoever has no spreadsheet texts it, form by form; the code counts here as in the file, and no other code does."""
    night.opened()
    house.secrets.folder = night.secrets.folder
    (code,) = night.codes(1)
    staff = "+16615550100"
    begun = await house.hears(f"ASK FOR {slips.as_printed(code).lower()} night", staff)
    for text in ("2", "1 3", "the gate"):
        house.now.forward(minutes=2)
        saved = await house.hears(text, staff)

    assert ("from paper" in begun[0], saved) == (True, ["Saved. For the next form: ASK FOR, its code, and the survey's name."])
    assert ["The form with this code is saved already."] == await house.hears(f"ASK FOR {code} night", staff)
    assert ["This survey has no form with that code: please read it once more."] == await house.hears("ASK FOR 2222-2222 night", staff)
    assert "1 forms: 0 counted. 1 had taken part already." in night.enter(["code", "night"], [code, "1"]).stdout
    assert [("paper", "families", False, {"night": "bad", "came": "bus foot", "more": "the gate"})] == night.said()


def test_check_misses_a_secret(night):
    """An open survey that nobody can take, and a folder that others look into, are named before a family finds out."""
    night.opened()
    check = partial(run, "check", url=night.url, PLATICA_SECRETS=str(night.secrets.folder))
    assert "secret" not in check().stdout
    night.secrets.folder.chmod(0o755)
    assert f"chmod 700 {night.secrets.folder}" in check().stdout
    night.secrets.destroy(1)

    assert (1, True) == (check().returncode, "The secret of the survey “night” is not in" in check().stdout)


def test_codes_cannot_be_made_up():
    """Not of another survey, not with another secret, not by changing a letter."""
    secret = seals.fresh()
    (code,) = slips.new(secret, 7, 1)
    others = [code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :] for place in range(8)]

    assert code == slips.read(secret, 7, slips.as_printed(code).lower())
    assert [None] * 2 == [slips.read(secret, 8, code), slips.read(seals.fresh(), 7, code)]
    assert [None] * 8 == [slips.read(secret, 7, each) for each in others]
