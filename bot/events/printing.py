"""Sheets of paper: the poster with its QR codes, and the sign-in sheet, in every language of the school. US letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import segno

import locales
from conversations.events import paper
from conversations.events.event import Event
from conversations.words import Words

from ..printing import FONT, HEIGHT, MARGIN, WIDTH, blank, finished, let_go, line, title

if TYPE_CHECKING:
    from fpdf import FPDF

ROWS = 22
"""Households on a sheet."""
SHADE = 235
"""Grey of a heading, of 255."""
SIZES = (1.6, 1.4, 1.2, 1.0, 0.85, 0.7, 0.55)
"""How large the letters of a poster may be, of 1 for its plainest."""
SIDE = 72.0
"""Of a QR code, with the white around it."""


@dataclass(frozen=True)
class Ways:
    """How a phone gets from the paper to us: what stands in each QR code. Empty where that channel is not set."""

    code: str
    """The printed one, four digits."""
    number: str = ""
    """Where to text it, as people say it."""
    sms: str = ""
    telegram: str = ""


def poster(event: Event, languages: Sequence[str], ways: Ways) -> bytes:
    """One page: title, when and where in each language, what to text, and a QR code for each channel. As large as there is room for."""
    for size in SIZES:
        pdf = blank()
        pdf.add_page()
        _announced(pdf, event, languages, ways, size=size)
        if pdf.get_y() <= _top_of_codes(len(languages)):
            break
        let_go(pdf)
    _codes(pdf, languages, ways)
    return finished(pdf)


def _announced(pdf: FPDF, event: Event, languages: Sequence[str], ways: Ways, *, size: float) -> None:
    for tag in languages:
        title(pdf, event.title(tag), 26 * size)
        line(pdf, locales.render(paper.when_and_where(event), tag), 16 * size)
        pdf.ln(4 * size)
    for tag in languages:
        pdf.ln(3 * size)
        line(pdf, locales.render(paper.welcome(), tag), 18 * size, "B")
        if ways.number:
            line(pdf, locales.render(paper.text_this(ways.code, ways.number), tag), 16 * size)


def _top_of_codes(languages: int) -> float:
    """Where the names above the QR codes begin."""
    return HEIGHT - MARGIN - SIDE - 7 * languages - 2


def sheet(event: Event, languages: Sequence[str], *, pages: int = 1) -> bytes:
    """To sign in on paper: how many, and in which language; names only where the event keeps them. To be entered afterwards."""
    pdf = blank()
    for page in range(pages):
        pdf.add_page()
        for tag in languages:
            title(pdf, event.title(tag), 18)
            line(pdf, locales.render(paper.when_and_where(event), tag), 11)
        pdf.ln(2)
        for tag in languages:
            line(pdf, locales.render(paper.how_to_sign(names=event.keeps_names), tag), 10)
        pdf.ln(3)
        _table(pdf, event, languages, first=page * ROWS + 1)
    return finished(pdf)


def _codes(pdf: FPDF, languages: Sequence[str], ways: Ways) -> None:
    """The QR codes side by side at the foot of the page, each with its name above it."""
    there = [(paper.by_text(), ways.sms), (paper.by_telegram(), ways.telegram)]
    left = MARGIN
    for words, link in [each for each in there if each[1]]:
        pdf.set_xy(left, _top_of_codes(len(languages)))
        for tag in languages:
            pdf.set_x(left)
            pdf.set_font(FONT, "B", 14)
            pdf.cell(SIDE, 7, locales.render(words, tag), new_x="LEFT", new_y="NEXT")
        pdf.image(_qr(link), x=left, y=HEIGHT - MARGIN - SIDE, w=SIDE, h=SIDE)
        left += SIDE + 24


def _qr(link: str) -> BytesIO:
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="png", scale=12, border=2)
    picture.seek(0)
    return picture


def _table(pdf: FPDF, event: Event, languages: Sequence[str], *, first: int) -> None:
    """A row for each household."""
    columns = paper.columns(names=event.keeps_names)
    whole = WIDTH - 2 * MARGIN
    widths = [whole * share for share in _shares(len(columns))]
    height = 5.0 * len(languages) + 1
    pdf.set_fill_color(SHADE)
    pdf.set_font(FONT, "B", 10)
    top = pdf.get_y()
    left = MARGIN
    for words, width in zip(columns, widths, strict=True):
        pdf.set_xy(left, top)
        pdf.cell(width, height, "", border=1, fill=True)
        pdf.set_xy(left, top)
        pdf.multi_cell(width, 5, _together(words, languages), align="L")
        left += width
    _empty_rows(pdf, widths, top + height, first)


def _empty_rows(pdf: FPDF, widths: Sequence[float], top: float, first: int) -> None:
    row = (HEIGHT - MARGIN - top) / ROWS
    pdf.set_font(FONT, "", 9)
    for n in range(ROWS):
        pdf.set_xy(MARGIN, top + n * row)
        for place, width in enumerate(widths):
            pdf.cell(width, row, str(first + n) if place == 0 else "", border=1)


def _shares(columns: int) -> list[float]:
    """Of the width: the number first, then a name where there is one, adults, children, language."""
    return [0.07, 0.43, 0.15, 0.15, 0.20] if columns == 5 else [0.10, 0.28, 0.28, 0.34]  # noqa: PLR2004


def _together(words: Words, languages: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(locales.render(words, tag) for tag in languages))
