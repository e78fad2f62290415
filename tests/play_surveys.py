"""Stage directions about surveys: one is open, somebody is asked, it closes."""

import re
from datetime import timedelta
from functools import partial

from play_events import belongs
from sqlalchemy import insert, select, update
from sqlmodel import col

import locales
from bot.rendering import Rendered, rows
from bot.surveys.composing import composed
from bot.surveys.loops import close
from conversations.announcements.audience import of_school
from conversations.surveys import asking, bank
from storage import outbox, people
from storage.announcements import drafts
from storage.surveys import definitions
from storage.surveys.tables import Survey
from storage.tables import Kind, School

OPEN = re.compile(r"([A-Z ]+) is open(, with names)?(, at another school)?(?:: (.+?))?(?: / (.+))?")
CLOSED = re.compile(r"([A-Z ]+) is closed")
ASKED = re.compile(r"(?:is|are) asked ([A-Z]+)")


async def direct(stage, name, did):
    """Do what a stage direction says; False if it says nothing of surveys."""
    run = stage.house.database.run
    if name == "Survey" and (found := OPEN.fullmatch(did)):
        stage.house.secrets.make(await run(partial(_open, stage, found)))
    elif name == "Survey" and (found := CLOSED.fullmatch(did)):
        survey = await run(partial(_id, slug=found[1].lower()))
        await run(partial(close, secrets=stage.house.secrets, survey_id=survey, now=stage.house.now()))
    elif found := ASKED.fullmatch(did):
        stage.house.now.forward(minutes=5)
        await run(partial(_ask, stage, name, found[1].lower()))
        await stage.house.settled()
        lines = stage.answers(name)
        stage.house.now.forward(minutes=2)
        return lines
    else:
        return False
    return True


def _id(connection, slug):
    return connection.execute(select(col(Survey.id)).where(col(Survey.slug) == slug)).scalar_one()


def _open(stage, found, connection):
    """As in "CLIMATE is open" (of the bank), "NIGHT is open: How was it? 1) good 2) bad / ¿Cómo estuvo? 1) bien 2) mal"."""
    title, named, elsewhere, en, es = found.groups()
    now, slug = stage.house.now(), title.lower()
    school_id = connection.execute(select(col(School.id)).order_by(col(School.id)).limit(1)).scalar_one()
    if elsewhere:
        row = connection.execute(select(School).where(col(School.id) == school_id)).one()._asdict()
        other = {key: value for key, value in row.items() if key != "id"} | {"keyword": "roble", "name": "Roble Elementary"}
        school_id = connection.execute(insert(School).values(**other).returning(col(School.id))).scalar_one()
    if en is None:
        definition = bank.definition(slug, locales.render, ["en", "es"])
    else:
        definition = asking.asked(en.replace(" ⏎ ", "\n"), "en", title.capitalize())
    if es is not None:
        definition = asking.translated_whole(definition, f"{title.capitalize()}\n" + es.replace(" ⏎ ", "\n"), "es")
    made = definitions.save(connection, school_id=school_id, slug=slug, definition=definition, author_id=None, now=now, anonymous=not named)
    for tag in definition.languages[1:]:
        definitions.approve(connection, made.id, tag, by=None, now=now)
    definitions.open_now(connection, made.id, now=now, closes_at=now + timedelta(days=14))
    return made.id


def _ask(stage, name, slug, connection):
    """Its invitation reaches a screen, as the ledger would send it."""
    known = people.meet(connection, *stage.address(name), stage.house.now())
    survey = definitions.kept(connection, _id(connection, slug))
    belongs(connection, known, survey.school_id, stage.house.now())
    language = known.language or "en"
    about = {"survey": survey.id}
    texts = {language: asking.to_translate(survey.definition)}
    number = drafts.save(
        connection,
        school_id=survey.school_id,
        author_id=None,
        kind=Kind.SURVEY,
        audience=of_school("mesa"),
        language=language,
        texts=texts,
        now=stage.house.now(),
        about=about,
    )
    connection.execute(update(Survey).where(col(Survey.id) == survey.id).values(announcement_id=number))
    text = composed(connection, about, language, texts[language])
    sent = rows(known, Kind.SURVEY, Rendered(text), stage.house.now(), announcement_id=number, language=language)
    outbox.write(connection, sent)
