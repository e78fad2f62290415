"""What the columns of a school's list are, from the names schools give them, in English and Spanish.

Only what is needed is looked at. Every other column (names, pupils, addresses, e-mail) is left out, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conversations.folding import fold

from .reading import BadRoster, Row

LOOKED_AT = 10
"""Rows in which the heading may stand: exports begin with a title, a date, an empty line."""
_MOST_OF_A_NAME = 40


class Part(StrEnum):
    """What a column is to us."""

    PHONE = "phone"
    HOME_PHONE = "home phone"
    """Looked at only where no other phone is: today it is often a cell, and often not."""
    LANGUAGE = "language"
    ROLE = "role"
    KIND = "kind"
    """A column that may say who is staff or a pupil ("Type", "Title"), and may say anything else."""
    SCHOOL = "school"
    CONSENT = "consent"
    REFUSAL = "do not contact"


@dataclass(frozen=True)
class Column:
    index: int
    name: str
    """As the file has it."""
    part: Part
    whose: str = ""
    """Which of a row's adults: "1", "mother"; empty where the name does not say."""


@dataclass(frozen=True)
class Heading:
    """The heading of a list: its row, the columns we use, and the names of those we leave out."""

    row: int
    columns: tuple[Column, ...]
    left_out: tuple[str, ...]

    def of(self, part: Part) -> tuple[Column, ...]:
        return tuple(each for each in self.columns if each.part is part)

    def beside(self, phone: Column, part: Part) -> Column | None:
        """The column of this kind that speaks of the same adult as a phone; else the one that speaks of all."""
        every = self.of(part)
        same = next((each for each in every if each.whose == phone.whose), None)
        return same or next((each for each in every if not each.whose), every[0] if len(every) == 1 else None)


def heading(name: str, first: Iterable[Row]) -> Heading:
    """The heading among the first rows of a file; raises `BadRoster` where no column is a phone's."""
    seen = [understood(row, cells) for row, cells in first]
    if not seen:
        raise BadRoster(f"{name} has no rows.")
    usable = [each for each in seen if each.of(Part.PHONE)]
    if usable:
        return max(usable, key=lambda each: (len(each.columns), len(each.left_out)))
    widest = max(seen, key=lambda each: len(each.columns) + len(each.left_out))
    names = [*(each.name for each in widest.columns), *widest.left_out]
    if any(re.search(r"\d{3}\D*\d{4}|@", each) for each in names):
        raise BadRoster(f"{name} has no heading: name the columns in its first row, for example Parent Cell, Home Language.")
    raise BadRoster(f"{name} has no phone column, or none we know by its name. Its columns are: {', '.join(names)}. Call one Parent Cell.")


def understood(row: int, cells: list[str]) -> Heading:
    """One row, as if it were the heading."""
    columns, left_out = [], []
    for index, cell in enumerate(cells):
        words = _words(cell)
        part = _part(words)
        if part is not None:
            columns.append(Column(index, " ".join(cell.split())[:_MOST_OF_A_NAME], part, _whose(words)))
        elif cell:
            left_out.append(" ".join(cell.split())[:_MOST_OF_A_NAME])
    return Heading(row, *_settled(columns, left_out))


def _settled(columns: list[Column], left_out: list[str]) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """A home phone counts where nothing better is there."""
    better = any(each.part is Part.PHONE for each in columns)
    home = [each for each in columns if each.part is Part.HOME_PHONE]
    kept = [each for each in columns if each.part is not Part.HOME_PHONE]
    if better:
        return tuple(kept), (*left_out, *(each.name for each in home))
    as_phones = [Column(each.index, each.name, Part.PHONE, each.whose) for each in home]
    return tuple(sorted([*kept, *as_phones], key=lambda each: each.index)), tuple(left_out)


def _words(cell: str) -> frozenset[str]:
    """The words of a name: "Guardian1_CellPhone" is guardian, 1, cell, phone."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[_./-]", " ", cell)
    return frozenset(fold(apart).split())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PUPIL = _set("student students pupil child children kid alumno alumna alumnos estudiante estudiantes nino nina hijo hija minor scholar")
_PHONE = _set(
    "phone phones telephone cell cellphone cellular mobile telefono telefonos tel celular celulares cel movil whatsapp sms numero"
)
_NUMBER_OF = (_set("contact number"), _set("parent number"), _set("guardian number"), _set("no de contacto"))
_PHONE_NOT = _set(
    "type tipo carrier ext extension extensión fax work trabajo employer office oficina emergency emergencia doctor physician medico clinic"
    " count id verified date fecha neighbor vecino school escuela campus"
)
_HOME = _set("home casa house landline fijo residencia hogar")
_LANGUAGE = _set("language languages lang lng idioma idiomas lengua lenguaje")
_LANGUAGE_NOT = _set("fluency proficiency classification status arts program level nivel date fecha acquisition interpreter")
_ROLE = _set("role rol relationship relation parentesco relacion group grupo")
_KIND = _set("type tipo category categoria title titulo position puesto cargo")
_KIND_OF = _KIND | _set("contact contacto person persona people parent guardian adult padre tutor family familia recipient user usuario")
_SCHOOL = _set("school escuela campus site plantel")
_SCHOOL_NOT = _set("year ano email phone address date grade previous prior district ciclo escolar type tipo")
_CONSENT = _set("consent consents consented permission permiso permite consentimiento autoriza autorizacion authorized acepta opted")
_NO = _set("no not dont never refuse refused optout out")
_TEXTS = _set("text texts texting contact contacto contactar call llamar message messages mensaje mensajes sms opt opted")
_ADULTS = {
    "mother": _set("mother mom moms mama madre mum"),
    "father": _set("father dad dads papa padre"),
    "2": _set("second secondary segundo segunda alternate secundario"),
    "1": _set("first primary main primero primario principal"),
}


def _part(words: frozenset[str]) -> Part | None:
    """The first that fits; a pupil's own phone is never one."""
    if words & _NO and words & _TEXTS and not words >= {"no", "de"}:  # "No. de contacto" is a number
        return Part.REFUSAL
    if words & _CONSENT or words >= {"opt", "in"} or words >= {"ok", "text"}:
        return Part.CONSENT
    if words & _PHONE or any(words >= each for each in _NUMBER_OF):
        if words & (_PUPIL | _PHONE_NOT):
            return None
        return Part.HOME_PHONE if words & _HOME else Part.PHONE
    if words & _LANGUAGE:
        return None if words & _LANGUAGE_NOT else Part.LANGUAGE
    if words & _ROLE:
        return Part.ROLE
    if words & _KIND and words <= _KIND_OF:
        return Part.KIND
    return Part.SCHOOL if words & _SCHOOL and not words & _SCHOOL_NOT else None


def _whose(words: frozenset[str]) -> str:
    number = next((each for each in sorted(words) if each.isdecimal()), "")
    return next((adult for adult, names in _ADULTS.items() if words & names), number)
