"""A year of a school's events, simulated with a seed: every count of every report is what the simulator's own log adds up to."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import col

from conversations.events.event import PEOPLE, Answer, PartStat
from storage.events import attendance, events, lifecycle, reports, rsvps
from storage.events.attendance import Line
from storage.events.events import New
from storage.events.reports import Count
from storage.events.tables import EventStage
from storage.tables import Person

LANGUAGES = ("en", "es")
SEED = 20260818


class Year:
    """Households answer, change their minds, come or stay away; what they did is written down beside the tables."""

    def __init__(self, database, clock, *, gatherings, households, seed=SEED):
        self.database, self.clock, self.chance = database, clock, random.Random(seed)
        self.people = {self._person(): LANGUAGES[n % 2] for n in range(households)}
        self.gatherings = gatherings
        self.answers, self.there, self.sheets = {}, {}, {}
        self.capacity = {}

    def run(self, unit):
        return self.database.run_now(unit)

    def _person(self):
        made = insert(Person).values(language="es", language_guessed=False, revision=0, created_at=self.clock.at)
        return self.run(lambda c: c.execute(made.returning(col(Person.id))).scalar_one())

    def goes_by(self):
        """Each event in its turn; its number and what was reported before and after the links were erased."""
        for n in range(self.gatherings):
            event_id = self._made(n)
            self._answered(event_id)
            self.clock.forward(days=7)
            self._came(event_id)
            before = self.run(lambda c, e=event_id: reports.report(c, e))
            self.clock.forward(days=3, hours=3)
            self.run(lambda c: lifecycle.due(c, self.clock.at))
            yield event_id, before, self.run(lambda c, e=event_id: reports.report(c, e))

    def _made(self, n):
        capacity = self.chance.choice([None, 25, 60])
        starts = self.clock.at + timedelta(days=7)
        new = New(
            f"event{chr(97 + n // 26)}{chr(97 + n % 26)}", f"Event {n}", starts, starts + timedelta(hours=2), more={"capacity": capacity}
        )

        def made(connection):
            event_id = events.make(connection, 1, new, self.clock.at)
            lifecycle.open_(connection, event_id)
            return event_id

        event_id = self.run(made)
        self.capacity[event_id], self.answers[event_id], self.there[event_id] = capacity, {}, {}
        return event_id

    def _answered(self, event_id):
        who = [person for person in self.people if self.chance.random() < 0.6]
        again = [person for person in who if self.chance.random() < 0.2]
        for person in [*who, *again]:
            said = self._answer()
            self.clock.forward(seconds=30)
            now, language = self.clock.at, self.people[person]
            self.run(lambda c, p=person, s=said, t=now, g=language: rsvps.answer(c, event_id, p, s, t, language=g))
            self.answers[event_id][person] = said

    def _answer(self):
        stat = self.chance.choices([PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED], [6, 1, 3])[0]
        if stat is PartStat.DECLINED:
            return Answer(stat)
        needs = {"interpreter": "es"} if self.chance.random() < 0.2 else {}
        needs |= {"meal": "no pork"} if self.chance.random() < 0.1 else {}
        return Answer(stat, self.chance.randint(1, 3), self.chance.randint(0, 4), needs)

    def _came(self, event_id):
        """Some text HERE, some of them twice; some sign on paper as well, and some only there."""
        for person in self.people:
            said = self.answers[event_id].get(person)
            yes = said is not None and said.partstat is PartStat.ACCEPTED
            if self.chance.random() > (0.7 if yes else 0.05):
                continue
            for _ in range(self.chance.choice([1, 1, 1, 2])):
                arrived = {"how": attendance.CODE, "language": self.people[person]}
                self.run(lambda c, p=person, a=arrived: attendance.arrive(c, event_id, p, self.clock.at, **a))
            self.there[event_id][person] = (said.adults, said.children) if yes else (1, 0)
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

    def needed(self, event_id, name):
        return Counter(s.needs[name] for s in self.answers[event_id].values() if s.partstat is PartStat.ACCEPTED and name in s.needs)


def _count(sizes):
    return Count(len(sizes), sum(adults for adults, _children in sizes), sum(children for _adults, children in sizes))


def askew(year):
    """Where a report does not say what the log adds up to: the event, what, by the log, and by the report."""
    return [
        (event_id, *each)
        for event_id, before, after in year.goes_by()
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
        yield "on paper", len(year.sheets[event_id]), report.came_how.get(attendance.PAPER, Count()).households
    if (capacity := year.capacity[event_id]) is not None:
        places = before.places.get(PEOPLE)
        yield "no more than there are", min(capacity, places.held + places.offered), places.held + places.offered
        yield "no more than wanted", min(year.stood(event_id, PartStat.ACCEPTED).people, places.held), places.held


def test_a_season_of_three_events_adds_up(database, clock):
    """40 households: answers, changes of mind, the door, the paper; before the links are erased and after."""
    assert [] == askew(Year(database, clock, gatherings=3, households=40))


@pytest.mark.soak
def test_a_year_of_thirty_events_adds_up(database, clock):
    """300 households."""
    assert [] == askew(Year(database, clock, gatherings=30, households=300))
