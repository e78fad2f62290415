"""One event in front of the engine alone: a pizza night with three places left, and nobody's answer kept."""

from dataclasses import replace
from datetime import datetime

from conversations.events.answering import AboutEvent, HouseholdCode, LastInvited, Mine, Outcome, TryHousehold, WouldBe
from conversations.events.door import AtDoor, Refused, TryDoor
from conversations.events.event import (
    CHILDCARE,
    PEOPLE,
    CalendarLink,
    Elsewhere,
    Event,
    EventCalled,
    EventOf,
    EventsOpenTo,
    MyRsvp,
    Offered,
    PartStat,
    Places,
    Standing,
)
from conversations.events.household import AgesIn, HouseholdIn, WishesIn
from conversations.events.series import MyDates
from conversations.linking import Tried
from locales import event_questions, household

LEFT = 3
PIZZA = Event(
    id=1,
    code="pizza",
    texts={"en": "Pizza night"},
    starts=datetime(2026, 12, 3, 17, 30),  # noqa: DTZ001 - by the school's clock
    ends=datetime(2026, 12, 3, 19),  # noqa: DTZ001
    zone="America/Los_Angeles",
    place="cafeteria",
    map_link="",
    offered=Offered(childcare=10, rides=4, meal=True, interpreters=("es",)),
    until=datetime(2026, 12, 3, 17, 30),  # noqa: DTZ001
    stage="open",
    left={PEOPLE: LEFT},
)


MOVIE = replace(PIZZA, id=2, code="movie", texts={"en": "Movie night"})


def look_up(query):
    """What the house would answer."""
    match query:
        case HouseholdIn(text, called):
            return household.read(text, called)
        case AgesIn(text):
            return household.ages(text)
        case WishesIn(text):
            return household.wishes(text)
        case AboutEvent(text):
            return event_questions.read(text)
        case WouldBe(number, answer):
            return Outcome(stands(number, answer))
    return look_up_event(query)


def look_up_event(query):
    match query:
        case EventCalled(code):
            return {"pizza": PIZZA, "movie": MOVIE, "robot": Elsewhere("Roble Elementary")}.get(code)
        case EventOf(number):
            return {PIZZA.id: PIZZA, MOVIE.id: MOVIE}.get(number)
        case EventsOpenTo():
            return PIZZA, MOVIE
        case Mine():
            return ()
        case LastInvited() | MyRsvp():
            return None
        case MyDates():
            return ()
        case HouseholdCode() | CalendarLink():
            return "552811" if isinstance(query, HouseholdCode) else ""
        case TryDoor(code):
            return AtDoor(PIZZA, "code", first=True, adults=2, children=3) if code == "4821" else Refused.WRONG
        case TryHousehold():
            return Tried.WRONG
    raise AssertionError(f"nothing answers {query}")


def stands(number, answer):
    """Who brings two children waits for child care; more than three people are asked whether they would come in part."""
    wanted = answer.adults + answer.children if answer.partstat is PartStat.ACCEPTED else 0
    held = wanted if wanted <= LEFT else 0
    places = (Places(PEOPLE, wanted, held, 0 if held else LEFT),) if wanted else ()
    if held and answer.children == 2:
        places = (*places, Places(CHILDCARE, 2, 0, position=1))
    return Standing(number, answer.partstat, answer.adults, answer.children, answer.needs, places)
