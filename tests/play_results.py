"""Stage directions about what came out of surveys: one from the bank has been answered so often, or is over."""

import re
from functools import partial

from surveys import NOW, Answered

import locales
from conversations.surveys import bank
from conversations.surveys.definition import Kind
from storage.surveys import definitions
from storage.surveys.tables import SurveyStage

ANSWERED = re.compile(r"([A-Z]+) has (\d+) answers")
OVER = re.compile(r"([A-Z]+) is over")
OPEN = ("More light at the gate", "Más luz en la entrada", "The bus", "")


async def direct(stage, name, did):
    """Do what a stage direction says; False if it says nothing of the results of a survey."""
    if name == "Survey" and (found := ANSWERED.fullmatch(did)):
        _answer(stage.house.database, found[1].lower(), int(found[2]))
    elif name == "Survey" and (found := OVER.fullmatch(did)):
        _of(stage.house.database, found[1].lower()).stage(SurveyStage.CLOSED)
    else:
        return False
    return True


def _answer(database, slug, count):
    """Answers of three families in five, as a batch."""
    survey = _of(database, slug)
    before = survey.count()
    survey.batch = before
    survey.answer([_said(survey.survey.definition, n) for n in range(before, count)])


def _of(database, slug):
    there = database.run_now(partial(definitions.newest, school_id=1, slug=slug))
    if there is not None:
        return Answered.again(database, there.id)
    made = Answered(database, bank.definition(slug, locales.render, ["en", "es"]), slug=slug)
    database.run_now(lambda connection: definitions.approve(connection, made.id, "es", by=None, now=NOW))
    return made


def _said(definition, n):
    """The first choice of half, the second of a third, and so on; three themes."""
    answers = {}
    for place, question in enumerate(definition.questions):
        if question.kind is Kind.TEXT:
            answers[question.name] = OPEN[n % 4]
        else:
            choice = question.choices[(0, 1, 0, 2, 1, 0)[(n + place) % 6]]
            answers[question.name] = choice.name if question.kind is Kind.SELECT_ONE else [choice.name]
    return {"answers": answers, "language": "es" if n % 2 else "en"}
