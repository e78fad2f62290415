"""The transcripts are the specification: each is played line by line, through the real inbox, outbox and clock."""

import difflib
from pathlib import Path

import pytest
from play import Stage

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").rglob("*.txt"))
PLAYED = [(path, "sqlite") for path in TRANSCRIPTS] + [(path, "postgresql") for path in TRANSCRIPTS[::5]]
"""All of them on one database, and every fifth on the other too: what differs between the two is in the tests of inbox and outbox."""


@pytest.mark.parametrize(("path", "engine_name"), PLAYED, ids=[f"{path.parent.name}/{path.stem}-{engine}" for path, engine in PLAYED])
async def test_a_conversation_goes_as_it_is_written(path, house, request):
    """What families were promised to hear is what they hear."""
    script = path.read_text(encoding="utf-8")

    played = await Stage(house, path.parent.name).perform(script)

    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
        script = played
    difference = "\n".join(difflib.unified_diff(script.splitlines(), played.splitlines(), "as written", "as played", lineterm=""))
    assert difference == ""
