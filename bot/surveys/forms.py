"""The paper form: the questions of a survey in one or more languages, a page for each code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import locales
from conversations.surveys import sheets
from conversations.surveys.definition import OTHER, OTHER_NAME, PLEASE_SAY, Choice, Definition, Kind, Question, Scale, Texts, steps
from conversations.words import Words

from ..printing import FONT, MARGIN, WIDTH, blank, finished, let_go, line, title
from . import slips

if TYPE_CHECKING:
    from fpdf import FPDF

SIZES = (1.3, 1.15, 1.0, 0.85, 0.7, 0.6)
"""How large the letters may be, of 1 for 11 points. The largest at which all fits on one page; else the smallest, on several."""
LINES_FOR_WORDS = 2
MOST_BOXES = 12
"""Of a scale that is printed as numbers to circle."""


@dataclass(frozen=True)
class Looks:
    """How a form is to be printed."""

    definition: Definition
    school: str
    languages: Sequence[str]
    anonymous: bool
    size: float = SIZES[-1]

    def together(self, texts: Texts) -> str:
        """Each language's words, once."""
        own = self.definition.language
        return " / ".join(dict.fromkeys(said for tag in self.languages if (said := texts.get(tag) or texts.get(own, ""))))

    def said(self, words: Words) -> str:
        return " / ".join(dict.fromkeys(locales.render(words, tag) for tag in self.languages))

    def choice(self, choice: Choice) -> str:
        return self.together(choice.label) or (self.said(OTHER) if choice.name == OTHER_NAME else choice.name)


def printed(looks: Looks, codes: Sequence[str]) -> bytes:
    """A form for each code, in the largest letters with which it fits on one page."""
    sized = next((each for size in SIZES if _pages(each := replace(looks, size=size)) == 1), looks)
    pdf = _paper()
    for code in codes:
        _form(pdf, sized, slips.as_printed(code))
    return finished(pdf)


def _paper() -> FPDF:
    pdf = blank()
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    return pdf


def _pages(looks: Looks) -> int:
    pdf = _paper()
    _form(pdf, looks, "2222-2222")
    let_go(pdf)
    return pdf.page_no()


def _form(pdf: FPDF, looks: Looks, code: str) -> None:
    pdf.add_page()
    pdf.set_font(FONT, "B", 14)
    pdf.cell(WIDTH - 2 * MARGIN, 7, code, align="R", new_x="LMARGIN", new_y="NEXT")
    title(pdf, looks.together(looks.definition.title), 17 * looks.size)
    for words in (sheets.how_to(looks.school, anonymous=looks.anonymous), sheets.why_a_code()):
        line(pdf, looks.said(words), 9 * looks.size)
    asked = (each for each in steps(looks.definition) if each.kind is not Kind.NOTE)
    for number, question in enumerate(asked, 1):
        pdf.ln(3 * looks.size)
        _question(pdf, looks, question, number)


def _question(pdf: FPDF, looks: Looks, question: Question, number: int) -> None:
    several = f" {looks.said(sheets.several())}" if question.kind is Kind.SELECT_MULTIPLE else ""
    line(pdf, f"{number}. {looks.together(question.label) or looks.said(PLEASE_SAY)}{several}", 11 * looks.size, "B")
    match question.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE:
            box = "(   )" if question.kind is Kind.SELECT_ONE else "[   ]"
            for n, choice in enumerate(question.choices, 1):
                line(pdf, f"   {box}  {n}  {looks.choice(choice)}", 11 * looks.size)
        case Kind.RANGE:
            line(pdf, "   " + "     ".join(_scale(question.scale or Scale())), 12 * looks.size)
        case Kind.INTEGER:
            line(pdf, "   ________", 12 * looks.size)
        case _:
            _lines_to_write_on(pdf, looks.size)


def _lines_to_write_on(pdf: FPDF, size: float) -> None:
    for _each in range(LINES_FOR_WORDS):
        pdf.ln(8 * size)
        pdf.line(MARGIN + 4, pdf.get_y(), WIDTH - MARGIN, pdf.get_y())


def _scale(scale: Scale) -> list[str]:
    """The numbers to circle; of a long scale its ends and a place to write one."""
    numbers = range(scale.start, scale.end + 1, scale.step)
    return [str(number) for number in numbers] if len(numbers) <= MOST_BOXES else [f"{scale.start}–{scale.end}: ________"]
