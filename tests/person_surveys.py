"""One survey for somebody in front of the engine alone: three questions, of every way to answer, in two languages."""

from datetime import UTC, datetime

from conversations.surveys.definition import Choice, Definition, Kind, Question, Scale
from conversations.surveys.hearing import LastAsked
from conversations.surveys.taking import Form, FormOf, SurveyCalled, WordIn
from locales import surveying


def both(en, es):
    return {"en": en, "es": es}


SAFE = Question(
    Kind.SELECT_ONE,
    "safe",
    both("How safe does your child feel at school?", "¿Qué tan seguro se siente su hijo en la escuela?"),
    choices=(
        Choice("very", both("very safe", "muy seguro")),
        Choice("somewhat", both("somewhat", "algo")),
        Choice("not", both("not safe", "nada")),
    ),
)
HELP = Question(
    Kind.SELECT_MULTIPLE,
    "help",
    both("What would help?", "¿Qué ayudaría?"),
    choices=(
        Choice("light", both("street lights", "luz")),
        Choice("bus", both("a bus", "un camión")),
        Choice("adults", both("more adults", "más adultos")),
    ),
    or_other=True,
)
HOW_MANY = Question(Kind.INTEGER, "kids", both("How many kids do you have here?", "¿Cuántos hijos tiene aquí?"), constraint=". <= 20")
AGAIN = Question(Kind.RANGE, "again", both("How likely will you come again?", "¿Qué tan probable es que vuelva?"), scale=Scale(1, 5))
WHY = Question(Kind.TEXT, "why", both("Why not?", "¿Por qué no?"), relevant="${safe} = 'not'")
FIRST = Question(Kind.TEXT, "first", both("What one thing should we fix first?", "¿Qué debemos arreglar primero?"))
ALL = Definition(both("How school feels.", "Cómo se siente la escuela."), "en", (SAFE, WHY, HELP, HOW_MANY, AGAIN, FIRST), slug="climate")


def form(definition=ALL, **more):
    columns = {"anonymous": True, "open": True, "until": datetime(2026, 12, 6, 20, tzinfo=UTC), **more}
    return Form(1, "climate", "Mesa Verde Elementary", definition, definition.languages, **columns)


def look_up(query, asked):
    """The one survey, called climate."""
    match query:
        case SurveyCalled(name):
            return 1 if name == "climate" else None
        case FormOf():
            return asked
        case LastAsked():
            return None
        case WordIn(text):
            return surveying.word(text)
    raise LookupError(query)
