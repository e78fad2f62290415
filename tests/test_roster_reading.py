"""Lists as schools have them: any CSV, any .xlsx, and what is not one. A bad file gets one sentence."""

import random
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.roster import headers, importing, languages, phones, reading
from storage.roster.headers import Part
from storage.roster.phones import Unusable
from storage.roster.reading import BadRoster

FIXTURES = Path(__file__).parent / "fixtures/roster"


def write(path, content):
    path.write_bytes(content)
    return path


def book(path, *rows, sheets=()):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for name, state in sheets:
        made.create_sheet(name, 0).sheet_state = state
    made.save(path)
    return path


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_csv_is_read(tmp_path, encoding, delimiter):
    """Excel's, a Mac's, a database's: with or without a mark, whatever stands between the cells."""
    text = f"Teléfono{delimiter}Idioma\r\n6615550170{delimiter}español\r\n"

    assert [(1, ["Teléfono", "Idioma"]), (2, ["6615550170", "español"])] == list(
        reading.rows(write(tmp_path / "l.csv", text.encode(encoding)))
    )


def test_a_line_break_inside_a_cell_is_no_new_row(tmp_path):
    """Rows are numbered as the spreadsheet numbers them, empty ones counted."""
    path = write(tmp_path / "l.csv", b'Phone,Address\n\n6615550170,"1 Sample St\nApt 2"\n6615550171,x\n')

    assert [1, 3, 4] == [number for number, _cells in reading.rows(path)]


def test_excels_own_mark_names_the_delimiter(tmp_path):
    """ "sep=;" in the first line is for Excel, and for us."""
    assert ["Phone", "Idioma, etc."] == next(iter(reading.rows(write(tmp_path / "l.csv", b"sep=;\nPhone;Idioma, etc.\n"))))[1]


def test_an_xlsx_is_read_as_it_looks(tmp_path):
    """The first sheet that shows; a number is the digits somebody typed."""
    path = book(tmp_path / "l.xlsx", ["Parent Cell", "Language"], [6615550170, "ES"], [], [6615550171.0, None], sheets=[("old", "hidden")])

    assert [(1, ["Parent Cell", "Language"]), (2, ["6615550170", "ES"]), (4, ["6615550171"])] == list(reading.rows(path))


def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path):
    """Some programs write that there is one cell; the rows are there all the same."""
    path = book(tmp_path / "l.xlsx", ["Phone"], ["6615550170"], ["6615550171"])
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:A3" />', b'<dimension ref="A1" />'))

    assert 3 == len(list(reading.rows(lying)))


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (reading.MOST_BYTES + 1))
    return path


