"""XLSForms in and out: ten of our own, what pyxform says of what we write, and every way a file can be bad."""

import csv
import json
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from bot.surveys import exporting, xlsform
from bot.surveys.sheets import BadForm
from conversations.surveys.definition import Choice, Definition, Kind, Question, Scale, fits, next_question

SETTINGS = [["form_title", "form_id", "default_language"], ["Family night", "night", "English (en)"]]
YES_NO = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]
LABELS = ["type", "name", "label"]


def book(path, survey, choices=(), settings=SETTINGS, **others):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in {"survey": survey, "choices": choices, "settings": settings, **others}.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def read(tmp_path, survey, choices=(), **more):
    return xlsform.read(book(tmp_path / "form.xlsx", survey, choices, **more))


def refused(path):
    with pytest.raises(BadForm) as bad:
        xlsform.read(path)
    return list(bad.value.lines)


FORMS = {
    "select_one": ([LABELS, ["select_one yn", "came", "Did you come?"]], YES_NO),
    "select_multiple": ([[*LABELS, "hint"], ["select_multiple yn", "both", "Which?", "More than one is fine."]], YES_NO),
    "integer and its constraint": (
        [[*LABELS, "constraint", "constraint_message"], ["integer", "kids", "How many children?", ". >= 0 and . <= 12", "From 0 to 12."]],
        (),
    ),
    "range": ([[*LABELS, "parameters"], ["range", "mark", "From 1 to 5?", "start=1 end=5 step=1"]], ()),
    "text and required": ([[*LABELS, "required"], ["text", "why", "Why?", "yes"]], ()),
    "note": ([LABELS, ["note", "hello", "Three short questions."], ["text", "why", "Why?"]], ()),
    "relevant": (
        [
            [*LABELS, "relevant"],
            ["select_one yn", "help", "Do you need help?", ""],
            ["text", "what", "With what?", "${help} = 'yes' and not(selected(${help}, 'no'))"],
        ],
        YES_NO,
    ),
    "choice filter": (
        [
            [*LABELS, "choice_filter"],
            ["select_one town", "town", "Town?", ""],
            ["select_one street", "street", "Street?", "town = ${town}"],
        ],
        [
            ["list_name", "name", "label", "town"],
            ["town", "north", "North", ""],
            ["town", "south", "South", ""],
            ["street", "oak", "Oak", "north"],
            ["street", "bay", "Bay", "south"],
        ],
    ),
    "or_other": ([LABELS, ["select_one ride or_other", "ride", "How did you come?"]], [YES_NO[0], ["ride", "bus", "By bus"]]),
    "two languages and a group": (
        [
            ["type", "name", "label::English (en)", "label::Español (es)", "relevant"],
            ["select_one yn", "came", "Did you come?", "¿Vino?", ""],
            ["begin_group", "more", "", "", "${came} = 'yes'"],
            ["text", "best", "What was best?", "¿Qué fue lo mejor?", ""],
            ["end_group", "", "", "", ""],
        ],
        [["list_name", "name", "label::English (en)", "label::Español (es)"], ["yn", "yes", "Yes", "Sí"], ["yn", "no", "No", "No"]],
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_written_agreed_with_and_read_again(tmp_path, name):
    """Every feature we read, pyxform reads too; what we write is a valid form to it, and the same survey to us."""
    survey, choices = FORMS[name]
    convert(book(tmp_path / "ours.xlsx", survey, choices))
    report = xlsform.read(tmp_path / "ours.xlsx")

    exporting.write(report.definition, tmp_path / "written.xlsx")

    assert "<h:html" in convert(tmp_path / "written.xlsx").xform
    assert report.definition == xlsform.read(tmp_path / "written.xlsx").definition
    assert next_question(report.definition, {}) is not None


SAID = {
    "select_one": [{"came": "yes"}],
    "select_multiple": [{"both": ["yes", "no"]}],
    "integer and its constraint": [{"kids": 12}],
    "range": [{"mark": 5}],
    "text and required": [{"why": "because"}],
    "note": [{"hello": "", "why": "because"}],
    "relevant": [{"help": "no"}, {"help": "yes", "what": "rent"}],
    "choice filter": [{"town": "south", "street": "bay"}],
    "or_other": [{"ride": "bus"}, {"ride": "other", "ride_other": "by horse"}],
    "two languages and a group": [{"came": "no"}, {"came": "yes", "best": "pozole"}],
}


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, every in SAID.items() for said in every])
def test_a_form_is_asked_to_its_end(tmp_path, name, said):
    """Just these questions, in this order, each with an answer that fits; what the database keeps asks the same."""
    definition = read(tmp_path, *FORMS[name]).definition
    kept = Definition.from_json(json.loads(json.dumps(definition.to_json())))
    answers = {}
    while (question := next_question(kept, answers)) is not None:
        assert fits(question, said[question.name], answers)
        answers[question.name] = said[question.name]

    assert (definition, list(said)) == (kept, list(answers))


