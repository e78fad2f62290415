"""Somebody in front of the engine alone: a small directory in place of the tables, all else as in the house.

Every screen goes through JSON, every sentence through the catalogs, and what a message does to the person
(language, joining, leaving) is done to `who`.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import person_events
import person_surveys

from bot import rendering
from conversations.desk import CallsHere
from conversations.dialogue import hear, silence
from conversations.effects import Join, Leave, Return, SetLanguage
from conversations.flows import FLOWS
from conversations.flows.find_help import Listing, Nearest
from conversations.flows.forget import Held, HeldHere
from conversations.flows.helped import LookedFor, LookedForHere
from conversations.gate import Asked, AskedLately
from conversations.linking import CodeHere, NewCode, Tried, TryCode, Ways, WaysHere
from conversations.opening import NowHere
from conversations.questions import CityOf, WhenIn, ZipOf
from conversations.replies.calls import CallHours
from conversations.replies.threads import Lately, RepliesTo
from conversations.state import Memory, shown_as
from conversations.talk import SchoolCalled
from conversations.topics import Wanted, WantedHere
from conversations.who import School, Who
from conversations.wishes import WhereFrom
from locales import days, reading

SCHOOL = School("MESA", "Mesa Verde Elementary", "93307", "661-555-0100")
CITIES = {"lamont": "93241"}
NOWHERE = "99950"
"""A ZIP code with nothing near it."""
FEW = {"rent": 1, "dental": 2, "violence": 2, "shelter": 3, "tutoring": 0}
"""Listings for a need; seven for any other."""


def listings(query):
    """As many as the need has, the last of them by phone."""
    many = 0 if query.zip == NOWHERE else FEW.get(query.need, 7)
    return tuple(
        Listing(
            f"{query.need}-{n}", f"{query.need} place {n}", "661-555-0160", None if n == many > 1 else float(n), address="1 Sample Street"
        )
        for n in range(1, many + 1)
    )


ALWAYS = {
    CodeHere(): NewCode("552811", "661-555-0190"),
    WaysHere(): Ways(("sms", "telegram")),
    LookedForHere(): LookedFor("food", "food-1", "Mesa Verde School Pantry"),
}
"""What is answered the same whoever asks."""


@dataclass
class Person:
    """A phone and what is on its screen. `turn` is the last turn, `heard` what it looks like to them."""

    who: Who = field(default_factory=lambda: Who(SCHOOL))
    memory: Memory = field(default_factory=Memory)
    turn: object = None
    heard: rendering.Rendered | None = None
    wanted: Wanted = field(default_factory=Wanted)
    form: object = field(default_factory=person_surveys.form)
    """The one survey there is."""

    @property
    def language(self):
        return self.who.language or "en"

    @property
    def place(self):
        """Where they are: flow and question."""
        return self.memory.open and (self.memory.open.flow, self.memory.open.asked.name)

    def again(self):
        """The same person once more, to try something else with."""
        return Person(self.who, self.memory, self.turn, self.heard, self.wanted, self.form)

    def hears(self, text="", **more):
        reply = replace(reading.read(text, language=self.who.language), **more)
        return self.takes(self.drive(hear(FLOWS, self.memory, reply, self.who)))

    def silent(self):
        return self.takes(self.drive(silence(FLOWS, self.memory, self.who)))

    def drive(self, turns):
        result = None
        try:
            while True:
                result = self.look_up(turns.send(result))
        except StopIteration as end:
            return end.value

    def look_up(self, query):
        if query in ALWAYS:
            return ALWAYS[query]
        match query:
            case Nearest():
                return listings(query)
            case ZipOf(city):
                return CITIES.get(city)
            case SchoolCalled(keyword):
                return SCHOOL if keyword.strip(".!").casefold() == "mesa" else None
            case HeldHere():
                return Held(roles=("family",), texts=2, calls=1, since=date(2026, 11, 18), linked=True) if self.who.joined else Held()
            case TryCode():
                return Tried.WRONG
            case WantedHere():
                return self.wanted
            case AskedLately():
                return Asked.NOTHING
        return self.look_up_place(query)

    def look_up_place(self, query):
        match query:
            case RepliesTo():
                return Lately()
            case CallHours():
                return None
            case WhereFrom() | CallsHere():
                return None
            case NowHere():
                return datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
            case CityOf(zip_code):
                return {"93307": "Bakersfield", "93241": "Lamont"}.get(zip_code)
            case WhenIn(text):
                return days.half_day(text) or ("" if days.tells_when(text, self.language) else None)
        if type(query).__module__.startswith("conversations.surveys"):
            return person_surveys.look_up(query, self.form)
        return person_events.look_up(query)

    def takes(self, turn):
        self.turn = turn
        for effect in turn.effects:
            self.who = _after(self.who, effect)
        self.heard = rendering.rendered(turn, self.language, taps=self.who.taps)
        self.memory = Memory.from_json(json.loads(json.dumps(shown_as(turn.memory, self.heard.labels).to_json())))
        return self.heard.text

    def question_in(self, language):
        """The open question as an SMS in a language."""
        asked = replace(self.turn, said=())
        return rendering.texts("sms", "", rendering.rendered(asked, language, taps=False).text)[0]


def _after(who, effect):
    match effect:
        case SetLanguage(language, guessed):
            return replace(who, language=language, guessed=guessed) if not guessed or who.language is None or who.guessed else who
        case Join():
            return replace(who, joined=True, stopped=False)
        case Leave():
            return replace(who, stopped=True)
        case Return():
            return replace(who, stopped=False)
    return who
