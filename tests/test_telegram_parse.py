"""What a person does on Telegram, and what we make of it."""

import json
from datetime import UTC, datetime

import pytest
from emulators import telegram_updates as updates
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Received
from bot.channels.telegram_parse import callback_id, parse, press_data, secret_ok, start_link
from conversations.reply import Pressed

US = "mesa_school_bot"
OTHER_BOT = {"id": 7000000002, "is_bot": True, "first_name": "Quiz", "username": "quiz_bot"}


def heard(update, username=US):
    """As over the wire: through JSON."""
    return parse(json.loads(json.dumps({"update_id": 860000001, **update})), username)


def test_a_text_arrives_with_who_when_and_in_which_language():
    """A text arrives as it was typed, with the chat to answer, the time, and the language of the app as a first guess."""
    expected = Received("telegram", "860000001", "7", "comida 93307", sent_at=datetime(2026, 11, 16, 13, tzinfo=UTC), language="es")
    assert expected == heard(updates.private_text(7, "comida 93307", "es"))


@pytest.mark.parametrize(
    ("typed", "text", "start_with"),
    [
        ("/start", "/start", ""),
        ("/start MESA", "/start", "MESA"),
        ("/Start  MESA ", "/start", "MESA"),
        ("/start@Mesa_School_Bot MESA", "/start", "MESA"),
        ("/start two words", "/start", ""),
        ("/start ' OR 1=1", "/start", ""),
        ("/start " + "x" * 65, "/start", ""),
        ("/stop", "/stop", ""),
        ("/stop@mesa_school_bot", "/stop", ""),
        ("/language español", "/language español", ""),
        ("/help@quiz_bot", "/help@quiz_bot", ""),
        ("1/2", "1/2", ""),
    ],
)
def test_a_command_arrives_without_our_name_and_a_link_brings_its_keyword(typed, text, start_with):
    """A command means the same with or without our name behind it; the keyword in a link is kept only if a link can hold it."""
    received = heard(updates.private_text(7, typed))
    assert (text, start_with) == (received.text, received.start_with)


def test_a_location_arrives_as_degrees():
    """Sharing a location says where, and nothing else."""
    received = heard(updates.location(7, 35.3427, -118.9773))
    assert (received.text, received.location, received.media) == ("", (35.3427, -118.9773), False)


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "contact"])
def test_a_photo_or_file_is_known_as_one(kind):
    """We say that we cannot look at photos, voice messages, files and cards: so we must notice them."""
    received = heard(updates.KINDS[kind](7))
    assert (received.text, received.media) == ("", True)


def test_the_words_under_a_photo_are_read():
    """Somebody who writes under a photo is heard."""
    received = heard(updates.photo(7, "I need food"))
    assert (received.text, received.media) == ("I need food", True)


def test_a_sticker_says_what_its_emoji_says():
    """A thank-you sticker is a thank-you, not a file."""
    received = heard(updates.sticker(7, "🙏"))
    assert (received.text, received.media) == ("🙏", False)


def test_a_sticker_without_an_emoji_is_heard_all_the_same():
    """A sticker that says nothing is still a message."""
    sticker = updates.sticker(7)
    del sticker["message"]["sticker"]["emoji"]
    assert (heard(sticker).text, heard(sticker).media) == ("", False)


def test_a_pressed_button_names_its_question_and_its_place():
    """A press says which question it answers, so that an old button is known as old; it carries no time of its own."""
    received = heard(updates.press(7, "q:12:0", language="es"))
    assert Received("telegram", "860000001", "7", "", pressed=Pressed(12, 0), language="es") == received


@given(st.integers(0, 999_999_999), st.integers(0, 99))
def test_every_button_we_make_is_understood_when_pressed(question, option):
    """Whatever we put into a button comes back from it, within Telegram's 64 bytes."""
    data = press_data(Pressed(question, option))
    assert Pressed(question, option) == heard(updates.press(7, data)).pressed
    assert len(data.encode()) <= 64


@pytest.mark.parametrize(
    "data", ["", "q:1", "q:-1:0", "q:01:1", "q:1:100", "q:9999999999:1", "q:1:1 ", "q:1:1\n", "q:١:١", "rsvp:5:yes", "' OR 1=1", "x" * 64]
)
def test_a_made_up_button_is_heard_as_an_old_one(data):
    """Nobody can press a button that we did not show, and whoever tries is told that the button is old."""
    assert Pressed(-1, -1) == heard(updates.press(7, data)).pressed


