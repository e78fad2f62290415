"""No log of any test holds a number, a text or a token: a test whose log does has failed, whatever it was about.

What a command prints for the person who typed it is no log. A line is one when it looks as structlog writes it, or came
through `logging`.
"""

import base64
import re

import pytest
from emulators.telegram_emulator import TOKEN as BOT_TOKEN
from emulators.twilio_requests import TOKEN
from serving_process import STARTED

from bot.house import House

LINE = re.compile(r"^(?:\x1b\[[0-9;]*m)*(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*|\{\").*$", re.MULTILINE)
"""With a time in front, or one JSON object."""
NUMBER = re.compile(r"555[ .)-]?01\d\d(?!\d)")
"""The sample's and everybody's in the tests: 555-0100 to 555-0199 of any area."""
SECRETS = (TOKEN, BOT_TOKEN, "a-secret-of-the-test", base64.urlsafe_b64encode(b"the key of the tests, 32 bytes..").decode())
LONG_ENOUGH = 12
"""Characters of a text that cannot stand in a log by chance."""

_heard = set()
_read = {}
"""How far each process's log was read."""
_receive = House.receive


async def _noted(house, received):
    _heard.add(received.text)
    return await _receive(house, received)


House.receive = _noted


def leaks(log, texts):
    """What of a log is nobody's business; of a text its first words are enough."""
    said = {line[:40] for text in texts for line in text.splitlines() if len(line) >= LONG_ENOUGH and " " in line}
    return [*NUMBER.findall(log), *(secret for secret in SECRETS if secret in log), *(words for words in said if words in log)]


def logs(sections):
    """The log lines of all that a test has captured."""
    return "\n".join(text if "log" in name else "\n".join(LINE.findall(text)) for name, text in sections)


def sent(house):
    """What a test's house has handed to its carriers; some tests call something else a house."""
    channels = house.channels.values() if isinstance(house, House) else ()
    return [handoff.message.text for channel in channels for handoff in getattr(channel, "accepted", ())]


def of_processes():
    """What the processes wrote that have been started so far, each line once."""
    new = [log.read_text(encoding="utf-8")[_read.get(log, 0) :] for log in STARTED if log.exists()]
    _read.update({log: len(log.read_text(encoding="utf-8")) for log in STARTED if log.exists()})
    return [("log of a process", text) for text in new]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "teardown":
        texts = [*_heard, *sent(getattr(item, "funcargs", {}).get("house"))]
        if found := leaks(logs([*report.sections, *of_processes()]), texts):
            report.outcome, report.longrepr = "failed", f"The log of this test holds {found}: no number, text or token may stand there."
        _heard.clear()
    return report
