"""The engine's promises, one small test each."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from conversations.dialogue import hear, silence
from conversations.effects import AskForCall, Leave, SetLanguage, TellStaff
from conversations.engine import FlowError
from conversations.events.answering import Mine
from conversations.flows.find_help import MOST_PICKS, Listing, Nearest
from conversations.keywords import Crisis, Keyword, Leaving
from conversations.opening import NowHere
from conversations.questions import Choice, Number, Place, Text, YesNo, ZipOf
from conversations.replies.threads import Lately, RepliesTo
from conversations.reply import Pressed, Reply
from conversations.state import Conversation, Memory, Unreadable, shown_as
from conversations.steps import Entry
from conversations.talk import LookUp
from conversations.who import School, Who
from conversations.words import _, as_is

WHO = Who(School("MESA", "Mesa Verde", "93307", "661-555-0100"), language="en", joined=True)


@dataclass(frozen=True)
class Days(LookUp[tuple[str, ...]]):
    """The days there are."""


@dataclass(frozen=True)
class Noted:
    what: str


async def visit(talk):
    """A flow with a bit of everything."""
    name = await talk.ask(Text("name", _("What shall we call you?")))
    days = await talk.look_up(Days())
    await talk.do("began", Noted("began"))
    day = await talk.ask(Choice("day", _("Which day?"), {day: as_is(day) for day in days}))
    how_many = await talk.ask(Number("how many", _("How many of you?"), at_least=1, at_most=9))
    if await talk.ask(YesNo("needs ride", _("Do you need a ride?"))):
        await talk.do("ride", Noted(await talk.ask(Place("where", _("Where are you?")))))
    talk.say(_("See you {day}, {name}, {n} of you.", day=day, name=name, n=how_many))


async def sleeps(talk):
    class Other:
        def __await__(self):
            yield "asyncio.sleep"

    await Other()


async def twice(talk):
    await talk.ask(Text("same", _("One?")))
    await talk.ask(Text("same", _("Two?")))


async def short(talk):
    if await talk.ask(YesNo("fine", _("Are you fine?"))):
        talk.say(_("Good."))


FLOWS = {name: Entry(flow, as_is(name)) for name, flow in {"visit": visit, "sleeps": sleeps, "twice": twice, "short": short}.items()}


def _real_flows():
    from conversations.flows import FLOWS as REAL

    return {**REAL, **FLOWS}


class Screen:
    """One person in front of the engine; every turn's memory goes through JSON, as in the database."""

    def __init__(self, flow="visit", days=("mon", "tue"), flows=None):
        self.flows = flows or _real_flows()
        self.days, self.who = days, WHO
        self.memory = Memory(open=Conversation(flow) if isinstance(flow, str) else flow)
        self.listings = ()
        self.effects = []
        self.turn = None

    def drive(self, turns):
        noon = datetime(2026, 11, 18, 12, 0)  # noqa: DTZ001 - the school's clock
        answers = {Days: self.days, Nearest: self.listings, RepliesTo: Lately(), NowHere: noon, Mine: ()}
        result = None
        try:
            while True:
                query = turns.send(result)
                result = {"delano": "93215"}.get(query.city) if isinstance(query, ZipOf) else answers.get(type(query))
        except StopIteration as end:
            return self.takes(end.value)

    def takes(self, turn):
        self.turn = turn
        labels = {key: words.singular for key, words in turn.prompt.options.items()} if turn.prompt else {}
        self.memory = Memory.from_json(json.loads(json.dumps(shown_as(turn.memory, labels).to_json())))
        self.effects += turn.effects
        return turn.prompt.words.singular if turn.prompt else None

    def hears(self, text="", **meanings):
        number = int(text) if text.isdecimal() and "number" not in meanings else meanings.pop("number", None)
        return self.drive(hear(self.flows, self.memory, Reply(text, number=number, **meanings), self.who))

    def silent(self):
        return self.drive(silence(self.flows, self.memory, self.who))

    @property
    def said(self):
        return [words.singular for words in self.turn.said]


@pytest.fixture
def screen():
    """Somebody who has just been asked their name."""
    new = Screen()
    new.hears(keyword=Keyword.HELP)
    return new


