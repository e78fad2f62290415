"""Open what was given: a folder, a zip or one file. Nothing is written to disk, and a zip cannot swell beyond a limit."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from ..feed import BadFeed

MOST_BYTES = 200 * 1024 * 1024
KINDS = (".json", ".jsonl", ".csv")
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What zipfile runs into where a file is not what it says."""


def contents(path: Path) -> Mapping[str, bytes]:
    """The JSON and CSV files in it by name, without the folders they stand in where that is plain. Raises `BadFeed`."""
    if not path.exists():
        raise BadFeed(f"{path} was not found: give the folder, the zip or the JSON file of the directory.")
    try:
        files = dict(_folder(path) if path.is_dir() else _zip(path) if zipfile.is_zipfile(path) else _one(path))
    except _BROKEN as error:
        raise BadFeed(f"{path.name} cannot be read ({error}): please export it again.") from error
    if not any(data.strip() for data in files.values()):
        raise BadFeed(f"{path.name} holds no JSON and no CSV file with anything in it.")
    return files


def text(data: bytes) -> str:
    """UTF-8, or what a spreadsheet on Windows writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    left = MOST_BYTES
    for each in sorted(path.rglob("*")):
        if each.is_file() and _wanted(each.relative_to(path).as_posix()):
            with each.open("rb") as file:
                data = _at_most(file, left, path)
            left -= len(data)
            yield each.relative_to(path).as_posix(), data


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    left = MOST_BYTES
    with zipfile.ZipFile(path) as archive:
        for each in sorted(archive.infolist(), key=lambda info: info.filename):
            if not each.is_dir() and _wanted(each.filename):
                with archive.open(each) as file:
                    data = _at_most(file, left, path)
                left -= len(data)
                yield each.filename, data


def _one(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() == ".zip":
        raise BadFeed(f"{path.name} is not a whole zip file: please export it again.")
    if not _wanted(path.name):
        raise BadFeed(f"{path.name} is not a directory feed: give a folder or zip of HSDS files, or one JSON file.")
    with path.open("rb") as file:
        yield path.name, _at_most(file, MOST_BYTES, path)


def _at_most(file: IO[bytes], left: int, path: Path) -> bytes:
    """What a zip says of its sizes may be wrong, so they are counted while unpacking."""
    data = file.read(left + 1)
    if len(data) > left:
        raise BadFeed(
            f"{path.name} unpacks to more than {MOST_BYTES // 1024 // 1024} MB, which no directory needs: please export it again."
        )
    return data


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return name.lower().endswith(KINDS) and not hidden and parts[-1].lower() != "datapackage.json"