def test_a_button_under_a_game_has_no_data_and_is_old():
    """A press without data is answered too."""
    update = updates.press(7, "")
    del update["callback_query"]["data"]
    update["callback_query"]["game_short_name"] = "quiz"
    assert Pressed(-1, -1) == heard(update).pressed


@pytest.mark.parametrize("kind", ["old_press", "press_inline"])
def test_a_press_of_a_message_we_cannot_see_is_answered_to_the_person(kind):
    """A button under a message that is gone still knows who pressed it."""
    received = heard(updates.KINDS[kind](7, "q:3:1"))
    assert ("7", Pressed(3, 1)) == (received.address, received.pressed)


def test_a_press_can_be_answered_by_its_own_number():
    """The app shows an hourglass until the press is answered by its number; what is no press has none."""
    assert callback_id(updates.press(7, "q:1:0", query="4382")) == "4382"
    assert (
        callback_id(updates.private_text(7, "hi"))
        == callback_id({"callback_query": []})
        == callback_id({"callback_query": {"id": 3}})
        == ""
    )


def test_a_group_that_has_another_number_says_so():
    """Telegram makes a larger group of it: what is ours there moves along."""
    received = heard(updates.migrated(7, -4123456, -1009))
    assert ("-4123456", "-1009", True, "") == (received.address, received.moved_to, received.group, received.text)


@pytest.mark.parametrize("status", ["kicked", "left"])
def test_being_put_out_of_a_group_is_noticed(status):
    """It is the group that lets us go, and not the person who did it."""
    received = heard({"my_chat_member": updates.member(7, status)["my_chat_member"] | {"chat": updates.supergroup()}})
    assert (str(updates.GROUP), True, True) == (received.address, received.left, received.group)


def test_who_writes_in_a_group_is_known():
    """A command there counts for who wrote it; the answer goes to the group."""
    received = heard(updates.in_group(7, "/events on"))
    assert (str(updates.GROUP), "7", "/events on") == (received.address, received.by, received.text)


@pytest.mark.parametrize(("status", "left"), [("kicked", True), ("member", False)])
def test_blocking_and_unblocking_is_noticed(status, left):
    """Whoever blocks the bot has left, and whoever unblocks it is back, without a word."""
    received = heard(updates.member(7, status))
    assert ("7", "", left) == (received.address, received.text, received.left)


@pytest.mark.parametrize(
    "update",
    [
        updates.edited(7, "I need rent"),
        updates.pinned(7),
        updates.channel_post("News"),
        updates.poll_answer(7),
        updates.added_to_group(7),
        updates.member(7, "left"),
        {},
        {"a_kind_of_next_year": {"text": "hi"}},
    ],
)
def test_what_nobody_said_to_us_is_passed_over(update):
    """Edits, pins, channel posts, being put into a group and kinds we do not know change nothing."""
    assert heard(update) is None


@pytest.mark.parametrize(
    "update",
    [
        updates.in_group(7, "@mesa_school_bot food 93307"),
        updates.in_group(7, "food? @Mesa_School_Bot."),
        updates.in_group(7, "/food"),
        updates.in_group(7, "/food@mesa_school_bot"),
        updates.reply_to(7, "yes", updates.BOT),
        updates.in_group(7, "/food", **{"from": OTHER_BOT, "sender_chat": updates.supergroup()}),
    ],
)
def test_in_a_group_we_hear_what_is_said_to_us(update):
    """Our name, a command or a reply to us is for us; it is marked as said in a group, so that nothing private is answered there."""
    received = heard(update)
    assert (str(updates.GROUP), True) == (received.address, received.group)


@pytest.mark.parametrize(
    "update",
    [
        updates.in_group(7, "who brings cake?"),
        updates.in_group(7, "write to me@mesa_school_bot.example"),
        updates.in_group(7, "@mesa_school_bot_2 hello"),
        updates.in_group(7, "/food@quiz_bot"),
        updates.in_group(7, "/food@quiz_bot @mesa_school_bot"),
        updates.reply_to(7, "yes", updates.person(8)),
        updates.reply_to(7, "yes", OTHER_BOT),
        updates.in_group(7, "/food", **{"from": OTHER_BOT}),
        updates.in_group(7, "/food", is_automatic_forward=True, sender_chat={"id": -100987, "title": "Mesa news", "type": "channel"}),
    ],
)
def test_in_a_group_we_are_silent_unless_spoken_to(update):
    """Neighbours talk among themselves, and bots with bots: that is not for us."""
    assert heard(update) is None


