"""Charts as pictures: a bar for each answer, as wide as its share, with its words above it and its figures beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from ..printing import FACES
from .reporting import Chart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH = 1080
"""Pixels: a phone shows it without scaling it up."""
MARGIN = 48
INK, QUIET, BAR, TRACK, PAPER = "#1f2933", "#52606d", "#1b6ca8", "#e4e9ee", "#ffffff"
"""Dark on light; the bar stands out from its track without colours, too."""
TITLE, LABEL, SMALL = 46, 34, 28
BAR_HEIGHT = 30


@dataclass(frozen=True)
class Noted:
    """What stands above the title and below the bars."""

    above: str
    below: str


def png(chart: Chart, noted: Noted) -> bytes:
    """The picture of one question."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - few draw

    empty = ImageDraw.Draw(Image.new("RGB", (WIDTH, 1), PAPER))
    height = _drawn(empty, chart, noted)
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    _drawn(ImageDraw.Draw(picture), chart, noted)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawn(draw: ImageDraw, chart: Chart, noted: Noted) -> int:
    """Draw it, and say how high it is."""
    y = _text(draw, noted.above, MARGIN, SMALL, fill=QUIET)
    y = _text(draw, chart.title, y + 6, TITLE, face="B") + 18
    if chart.part:
        y = _text(draw, chart.part, y - 12, LABEL, fill=QUIET) + 12
    for line in chart.lines:
        y = _text(draw, line.label, y, LABEL) + 6
        y = _bar(draw, y, line.bar.share, f"{line.percent} %  ({line.bar.count})")
    return _text(draw, noted.below, y + 8, SMALL, fill=QUIET) + MARGIN


def _bar(draw: ImageDraw, y: int, share: float, figures: str) -> int:
    room = WIDTH - 2 * MARGIN - 220
    draw.rounded_rectangle((MARGIN, y, MARGIN + room, y + BAR_HEIGHT), 6, fill=TRACK)
    if share:
        draw.rounded_rectangle((MARGIN, y, MARGIN + max(12, round(room * share)), y + BAR_HEIGHT), 6, fill=BAR)
    draw.text((WIDTH - MARGIN, y + BAR_HEIGHT // 2), figures, font=_font("B", LABEL), fill=INK, anchor="rm")
    return y + BAR_HEIGHT + 26


def _text(draw: ImageDraw, text: str, y: int, size: int, *, face: str = "", fill: str = INK) -> int:
    """Lines as long as the picture is wide; where the next thing may begin."""
    font = _font(face, size)
    for line in _lines(text, font):
        draw.text((MARGIN, y), line, font=font, fill=fill)
        y += round(size * 1.25)
    return y


def _lines(text: str, font: FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if text else []


@cache
def _font(face: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.truetype(BytesIO(files("font_source_sans_pro").joinpath("files", FACES[face]).read_bytes()), size)
