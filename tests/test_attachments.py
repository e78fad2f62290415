"""A text file sent by staff is read as if it were typed; a family's is never opened."""

from datetime import timedelta

import pytest
from conftest import Carrier
from emulators.telegram_emulator import TOKEN as BOT_TOKEN
from emulators.telegram_emulator import TelegramEmulator
from emulators.twilio_emulator import TwilioEmulator
from emulators.twilio_requests import ACCOUNT, OURS, TOKEN

from bot.channels.base import Refused, TryLater
from bot.channels.decoding import decoded
from bot.channels.telegram import Telegram
from bot.channels.telegram_parse import MOST_OF_FILE, parse
from bot.channels.twilio import Twilio
from bot.channels.twilio import parse as parse_sms

COORDINATOR, FAMILY = "+16615550100", "+16615550120"
WORDS = "SEND families: EN: Mesa Verde: no school on Monday.\nES: Mesa Verde: no hay clases el lunes."
SMS = {"MessageSid": "SM1", "From": COORDINATOR, "To": OURS, "Body": "", "NumMedia": "1", "MediaContentType0": "text/plain"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """A proxy of the machine has no business between the client and loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


class Files(Carrier):
    """A carrier with files."""

    asked = 0

    async def read_file(self, file, most):
        self.asked += 1
        if file == "gone":
            raise TryLater
        return WORDS


@pytest.fixture
def house(house):
    house.channels["sms"] = Files("sms")
    return house


async def test_a_file_of_a_coordinator_is_a_draft(house):
    """SEND in a text file, with its lines, is as good as typed."""
    (told,) = await house.hears("", COORDINATOR, file="one", media=True)

    assert "Draft 1. To 40 phones" in told


async def test_a_file_may_have_its_order_beside_it(house):
    """The words of the message come first, then those of the file."""
    house.channels["sms"].read_file = _reads("EN: Mesa Verde: no school.\nES: Mesa Verde: no hay clases.")
    (told,) = await house.hears("SEND families", COORDINATOR, file="one", media=True)

    assert "en 20" in told
    assert "es 20" in told


def _reads(words):
    async def read_file(file, most):
        return words

    return read_file


async def test_a_file_that_cannot_be_read_is_said(house):
    """Nothing is lost in silence: they hear that it could not be opened."""
    (told,) = await house.hears("", COORDINATOR, file="gone", media=True)

    assert "cannot open" in told


async def test_a_familys_file_is_never_opened(house):
    """We do not look at what a family sends along."""
    (told,) = await house.hears("", FAMILY, file="one", media=True)

    assert "cannot open" in told or "No puedo abrir" in told
    assert house.channels["sms"].asked == 0


def test_only_a_text_file_is_named():
    """Photos and voice have no file for us."""
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"

    assert url == parse_sms({**SMS, "MediaUrl0": url}, "default").file
    assert parse_sms({**SMS, "MediaUrl0": url, "MediaContentType0": "image/jpeg"}, "default").file == ""


@pytest.mark.parametrize(
    ("mime", "size", "file"), [("text/plain", 90, "F1"), ("text/plain", MOST_OF_FILE + 1, ""), ("application/pdf", 90, "")]
)
def test_a_document_of_telegram(mime, size, file):
    """Plain text, and not too much of it."""
    document = {"file_id": "F1", "file_unique_id": "u", "mime_type": mime, "file_size": size}
    person = {"id": 9, "is_bot": False, "first_name": "A"}
    message = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": 9, "type": "private"}, "from": person, "document": document}

    assert file == parse({"update_id": 1, "message": message}, "bot").file


async def test_twilio_hands_out_a_file_with_our_credentials():
    """The address asks for them and sends us on to a store, which does not; no more is read than allowed."""
    with TwilioEmulator() as twilio:
        twilio.files["ME1"] = WORDS.encode()
        sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url, timeout=5)
        url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"

        assert WORDS == await sms.read_file(url, 20_000)
        assert WORDS[:6] == await sms.read_file(url, 5)
        with pytest.raises(Refused):
            await sms.read_file("https://elsewhere.example/Media/ME1", 20_000)
        twilio.onward = "https://elsewhere.example/ME1"
        with pytest.raises(Refused):
            await sms.read_file(url, 20_000)
        await sms.close()


async def test_a_file_that_came_while_we_were_down_is_found_through_the_list():
    """The list of what we missed says that there is something, and the message's own page whether it is a text."""
    with TwilioEmulator() as twilio:
        twilio.files["MM1"] = WORDS.encode()
        sms = Twilio(ACCOUNT, TOKEN, OURS, api_url=twilio.url, timeout=5)
        for sid, media in (("MM1", 1), ("MM2", 1), ("SM3", 0)):
            twilio.text(COORDINATOR, "", media=media, sid=sid)

        text, photo, nothing = sorted(await sms.missed(twilio.now() - timedelta(minutes=1)), key=lambda each: each.provider_id)

        assert WORDS == await sms.read_file(text.file, 20_000)
        assert (True, "") == (photo.media, nothing.file)
        with pytest.raises(Refused):
            await sms.read_file(photo.file, 20_000)
        await sms.close()


async def test_telegram_hands_out_a_file():
    """A document by its id."""
    with TelegramEmulator() as server:
        server.files["F1"] = WORDS.encode("utf-8-sig")
        telegram = Telegram(BOT_TOKEN, api_url=server.url)

        assert WORDS == await telegram.read_file("F1", 20_000)
        with pytest.raises(Refused):
            await telegram.read_file("F1", 10)
        await telegram.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [("niño".encode(), "niño"), ("niño".encode("cp1252"), "niño"), ("niño".encode()[:3], "ni"), (b"a\r\nb\x00", "a\nb"), (b"", "")],
)
def test_words_of_a_file(content, words):
    """Whichever program wrote it, and also where it was cut inside a letter."""
    assert words == decoded(content)
