"""One page for the committee: what a survey tells, in every language of the school, as large as there is room for. US letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import locales
from conversations.surveys import telling

from ..printing import FONT, HEIGHT, MARGIN, WIDTH, blank, finished, let_go
from .reporting import Chart, Line, Report, Spoken

if TYPE_CHECKING:
    from fpdf import FPDF

SIZES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.44, 0.36)
"""How large everything may be, of 1."""
ROOM = WIDTH - 2 * MARGIN
BAR = 62.0
"""How wide a bar of 100 % is, in millimetres."""
FIGURES = 26.0
INK, QUIET, FILL, TRACK = (31, 41, 51), (82, 96, 109), (27, 108, 168), (228, 233, 238)
MOST_QUOTES = 1
"""Of a theme, on paper."""


def page(reports: Sequence[Report], school: str) -> bytes:
    """The same survey in each language, the school's first; side by side in the same bars."""
    for size in SIZES:
        pdf = blank()
        pdf.add_page()
        _Page(pdf, reports, size).draw(school)
        if pdf.get_y() <= HEIGHT - MARGIN or size == SIZES[-1]:
            break
        let_go(pdf)
    return finished(pdf)


class _Page:
    def __init__(self, pdf: FPDF, reports: Sequence[Report], size: float) -> None:
        self.pdf, self.reports, self.size = pdf, reports, size
        self.first = reports[0]

    def draw(self, school: str) -> None:
        self.line(school, 11, color=QUIET)
        for report in self.reports:
            self.line(report.title, 20, "B")
        for report in self.reports:
            self.line(locales.render(telling.answers(report.n), report.language), 11, color=QUIET)
        for n in range(len(self.first.charts)):
            self.chart([report.charts[n] for report in self.reports])
        for n in range(len(self.first.spoken)):
            self.spoken([report.spoken[n] for report in self.reports])
        self.pdf.ln(3 * self.size)
        for report in self.reports:
            self.line(locales.render(telling.how_to_read(), report.language), 9, color=QUIET)

    def chart(self, charts: Sequence[Chart]) -> None:
        self.titles([chart.title for chart in charts])
        for lines in zip(*(chart.lines for chart in charts), strict=True):
            self.bar(lines)
        if not charts[0].lines:
            self.nothing()

    def spoken(self, spoken: Sequence[Spoken]) -> None:
        self.titles([each.title for each in spoken])
        for name, count, quotes in spoken[0].lines:
            self.line(f"{name}: {count}", 11, "B")
            for quote in quotes[:MOST_QUOTES]:
                self.line(f"“{quote}”", 10, color=QUIET)
        if not spoken[0].lines:
            self.nothing()

    def nothing(self) -> None:
        for report in self.reports:
            self.line(locales.render(telling.nothing_apart(), report.language), 10, color=QUIET)

    def titles(self, titles: Sequence[str]) -> None:
        self.pdf.ln(4 * self.size)
        for n, title in enumerate(titles):
            self.line(title, 13 if n == 0 else 12, "B" if n == 0 else "", color=INK if n == 0 else QUIET)
        self.pdf.ln(1 * self.size)

    def bar(self, lines: Sequence[Line]) -> None:
        """The label in each language, the bar beside them, and its figures."""
        pdf, high = self.pdf, 5.2 * self.size
        top, width = pdf.get_y(), ROOM - BAR - FIGURES - 4
        for n, label in enumerate(dict.fromkeys(line.label for line in lines)):
            pdf.set_font(FONT, "", (11 if n == 0 else 10) * self.size)
            pdf.set_text_color(*(INK if n == 0 else QUIET))
            pdf.multi_cell(width, high, label, align="L", new_x="LMARGIN", new_y="NEXT")
        bottom = pdf.get_y()
        left = MARGIN + ROOM - BAR - FIGURES
        for share, color in ((1.0, TRACK), (lines[0].bar.share, FILL)):
            pdf.set_fill_color(*color)
            if share:
                pdf.rect(left, top + 0.12 * high, BAR * share, 0.76 * high, style="F")
        pdf.set_xy(left + BAR, top)
        pdf.set_font(FONT, "B", 11 * self.size)
        pdf.set_text_color(*INK)
        pdf.cell(FIGURES, high, f"{lines[0].percent} % ({lines[0].bar.count})", align="R")
        pdf.set_xy(MARGIN, bottom + 1.2 * self.size)

    def line(self, text: str, size: float, style: str = "", color: tuple[int, int, int] = INK) -> None:
        self.pdf.set_font(FONT, style, size * self.size)
        self.pdf.set_text_color(*color)
        self.pdf.multi_cell(0, size * self.size * 0.43, text, align="L", new_x="LMARGIN", new_y="NEXT")