def test_a_conversation_is_only_what_was_answered(screen):
    """Every question is asked in its turn, and nothing but the answers is kept."""
    asked = [screen.hears("Ana"), screen.hears("2"), screen.hears("3"), screen.hears(keyword=Keyword.YES)]

    assert ["Which day?", "How many of you?", "Do you need a ride?", "Where are you?"] == asked
    assert {"name": "Ana", "day": "tue", "how many": 3, "needs ride": True} == screen.memory.open.answers


def test_the_world_changes_once(screen):
    """Running a flow again never does again what it has done."""
    for text in ("Ana", "1", "2"):
        screen.hears(text)
    screen.hears(keyword=Keyword.BACK)
    screen.hears("4")

    assert [Noted("began")] == screen.effects


def test_a_number_is_read_against_the_list_as_it_was_shown(screen):
    """A "2" on Wednesday means the second line of Monday's list, whatever the list is by then."""
    screen.hears("Ana")
    screen.days = ("tue", "mon")
    screen.hears("2")

    assert "tue" == screen.memory.open.answers["day"]


def test_an_option_that_is_gone_is_asked_again_kindly(screen):
    """Nobody is put down for a day that was withdrawn."""
    screen.hears("Ana")
    screen.days = ("mon", "wed")

    assert "Which day?" == screen.hears("2")
    assert ["That one is not available any more."] == screen.said


def test_an_answer_that_no_longer_fits_is_asked_again(screen):
    """What was answered before a change stays; what no longer fits is asked again."""
    screen.hears("Ana")
    screen.hears("2")
    screen.days = ("mon", "wed")

    assert "Which day?" == screen.hears("3")
    assert "Ana" == screen.memory.open.answers["name"]


def test_a_label_answers_as_well_as_its_number(screen):
    """Who types the day rather than its number is understood."""
    screen.hears("Ana")
    screen.hears("Tue!")

    assert "tue" == screen.memory.open.answers["day"]


def test_a_question_a_release_removed_is_ignored():
    """An answer to a question that is no longer asked harms nothing."""
    screen = Screen()
    screen.memory = Memory(open=Conversation("visit", answers={"colour": "red", "name": "Ana"}))

    assert "Which day?" == screen.hears(keyword=Keyword.HELP)


def test_back_asks_the_last_question_again(screen):
    """BACK takes back one answer, as often as it is said."""
    screen.hears("Ana")
    screen.hears("1")

    assert "Which day?" == screen.hears(keyword=Keyword.BACK)
    assert "What shall we call you?" == screen.hears(keyword=Keyword.BACK)
    assert "What shall we call you?" == screen.hears(keyword=Keyword.BACK)


def test_help_helps_and_asks_again(screen):
    """HELP never loses the thread."""
    screen.hears("Ana")

    assert "Which day?" == screen.hears(keyword=Keyword.HELP)
    assert "automated helper" in screen.said[0]


def test_a_language_switch_asks_the_open_question_again(screen):
    """Who changes language in the middle hears the same question in it."""
    screen.hears("Ana")

    assert "Which day?" == screen.hears("español", language="es")
    assert SetLanguage("es") in screen.effects


def test_silence_is_asked_about_once(screen):
    """One nudge, then rest."""
    screen.hears("Ana")

    assert "Which day?" == screen.silent()
    assert ["Are you still there?"] == screen.said
    assert screen.silent() is None
    assert screen.turn.silent
    assert screen.memory.open is None


def test_something_else_in_the_middle_waits_and_comes_back(screen):
    """MENU in the middle pauses; going on finds everything where it was."""
    screen.hears("Ana")
    screen.hears(keyword=Keyword.MENU)
    screen.hears("1")

    assert "visit" == screen.memory.open.flow
    assert "Which day?" == screen.turn.prompt.words.singular


def test_what_was_paused_is_offered_when_the_other_is_done(screen):
    """Nothing half done is forgotten: it is offered again, once."""
    screen.hears("Ana")
    screen.hears(keyword=Keyword.CALL)
    assert "Shall we go on with {what}?" == screen.hears("1")
    assert "Which day?" == screen.hears(keyword=Keyword.YES)
    assert AskForCall("morning") in screen.effects


