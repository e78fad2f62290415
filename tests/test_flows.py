"""Every question of every flow, in each language and on each kind of phone. They are found by walking the flows, not by listing them."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from person import NOWHERE, SCHOOL, Person

import locales
from bot.channels import segments
from conversations import say
from conversations.effects import Leave
from conversations.flows import FLOWS
from conversations.keywords import Crisis
from conversations.questions import Layout
from conversations.reply import Pressed
from conversations.state import Conversation, Memory
from conversations.who import Who
from conversations.words import Words

TRANSCRIPTS = Path(__file__).parent / "transcripts"
OPENERS = (
    "MESA",
    "menu",
    "call",
    "language",
    "stpo",
    "food",
    "rent",
    "dentist",
    "shelter",
    "93241",
    "qwerty",
    "delete",
    "topics",
    "my data",
    "unlink",
    f"food {NOWHERE}",
    "we got evicted",
    "i speak punjabi",
    "mixteco",
    "this school never answers",
    "who is this",
    "do you have a mesa",
    "pizza",
    "here 4821",
    "pizza 2 adults 1 kid",
    "pizza 1 adult 2 kids",
    "pizza 5",
    "we are 5",
    "events",
)
"""What opens a conversation. A new one needs a line here, look-ups in `person.py` if it has any, and transcripts."""
AT_WORK = frozenset(
    {
        *("announce", "ask", "event", "event_change", "draft", "drafts", "translate", "ask_translator", "no_task"),
        *("urgent", "urgent_send", "approve", "templates", "call_list", "for_whom", "call_missed"),
    }
)
"""Conversations of staff, begun by an order: their transcripts and tests are those of announcements."""
ELSEWHERE = frozenset({"slot", "slot_more", "series_leave", "survey"})
"""Conversations about what the small house in `person.py` has not (appointments, dates of a series, a survey): each has its own transcripts."""
BEGUN_BY_US = {
    "introduce": ("sms",),
    "still_you": ("sms", "telegram"),
    "helped": ("sms", "telegram"),
    **dict.fromkeys(AT_WORK | ELSEWHERE, ()),
}
"""Conversations that nobody opens, and the channels on which the school begins them."""
ASKS_NOTHING = frozenset({"events"})
"""Conversations that are over with their answer."""
TAKES = {"who": "2 adults 1 kid", "ages": "3 and 6", "sizes": "2 adults 1 kid"}
"""What answers a question without options; any other takes any words."""
TYPED = ("more", "lamont", "Saturday at 5", "HELP")
STRANGERS = {
    "sms": Who(SCHOOL),
    "telegram": Who(SCHOOL, has_phone=False, taps=True),
}


@dataclass(frozen=True)
class Reached:
    """A question on somebody's screen, and who sees it."""

    channel: str
    flow: str
    name: str
    sentence: str
    options: int
    person: Person

    def __str__(self):
        return f"{self.channel}: {self.flow}, {self.name}, {self.sentence[:30]}"

    def seen(self, language="en"):
        """Somebody who reads this language, in front of the question."""
        person = self.person.again()
        person.who = replace(person.who, language=language)
        return person


def walk():
    """Every question that can be reached from nothing, once each, and every sentence that was said on the way."""
    reached, said = {}, {}
    waiting = [(channel, Person(who, Memory(unclear=unclear))) for channel, who in STRANGERS.items() for unclear in (0, 2)]
    waiting += [(each, Person(STRANGERS[each], Memory(open=Conversation(flow)))) for flow, where in BEGUN_BY_US.items() for each in where]
    while waiting:
        channel, person = waiting.pop()
        for move in moves(person):
            after = person.again()
            after.hears(**move)
            said |= {each.singular: each for words in after.turn.said for each in sentences(words)}
            if after.turn.prompt is None:
                continue
            words, asked = after.turn.prompt.words, after.memory.open
            key = (channel, asked.flow, re.sub(r"\d", "", asked.asked.name), words.singular, len(after.turn.prompt.options))
            said |= {each.singular: each for shown in (words, *after.turn.prompt.options.values()) for each in sentences(shown)}
            if key not in reached:
                reached[key] = Reached(*key[:3], words.singular, key[4], after)
                waiting.append((channel, after))
    return tuple(reached.values()), said


def sentences(words):
    """Those that somebody has to translate, with the ones in their gaps."""
    if not words.verbatim and not words.parts:
        yield words
    for part in (*words.parts, *(gap for gap in words.gaps.values() if isinstance(gap, Words))):
        yield from sentences(part)


def moves(person):
    yield from ({"text": text} for text in (*OPENERS, *TYPED))
    if person.turn is not None and person.turn.prompt is not None:
        yield from ({"pressed": Pressed(person.turn.prompt.number, n)} for n in range(len(person.turn.prompt.options)))


QUESTIONS, SAID = walk()
by_question = pytest.mark.parametrize("question", QUESTIONS, ids=str)
by_language = pytest.mark.parametrize("language", list(locales.LANGUAGES))


@pytest.fixture(scope="module")
def written():
    """All that the transcripts of a channel say, with accents folded as an SMS may have them."""
    return {channel: bare("\n".join(each.read_text() for each in (TRANSCRIPTS / channel).glob("*.txt"))) for channel in STRANGERS}


