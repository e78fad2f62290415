"""The house as it is run: processes, real clients, a Twilio and a Telegram on loopback."""

import shutil
import socket
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from emulators.telegram_emulator import TelegramEmulator
from forking import nursery
from serving_process import Platica, until
from town import a_database, town

import locales
from bot.channels.segments import fold
from bot.cli import main
from conversations import say

LATE = tuple(fold(locales.render(say.late(None), tag)) for tag in locales.LANGUAGES)
ROSA, DANA = "+16615550180", "+16615550181"


@pytest.fixture(scope="module", params=["sqlite", "apart"])
def mesa(request, tmp_path_factory):
    """A town that is up: one process on SQLite, or two webs and two deliverers on PostgreSQL."""
    folder = tmp_path_factory.mktemp(request.param)
    with (
        a_database(request.param, folder, request.getfixturevalue) as url,
        town(request.param, url, folder, PLATICA_TWILIO_OPT_OUT="none") as started,
    ):
        started.twilio.knobs.set(status_callbacks=True, carrier_keywords=False)
        started.start()
        yield started


def state(mesa, address):
    """What we know of the last text that Twilio took for somebody."""
    row = [each["row"] for each in mesa.twilio.accepted if each["to"] == address][-1]
    ((found,),) = mesa.rows("SELECT state FROM outbox WHERE id = :row", row=int(row))
    return found


def test_a_family_texts_for_food_and_has_one_answer_in_their_language(mesa):
    """From Twilio's signed webhook to a text Twilio takes, and on to the word that it was delivered."""
    assert [200] == mesa.texts(ROSA, "comida 93307")
    (answer,) = mesa.gets(ROSA)

    assert "Comida cerca de Bakersfield (93307)" in answer
    until(lambda: state(mesa, ROSA) == "delivered", 30)
    assert [answer] == mesa.got(ROSA)


def test_the_same_text_five_times_at_once_has_one_answer(mesa):
    """A provider that repeats itself is thanked each time, and heard once; with two webs, whichever it reaches."""
    assert [200] * 5 == mesa.texts("+16615550182", "comida", copies=5, web=-1)
    mesa.gets("+16615550182")
    mesa.settled()

    assert 1 == len(mesa.got("+16615550182"))


def test_stop_is_confirmed_once_and_heard_for_good(mesa):
    """STOP, then silence from us; what they ask for themselves is still answered."""
    for n, words in enumerate(("MESA", "alto", "food"), 1):
        assert [200] == mesa.texts(DANA, words, web=n % 2 and -1)
        mesa.gets(DANA, n)
    mesa.texts(DANA, "STOP")
    mesa.settled()

    assert 3 == len(mesa.got(DANA))
    assert [(1,)] == mesa.rows("SELECT count(*) FROM person WHERE stopped_at IS NOT NULL")


def test_a_button_is_pressed_on_telegram_and_the_old_ones_go(mesa):
    """By webhook with its secret: a menu, a press, the answer, and nothing left to press but what is asked now."""
    mesa.telegram.say(chat=701, text="/start")
    mesa.reads(701, 1)
    mesa.telegram.say(chat=701, text="/menu")
    mesa.reads(701, 2)
    until(lambda: mesa.telegram.buttons(701), 30)
    mesa.telegram.press(701, 0)
    mesa.reads(701, 3)
    mesa.settled()
    until(lambda: len(mesa.telegram.buttons(701)) <= 1, 30, lambda: str(mesa.telegram.buttons(701)))
    until(lambda: mesa.telegram.calls("answerCallbackQuery"), 30)

    assert 3 == len(mesa.reads(701, 3))
    assert 1 == len(mesa.telegram.calls("answerCallbackQuery"))
    assert {200} == set(mesa.telegram.posted)


def test_every_web_knows_its_bot_in_a_group(mesa):
    """A web that does not deliver knows the bot's name too, or words to the bot in a group would fall on deaf ears."""
    mesa.telegram.say("in_group", chat=702, text="@mesa_school_bot comida", group=-100702)

    assert 1 == len(mesa.reads(-100702))


def test_a_failure_is_told_to_twilio_and_not_what_was_said(mesa):
    """A table is away for a moment: 500, nothing is kept, and the log says where it broke without a word of the text. Then all goes on."""
    mesa.rows("ALTER TABLE inbound RENAME TO away")
    try:
        assert [500] == mesa.texts("+16615550186", "wordneverlogged 93307")
    finally:
        mesa.rows("ALTER TABLE away RENAME TO inbound")
    assert [200] == mesa.texts("+16615550186", "comida")
    mesa.gets("+16615550186")
    mesa.settled()

    in_time = [text for text in mesa.got("+16615550186") if not text.startswith(LATE)]
    assert 1 == len(in_time)  # the other may have been fetched from Twilio's list by now
    assert "request_failed" in mesa.said
    for secret in ("wordneverlogged", "5550186", "Traceback"):
        assert secret not in mesa.said


