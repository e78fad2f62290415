"""Stage directions about replies: something that was announced reaches somebody, and the hour of the day."""

import re
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot import rendering
from bot.clock import Clock
from conversations.announcements.audience import of_school
from storage import outbox, people
from storage.announcements import drafts
from storage.replies import windows
from storage.tables import Kind

HERE = ZoneInfo("America/Los_Angeles")
GETS = re.compile(r"gets the announcement(?: \((.*)\))?: (.*)")
RINGS = re.compile(r"rings families (\w+) from (\d+) to (\d+), (\d+) an hour")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


async def direct(stage, name, did):
    """Do it, if it is a direction of ours."""
    if found := GETS.fullmatch(did):
        about = dict(each.split(" ", 1) for each in found[1].split(", ")) if found[1] else {}
        stage.house.now.forward(minutes=5)
        await stage.house.database.run(partial(announced, stage.house, stage.address(name), found[2], about=about))
    elif found := RINGS.fullmatch(did):
        await stage.house.database.run(
            partial(rings, stage.house, stage.address(name), DAYS.index(found[1]), *map(int, found.groups()[1:]))
        )
    else:
        return False
    await stage.house.settled()
    return True


async def forward_to(house, at):
    """The next time that it is this hour at the school; what is due then is done."""
    local = house.now().astimezone(HERE)
    next_one = datetime.combine(local.date(), at, HERE)
    next_one += timedelta(days=1 if next_one <= local else 0)
    house.now.forward(seconds=(next_one - local).total_seconds())
    await Clock(house).tick()
    await house.settled()


def announced(house, address, body, connection, *, about=None, language=None):
    """An announcement, with its row for one person, as the hand-off finds it; its number."""
    known = people.meet(connection, *address, house.now())
    language = language or known.language or "en"
    number = drafts.save(
        connection,
        school_id=known.school_id,
        author_id=None,
        kind=Kind.CHANGE,
        audience=of_school("mesa"),
        language=language,
        texts={language: body},
        now=house.now(),
        about=about,
    )
    outbox.write(connection, [rendering.row(known, Kind.CHANGE, body, house.now(), announcement_id=number, language=language)])
    return number


def rings(house, address, weekday, begins, ends, capacity, connection):  # noqa: PLR0917
    known = people.meet(connection, *address, house.now())
    windows.add(connection, known.school_id, known.person_id, weekday, begins * 60, ends * 60, capacity)