def bare(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(
    ("flow", "channel"), [(flow, channel) for flow in FLOWS if flow not in ASKS_NOTHING for channel in BEGUN_BY_US.get(flow, STRANGERS)]
)
def test_every_conversation_can_be_reached(flow, channel):
    """No conversation exists that nobody can get to by what they text, unless the school begins it."""
    assert flow in {question.flow for question in QUESTIONS if question.channel == channel}


@by_language
@by_question
def test_every_question_is_in_a_transcript(question, language, written):
    """The specification shows each question in each language and on each channel."""
    words = question.person.turn.prompt.words
    gaps = dict.fromkeys(words.gaps, "§")
    pattern = re.escape(bare(locales.render(replace(words, gaps=gaps), language))).replace("§", ".+")

    assert re.search(pattern, written[question.channel])


@by_language
@by_question
def test_a_question_fits_into_two_sms(question, language):
    """A question costs two SMS at the most, its list of answers included."""
    assert segments.segments(question.seen(language).question_in(language)).count <= 2


@by_language
@by_question
def test_stop_stops_at_every_question(question, language):
    """STOP is confirmed once, in their language, and nothing is left open."""
    person = question.seen(language)
    person.hears("STOP")

    assert [Leave("keyword")] == list(person.turn.effects)
    assert (say.goodbye(person.who),) == person.turn.said
    assert person.memory.open is None
    assert () == person.memory.paused


@by_language
@by_question
def test_help_helps_at_every_question(question, language):
    """HELP says what there is, and asks the question again."""
    person = question.seen(language)
    person.hears("HELP")

    assert say.help_text(person.who) == person.turn.said[0]
    assert question.person.place == person.place
    assert question.person.turn.prompt.words == person.turn.prompt.words


@by_language
@by_question
def test_menu_opens_at_every_question(question, language):
    """MENU is never further away than one word."""
    person = question.seen(language)
    person.hears("MENU")

    assert ("menu", "group") == person.place


@by_question
def test_back_leads_somewhere_from_every_question(question):
    """BACK asks the question before, or this one again where there is none."""
    person = question.seen()
    before = list(person.memory.open.answers)
    person.hears("BACK")

    assert before[:-1] == list(person.memory.open.answers)
    assert person.turn.prompt is not None


@by_question
def test_the_language_changes_at_every_question(question):
    """The question comes again in the new language, unless it was the question for the language."""
    person = question.seen("en")
    text = person.hears("español")

    assert "es" == person.who.language
    if person.place == question.person.place:
        assert locales.render(person.turn.prompt.words, "es") in text
    else:
        assert question.name == "language"


@by_language
@by_question
def test_danger_is_heard_at_every_question(question, language):
    """988 comes before any question, no question follows, and the conversation waits."""
    person = question.seen(language)
    person.hears({"en": "i want to die", "es": "me quiero morir"}[language])

    assert say.crisis(Crisis.SELF, person.who) == person.turn.said
    assert person.turn.prompt is None
    assert FLOWS[question.flow].pauses == (question.flow in {each.flow for each in person.memory.paused})


@by_question
def test_every_question_takes_its_own_first_answer(question):
    """What a question offers answers it, typed as a number or in words."""
    person = question.seen()
    pressed = question.seen()
    words = "lamont" if question.name.startswith("where-") else TAKES.get(question.name, "Saturday at 5")
    person.hears("1" if question.options else words)
    pressed.hears(pressed=Pressed(pressed.turn.prompt.number, 0)) if question.options else pressed.hears(words)

    assert person.memory.open is None or person.memory.open.asked.tries == 0
    assert person.turn.said == pressed.turn.said
    assert not person.turn.silent


@by_language
@by_question
def test_the_options_can_be_seen(question, language):
    """A phone without buttons shows every option with its number; one with buttons shows a button each, short enough to read."""
    person = question.seen(language)
    person.hears("HELP")
    labels = list(person.heard.labels.values())

    if person.who.taps:
        assert labels == [label for label, _data in person.heard.buttons]
        assert all(len(data.encode()) <= 64 for _label, data in person.heard.buttons)
        assert all(0 < len(label) <= 40 for label in labels)
    elif person.turn.prompt.layout is not Layout.LISTED:
        assert all(re.search(rf"\b{n}\.? {re.escape(label)}", person.heard.text) for n, label in enumerate(labels, 1))


def test_every_layout_is_used():
    """Lists, answers in a row, and places that are numbered already."""
    assert set(Layout) == {question.person.turn.prompt.layout for question in QUESTIONS}


@pytest.mark.parametrize("sentence", sorted(SAID))
def test_nothing_is_left_in_english(sentence):
    """Whoever chose Spanish hears no sentence that was forgotten."""
    in_words = re.sub(r"\{\w+\}|\W", "", sentence)

    assert not in_words or locales.render(SAID[sentence], "en") != locales.render(SAID[sentence], "es")


def test_a_question_of_yesterday_is_asked_again():
    """A conversation kept before its question was asked anew goes on all the same."""
    person = Person(Who(SCHOOL, language="en"))
    person.memory = replace(person.memory, open=Conversation("menu"))
    person.hears("hello")

    assert ("menu", "group") == person.place
