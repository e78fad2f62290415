"""What is printed for the door, what is entered from paper, and what an event came to in a spreadsheet."""

import csv
import io
import re

import openpyxl
import pypdfium2
import pytest
from town_of_events import Gathering
from typer.testing import CliRunner

import locales
from bot import printing as sheets
from bot.cli import cli
from bot.events import door, exporting, paper, printing
from bot.members import Unfit
from conversations.events.event import PartStat
from locales.catalogs import catalog
from storage.events import attendance, reports, views
from storage.events.reports import Count


@pytest.fixture
def gathering(database, clock):
    return Gathering(database, clock, capacity=20, childcare=3, rides=4)


def view(gathering):
    row = gathering.row()
    return gathering.run(lambda c: views.view(c, row))


def text_of(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()


def sheet(tmp_path, text):
    path = tmp_path / "sheet.csv"
    path.write_text(text)
    return path


def entered(gathering, path):
    row = gathering.row()
    return gathering.run(lambda c: paper.enter(c, row, paper.read(c, path), gathering.clock.at))


def came(gathering):
    return gathering.run(lambda c: reports.report(c, gathering.id).came)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_poster_says_what_to_text_in_every_language(gathering):
    """Title, day and hour, the word and the code; a QR code for texts and one for Telegram."""
    ways = printing.Ways("4821", "661-555-0190", "sms:+16615550190?body=HERE%204821", "https://t.me/mesa_bot?start=here-4821")
    pdf = printing.poster(view(gathering), list(locales.LANGUAGES), ways)
    said = text_of(pdf)
    assert 1 == len(pypdfium2.PdfDocument(pdf))
    for part in ("Pizza night", "HERE 4821", "AQUI 4821", "661-555-0190", "¡Bienvenidos!", "Por mensaje de texto", "On Telegram"):
        assert part in said


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_poster_with_a_long_title_stays_on_its_page(gathering):
    """Its letters are smaller, and nothing runs into the QR codes."""
    long = "School Site Council and English Learner Advisory Committee: budget hearing, elections and a meal for everybody " * 3
    event = view(gathering)
    object.__setattr__(event, "texts", {"en": long})
    page = pypdfium2.PdfDocument(printing.poster(event, ["en", "es"], printing.Ways("4821", "661-555-0190", "sms:+16615550190")))[0]
    said = page.get_textpage()
    lowest = min(said.get_rect(n)[1] for n in range(said.count_rects()))
    assert lowest >= (sheets.MARGIN + printing.SIDE) * 72 / 25.4


@pytest.mark.parametrize(("keeps_names", "asks"), [(False, False), (True, True)])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_only_a_committees_sheet_has_a_column_for_names(database, clock, keeps_names, asks):
    """A family night counts; it does not ask who."""
    gathering = Gathering(database, clock, keeps_names=keeps_names)
    pdf = printing.sheet(view(gathering), ["en", "es"], pages=2)
    assert asks == ("Nombre" in text_of(pdf))
    assert 2 == len(pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize("tag", locales.LANGUAGES)
def test_the_font_has_every_letter_of_every_language(tag):
    """Nothing that is printed comes out as an empty box."""
    said = [text for message in catalog(tag)._catalog.values() for text in ([message] if isinstance(message, str) else [])]
    letters = {letter for text in said for letter in text if letter.isalpha()}
    assert set() == {letter for letter in letters if ord(letter) not in sheets.letters() and letter.isascii()}
    names = "".join(locales.LANGUAGES.values()) + "áéíóúüñÁÉÍÓÚÜÑ¿¡“”…–"
    assert set() == {letter for letter in names if ord(letter) not in sheets.letters()}


def test_a_sheet_is_counted_once_however_often_it_is_entered(gathering, tmp_path):
    """The second time takes the place of the first; who came in by phone is not counted again."""
    person = gathering.person(0)
    gathering.run(lambda c: attendance.arrive(c, gathering.id, person, gathering.clock.at, sizes=(2, 1)))
    path = sheet(tmp_path, "Adultos,Niños,Idioma\n2,3,español\n1,,inglés\n,2,\n")
    assert "3 lines, 3 adults and 5 children on paper: 3 lines counted." == entered(gathering, path)
    assert "3 lines counted. The 3 entered before are replaced." in entered(gathering, path)
    assert Count(4, 5, 6) == came(gathering)


def test_a_line_with_the_phone_of_who_is_counted_already_counts_once(database, clock, gathering, tmp_path):
    """The liaison need not know who texted HERE."""
    path = sheet(tmp_path, "phone,adults,children\n+1 661 555 0120,2,2\n661-555-0199,1,0\n")
    person = database.run_now(lambda c: paper.read(c, path))[0].person_id
    gathering.run(lambda c: attendance.arrive(c, gathering.id, person, clock.at, sizes=(4, 4)))
    assert entered(gathering, path).endswith("1 lines counted. 1 were counted already.")
    assert Count(2, 5, 4) == came(gathering)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,phone\nx,y\n", "needs a heading with adults and children"),
        ("adults,children\n2,x\n", 'Row 2: "x" is no number of children from 0 to 99.'),
        ("adults,children\n0,0\n", "Row 2 counts nobody"),
        ("adults,language\n1,klingon\n", 'Row 2: "klingon" is no language of ours'),
        ("adults,phone\n1,12\n", "Row 2: "),
        ("", "is empty"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_which_row(gathering, tmp_path, text, sentence):
    """And nothing is changed."""
    with pytest.raises(Unfit, match=re.escape(sentence)):
        entered(gathering, sheet(tmp_path, text))
    assert Count() == came(gathering)


def test_an_export_says_what_the_report_says(gathering, clock):
    """One figure a line, in CSV and in Excel alike; no name, no number."""
    gathering.says(4, 0, interpreter="es", ride=2)
    gathering.says(2, 1, meal="no pork")
    gathering.says(0, 2)
    person = gathering.person(0)
    gathering.run(lambda c: attendance.arrive(c, gathering.id, person, clock.at, language="es"))
    row = gathering.row()
    found = gathering.run(lambda c: list(exporting.rows(c, [row])))
    table = list(csv.reader(io.StringIO(exporting.as_csv(found).decode("utf-8-sig"))))
    figures = {(row[3], row[4]): row[5:] for row in table[1:]}
    assert ["2", "6", "0", "6"] == figures["answered", PartStat.ACCEPTED.value]
    assert ["1", "4", "0", "4"] == figures["said yes and came", "es"]
    assert ["1", "", "", ""] == figures["asked for an interpreter", "es"]
    assert ["", "", "", "2"] == figures["got a seat in a ride", ""]
    book = openpyxl.load_workbook(io.BytesIO(exporting.as_xlsx(found)))
    assert [list(row) for row in book["events"].iter_rows(values_only=True)][1:] == [list(each) for each in [_as_excel(r) for r in found]]


def _as_excel(row):
    return [None if cell == "" else cell for cell in row]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_title_is_no_formula(database, clock):
    """A spreadsheet runs nothing that somebody typed as a title."""
    assert b"'=cmd" in exporting.as_csv([("=cmd|' /C calc'!A0", "PIZZA")])


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_command_line_prints_enters_and_exports(gathering, database_url, clock, monkeypatch, tmp_path):
    """Each of them once, from end to end."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000")
    for name, value in {"TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+16615550190", "PUBLIC_URL": "https://localhost"}.items():
        monkeypatch.setenv(name, value)

    def platica(*arguments):
        done = CliRunner().invoke(cli, ["event", *arguments, "--school", "mesa"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert door.printed(gathering.id) in platica("door", "pizza", "--once")
    platica("poster", "pizza", "--pdf", f"{tmp_path / 'poster.pdf'}", "--telegram", "mesa_bot")
    platica("sheet", "pizza", "--pdf", f"{tmp_path / 'sheet.pdf'}")
    lines = sheet(tmp_path, "adults,children\n2,3\n")
    assert "Nothing is changed yet" in platica("paper", "pizza", f"{lines}")
    assert Count() == came(gathering)
    platica("paper", "pizza", f"{lines}", "--yes")
    assert Count(1, 2, 3) == came(gathering)
    platica("export", "pizza", "--csv", f"{tmp_path / 'out.csv'}")
    platica("export", "--xlsx", f"{tmp_path / 'out.xlsx'}")
    assert b"%PDF" == (tmp_path / "poster.pdf").read_bytes()[:4] == (tmp_path / "sheet.pdf").read_bytes()[:4]
    assert "came,,1,2,3,5" in (tmp_path / "out.csv").read_text("utf-8-sig")