def test_a_group_lends_its_condition_to_its_questions(tmp_path):
    """A text has no pages, but who did not come is not asked what was best."""
    definition = read(tmp_path, *FORMS["two languages and a group"]).definition

    assert ("${came} = 'yes'", {"en": "What was best?", "es": "¿Qué fue lo mejor?"}) == (
        definition.questions[1].relevant,
        definition.questions[1].label,
    )
    assert ("en", "es") == definition.languages


def test_what_a_text_has_no_use_for_is_left_out_and_said(tmp_path):
    """Looks, pictures, who holds the phone: the survey stands without them, and its author knows."""
    survey = [[*LABELS, "appearance", "media::image"], ["deviceid", "device", ""], ["text", "why", "Why?", "multiline", "bus.png"]]
    report = read(tmp_path, survey, entities=[["list_name"], ["x"]])

    assert 1 == report.definition.asked
    assert [
        "Sheet survey, row 1: the column “appearance” is left out.",
        "Sheet survey, row 1: the column “media::image” is left out.",
        "Sheet entities: left out; a form is in survey, choices and settings.",
        "Sheet survey, row 2: “deviceid” is left out: it says who answers, or when.",
    ] == list(report.notes)


def test_csv_in_three_files_or_in_one(tmp_path):
    """Without a spreadsheet program: survey.csv, choices.csv and settings.csv, or one file that names its sheets."""
    survey, choices = FORMS["choice filter"]
    wanted = read(tmp_path, survey, choices).definition
    folder = tmp_path / "form"
    folder.mkdir()
    parts = {"survey": survey, "choices": choices, "settings": SETTINGS}
    for name, rows in parts.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    with (tmp_path / "one.csv").open("w", newline="") as file:
        for name, rows in parts.items():
            csv.writer(file).writerows([[name], *(["", *row] for row in rows)])

    assert [wanted] * 3 == [xlsform.read(path).definition for path in (folder, folder / "choices.csv", tmp_path / "one.csv")]
    assert "<h:html" in convert(tmp_path / "one.csv").xform


def test_other_names_of_the_same_are_known(tmp_path):
    """Older forms say it otherwise: caption, relevance, int, "select one from", a single colon; without tags, the language by its name."""
    survey = [
        ["type", "name", "caption", "label:Spanish", "relevance"],
        ["select one from yn or other", "came", "Came?", "¿Vino?", ""],
        ["int", "kids", "Kids?", "¿Niños?", "${came}='yes'"],
    ]
    definition = read(tmp_path, survey, [["list name", "value", "label", "label::es"], ["yn", "yes", "Yes", "Sí"]]).definition

    assert [Kind.SELECT_ONE, Kind.INTEGER] == [question.kind for question in definition.questions]
    assert {"en": "Kids?", "es": "¿Niños?"} == definition.questions[1].label
    assert (True, "${came}='yes'") == (definition.questions[0].or_other, definition.questions[1].relevant)


# Bad ones


