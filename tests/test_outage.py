"""The house is down for a while, as a process: people go on writing, to each of our numbers, and each is answered once when it is up."""

import time
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from emulators.twilio_emulator import SERVICE
from emulators.twilio_requests import OURS
from town import town

import locales
from bot.channels.segments import fold
from conversations import say

OTHER = "+16615550101"
"""Our second number."""
BEFORE, ANA, EVA, JUAN, LUZ = (f"+1661555018{n}" for n in range(5))
LATE = fold(locales.render(say.late(None), "es")), locales.render(say.late(None), "en")


def says(mesa, sender, body, to=OURS, **more):
    """Somebody texts one of our numbers while nobody is there to hear it; the message's id."""
    answer = httpx2.post(f"{mesa.twilio.url}/_inbound", json={"from": sender, "body": body, "to": to, **more}, trust_env=False)
    return answer.json()["sid"]


def late(text):
    return fold(text).startswith(LATE)


@pytest.mark.parametrize("seconds", [1, pytest.param(600, marks=pytest.mark.soak)])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_outage_ends_with_one_answer_to_each(database_url, tmp_path, engine_name, seconds):
    """Oldest first, with a word that we are late. What came before our first start stays unanswered; an early "1" answers nothing newer."""
    with town(engine_name, database_url, tmp_path, TWILIO_FROM="", TWILIO_MESSAGING_SERVICE_SID=SERVICE) as mesa:
        (process,) = mesa.processes
        mesa.twilio.knobs.set(service_numbers=[OURS, OTHER])
        for n in range(3):
            says(mesa, BEFORE, "comida", (OURS, OTHER)[n % 2], at=(datetime.now(UTC) - timedelta(hours=n + 1)).isoformat())
        mesa.start()
        mesa.texts(LUZ, "ropa")
        mesa.gets(LUZ)
        mesa.settled()
        assert 0 == process.stop()

        ((consents,),) = mesa.rows("SELECT max(id) FROM consent")
        sids = [says(mesa, ANA, "1"), says(mesa, EVA, "food 93307")]
        mesa.telegram.say(chat=801, text="/menu")
        time.sleep(seconds)  # this is what the test is about
        sids += [says(mesa, ANA, "MESA", OTHER), says(mesa, JUAN, "renta", OTHER), says(mesa, LUZ, "STOP", OTHER, opt_out_type="STOP")]
        mesa.start()
        answers = {each: mesa.gets(each, n, within=60) for each, n in ((ANA, 2), (EVA, 1), (JUAN, 1))}
        mesa.reads(801, within=120)
        mesa.settled()

        assert sids == [sid for (sid,) in mesa.rows("SELECT provider_id FROM inbound WHERE channel = 'sms' ORDER BY id")][1:]
        assert {ANA: 2, EVA: 1, JUAN: 1} == {each: len(mesa.got(each)) for each in answers}
        assert all(late(text) for texts in answers.values() for text in texts)
        assert ([], 1) == (mesa.got(BEFORE), len(mesa.reads(801)))
        assert "Which language?" in mesa.got(ANA)[1]
        assert [("join", "keyword"), ("stop", "keyword")] == mesa.rows(f"SELECT what, how FROM consent WHERE id > {consents}")
        assert "Traceback" not in mesa.said
