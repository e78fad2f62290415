"""What a family says of who comes: "2 adults, 3 kids", "somos 5, 3 niños", "ya no podemos". Read by `locales.household`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..talk import LookUp
from .event import PartStat

MOST = 30
"""People of one household; a larger number is a year, a room or a phone, or is worth asking about."""
OLDEST = 17
"""Years of a child."""


class Word(StrEnum):
    """The words a catalog lists for it (msgctxt "household"); the value is the msgid."""

    ADULTS = "adults"
    CHILDREN = "children"
    PEOPLE = "people"
    ADULT = "one adult"
    CHILD = "one child"
    TWO_ADULTS = "two adults"
    TWO_CHILDREN = "two children"
    TWO = "two people"
    ANYBODY = "somebody of any age"
    FAMILY = "nobody knows how many"
    ME = "me"
    YEARS = "years old"
    MONTHS = "months old"
    AGES = "ages"
    AGED = "before an age"
    WITHOUT = "without"
    INSTEAD = "instead of"
    PLUS = "plus"
    AND = "and"
    HOUR = "before an hour"
    OF_AN_HOUR = "after an hour"
    COMING = "coming"
    I_AM_COMING = "i am coming"
    NOT_COMING = "not coming"
    TAKES_BACK = "takes it back"
    PERHAPS = "may come"
    ASKS = "asks something"
    NOTHING = "says nothing of coming"
    NEGATES = "not"
    SMALL = "small words"
    INTERPRETER = "interpreter"
    RIDE = "ride"
    VEGETARIAN = "vegetarian"
    NO_PORK = "no pork"
    HALAL = "halal"
    ALLERGY = "food allergy"
    WHEELCHAIR = "wheelchair"


COMMENTS: dict[Word, str] = {
    Word.ADULTS: "Words for grown-ups that a number stands with: 2 adults, 3 aunts. Also the short form in: 2a 3k.",
    Word.CHILDREN: "The same of children: 3 kids, 2 girls.",
    Word.PEOPLE: "The same of people of any age: 5 people, 3 seats, 4 of us.",
    Word.ADULT: "One grown-up without a number: my husband, grandma.",
    Word.CHILD: "One child without a number: my son, a baby.",
    Word.TWO_ADULTS: "my parents",
    Word.TWO_CHILDREN: "the twins",
    Word.TWO: "both of us, a couple",
    Word.ANYBODY: "Who may be a child or a grown-up: cousin, friend. We ask.",
    Word.FAMILY: "my family, all of us: they come, and we ask how many.",
    Word.ME: "The person who writes.",
    Word.YEARS: "After an age: year old.",
    Word.MONTHS: "After a baby's age: month old.",
    Word.AGES: "Before ages: ages, they are.",
    Word.AGED: "Between one child and its age: my daughter OF 9.",
    Word.WITHOUT: "No children: no, without.",
    Word.INSTEAD: "Before the number that is right no more: 6 instead of 4, 4 not 5.",
    Word.PLUS: "me plus 3",
    Word.AND: "and, with",
    Word.HOUR: "What stands before an hour or another number that counts nobody: at 6, room 12.",
    Word.OF_AN_HOUR: "What stands after one: 6 pm, 20 minutes.",
    Word.COMING: "They come. Phrases with = only as the whole message.",
    Word.I_AM_COMING: "The same of one person: count me in.",
    Word.NOT_COMING: "They do not come. Phrases with = only as the whole message.",
    Word.TAKES_BACK: "They take back that they come, even as a question: can we cancel our spot.",
    Word.PERHAPS: "They do not know yet.",
    Word.ASKS: "How a question begins that is no answer: what time, can i, is there.",
    Word.NOTHING: "Phrases that only sound like an answer: i might be late, thanks.",
    Word.NEGATES: "Single words that turn a sentence round: not, never. Where one is left over we ask.",
    Word.SMALL: "Single words around all this that change nothing.",
    Word.INTERPRETER: "They need an interpreter.",
    Word.RIDE: "They need a ride.",
    Word.VEGETARIAN: "They eat no meat.",
    Word.NO_PORK: "They eat no pork.",
    Word.HALAL: "They eat halal.",
    Word.ALLERGY: "Somebody has a food allergy.",
    Word.WHEELCHAIR: "Somebody cannot climb stairs.",
}
MEALS = (Word.VEGETARIAN, Word.NO_PORK, Word.HALAL, Word.ALLERGY)


@dataclass(frozen=True)
class Wishes:
    """What they need to come, as far as they said it. A msgid of ours stands for the words of any language."""

    interpreter: str | None = None
    """The tag or the name of a language; "" where they did not say which."""
    ride: bool = False
    meal: str = ""
    access: str = ""

    def __bool__(self) -> bool:
        return self != Wishes()


@dataclass(frozen=True)
class Household:
    """What was said; None is what was not."""

    partstat: PartStat
    people: int | None = None
    """In all, where they gave one number."""
    adults: int | None = None
    children: int | None = None
    ages: tuple[int, ...] = ()
    """Of children, in years, as they named them."""
    wishes: Wishes = field(default_factory=Wishes)
    bare: bool = False
    """It means this only as an answer to a question: "4", "yes", "no"."""

    @property
    def counts(self) -> bool:
        """They said how many."""
        return not (self.people is None and self.adults is None and self.children is None)

    @property
    def counted(self) -> tuple[int, int] | None:
        """Adults and children, where it is plain how many there are of each; a number alone is taken for adults."""
        adults, children = self.adults, self.children
        if self.people is not None:
            known = adults if adults is not None else None if children is None else self.people - children
            return (self.people, 0) if known is None else (known, self.people - known)
        if adults is None and children is None:
            return None
        return (adults, children or 0) if adults is not None else None


@dataclass(frozen=True)
class HouseholdIn(LookUp[Household | None]):
    """What a text says of who comes; None where it says nothing of it, or nothing that is sure."""

    text: str
    called: str = ""
    """The event's code, which says nothing of who comes."""


@dataclass(frozen=True)
class AgesIn(LookUp[tuple[int, ...] | None]):
    """The ages a text names, as an answer to the question for them; a baby in months is 0."""

    text: str


@dataclass(frozen=True)
class WishesIn(LookUp[Wishes]):
    """What a text asks for."""

    text: str
