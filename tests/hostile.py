"""What reads what strangers send, each as one function of bytes: it may refuse them in a sentence, and must not break.

`tests/test_hostile.py` replays the bytes that were found interesting; `tests/fuzzing.py` looks for more.
"""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.channels import telegram_parse, twilio
from bot.channels.segments import fold, length, split
from locales import reading, redaction
from storage.directory import importing as directory
from storage.directory.feed import BadFeed
from storage.roster import importing as roster
from storage.roster.entries import Entries
from storage.roster.reading import BadRoster

CORPUS = Path(__file__).parent / "fixtures/hostile"
"""A zip for each target."""
NAMES = ("services.json", "services.jsonl", "service.csv", "organizations.csv", "directory.zip")
"""What a directory's file is called says how it is read; the first byte chooses."""


def twilio_form(body: bytes) -> None:
    try:
        form = dict(twilio.read_form(body))
    except ValueError:
        return
    for opt_out in ("default", "advanced", "none"):
        try:
            _storable(twilio.parse(form, opt_out).text)
        except ValueError:
            break
    try:
        report = twilio.parse_status(form, form)
    except ValueError:
        return
    assert report is None or report.row is None or 0 <= report.row < 2**63


def telegram_update(body: bytes) -> None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(update, dict):
        return
    telegram_parse.callback_id(update)
    try:
        received = telegram_parse.parse(update, "mesa_school_bot")
    except ValueError:
        return
    if received is not None:
        _storable(received.text)
        assert abs(int(received.address)) < 2**63


def words(body: bytes) -> None:
    text = body.decode("utf-8", "replace").replace("\0", "")[:5000]
    for language in (None, "en", "es"):
        reading.read(text, language=language)
    redaction.tells_status(text)
    assert len(redaction.kept(text)) <= len(text) + 1000
    for piece in split(fold(text), 300):
        assert length(piece) <= 300


def contact_list(body: bytes) -> None:
    path = _file("list.xlsx" if body[:2] == b"PK" else "list.csv", body)
    try:
        read = roster.read(path)
        entries = Entries(read.heading, {"mesa": 1}, 1, frozenset({"en", "es"}))
        entries.note_refusals(read.rows())
        shown = [str(each) for each in entries.read(read.rows())]
        entries.check(path.name)
    except BadRoster as refused:
        shown = [str(refused)]
    assert all(shown)


def resource_directory(body: bytes) -> None:
    name = NAMES[body[0] % len(NAMES)] if body else NAMES[0]
    with suppress(BadFeed):
        directory.read(_file(name, body[1:]))


TARGETS = {each.__name__: each for each in (twilio_form, telegram_update, words, contact_list, resource_directory)}


def _storable(text: str) -> None:
    assert "\0" not in text
    assert len(text.encode()) <= 4 * 5000


_FOLDER = tempfile.TemporaryDirectory()


def _file(name: str, body: bytes) -> Path:
    path = Path(_FOLDER.name) / name
    path.write_bytes(body)
    return path