def test_nothing_people_write_is_in_the_logs(mesa):
    """Neither texts nor numbers: not when all is well, and not when Twilio refuses, or goes on strike."""
    mesa.twilio.knobs.set(fail_with=[[21211, 400], [0, 503, 1]])
    mesa.texts("+16615550183", "tengo hambre, wordneverlogged 93307")
    mesa.texts("+16615550184", "wordneverlogged")
    mesa.telegram.say(chat=703, text="wordneverlogged")
    mesa.reads(703)
    mesa.settled()
    metrics = httpx2.get(f"{mesa.webs[0].url}/metrics", trust_env=False)

    assert 200 == metrics.status_code
    for secret in ("wordneverlogged", "5550", "93307", "hambre", "an-emulated-auth-token", "AAEmulator", "a-secret-of-the-test"):
        assert secret not in mesa.said, secret
        assert secret not in metrics.text, secret
    assert "Traceback" not in mesa.said


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_telegram_alone_needs_nothing_but_a_token(database_url, engine_name, tmp_path):
    """No address of our own, no secret: it asks Telegram for what is new, from where it left off."""
    alone = dict.fromkeys(("PUBLIC_URL", "TELEGRAM_SECRET", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_API_URL"), "")
    with town(engine_name, database_url, tmp_path, **alone) as mesa:
        (process,) = mesa.processes
        mesa.telegram.say(chat=704, text="/menu")
        mesa.start()
        mesa.reads(704, 1)
        assert 0 == process.stop()
        mesa.telegram.say(chat=704, text="/help")
        process.start()
        mesa.reads(704, 2)
        mesa.settled()

        assert 0 == process.stop()
        assert 2 == len(mesa.reads(704, 2))
        assert "Traceback" not in mesa.said


def test_what_came_while_we_were_down_is_answered_once_and_nothing_older(database_url, engine_name, tmp_path):
    """An account has a past, which is left alone. What people write while the house is down is answered when it is up, with a word of regret."""
    with town(engine_name, database_url, tmp_path, TELEGRAM_TOKEN="", TELEGRAM_SECRET="", TELEGRAM_API_URL="") as mesa:
        (process,) = mesa.processes
        mesa.twilio.text(ROSA, "comida", at=(datetime.now(UTC) - timedelta(hours=2)).isoformat())
        mesa.start()
        assert [200] == mesa.texts(DANA, "food 93307")
        mesa.gets(DANA)
        mesa.settled()
        assert 0 == process.stop()
        assert [0] == mesa.texts(DANA, "rent")
        mesa.start()
        (_food, rent) = mesa.gets(DANA, 2)
        mesa.texts(ROSA, "ropa")
        mesa.gets(ROSA)
        mesa.settled()

        assert rent.startswith(LATE)
        assert (1, 2) == (len(mesa.got(ROSA)), len(mesa.got(DANA)))
        assert "Traceback" not in mesa.said


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_stop_finishes_what_is_on_its_way(database_url, engine_name, tmp_path):
    """Asked to end while Twilio takes its time, it waits for the answers and writes them down; with a phone page open, too."""
    with town(engine_name, database_url, tmp_path, TELEGRAM_TOKEN="", TELEGRAM_SECRET="", TELEGRAM_API_URL="", PLATICA_PHONE="1") as mesa:
        mesa.twilio.knobs.set(delay=1.0)
        mesa.start()
        with httpx2.stream("GET", f"{mesa.webs[0].url}/phone/events", trust_env=False) as page:
            assert next(page.iter_lines())
            for n in range(5):
                mesa.texts(f"+1661555016{n}", "comida")
            until(lambda: mesa.twilio.accepted, 30)
            assert 0 == mesa.processes[0].stop(within=30)
        found = mesa.rows("SELECT state, count(*) FROM outbox GROUP BY state")

        assert {"sent": len(mesa.twilio.accepted)} == {state: count for state, count in found if state != "waiting"}
        assert "Traceback" not in mesa.said


def test_without_a_channel_it_stays_up_until_it_is_asked_to_end(sqlite_template, tmp_path):
    """A house that nobody has connected yet says that it is well."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'platica.db')}"
    with Platica("serve", folder=tmp_path, DATABASE_URL=url) as platica:
        platica.healthy()

        assert 0 == platica.stop()
        assert "Traceback" not in platica.said


HALF = {
    "PORT must be a number": ("serve", {"PORT": "eighty"}),
    "TWILIO_AUTH_TOKEN beside it": ("serve", {"TWILIO_ACCOUNT_SID": "AC1"}),
    "so set PUBLIC_URL": ("serve", {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "a", "TWILIO_FROM": "+16615550100"}),
    "needs TELEGRAM_SECRET": ("serve", {"TELEGRAM_TOKEN": "1:a", "PUBLIC_URL": "https://texts.example.org"}),
    "DATABASE_URL must begin": ("serve", {"DATABASE_URL": "mysql://localhost/platica"}),
    "use `platica serve`": ("serve --no-deliver", {}),
    "it needs PostgreSQL": ("deliver", {}),
}


@pytest.mark.parametrize("sentence", HALF)
def test_half_a_configuration_is_refused_in_a_sentence(sentence, monkeypatch, capsys):
    """Before anything is started: which setting to mend, and exit code 1."""
    command, environment = HALF[sentence]
    monkeypatch.setattr("sys.argv", ["platica", *command.split()])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main()

    assert 1 == ended.value.code
    (said,) = capsys.readouterr().err.splitlines()
    assert sentence in said


def test_what_cannot_start_says_why_in_a_sentence(tmp_path, sqlite_template):
    """A taken port, a wrong token, a database of another release, or none: one sentence to whoever can mend it, and exit code 1."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'platica.db')}"
    with ExitStack() as stack:
        telegram = stack.enter_context(TelegramEmulator())
        taken = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        cases = {
            "is taken": {"PORT": str(taken)},
            "does not know this TELEGRAM_TOKEN": {"TELEGRAM_TOKEN": "1:wrong", "TELEGRAM_API_URL": telegram.url},
            "run `platica migrate` first": {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"},
            "Is DATABASE_URL right": {"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/platica.db"},
        }
        started = {
            sentence: nursery().platica("serve", folder=tmp_path, **{"DATABASE_URL": url, **environment})
            for sentence, environment in cases.items()
        }
        for platica in started.values():
            stack.enter_context(platica)
        for sentence, platica in started.items():
            assert 1 == platica.ended(), sentence
            (said,) = [line for line in platica.said.splitlines() if not line.startswith(("Listening", "{"))]
            assert sentence in said
