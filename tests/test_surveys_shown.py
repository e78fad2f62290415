"""What a survey found, as it is handed on: on the command line, in a workbook, as pictures and on a page; and told to families."""

import csv
import io
from functools import partial

import openpyxl
import pypdfium2
import pytest
from PIL import Image
from play_results import _said
from sqlalchemy import select
from surveys import NOW, Answered
from test_cli import run

import locales
from bot.surveys import charts, findings, page, reading, reporting
from bot.surveys.charts import Noted
from bot.surveys.office import Desk
from conversations.surveys import bank
from locales.redaction import quotable
from storage.announcements import drafts
from storage.announcements.tables import Announcement
from storage.gate.locks import lock
from storage.surveys import definitions

COORDINATOR, FAMILY = "+16615550100", "+16615550180"
CLIMATE = bank.definition("climate", locales.render, ["en", "es"])


@pytest.fixture
def climate(database):
    """180 answers, a third of them of the staff; closed."""
    survey = Answered(database, CLIMATE, slug="climate")
    database.run_now(lambda connection: definitions.approve(connection, survey.id, "es", by=None, now=NOW))
    survey.answer([{**_said(CLIMATE, n), "group": "staff" if n % 3 == 0 else "families"} for n in range(180)])
    survey.close()
    return survey


def read(survey, language="en"):
    kept = survey.survey
    return survey.database.run_now(partial(reporting.told, survey=kept, language=language))


def test_the_command_line_tells_and_writes_everything(climate, database_url, tmp_path):
    """Figures, a workbook with a codebook, pictures and a page, in one go; and a file that is there is left alone."""
    files = ["--xlsx", f"{tmp_path}/c.xlsx", "--csv", f"{tmp_path}/c.csv", "--pdf", f"{tmp_path}/c.pdf", "--png", f"{tmp_path}/pictures"]
    told = run("survey", "results", "climate", "--school", "MESA", *files, url=database_url)
    again = run("survey", "results", "climate", "--school", "MESA", *files, url=database_url)
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    lines = list(csv.DictReader(io.StringIO((tmp_path / "c.csv").read_bytes().decode("utf-8-sig"))))
    codes = [row[:3] for row in book["codebook"].iter_rows(values_only=True)]

    assert "90   50 %  very much" in told.stdout
    assert ("is there already" in again.stderr, 1) == (True, again.returncode)
    assert ["results", "themes", "codebook", "about"] == book.sheetnames
    assert {"90"} == {line["count"] for line in lines if (line["part"], line["answers"]) == ("everybody", "very")}
    assert [("safe", "select_one", None), ("safe", None, "very")] == codes[1:3]
    assert ["climate-01-safe.png", "climate-02-welcome.png"] == sorted(each.name for each in (tmp_path / "pictures").iterdir())


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_picture_is_as_wide_as_a_phone_and_as_high_as_it_needs(climate):
    """Two bars more make it higher; nothing is drawn outside of it."""
    report = read(climate)
    noted = Noted("Mesa Verde Elementary", "180 answers.")
    sizes = [Image.open(io.BytesIO(charts.png(chart, noted))).size for chart in report.charts]

    assert {charts.WIDTH} == {width for width, _height in sizes}
    assert sizes[0][1] > 400


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_page_for_the_committee_is_one_page_in_both_languages(climate):
    """However much there is to tell, it is made smaller until it fits."""
    reports = [read(climate, tag) for tag in ("en", "es")]
    printed = pypdfium2.PdfDocument(page.page(reports, "Mesa Verde Elementary"))
    text = printed[0].get_textpage().get_text_bounded()

    assert 1 == len(printed)
    assert "How safe does your child feel at school?" in text
    assert "¿Qué tan seguro se siente su hijo en la escuela?" in text
    assert "50 % (90)" in text


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_waves_and_schools_stand_side_by_side(climate):
    """One wave against the one before, and one school against all, as finely as each was told."""
    second = Answered(climate.database, CLIMATE, slug="climate")
    second.answer([_said(CLIMATE, n) for n in range(0, 120, 2)])

    def told(connection):
        desk = Desk.of(connection, "MESA", NOW)
        found = findings.Findings.of(desk, "climate")
        return list(found.beside({"version 1": findings.earlier(desk, found, 1)})), list(found.beside_the_district())

    waves, district = climate.database.run_now(told)

    assert " 67 %   50 %  +17  very much" in "\n".join(waves)
    assert " 67 %   67 %  +0  very much" in "\n".join(district)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_themes_are_put_right_by_hand(climate, database_url):
    """By the numbers of the list; what cannot be read is answered with an example, and nothing is changed."""
    themes = partial(run, "survey", "themes", "climate", "--school", "MESA", url=database_url)
    shown = themes().stdout
    merged = themes("--merge", "1=2", "--rename", "1=light at the gate").stdout
    wrong, late = themes("--merge", "9=1"), themes("--words", "1=lamp")

    assert "entrada" in shown
    assert "1  light at the gate:" in merged
    assert merged.count("\n") == shown.count("\n") - 1
    assert ("write it like" in wrong.stderr, 1) == (True, wrong.returncode)
    assert ("words stay as they are" in late.stderr, 1) == (True, late.returncode)


