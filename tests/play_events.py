"""Stage directions about events: one is made, somebody is invited, others take its places."""

import re
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlmodel import col

from bot import rendering
from bot.events import changing, door, links
from bot.events.composing import composed
from bot.rendering import Rendered
from conversations.announcements.audience import of_school
from conversations.events import making
from conversations.events.event import Answer, PartStat
from storage import outbox, people
from storage.announcements import drafts
from storage.announcements.tables import Stage
from storage.events import events, households, rsvps, slots
from storage.events.events import New
from storage.events.tables import Event, EventStage
from storage.tables import Kind, Person, School

HERE = ZoneInfo("America/Los_Angeles")
MADE = re.compile(r"([A-Z]+): ([^/;]+) / ([^/;]+)(?:; (.*))?")
INVITED = re.compile(r"(?:is|are) invited to ([A-Z]+)")
ONE_HOUSEHOLD = re.compile(r"and (\w+) are one household")
TAKEN = re.compile(r"([A-Z]+): others take (\d+) (places|child care places|places and give them back)")
MOVED = re.compile(r"([A-Z]+) is now in the (\w+)")
OFF = re.compile(r"([A-Z]+) is called off")
STAGED = re.compile(r"([A-Z]+) is (cancelled|closed|over)")
FROM_GROUP = re.compile(r"presses the button of ([A-Z]+) in a group")
LEFT = re.compile(r"([A-Z]+): its invitation has (left)")
DOOR = re.compile(r"([A-Z]+) opens its door")
WEEKS = re.compile(r"(\d+) weeks")
TIMES = re.compile(r"times every (\d+) minutes")
IN_DAYS = re.compile(r"in (\d+) days")
NUMBERS = {"places": "capacity", "child care": "childcare", "rides": "rides"}


async def direct(stage, name, did):
    """Do what a stage direction says; False if it says nothing of events."""
    run = stage.house.database.run
    if name == "Event" and (found := MADE.fullmatch(did)):
        await run(partial(_make, stage, found))
    elif name == "Event" and (found := TAKEN.fullmatch(did)):
        await run(partial(_take, stage, *found.groups()))
    elif name == "Event" and (found := STAGED.fullmatch(did) or LEFT.fullmatch(did)):
        await run(partial(_stage, stage, *found.groups()))
    elif name == "Event" and (found := DOOR.fullmatch(did)):
        event = await run(partial(_event, code=found[1], now=stage.house.now()))
        stage.house.now.at = event.starts_at
        stage.door = door.changing(event.id, event.starts_at)
    elif found := ONE_HOUSEHOLD.fullmatch(did):
        await run(partial(_join, stage, name, found[1]))
    elif name == "Event" and (found := MOVED.fullmatch(did)):
        await run(lambda c: changing.change(c, _event(c, found[1]).id, stage.house.now(), place=found[2]))
    elif name == "Event" and (found := OFF.fullmatch(did)):
        await run(lambda c: changing.cancel(c, _event(c, found[1]).id, stage.house.now()))
    elif found := FROM_GROUP.fullmatch(did):
        event = await run(partial(_event, code=found[1]))
        await stage.says(name, "/start", start_with=links.in_group(event.id))
        return stage.answers(name)
    elif found := INVITED.fullmatch(did):
        stage.house.now.forward(minutes=5)
        await run(partial(_invite, stage, name, found[1].lower()))
        await stage.house.settled()
        lines = stage.answers(name)
        stage.house.now.forward(minutes=2)
        return lines
    else:
        return False
    await stage.house.settled()
    return True