def test_before_we_know_our_name_nobody_calls_it():
    """Without a name of our own an "@" is not a call to us."""
    assert heard(updates.in_group(7, "@ home"), username="") is None


def test_text_that_no_database_takes_is_mended():
    """Half characters and NULs fall away, and nobody's message is longer than we read."""
    assert heard(updates.private_text(7, "fo\x00od\ud83d")).text == "food"
    assert len(heard(updates.private_text(7, "x" * 9000)).text) == 5000


@pytest.mark.parametrize(
    "update",
    [
        [],
        "hi",
        None,
        {},
        {"update_id": None, **updates.private_text(7, "hi")},
        {"update_id": 1.5, **updates.private_text(7, "hi")},
        {"update_id": True, **updates.private_text(7, "hi")},
        {"update_id": "1", **updates.private_text(7, "hi")},
        {"update_id": 1, "message": {"text": "a secret"}},
        {"update_id": 1, "message": ["a secret"]},
        {"update_id": 1, **updates.private_text("a secret", "hi")},
        {"update_id": 1, **updates.private_text(2**70, "hi")},
        {"update_id": 1, **updates.location(7, 91.0, 0.0)},
        {"update_id": 1, **updates.location(7, "a secret", 0.0)},
        {"update_id": 1, "callback_query": {"data": "a secret"}},
    ],
)
def test_what_is_no_update_is_refused_in_a_sentence_that_quotes_nobody(update):
    """Whoever posts nonsense gets a sentence; a log of it holds nobody's words."""
    with pytest.raises(ValueError, match="not an update as Telegram sends it") as refused:
        parse(update, US)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_anything = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)


def _is_sound(update):
    """It is passed over, refused, or made of what the rest of the house can take."""
    try:
        received = parse(update, US)
    except ValueError:
        return True
    numbers = () if received is None else (received.provider_id, received.address)
    return all(each.lstrip("-").isdecimal() for each in numbers) and (received is None or isinstance(received.text.encode(), bytes))


@given(_anything)
def test_no_json_at_all_breaks_the_parser(update):
    """Whatever JSON arrives: it is understood, passed over, or refused."""
    assert _is_sound(update)


def _places(update, path=()):
    """Every place inside an update."""
    inside = update.items() if isinstance(update, dict) else enumerate(update) if isinstance(update, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from _places(value, (*path, key))


_samples = [
    {"update_id": 5, **body}
    for body in (
        *(updates.private_text(7, "/start MESA"), updates.location(7), updates.photo(7, "see"), updates.voice(7), updates.contact(7)),
        *(updates.sticker(7), updates.press(7, "q:1:0"), updates.old_press(7, "q:1:0"), updates.press_inline(7, "q:1:0")),
        *(updates.member(7), updates.reply_to(7, "@mesa_school_bot hi", updates.BOT), updates.migrated(7), updates.pinned(7)),
    )
]


@settings(max_examples=300)
@given(st.data())
def test_an_update_with_one_thing_wrong_in_it_breaks_nothing(data):
    """Take a good update and put something else in one place: it is understood, passed over, or refused."""
    update = json.loads(json.dumps(data.draw(st.sampled_from(_samples))))
    *above, last = data.draw(st.sampled_from(list(_places(update))))
    within = update
    for key in above:
        within = within[key]
    if data.draw(st.booleans()):
        within[last] = data.draw(_anything)
    else:
        del within[last]
    assert _is_sound(update)


def test_an_update_nested_without_end_is_refused():
    """A body made to exhaust us is refused like any other nonsense."""
    body = updates.private_text(7, "hi")["message"]
    for _ in range(5000):
        body = {**body, "reply_to_message": body}
    with pytest.raises(ValueError, match="RecursionError"):
        parse({"update_id": 1, "message": body}, US)


def test_only_the_right_secret_opens_the_door():
    """A webhook without our secret, or with another, is not Telegram's; and with no secret set nothing is."""
    assert secret_ok("s3cret", "s3cret")
    assert not any([secret_ok("S3cret", "s3cret"), secret_ok("", "s3cret"), secret_ok(None, "s3cret"), secret_ok("ñ\ud800", "s3cret")])
    assert not any([secret_ok("", ""), secret_ok(None, "")])


def test_a_link_opens_our_chat_with_the_schools_keyword():
    """A poster's link brings people to the right school."""
    assert start_link(US, "MESA") == "https://t.me/mesa_school_bot?start=MESA"
    assert start_link(US, "") == "https://t.me/mesa_school_bot"
    with pytest.raises(ValueError, match="up to 64 letters"):
        start_link(US, "Mesa Verde")