def test_no_lets_go_of_what_was_paused(screen):
    """Who does not want to go on is not asked again."""
    screen.hears("Ana")
    screen.hears(keyword=Keyword.CALL)
    screen.hears("1")

    assert screen.hears(keyword=Keyword.NO) is None
    assert () == screen.memory.paused


def test_three_unclear_answers_offer_a_person(screen):
    """Never a loop: the third time we do not understand, a person can."""
    screen.hears("Ana")
    screen.hears("purple")
    screen.hears("purple")

    assert screen.hears("purple").startswith("Sorry, I do not understand.")
    assert "Which day?" == screen.hears(keyword=Keyword.NO)


def test_stop_ends_everything_with_one_confirmation(screen):
    """STOP is confirmed once, and not again."""
    screen.hears("Ana")
    screen.hears("STOP", keyword=Keyword.STOP)
    first, screen.who = screen.turn, replace(screen.who, stopped=True)
    screen.hears("STOP", keyword=Keyword.STOP)

    assert (Leave("keyword"),) == first.effects
    assert 1 == len(first.said)
    assert screen.turn.silent


def test_what_the_carrier_answered_is_not_answered_twice(screen):
    """Where Twilio has said goodbye, we record it and keep quiet."""
    screen.hears("STOP", keyword=Keyword.STOP, answered=True)

    assert screen.turn.silent
    assert [Leave("keyword")] == screen.effects


def test_in_doubt_about_stop_we_ask():
    """Something like STOP is neither taken for it nor ignored."""
    screen = Screen()
    asked = screen.hears("stpo", leaving=Leaving.DOUBT)

    assert "Stop all texts from {school}?" == asked
    screen.hears(keyword=Keyword.YES)
    assert [Leave("asked and answered")] == screen.effects


def test_a_crisis_comes_before_everything_but_stop(screen):
    """988 first, no question, staff are told, and what was open waits."""
    screen.hears("Ana")

    assert screen.hears("i want to die", crisis=Crisis.SELF) is None
    assert "988" in screen.said[0]
    assert [TellStaff(Crisis.SELF)] == [each for each in screen.effects if isinstance(each, TellStaff)]
    assert "visit" == screen.memory.paused[0].flow


def test_a_crisis_that_also_wants_out_gets_both(screen):
    """ "Stop, I want to die": first the number, then the confirmation."""
    screen.hears("stop texting me i want to die", crisis=Crisis.SELF, leaving=Leaving.SURE)

    assert "988" in screen.said[0]
    assert Leave("free text") in screen.effects


def test_an_answer_that_may_belong_to_something_else_is_asked_back(screen):
    """A bare "1" after another message came over the question is not taken."""
    screen.hears("Ana")

    assert "Which day?" == screen.hears("1", plain=False)
    assert "day" not in screen.memory.open.answers


def test_an_old_button_answers_nothing_new(screen):
    """A button of an earlier question does not answer a later one."""
    screen.hears("Ana")
    old = screen.memory.open.asked.number
    screen.hears("1")

    assert "How many of you?" == screen.hears(pressed=Pressed(old, 0))
    assert ["That button belongs to an earlier question."] == screen.said


def test_a_forged_button_answers_nothing(screen):
    """A place in the list that does not exist is not an answer."""
    screen.hears("Ana")
    now = screen.memory.open.asked.number

    assert "Which day?" == screen.hears(pressed=Pressed(now, 99))
    assert "Which day?" == screen.hears(pressed=Pressed(-1, -1))


def test_a_city_becomes_a_zip_code_at_once(screen):
    """Nothing finer than a ZIP code is kept of where somebody is."""
    for text in ("Ana", "1", "2"):
        screen.hears(text)
    screen.hears(keyword=Keyword.YES)
    assert "Where are you?" == screen.hears("atlantis")
    screen.hears("Delano")

    assert Noted("93215") in screen.effects


def test_a_flow_may_await_only_what_it_was_given():
    """A flow that waits for anything else is a bug, and stops loudly."""
    with pytest.raises(FlowError, match="may only await talk"):
        Screen("sleeps").hears(keyword=Keyword.HELP)


