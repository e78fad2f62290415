"""Whoever is reached by something that is not set up here: nobody waits for it until it is too late, and it is said before the button."""

from sqlalchemy import update
from sqlmodel import col
from test_announcements_delivery import ROSA, books, saved
from test_checking import check, sql

from bot.announcements.costing import Costing
from bot.clock import Clock
from bot.house import House
from storage import people, sealing
from storage.announcements import authors, drafts
from storage.announcements.tables import Stage
from storage.tables import Address


def without_telegram(house):
    """Rosa has a chat, and this house has no bot."""
    house.database.run_now(
        lambda c: c.execute(update(Address).where(col(Address.lookup) == sealing.in_use().lookup(ROSA)).values(channel="telegram"))
    )
    return House(house.settings, house.database, {"sms": house.channels["sms"]}, now=house.now)


async def test_who_cannot_be_reached_here_is_left_out_at_once(house):
    """The row says why, the others get theirs, and the books add up."""
    here = without_telegram(house)
    number, clock = saved(here), Clock(here)
    for _look in range(3):
        await clock.tick()
    await house.settled()
    found = books(house, number)

    assert {"no channel": 1} == {why: n for why, n in found.skips.items() if why == "no channel"}
    assert (39, 0, True) == (found.reached, found.waiting, found.adds_up)


async def test_the_price_says_it_before(house):
    """One phone fewer, and why."""
    here = without_telegram(house)
    number = saved(here, stage=Stage.DRAFT)

    def looked(connection):
        school = authors.school_of(connection, people.at(connection, "sms", "+16615550100").school_id)
        return Costing(connection, school, here.now(), here.terms).price(drafts.draft(connection, number))

    price = house.database.run_now(looked)

    assert (39, {"no channel": 1}) == (price.people, dict(price.left_out))


def test_check_says_how_many_nothing_would_reach(database_url):
    """By which channel, and what it means for them."""
    sql(database_url, "UPDATE address SET channel = 'telegram' WHERE id = (SELECT min(id) FROM address WHERE channel = 'sms')")
    ran = check(database_url)

    assert "Reached by telegram, which is not set: 1. Announcements and reminders leave them out." in " ".join(ran.stdout.split())
