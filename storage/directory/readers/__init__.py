"""The forms a directory comes in. Which one it is, its content says, not its name."""

from __future__ import annotations

from pathlib import Path

from ..feed import BadFeed
from . import hsds_csv, hsds_json, ohana_jsonl
from .files import contents
from .rows import Tables

READERS = (ohana_jsonl.read, hsds_json.read, hsds_csv.read)
"""Each gives None for what is not its form. JSON goes before CSV: a folder that holds both says more in JSON."""


def read_tables(path: Path) -> Tables:
    """The rows of a feed in any form we know; raises `BadFeed`."""
    files = contents(path)
    for read in READERS:
        if (tables := read(files)) is not None:
            return tables
    raise BadFeed(f"{path.name} is not a resource directory: no services in HSDS JSON, HSDS CSV or Ohana JSON lines were found in it.")