def laughs(path):
    """A sheet whose entities multiply as they are read."""
    book(path, ["Phone"])
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="str"><v>&a11;</v></c></row></sheetData></worksheet>'
    ).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _tmp: FIXTURES / "empty.csv", "empty.csv is empty."),
        (lambda tmp: tmp / "gone.csv", "cannot be read: is the path right?"),
        (lambda _tmp: FIXTURES / "not_one.xlsx", "is not an .xlsx file, whatever its name says"),
        (lambda tmp: write(tmp / "l.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)), "is an old .xls file, or has a password"),
        (lambda tmp: write(tmp / "l.csv", b"\x89PNG\r\n\x1a\n\0\0\0"), "is neither a CSV nor an .xlsx file"),
        (lambda tmp: write(tmp / "l.xlsx", b"PK\x03\x04" + bytes(40)), "is not an .xlsx file"),
        (lambda tmp: bomb(tmp / "l.xlsx"), "unpacks to more than 100 MB"),
        (lambda tmp: laughs(tmp / "l.xlsx"), "is not an .xlsx file"),
        (lambda tmp: write(tmp / "l.csv", b'Phone\n"' + b"x" * 200_000), "is broken off inside a quoted cell"),
        (lambda _tmp: FIXTURES / "no_phone.csv", "has no phone column, or none we know by its name. Its columns are: Name, Grade, E-mail."),
        (lambda tmp: write(tmp / "l.csv", b"Sample,661-555-0170\nSample,661-555-0171\n"), "has no heading"),
    ],
    ids=["empty", "gone", "no-xlsx", "xls", "picture", "half-zip", "bomb", "laughs", "quote", "no-phone", "no-heading"],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(tmp_path, make, says):
    """It says what to do, and shows nobody's number."""
    path = make(tmp_path)
    with pytest.raises(BadRoster) as refused:
        list(importing.read(path).rows())

    assert (says, False) == (says if says in str(refused.value) else str(refused.value), "0170" in str(refused.value))


def test_a_list_without_an_end_is_refused(tmp_path, monkeypatch):
    """No district has so many: the whole is refused, and nothing of it is kept."""
    assert 200_000 == reading.MOST_ROWS
    monkeypatch.setattr(reading, "MOST_ROWS", 1500)
    path = write(tmp_path / "l.csv", b"Phone\n" + b"6615550170\n" * 1501)

    with pytest.raises(BadRoster, match=r"has more than 1,500 rows: split it\."):
        list(importing.read(path).rows())


def test_damage_anywhere_is_a_sentence_or_rows(tmp_path):
    """A file that was cut, or whose bytes were changed, never ends in anything else."""
    whole = book(tmp_path / "l.xlsx", *[["Parent Cell", "Language"], *[[f"66155501{n}", "Spanish"] for n in range(10, 40)]]).read_bytes()
    chance = random.Random(7)
    for n in range(60):
        damaged = bytearray(whole[: chance.randrange(len(whole))] if n % 2 else whole)
        for _byte in range(chance.randrange(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = write(tmp_path / "damaged.xlsx", bytes(damaged))
        with suppress(BadRoster):
            assert all(isinstance(cell, str) for _row, cells in importing.read(path).rows() for cell in cells)


# Headings


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Parent Cell", Part.PHONE),
        ("Teléfono 1", Part.PHONE),
        ("Celular de mamá", Part.PHONE),
        ("Guardian 1 Phone", Part.PHONE),
        ("Guardian1_CellPhone", Part.PHONE),
        ("No. de contacto", Part.PHONE),
        ("Contact Number", Part.PHONE),
        ("Home Language", Part.LANGUAGE),
        ("Idioma", Part.LANGUAGE),
        ("CorrLng", Part.LANGUAGE),
        ("Role", Part.ROLE),
        ("Grupo", Part.ROLE),
        ("Parentesco", Part.ROLE),
        ("School", Part.SCHOOL),
        ("Escuela", Part.SCHOOL),
        ("Consent", Part.CONSENT),
        ("Permiso", Part.CONSENT),
        ("OK to text", Part.CONSENT),
        ("Opt-in", Part.CONSENT),
        ("Do Not Text", Part.REFUSAL),
        ("No contactar", Part.REFUSAL),
        ("Student Name", None),
        ("Student Phone", None),
        ("Teléfono del alumno", None),
        ("Work Phone", None),
        ("Emergency Phone", None),
        ("Phone Type", None),
        ("Language Fluency", None),
        ("School Year", None),
        ("Home Address", None),
        ("E-mail", None),
        ("Date of Birth", None),
    ],
)
def test_headings_are_known_by_the_names_schools_give_them(name, part):
    """In English and in Spanish; what is a pupil's, or nothing to us, is not looked at."""
    found = headers.understood(1, ["Parent Cell", name]).columns

    assert ([] if part is None else [part]) == [each.part for each in found if each.index == 1]


def test_a_home_phone_counts_where_there_is_no_other():
    """It may be a cell; where a cell is given, it is not needed."""
    alone, beside = headers.understood(1, ["Home Phone"]), headers.understood(1, ["Home Phone", "Cell"])

    assert ["Home Phone"] == [each.name for each in alone.of(Part.PHONE)]
    assert (["Cell"], ("Home Phone",)) == ([each.name for each in beside.of(Part.PHONE)], beside.left_out)


def test_each_adult_has_a_language_of_their_own():
    """The second guardian's phone goes with the second guardian's language; one column for all is everybody's."""
    own = headers.understood(1, ["Guardian 1 Phone", "Guardian 2 Phone", "Guardian 1 Language", "Guardian 2 Language"])
    shared = headers.understood(1, ["Mom Cell", "Dad Cell", "Home Language"])

    assert [2, 3] == [own.beside(phone, Part.LANGUAGE).index for phone in own.of(Part.PHONE)]
    assert [2, 2] == [shared.beside(phone, Part.LANGUAGE).index for phone in shared.of(Part.PHONE)]


# Numbers


@pytest.mark.parametrize(
    "cell",
    [
        "(661) 555-0170",
        "661.555.0170",
        "6615550170",
        "1-661-555-0170",
        "+1 661 555 0170",
        "661/555/0170",
        "mom 661-555-0170 (cell)",
        "Cel:6615550170",
        "６６１５５５０１７０",
    ],
)
def test_a_number_is_read_however_it_is_written(cell):
    assert ["+16615550170"] == list(phones.read(cell))


@pytest.mark.parametrize(
    "cell", ["661 555 0170 / 661-555-0171", "6615550170, 6615550171", "661-555-0170 or 661-555-0171", "6615550170\n6615550171"]
)
def test_two_numbers_in_a_cell_are_two(cell):
    assert ["+16615550170", "+16615550171"] == list(phones.read(cell))


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "N/A", "none", "no tiene", "0", "ninguno"])
def test_no_number_is_no_mistake(cell):
    assert [] == list(phones.read(cell))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("555-0170", "no area code"),
        ("x204", "only an extension"),
        ("661-555-0170 ext. 12", "with an extension: it cannot be texted"),
        ("661555017", "not ten digits"),
        ("111-555-0170", "a number nobody can have"),
        ("800-555-0170", "a toll-free number, nobody's own"),
        ("+52 664 123 4570", "not a number of the United States"),
        ("604-555-0170", "not a number of the United States"),
        ("6.61556E+09", "shortened by the spreadsheet: format the column as text, and enter it again"),
        ("Spanish", "not a phone number"),
        ("12345", "too few digits"),
    ],
)
def test_what_cannot_be_texted_is_named(cell, why):
    """With at most the last two digits of it."""
    (found,) = phones.read(cell)

    assert why == found.why
    assert found.ends in {"", "…70", "…17"}


@given(st.text(max_size=60))
def test_any_cell_is_numbers_or_reasons(cell):
    """Whatever stands in a phone column, and a reason never repeats the cell."""
    for found in phones.read(cell):
        if isinstance(found, Unusable):
            assert len(found.ends) in {0, 3}
        else:
            assert found.startswith("+1")
            assert 12 == len(found)


@pytest.mark.parametrize(
    ("cell", "tag"),
    [
        ("Spanish", "es"),
        ("español", "es"),
        ("ES", "es"),
        ("01", "es"),
        ("1", "es"),
        ("spa", "es"),
        ("es-MX", "es"),
        ("01 - Spanish", "es"),
        ("00", "en"),
        ("0", "en"),
        ("English Only", "en"),
        ("inglés", "en"),
        ("Punjabi", "pa"),
        ("28", "pa"),
        ("Mixteco Bajo", "mxb"),
        ("23", "hmn"),
        ("Klingon", ""),
        ("", None),
        ("N/A", None),
    ],
)
def test_languages_are_known_by_name_and_code(cell, tag):
    """California's two digits, ISO's letters, English, Spanish; what we have never heard of is another language."""
    found = languages.read(cell)

    assert tag == (found and found.tag)