def _make(stage, found, connection):
    """As in "PIZZA: Family Night / Noche Familiar; 20 places, 5 child care, 4 rides, meal, Spanish, answers until yesterday, at another school"."""
    code, title, titulo, more = found.groups()
    said = [each.strip() for each in (more or "").split(",")]
    now = stage.house.now()
    days = next((int(found[1]) for each in said if (found := IN_DAYS.fullmatch(each))), 12)
    starts = datetime.combine(now.astimezone(HERE).date() + timedelta(days=days), time(17, 30), HERE)
    columns = {"place": "cafeteria", "meal": "meal" in said, "interpreters": ["es"] if "Spanish" in said else []}
    for each in said:
        number, _space, what = each.partition(" ")
        if what in NUMBERS:
            columns[NUMBERS[what]] = int(number)
    if "answers until yesterday" in said:
        columns["rsvp_until"] = now - timedelta(days=1)
    school_id = connection.execute(select(col(School.id)).order_by(col(School.id)).limit(1)).scalar_one()
    if "at another school" in said:
        row = connection.execute(select(School).where(col(School.id) == school_id)).one()._asdict()
        other = {**row, "id": None, "keyword": "roble", "name": "Roble Elementary"}
        school_id = connection.execute(
            insert(School).values(**{k: v for k, v in other.items() if k != "id"}).returning(col(School.id))
        ).scalar_one()
    times = next((int(found[1]) for each in said if (found := TIMES.fullmatch(each))), 0)
    ends = starts + timedelta(minutes=90)
    weeks = next((int(found[1]) for each in said if (found := WEEKS.fullmatch(each))), 0)
    if weeks:
        columns["series_id"] = events.new_series(connection, school_id, code, now)
    event_id = events.make(connection, school_id, New(code.lower(), title, starts, ends, more=columns), now)
    if times:
        slots.add(connection, event_id, making.times(starts, ends, times), now)
    texts = {"en": title, "es": titulo}
    number = drafts.save(
        connection,
        school_id=school_id,
        author_id=None,
        kind=Kind.INVITATION,
        audience=of_school("mesa"),
        language="en",
        texts=texts,
        now=now,
        about={"event": event_id},
    )
    for tag in texts:
        drafts.approve_text(connection, number, tag, by=None, now=now)
    later = [New(code.lower(), title, *each, more=columns) for each in making.weekly(starts, ends, weeks)[1:]]
    for each in (event_id, *(events.make(connection, school_id, new, now) for new in later)):
        events.invite_with(connection, each, number)
        events.set_stage(connection, each, EventStage.OPEN, of=(EventStage.DRAFT,))


def _event(connection, code, now=None):
    """The next of that code: a series has one for each session."""
    query = select(Event).where(col(Event.code) == code.lower()).order_by(col(Event.starts_at)).limit(1)
    return connection.execute(query if now is None else query.where(col(Event.ends_at) > now)).one()


def _take(stage, code, count, what, connection):
    """Other households answer; the last of them gives its places back, where it says so."""
    row, now = _event(connection, code), stage.house.now()
    made = insert(Person).values(language="es", language_guessed=False, revision=0, created_at=now)
    person_id = connection.execute(made.returning(col(Person.id))).scalar_one()
    young = int(count) if what == "child care places" else 0
    rsvps.answer(connection, row.id, person_id, Answer(PartStat.ACCEPTED, int(count) if not young else 1, young, {"childcare": young}), now)
    if what.endswith("back"):
        rsvps.answer(connection, row.id, person_id, Answer(PartStat.DECLINED), now)


def belongs(connection, known, school_id, now):
    """A family of the school that has agreed to hear from it."""
    if people.add_member(connection, known.person_id, school_id, "family", now):
        people.log_consent(connection, known.address_id, now, what="join", how="keyword", wording="played")


def _join(stage, one, other, connection):
    first, second = (people.meet(connection, *stage.address(each), stage.house.now()) for each in (one, other))
    for known in (first, second):
        belongs(connection, known, known.school_id, stage.house.now())
    households.join_people(connection, first.person_id, second.person_id, stage.house.now())


def _stage(stage, code, how, connection):
    """Or its invitation has left, to everybody as far as the ledger knows: who does not answer is asked again."""
    if how == "left":
        number, now = _event(connection, code).announcement_id, stage.house.now()
        drafts.set_stage(connection, number, Stage.DONE, of=(Stage.DRAFT,), started_at=now)
        return
    connection.execute(update(Event).where(col(Event.code) == code.lower()).values(stage=EventStage(how)))


def _invite(stage, name, code, connection):
    """Its invitation reaches a screen, as the ledger would send it."""
    known, row = people.meet(connection, *stage.address(name), stage.house.now()), _event(connection, code)
    belongs(connection, known, row.school_id, stage.house.now())
    language = known.language or "en"
    body = {text.language: text.body for text in drafts.draft(connection, row.announcement_id).texts}[language]
    text = composed(connection, {"event": row.id}, language, body)
    labels = {"en": ("We come", "We can't"), "es": ("Vamos", "No podemos")}[language]
    buttons = tuple((label, f"e:{row.id}:{n}") for n, label in enumerate(labels)) if rendering.taps(known.channel, known.address) else ()
    sent = rendering.rows(
        known, Kind.INVITATION, Rendered(text, buttons), stage.house.now(), announcement_id=row.announcement_id, language=language
    )
    outbox.write(connection, sent)
