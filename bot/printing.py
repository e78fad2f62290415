"""Sheets of paper, US letter: what every poster, sheet and form is drawn with."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Source Sans"
FACES = {"": "SourceSansPro-Regular.ttf", "B": "SourceSansPro-Bold.ttf"}
"""Of the package font-source-sans-pro: Latin with every accent, Greek and Cyrillic. Another script needs another font beside it."""
WIDTH, HEIGHT, MARGIN = 215.9, 279.4, 16.0
"""Millimetres."""
MOST_LINES = 3
"""Of a title on a poster, before its letters are made smaller."""


def blank() -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415 - a quarter of a second to import, and few print

    pdf = FPDF(format="letter")
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=False)
    pdf.set_creator("Platica")
    for style, name in FACES.items():
        pdf.add_font(FONT, style, str(files("font_source_sans_pro") / "files" / name))
    return pdf


def finished(pdf: FPDF) -> bytes:
    """The file. The fonts it was drawn with are let go."""
    content = bytes(pdf.output())
    let_go(pdf)
    return content


def let_go(pdf: FPDF) -> None:
    from fpdf.fonts import TTFFont  # noqa: PLC0415

    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()


def title(pdf: FPDF, text: str, size: float) -> None:
    """As large as it fits on a few lines."""
    pdf.set_font(FONT, "B", size)
    while size > 10 and len(_lines(pdf, text, size)) > MOST_LINES:  # noqa: PLR2004 - smaller is not read from afar
        size -= 1
        pdf.set_font(FONT, "B", size)
    line(pdf, text, size, "B")


def _lines(pdf: FPDF, text: str, size: float) -> list[str]:
    lines: Any = pdf.multi_cell(0, size * 0.45, text, dry_run=True, output="LINES")
    return list(lines)


def line(pdf: FPDF, text: str, size: float, style: str = "") -> None:
    pdf.set_font(FONT, style, size)
    pdf.multi_cell(0, size * 0.45, text, align="L", new_x="LMARGIN", new_y="NEXT")


@cache
def letters() -> frozenset[int]:
    """The code points that both faces can draw."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - only to check a language

    drawn = []
    for name in FACES.values():
        with TTFont(str(files("font_source_sans_pro") / "files" / name)) as font:
            drawn.append(set(font.getBestCmap()))
    return frozenset(set.intersection(*drawn))
