"""What is shown in a terminal: words only. What somebody texted, or wrote into a list, moves no cursor and colours nothing."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.text import Text

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters a terminal obeys: control characters (ESC begins a sequence), and those that turn the direction of writing."""


class Terminal(Console):
    """A console that shows strings as they are, without what a terminal would obey."""

    def print(self, *objects: Any, **more: Any) -> None:
        super().print(*(words(each) if isinstance(each, str) else each for each in objects), **more)


def words(text: str) -> str:
    """The text with a sign (U+FFFD) for every character that is a command to a terminal."""
    return _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text)


def cell(text: str) -> Text:
    """For a table: square brackets are no markup here."""
    return Text(words(text))
