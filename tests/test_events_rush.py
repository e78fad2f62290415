"""A thousand families say yes in the same moment, for the last ten places."""

import asyncio
import random

from sqlalchemy import insert, select
from sqlmodel import col
from town_of_events import Gathering

from conversations.events.event import PEOPLE, Answer, PartStat
from storage.events import places, rsvps
from storage.events.tables import Claim, Rsvp
from storage.tables import Person

FAMILIES = 1000


def newcomers(connection, now):
    row = {"language": "es", "language_guessed": False, "revision": 0, "created_at": now}
    made = insert(Person).returning(col(Person.id), sort_by_parameter_order=True)
    return list(connection.execute(made, [row] * FAMILIES).scalars())


async def test_a_thousand_yeses_at_once_fill_ten_places_and_no_more(database, clock):
    """Nobody is over, nobody is split unasked, the line is in order, and what each is told is so."""
    gathering = Gathering(database, clock, capacity=10)
    people = database.run_now(lambda c: newcomers(c, clock.at))
    sizes = dict(zip(people, random.Random(7).choices(range(1, 7), k=FAMILIES), strict=True))

    def says(person):
        yes = Answer(PartStat.ACCEPTED, sizes[person], 0)
        return lambda c: rsvps.answer(c, gathering.id, person, yes, clock.at, language="es").standing.of(PEOPLE)

    answers = await asyncio.gather(*(database.run(says(person)) for person in people))
    told = dict(zip(people, answers, strict=True))
    query = select(Claim, col(Rsvp.person_id)).join(Rsvp, col(Rsvp.id) == col(Claim.rsvp_id)).order_by(col(Claim.id))
    claims = await database.run(lambda c: c.execute(query).all())

    assert FAMILIES == len(claims)
    assert 10 == sum(claim.held + claim.offered for claim in claims)
    held = [claim for claim in claims if claim.state == places.HELD]
    asked = [claim for claim in claims if claim.state == places.OFFERED]
    line = [claim for claim in claims if claim.state == places.WAITING]
    assert all(claim.held == claim.amount == sizes[claim.person_id] for claim in held)
    assert all(claim.held == 0 and told[claim.person_id].could_split for claim in asked)
    assert len(asked) == (sum(claim.amount for claim in held) < 10)
    assert [*held, *asked, *line] == claims  # first come, first served
    assert list(range(1, len(line) + 1)) == [told[claim.person_id].position for claim in line]
    assert all((claim.held, claim.offered) == (told[claim.person_id].held, told[claim.person_id].offered) for claim in claims)


async def test_places_that_free_up_at_once_go_down_the_line_in_order(database, clock):
    """Forty families leave and answer offers in the same moment, again and again: never over, and the first in line is asked first."""
    gathering = Gathering(database, clock, capacity=20)
    chance = random.Random(11)
    for number in range(40):
        gathering.says(chance.randint(1, 5), number)

    for _round in range(4):
        await asyncio.gather(*(database.run(acts(gathering, chance.choice(ACTS), number, clock.at)) for number in range(40)))
        rows = database.run_now(lambda c: c.execute(select(Claim).order_by(col(Claim.id))).all())
        assert sum(claim.held + claim.offered for claim in rows) <= 20
        assert all((claim.held == claim.amount) == (claim.state == places.HELD) for claim in rows)
        clock.forward(hours=3 if clock.at.hour < 22 else 13)
        gathering.tick()


ACTS = ("yes", "more", "no", "accept", "wait", "decline")


def acts(gathering, what, number, now):
    """One thing a household may do, as a unit of work."""
    household, person = gathering.household(number), gathering.person(number)
    if what in {"yes", "more", "no"}:
        size = {"yes": 2, "more": 4, "no": 0}[what]
        answer = Answer(PartStat.ACCEPTED if size else PartStat.DECLINED, size, 0)
        return lambda c: rsvps.answer(c, gathering.id, person, answer, now)
    how = {"accept": places.accept, "wait": places.wait_for_all, "decline": places.decline}[what]
    return lambda c: how(c, gathering.id, household, PEOPLE, now)