def test_a_name_is_used_once():
    """Two questions of one name would answer each other."""
    screen = Screen("twice")
    screen.hears(keyword=Keyword.HELP)
    with pytest.raises(FlowError, match="'same' twice"):
        screen.hears("one")


def test_a_flow_of_an_older_release_that_is_gone_ends_quietly():
    """Somebody in the middle of a conversation that no longer exists is heard, not lost."""
    screen = Screen("flow of yesterday")
    screen.hears("food", need="food")

    assert "{need}: I know no place" in screen.said[0]


@pytest.mark.parametrize("kept", [{}, {"version": 2}, {"version": 1, "open": {"flow": "x"}}, {"version": 1, "open": 7}, []])
def test_a_state_that_cannot_be_read_is_an_alarm(kept):
    """Never a fresh start."""
    with pytest.raises(Unreadable):
        Memory.from_json(kept)


def test_thanks_is_left_alone(screen):
    """Silence is right after thanks, with a question open or not."""
    screen.hears("gracias", keyword=Keyword.THANKS) if screen.hears("Ana") else None
    assert screen.turn.silent


def test_a_machine_that_answers_us_is_not_answered_for_ever():
    """After eight messages that mean nothing we are silent, so that two machines do not talk all night."""
    screen = Screen()
    screen.memory = Memory()
    answered = 0
    for _n in range(30):
        screen.hears("out of office")
        answered += not screen.turn.silent

    assert answered < 15
    assert screen.turn.silent


def test_words_that_may_be_danger_get_988_beside_the_answer(screen):
    """Someone who asks for food and sounds as if she had lost hope gets both, whatever is open."""
    screen.hears("Ana")
    screen.hears("food, i feel hopeless", need="food", maybe_crisis=True)

    assert "988" in screen.said[0]
    assert "{need}: I know no place" in screen.said[1]


def test_what_they_write_tells_more_than_their_app():
    """A language that was guessed gives way to the one they ask in; one that was chosen does not."""
    guessed, chosen = Screen(), Screen()
    for screen in (guessed, chosen):
        screen.memory = Memory()
    guessed.who = replace(WHO, guessed=True)
    guessed.hears("comida", need="food", speaks="es")
    chosen.hears("comida", need="food", speaks="es")

    assert SetLanguage("es", guessed=True) in guessed.effects
    assert not any(isinstance(effect, SetLanguage) for effect in chosen.effects)


def test_a_list_looked_at_for_ever_comes_to_an_end():
    """After thirty picks the list is put away with a word, not in silence."""
    screen = Screen(Conversation("find_help", {"need": "food"}))
    screen.listings = (Listing("a", "Pantry"), Listing("b", "Kitchen"))
    for n in range(MOST_PICKS + 1):
        screen.hears(str(n % 2 + 1))
        assert not screen.turn.silent

    assert screen.memory.open is None


def test_a_button_pressed_when_nothing_is_asked_says_so():
    """A button of last week is not taken for a mistake of theirs, and they hear what to do instead."""
    screen = Screen()
    screen.memory = Memory(questions=3)
    for _n in range(3):
        screen.hears(pressed=Pressed(2, 0))

    assert ["That button belongs to an earlier question.", "Text what you need, or MENU."] == screen.said
    assert 0 == screen.memory.unclear


def test_a_yes_after_988_asks_for_the_call_that_was_offered(screen):
    """Who was told that somebody can call, and says yes, is asked for no hour; and a miss hears the number again, not a menu."""
    screen.memory = Memory()
    screen.hears("i want to die", crisis=Crisis.SELF)
    screen.who = replace(screen.who, in_crisis=True)
    screen.hears("mmm")
    missed = screen.said
    screen.hears("si", keyword=Keyword.YES)

    assert "988" in missed[0]
    assert AskForCall("now") in screen.effects


def test_danger_is_answered_in_the_language_it_is_written_in():
    """A language we only guessed gives way to the one in which somebody says that they are in danger."""
    screen = Screen()
    screen.memory, screen.who = Memory(), replace(WHO, language="es", guessed=True)
    screen.hears("i want to kill myself", crisis=Crisis.SELF, speaks="en")

    assert SetLanguage("en", guessed=True) in screen.effects
