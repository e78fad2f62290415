"""The transcripts are the specification: each is played line by line, through the real inbox, outbox and clock."""

import difflib
from pathlib import Path

import pytest
from play import Stage

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").rglob("*.txt"))
ON_POSTGRES = [pytest.param(path, "postgresql", marks=[] if n % 5 == 0 else pytest.mark.soak) for n, path in enumerate(TRANSCRIPTS)]
"""Every fifth, and in the soak all: what differs between the two databases is in the tests of inbox and outbox."""


def called(part):
    return f"{part.parent.name}/{part.stem}" if isinstance(part, Path) else part


@pytest.mark.parametrize(("path", "engine_name"), [*((path, "sqlite") for path in TRANSCRIPTS), *ON_POSTGRES], ids=called)
async def test_a_conversation_goes_as_it_is_written(path, house, request):
    """What families were promised to hear is what they hear."""
    script = path.read_text(encoding="utf-8")

    played = await Stage(house, path.parent.name).perform(script)

    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
        script = played
    difference = "\n".join(difflib.unified_diff(script.splitlines(), played.splitlines(), "as written", "as played", lineterm=""))
    assert difference == ""
