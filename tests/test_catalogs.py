"""The catalogs are complete, and stay so when sentences are collected again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from locales import LANGUAGES
from locales.check import problems
from locales.compile_hook import compile_catalog
from locales.texted import TEXTED

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@pytest.fixture
def house(tmp_path):
    """A copy of what the catalogs are made from."""
    for room in ("conversations", "locales", "bot"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    return tmp_path


def change(house, tag, before, after):
    po = house / "locales" / tag / "LC_MESSAGES" / "messages.po"
    text = po.read_text()
    assert before in text
    po.write_text(text.replace(before, after, 1))


def pybabel(house, *arguments):
    subprocess.run([BIN / "pybabel", "--quiet", *arguments], cwd=house, check=True, env={"PYTHONPATH": str(ROOT), "PATH": ""})


def collect(house):
    """The recipe `make words`."""
    pot = "locales/messages.pot"
    pybabel(house, "extract", "--mapping-file", "babel.cfg", "--no-location", "--sort-output", "--omit-header", "--output-file", pot, ".")
    for tag in LANGUAGES:
        po = f"locales/{tag}/LC_MESSAGES/messages.po"
        options = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
        pybabel(house, "update", *options, "--input-file", pot, "--output-file", po, "--locale", tag)


def test_every_language_is_complete():
    """Nothing is said that a family cannot read in their language."""
    assert list(problems()) == []


def test_collecting_the_words_again_loses_none(house):
    """The words people text survive, however often sentences are collected."""
    before = {path: path.read_text() for path in house.glob("locales/**/*.po*")}
    collect(house)
    once = {path: path.read_text() for path in before}
    collect(house)
    assert {path: path.read_text() for path in before} == once
    for tag in LANGUAGES:
        with (house / "locales" / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
            catalog = read_po(file)
        missing = [(context, msgid) for context, msgid, _comment in TEXTED if not catalog.get(msgid, context).string]
        assert missing == []
    assert once == before


@pytest.mark.parametrize(
    ("tag", "before", "after", "told"),
    [
        ("es", 'msgstr "¿Qué necesita?"', 'msgstr ""', "is not translated"),
        ("es", 'msgid "What do you need?"', '#, fuzzy\nmsgid "What do you need?"', "marked fuzzy"),
        ("es", "{need} cerca de {place}:", "{need} cerca de {plaze}:", "needs exactly these gaps: need, place"),
        ("es", "¿Qué necesita?", "¿Qué\u202fnecesita?", "U+202F"),
        ("es", 'msgstr "hoy, esta noche, ahora, hoy mismo"', 'msgstr ""', "lists no words"),
        ("es", "guarder", "rent, guarder", '"rent" means'),
    ],
)
def test_a_gap_in_a_catalog_is_told_in_a_sentence(house, tag, before, after, told):
    """A translator reads what to mend, and where."""
    change(house, tag, before, after)
    assert any(told in each and each.count(":") >= 1 for each in problems(house)), list(problems(house))


def test_a_sentence_that_was_not_collected_is_told(house):
    """Nobody forgets to have a new sentence translated."""
    (house / "conversations" / "new.py").write_text('from .words import _\nNEW = _("A new sentence.")\n')
    assert any("A new sentence." in each and "make words" in each for each in problems(house))


def test_the_check_fails_loudly(house):
    """In CI a gap stops the change."""
    done = subprocess.run([BIN / "python", "-m", "locales.check"], cwd=ROOT, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_catalog_is_compiled_without_make(house):
    """Whoever installs from source gets the languages too."""
    po = house / "locales" / "es" / "LC_MESSAGES" / "messages.po"
    compile_catalog(po)
    assert po.with_suffix(".mo").stat().st_size > 10_000
