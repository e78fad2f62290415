"""The places against a model that a parent could run with pencil and paper: a list of who is in line, and a count."""

from datetime import timedelta

import pytest
from conftest import NOON, Clock
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from town_of_events import Gathering

from conversations.events.event import PEOPLE
from storage.events import checks
from storage.events.places import NewsKind
from storage.prepared import execute

HOUSEHOLDS = st.integers(0, 5)


class Model:
    """Pencil and paper: who has how many, who waits in which order, to whom what is offered."""

    def __init__(self, limit):
        self.limit, self.line, self.wants, self.has, self.kept = limit, [], {}, {}, {}
        self.until, self.passed, self.all_or_none = {}, {}, set()

    @property
    def free(self):
        return self.limit - sum(self.has.values()) - sum(self.kept.values())

    def gone(self, who):
        for book in (self.wants, self.has, self.kept, self.until, self.passed):
            book.pop(who, None)
        self.all_or_none.discard(who)
        if who in self.line:
            self.line.remove(who)

    def says(self, who, size, until):
        if size == 0:
            self.gone(who)
        elif who in self.wants and size <= self.has[who] + self.kept.get(who, 0):
            self.takes(who, size)
        else:
            if who not in self.line:
                self.line.append(who)
            self.wants[who] = size
            self.has.setdefault(who, 0)
            self.passed[who] = 0
            self.all_or_none.discard(who)
        self.hand_out(who, until)

    def takes(self, who, size):
        self.wants[who] = self.has[who] = size
        for book in (self.kept, self.until, self.passed):
            book.pop(who, None)
        self.all_or_none.discard(who)
        if who in self.line:
            self.line.remove(who)

    def hand_out(self, asking=None, until=None):
        before = self.free
        for who in list(self.line):
            lacks, free, kept = self.wants[who] - self.has[who], self.free, self.kept.get(who, 0)
            if not free or kept == lacks:
                continue
            if not kept and (free <= self.passed.get(who, 0) or (who in self.all_or_none and lacks > free)):
                continue
            if who == asking and lacks <= free + kept:
                self.takes(who, self.wants[who])
            else:
                self.kept[who], self.passed[who] = min(lacks, free + kept), 0
                self.until[who] = until if who == asking else None
        if self.free < before:
            self.forget_passes()

    def forget_passes(self):
        for who in self.line:
            if who not in self.kept:
                self.passed[who] = min(self.passed.get(who, 0), max(self.free, 0))

    def lapse(self, now):
        over = [who for who, until in self.until.items() if until is not None and until <= now]
        for who in over:
            del self.kept[who], self.until[who]
        for who in over:
            self.passed[who] = self.free
        if over:
            self.hand_out()
        return over


class Undone:
    """A database whose every unit is in one transaction that is undone at the end."""

    def __init__(self, database):
        self.connection = database.engine.connect()
        if database.sqlite:
            execute(self.connection, "BEGIN")

    def run_now(self, unit):
        execute(self.connection, "SAVEPOINT unit")
        try:
            return unit(self.connection)
        except Exception:
            execute(self.connection, "ROLLBACK TO unit")
            raise

    def close(self):
        execute(self.connection, "ROLLBACK")
        self.connection.close()


class Engine(RuleBasedStateMachine):
    """Six households that say whatever they like, in whatever order, and a clock."""

    database = None
    compared = 0

    def __init__(self):
        super().__init__()
        self.clock, self.model = Clock(), Model(6)
        self.undone = Undone(self.database)
        self.gathering = Gathering(self.undone, self.clock, capacity=6)

    def teardown(self):
        self.undone.close()

    def ends(self):
        """Two hours on; the tests of the night are elsewhere."""
        return self.clock.at + timedelta(hours=2)

    @rule(who=HOUSEHOLDS, size=st.integers(0, 7))
    def says(self, who, size):
        self.gathering.says(size, who)
        self.model.says(who, size, self.ends())

    @rule(who=HOUSEHOLDS)
    def accepts(self, who):
        got = self.gathering.accepts(who)
        assert (who in self.model.kept) == (got is not None)
        if who in self.model.kept:
            self.model.takes(who, self.model.has[who] + self.model.kept[who])

    @precondition(lambda self: self.model.line)
    @rule(place=st.integers(0, 5))
    def waits_for_all(self, place):
        who = self.model.line[place % len(self.model.line)]
        self.gathering.waits_for_all(who)
        self.model.kept.pop(who, None)
        self.model.until.pop(who, None)
        self.model.passed[who] = 0
        self.model.all_or_none.add(who)
        self.model.hand_out(who, self.ends())

    @precondition(lambda self: self.model.line)
    @rule(place=st.integers(0, 5))
    def declines(self, place):
        who = self.model.line[place % len(self.model.line)]
        self.gathering.declines(who)
        if self.model.has[who]:
            self.model.takes(who, self.model.has[who])
        else:
            self.model.gone(who)
        self.model.hand_out()

    @rule(limit=st.integers(0, 12))
    def has_another_limit(self, limit):
        taken = self.model.limit - self.model.free
        if limit < taken:
            with pytest.raises(checks.TooFewPlaces):
                self.gathering.limits(limit)
            return
        self.gathering.limits(limit)
        self.model.limit = limit
        self.model.forget_passes()
        self.model.hand_out()

    @rule(minutes=st.sampled_from([1, 120]))
    def the_clock_looks(self, minutes):
        self.clock.forward(minutes=minutes if self.clock.at < NOON + timedelta(hours=4) else 0)  # by day
        news = self.gathering.tick()
        over = self.model.lapse(self.clock.at)
        untold = [who for who in self.model.line if who in self.model.kept and self.model.until[who] is None]
        for who in untold:
            self.model.until[who] = self.ends()
        assert sorted(map(self.gathering.household, over)) == sorted(n.household for n in news if n.kind is NewsKind.LAPSED)
        assert list(map(self.gathering.household, untold)) == [n.household for n in news if n.kind is not NewsKind.LAPSED]

    @invariant()
    def is_as_on_paper(self):
        Engine.compared += 1
        assert self.model.free >= 0
        waiting = [who for who in self.model.line if who not in self.model.kept]
        for who, said in self.gathering.standings().items():
            place = said.of(PEOPLE) if said else None
            if who not in self.model.wants:
                assert place is None
                continue
            position = waiting.index(who) + 1 if who in waiting else 0
            on_paper = (self.model.wants[who], self.model.has[who], self.model.kept.get(who, 0), position)
            assert on_paper == (place.wanted, place.held, place.offered, place.position)


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"], indirect=True)
def test_the_places_are_as_on_paper(database, engine_name):
    """Whatever six households say in any order, each has, waits for and is offered what pencil and paper say."""
    Engine.database, Engine.compared = database, 0
    examples = 30 if engine_name == "sqlite" else 15
    run_state_machine_as_test(Engine, settings=rules(max_examples=examples, stateful_step_count=15, deadline=None))

    assert Engine.compared >= examples
