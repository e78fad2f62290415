"""The house as it is run: processes, real clients, a Twilio and a Telegram on loopback."""

import httpx2
import pytest
from serving_process import until
from town import LAYOUTS, a_database, town

ROSA, DANA = "+16615550150", "+16615550151"


@pytest.fixture(scope="module", params=LAYOUTS)
def mesa(request, tmp_path_factory):
    """A town that is up: one process on either database, and four on PostgreSQL."""
    folder = tmp_path_factory.mktemp(request.param)
    with (
        a_database(request.param, folder, request.getfixturevalue) as url,
        town(request.param, url, folder, PLATICA_TWILIO_OPT_OUT="none") as started,
    ):
        started.twilio.knobs.set(status_callbacks=True, carrier_keywords=False)
        started.start()
        yield started


def states(mesa, address):
    query = "SELECT o.state FROM outbox o JOIN address a ON a.id = o.address_id WHERE a.address = :a ORDER BY o.id"
    return [state for (state,) in mesa.rows(query, a=address)]


def test_a_family_texts_for_food_and_has_one_answer_in_their_language(mesa):
    """From Twilio's signed webhook to a text Twilio takes, and on to the word that it was delivered."""
    assert [200] == mesa.texts(ROSA, "comida 93307")
    (answer,) = mesa.gets(ROSA)

    assert "Comida cerca de 93307" in answer
    until(lambda: states(mesa, ROSA) == ["delivered"], 10)
    assert [answer] == mesa.got(ROSA)


def test_the_same_text_five_times_at_once_has_one_answer(mesa):
    """A provider that repeats itself is thanked each time, and heard once; with two webs, whichever it reaches."""
    assert [200] * 5 == mesa.texts("+16615550152", "comida", copies=5, web=-1)
    mesa.gets("+16615550152")
    mesa.settled()

    assert 1 == len(mesa.got("+16615550152"))


def test_stop_is_confirmed_once_and_heard_for_good(mesa):
    """STOP, then silence from us; what they ask for themselves is still answered."""
    for n, words in enumerate(("MESA", "alto", "food"), 1):
        assert [200] == mesa.texts(DANA, words, web=n % 2 and -1)
        mesa.gets(DANA, n)
    mesa.texts(DANA, "STOP")
    mesa.settled()

    assert 3 == len(mesa.got(DANA))
    assert [(1,)] == mesa.rows(
        "SELECT count(*) FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = :a AND p.stopped_at IS NOT NULL", a=DANA
    )


def test_a_button_is_pressed_on_telegram_and_the_old_ones_go(mesa):
    """By webhook with its secret: a menu, a press, the answer, and nothing left to press but what is asked now."""
    mesa.telegram.say(chat=701, text="/start")
    mesa.reads(701, 1)
    mesa.telegram.say(chat=701, text="/menu")
    mesa.reads(701, 2)
    until(lambda: mesa.telegram.buttons(701), 5)
    mesa.telegram.press(701, 0)
    mesa.reads(701, 3)
    mesa.settled()
    until(lambda: len(mesa.telegram.buttons(701)) <= 1, 5, lambda: str(mesa.telegram.buttons(701)))

    assert 3 == len(mesa.reads(701, 3))
    assert 1 == len(mesa.telegram.calls("answerCallbackQuery"))
    assert {200} == set(mesa.telegram.posted)


def test_every_web_knows_its_bot_in_a_group(mesa):
    """A web that does not deliver knows the bot's name too, or words to the bot in a group would fall on deaf ears."""
    mesa.telegram.say("in_group", chat=702, text="@mesa_school_bot comida", group=-100702)

    assert 1 == len(mesa.reads(-100702))


def test_nothing_people_write_is_in_the_logs(mesa):
    """Neither texts nor numbers: not when all is well, and not when Twilio refuses, or goes on strike."""
    mesa.twilio.knobs.set(fail_with=[[21211, 400], [0, 503, 1]])
    mesa.texts("+16615550153", "tengo hambre, wordneverlogged 93307")
    mesa.texts("+16615550154", "wordneverlogged")
    mesa.telegram.say(chat=703, text="wordneverlogged")
    mesa.reads(703)
    mesa.settled()
    metrics = httpx2.get(f"{mesa.webs[0].url}/metrics", trust_env=False)

    assert 200 == metrics.status_code
    for secret in ("wordneverlogged", "5550", "93307", "hambre", "an-emulated-auth-token", "AAEmulator", "a-secret-of-the-test"):
        assert secret not in mesa.said, secret
        assert secret not in metrics.text, secret
    assert "Traceback" not in mesa.said
