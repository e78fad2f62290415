"""The transcripts are the specification: each is played on both databases, line by line."""

import difflib
from pathlib import Path

import pytest
from play import Stage

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").rglob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_conversation_goes_as_it_is_written(path, house, request):
    """What families were promised to hear is what they hear."""
    script = path.read_text(encoding="utf-8")

    played = await Stage(house, path.parent.name).perform(script)

    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
        script = played
    difference = "\n".join(difflib.unified_diff(script.splitlines(), played.splitlines(), "as written", "as played", lineterm=""))
    assert difference == ""
