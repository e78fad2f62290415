"""Whatever anybody texts, in whatever order: an answer, or silence where silence is right, and nothing that grows or breaks."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from person import NOWHERE, SCHOOL, Person

from bot.clock import Clock
from conversations.dialogue import MOST_UNCLEAR
from conversations.effects import Join, Leave, SetLanguage
from conversations.flows.find_help import MOST_PICKS
from conversations.keywords import Keyword, Leaving
from conversations.reply import Pressed
from conversations.state import Memory, shown_as
from conversations.steps import MOST_PAUSED, MOST_TURNS
from conversations.who import Who
from locales import reading

LONGEST = 1600
PHONES = (
    Who(SCHOOL),
    Who(SCHOOL, language="es", joined=True),
    Who(SCHOOL, language="en", guessed=True),
    Who(SCHOOL, has_phone=False, taps=True),
    Who(SCHOOL, language="es", stopped=True),
)

COMMANDS = [
    "STOP",
    "ALTO",
    "START",
    "HELP",
    "AYUDA",
    "MENU",
    "BACK",
    "ATRAS",
    "CALL",
    "TOPICS",
    "PAUSA",
    "no surveys",
    "language",
    "english",
    "español",
    "MESA",
    "/start",
]
ANSWERS = ["1", "2", "3", "9", "10", "12", "0", "99", "yes", "sí", "no", "ok", "👍", "👎", "more", "mas", "skip", "dos", "2.", "Sat at 5"]
WISHES = [
    "food",
    "comida 93307",
    "rent",
    "refugio",
    "dentista",
    "tutoring",
    f"food {NOWHERE}",
    "93241",
    NOWHERE,
    "lamont",
    "i feel hopeless",
    "climate",
    "todos",
]
SMALL_TALK = ["hola", "hi", "gracias 🙏", "thanks", "❤️", "Liked “Food”", "who is this", "Stop by at 5?", "/menu", "idioma", "llamar"]
GRAVE = [
    "i want to die",
    "mi esposo me pega",
    "i have a gun",
    "stpo",
    "please stop texting me",
    "stop, i want to die",
    "me muero de hambre",
]
ODD = ["", " ", "...", "😀", "{school}", "%s {0}", "\u202e\u200b", "qwerty", "x" * 2000, "ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "٢", "1 2 3", "a\x00b"]

texts = st.sampled_from([*COMMANDS, *ANSWERS, *WISHES, *SMALL_TALK, *GRAVE, *ODD]) | st.text(max_size=30)
words = st.fixed_dictionaries({"text": texts}, optional={"plain": st.booleans(), "answered": st.booleans()})
"""A text; perhaps it is not plain what it answers, perhaps the carrier has answered it."""
buttons = st.builds(lambda back, option: {"back": back, "option": option}, st.integers(-1, 3), st.integers(-1, 12))
"""A button: how many questions ago it was shown (-1: never), and its place in the list."""
others = st.sampled_from([{"media": True}, {"zip": "93241"}, {"start_with": "MESA", "text": "/start"}, {"silence": True}])
messages = st.lists(words | buttons | others, max_size=25)


def does(person, message):
    """What somebody does; the reply it makes, with the button that was pressed, None for silence."""
    message = dict(message)
    if message.pop("silence", False):
        if not person.who.stopped:  # the clock asks nobody who has left
            person.silent()
        return None
    if "back" in message:
        message = {"pressed": Pressed(person.memory.questions - message["back"], message["option"])}
    reply = replace(reading.read(message.get("text", ""), language=person.who.language), pressed=message.get("pressed"))
    person.hears(**message)
    return reply


def silence_is_right(before, reply, message):
    """Where nothing need be said: a nudge too many, thanks, OK to nothing, STOP (or nearly) twice, what the carrier answered, a machine."""
    if reply is None:
        return before.who.stopped or before.memory.open is None or before.memory.nudges > 0
    answered = message.get("answered", False) and reply.keyword in {Keyword.STOP, Keyword.START, Keyword.HELP, Keyword.YES}
    stopped = before.who.stopped and (reply.keyword is Keyword.STOP or reply.leaving is not None)
    left = message.get("answered", False) and reply.leaving is Leaving.SURE
    small_talk = reply.keyword in {Keyword.THANKS, Keyword.OK}
    return answered or stopped or left or small_talk or before.memory.unclear >= MOST_UNCLEAR


def walks(who, sequence):
    """Each step: the message, the reply it made, the person before and after."""
    person = Person(who)
    for message in sequence:
        before = person.again()
        person.turn = person.heard = None
        reply = does(person, message)
        yield message, reply, before, person


phones = st.sampled_from(PHONES)
often = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@often
@given(phones, messages)
@example(PHONES[0], [{"text": "food"}] + [{"text": str(n % 3 + 1)} for n in range(MOST_PICKS + 2)])
@example(PHONES[0], [{"text": "qwerty"}] * 12)
@example(PHONES[0], [{"text": "STOP"}, {"text": "stpo"}])
def test_there_is_one_answer_or_a_rightful_silence(who, sequence):
    """Nobody who texts is left without an answer, and no answer is longer than a text can be."""
    for message, reply, before, person in walks(who, sequence):
        if person.turn is None or person.turn.silent:
            assert silence_is_right(before, reply, message)
            continue
        assert 0 < len(person.heard.text.strip())
        assert len(person.heard.text) <= LONGEST


@often
@given(phones, messages)
def test_what_is_remembered_survives_the_database(who, sequence):
    """What is read back is what was written, to the letter."""
    for _message, _reply, _before, person in walks(who, sequence):
        if person.turn is not None:
            written = shown_as(person.turn.memory, person.heard.labels)
            assert written == Memory.from_json(json.loads(json.dumps(written.to_json())))


@often
@given(phones, messages)
def test_the_newest_button_is_the_open_question(who, sequence):
    """The question we wait for is the one last shown, on every kind of phone."""
    for _message, _reply, _before, person in walks(who, sequence):
        open_now = person.memory.open
        assert open_now is None or open_now.asked.number == person.memory.questions
        if person.turn is not None and person.turn.prompt is not None:
            assert person.turn.prompt.number == open_now.asked.number
            assert all(data.startswith(f"q:{open_now.asked.number}:") for _label, data in person.heard.buttons)


@often
@given(phones, messages)
@example(PHONES[0], [{"text": "call"}, {"text": "mesa"}, {"text": "language"}, {"text": "menu"}] * 40)
@example(PHONES[0], [{"text": "call"}] + [{"text": "HELP"}] * (MOST_TURNS + 2))
def test_nothing_grows_without_end(who, sequence):
    """However long somebody plays with it, what is kept of them stays small."""
    for _message, _reply, _before, person in walks(who, sequence):
        waiting = [each.flow for each in person.memory.paused]
        assert len(waiting) == len(set(waiting)) <= MOST_PAUSED
        for each in (*person.memory.paused, *filter(None, [person.memory.open])):
            assert each.turns <= MOST_TURNS
            assert len(each.answers) <= MOST_PICKS
        assert len(json.dumps(person.memory.to_json())) < 20_000


@often
@given(phones, messages)
def test_nobody_leaves_or_joins_by_mistake(who, sequence):
    """STOP is said, or asked about and answered with yes; joining takes the school's word or START."""
    for message, reply, before, person in walks(who, sequence):
        effects = person.turn.effects if person.turn else ()
        if any(isinstance(effect, Leave) for effect in effects):
            asked = before.place == ("leave", "sure")
            assert asked or reply.keyword is Keyword.STOP or reply.leaving is Leaving.SURE
        if any(isinstance(effect, Join) for effect in effects):
            assert "mesa" in message["text"].lower() or reply.keyword in {Keyword.START, Keyword.YES}


