"""How many come, from a row of words: grown-ups, children, ages. Whatever is not sure raises `Unsure`: then we ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conversations.events.event import PartStat
from conversations.events.household import MOST, OLDEST, Household, Word

from .household_words import Item

W = Word
NOUNS = (W.ADULTS, W.CHILDREN, W.PEOPLE, W.ADULT, W.CHILD, W.TWO_ADULTS, W.TWO_CHILDREN)
YOUNG = (W.CHILD, W.CHILDREN, W.TWO_CHILDREN)
GROWN = (W.ADULT, W.ADULTS, W.TWO_ADULTS)
TOGETHER = (W.AND, W.PLUS)
MOST_BETWEEN = 3
"""Words that say nothing between a number and its noun: "3 of them are kids"."""


class Unsure(Exception):
    """Two ways to read it, or none."""


@dataclass
class Count:
    """What is counted so far."""

    people: list[int] = field(default_factory=list)
    """Numbers of people in all."""
    bare: list[tuple[int, int]] = field(default_factory=list)
    """Numbers with nothing after them, and where they stand."""
    adults: int | None = None
    kin: int = 0
    """Of the adults, those who are named without a number."""
    children: int | None = None
    joined: bool = False
    """"and" stands before the number of the children."""
    many: bool = False
    """Children of whom nobody said how many."""
    singles: bool = False
    """Somebody is named without a number."""
    vague: bool = False
    """Of whom nobody said how many: "my family"."""
    me: bool = False
    plus: bool = False
    """"and" or "plus" stands before the bare number."""
    ages: list[int] = field(default_factory=list)


def of_an_hour(after: Item) -> bool:
    """What follows a number says that it counts nobody: "6 pm", "3rd grade"."""
    return after.is_any(W.OF_AN_HOUR) and not after.is_any(*NOUNS, W.YEARS, W.MONTHS)


def count(row: Sequence[Item], *, singles: bool = True) -> Household:
    """Of an acceptance. Without `singles` only what stands with a number counts: "let me ask my husband"."""
    reading = _Reading([item for item in row if not item.pause], singles=singles)
    reading.read()
    return Household(PartStat.DECLINED) if _nobody(reading.found) else _settled(reading.found, row)


@dataclass
class _Reading:
    row: list[Item]
    singles: bool
    found: Count = field(default_factory=Count)
    used: set[int] = field(default_factory=set)

    def read(self) -> None:
        self.noun_first()
        for place, item in enumerate(self.row):
            if place not in self.used:
                self.item(place, item)
        if self.found.singles and any(item.unknown for item in self.row):
            raise Unsure  # "my husband works but me and the kids come"
        if self.singles and any(item.is_any(W.NEGATES) for place, item in enumerate(self.row) if place not in self.used):
            raise Unsure

    def item(self, place: int, item: Item) -> None:
        if item.number is not None:
            self.number(place, item.number)
        elif item.is_any(W.TWO):
            self.found.people.append(2)
        elif item.is_any(W.ANYBODY) and self.singles:
            raise Unsure
        elif item.is_any(W.FAMILY):
            self.found.vague = True
        elif item.is_any(*NOUNS):
            self.noun(place)
        elif item.is_any(W.ME) and self.singles:
            self.found.me = self.found.me or self.stands_with_others(place)

    def noun_first(self) -> None:
        """A list like "adults 2 kids 3", whose numbers stand behind their nouns."""
        pairs = [n for n, item in enumerate(self.row) if item.number is not None or item.is_any(*NOUNS)]
        nouns, numbers = pairs[::2], pairs[1::2]
        if len(pairs) < len(("adults", 2, "kids", 3)) or [n + 1 for n in nouns] != numbers:
            return
        if not all(self.row[n].is_any(W.ADULTS, W.CHILDREN, W.PEOPLE) for n in nouns) or any(self.row[n].number is None for n in numbers):
            return
        for noun, number in zip(nouns, numbers, strict=True):
            self.used.update({noun, number})
            self.with_noun(number, self.row[number].number or 0, noun)

    def at(self, place: int) -> Item:
        return self.row[place] if 0 <= place < len(self.row) else Item(())

    def after(self, place: int, *words: Word) -> int | None:
        """Where one of these words follows, with nothing between that means something else."""
        for ahead in range(place + 1, min(place + 2 + MOST_BETWEEN, len(self.row))):
            if self.at(ahead).is_any(*words):
                return ahead
            if not self.at(ahead).is_any(W.SMALL, W.AGES):
                return None
        return None

    def before(self, place: int) -> Item:
        """The word before, those left out that say nothing."""
        back = place - 1
        while back >= 0 and self.at(back).means == {W.SMALL}:
            back -= 1
        return self.at(back)

    def stands_with_others(self, place: int) -> bool:
        """The word "me" counts beside others, or where nothing else is said: not in "i need a ride"."""
        ahead = place + 1
        while self.at(ahead).means == {W.SMALL}:
            ahead += 1
        beside = (*TOGETHER, *NOUNS)
        near = self.at(ahead).is_any(*beside, W.WITHOUT) or self.before(place).is_any(*beside) or self.at(ahead).number is not None
        return near or len([item for item in self.row if not item.is_any(W.SMALL, W.COMING)]) == 1

    # Numbers

    def number(self, place: int, number: int) -> None:
        before, after = self.at(place - 1), self.at(place + 1)
        if of_an_hour(after):
            return self.used.update({place, place + 1})
        if before.is_any(W.INSTEAD) and not before.is_any(W.PLUS) and (place == len(self.row) - 1 or after.number is not None):
            return self.used.update({place - 1, place})
        noun = self.after(place, W.YEARS, W.MONTHS, *NOUNS)
        if noun is None and before.is_any(W.HOUR) and not before.is_any(W.SMALL):
            return None
        if number > MOST:
            raise Unsure
        if noun is not None:
            return self.with_noun(place, number, noun)
        if self.is_age(place):
            return self.ages_from(place)
        return self.alone(place, number)

    def with_noun(self, place: int, number: int, noun: int) -> None:
        item = self.at(noun)
        if item.is_any(W.YEARS, W.MONTHS):
            return self.age(place, number, noun)
        self.used.add(noun)
        if item.is_any(*YOUNG):
            self.found.joined = self.found.joined or self.at(place - 1).is_any(W.AND)
            self.found.children = (self.found.children or 0) + number * (2 if item.is_any(W.TWO_CHILDREN) else 1)
        elif item.is_any(*GROWN):
            self.found.adults = (self.found.adults or 0) + number
        else:
            self.found.people.append(number)
        return None

    def age(self, place: int, number: int, unit: int) -> None:
        """As in "a 4 year old", "my 9 year old son"; of a child that was named before, or of one more."""
        self.used.add(unit)
        self.aged(0 if self.at(unit).is_any(W.MONTHS) else number)
        named = self.before(place).is_any(*YOUNG, W.AGED) or (place and self.at(place - 1).is_any(W.AGES))
        if not named and self.after(unit, *YOUNG) is None:
            self.found.children = (self.found.children or 0) + 1

    def aged(self, years: int) -> None:
        if years > OLDEST:
            raise Unsure
        self.found.ages.append(years)

    def is_age(self, place: int) -> bool:
        """It stands behind a child, or a word for ages."""
        marker = self.before(place)
        if marker.is_any(W.AGES) and not marker.is_any(W.SMALL):
            return True
        if marker.is_any(W.AGES):  # "my kids are 2 and 5"
            marker = self.before(self.row.index(marker))
        if self.at(place - 1).is_any(W.AGED) and self.before(place - 1).is_any(*YOUNG):
            return True
        if not marker.is_any(*YOUNG):
            return False
        return not marker.is_any(W.CHILDREN) or len(self.run(place)) > 1 or self.row.index(marker) in self.used

    def run(self, place: int) -> list[int]:
        """The places of numbers that follow each other: "5, 8 and 10"; not one that begins something else ("and 2 adults")."""
        places = [place]
        ahead = place + 1
        while ahead < len(self.row):
            if self.at(ahead).number is not None:
                if self.after(ahead, *NOUNS) is not None:
                    break
                places.append(ahead)
            elif not self.at(ahead).is_any(W.AND, W.YEARS, W.MONTHS):
                break
            ahead += 1
        return places

    def ages_from(self, place: int) -> None:
        places = self.run(place)
        for each in places:
            months = self.at(each + 1).is_any(W.MONTHS)
            self.aged(0 if months else self.row[each].number or 0)
        self.used.update(range(place, places[-1] + 1))
        if self.at(places[-1] + 1).is_any(W.YEARS, W.MONTHS):
            self.used.add(places[-1] + 1)
        if self.found.children is None:
            if self.found.many and len(places) == 1:
                raise Unsure
            self.found.children, self.found.many = len(places), False
        elif self.found.many:
            raise Unsure

    def alone(self, place: int, number: int) -> None:
        """A number and nothing else: of people, where it does not belong to a word that we do not know."""
        before, after, item = self.at(place - 1), self.at(place + 1), self.row[place]
        if before.is_any(W.CHILDREN) and place - 1 not in self.used:
            self.found.children, self.found.many = number, False
        elif before.is_any(W.ADULTS) and place - 1 not in self.used:
            self.found.adults = (self.found.adults or 0) + number
        elif number == 1 and item.in_words and len(self.row) > 1 and (before.is_any(W.AND) or not before.is_any(W.PLUS)):
            return  # "una familia", "one of these days"
        elif (after.unknown and after.said) or (before.unknown and before.said and place):
            raise Unsure
        else:
            self.found.bare.append((place, number))
            behind = self.before(place)
            self.found.plus = behind.is_any(*TOGETHER) and (self.found.me or self.found.kin > 0)

    # People without a number

    def noun(self, place: int) -> None:
        item, found = self.at(place), self.found
        if self.at(place - 1).is_any(W.WITHOUT) and item.is_any(*YOUNG, *GROWN):
            self.used.add(place - 1)
            return self.none_of(item)
        if not self.singles or item.is_any(W.PEOPLE):
            return None
        found.singles = True
        if item.is_any(W.CHILD):
            found.children = (found.children or 0) + 1
            self.used.add(place)
        elif item.is_any(W.TWO_CHILDREN):
            found.children = (found.children or 0) + 2
        elif item.is_any(W.CHILDREN):
            found.many = found.children is None
        elif item.is_any(W.ADULT, W.TWO_ADULTS):
            many = 2 if item.is_any(W.TWO_ADULTS) else 1
            found.adults, found.kin = (found.adults or 0) + many, found.kin + many
        elif self.at(place + 1).number is None:
            raise Unsure
        return None

    def none_of(self, item: Item) -> None:
        if item.is_any(*YOUNG):
            self.found.children = self.found.children or 0
        else:
            self.found.adults = self.found.adults or 0


def _settled(found: Count, row: Sequence[Item]) -> Household:
    adults, numbered = found.adults, (found.adults or 0) - found.kin
    alone = any(item.is_any(W.I_AM_COMING) for item in row)
    me = found.me or (alone and numbered == 0)
    named = found.kin > 0 or found.children is not None or found.many or bool(found.ages)
    if me and (found.me or named) and (found.me or numbered == 0):
        adults = (adults or 0) + 1
    people = _people(found)
    if found.vague:
        return Household(PartStat.ACCEPTED, people)
    if found.many and people is not None:
        raise Unsure
    if people is not None and found.plus:
        people, adults = _with_me(found, people), None
    if people is not None and adults is not None and not named and adults == 1 and me:
        adults = None
    if people is None and me and not named and not numbered:
        people, adults = 1, None
    if people is not None and found.kin and adults == found.kin < people and found.children is None and not found.many:
        return Household(PartStat.ACCEPTED, people)  # "my sister comes too, so we are 6"
    adults, people = _told_apart(found, adults, people)
    if len(found.ages) > (found.children or 0) > 0 or (found.kin == adults == 1 and found.children is None and not found.many):
        raise Unsure  # "si mi esposo sale temprano": nobody sends just one relative
    if people is not None and not _fits(people, adults, found.children):
        raise Unsure
    return Household(PartStat.ACCEPTED, people, adults, found.children, tuple(found.ages))


def _nobody(found: Count) -> bool:
    """Like "0 people"."""
    numbers = {*found.people, *(number for _place, number in found.bare)}
    return numbers == {0} and not (found.adults or found.children or found.many or found.vague or found.me)


def _fits(people: int, adults: int | None, children: int | None) -> bool:
    known = (adults or 0) + (children or 0)
    return known == people if adults is not None and children is not None else known <= people


def _with_me(found: Count, others: int) -> int:
    """Four are "me plus 3"; who the three of "me, my husband and our 3" are, we ask."""
    if found.adults or found.children is not None or found.people or not found.me:
        raise Unsure
    return others + 1


def _people(found: Count) -> int | None:
    """The number of people in all, if one was given."""
    numbers = {*found.people, *(number for _place, number in found.bare)}
    if not numbers:
        return None
    if len(numbers) > 1 or 0 in numbers:
        raise Unsure
    return numbers.pop()


def _told_apart(found: Count, adults: int | None, people: int | None) -> tuple[int | None, int | None]:
    """A bare number beside one of children: "1 y 3 niños" are 1 and 3, "5, 3 niños" are 5 in all; "2 y 1 niño" we ask."""
    if people is None or found.children is None or adults is not None or found.people:
        return adults, people
    if found.joined:
        if people > found.children:
            raise Unsure
        return people, None
    if people > found.children:
        return None, people
    raise Unsure
