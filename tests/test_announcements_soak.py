"""An announcement to many, over providers that misbehave, while who delivers it is killed again and again.

Judged by what the providers took: nobody has it twice, nobody is forgotten, and the books say what became of each.
"""

import random
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import pytest
from emulators.moody import MoodyTelegram, MoodyTwilio
from serving_process import until
from sqlalchemy import create_engine, insert, text
from town import a_database, town

from bot.outbox import FEW
from conversations.announcements.audience import of_school
from storage.announcements import drafts, ledger
from storage.announcements.tables import Stage
from storage.database import _psycopg, open_database
from storage.tables import Address, Kind, Membership, Person, School

SCHOOL, FIRST = 9, 10_001
WORDS = {
    "en": "Oak Hollow: family night on Friday at 6 in the library.",
    "es": "Oak Hollow: noche familiar el viernes a las 6 en la biblioteca.",
}
WRITES = 2.0
"""Seconds between an answer and its row, at most, while everything runs on one machine."""
THROUGH = "SELECT count(*) FROM outbox WHERE announcement_id IS NOT NULL AND state NOT IN ('waiting', 'sending', 'held')"


def daytime(now):
    """A zone where it is between ten and eleven in the morning."""
    ahead = (10 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def number_of(n):
    """Fifty areas with a hundred numbers each, that nobody has."""
    return f"+1{200 + n // 100}55501{n % 100:02}"


def announce(connection, people, now):
    """A school with so many families, by turns on SMS and on Telegram, and something to tell all of them; its number."""
    ids = range(FIRST, FIRST + people)
    before = now - timedelta(days=10)
    school = {
        "id": SCHOOL,
        "keyword": "oak",
        "name": "Oak Hollow",
        "zip": "93307",
        "timezone": daytime(now),
        "phone": "+16615550100",
        "languages": ["en"],
    }
    reached = [("telegram", str(n)) if n % 2 else ("sms", number_of((n - FIRST) // 2)) for n in ids]
    rows = {
        School: [school],
        Person: [{"id": n, "language": ("en", "es")[n % 3 == 0], "created_at": before} for n in ids],
        Address: [
            {"id": n, "channel": channel, "address": address, "lookup": f"soak{n}", "person_id": n, "heard_at": before}
            for n, (channel, address) in zip(ids, reached, strict=True)
        ],
        Membership: [{"person_id": n, "school_id": SCHOOL, "role": "family", "since": before} for n in ids],
    }
    for table, each in rows.items():
        connection.execute(insert(table), each)
    more = {"kind": Kind.NEWS, "audience": of_school("oak"), "language": "en", "stage": Stage.SCHEDULED, "send_at": now}
    number = drafts.save(connection, school_id=SCHOOL, author_id=None, texts=WORDS, now=now, **more)
    drafts.approve_text(connection, number, "es", by=None, now=now)
    return number


class Soak:
    """What runs, and what was on its way at each kill."""

    def __init__(self, started, people, seed):
        self.town, self.people, self.random = started, people, random.Random(seed)
        self.deliverers = [each for each in started.processes if "--no-deliver" not in each.arguments]
        self.kills = []
        self.looked_at, self.found = 0.0, 0

    def __enter__(self):
        self.engine = create_engine(_psycopg(self.town.database_url) if "postgres" in self.town.database_url else self.town.database_url)
        return self

    def __exit__(self, *_exception):
        self.engine.dispose()

    def rows(self, query):
        with self.engine.connect() as connection:
            return connection.execute(text(query)).all()

    @property
    def through(self):
        """How many rows are through, looked up twice a second."""
        if monotonic() > self.looked_at + 0.5:
            self.looked_at, self.found = monotonic(), self.rows(THROUGH)[0][0]
        return self.found

    def kill_while_it_runs(self, kills, within):
        """Whenever another share is out, more or less, one of those who deliver is killed."""
        for kill in range(kills):
            share = self.people * (kill + self.random.random()) / (kills + 0.5)
            until(lambda share=share: self.through > share, within, self.stands)
            process = self.random.choice(self.deliverers)
            before = monotonic()
            process.kill()
            self.kills.append((before, monotonic()))
            process.start()
        until(lambda: self.through == self.people, within, self.stands)

    def under_way(self, around=0.0):
        """Chats to which a send was at the provider at a kill: it had come, and was not answered. `around`: seconds before and after count too."""
        telegram = self.town.telegram
        return set().union(*(telegram.under_way(before - around, after + around) for before, after in self.kills))

    def stands(self):
        return f"{self.through} of {self.people}, {self.rows('SELECT state, reason, count(*) FROM outbox GROUP BY 1, 2')}\n{self.town.said[-3000:]}"

    def judge(self, account):
        """Which promises were not kept, by what the providers took; and what was seen."""
        twilio, telegram = self.town.twilio, self.town.telegram
        chats = [int(each["chat_id"]) for each in telegram.calls()]
        rows = self.rows("SELECT address_id, channel, state, provider_id FROM outbox WHERE announcement_id IS NOT NULL")
        unknown = {int(row[0]) for row in rows if row[2] == "unknown"}
        lost, came = unknown - telegram.puzzled, set(telegram.met_at)
        by_chat = {n for n in range(FIRST, FIRST + self.people) if n % 2}
        reached = (self.people, len(unknown), self.people - len(unknown))
        promises = [
            ("each number has it once", self.numbers(), Counter(each["to"] for each in twilio.accepted)),
            ("each chat at most once", len(chats), len(set(chats))),
            ("who has it not is known to be in doubt", set(), by_chat - set(chats) - unknown),
            ("who is in doubt was at the provider around a kill, or never came there", set(), (lost & came) - self.under_way(WRITES)),
            ("no more at each kill than may be on their way", True, len(lost) <= FEW * len(self.kills)),
            ("no SMS is in doubt", set(), {row[2] for row in rows if row[1] == "sms"} - {"sent", "delivered"}),
            ("each SMS is the one Twilio took", {each["sid"] for each in twilio.accepted}, {row[3] for row in rows if row[1] == "sms"}),
            ("what is sent was taken", set(), {row[0] for row in rows if row[1] == "telegram" and row[2] == "sent"} - set(chats)),
            ("the account says so", reached, (account.intended, account.unknown, account.reached)),
            ("and adds up", True, account.adds_up),
        ]
        seen = {
            "unknown on Telegram": len(unknown),
            "of them taken": len(unknown & set(chats)),
            "of them never at the provider": len(lost - came),
            "at the provider at the kills": len(self.under_way()),
            "left in doubt by the provider": len(unknown & telegram.puzzled),
            "misbehaved": sum(map(bool, [*twilio.met, *telegram.met])),
            "callbacks": len(twilio.called_back),
        }
        return [promise for promise in promises if promise[1] != promise[2]], seen

    def numbers(self):
        return dict.fromkeys((number_of(n) for n in range((self.people + 1) // 2)), 1)


def run(layout, url, folder, *, people, kills, within, pace, lease, seed=4):
    began = datetime.now(UTC)
    with closing(open_database(url)) as database:
        number = database.run_now(partial(announce, people=people, now=began))
        given = {"PLATICA_LEASE_SECONDS": str(lease), "PLATICA_SMS_PER_SECOND": str(pace), "PLATICA_TELEGRAM_PER_SECOND": str(pace)}
        providers = (partial(MoodyTwilio, seed), partial(MoodyTelegram, seed + 1))
        with town(layout, url, folder, providers=providers, **given) as started:
            started.start()
            with Soak(started, people, seed) as soak:
                soak.kill_while_it_runs(kills, within)
                broken, seen = soak.judge(database.run_now(partial(ledger.account, number=number)))
            ended = [each.stop() for each in started.processes]
            broken += [("ends in order", 0, code) for code in ended if code] + [("no error is ours", "", started.said)] * (
                "Traceback" in started.said
            )
    return broken, seen | {"seconds": round((datetime.now(UTC) - began).total_seconds())}


def test_every_family_has_it_once_though_who_delivers_is_killed(engine_name, database_url, tmp_path):
    """Forty families, two kills, and providers that do not do as they should."""
    broken, _seen = run(engine_name, database_url, tmp_path, people=40, kills=2, within=240, pace=10, lease=3)

    assert [] == broken


@pytest.mark.soak
@pytest.mark.parametrize("layout", ["sqlite", "postgresql", "four"])
def test_ten_thousand_families_have_it_once_though_who_delivers_is_killed_fifty_times(layout, tmp_path, request, capsys):
    """The same on a larger scale; on PostgreSQL also with four who deliver. What was seen is printed."""
    with a_database(layout, tmp_path, request.getfixturevalue) as url:
        broken, seen = run(layout, url, tmp_path, people=10_000, kills=50, within=1500, pace=1000, lease=15)
    with capsys.disabled():
        print(f"\n{layout}: {seen}")  # noqa: T201 - figures for benchmarks/README.md

    assert [] == broken
