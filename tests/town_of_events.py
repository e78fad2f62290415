"""Families that answer to one event: what the tests of `storage.events` stand on."""

from datetime import timedelta

from sqlalchemy import insert
from sqlmodel import col

from conversations.events.event import PEOPLE, Answer, PartStat
from storage.events import events, households, places, rsvps
from storage.events.events import New
from storage.events.tables import EventStage
from storage.tables import Person


class Gathering:
    """An open event a week from now, and households 0, 1, 2 … made as they are named."""

    def __init__(self, database, clock, code="pizza", **more):
        self.database, self.clock, self.people = database, clock, {}
        starts = clock.at + timedelta(days=7)
        self.new = New(code, "Pizza night", starts, starts + timedelta(hours=2), more=more)
        self.id = self.run(self._made)

    def run(self, unit):
        return self.database.run_now(unit)

    def joins(self, one, two):
        """The phones of two households are one household's."""
        first, second = self.person(one), self.person(two)
        self.run(lambda c: households.join_people(c, first, second, self.clock.at))

    def standings(self):
        """Where each household stands that was named, in one look."""
        return self.run(lambda c: {number: rsvps.standing(c, self.id, f"p{person}") for number, person in self.people.items()})

    def _made(self, connection):
        event_id = events.make(connection, 1, self.new, self.clock.at)
        events.set_stage(connection, event_id, EventStage.OPEN, of=(EventStage.DRAFT,))
        return event_id

    def person(self, number):
        if number not in self.people:
            made = insert(Person).values(language="es", language_guessed=False, revision=0, created_at=self.clock.at)
            self.people[number] = self.run(lambda c: c.execute(made.returning(col(Person.id))).scalar_one())
        return self.people[number]

    def household(self, number):
        return f"p{self.person(number)}"

    def says(self, people, number, **needs):
        """How many of a household come; what it has of the people's places then."""
        answer = Answer(PartStat.ACCEPTED if people else PartStat.DECLINED, people, 0, needs)
        person_id, now = self.person(number), self.clock.at
        late = now >= self.new.starts_at
        said = self.run(lambda c: rsvps.answer(c, self.id, person_id, answer, now, language="es", late=late))
        return said.standing.of(PEOPLE)

    def accepts(self, number, resource=PEOPLE):
        return self._people(places.accept, number, resource)

    def declines(self, number, resource=PEOPLE):
        return self._people(places.decline, number, resource)

    def waits_for_all(self, number, resource=PEOPLE):
        return self._people(places.wait_for_all, number, resource)

    def _people(self, what, number, resource):
        household = self.household(number)
        found = self.run(lambda c: what(c, self.id, household, resource, self.clock.at))
        return found and next((each for each in found if each.resource == resource), None)

    def standing(self, number):
        household = self.household(number)
        return self.run(lambda c: rsvps.standing(c, self.id, household))

    def stands(self, number):
        return self.standing(number).of(PEOPLE)

    def tick(self):
        """The clock looks; what it has to tell."""
        return self.run(lambda c: places.due_offers(c, self.clock.at))

    def limits(self, count, resource=PEOPLE):
        self.run(lambda c: places.set_limit(c, self.id, resource, count, self.clock.at))

    def row(self):
        return self.run(lambda c: events.by_id(c, self.id))
