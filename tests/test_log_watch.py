"""The watch over all tests' logs sees what it is there for."""

import log_watch
import pytest
import structlog
from log_watch import leaks, logs

EVENT = "2026-11-22 17:31:35 [info     ] retention                      inbound=1000\n"


@pytest.mark.parametrize(
    "leak",
    [
        "2026-11-22 17:31:35 [error    ] refused   to=+16615550123",
        "2026-11-22 17:31:35 [error    ] refused   to='(661) 555-0123'",
        "2026-11-22T17:31:35.1Z [error    ] said   text='ocupo comida para mis gatos'",
        '{"event": "refused", "token": "an-emulated-auth-token"}',
        "\x1b[2m2026-11-22 17:31:35\x1b[0m [error] said   text='ocupo comida para mis gatos'",
    ],
)
def test_a_number_a_text_or_a_token_in_a_log_is_seen(leak):
    """Whatever form the log has."""
    log = logs([("Captured stdout call", EVENT + leak + "\n")])

    assert 1 == len(leaks(log, ["ocupo comida para mis gatos"]))


def test_what_a_command_prints_is_no_log():
    """`platica people export` shows a number to whoever asked for it."""
    assert [] == leaks(logs([("Captured stdout call", EVENT + "+16615550123: waits for a call\n")]), [])
    assert [] == leaks(logs([("Captured log call", EVENT)]), ["retention"])


async def test_what_is_heard_and_logged_here_is_compared(house, capsys):
    """The texts of a test are those it sent and those it got."""
    await house.hears("ocupo comida para mis gatos")
    structlog.get_logger().info("an_event", why="ocupo comida para mis gatos")
    said = capsys.readouterr().out

    assert {"ocupo comida para mis gatos"} == log_watch._heard
    assert ["ocupo comida para mis gatos"] == leaks(logs([("Captured stdout call", said)]), log_watch._heard)
