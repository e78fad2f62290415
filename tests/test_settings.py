"""Half a configuration refuses to start, in one sentence that says what to mend."""

import pytest

from bot.settings import Misconfigured, load

TWILIO = {"TWILIO_ACCOUNT_SID": "ACx", "TWILIO_AUTH_TOKEN": "secret", "TWILIO_FROM": "+16615550199", "PUBLIC_URL": "https://t.example.org"}
TELEGRAM = {"TELEGRAM_TOKEN": "1:x"}


@pytest.mark.parametrize("whole", [{}, TWILIO, TELEGRAM, {**TELEGRAM, "PUBLIC_URL": "https://t.example.org", "TELEGRAM_SECRET": "s_1-2"}])
def test_a_whole_configuration_is_taken(whole):
    """Nothing at all is whole too: the sample school runs without any setting."""
    assert load(whole).port == 8000


@pytest.mark.parametrize("missing", TWILIO)
def test_half_of_sms_is_refused(missing):
    """Whichever half is missing."""
    with pytest.raises(Misconfigured, match="half set"):
        load({name: value for name, value in TWILIO.items() if name != missing})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({**TELEGRAM, "PUBLIC_URL": "https://t.example.org"}, "TELEGRAM_SECRET"),
        ({"TELEGRAM_SECRET": "x"}, "TELEGRAM_TOKEN"),
        ({**TELEGRAM, "PUBLIC_URL": "https://t.example.org", "TELEGRAM_SECRET": "with space"}, "letters, digits"),
        ({"PUBLIC_URL": "t.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://t.example.org/path"}, "PUBLIC_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"PORT": "eighty"}, "PORT must be a number"),
        ({"PLATICA_TWILIO_OPT_OUT": "perhaps"}, "PLATICA_TWILIO_OPT_OUT"),
        ({"PLATICA_LEASE_SECONDS": "14.9"}, "PLATICA_LEASE_SECONDS must be 15 or more"),
        ({"PLATICA_LEASE_SECONDS": "nan"}, "PLATICA_LEASE_SECONDS must be 15 or more"),
        ({**TWILIO, "PLATICA_LEASE_SECONDS": "3", "TWILIO_API_URL": "https://127.0.0.1.example.org"}, "PLATICA_LEASE_SECONDS"),
    ],
)
def test_what_cannot_work_is_said(wrong, says):
    """In the name of the setting to mend."""
    with pytest.raises(Misconfigured, match=says):
        load(wrong)


@pytest.mark.parametrize("emulator", ["http://127.0.0.1:8123", "http://localhost:8123", "http://[::1]:8123"])
def test_a_short_lease_is_for_an_emulator_only(emulator):
    """Tests may ask about a text after three seconds: no family is behind their carrier. 15 is enough for everybody."""
    taken = load({**TWILIO, "PLATICA_LEASE_SECONDS": "3", "TWILIO_API_URL": emulator})

    assert (3.0, 15.0) == (taken.lease_seconds, load({**TWILIO, "PLATICA_LEASE_SECONDS": "15"}).lease_seconds)


def test_a_secret_shows_itself_to_nobody_by_accident():
    """Not in a traceback, not in a log."""
    assert "secret" not in repr(load(TWILIO)).replace("telegram_secret", "")
