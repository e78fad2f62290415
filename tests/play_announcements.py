"""Stage directions about announcements: who works at the school, a draft that somebody has written, and time that passes."""

import re
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from bot import members
from bot.announcements.translating import Loop
from bot.clock import Clock
from conversations.announcements.audience import of_school
from storage import people
from storage.announcements import drafts, translators
from storage.announcements.tables import Stage as Far
from storage.announcements.tables import TemplateApproval
from storage.tables import Kind, Membership

HERE = ZoneInfo("America/Los_Angeles")
WRITES = re.compile(r"writes draft (\d+): (.*)")
CHANGES = re.compile(r"changes draft (\d+): (.*)")
DROPS = re.compile(r"drops draft (\d+)")
ROLE = re.compile(r"is (?:the|a) (principal|coordinator|manager|liaison)")
TRANSLATES = re.compile(r"translates into (Spanish|English)")
CLOCK = re.compile(r"is now (\d+):(\d\d)(am|pm)")
TAGS = {"Spanish": "es", "English": "en"}


async def direct(stage, name, did):
    """Do what a stage direction says."""
    if found := WRITES.fullmatch(did):
        await stage.house.database.run(partial(_write, stage, name, int(found[1]), found[2]))
    elif found := CHANGES.fullmatch(did):
        await stage.house.database.run(partial(_change, stage, name, int(found[1]), found[2]))
    elif found := DROPS.fullmatch(did):
        await stage.house.database.run(lambda c: drafts.set_stage(c, int(found[1]), Far.CANCELLED, of=(Far.DRAFT,)))
    elif found := ROLE.fullmatch(did):
        await stage.house.database.run(partial(_works, stage, name, found[1]))
    elif did == "has no part in the school any more":
        await stage.house.database.run(partial(_leaves, stage, name))
    elif (name, did) == ("Nobody", "has approved the urgent texts"):
        await stage.house.database.run(lambda c: c.execute(delete(TemplateApproval)))
    elif found := TRANSLATES.fullmatch(did):
        await stage.house.database.run(partial(_translates, stage, name, TAGS[found[1]]))
    elif found := CLOCK.fullmatch(did):
        local = stage.house.now().astimezone(HERE)
        hour = int(found[1]) % 12 + (12 if found[3] == "pm" else 0)
        at = datetime.combine(local.date(), local.time().replace(hour=hour, minute=int(found[2]), second=0), HERE)
        stage.house.now.forward(seconds=(at - local).total_seconds() % 86_400)
        await Clock(stage.house).tick()
    else:
        raise ValueError(f"unknown stage direction: ({name} {did})")
    await stage.house.settled()


def _known(stage, name, connection):
    return people.meet(connection, *stage.address(name), stage.house.now())


def _write(stage, name, number, body, connection):
    known = _known(stage, name, connection)
    language = known.language or "en"
    made = drafts.save(
        connection,
        school_id=known.school_id,
        author_id=known.person_id,
        kind=Kind.NEWS,
        audience=of_school("mesa"),
        language=language,
        texts={language: body},
        now=stage.house.now(),
    )
    assert number == made, f"the next draft is {made}"


def _change(stage, name, number, body, connection):
    known = _known(stage, name, connection)
    language, before = drafts.source_of(connection, number)
    drafts.write_text(connection, number, language, body, by=known.person_id)
    drafts.approve_text(connection, number, language, by=known.person_id, now=stage.house.now())
    Loop(connection, stage.house.now(), 4.0).source_changed(number, before, by=known.person_id)


def _works(stage, name, role, connection):
    channel, address = stage.address(name)
    whole = address if channel == "sms" else f"{channel}:{address}"
    known = _known(stage, name, connection)
    members.add(connection, address=whole, role=role, keyword="MESA", language=known.language or "en")


def _leaves(stage, name, connection):
    known = _known(stage, name, connection)
    connection.execute(delete(Membership).where(Membership.person_id == known.person_id))


def _translates(stage, name, language, connection):
    """Asked before everybody else."""
    known = _known(stage, name, connection)
    translators.add(connection, known.school_id, language, known.person_id, 0)
