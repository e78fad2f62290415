"""Surveys: what is told of a hundred thousand responses, what a response costs, and look-ups while a town is being asked."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import random
import resource
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import Connection, insert, update
from sqlmodel import col

from bot.channels.base import Received
from bot.house import House
from bot.settings import Settings
from conversations.surveys import asking
from conversations.surveys.definition import Definition, Question
from storage.database import Database, open_database
from storage.sealing import in_use
from storage.surveys import definitions, snapshots
from storage.surveys.answers import new_id
from storage.surveys.tables import Response, Survey, SurveyStage
from storage.tables import Address, Membership, Person

from . import world
from .announcements import FIRST, LAST_YEAR, analyze
from .rounds import Compared, heading

BATCH = 1000
"""Responses of a batch, as they come from a town."""
SLUG = "town"
ANSWERS = ("1", "2", "1", "3", "the gate")
"""To the five questions, as they are texted."""
BARE = "menu"
"""A turn that looks nothing up and changes nothing but the screen."""
A_SECOND = 10
"""Texts of others who answer, while look-ups are timed."""
_ids = itertools.count()


def five() -> Definition:
    """Five questions, one of them open."""
    lines = [f"Question {n}, how is it? 1) very good 2) good 3) bad" for n in range(1, 4)]
    return asking.asked("\n".join((*lines, "How many kids? #", "What first?")), "en", "Town")


def survey_of(connection: Connection) -> int:
    """A survey of five questions that is open; its number."""
    now = datetime.now(UTC)
    made = definitions.save(connection, school_id=1, slug=SLUG, definition=five(), author_id=None, now=now)
    closes = now + timedelta(days=7)
    connection.execute(update(Survey).where(col(Survey.id) == made.id).values(stage=SurveyStage.OPEN, opened_at=now, closes_at=closes))
    return made.id


# Results


def measure_results(engine: str, *, few: int, many: int) -> None:
    """Whole, and by group, language and theme at the close, each in a process of its own: seconds, and the most memory it took."""
    heading(f"{engine}: what is told of {many:,} responses")
    with world.engine(engine) as make:
        peaks = []
        for size in (few, many):
            url = make(f"answered{size}")
            number = _answered(url, size)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, closing, peak = pool.apply(told, (url, number))
            peaks.append(peak)
            print(f"  {size:,} responses: {seconds:.2f} s while it is open (aim < 2), {closing:.2f} s once it is closed, {peak:.0f} MB")
    print(f"  peak memory at {many:,} ÷ at {few:,}, {engine}: {peaks[1] / peaks[0]:.2f}, aim ≤ 1.2")


def told(url: str, number: int) -> tuple[float, float, float]:
    database = open_database(url)
    database.run_now(partial(definitions.kept, survey_id=number))
    seconds = _publish(database, number)
    database.run_now(lambda connection: connection.execute(update(Survey).values(stage=SurveyStage.CLOSED)))
    closing = _publish(database, number)
    database.close()
    return seconds, closing, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _publish(database: Database, number: int) -> float:
    survey = database.run_now(partial(definitions.kept, survey_id=number))
    if survey is None:
        raise RuntimeError("The survey is not there.")
    begun = perf_counter()
    database.run_now(partial(snapshots.publish, survey=survey, now=datetime.now(UTC)))
    return perf_counter() - begun


def _answered(url: str, size: int) -> int:
    world.furnish(url)
    database = open_database(url)
    number = database.run_now(survey_of)
    dice = random.Random(7)
    for batch in range(size // BATCH):
        rows = [_response(number, batch, dice) for _one in range(BATCH)]
        database.run_now(lambda connection, rows=rows: connection.execute(insert(Response), rows))
    analyze(database)
    database.close()
    return number


def _response(number: int, batch: int, dice: random.Random) -> dict[str, object]:
    who = {"group": dice.choice(("families", "staff")), "language": dice.choice(("en", "es")), "method": "text", "complete": True}
    answers = {question.name: _said(question, dice) for question in five().questions}
    return {"id": new_id(), "survey_id": number, "batch": batch, "perhaps_again": False, "answers": answers, **who}


def _said(question: Question, dice: random.Random) -> str | int:
    if question.choices:
        return dice.choice(question.choices).name
    return dice.randint(0, 6) if question.kind.value == "integer" else f"more {dice.choice(('light', 'buses', 'lunch'))} please"


# A response


def measure_responses(engine: str, *, rounds: int, people: int) -> Compared:
    """The five answers of as many families, against five turns that do nothing; everybody has been asked before the clock runs."""
    heading(f"{engine}: {people} families answer five questions, and text “{BARE}” five times")
    with world.engine(engine) as make, world.folder() as secrets:
        timed = asyncio.run(_by_turns(make("answering"), secrets, rounds, people))
    return Compared(f"a response of five questions ÷ five bare turns, {engine}", [a for a, _ in timed], [b for _, b in timed])


async def _by_turns(url: str, secrets: Path, rounds: int, people: int) -> list[tuple[float, float]]:
    house = _house(url, secrets, (rounds + 1) * people)
    timed = []
    for n in range(rounds + 1):
        who = range(FIRST + n * people, FIRST + (n + 1) * people)
        await _everybody(house, who, [SLUG])
        answered = await _everybody(house, who, ANSWERS)
        timed.append((len(who) / answered, len(who) / await _everybody(house, who, [BARE] * len(ANSWERS))))
    taken = house.database.run_now(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM survey_participation").scalar_one())
    house.database.close()
    if taken != (rounds + 1) * people:
        raise RuntimeError(f"{taken} responses of {(rounds + 1) * people}.")
    return timed[1:]


async def _everybody(house: House, who: Sequence[int], script: Sequence[str]) -> float:
    """Seconds in which all of them have texted all of it, one after the other."""
    seconds = 0.0
    for says in script:
        begun = perf_counter()
        for each in who:
            await house.receive(Received("sms", f"bench-{next(_ids)}", number(each), says))
        seconds += perf_counter() - begun
        world.hand_off_all(house.database)
    return seconds


# Look-ups in the middle


def measure_look_ups(engine: str, *, people: int, look_ups: int) -> None:
    """Of two towns one is being asked: its people answer all the time, and batches are moved. Look-ups in both, by turns."""
    heading(f"{engine}: {look_ups} look-ups while {people:,} people are asked, {A_SECOND} texts a second, and without")
    with world.engine(engine) as make, world.folder() as secrets:
        quiet, busy = asyncio.run(_both([make("silent"), make("asked")], secrets, people, look_ups))
    p95 = [quantiles(each, n=20)[-1] * 1000 for each in (quiet, busy)]
    print(f"  median of a look-up: {median(busy) * 1000:.0f} ms against {median(quiet) * 1000:.0f} ms")
    print(f"  p95 of a look-up: {p95[1]:.0f} ms against {p95[0]:.0f} ms: {p95[1] / p95[0]:.2f}, aim ≤ 1.5")


async def _both(urls: Sequence[str], secrets: Path, people: int, look_ups: int) -> list[list[float]]:
    houses = [_house(url, secrets / str(n), people) for n, url in enumerate(urls)]
    stop = asyncio.Event()
    answering = asyncio.create_task(_answering(houses[1], people, stop))
    took: list[list[float]] = [[], []]
    for n in range(look_ups + 1):
        for house, each in zip(houses, took, strict=True):
            begun = perf_counter()
            await house.receive(Received("sms", f"bench-{next(_ids)}", number(FIRST + people - 1 - n), "food 93307"))
            each.append(perf_counter() - begun)
            await asyncio.sleep(0.05)
    stop.set()
    await answering
    for house in houses:
        house.database.close()
    return [each[1:] for each in took]


async def _answering(house: House, people: int, stop: asyncio.Event) -> None:
    """One family after the other takes the survey, and what is finished is moved, as `serve` does it."""
    from bot.surveys.loops import Surveys  # noqa: PLC0415 - only here

    loop = Surveys()
    for who, says in _texts(people):
        if stop.is_set():
            return
        await house.receive(Received("sms", f"bench-{next(_ids)}", number(who), says))
        world.hand_off_all(house.database)
        if says == ANSWERS[-1]:
            await loop.go_on(house, house.now())
        await asyncio.sleep(1 / A_SECOND)


def _texts(people: int) -> Iterator[tuple[int, str]]:
    for who in range(FIRST, FIRST + people):
        yield from ((who, says) for says in (SLUG, *ANSWERS))


def number(who: int) -> str:
    return f"+1661{who:07}"


def _fill(connection: Connection, ids: range) -> None:
    """Families of the sample school, welcomed long ago, heard of yesterday."""
    heard = datetime.now(UTC) - timedelta(days=1)
    address = [
        {"id": n, "channel": "sms", "address": number(n), "lookup": in_use().lookup(number(n)), "person_id": n, "heard_at": heard}
        for n in ids
    ]
    connection.execute(insert(Person), [{"id": n, "language": "en", "created_at": LAST_YEAR} for n in ids])
    connection.execute(insert(Address), address)
    connection.execute(insert(Membership), [{"person_id": n, "school_id": 1, "role": "family", "since": LAST_YEAR} for n in ids])


def _house(url: str, secrets: Path, people: int) -> House:
    world.furnish(url)
    database = open_database(url)
    for start in range(FIRST, FIRST + people, BATCH):
        database.run_now(partial(_fill, ids=range(start, min(start + BATCH, FIRST + people))))
    analyze(database)
    house = House(Settings(database_url=url, kept_apart=str(secrets)), database)
    house.secrets.make(database.run_now(survey_of))
    return house


def measure(part: str, engine: str, *, rounds: int, answered: int, asked: int) -> list[Compared]:
    """One of its three parts on one engine."""
    if part == "responses":
        return [measure_responses(engine, rounds=rounds, people=min(100, asked))]
    if part == "results":
        measure_results(engine, few=min(10_000, answered // 2), many=answered)
    else:
        measure_look_ups(engine, people=asked, look_ups=min(100, asked - 1))
    return []