@pytest.mark.parametrize(
    ("survey", "choices", "lines"),
    [
        (
            [LABELS, ["select_one yn", "came", "Came?"]],
            (),
            ["Sheet survey, row 2: there is no list “yn” in the sheet choices."],
        ),
        (
            [LABELS, ["text", "a", "A?"], ["geopoint", "where", "Where?"]],
            (),
            [f"Sheet survey, row 3: the type “geopoint” cannot be asked by text. There are: {xlsform.TYPES}."],
        ),
        (
            [LABELS, ["text", "a", "A?"], [], ["text", "a", "B?"]],
            (),
            ["Sheet survey, row 4: there is a question “a” already in row 2: every question needs its own name."],
        ),
        (
            [[*LABELS, "relevant"], ["text", "a", "A?", "${b} != ''"], ["text", "b", "B?", "${a} != ''"]],
            (),
            ["Sheet survey, row 2: “a” → “b” → “a”: these wait for each other, so that none is ever asked."],
        ),
        (
            [[*LABELS, "choice_filter"], ["select_one yn", "a", "A?", "county = 'x'"]],
            YES_NO,
            ["Sheet survey, row 2: choice_filter speaks of a column “county”, and the choices have none."],
        ),
        (
            [[*LABELS, "constraint"], ["integer", "a", "A?", ". >"]],
            (),
            ["Sheet survey, row 2: constraint cannot be read: it breaks off."],
        ),
        (
            [LABELS, ["begin_repeat", "r", ""], ["text", "a", "A?"], ["end_repeat", "", ""], ["begin_group", "g", ""]],
            (),
            [
                "Sheet survey, row 2: begin_repeat is not supported: each question is asked once.",
                "Sheet survey, row 4: end_repeat is not supported: each question is asked once.",
                "Sheet survey, row 5: this group is never closed: end_group is missing.",
            ],
        ),
        (
            [[*LABELS, "parameters", "required"], ["range", "a", "A?", "start=0.5", "maybe"]],
            (),
            [
                "Sheet survey, row 2: the parameters “start=0.5” are no whole numbers: write start=1 end=5 step=1.",
                "Sheet survey, row 2: required is yes or no, and not “maybe”.",
            ],
        ),
        (
            [[*LABELS, "calculation"], ["text", "a", "A?", "1"]],
            (),
            ["Sheet survey, row 2: the column calculation is not supported: nothing is worked out while somebody texts."],
        ),
        ([["type", "name", "label::Klingon"], ["text", "a", "A?"]], (), None),
        ([[*LABELS, "bind::relevant"], ["text", "a", "A?", "1=2"]], (), None),
        ([["kind", "name", "label"], ["text", "a", "A?"]], (), None),
        ([LABELS, ["", "a", "A?"], ["select_one", "b", "B?"], ["text", "c", "C?"]], (), None),
    ],
)
def test_a_bad_form_is_refused_with_sheet_and_row(tmp_path, survey, choices, lines):
    """Everything that stands in the way at once, each where it can be mended."""
    said = refused(book(tmp_path / "form.xlsx", survey, choices))

    assert said == (lines or said)
    assert all(line.startswith("Sheet survey") for line in said)


def test_files_that_are_no_forms_get_a_sentence(tmp_path):
    """A bomb, a picture, an old .xls, nothing at all, a book of something else."""
    (tmp_path / "no.xlsx").write_bytes(b"\x89PNG\r\n\x1a\nnot a book")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0rest")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "cut.xlsx").write_bytes(book(tmp_path / "ok.xlsx", *FORMS["range"]).read_bytes()[:1500])
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    book(tmp_path / "other.xlsx", [["a"]]).rename(tmp_path / "named.xlsx")
    made = openpyxl.Workbook()
    made.save(tmp_path / "sheet.xlsx")

    said = {
        name: refused(tmp_path / name)[0]
        for name in ("no.xlsx", "old.xls", "empty.xlsx", "cut.xlsx", "list.csv", "bomb.xlsx", "sheet.xlsx", "gone.xlsx")
    }

    assert {
        "no.xlsx": "no.xlsx is not an .xlsx file, whatever its name says: save it again in Excel.",
        "old.xls": "old.xls is an old .xls file, or has a password: save it in Excel as .xlsx, without a password.",
        "empty.xlsx": "empty.xlsx is empty.",
        "cut.xlsx": "cut.xlsx is not an .xlsx file, whatever its name says: save it again in Excel.",
        "list.csv": (
            "list.csv names no sheet “survey”: its first column says where each sheet begins."
            " Or give three files: survey.csv, choices.csv, settings.csv."
        ),
        "bomb.xlsx": "bomb.xlsx unpacks to more than 20 MB, and a form has a few pages: save only the form.",
        "sheet.xlsx": "sheet.xlsx has no sheet “survey”. Its sheets are: sheet.",
        "gone.xlsx": "gone.xlsx cannot be read: is the path right?",
    } == said


