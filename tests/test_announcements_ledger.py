"""Whatever happens, in whatever order: nobody gets an announcement twice, none after STOP, and the books add up."""

import random
from collections import Counter

from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import delete, update
from test_announcements_delivery import _them, books, saved  # noqa: F401 - a fixture

from bot import outbox
from bot.channels import base
from bot.channels.base import StatusReport
from bot.clock import Clock
from bot.outbox import Deliverer
from storage.announcements import course, drafts, planning
from storage.announcements.tables import Announcement
from storage.tables import Address, Inbound, Outbox, Person
from storage.upkeep import Sender

FAMILIES = [f"+166155501{n}" for n in range(20, 60)]
WORDS = ("Mesa Verde: a news.", "Mesa Verde: news, en español.")
STEPS = (
    "plan",
    "claim",
    "hand off",
    "stop",
    "lost",
    "callback",
    "late callback",
    "filtered",
    "go on",
    "tick",
    "minutes",
    "restart",
    "fail",
)


class Broadcast:
    """One announcement, and what may happen to it."""

    def __init__(self, house, chance, carrier):
        self.house, self.chance, self.carrier = house, chance, carrier
        self.number = saved(house)
        self.deliverer = Deliverer(house, carrier)
        self.claimed = []
        self.stopped = {}

    def run(self, unit):
        return self.house.database.run_now(unit)

    async def do(self, step):
        await getattr(self, step.replace(" ", "_"))()

    async def plan(self):
        draft = self.run(lambda c: drafts.draft(c, self.number))
        if draft.stage == "scheduled":
            self.run(lambda c: planning.freeze(c, draft, self.house.now(), {}))
        self.run(lambda c: planning.plan(c, self.number, self.house.now(), window=self.chance.randint(3, 20)))

    async def claim(self):
        claimed, _more = self.run(lambda c: self.deliverer.claim(c, outbox.FOR_REPLIES + self.chance.randint(1, 6)))
        self.claimed += claimed

    async def hand_off(self):
        """What is in hand goes out; some of it is written down."""
        for claimed in self.claimed:
            if claimed.row.address in self.stopped:
                continue  # in flight when they said STOP: as if it had left just before
            outcome = await self.deliverer.hand_off(claimed)
            if outcome is not None:
                self.run(lambda c, outcome=outcome: self.deliverer.write(c, [outcome]))
        self.claimed = []

    async def stop(self):
        who = self.chance.choice(FAMILIES)
        await self.hand_off()
        await self.house.receive(base.Received("sms", f"stop-{len(self.stopped)}-{who}", who, "STOP"))
        self.stopped.setdefault(who, len(self.carrier.accepted))

    async def lost(self):
        self.carrier.accepts_silently += 1

    async def fail(self):
        self.carrier.fails.append(
            self.chance.choice([base.TryLater("30001"), base.Unknown("timeout"), base.Refused("21211"), base.OurFault("21606")])
        )

    async def callback(self, status="delivered", **more):
        if self.carrier.accepted:
            n = self.chance.randint(1, len(self.carrier.accepted))
            it = StatusReport(f"sms-{n}", status, row=self.carrier.accepted[n - 1].row, **more)
            self.run(lambda c: outbox.report(c, "sms", it, self.house.now(), self.house))

    async def late_callback(self):
        await self.callback("sent")

    async def filtered(self):
        await self.callback("failed", code="30007", pauses=True)

    async def go_on(self):
        self.run(lambda c: course.go_on(c, self.number, self.house.now()))

    async def halt(self):
        self.run(lambda c: course.halt(c, self.number, self.house.now()))

    async def tick(self):
        await Clock(self.house).tick()

    async def minutes(self):
        self.house.now.forward(minutes=self.chance.randint(1, 9))

    async def restart(self):
        """Whoever had rows in hand is gone."""
        self.claimed = []
        self.deliverer = Deliverer(self.house, self.carrier)

    async def settle(self):
        """Everything that may still happen has happened."""
        self.claimed, self.carrier.fails, self.carrier.accepts_silently = [], [], 0
        for _round in range(6):
            self.run(lambda c: course.go_on(c, self.number, self.house.now()))
            await self.tick()
            await self.house.settled()
            self.house.now.forward(minutes=12)


def again(connection):
    """The same school as if nothing had happened."""
    for table in (Outbox, Sender, Inbound):
        connection.execute(delete(table))
    connection.execute(update(Announcement).values(stage="done"))
    connection.execute(update(Person).values(stopped_at=None))
    connection.execute(update(Address).values(unreachable_at=None))


@given(steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=40), halts=st.booleans(), seed=st.integers(0, 10_000))
@rules(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_the_books_add_up_and_nobody_gets_it_twice(house, steps, halts, seed):
    """Planning, claims, losses, callbacks, pauses, restarts, STOP and a halt, in any order."""
    house.database.run_now(again)
    carrier = house.channels["sms"]
    carrier.accepted.clear()
    house.now.at = house.now.at.replace(day=18, hour=18, minute=0)
    broadcast = Broadcast(house, random.Random(seed), carrier)
    for step in steps:
        await broadcast.do(step)
        assert books(house, broadcast.number).adds_up
    if halts:
        await broadcast.halt()
    await broadcast.settle()

    found = books(house, broadcast.number)
    got = [handoff for handoff in carrier.accepted if handoff.message.text in WORDS]
    assert (40, True, 0, 0) == (found.intended, found.adds_up, found.waiting, found.unknown)
    assert [] == [who for who, times in Counter(handoff.address for handoff in got).items() if times > 1]
    assert not [
        handoff for handoff in got if carrier.accepted.index(handoff) >= broadcast.stopped.get(handoff.address, len(carrier.accepted))
    ]