@often
@given(phones, messages)
@example(PHONES[0], [{"text": "menu"}, {"text": "1", "plain": False}])
@example(PHONES[0], [{"text": "call"}, {"text": "3", "plain": False}])
@example(PHONES[0], [{"text": "stpo"}, {"text": "👍", "plain": False}])
@example(PHONES[3], [{"text": "call"}, {"text": "ok", "plain": False}])
@example(PHONES[0], [{"text": "food"}, {"media": True}, {"back": 1, "option": 0}])
def test_what_may_belong_to_something_else_changes_nothing(who, sequence):
    """A bare "1" that came too late or too early, and an old or a forged button, answer nothing; but a list still shows its places."""
    for message, reply, before, person in walks(who, sequence):
        if before.memory.open is None or reply is None:
            continue
        bare = reply.bare and not message.get("plain", True)
        forged = message.get("back", 0) != 0 or not 0 <= message.get("option", 0) < max(len(before.memory.open.asked.options), 1)
        listed = reply.pressed is not None and reply.pressed.question in {each.asked.number for each in before.memory.lists}
        if bare or (forged and not listed):
            assert all(isinstance(effect, SetLanguage) and effect.guessed for effect in person.turn.effects)
            assert (
                person.memory.open is None
                or person.memory.open.flow != before.memory.open.flow
                or (before.memory.open.answers == person.memory.open.answers)
            )


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sequence=st.lists(texts.filter(lambda text: "\x00" not in text), min_size=1, max_size=7))
async def test_the_whole_house_answers_once_and_is_quiet_after_stop(house, clock, channel, sequence):
    """The same through the real inbox, outbox and clock: one text for each message, and none at all after STOP.

    No channel hands in a NUL: each takes it out before.
    """
    address = await stranger(house, channel)
    for text in sequence:
        clock.forward(seconds=20)
        got = await house.hears(text, address, channel)
        assert len(got) <= 1
        assert got or silence_needs_no_reason(reading.read(text)) or await stopped(house, address)
    await house.hears("STOP", address, channel)
    before = house.channels[channel].texts_to(address)
    for _day in range(2):
        clock.forward(days=1)
        await Clock(house).tick()
        await house.settled()
    assert before == house.channels[channel].texts_to(address)


async def stranger(house, channel):
    """An address that has never written here."""
    [(known,)] = await house.run("SELECT count(*) FROM address")
    return f"+16615550{160 + known % 40}" if channel == "sms" else str(550160 + known)


async def stopped(house, address):
    """Whoever has left is asked nothing: what may be STOP once more stays unanswered."""
    query = "SELECT stopped_at FROM person JOIN address ON person.id = person_id WHERE address = :a"
    return [row.stopped_at is not None for row in await house.run(query, a=address)] == [True]


def silence_needs_no_reason(reply):
    return reply.keyword in {Keyword.THANKS, Keyword.OK, Keyword.STOP} or reply.leaving is Leaving.SURE