def test_what_was_heard_is_drafted_in_every_language(climate, database_url):
    """Both languages are written; with what the school did only its source, and nothing leaves by itself."""
    run("survey", "heard", "climate", "--school", "MESA", url=database_url)
    run("survey", "heard", "climate", "--school", "MESA", "--did", "The light works.", url=database_url)

    def texts(connection):
        numbers = connection.execute(select(Announcement.id, Announcement.stage).order_by(Announcement.id)).all()
        return [(stage, {text.language: text.body for text in drafts.draft(connection, number).texts}) for number, stage in numbers]

    (stage, both), (_stage, one) = climate.database.run_now(texts)

    assert "draft" == stage
    assert both["en"].startswith("Mesa Verde Elementary: What we heard: How school feels. 180 answered.")
    assert "¿Qué tan seguro se siente su hijo en la escuela? mucho, 50%." in both["es"]
    assert one["en"].endswith("We did: The light works.")
    assert not one["es"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_only_staff_who_are_not_locked_hear_what_was_found(house, climate, clock):
    """A family that texts the same hears nothing of it, and neither does a phone that may be somebody else's."""
    (told,) = await house.hears("results climate", COORDINATOR)
    family = await house.hears("results climate", FAMILY)
    ((person,),) = await house.run("SELECT person_id FROM address WHERE address = :who", who=COORDINATOR)
    await house.database.run(lambda connection: lock(connection, person, "not me", clock()))
    locked = await house.hears("results climate", COORDINATOR)

    assert "very much 50%" in told
    assert "50%" not in " ".join(family + locked)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_long_survey_is_told_in_three_texts(house, database):
    """What finds no room is counted, not cut in the middle."""
    asked = bank.definition("needs", locales.render, ["en"])
    survey = Answered(database, asked, slug="needs")
    survey.answer([_said(asked, n) for n in range(120)])
    report = reporting.report(survey.survey, survey.publish(), "en", {})
    lines = reading.in_texts(report)
    long = reading.in_texts(reporting.Report(survey.survey, "en", 120, False, report.charts * 4))

    assert 3 == len(lines)
    assert "And 4 more: ask who runs this for the page." == locales.render(long[-1], "en")


@pytest.mark.parametrize(
    ("said", "fit"),
    [
        ("More lights at the gate", True),
        ("¿Por qué no hay más luz?", True),
        ("Mrs. Lopez yells at us", False),
        ("la maestra garcia grita", False),
        ("Ask Maria about it", False),
        ("Call 661 555 0142", False),
        ("my son jose was hit", False),
        ("nobody has papers here, ICE comes", False),
    ],
)
def test_what_names_somebody_is_not_quoted(said, fit):
    """Rather one answer too few than one name too many."""
    assert fit is quotable(said)
