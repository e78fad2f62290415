"""A year of a school's events, simulated with a seed: every count of every report is what the simulator's own log adds up to.

Some households text, as people do: a code and who comes, in their language, an answer to whatever is asked then, HERE at the door.
The others are entered in the tables.
"""

import random
import re
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import col

from bot.events import door
from conversations.events.event import PEOPLE, Answer, PartStat
from storage import people
from storage.events import attendance, events, lifecycle, reports, rsvps
from storage.events.attendance import Line
from storage.events.events import New
from storage.events.reports import Count
from storage.events.tables import EventStage
from storage.tables import Person

LANGUAGES = ("en", "es")
SEED = 20260818


class Year:
    """Households answer, change their minds, come or stay away; what they did is written down beside the tables. One in `talking` texts."""

    def __init__(self, house, *, gatherings, households, talking, seed=SEED):
        self.house, self.clock, self.chance = house, house.now, random.Random(seed)
        self.families = {}
        self.people = {self._person(n, texts=n % talking == 0): LANGUAGES[n // talking % 2] for n in range(households)}
        self.gatherings = gatherings
        self.answers, self.there, self.sheets = {}, {}, {}
        self.capacity, self.code = {}, {}

    def run(self, unit):
        return self.house.database.run_now(unit)

    def _person(self, n, *, texts):
        if not texts:
            made = insert(Person).values(language="es", language_guessed=False, revision=0, created_at=self.clock.at)
            return self.run(lambda c: c.execute(made.returning(col(Person.id))).scalar_one())
        language = LANGUAGES[len(self.families) % 2]

        def met(connection):
            known = people.meet(connection, "telegram", f"{800000 + n}", self.clock.at)
            people.add_member(connection, known.person_id, known.school_id, "family", self.clock.at)
            people.set_language(connection, known, language, guessed=False)
            return known.person_id

        person = self.run(met)
        self.families[person] = Family(self.house, self.chance, f"{800000 + n}", language)
        return person

    async def goes_by(self):
        """Each event in its turn; its number and what was reported before and after the links were erased."""
        for n in range(self.gatherings):
            event_id, starts = self._made(n)
            await self._answered(event_id)
            self.clock.at = starts
            await self._came(event_id)
            before = self.run(lambda c, e=event_id: reports.report(c, e))
            self.clock.forward(days=3, hours=3)
            self.run(lambda c: lifecycle.due(c, self.clock.at))
            yield event_id, before, self.run(lambda c, e=event_id: reports.report(c, e))

    def _made(self, n):
        capacity = self.chance.choice([None, 25, 60])
        starts = self.clock.at + timedelta(days=7)
        code = f"event{chr(97 + n // 26)}{chr(97 + n % 26)}"
        more = {"capacity": capacity, "childcare": 5000, "meal": True, "interpreters": ["es"]}
        new = New(code, f"Event {n}", starts, starts + timedelta(hours=2), more=more)

        def made(connection):
            event_id = events.make(connection, 1, new, self.clock.at)
            lifecycle.open_(connection, event_id)
            return event_id

        event_id = self.run(made)
        self.capacity[event_id], self.code[event_id] = capacity, code.upper()
        self.answers[event_id], self.there[event_id] = {}, {}
        return event_id, starts

    async def _answered(self, event_id):
        who = [person for person in self.people if self.chance.random() < 0.6]
        again = [person for person in who if self.chance.random() < 0.2]
        for person in [*who, *again]:
            self.clock.forward(seconds=30)
            if person in self.families:
                self.answers[event_id][person] = await self.families[person].answers(self.code[event_id])
                continue
            said, now, language = self._answer(), self.clock.at, self.people[person]
            self.run(lambda c, p=person, s=said, t=now, g=language: rsvps.answer(c, event_id, p, s, t, language=g))
            self.answers[event_id][person] = said

    def _answer(self):
        stat = self.chance.choices([PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED], [6, 1, 3])[0]
        if stat is PartStat.DECLINED:
            return Answer(stat)
        needs = {"interpreter": "es"} if self.chance.random() < 0.2 else {}
        needs |= {"meal": "no pork"} if self.chance.random() < 0.1 else {}
        return Answer(stat, self.chance.randint(1, 3), self.chance.randint(0, 4), needs)

    async def _came(self, event_id):
        """Some text HERE, some of them twice; some sign on paper as well, and some only there."""
        for person in self.people:
            said = self.answers[event_id].get(person)
            yes = said is not None and said.partstat is PartStat.ACCEPTED
            if self.chance.random() > (0.7 if yes else 0.05):
                continue
            sizes = (said.adults, said.children) if yes else (1, 0)
            if person in self.families:
                self.there[event_id][person] = await self.families[person].comes(door.changing(event_id, self.clock.at), sizes)
                continue
            for _ in range(self.chance.choice([1, 1, 1, 2])):
                arrived = {"how": attendance.CODE, "language": self.people[person]}
                self.run(lambda c, p=person, a=arrived: attendance.arrive(c, event_id, p, self.clock.at, **a))
            self.there[event_id][person] = sizes
        doubled = list(self.there[event_id])[:2]
        fresh = [Line(self.chance.randint(1, 2), self.chance.randint(0, 3), "es") for _ in range(self.chance.randint(0, 5))]
        lines = [*fresh, *(Line(9, 9, person_id=person) for person in doubled)]
        self.run(lambda c: attendance.on_paper(c, event_id, lines, self.clock.at))
        self.sheets[event_id] = fresh

    # What the log adds up to

    def stood(self, event_id, stat):
        return _count([(said.adults, said.children) for said in self.answers[event_id].values() if said.partstat is stat])

    def came(self, event_id):
        return _count([*self.there[event_id].values(), *((line.adults, line.children) for line in self.sheets[event_id])])

    def came_by_language(self, event_id):
        found = defaultdict(list)
        for person, sizes in self.there[event_id].items():
            found[self.people[person]].append(sizes)
        for line in self.sheets[event_id]:
            found[line.language].append((line.adults, line.children))
        return {tag: _count(sizes) for tag, sizes in found.items()}

    def showing(self, event_id, tag):
        yes = {p: s for p, s in self.answers[event_id].items() if s.partstat is PartStat.ACCEPTED}
        there = self.there[event_id]
        said = [(s.adults, s.children) for p, s in yes.items() if self.people[p] == tag]
        of_them = [sizes for p, sizes in there.items() if p in yes and self.people[p] == tag]
        besides = [sizes for p, sizes in there.items() if p not in yes and self.people[p] == tag]
        besides += [(line.adults, line.children) for line in self.sheets[event_id] if line.language == tag]
        return _count(said), _count(of_them), _count(besides)

    def ages(self, event_id):
        """As the report has them: text to count."""
        said = [s.needs["ages"] for s in self.answers[event_id].values() if s.partstat is PartStat.ACCEPTED and "ages" in s.needs]
        found = Counter(age for ages in said for age in ages)
        return {str(age): found[age] for age in sorted(found)}

    def needed(self, event_id, name):
        return Counter(s.needs[name] for s in self.answers[event_id].values() if s.partstat is PartStat.ACCEPTED and name in s.needs)


class Family:
    """Texts with us as people do, and knows what it has said: it is what the reports must come to."""

    def __init__(self, house, chance, chat, language):
        self.house, self.chance, self.chat, self.language = house, chance, chat, language
        self.turns = 0

    async def texts(self, text):
        self.turns += 1
        self.house.now.forward(seconds=10)
        return "\n".join(await self.house.hears(text, self.chat, "telegram"))

    def words(self, english, spanish):
        return english if self.language == "en" else spanish

    async def answers(self, code):
        adults, children = self.chance.randint(1, 3), self.chance.randint(0, 4)
        way = self.chance.choices(["who", "number", "perhaps", "no"], [5, 2, 1, 3])[0]
        if way == "no":
            await self.texts(f"{code} {self.chance.choice(['0', self.words('we cant make it', 'no podemos')])}")
            return Answer(PartStat.DECLINED)
        if way == "perhaps":
            await self.texts(f"{code} {self.words('maybe', 'tal vez')} {adults}")
            return Answer(PartStat.TENTATIVE, adults)
        who = f"{adults} {self.words('adults', 'adultos')}" + (f" {children} {self.words('kids', 'niños')}" if children else "")
        said = {"adults": adults, "children": children} if way == "who" else {"adults": adults + children, "children": 0}
        heard = await self.texts(f"{code} {who if way == 'who' else adults + children}")
        return await self.goes_on(heard, said, {})

    async def goes_on(self, heard, said, needs):
        """Answers whatever is asked, until nothing is."""
        for _ in range(6):
            if re.search("places? (is|are) left for your|lugar(es)? para sus", heard):
                heard = await self.texts("1")
            elif re.search("for child care|para el cuidado", heard) and "?" in heard:
                ages = [self.chance.randint(0, 12) for _ in range(said["children"])]
                if said["children"]:
                    needs["ages"] = ages
                heard = await self.texts(" ".join(map(str, ages)) or "0")
            elif re.search("an interpreter for|intérprete de", heard):
                wanted = self.chance.random() < 0.5
                needs |= {"interpreter": self.language} if wanted else {}
                heard = await self.texts("1" if wanted else "2")
            elif re.search("need any of these|algo de esto", heard):
                wanted = self.chance.random() < 0.3
                needs |= {"meal": "no pork"} if wanted else {}
                heard = await self.texts(self.words("no pork", "sin puerco") if wanted else "NO")
            else:
                return Answer(PartStat.ACCEPTED, said["adults"], said["children"], needs)
        raise AssertionError(heard)

    async def comes(self, code, sizes):
        """Some say at once that they are others than they had said; some text it twice."""
        here = self.words("HERE", "AQUI")
        if self.chance.random() < 0.3:
            sizes = self.chance.randint(1, 3), self.chance.randint(1, 3)
            await self.texts(f"{here} {code} {sizes[0]} {self.words('adults', 'adultos')} {sizes[1]} {self.words('kids', 'niños')}")
        else:
            await self.texts(f"{here} {code}")
        await self.texts("ok" if self.chance.random() < 0.7 else f"{here} {code}")
        return sizes


def _count(sizes):
    return Count(len(sizes), sum(adults for adults, _children in sizes), sum(children for _adults, children in sizes))


async def askew(year):
    """Where a report does not say what the log adds up to: the event, what, by the log, and by the report."""
    return [
        (event_id, *each)
        async for event_id, before, after in year.goes_by()
        for each in compared(year, event_id, before, after)
        if each[1] != each[2]
    ]


def compared(year, event_id, before, after):
    yield "stage", EventStage.OVER, after.stage
    for report in (before, after):
        for stat in (PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED):
            yield stat, year.stood(event_id, stat), report.answers.get(stat, Count())
        yield "came", year.came(event_id), report.came
        yield "came by language", year.came_by_language(event_id), report.came_by_language
        for tag, shown in report.showing.items():
            yield f"shown {tag}", year.showing(event_id, tag), (shown.said_yes, shown.came_of_them, shown.came_besides)
        yield "interpreters", dict(year.needed(event_id, "interpreter")), report.needs["interpreter"]
        yield "meals", year.needed(event_id, "meal").total(), report.needs["meal"]
        yield "ages", year.ages(event_id), report.needs["ages"]
        yield "on paper", len(year.sheets[event_id]), report.came_how.get(attendance.PAPER, Count()).households
    if (capacity := year.capacity[event_id]) is not None:
        places, wanted = before.places.get(PEOPLE), year.stood(event_id, PartStat.ACCEPTED).people
        has = places.held + places.offered
        yield "no more than there are", min(capacity, has), has
        yield "no more than wanted", min(wanted, has + places.waiting), has + places.waiting
        if not places.offered:
            yield "in line", wanted - places.held, places.waiting


async def test_a_season_of_two_events_adds_up(house):
    """16 households, of which four text: answers, changes of mind, the door, the paper; before the links are erased and after."""
    year = Year(house, gatherings=2, households=16, talking=4)
    assert [] == await askew(year)
    assert sum(family.turns for family in year.families.values()) > 2 * len(year.families)


@pytest.mark.soak
async def test_a_year_of_thirty_events_adds_up(house):
    """300 households, of which a hundred text."""
    assert [] == await askew(Year(house, gatherings=30, households=300, talking=3))
