"""STOP wins, in whatever order things happen: judged by what the carrier took, and when.

Two people, each on SMS and Telegram, text; we start things; carriers fail; the process restarts; a list with their numbers is imported.
"""

from itertools import count, product

import pytest
from conftest import Office, also_at
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.channels.base import PersonLeft, Received, TryLater, Unknown
from bot.clock import Clock
from bot.rendering import Rendered, rows
from conversations.keywords import Keyword
from locales import reading
from storage import outbox, people
from storage.database import open_database
from storage.roster import importing
from storage.tables import Kind

STOPS = ["STOP", "stop.", " sToP!! ", "Stop 🙏", "STOPALL", "UNSUBSCRIBE", "ALTO", "alto.", "¡Alto!"]
BACK = ["START", "MESA", "/start"]
OTHER = ["food", "comida 93307", "1", "2", "call", "gracias", "me quiero morir", "kill myself", "Stop by at 5?", "español", "family night"]
NUMBERS = (f"+1{area}555{line:04d}" for area, line in product((202, 206, 213, 305, 312, 415, 559, 661, 805), range(101, 200)))
"""Nobody has these; each example has two of its own."""
STARTED = [Kind.NUDGE, Kind.ALERT, Kind.INTRODUCTION]
FAILURES = {"later": TryLater("20429", after=30.0), "lost": Unknown("timeout"), "left": PersonLeft("21610")}

who = st.integers(0, 1)
channels = st.sampled_from(["sms", "telegram"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("says"), who, channels, st.sampled_from(STOPS)),
        st.tuples(st.just("says"), who, channels, st.sampled_from([*BACK, *OTHER, *OTHER])),
        st.tuples(st.just("starts"), who, channels, st.sampled_from(STARTED)),
        st.tuples(st.just("starts"), who, channels, st.sampled_from(STARTED)),
        st.tuples(st.just("fails"), channels, st.sampled_from(["later", "lost", "taken and lost", "left"])),
        st.tuples(st.just("passes"), st.sampled_from([20, 60, 600, 30 * 3600])),
        st.tuples(st.just("delivers")),
        st.tuples(st.just("restarts")),
        st.tuples(st.just("imports")),
    ),
    min_size=6,
    max_size=24,
)
LOST_BEFORE_STOP = [
    ("fails", "sms", "lost"),
    ("starts", 0, "sms", Kind.NUDGE),
    ("delivers",),
    ("says", 0, "telegram", "ALTO"),
    ("restarts",),
    ("passes", 600),
    ("delivers",),
]
"""A text whose outcome nobody knew when they said STOP, and that the carrier never had: it is not sent again."""


class Story:
    """What happens to two people, and since which place in the carriers' logs each of them wants nothing that we start."""

    ids = count(1)

    def __init__(self, house, folder, url):
        self.house, self.folder, self.url = house, folder, url
        self.numbers = [next(NUMBERS), next(NUMBERS)]
        self.at = [{"sms": number, "telegram": f"7{number[3:]}"} for number in self.numbers]
        self.silent = [None, None]
        self.opened = []

    async def begin(self):
        """Both have joined by SMS, and are on Telegram too."""
        for person in self.at:
            await self.house.hears("MESA", person["sms"], provider_id=f"stop-{next(self.ids)}")
            await also_at(self.house, person["sms"], person["telegram"])

    async def says(self, who, channel, text):
        """They text, and nothing leaves yet: what was recorded with it is what counts from here."""
        told, message = self.log(), f"stop-{next(self.ids)}"
        await self.house.receive(Received(channel, message, self.at[who][channel], text))
        said = reading.read(text)
        if said.keyword is Keyword.STOP:
            answers = f"SELECT count(*) FROM outbox WHERE inbound_id = (SELECT id FROM inbound WHERE provider_id = '{message}')"
            assert [(0 if self.silent[who] else 1,)] == await self.house.run(answers)
            self.silent[who] = self.silent[who] or told
        elif text in BACK:
            self.silent[who] = None

    async def starts(self, who, channel, kind):
        """Something of ours is written for them, as if nobody had looked whether it may be."""

        def write(connection):
            known = people.at(connection, channel, self.at[who][channel])
            outbox.write(connection, rows(known, kind, Rendered("No school on Monday."), self.house.now()))

        await self.house.database.run(write)

    async def fails(self, channel, how):
        carrier = self.house.channels[channel]
        if how == "taken and lost":
            carrier.accepts_silently += 1
        else:
            carrier.fails.append(FAILURES[how])

    async def passes(self, seconds):
        self.house.now.forward(seconds=seconds)
        await Clock(self.house).tick()

    async def delivers(self):
        """A round on every channel; who told the carrier that they left has told us."""
        await self.house.settled()
        for n, person in enumerate(self.at):
            of = f"(SELECT person_id FROM address WHERE address = '{person['sms']}')"
            ((stopped,),) = await self.house.run(f"SELECT stopped_at FROM person WHERE id = {of}")
            self.silent[n] = self.silent[n] or (self.log() if stopped is not None else None)

    async def restarts(self):
        """A new process on the same database, and the same carriers."""
        self.opened.append(open_database(self.url))
        self.house = Office(self.house.settings, self.opened[-1], self.house.channels, now=self.house.now)

    async def imports(self):
        path, now = self.folder / "list.csv", self.house.now()
        path.write_text("Cell,Language\n" + "".join(f"{number},Spanish\n" for number in self.numbers), encoding="utf-8")
        roster = importing.read(path)
        await self.house.database.run(lambda connection: importing.apply(connection, roster, importing.Into("MESA"), now))

    def log(self):
        """How far each carrier's log is."""
        return {name: len(carrier.accepted) for name, carrier in self.house.channels.items()}

    async def unwanted(self):
        """What a carrier took for somebody after their STOP that they had not asked for, by its kind."""
        kinds = {row: (kind, asked) for row, kind, asked in await self.house.run("SELECT id, kind, inbound_id FROM outbox")}
        return [
            kinds[each.row]
            for person, since in zip(self.at, self.silent, strict=True)
            if since is not None
            for name, carrier in self.house.channels.items()
            for each in carrier.accepted[since[name] :]
            if each.address == person[name] and not (kinds[each.row][0] == Kind.REPLY and kinds[each.row][1] is not None)
        ]

    async def end(self):
        """The next story begins with nothing on its way."""
        for carrier in self.house.channels.values():
            carrier.fails.clear()
            carrier.accepts_silently = 0
        await self.house.run("UPDATE outbox SET state = 'skipped' WHERE state IN ('waiting', 'sending') RETURNING id")
        await self.house.run("DELETE FROM due RETURNING id")
        for each in self.opened:
            each.close()


@pytest.mark.parametrize("text", STOPS)
def test_each_of_these_is_stop(text):
    """However it is typed, and in either language."""
    assert Keyword.STOP is reading.read(text).keyword


@settings(max_examples=12, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happens=steps)
@example(happens=LOST_BEFORE_STOP)
async def test_nothing_we_start_leaves_after_stop_whatever_happens(house, tmp_path, database_url, happens):
    """From the moment it is recorded: one confirmation, answers to what they ask themselves, and else silence until they come back."""
    story = Story(house, tmp_path, database_url)
    await story.begin()
    try:
        for name, *what in [*happens, ("delivers",), ("passes", 60), ("delivers",), ("passes", 30 * 3600), ("delivers",)]:
            await getattr(story, name)(*what)
            assert [] == await story.unwanted(), happens
    finally:
        await story.end()
