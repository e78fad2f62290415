"""The papers say what is true: they are tested like the program."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.channels.twilio import CARRIER_WORDS
from bot.cli import assessment, cli, directory, event, key, people, school, survey
from bot.settings import Settings
from conversations.flows import FLOWS
from conversations.keywords import Keyword

ROOT = Path(__file__).parent.parent
PAPERS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted((ROOT / "docs").glob("*.md"))
OPERATING = (ROOT / "docs/operating.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda each: each.metadata["name"])
def test_every_setting_is_documented(setting):
    """With the very line the program has for it."""
    assert f"| `{setting.metadata['name']}` | {setting.metadata['says']} |" in OPERATING


@pytest.mark.parametrize("group", [cli, directory, people, key, school, event, survey, assessment])
def test_every_command_is_documented(group):
    """Somebody who reads docs/operating.md knows all that can be done."""
    named = {
        "directory": directory,
        "people": people,
        "key": key,
        "school": school,
        "event": event,
        "survey": survey,
        "assessment": assessment,
    }
    prefix = {id(each): f"{name} " for name, each in named.items()}.get(id(group), "")
    names = [each.name or each.callback.__name__.replace("_", "-") for each in group.registered_commands]

    assert [] == [name for name in names if f"platica {prefix}{name}" not in OPERATING]


def test_the_readme_shows_a_transcript_that_is_played():
    """What the first page promises is what the tests hold."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    played = ["food_for_a_stranger", "announce_to_families_en"]

    assert [] == [name for name in played if (ROOT / f"tests/transcripts/sms/{name}.txt").read_text(encoding="utf-8") not in readme]


def test_every_keyword_a_family_is_taught_is_in_the_readme():
    """The words the assistant teaches are words the coordinator has read."""
    papers = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    taught = [Keyword.STOP, Keyword.START, Keyword.HELP, Keyword.CALL, Keyword.MORE]

    assert [] == [keyword for keyword in taught if keyword.name not in papers]


def test_no_carrier_word_is_taught_but_three():
    """CANCEL, END, QUIT and their like opt people out before we hear them: nothing we say teaches them."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "conversations").rglob("*.py"))
    said = " ".join(re.findall(r'_\(\s*"([^"]*)"', source))
    forbidden = set(CARRIER_WORDS) - {"STOP", "START", "HELP"}

    assert [] == [word for word in forbidden if re.search(rf"\b{word}\b", said)]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_a_paper_names_exists(paper):
    """A recipe that points nowhere is worse than none."""
    text = paper.read_text(encoding="utf-8")
    links = [ROOT / match for match in re.findall(r"`((?:bot|conversations|locales|storage|tests|docs|benchmarks)/[\w./]+\.\w+)`", text)]
    links += [paper.parent / match for match in re.findall(r"\]\((?!https?:)([^)#]+)\)", text)]

    assert [] == [str(link.relative_to(ROOT)) for link in links if not link.exists() and not {"NAME.py", "TAG"} & set(link.parts)]


def test_every_flow_has_a_line_in_the_register():
    """Adding a flow is one file and one line."""
    parts = {"__init__", "confirm", "announce_orders", "draft_choices", "draft_screens", "draft_words"}
    files = {path.stem for path in (ROOT / "conversations/flows").glob("*.py")} - parts
    used = {entry.flow.__module__.rsplit(".", 1)[-1] for entry in FLOWS.values()}

    assert files == used