def test_a_sheet_without_end_is_refused(tmp_path):
    """Formatted down to the last row a spreadsheet has."""
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("survey")
    for n in range(2_002):
        sheet.append(["text", f"q{n}", "?"])
    made.save(tmp_path / "long.xlsx")

    assert ["Sheet survey has more than 2,000 rows, or very many empty ones: delete those below the form."] == refused(
        tmp_path / "long.xlsx"
    )


# Any survey at all

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), exclude_characters="$"), min_size=1, max_size=20
).filter(lambda text: text == text.strip() and bool(text) and "_x" not in text and text.isprintable())
TEXTS = st.fixed_dictionaries({"en": WORDS}, optional={"es": WORDS, "vi": WORDS})
CHOICES = st.lists(st.builds(lambda label: label, TEXTS), min_size=1, max_size=4).map(
    lambda labels: tuple(Choice(f"c{n}", label, {"town": f"t{n}"} if n % 2 else {}) for n, label in enumerate(labels))
)


@st.composite
def definitions(draw):
    """Surveys with everything in them that we read."""
    questions = []
    for n in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(Kind)) if n else Kind.SELECT_ONE
        selects = kind in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}
        filtered = bool(n) and selects and draw(st.booleans())
        questions.append(
            Question(
                kind,
                f"q{n}",
                draw(TEXTS),
                hint=draw(st.just({}) | TEXTS),
                choices=draw(CHOICES) if selects else (),
                scale=Scale(draw(st.integers(-5, 5)), draw(st.integers(6, 99)), 1) if kind is Kind.RANGE else None,
                required=kind is not Kind.NOTE and draw(st.booleans()),
                relevant=draw(st.sampled_from(["", "${q0} = 'c0'", "not(selected(${q0}, 'c1')) or ${q0} != ''"])) if n else "",
                constraint=". > 1" if kind is Kind.INTEGER else "",
                constraint_message={"en": "More."} if kind is Kind.INTEGER else {},
                choice_filter="name != 'c9' and ${q0} != ''" if filtered else "",
                or_other=selects and not filtered and draw(st.booleans()),
            )
        )
    return Definition(draw(TEXTS), "en", tuple(questions), slug=draw(st.sampled_from(["night", "climate 2026"])), edition="7")


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(definition=definitions())
def test_every_exported_survey_reads_back_as_itself(tmp_path, definition):
    """Whatever its words, conditions and languages; and pyxform agrees each time that it is a form."""
    exporting.write(definition, tmp_path / "any.xlsx")

    assert definition == xlsform.read(tmp_path / "any.xlsx").definition
    assert "<h:html" in convert(tmp_path / "any.xlsx").xform


def test_words_that_look_like_a_formula_stay_words(tmp_path):
    """ "=1+1" is what a family wrote on a flyer, and not to be worked out by whoever opens the file."""
    definition = Definition({"en": "=1+1"}, "en", (Question(Kind.TEXT, "a", {"en": "=HYPERLINK(1)"}),), slug="f")
    exporting.write(definition, tmp_path / "f.xlsx")

    assert "s" == openpyxl.load_workbook(tmp_path / "f.xlsx")["survey"]["C2"].data_type
    assert definition == xlsform.read(tmp_path / "f.xlsx").definition
